"""Which account it is, said by several requests at the same moment: one choice stands, and none of them fails."""

import threading

import pytest

from escalations.actions import choices
from escalations.models import FactSnapshot
from escalations.models.facts import facts_of
from escalations.rules.facts import Facts, Seen
from tests.actions.factories import learn, make_draft
from tests.actions.threads import at_once
from tests.conftest import NOON
from tests.rules import factories as seen

KESTREL, OTHER = "0015e000000000LAAQ", "0015e000000000MAAQ"


def unlinked(salesforce_id=None) -> Facts:
    """A ticket whose organization names no account, or one that Salesforce has not, and the two that it may be."""
    organization = {**seen.ORGANIZATION, "salesforce_id": salesforce_id, "external_id": None}
    offered = [{"id": key, "name": f"Kestrel {key[-4:]}", "type": None, "website": None, "why": ["name"]} for key in (KESTREL, OTHER)]
    return seen.facts(ticket=seen.ticket(organization=organization)).having([Seen("salesforce", "accounts", offered, NOON)])


def test_what_was_suggested_for_another_organization_cannot_be_chosen(mapping, people):
    """The ticket has moved since, and Salesforce was not asked again: its customer is not Kestrel."""
    draft = make_draft(people["engineer"], facts=unlinked())
    moved = {**seen.ORGANIZATION, "id": "99", "name": "Willow Publishing", "salesforce_id": None, "external_id": None}
    learn(draft, seen.facts(ticket=seen.ticket(organization=moved)))
    assert not facts_of(draft).accounts
    assert choices.choose_account(draft, facts_of(draft), account=KESTREL, by=people["engineer"], now=NOON) is False


def test_the_same_ticket_read_again_keeps_what_was_suggested(mapping, people):
    draft = make_draft(people["engineer"], facts=unlinked())
    learn(draft, Facts.of([unlinked().get("zendesk", "ticket")]))
    assert len(facts_of(draft).accounts) == 2


# salesforce_id as the account was chosen | as the ticket is read again | whether the choice stands
LINKS = [
    (None, None, True),
    (None, OTHER, False),
    (None, OTHER[:17], False),
    (OTHER[:17], OTHER[:17], True),
    (OTHER[:17], OTHER, False),
    (OTHER[:17], KESTREL[:17], False),
    (OTHER[:15], OTHER, True),
    (OTHER, None, False),
]


@pytest.mark.parametrize(("before", "after", "stands"), LINKS)
def test_a_choice_ends_when_the_organization_names_something_else(mapping, people, before, after, stands):
    draft = make_draft(people["engineer"], facts=unlinked(before))
    assert choices.choose_account(draft, facts_of(draft), account=KESTREL, by=people["engineer"], now=NOON)
    learn(draft, Facts.of([unlinked(after).get("zendesk", "ticket")]))
    assert (facts_of(draft).account_choice is not None) == stands


def test_pressed_by_many_at_once_one_choice_stands(own_database, mapping, people):
    draft = make_draft(people["engineer"], facts=unlinked())
    turns, counting = iter((KESTREL, OTHER) * 4), threading.Lock()

    def choose():
        with counting:
            account = next(turns)
        return choices.choose_account(draft, facts_of(draft), account=account, by=people["engineer"], now=NOON)

    assert at_once(choose, 8) == [True] * 8
    assert FactSnapshot.objects.get(key="account_choice").value["id"] in (KESTREL, OTHER)
