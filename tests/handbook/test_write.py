"""The page given back."""

from dataclasses import replace

import pytest

from escalations.handbook.changes import apply, compare
from escalations.handbook.parse import parse
from escalations.handbook.write import write
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.mapping import Link, Mapping, from_dict, to_dict

from .conftest import DAY


def rows_of(text: str):
    return [(row.scenario_raw, row.channel, row.relevancy_raw, row.links) for row in parse(text).rows]


def test_the_same_rows_come_back(text):
    written = write(apply(DEFAULT_MAPPING, parse(text), on=DAY))
    assert rows_of(written) == rows_of(text)
    assert parse(written).unread == ()


def test_the_real_page_comes_back_letter_by_letter(real):
    assert write(apply(DEFAULT_MAPPING, parse(real), on=DAY)) == real.strip() + "\n"


def test_a_page_over_an_empty_mapping_comes_back_letter_by_letter(text):
    mapping = from_dict(to_dict(apply(Mapping(), parse(text), on=DAY)))
    assert write(mapping) == text.strip() + "\n"


def test_prose_anywhere_comes_back(sample):
    text = sample.replace("## Purpose", "Before all.\n\n# Big\n\nwords\n\n## Purpose").replace(
        "## Scale", "After the table.\n\n### Notes\n\n```\n|x|y|\n```\n\n## Scale", 1
    )
    mapping = apply(Mapping(), parse(text), on=DAY)
    assert write(mapping) == text


def test_a_mapping_that_never_saw_a_page_is_written_in_our_words():
    page = parse(write(DEFAULT_MAPPING))
    assert (page.scenarios, page.unread) == (10, ())
    assert page.rows[3].scenario == "Make the CSM aware of an emergency or a high-priority ticket"
    outcome = compare(DEFAULT_MAPPING, page, on=DAY)
    assert outcome.changes.wording_only
    assert [match.scenario for match in outcome.matches] == [row.key for row in DEFAULT_MAPPING.scenarios]


def test_retired_rows_are_left_out(sample):
    mapping = apply(DEFAULT_MAPPING, parse(sample), on=DAY)
    rows = tuple(
        replace(row, retired_on="2026-01-01") if row.key in ("training", "scale-engagement") else row
        for row in mapping.scenarios
    )
    page = parse(write(replace(mapping, scenarios=rows)))
    assert len(page.rows) == 8
    assert page.scale is None


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("legs", lambda row: row.legs[1:], "Slack: @mention CSM"),
        ("legs", lambda row: tuple(replace(leg, mention="none") for leg in row.legs[:1]), "Zendesk: cc @CSM"),
        ("queues", lambda row: ("self-managed", "needs-org"), "Ticket Workflow: Self-Managed, Needs Org"),
    ],
)
def test_a_cell_that_is_no_longer_true_is_written_anew(sample, field, value, cell):
    mapping = apply(DEFAULT_MAPPING, parse(sample), on=DAY)
    rows = tuple(replace(row, **{field: value(row)}) if row.key == "training" else row for row in mapping.scenarios)
    row = next(row for row in parse(write(replace(mapping, scenarios=rows))).rows if "training" in row.scenario)
    assert cell in (row.channel.raw, row.relevancy_raw)


def test_changed_resources_are_written_anew(sample):
    mapping = apply(Mapping(), parse(sample), on=DAY)
    written = write(replace(mapping, links=(Link("Only this", "https://handbook.gitlab.com/handbook/x"),)))
    assert written.endswith("## Resources\n\n- [Only this](/handbook/x)\n")


def test_a_title_of_ours_cannot_break_the_table():
    rows = (replace(DEFAULT_MAPPING.scenarios[0], title="a | b\nc"), *DEFAULT_MAPPING.scenarios[1:])
    page = parse(write(replace(DEFAULT_MAPPING, scenarios=rows)))
    assert page.rows[0].scenario == "a | b c"
    assert page.unread == ()
