"""Groups, and the demo people of sandbox mode."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from escalations.rules.permissions import GROUPS


@dataclass(frozen=True)
class DemoPerson:
    username: str
    first_name: str
    last_name: str
    groups: tuple[str, ...]
    does: str

    @property
    def email(self) -> str:
        return f"{self.first_name}.{self.last_name}@example.com".lower()

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


DEMO_PEOPLE = (
    DemoPerson("engineer", "Ana", "Lima", ("engineer",), "Support engineer: works tickets and escalates"),
    DemoPerson("teamlead", "Tom", "Okafor", ("engineer", "team lead"), "Team lead: settles what is uncertain"),
    DemoPerson("editor", "Mia", "Berg", ("mapping editor",), "Changes the next version of the mapping"),
    DemoPerson("publisher", "Leo", "Brandt", ("publisher",), "Publishes what somebody else changed"),
    DemoPerson("auditor", "Ivy", "Chen", ("auditor",), "Reads everything, changes nothing"),
    DemoPerson("admin", "Sam", "Idowu", ("administrator",), "Looks after people and settings"),
    DemoPerson("usgov", "Una", "Grant", ("engineer", "US Government"), "May also open US Government tickets"),
    DemoPerson("owner", "Omar", "Haddad", ("recipient",), "Account Owner: receives escalations"),
    DemoPerson("csm", "Dana", "Reyes", ("recipient",), "Customer Success Manager: receives escalations"),
)
# The admin's rights, by group: (may change, tables). Escalations and audit are read-only there for everybody.
WORKING_COPY = (
    "role", "fallbackstep", "queue", "channel", "scenario", "question", "choice", "legrule", "signal", "link", "alias", "template", "prose",
    "calendar",
)  # fmt: skip
RECORD = ("escalation", "delivery", "attempt", "auditevent", "mappingversion", "rowremark")


def make_groups() -> None:
    """Every group of the portal with its admin rights. Safe to repeat."""
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in GROUPS}
    view = Q(codename__in=[f"view_{model}" for model in WORKING_COPY])
    write = Q(codename__in=[f"{verb}_{model}" for model in WORKING_COPY for verb in ("add", "change", "delete")])
    record = Q(codename__in=[f"view_{model}" for model in RECORD])
    people = Q(content_type__app_label="auth", content_type__model__in=("user", "group"))
    for name, wanted in {
        "mapping editor": view | write | record,
        "publisher": view | record,
        "auditor": view | record,
        "administrator": view | write | record | people,
    }.items():
        ours = Permission.objects.filter(Q(content_type__app_label="escalations") | people)
        groups[name].permissions.set(ours.filter(wanted))


def make_demo_people() -> None:
    """One person of every group, without a password: sandbox mode's sign-in page lists them. Safe to repeat."""
    users = get_user_model()
    for person in DEMO_PEOPLE:
        staff = bool({"mapping editor", "publisher", "auditor", "administrator"} & set(person.groups))
        user, made = users.objects.get_or_create(
            username=person.username,
            defaults={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "is_staff": staff,
            },
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        user.groups.set(Group.objects.filter(name__in=person.groups))
