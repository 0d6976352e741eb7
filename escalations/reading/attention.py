"""What waits for a person: counted for every page, listed for the home page, grouped by cause for who settles it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from escalations.models import Delivery
from escalations.models.escalation import HEAVY
from escalations.models.planning import is_restricted
from escalations.models.trouble import Cause, causes, waiting
from escalations.rules.permissions import Actor, can_see_escalations

from .overdue import overdue
from .targets import channels, taken_places, takes_a_ticket
from .trail import Step, trails
from .verdicts import BACK, BOTH, COULD_NOT, REASONS, SENT, Verdict, about, verdicts

MOST = 200  # stand on the page; the others follow as these are settled
COUNTED = 100  # more than these are “99+”


def needs_you(actor: Actor) -> list[Delivery]:
    """Deliveries that could not be sent or that nobody can tell about: the actor's own, and everybody's for a team lead."""
    return list(_of(actor).order_by("-pk")[:20])


def how_many(actor: Actor) -> int:
    """For the navigation, with the answers that are overdue: counted to a hundred and no further."""
    if not can_see_escalations(actor):
        return 0
    stuck, late = (rows.order_by().values("pk") for rows in (_of(actor), overdue(actor)))
    return stuck.union(late, all=True)[:COUNTED].count()


def _of(actor: Actor):
    return seen_by(actor, waiting().defer(*(f"escalation__{name}" for name in HEAVY)))


def seen_by(actor: Actor, rows):
    """Of these deliveries the actor's own, and everybody's for a team lead."""
    return rows if "team lead" in actor.groups else rows.filter(escalation__author__username=actor.username)


def label_of(row: Delivery) -> str:
    """The place's name, unless it may be that of a customer who is not named."""
    hidden = is_restricted(row.escalation.instance) and row.system == "slack"
    return "a Slack channel" if hidden else row.place.get("label", "")


@dataclass(frozen=True)
class Waiting:
    """One delivery that waits: what was done about it, where to look, where else it could go: (Slack id, #name), a ticket."""

    delivery: Delivery
    whom: str
    customer: str
    url: str
    where: str
    steps: tuple[Step, ...]
    targets: tuple[tuple[str, str], ...]
    to_ticket: bool = False

    @property
    def label(self) -> str:
        return label_of(self.delivery)

    @property
    def attempts(self) -> int:
        return sum(1 for step in self.steps if step.n)

    @property
    def last_look(self) -> Step | None:
        return next((step for step in reversed(self.steps) if not step.n), None)


@dataclass(frozen=True)
class Group:
    cause: Cause
    rows: tuple[Waiting, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def many(self) -> int:
        return len(self.rows)

    @property
    def about(self) -> str:
        """A key of verdicts.COULD_NOT: whether these were to be sent, or to take something back, or both."""
        return about(row.delivery for row in self.rows)

    @property
    def reasons(self) -> tuple[str, ...]:
        return REASONS[self.cause.state, self.about]

    @property
    def question(self) -> str:
        return "Why?" if self.cause.state == "dead" else "How do you know?"

    @property
    def restricted(self) -> bool:
        """No free text about tickets of such an instance."""
        return any(is_restricted(row.delivery.escalation.instance) for row in self.rows)

    @property
    def words(self) -> str:
        these = "this" if self.many == 1 else "these"
        if self.cause.state == "dead":
            return f"{these.capitalize()} could not be {COULD_NOT[self.about]}."
        was = f"{'was' if self.many == 1 else 'were'} taken back"
        what = {SENT: "arrived", BACK: was, BOTH: f"arrived, or {was}"}[self.about]
        return f"Nobody can tell whether {these} {what}."


def grouped(actor: Actor, now: datetime) -> list[Group]:
    """The causes, newest trouble first, each with everything that a decision needs."""
    rows = list(_of(actor).order_by("-pk")[:MOST])
    steps, taken = trails(rows), taken_places(rows)
    return [_group(cause, steps, taken, now) for cause in causes(rows)]


def next_key(keys: list[str], settled: str) -> str:
    """The group after the settled one, as the page had them; the one before it at the end, "" when it was the only one."""
    if settled not in keys:
        return ""
    others = keys[keys.index(settled) + 1 :] or keys[: keys.index(settled)][-1:]
    return others[0] if others else ""


def _group(cause: Cause, steps: dict, taken: set, now: datetime) -> Group:
    rows = tuple(_waiting(row, tuple(steps.get(row.pk, ())), taken) for row in cause.deliveries)
    return Group(cause, rows, tuple(verdicts(cause, rows, now)))


def _waiting(row: Delivery, steps: tuple[Step, ...], taken: set) -> Waiting:
    escalation = row.escalation
    customer = "" if is_restricted(escalation.instance) else escalation.customer_name
    return Waiting(row, whom_of(row), customer, *_place(row), steps, tuple(channels(row, taken)), takes_a_ticket(row))


def whom_of(row: Delivery) -> str:
    return row.mentions or (row.escalation.contact_name if row.cc else "")


def _place(row: Delivery) -> tuple[str, str]:
    """The address at which a person can look, and what is there; "" when only the people in it can."""
    first, _, rest = row.target.partition(":")
    if row.receipt_url:
        return row.receipt_url, "the receipt"
    if row.system == "zendesk":
        own = settings.ZENDESK_INSTANCES.get(first)
        return (f"https://{own['host']}/agent/tickets/{rest}", f"ticket {rest}") if own else ("", "")
    if first in ("group", "person"):
        return "", "a direct message: only who is in it can look"
    thread = f"/p{rest.replace('.', '')}" if rest else ""
    return (
        f"https://{settings.SLACK['workspace_host']}/archives/{first}{thread}",
        "the thread" if rest else "the channel",
    )
