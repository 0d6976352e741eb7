"""Who a written name is, said by several requests at the same moment: one choice stands, and none of them fails."""

import threading

from escalations.actions import choices
from escalations.models import FactSnapshot
from escalations.models.facts import facts_of
from escalations.rules.facts import Facts, Seen
from escalations.rules.names import name_key
from tests.actions.factories import make_draft
from tests.actions.threads import at_once
from tests.conftest import NOON
from tests.rules import factories as seen

NAME = "Maria Silva"
ADDRESSES = ("maria.silva@example.com", "maria.silva2@example.com")


def written() -> Facts:
    """A CSM who is only a name, and the two in Slack who have it."""
    people = [{"id": f"U{n}", "name": NAME, "email": email} for n, email in enumerate(ADDRESSES)]
    facts = seen.facts(ticket=seen.ticket(), account=seen.account(csm=None, csm_name=NAME))
    return facts.having([Seen("slack", f"name:{name_key(NAME)}", people, NOON)])


def test_pressed_by_many_at_once_one_choice_stands(own_database, mapping, people):
    draft = make_draft(people["engineer"], facts=written())
    turns, counting = iter(ADDRESSES * 4), threading.Lock()

    def choose():
        with counting:
            email = next(turns)
        return choices.choose_person(draft, facts_of(draft), name=NAME, email=email, by=people["engineer"], now=NOON)

    assert at_once(choose, 8) == [True] * 8
    assert FactSnapshot.objects.get(key=f"person_choice:{name_key(NAME)}").value["email"] in ADDRESSES
