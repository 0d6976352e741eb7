"""One line a leg on what was looked at before anything is sent, and what follows from it for the plan."""

from dataclasses import replace

import pytest

from escalations.rules.author import Author
from escalations.rules.facts import Facts, Seen, TicketFacts
from escalations.rules.legs import DIRECT_MESSAGE
from escalations.rules.places import Thread, channels_to_look_up, channels_to_mention_in
from escalations.rules.plan import differences, plan, shown

from .factories import ANA, CHANNEL, DANA, MAPPING, NOON, OMAR, account, around, facts, known, ticket, zendesk_person

ACME, ROW, SALES = "C0ACME", "C0ACCTMGMT1", "C0SALES0001"
U_DANA, U_OMAR = "U0DANAREYES", "U0OMARHADDAD"
IN_ACME = {"account": account(channel_id=ACME), "channel": CHANNEL}
ROW_CHANNEL = {**CHANNEL, "id": ROW, "name": "account-management", "private": False}
WITH_OMAR = {ROW: {U_OMAR: True}}
DIRECTLY = {DIRECT_MESSAGE: U_DANA}


def planned(scenario="emergency", answers=None, *, circumstances=None, **seen):
    seen = {"ticket": ticket(priority="urgent"), "account": account(), **known(DANA, OMAR), **seen}
    return plan(MAPPING, MAPPING.scenario(scenario), answers or {}, looked_up(facts(**seen)), circumstances or around())


def looked_up(read: Facts) -> Facts:
    """The same with the people's line answered."""
    return Facts.of([Seen("slack", "people", {"found": 2}, NOON), *read.seen.values()])


def slack_check(*args, **seen):
    return planned(*args, **seen).legs[0].check


def line(check):
    return (check.ok, check.text, check.repair and check.repair.verb)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (True, (True, "#a_acme-internal is there, the portal is in it, and so is Dana Reyes.", None)),
        (
            False,
            (False, "Dana Reyes is not in #a_acme-internal: a mention there does not reach them.", "direct_message"),
        ),
        (
            None,
            (
                None,
                "#a_acme-internal is there, the portal is in it; whether Dana Reyes is in it could not be checked: "
                "Slack does not tell the portal all its members.",
                "direct_message",
            ),
        ),
    ],
)
def test_whom_a_mention_in_the_accounts_channel_reaches(there, expected):
    assert line(slack_check(**IN_ACME, members={ACME: {U_DANA: there}})) == expected


def test_what_could_not_be_read_is_no_answer_and_blocks_nothing():
    made = planned(**IN_ACME, errors=[("slack", f"members:{ACME}", "late")])
    assert line(made.legs[0].check) == (
        None,
        "#a_acme-internal is there, the portal is in it; whether Dana Reyes is in it could not be checked: "
        "Slack took too long to answer.",
        "look_again",
    )
    assert made.can_be_sent and made.legs[0].target == ACME


@pytest.mark.parametrize(
    ("errors", "why"),
    [
        ([("slack", f"channel:{ROW}", "late")], "Slack took too long to answer"),
        ([("slack", "people", "skipped")], "Slack was left out by the engineer"),
        ([], "Slack was not asked about it"),
    ],
)
def test_a_rows_channel_that_could_not_be_read_is_used_as_before(errors, why):
    made = planned("professional-services", errors=errors)
    assert made.can_be_sent and made.legs[0].target == ROW
    assert line(made.legs[0].check) == (None, f"#account-management could not be checked: {why}.", "look_again")


def test_a_rows_channel_with_the_person_in_it():
    check = slack_check("professional-services", rows={ROW: ROW_CHANNEL}, members=WITH_OMAR)
    assert line(check) == (True, "#account-management is there, the portal is in it, and so is Omar Haddad.", None)


def test_a_row_that_mentions_nobody_asks_for_nobody():
    check = slack_check("ao-add-to-organization", rows={ROW: ROW_CHANNEL})
    assert line(check) == (True, "#account-management is there, the portal is in it, and nobody is mentioned there.", None)


BAD_ROWS = [
    (None, "#account-management does not exist or is hidden from the portal", None),
    ({**ROW_CHANNEL, "archived": True}, "#account-management is archived", None),
    ({**ROW_CHANNEL, "external": True}, "#account-management is shared with people outside the company", None),
    (
        {**ROW_CHANNEL, "bot_is_member": False, "private": True},
        "the portal is not a member of #account-management",
        None,
    ),
    ({**ROW_CHANNEL, "bot_is_member": False}, "the portal is not a member of #account-management", "join"),
]


@pytest.mark.parametrize(("channel", "why", "repair"), BAD_ROWS)
def test_a_rows_only_channel_that_takes_no_message_blocks_with_a_way_out(channel, why, repair):
    made = planned("professional-services", rows={ROW: channel})
    assert made.legs == () and not made.can_be_sent
    [problem] = [one for one in made.problems if one.blocks]
    assert problem.text == f"Slack has no place to post to: {why}."
    assert "row keeper" in problem.way_out
    assert (problem.repair and problem.repair.verb) == repair
    if repair:
        assert (problem.repair.what, problem.repair.label) == (ROW, "Let the portal join #account-management")


def test_before_a_rows_archived_channel_comes_the_direct_message():
    made = planned(rows={ROW: {**ROW_CHANNEL, "archived": True}})
    assert made.legs[0].place.kind == "group_message" and made.can_be_sent
    assert line(made.legs[0].check) == (True, "Dana Reyes and you are active in Slack.", None)


def test_a_public_channel_of_the_account_can_be_joined():
    public = {**CHANNEL, "private": False, "bot_is_member": False}
    made = planned(account=account(channel_id=ACME), channel=public)
    assert made.legs[0].place.kind == "group_message"
    text = "Dana Reyes and you are active in Slack. The portal is not a member of #a_acme-internal, which would come first."
    assert line(made.legs[0].check) == (True, text, "join")
    assert made.legs[0].check.repair.what == ACME


@pytest.mark.parametrize("change", [{"private": True}, {"archived": True}, {"external": True}])
def test_another_channel_is_not_offered_to_be_joined(change):
    made = planned(
        account=account(channel_id=ACME), channel={**CHANNEL, "private": False, "bot_is_member": False, **change}
    )
    assert made.legs[0].check.repair is None


THREAD = Thread(ROW, "170.1", "#account-management")


@pytest.mark.parametrize(("channel", "why", "repair"), BAD_ROWS)
def test_a_thread_in_a_channel_that_takes_no_message_is_passed_over(channel, why, repair):
    made = planned(circumstances=around(thread=THREAD), rows={ROW: channel})
    assert made.legs[0].place.kind == "group_message"
    assert made.legs[0].place.passed_over[0] == f"the earlier thread cannot be gone on with: {why}"


@pytest.mark.parametrize("rows", [{}, {ROW: ROW_CHANNEL}])
def test_a_thread_in_a_good_channel_or_one_that_was_not_read_is_gone_on_with(rows):
    made = planned(circumstances=around(thread=THREAD), rows=rows, members={ROW: {U_DANA: False}})
    assert made.legs[0].target == f"{ROW}:170.1"
    assert made.legs[0].check.ok is (False if rows else None)


@pytest.mark.parametrize(
    ("agent", "follower", "ok", "says"),
    [
        ({"may_follow": True}, True, True, "Dana Reyes can see the ticket as a follower."),
        ({"may_follow": None}, True, None, "Zendesk does not say whether Dana Reyes may see this ticket as a follower."),
        ({}, True, None, "Zendesk does not say"),
        ({"may_follow": False}, False, False, "Dana Reyes may see only tickets assigned to them in Zendesk, so they are not added"),
        ({"may_follow": False, "active": False}, False, False, "Dana Reyes's account in Zendesk is not active"),
        ({"may_follow": False, "role": "end-user"}, False, False, "Dana Reyes is an end user in Zendesk"),
    ],
)  # fmt: skip
def test_who_may_see_the_ticket_as_follower(agent, follower, ok, says):
    made = planned(zendesk=[(DANA, zendesk_person(DANA, **agent))])
    note = made.legs[1]
    assert bool(note.content["follower"]) is follower and (note.cc == "follower") is follower
    assert note.check.ok is ok and note.check.text.startswith(says)
    assert made.can_be_sent
    assert made.problems == (), "said once, at the leg"


def test_who_sees_only_their_own_tickets_can_still_be_put_in_cc():
    made = planned("pass-lead", {"license-kind": "renewal"}, zendesk=[(OMAR, zendesk_person(OMAR, may_follow=False))])
    assert made.legs[1].cc == "email_cc"
    assert line(made.legs[1].check) == (True, "Omar Haddad has an agent account in Zendesk and can be put in cc.", None)


def test_a_note_that_adds_nobody():
    made = planned(account=account(csm=None, owner=None))
    assert line(made.legs[1].check)[:2] == (False, "Nobody was found to add to the ticket: the note goes without.")


def test_a_direct_message_as_well_is_one_more_leg_to_somewhere_else():
    absent = {**IN_ACME, "members": {ACME: {U_DANA: False}}}
    made, without = planned(answers=DIRECTLY, **absent), planned(**absent)
    assert [(leg.key, leg.target) for leg in made.legs if leg.system == "slack"] == [
        ("emergency-slack", ACME), (DIRECT_MESSAGE, f"group:{U_DANA},{ANA.slack_id}"),
    ]  # fmt: skip
    assert made.legs[1].content == made.legs[0].content and made.legs[1].mentions == "Dana Reyes"
    assert made.digest != without.digest and made.answers == DIRECTLY and without.answers == {}
    assert line(made.legs[0].check) == (
        True,
        "Dana Reyes is not in #a_acme-internal: the direct message reaches them.",
        None,
    )
    assert made.legs[1].check.repair.label == "Do not send the direct message"


def test_a_direct_message_that_is_gone_is_said_as_such():
    absent = {**IN_ACME, "members": {ACME: {U_DANA: False}}}
    with_it, without = shown(planned(answers=DIRECTLY, **absent)), shown(planned(**absent))
    assert differences(with_it, without) == ("2 messages would be sent (was 3).",)
    assert differences(without, with_it) == ("3 messages would be sent (was 2).",)


def test_what_mends_two_legs_is_offered_once():
    scenario = MAPPING.scenario("emergency")
    second = replace(scenario.legs[1], key="again", places=("channel",))
    seen = facts(
        ticket=ticket(), **IN_ACME, **known(DANA), rows={ROW: ROW_CHANNEL},
        members={ACME: {U_DANA: False}, ROW: {U_DANA: False}},
    )  # fmt: skip
    made = plan(MAPPING, replace(scenario, legs=(*scenario.legs, second)), {}, looked_up(seen), around())
    assert [leg.check.ok for leg in made.legs] == [False, False, None]
    assert [bool(leg.check.repair) for leg in made.legs] == [True, False, False]


@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("somebody else is told now", {"answers": {DIRECT_MESSAGE: U_OMAR}, **IN_ACME}),
        ("the row sends that very message already", {"answers": DIRECTLY}),
        ("the author would not see the answer", {"answers": DIRECTLY, **IN_ACME, "circumstances": around(author=Author("Ana Lima"))}),
        ("the row mentions nobody", {"scenario": "ao-add-to-organization", "answers": DIRECTLY}),
    ],
)  # fmt: skip
def test_no_direct_message_is_added_when(reason, values):
    made = planned(**values)
    slack = [leg for leg in made.legs if leg.system == "slack"]
    assert len(slack) == 1 and slack[0].key != DIRECT_MESSAGE and DIRECT_MESSAGE not in made.answers


def test_what_was_checked_is_neither_sent_nor_part_of_the_digest():
    one = planned(**IN_ACME, members={ACME: {U_DANA: True}})
    other = planned(**IN_ACME, members={ACME: {U_DANA: False}})
    assert one.digest == other.digest and shown(one) == shown(other)
    assert [leg.check for leg in one.legs] != [leg.check for leg in other.legs]


def test_of_a_restricted_ticket_no_channel_is_named():
    restricted = {"ticket": ticket(instance="usgov"), "circumstances": around(restricted=True)}
    nameless = {"account": account(channel_id=ACME), "channel": {**CHANNEL, "name": ""}}
    made = planned(answers=DIRECTLY, **restricted, **nameless, members={ACME: {U_DANA: False}})
    assert made.legs[0].check.text == "Dana Reyes is not in the channel: the direct message reaches them."
    assert not [leg for leg in made.legs if "#" in leg.check.text]
    assert "Acme" not in str([leg.content for leg in made.legs])


def test_while_the_ticket_cannot_be_read_nothing_is_said_to_be_checked():
    unread = around(unread=TicketFacts("main", 1001, unread=True))
    made = plan(MAPPING, MAPPING.scenario("emergency"), {}, facts(errors=[("zendesk", "ticket", "late")]), unread)
    assert made.legs and {leg.check for leg in made.legs} == {None}


def test_before_the_people_were_looked_up_nothing_is_said_to_be_wrong():
    early = facts(ticket=ticket(priority="urgent"), account=account())
    made = plan(MAPPING, MAPPING.scenario("emergency"), {}, early, around())
    assert made.legs and {leg.check for leg in made.legs} == {None}


def test_which_channels_are_worth_looking_at():
    seen = facts(ticket=ticket(), **IN_ACME)
    assert channels_to_look_up(MAPPING, seen) == (ACME, ROW, SALES)
    assert channels_to_mention_in(MAPPING, seen) == (ACME, ROW), "nobody is mentioned in #sales"
    assert channels_to_look_up(MAPPING, Facts()) == (ROW, SALES)
