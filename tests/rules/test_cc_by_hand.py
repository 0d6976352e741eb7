"""A follower is made an e-mail cc by hand: with a reason, for one person and one situation, where that is possible at all."""

import pytest

from escalations.rules.cc_by_hand import CC_BY_HAND, as_answer
from escalations.rules.explanation import explain
from escalations.rules.facts import Facts
from escalations.rules.plan import plan

from .factories import CHANNEL, DANA, MAPPING, OMAR, account, around, facts, known, slack_person, ticket, zendesk_person

WHY = "The customer asked to have her address"


def made(answers=None, *, row="emergency", restricted=False, seen=None, of_ticket=None):
    seen = seen or facts(ticket=ticket(**(of_ticket or {})), account=account(), **known(DANA, OMAR))
    scenario = MAPPING.scenario(row)
    return plan(MAPPING, scenario, answers or {}, seen, around(restricted=restricted)), seen


def note(plan):
    return next(leg for leg in plan.legs if leg.system == "zendesk")


def said(person="dana.reyes@example.com", row="emergency", why=WHY):
    return {CC_BY_HAND: f"{row} {person} {why}"}


def test_a_follower_becomes_a_cc_with_the_reason_in_the_chain():
    planned, seen = made(said())
    leg = note(planned)
    assert (leg.cc, leg.visibility, leg.cc_because) == ("email_cc", "customer", WHY)
    assert (leg.content["follower"], leg.content["email_cc"]) == (None, zendesk_person(DANA)["id"])
    assert planned.answers == said()
    [link] = [link for link in explain(planned, None, seen, 1, "engineer") if link.label == "Cc by hand"]
    assert link.text == f"Dana Reyes is in cc, seen by the customer, instead of a follower: “{WHY}”"
    assert "Dana Reyes's address becomes visible to 2 people outside." in [problem.text for problem in planned.problems]


def test_what_would_be_sent_is_another_thing():
    assert made(said())[0].digest != made()[0].digest


@pytest.mark.parametrize(
    "answers",
    [said(person="omar.haddad@example.com"), said(row="training"), said(why=""), said(why=" \n "), {CC_BY_HAND: ""}, {CC_BY_HAND: "emergency"}],
    ids=["another person", "another situation", "no reason", "an empty reason", "taken back", "half"],
)
def test_what_does_not_count(answers):
    planned, _ = made(answers)
    assert note(planned).cc == "follower" and planned.answers == {}


def agent(**values):
    return facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA))], zendesk=[(DANA, zendesk_person(DANA, **values))])


@pytest.mark.parametrize(
    ("seen", "restricted"),
    [(agent(role="end-user"), False), (agent(active=False, may_follow=False), False), (agent(), True),
     (facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA))]), False)],
    ids=["end user", "inactive", "US Government", "no account"],
)  # fmt: skip
def test_it_is_not_offered_and_does_not_count(seen, restricted):
    leg = note(made(said(), seen=seen, restricted=restricted)[0])
    assert not leg.may_cc and leg.content["email_cc"] is None and leg.visibility == "internal" and not leg.cc_because


def test_who_may_not_follow_can_still_be_in_cc():
    assert note(made(said(), seen=agent(may_follow=False))[0]).cc == "email_cc"


def test_where_the_row_says_cc_there_is_nothing_to_change():
    planned, _ = made({"license-kind": "renewal"}, row="pass-lead", of_ticket={"end_users": 3})
    assert note(planned).cc == "email_cc" and not note(planned).may_cc and not note(planned).cc_because
    assert "Omar Haddad's address becomes visible to 3 people outside." in [problem.text for problem in planned.problems]


def test_a_note_in_an_earlier_thread_adds_nobody():
    from escalations.rules.places import Thread
    from escalations.rules.together import JOINING

    thread = Thread("C0ACME", "1.2", "#a_acme-internal", "account_channel")
    seen = facts(ticket=ticket(), account=account(channel_id="C0ACME"), channel=CHANNEL, **known(DANA, OMAR))
    planned = plan(MAPPING, MAPPING.scenario("emergency"), {**said(), JOINING: "note"}, seen, around(thread=thread))
    assert note(planned).cc == "" and CC_BY_HAND not in planned.answers


@pytest.mark.parametrize("row", ["pass-lead", "emergency"])
def test_who_has_no_active_account_in_zendesk_is_put_nowhere(row):
    """Also where the published row says cc: the customer would see an address, and its owner would hear nothing."""
    gone = [(person, zendesk_person(person, active=False, may_follow=False)) for person in (DANA, OMAR)]
    seen = facts(ticket=ticket(), account=account(), slack=[(one, slack_person(one)) for one in (DANA, OMAR)], zendesk=gone)
    leg = note(made(said("omar.haddad@example.com", row), row=row, seen=seen)[0])
    assert (leg.cc, leg.visibility, leg.content["email_cc"], leg.content["follower"]) == ("", "internal", None, None)
    assert "account in Zendesk is not active" in leg.note


def test_a_reason_is_one_line_of_limited_length():
    planned, _ = made()
    kept = as_answer(MAPPING.scenario("emergency"), planned.contact, "so\nthat " + "x" * 999)
    assert kept.startswith("emergency dana.reyes@example.com so that xxx") and len(kept) < 250
    assert as_answer(MAPPING.scenario("emergency"), made(seen=Facts.of([]))[0].contact, "why") == ""
