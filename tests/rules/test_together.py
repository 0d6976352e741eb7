"""One message instead of two: a second reason for the same role, and going on with an earlier thread. Tables by hand."""

import pytest

from escalations.rules.explanation import explain
from escalations.rules.places import Thread
from escalations.rules.plan import plan
from escalations.rules.together import ALSO, JOINING, more_reasons

from .factories import CHANNEL, DANA, MAPPING, NOON, OMAR, account, around, facts, known, ticket

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
