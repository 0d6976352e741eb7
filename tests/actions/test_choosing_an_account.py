"""Which account it is, said by several requests at the same moment: one choice stands, and none of them fails."""

import threading

from escalations.actions import wizard
from escalations.models import FactSnapshot
from escalations.models.facts import facts_of
from escalations.rules.facts import Facts, Seen
from tests.actions.factories import make_draft
from tests.actions.threads import at_once
from tests.conftest import NOON
from tests.rules import factories as seen

KESTREL, OTHER = "0015e000000000LAAQ", "0015e000000000MAAQ"


def unlinked() -> Facts:
    """A ticket whose organization names no account, and the two that it may be."""
    organization = {**seen.ORGANIZATION, "salesforce_id": None, "external_id": None}
    offered = [{"id": key, "name": f"Kestrel {key[-4:]}", "type": None, "website": None, "why": ["name"]} for key in (KESTREL, OTHER)]
    return seen.facts(ticket=seen.ticket(organization=organization)).having([Seen("salesforce", "accounts", offered, NOON)])


def test_pressed_by_many_at_once_one_choice_stands(own_database, mapping, people):
    draft = make_draft(people["engineer"], facts=unlinked())
    turns, counting = iter((KESTREL, OTHER) * 4), threading.Lock()

    def choose():
        with counting:
            account = next(turns)
        return wizard.choose_account(draft, facts_of(draft), account=account, by=people["engineer"], now=NOON)

    assert at_once(choose, 8) == [True] * 8
    assert FactSnapshot.objects.get(key="account_choice").value["id"] in (KESTREL, OTHER)
