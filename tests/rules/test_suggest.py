"""Which row is selected for a ticket: exactly one decisive reason, or none."""

import pytest

from escalations.rules import suggest
from escalations.rules.mapping import Signal
from escalations.rules.proof import signal_problem

from .factories import MAPPING, NOON, OMAR, SCALE, account, facts, opportunity, ticket

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


# when the customer's opportunities close, in which stage: does the signal of 30 days hold on 2 March, and what is said
RENEWALS = [
    ("in 30 days", [("2026-04-01", "Proposal")], "a renewal of this customer closes within 30 days (Wednesday 1 April)"),
    ("in 31 days", [("2026-04-02", "Proposal")], None),
    ("today", [("2026-03-02", "Proposal")], "a renewal of this customer closes within 30 days (Monday 2 March)"),
    ("yesterday", [("2026-03-01", "Proposal")], None),
    ("won already", [("2026-03-10", "Closed Won")], None),
    ("a duplicate", [("2026-03-10", "10-Duplicate")], None),
    ("the next one counts", [("2026-09-01", "Proposal"), ("2026-03-03", "Proposal")], "a renewal of this customer closes within 30 days (Tuesday 3 March)"),
    ("no opportunity", [], None),
    ("no day that can be read", [("soon", "Proposal")], None),
    ("nothing where a day belongs", [(None, "Proposal")], None),
]  # fmt: skip


@pytest.mark.parametrize(("closes", "said"), [row[1:] for row in RENEWALS], ids=[row[0] for row in RENEWALS])
def test_a_renewal_that_is_near_speaks_for_a_lead_and_selects_nothing(closes, said):
    deals = [{**opportunity(OMAR, id=f"006{n}", stage=stage), "close_on": day} for n, (day, stage) in enumerate(closes)]
    seen = facts(ticket=ticket(), account=account(opportunities=deals))
    cards = suggest.rank(MAPPING, seen, NOON.date())
    reasons = suggest.card_of(cards, "pass-lead").reasons
    assert reasons == ((said,) if said else ())
    assert suggest.selected(cards) is None


def test_without_an_account_no_renewal_is_known():
    cards = suggest.rank(MAPPING, facts(ticket=ticket()), NOON.date())
    assert suggest.card_of(cards, "pass-lead").reasons == ()


PATTERNS = [
    ("renewal", "30", True), ("renewal", "0", False), ("renewal", "-1", False), ("renewal", "soon", False), ("renewal", "9" * 40, False),
    ("renewal", "1.5", False), ("priority", "Urgent", True), ("priority", "asap", False), ("organization", "unknown", True),
    ("organization", "none", False), ("csm", "scale", True), ("csm", "pool", False), ("tag", "anything", True), ("subject", "30 days", True),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "pattern", "may_hold"), PATTERNS)
def test_a_signal_that_can_never_hold_is_a_problem(kind, pattern, may_hold):
    problem = signal_problem(Signal(kind, pattern))
    assert may_hold == (problem == "")
    assert may_hold or pattern in problem


def test_every_signal_of_the_default_mapping_can_hold():
    assert not [signal for row in MAPPING.scenarios for signal in row.signals if signal_problem(signal)]
