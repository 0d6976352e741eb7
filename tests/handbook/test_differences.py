"""Differences of two mappings by keys."""

from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.differences import NOUNS, WORDING, diff
from escalations.rules.mapping import Link, Mapping, Scenario, content_hash

LEAD = DEFAULT_MAPPING.scenario("pass-lead")


def lead(**changes) -> Mapping:
    rows = tuple(replace(LEAD, **changes) if row.key == LEAD.key else row for row in DEFAULT_MAPPING.scenarios)
    return replace(DEFAULT_MAPPING, scenarios=rows)


def only(mapping: Mapping):
    changes = diff(DEFAULT_MAPPING, mapping)
    assert len(changes) == 1
    return next(iter(changes))


def test_the_same_mapping_has_no_changes():
    assert diff(DEFAULT_MAPPING, DEFAULT_MAPPING).summary() == "no changes"
    assert diff(DEFAULT_MAPPING, DEFAULT_MAPPING).lines() == ()


def test_wording_and_more_than_wording():
    assert only(lead(title="New")).wording
    assert not only(lead(answer_days=3)).wording
    assert diff(DEFAULT_MAPPING, lead(title="New")).summary() == (
        "10 rows matched: none added, none removed; wording of 1 changed"
    )
    assert diff(DEFAULT_MAPPING, lead(title="New", answer_days=3)).summary() == (
        "10 rows matched: none added, none removed; more than the wording of 1 changed"
    )


def test_nested_rows_are_named_by_their_path():
    question = LEAD.questions[0]
    choice = replace(question.choices[0], label="Brand new")
    change = only(lead(questions=(replace(question, choices=(choice, question.choices[1])),)))
    assert (change.noun, change.key, change.field) == ("choice", "pass-lead/license-kind/new_business", "label")
    assert (change.of, change.row, change.title) == ("scenario", "pass-lead", LEAD.title)


def test_an_answer_that_begins_to_stop_is_more_than_wording():
    question = LEAD.questions[0]
    choice = replace(question.choices[0], stop="Do not.")
    assert not only(lead(questions=(replace(question, choices=(choice, question.choices[1])),))).wording


def test_legs_signals_and_links():
    assert (
        only(lead(legs=LEAD.legs[:2])).line()
        == "- leg pass-lead/pass-lead-slack-renewal removed: pass-lead-slack-renewal"
    )
    assert not only(lead(signals=LEAD.signals[1:])).wording
    assert only(lead(links=(*LEAD.links, Link("More", "https://x.example.com/")))).wording


def test_retired_is_not_removed():
    change = only(lead(retired_on="2026-12-01"))
    assert change.kind == "retired"
    assert diff(DEFAULT_MAPPING, lead(retired_on="2026-12-01")).summary() == (
        "9 rows matched: none added, none removed, 1 retired"
    )


def test_rows_added_and_removed():
    new = Scenario("new", "ao", "New", "aware", "x")
    mapping = replace(DEFAULT_MAPPING, scenarios=(*DEFAULT_MAPPING.scenarios[1:], new))
    assert diff(DEFAULT_MAPPING, mapping).summary() == "9 rows matched: 1 added, 1 removed"


def test_the_order_of_fallback_steps_matters_and_that_of_rows_does_not():
    role = DEFAULT_MAPPING.roles[0]
    swapped = replace(DEFAULT_MAPPING, roles=(replace(role, steps=role.steps[::-1]), *DEFAULT_MAPPING.roles[1:]))
    assert not only(swapped).wording
    change = only(replace(DEFAULT_MAPPING, scenarios=DEFAULT_MAPPING.scenarios[::-1]))
    assert change.wording and change.field == "order of scenarios"


def test_wording_names_fields_that_exist():
    for kind, names in WORDING.items():
        assert names <= {field.name for field in fields(kind)}
    assert set(WORDING) <= set(NOUNS)


SHUFFLED = st.builds(
    Mapping,
    **{
        name: st.lists(st.sampled_from(getattr(DEFAULT_MAPPING, name)), max_size=5).map(tuple)
        for name in ("roles", "scenarios", "queues", "channels", "aliases", "templates", "prose", "links")
    },
)


@settings(max_examples=100, deadline=None)
@given(SHUFFLED, SHUFFLED)
def test_no_changes_means_equal(before, after):
    assert bool(diff(before, after)) == (content_hash(before) != content_hash(after))
    assert not diff(before, before)
