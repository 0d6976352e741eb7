"""A ticket that could not be read, or was left out: everything is shown as far as it goes, and nothing is sent."""

import pytest

from escalations.rules.facts import LOOKUP_ERRORS, Facts, Seen, TicketFacts
from escalations.rules.plan import plan
from escalations.rules.problems import blocking

from .factories import ANA, MAPPING, NOON, account, around, facts

STAND_IN = TicketFacts("main", 1001, url="https://portal-demo.zendesk.com/agent/tickets/1001", unread=True)
GONE = {"not_found", "deleted", "disconnected"}
MAY_BE_THERE = sorted(set(LOOKUP_ERRORS) - GONE)
ANSWERS = {"license-kind": "renewal", "internal-issue": "no"}


def unread(code: str, scenario: str = "emergency", **circumstances):
    seen = facts(errors=[("zendesk", "ticket", code), ("zendesk", "comments", code)])
    row = MAPPING.scenario(scenario)
    return plan(MAPPING, row, ANSWERS, seen, around(unread=STAND_IN, **circumstances))


@pytest.mark.parametrize("scenario", [row.key for row in MAPPING.scenarios])
@pytest.mark.parametrize("code", MAY_BE_THERE)
def test_every_row_is_shown_blocked_and_ready_to_be_copied(code, scenario):
    made = unread(code, scenario)
    assert made.legs
    assert not made.can_be_sent
    [problem] = blocking(made.problems)
    assert problem.text == f"Zendesk {LOOKUP_ERRORS[code]}. Nothing is sent without the ticket."
    assert (problem.repair.verb, problem.repair.what) == ("look_again", "ticket")
    assert STAND_IN.url in made.copy_text


@pytest.mark.parametrize("code", sorted(GONE))
def test_of_a_ticket_that_is_not_there_nothing_is_made(code):
    made = unread(code)
    assert (made.legs, made.can_be_sent) == ((), False)
    assert len(blocking(made.problems)) == 1


def test_nothing_is_made_up_about_it():
    made = unread("skipped")
    assert made.contact.person is None
    assert dict(made.texts)["situation"] == "A customer has a problem on ticket 1001."
    for words in ("no queue", "no priority", "Customer: Acme", "was found"):
        assert words not in made.copy_text + str(made.legs)
    assert {step.why for step in made.contact.trace if step.outcome == "unavailable"} == {
        "the ticket was left out by the engineer"
    }


def test_facts_of_the_customer_that_were_read_before_are_not_used_without_the_ticket():
    seen = facts(account=account(), errors=[("zendesk", "ticket", "skipped")])
    made = plan(MAPPING, MAPPING.scenario("emergency"), {}, seen, around(unread=STAND_IN))
    assert made.contact.person is None
    assert "Acme" not in str(made.legs) + made.copy_text


def test_a_ticket_that_nobody_looked_up_yet_has_no_plan():
    made = plan(MAPPING, MAPPING.scenario("emergency"), {}, Facts.of([]), around(unread=STAND_IN))
    assert made.legs == ()


def test_a_restricted_ticket_stays_links_only():
    made = unread("late", restricted=True, edits=(("told", "Acme knows"),))
    assert "Acme" not in str(made.legs) + made.copy_text
    assert "US Government customer" in made.copy_text


def test_an_open_question_is_still_asked():
    seen = Facts.of([Seen("zendesk", "ticket", None, NOON, "late")])
    made = plan(MAPPING, MAPPING.scenario("pass-lead"), {}, seen, around(unread=STAND_IN, author=ANA))
    assert [problem.part for problem in blocking(made.problems)] == ["ticket", "license-kind"]
