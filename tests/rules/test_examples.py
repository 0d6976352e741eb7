"""Example messages: what an editor sees of a row before anybody escalates by it."""

from dataclasses import replace

import pytest

from escalations.rules.examples import Pair, compared, examples
from escalations.rules.mapping import LegRule, Mapping, Scenario, Template
from tests.rules.factories import MAPPING, NOON


def of(key, mapping=MAPPING):
    return examples(mapping, mapping.scenario(key), NOON)


def changed(key, **values) -> Mapping:
    rows = tuple(replace(row, **values) if row.key == key else row for row in MAPPING.scenarios)
    return replace(MAPPING, scenarios=rows)


def shared(key, body) -> Mapping:
    parts = tuple(Template(part.key, body) if part.key == key else part for part in MAPPING.templates)
    return replace(MAPPING, templates=parts)


@pytest.mark.parametrize("scenario", MAPPING.scenarios, ids=lambda row: row.key)
def test_every_row_has_a_message_about_a_ticket_it_is_meant_for(scenario):
    found = examples(MAPPING, scenario, NOON)
    assert {one.system for one in found} - {""} == {leg.system for leg in scenario.legs}
    assert not [one for one in found if "{{" in one.text or "&amp;" in one.text or "<@" in one.text]


def test_where_it_goes_depends_on_the_answer_and_what_reads_the_same_stands_once():
    post, unknown, note, note_of_unknown = sorted(of("pass-lead"), key=lambda one: one.system)
    assert note.where == "Zendesk: internal note, with Omar Haddad in cc, which the customer sees, if “New business” or “Renewal”"
    assert post.where == (
        "Slack: #sales, mentions nobody, if “New business”; #account-management, mentions nobody, if “Renewal”"
    )
    assert post.text.startswith("For Omar Haddad: Acme Corp, ticket 1001: Please contact the customer by Tuesday 3 March.\n")
    assert unknown.where == "Slack: #account-management, mentions nobody, if “I do not know”"
    for one in (unknown, note_of_unknown):
        assert "It is not known yet" in one.text


def test_the_person_is_named_as_they_are_mentioned():
    post = next(one for one in of("emergency") if one.system == "slack")
    assert post.where == "Slack: #a_acme-internal, mentions Dana Reyes"
    assert post.text.startswith("@Dana Reyes FYI: Acme Corp has an emergency on ticket 1001, opened 2 Mar, 10:00 UTC. No action asked.\nFor: Dana")
    assert "\nFrom: @Ana Lima Ana Lima, Support" in post.text


def test_support_has_answered_the_example_ticket():
    assert "told: Support last wrote to the customer 2 Mar, 11:00 UTC (public comment by Ana Lima).\n" in of("training")[0].text


def test_an_answer_that_stops_says_what_the_engineer_reads():
    stop = of("upgrade-assistance")[-1]
    assert stop.where == "Nothing is sent; the engineer reads, if “Yes, there is one”"
    assert stop.text.startswith("An internal issue exists")


def test_the_row_for_scale_is_about_an_account_served_by_scale_and_goes_to_its_owner():
    assert of("scale-engagement")[0].where.endswith("mentions Omar Haddad")


def test_the_row_for_tickets_without_an_organization_names_none():
    assert "Acme" not in of("ao-add-to-organization")[0].text


@pytest.mark.parametrize(
    ("row", "where", "said"),
    [
        (Scenario("x", "csm", "X", "aware", "Hello"), "No leg sends it yet", "FYI: Hello No action asked."),
        (Scenario("x", "csm", "X", "aware", "{{ nobody.knows }}", legs=(LegRule("l", "zendesk"),)), "This cannot be sent", "nobody"),
    ],
)
def test_a_row_that_sends_nothing_says_so(row, where, said):
    [one] = examples(MAPPING, row, NOON)
    assert one.where == where and said in one.text


def test_nothing_changed_is_no_pair():
    assert compared(MAPPING, MAPPING, NOON) == {}


def test_a_sentence_changed_pairs_each_message_with_what_it_was():
    pairs = compared(MAPPING, changed("pass-lead", situation="{{ customer.name }} wants a quote."), NOON)
    assert list(pairs) == ["pass-lead"]
    for pair in pairs["pass-lead"]:
        assert "for something that Sales" in pair.before.text and "Acme Corp wants a quote." in pair.after.text
        assert len(pair.where) == 1


def test_a_shared_part_changes_every_row_that_uses_it():
    pairs = compared(MAPPING, shared("no_ask", "Nothing to do."), NOON)
    assert set(pairs) == {"emergency", "expectations-mismatch"}
    assert len(compared(MAPPING, shared("told", "Not told."), NOON)) == 10


def test_another_place_is_one_pair_that_names_both():
    legs = (LegRule("professional-services-slack", "slack", mention="contact", places=("channel",), channel="sales"),)
    [pair] = compared(MAPPING, changed("professional-services", legs=legs), NOON)["professional-services"]
    assert pair.where == ("Slack: #account-management, mentions Omar Haddad", "Slack: #sales, mentions Omar Haddad")


@pytest.mark.parametrize("values", [{"retired_on": "2026-12-01"}])
def test_a_retired_row_says_nothing_any_more(values):
    pairs = compared(MAPPING, changed("training", **values), NOON)["training"]
    assert all(isinstance(pair, Pair) and pair.before and not pair.after for pair in pairs)
