"""None of these: the nearest rows with what speaks against each, and those not in force with what to do instead."""

from dataclasses import replace

import pytest

from escalations.rules.nearest import nearest, why_not_in_force

from .factories import MAPPING, NOON, account, facts, ticket

TODAY = NOON.date()  # Monday, 2 March 2026


def near(mapping=MAPPING, **said):
    return nearest(mapping, facts(ticket=ticket(**said), account=account()), TODAY)


def with_row(key, **values):
    return replace(MAPPING, scenarios=tuple(replace(row, **values) if row.key == key else row for row in MAPPING.scenarios))


def test_three_rows_the_best_first_each_with_what_speaks_against_it():
    found = near(priority="high", form="SaaS", tags=["upgrade_assistance"])
    assert [row.scenario.key for row in found] == ["emergency", "professional-services", "customer-asked"]
    assert [row.against for row in found] == [(), *[("nothing in this ticket speaks for it",)] * 2]


def test_what_the_facts_say_against_a_row_is_said():
    found = near(form="SaaS", tags=["upgrade_assistance"], subject="quote")
    lead = nearest(with_row("emergency", queues=("needs-org",)), facts(ticket=ticket(form="SaaS", priority="high")), TODAY)
    assert found[0].scenario.key != "upgrade-assistance", "what speaks against it weighs more"
    assert all(row.against for row in found)
    assert "emergency" not in [row.scenario.key for row in lead]


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
