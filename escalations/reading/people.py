"""People as pages name them."""

from collections import Counter

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat

MOST_LEADS = 5
PORTAL = "portal"  # what the portal itself did is recorded under this name


class Names(dict):
    """User name -> name: “Mia Berg”, and “Mia Berg (mia2)” where somebody else has the same name. Others stand as they are."""

    def __missing__(self, username: str) -> str:
        return username


def names() -> Names:
    """Everybody's, also of those who have left: the record still names them."""
    people = get_user_model().objects.values_list("username", "first_name", "last_name")
    full = {username: f"{first} {last}".strip() or username for username, first, last in people}
    counts = Counter(name.casefold() for name in full.values())
    alone = {username: name for username, name in full.items() if counts[name.casefold()] == 1}
    same = {username: f"{name} ({username})" for username, name in full.items() if username not in alone}
    return Names({PORTAL: "the portal"} | alone | same)


def team_leads() -> list[str]:
    """The first few who settle what waits for a person, by name."""
    leads = get_user_model().objects.filter(groups__name="team lead", is_active=True).order_by("first_name", "last_name")
    return [lead.get_full_name() or lead.username for lead in leads[:MOST_LEADS]]


def full_name(column: str) -> Subquery:
    """The name of the person whose user name stands in `column`; None in a row where nobody's does."""
    person = get_user_model().objects.filter(username=OuterRef(column))
    return Subquery(person.values(name=Concat("first_name", Value(" "), "last_name"))[:1])
