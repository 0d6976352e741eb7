"""Which row is selected for a ticket: exactly one decisive reason, or none."""

import pytest

from escalations.rules import suggest

from .factories import MAPPING, NOON, SCALE, account, facts, ticket

# what the ticket says, what Salesforce says, the row that is selected
TABLE = [
    ({"priority": "urgent"}, {}, "emergency"),
    ({"priority": "high"}, {}, "emergency"),
    ({"priority": "normal"}, {}, None),
    ({"tags": ["escalation_requested"]}, {}, "customer-asked"),
    ({"priority": "urgent", "tags": ["escalation_requested"]}, {}, None),
    ({"tags": ["upgrade_assistance"], "form": "Self-Managed"}, {}, "upgrade-assistance"),
    ({"tags": ["upgrade_assistance"], "form": "SaaS"}, {}, None),
    ({"tags": ["training"]}, {}, "training"),
    ({"tags": ["expectations_mismatch"]}, {}, "expectations-mismatch"),
    ({"tags": ["new_business"], "form": "License and Renewals"}, {}, "pass-lead"),
    ({"tags": [], "form": "License and Renewals"}, {}, None),
    ({"tags": ["professional_services"]}, {}, "professional-services"),
    ({"organization": None, "form": "Needs Org"}, None, "ao-add-to-organization"),
    ({"tags": ["architecture"]}, {"csm": SCALE}, "scale-engagement"),
    ({"tags": ["architecture"]}, {}, None),
    ({"tags": ["architecture"]}, None, None),
]


@pytest.mark.parametrize(("said", "found", "selected"), TABLE)
def test_exactly_one_decisive_reason_selects(said, found, selected):
    seen = facts(ticket=ticket(**said), account=account(**found) if found is not None else None)
    card = suggest.selected(suggest.rank(MAPPING, seen, NOON.date()))
    assert (card.scenario.key if card else None) == selected


def test_no_row_is_ever_hidden_and_twins_share_a_card():
    cards = suggest.rank(MAPPING, facts(ticket=ticket()), NOON.date())
    shown = [twin.key for card in cards for twin in card.twins]
    assert sorted(shown) == sorted(scenario.key for scenario in MAPPING.scenarios)
    titles = [card.scenario.title for card in cards]
    assert len(set(titles)) == len(titles)


def test_a_row_that_is_not_meant_for_the_queue_says_so_and_ranks_lower():
    cards = suggest.rank(MAPPING, facts(ticket=ticket(form="SaaS")), NOON.date())
    needs_org = suggest.card_of(cards, "ao-add-to-organization")
    assert "meant for Needs Org" in needs_org.against[0]
    assert cards.index(needs_org) > cards.index(suggest.card_of(cards, "emergency"))
