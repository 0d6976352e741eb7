"""None of these: the nearest rows with what speaks against each, and those not in force with what to do instead."""

from dataclasses import replace

import pytest

from escalations.rules.nearest import nearest, why_not_in_force
from escalations.rules.suggest import rank

from .factories import MAPPING, NOON, account, facts, ticket

TODAY = NOON.date()  # Monday, 2 March 2026


def near(mapping=MAPPING, **said):
    seen = facts(ticket=ticket(**said), account=account())
    return nearest(mapping, rank(mapping, seen, TODAY), seen, TODAY)


def with_row(key, **values):
    return replace(MAPPING, scenarios=tuple(replace(row, **values) if row.key == key else row for row in MAPPING.scenarios))


def test_three_rows_the_best_first_each_with_what_speaks_against_it():
    found = near(priority="high", form="SaaS", tags=["upgrade_assistance"])
    assert [row.scenario.key for row in found] == ["emergency", "professional-services", "customer-asked"]
    assert [row.against for row in found] == [(), *[("nothing in this ticket speaks for it",)] * 2]


def test_what_the_facts_say_against_a_row_is_said_and_weighs_more():
    found = near(with_row("emergency", queues=("needs-org",)), form="SaaS", priority="high")
    assert "emergency" not in [row.scenario.key for row in found]
    few = replace(MAPPING, scenarios=tuple(row for row in MAPPING.scenarios if row.key in ("upgrade-assistance", "training")))
    assert [(row.scenario.key, row.against) for row in near(few, form="SaaS", tags=["upgrade_assistance"])] == [
        ("training", ("nothing in this ticket speaks for it",)),
        ("upgrade-assistance", ("the row is meant for Self-Managed; this ticket is in SaaS",)),
    ]


def test_the_best_comes_first_in_whatever_order_the_page_shows_the_cards():
    seen = facts(ticket=ticket(priority="high"))
    cards = rank(MAPPING, seen, TODAY)
    assert nearest(MAPPING, cards[::-1], seen, TODAY)[0].scenario.key == cards[0].scenario.key == "emergency"


GONE = [
    ({"retired_on": "2026-03-02", "instead": "Ask in #upgrades."}, "retired on Monday 2 March 2026"),
    ({"retired_on": "2026-03-03"}, None),
    ({"valid_until": "2026-03-01"}, "ended on Sunday 1 March 2026"),
    ({"valid_until": "2026-03-02"}, None),
    ({"valid_from": "2026-03-03"}, "starts on Tuesday 3 March 2026"),
    ({"valid_from": "2026-03-02"}, None),
]


@pytest.mark.parametrize(("values", "why"), GONE)
def test_a_row_that_is_not_in_force_is_shown_with_what_to_do_instead(values, why):
    gone = [row for row in near(with_row("training", **values)) if row.gone]
    assert [(row.scenario.key, row.against, row.instead) for row in gone] == (
        [("training", (why,), values.get("instead", ""))] if why else []
    )


def test_of_those_not_in_force_the_one_that_fits_comes_first_and_three_are_enough():
    off = replace(MAPPING, scenarios=tuple(replace(row, retired_on="2026-01-01") for row in MAPPING.scenarios))
    found = near(off, tags=["expectations_mismatch"])
    assert [row.scenario.key for row in found][0] == "expectations-mismatch"
    assert len(found) == 3 and all(row.gone for row in found)
    assert why_not_in_force(found[0].scenario, TODAY).startswith("retired")


def test_twins_are_one_row():
    off = replace(MAPPING, scenarios=tuple(row for row in with_row("x").scenarios if row.title.startswith("Add a")))
    off = replace(off, scenarios=tuple(replace(row, retired_on="2026-01-01") for row in off.scenarios))
    assert [row.scenario.key for row in near(off)] == ["ao-add-to-organization"]
