"""One message instead of two: a second reason for the same role, and going on with an earlier thread. Tables by hand."""

from dataclasses import replace

import pytest

from escalations.rules.explanation import explain
from escalations.rules.places import Thread
from escalations.rules.plan import plan
from escalations.rules.together import ALSO, JOINING, more_reasons

from .factories import ANA, CHANNEL, DANA, MAPPING, NOON, OMAR, account, around, facts, known, ticket

ACME = {"account": account(channel_id="C0ACME"), "channel": CHANNEL}
THREAD = Thread("C0ACME", "1.2", "the thread in #a_acme-internal", "account_channel", "ESC-118")


def planned(scenario, answers, **values):
    seen = facts(ticket=ticket(priority="urgent"), **ACME, **known(DANA, OMAR))
    return plan(MAPPING, MAPPING.scenario(scenario), answers, seen, around(**values))


def words(made, system):
    content = next(leg.content for leg in made.legs if leg.system == system)
    return content.get("body") or "\n".join(block["text"]["text"] for block in content["blocks"])


# scenario, ticked, tone, which situations are said
REASONS = [
    ("emergency", "customer-asked", "involve", ["has an emergency", "escalat"]),
    ("customer-asked", "emergency", "involve", ["escalat", "has an emergency"]),
    ("emergency", "expectations-mismatch", "aware", ["has an emergency", "expects something else"]),
    ("emergency", "customer-asked,training", "involve", ["has an emergency", "escalat", "training"]),
    ("emergency", "professional-services", "aware", ["has an emergency"]),  # another role
    ("emergency", "upgrade-assistance", "aware", ["has an emergency"]),  # has a question of its own
    ("emergency", "emergency", "aware", ["has an emergency"]),
    ("emergency", "nonsense,,", "aware", ["has an emergency"]),
]


@pytest.mark.parametrize(("scenario", "also", "tone", "said"), REASONS)
def test_a_second_reason_gives_one_message_in_the_stricter_tone(scenario, also, tone, said):
    made = planned(scenario, {ALSO: also})
    assert made.scenario.tone == tone
    assert [leg.system for leg in made.legs] == ["slack", "zendesk"]
    assert [leg.mentions for leg in made.legs if leg.system == "slack"] == ["Dana Reyes"]
    for system in ("slack", "zendesk"):
        text = words(made, system).lower()
        assert all(part.lower() in text for part in said), text
    assert ("no action asked" in words(made, "zendesk").lower()) == (tone == "aware")


def test_the_sooner_day_counts():
    days = {key: MAPPING.scenario(key).answer_days for key in ("customer-asked", "training")}
    made = planned("training", {ALSO: "customer-asked"})
    assert made.scenario.answer_days == min(days.values())


def test_only_rows_of_the_same_role_without_a_question_are_offered():
    offered = {row.key for row in more_reasons(MAPPING, MAPPING.scenario("emergency"), NOON.date())}
    assert offered == {"customer-asked", "training", "expectations-mismatch", "csm-add-to-organization"} - {"emergency"}


def test_it_is_kept_and_replayed_and_explained():
    made = planned("emergency", {ALSO: "training,customer-asked"})
    assert made.answers[ALSO] == "customer-asked,training"
    assert planned("emergency", made.answers).digest == made.digest
    chain = explain(made, None, facts(ticket=ticket()), 3, "engineer")
    assert [link.text.partition(" (")[0] for link in chain if link.label == "Second reason"] == [row.title for row in made.also]


# how, mentions, followers, asks, tone
JOINED = [
    ("", ["Dana Reyes"], "follower", False),
    ("note", [""], "", False),
    ("ask", ["Dana Reyes"], "follower", True),
    ("nonsense", ["Dana Reyes"], "follower", False),
]


@pytest.mark.parametrize(("how", "mentions", "cc", "asks"), JOINED)
def test_how_a_thread_is_gone_on_with(how, mentions, cc, asks):
    made = planned("emergency", {JOINING: how}, thread=THREAD)
    assert [leg.mentions for leg in made.legs if leg.system == "slack"] == mentions
    assert {leg.target for leg in made.legs if leg.system == "slack"} == {"C0ACME:1.2"}
    assert [leg.cc for leg in made.legs if leg.system == "zendesk"] == [cc]
    assert (made.ask_by is not None) == asks
    assert ("Please answer in this thread by" in words(made, "slack")) == asks
    assert "<@U0DANAREYES>" not in words(made, "slack") or mentions == ["Dana Reyes"]


def test_a_row_with_an_ask_of_its_own_keeps_it():
    made = planned("customer-asked", {JOINING: "ask"}, thread=THREAD)
    assert "Please answer in this thread" not in words(made, "slack")
    assert made.ask_by is not None


def test_without_a_thread_it_is_as_the_row_says():
    assert planned("emergency", {JOINING: "note"}).digest == planned("emergency", {}).digest
    assert JOINING not in planned("emergency", {JOINING: "note"}).answers


def test_which_thread_and_how_stands_in_the_chain():
    made = planned("emergency", {JOINING: "note"}, thread=THREAD)
    [link] = [link for link in explain(made, None, facts(ticket=ticket()), 3, "engineer") if link.label == "Joined"]
    assert link.text == "The thread of ESC-118. Add a note (chosen by the engineer)"
    assert made.answers[JOINING] == "note"


# The thread holds for the row's place, not for the ticket: what goes elsewhere is as the row says. A table by hand.
# row, how, where it goes, mentioned, on the ticket, asks
ELSEWHERE = [
    ("emergency", "note", "C0ACME:1.2", "", "", False),
    ("professional-services", "note", "C0ACCTMGMT1", "Omar Haddad", "", True),  # goes to #account-management only
    ("professional-services", "ask", "C0ACCTMGMT1", "Omar Haddad", "", True),
    ("pass-lead", "note", "C0SALES0001", "", "email_cc", True),  # goes to #sales only
    ("pass-lead", "ask", "C0SALES0001", "", "email_cc", True),
    ("csm-add-to-organization", "ask", "C0ACCTMGMT1", "", "", True),
]


@pytest.mark.parametrize(("row", "how", "where", "mentioned", "cc", "asks"), ELSEWHERE)
def test_a_row_that_goes_elsewhere_joins_nothing(row, how, where, mentioned, cc, asks):
    made = planned(row, {JOINING: how, "license-kind": "new_business"}, thread=THREAD)
    slack = [leg for leg in made.legs if leg.system == "slack"]
    assert [(leg.target, leg.mentions) for leg in slack] == [(where, mentioned)]
    assert [leg.cc for leg in made.legs if leg.system == "zendesk"] in ([cc], [])
    assert (made.ask_by is not None) == asks
    assert bool(made.joins) == (JOINING in made.answers) == (where == "C0ACME:1.2")


def test_a_note_never_becomes_a_direct_message():
    """The portal is not in the account's channel any more: the row's way is a message to the person, and then it mentions them."""
    gone = facts(ticket=ticket(priority="urgent"), account=account(channel_id="C0ACME"), channel={**CHANNEL, "bot_is_member": False}, **known(DANA, OMAR))
    made = plan(MAPPING, MAPPING.scenario("emergency"), {JOINING: "note"}, gone, around(thread=THREAD, author=ANA))
    [slack] = [leg for leg in made.legs if leg.system == "slack"]
    assert (made.joins, slack.place.kind, slack.mentions) == ("", "group_message", "Dana Reyes")


def test_an_earlier_thread_counts_only_in_a_channel_that_the_mapping_names():
    """Nobody asks Slack about another one: it may be archived, or shared with people outside, since."""
    old = Thread("C0OLD", "1.2", "#old-escalations", "channel", "ESC-118")
    [slack, _] = planned("training", {JOINING: "note"}, thread=old).legs
    assert slack.target == "C0ACME"
    assert "the earlier thread is in #old-escalations, which the mapping does not name any more" in slack.place.passed_over


MINE = {"customer-asked.ask": "Dana, please call them by Friday.", "customer-asked.situation": "Their disk is full."}
# row, answers, own words kept, said, not said
OWN_WORDS = [
    ("customer-asked", {}, MINE, ["Their disk is full.", "please call them"], ["No action asked"]),
    ("customer-asked", {JOINING: "note"}, MINE, ["Their disk is full.", "No action asked"], ["please call them"]),
    ("customer-asked", {JOINING: "ask"}, MINE, ["Their disk is full.", "please call them"], ["No action asked"]),
    ("customer-asked", {ALSO: "emergency"}, MINE, ["Their disk is full.", "please call them", "has an emergency"], []),
    ("customer-asked", {ALSO: "training"}, MINE, ["Their disk is full.", "please call them", "training"], []),
    ("emergency", {ALSO: "customer-asked"}, {"emergency.ask": "Nothing to do."}, ["has an emergency", "asked for an escalation"], ["Nothing to do"]),
    ("emergency", {JOINING: "ask"}, {"emergency.ask": "Nothing to do."}, ["Please answer in this thread"], ["Nothing to do"]),
    ("emergency", {JOINING: "ask"}, {"emergency ask.ask": "Call me."}, ["Call me."], ["Please answer in this thread"]),
    ("emergency", {JOINING: "note"}, {"emergency.ask": "Please call."}, ["No action asked"], ["Please call."]),
    ("emergency", {ALSO: "customer-asked"}, MINE, ["has an emergency", "please call them"], []),
]


@pytest.mark.parametrize(("row", "answers", "edits", "said", "unsaid"), OWN_WORDS)
@pytest.mark.parametrize("system", ["slack", "zendesk"])
def test_own_words_count_for_the_ask_and_the_situation_that_they_were_written_for(row, answers, edits, said, unsaid, system):
    made = planned(row, answers, thread=THREAD, edits=tuple(edits.items()))
    text = words(made, system)
    assert [part for part in said if part.lower() not in text.lower()] == []
    assert [part for part in unsaid if part.lower() in text.lower()] == []


def test_what_a_second_reason_says_stands_in_the_record_as_it_was_sent():
    made = planned("customer-asked", {ALSO: "training"}, edits=tuple(MINE.items()))
    sent = dict(made.texts)
    assert sent["situation"].startswith("Their disk is full. ") and "training" in sent["situation"]
    assert [(word.part, word.text) for word in made.words][:2] == [("situation", "Their disk is full."), ("ask", "Dana, please call them by Friday.")]


def test_a_second_reason_that_mentions_somebody_is_heard_where_the_first_adds_a_cc_only():
    made = planned("pass-lead", {ALSO: "professional-services", "license-kind": "new_business"})
    assert [(leg.place.label, leg.mentions, leg.cc) for leg in made.legs] == [("#sales", "Omar Haddad", ""), ("ticket 1001", "", "email_cc")]


# row, ticked, how, what the row does not do
NOT_DONE = [
    ("csm-add-to-organization", "", "", "Posts in the channel; mentions nobody."),
    ("csm-add-to-organization", "emergency", "", "Tells the CSM; pages nobody."),
    ("emergency", "csm-add-to-organization", "", "Tells the CSM; pages nobody."),
    ("emergency", "", "note", "Adds a note to the thread; mentions nobody."),
    ("emergency", "", "ask", "Tells the CSM; pages nobody."),
]


@pytest.mark.parametrize(("row", "also", "how", "line"), NOT_DONE)
def test_what_it_does_not_do_is_said_of_what_is_sent(row, also, how, line):
    assert planned(row, {ALSO: also, JOINING: how}, thread=THREAD).scenario.not_done == line


def test_a_second_reason_that_is_not_meant_for_this_ticket_warns_as_well():
    emea = replace(MAPPING.scenario("training"), regions=("EMEA",))
    mapping = replace(MAPPING, scenarios=tuple(emea if row.key == "training" else row for row in MAPPING.scenarios))
    seen = facts(ticket=ticket(priority="urgent"), **ACME, **known(DANA, OMAR))
    alone, second = (plan(mapping, mapping.scenario(row), answers, seen, around()) for row, answers in (("training", {}), ("emergency", {ALSO: "training"})))
    [warning] = [problem.text for problem in alone.problems if "EMEA" in problem.text]
    assert [problem.text for problem in second.problems if "EMEA" in problem.text] == [warning]


GROUP = "group:U0DANAREYES,U0ANALIMA"
# whose direct message the earlier one was, how it is joined, where it goes, mentioned
DIRECT_THREADS = [
    (GROUP, "", "D0DANA:1.2", "Dana Reyes"),
    (GROUP, "note", "D0DANA:1.2", ""),
    (GROUP, "ask", "D0DANA:1.2", "Dana Reyes"),
    ("group:U0DANAREYES,U0TOMOKAFOR", "", GROUP, "Dana Reyes"),
    ("group:U0OMARHADDAD,U0ANALIMA", "note", GROUP, "Dana Reyes"),
]


@pytest.mark.parametrize(("group", "how", "target", "mentioned"), DIRECT_THREADS)
def test_a_direct_message_is_gone_on_with_by_the_same_two_people_only(group, how, target, mentioned):
    """Without a channel of the account the person was told by direct message; a colleague's is none of ours."""
    thread = Thread("D0DANA", "1.2", "a direct message to Dana Reyes and Ana Lima", "group_message", "ESC-118", group)
    seen = facts(ticket=ticket(priority="urgent"), account=account(), **known(DANA, OMAR))
    made = plan(MAPPING, MAPPING.scenario("emergency"), {JOINING: how}, seen, around(thread=thread))
    [slack] = [leg for leg in made.legs if leg.system == "slack"]
    assert (slack.target, slack.mentions) == (target, mentioned)
    assert made.joins == (how if target != GROUP else "")
    assert ("the earlier direct message was to others" in slack.place.passed_over) == (target == GROUP)
