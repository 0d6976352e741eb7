"""What is sent where: the ten rows of the default mapping, as a truth table written by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.rules.clocks import TOKEN
from escalations.rules.places import Thread
from escalations.rules.plan import differences, plan, shown

from .factories import (
    CHANNEL,
    DANA,
    MAPPING,
    OMAR,
    ORGANIZATION,
    SCALE,
    account,
    around,
    facts,
    known,
    slack_person,
    ticket,
    zendesk_person,
)

OPENED = "<!date^1772445600^{date_short_pretty} at {time}|2 Mar, 10:00 UTC>"
FOLLOWS, CC, NOTE = ("zendesk", "follower"), ("zendesk", "email_cc"), ("zendesk", "")
WITH_CHANNEL = {"account": account(channel_id="C0ACME"), "channel": CHANNEL}

# scenario, answers, account, legs as (system, cc) or (system, place, mentioned)
ROWS = [
    ("ao-add-to-organization", {}, account(), [("slack", "C0ACCTMGMT1", "")]),
    ("pass-lead", {"license-kind": "new_business"}, account(), [("slack", "C0SALES0001", ""), CC]),
    ("pass-lead", {"license-kind": "renewal"}, account(), [("slack", "C0ACCTMGMT1", ""), CC]),
    ("professional-services", {}, account(), [("slack", "C0ACCTMGMT1", "Omar Haddad")]),
    ("emergency", {}, account(), [("slack", "group:U0DANAREYES,U0ANALIMA", "Dana Reyes"), FOLLOWS]),
    ("customer-asked", {}, account(), [("slack", "group:U0DANAREYES,U0ANALIMA", "Dana Reyes"), FOLLOWS]),
    ("upgrade-assistance", {"internal-issue": "no"}, account(), [("slack", "group:U0DANAREYES,U0ANALIMA", "Dana Reyes"), FOLLOWS]),
    ("training", {}, account(), [("slack", "group:U0DANAREYES,U0ANALIMA", "Dana Reyes"), FOLLOWS]),
    ("expectations-mismatch", {}, account(), [("slack", "group:U0DANAREYES,U0ANALIMA", "Dana Reyes"), FOLLOWS]),
    ("csm-add-to-organization", {}, account(), [("slack", "C0ACCTMGMT1", "")]),
    ("scale-engagement", {}, account(csm=SCALE), [("slack", "group:U0OMARHADDAD,U0ANALIMA", "Omar Haddad")]),
    ("emergency", {}, account(csm=None, owner=None), [("slack", "C0ACCTMGMT1", ""), NOTE]),
    ("pass-lead", {"license-kind": "renewal"}, account(owner=None), [("slack", "C0ACCTMGMT1", ""), NOTE]),
]  # fmt: skip


def planned(scenario="emergency", answers=None, *, circumstances=None, **seen):
    seen = {"ticket": ticket(priority="urgent"), "account": account(), **known(DANA, OMAR), **seen}
    return plan(MAPPING, MAPPING.scenario(scenario), answers or {}, facts(**seen), circumstances or around())


@pytest.mark.parametrize(("scenario", "answers", "found", "legs"), ROWS)
def test_each_row_sends_what_the_mapping_says(scenario, answers, found, legs):
    made = planned(scenario, answers, account=found)
    assert [_short(leg) for leg in made.legs] == legs
    assert made.can_be_sent


def _short(leg):
    return ("slack", leg.target, leg.mentions) if leg.system == "slack" else ("zendesk", leg.cc)


def test_the_accounts_own_channel_comes_before_a_direct_message():
    made = planned(**WITH_CHANNEL)
    assert made.legs[0].target == "C0ACME"
    assert made.legs[0].place.label == "#a_acme-internal"


@pytest.mark.parametrize(
    ("change", "why"),
    [({"archived": True}, "archived"), ({"bot_is_member": False}, "not a member")],
)
def test_a_channel_that_cannot_be_used_is_passed_over_and_named(change, why):
    made = planned(account=account(channel_id="C0ACME"), channel={**CHANNEL, **change})
    assert made.legs[0].place.kind == "group_message"
    assert why in made.legs[0].place.passed_over[0]


def test_the_portals_own_thread_of_the_ticket_comes_first():
    made = planned(circumstances=around(thread=Thread("C0ACME", "170.1", "#a_acme-internal")), **WITH_CHANNEL)
    assert made.legs[0].target == "C0ACME:170.1"


def test_an_open_question_blocks():
    made = planned("pass-lead")
    assert not made.can_be_sent
    assert made.problems[0].blocks


def test_an_existing_internal_issue_means_do_not_escalate():
    made = planned("upgrade-assistance", {"internal-issue": "yes"})
    assert "already knows" in made.stop.stop
    assert made.legs == ()
    assert not made.can_be_sent


def test_a_tag_answers_the_question_and_says_so():
    made = planned("pass-lead", ticket=ticket(tags=["renewal"], form="License and Renewals"))
    [answered] = made.flow.answered
    assert (answered.choice.key, answered.by) == ("renewal", "facts")
    assert made.can_be_sent


def test_the_engineers_answer_wins_over_the_tag():
    made = planned(
        "pass-lead", {"license-kind": "new_business"}, ticket=ticket(tags=["renewal"], form="License and Renewals")
    )
    assert made.flow.answered[0].by == "engineer"
    assert made.legs[0].target == "C0SALES0001"


def test_a_closed_ticket_blocks_with_a_way_out():
    made = planned(ticket=ticket(state="closed"))
    assert not made.can_be_sent
    assert "follow-up ticket" in made.problems[0].way_out


def test_an_end_user_is_never_added_to_the_ticket():
    made = planned(zendesk=[(DANA, zendesk_person(DANA, role="end-user"))])
    assert made.legs[1].content["follower"] is None
    assert "end user" in made.legs[1].note


def test_a_cc_is_the_resolved_employee_and_warns_how_many_see_it():
    made = planned("pass-lead", {"license-kind": "renewal"})
    assert made.legs[1].content["email_cc"] == 711
    assert made.legs[1].visibility == "customer"
    assert any("visible to 2 people outside" in problem.text for problem in made.problems)


@pytest.mark.parametrize(
    ("slack", "errors", "said"),
    [
        ([(DANA, None)], [], "Dana Reyes was not found in Slack by e-mail"),
        ([], [], "Slack was not read"),
        ([], [("slack", "person:dana.reyes@example.com", "late")], "Slack took too long to answer"),
    ],
)
def test_whom_slack_does_not_know_or_was_not_asked_about_is_not_mentioned_and_it_is_said(slack, errors, said):
    made = planned(slack=slack, errors=errors)
    assert made.legs[0].target == "C0ACCTMGMT1"
    assert made.legs[0].mentions == ""
    assert any(problem.text.startswith(said) for problem in made.problems)


def test_a_restricted_ticket_carries_links_only_and_no_cc():
    made = planned(
        "pass-lead", {"license-kind": "renewal"},
        ticket=ticket(instance="usgov", requester="Rin Sato", subject="Secret"),
        circumstances=around(restricted=True, edits=(("told", "Acme knows"),)),
    )  # fmt: skip
    sent = str([leg.content for leg in made.legs])
    for word in ("Acme", "Rin Sato", "Secret"):
        assert word not in sent
    assert made.legs[1].cc == "follower"


def test_the_first_line_says_who_what_and_how_urgent():
    made = planned(**WITH_CHANNEL)
    assert (
        made.legs[0].content["text"]
        == f"<@U0DANAREYES> FYI: Acme Corp has an emergency on ticket 1001, opened {OPENED}. No action asked."
    )


def test_an_ask_carries_a_date_of_business_days():
    made = planned("customer-asked")
    assert "by Tuesday 3 March" in dict(made.texts)["ask"]


def test_edited_words_are_sent_and_the_original_is_kept():
    made = planned(circumstances=around(edits=(("told", "They know since ten."),)))
    assert dict(made.texts)["told"] == "They know since ten."
    assert dict(made.original)["told"].startswith("It is not known here whether Support has written to the customer")
    assert "They know since ten." in made.legs[1].content["body"]


def test_the_same_values_give_the_same_digest_and_another_owner_another():
    assert planned().digest == planned().digest
    other = planned(account=account(csm=OMAR))
    assert other.digest != planned().digest
    assert any("Omar Haddad (was Dana Reyes)" in said for said in differences(shown(planned()), shown(other)))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("follower", "", "Zendesk adds nobody to the ticket (was a follower)."),
        ("none", "email_cc", "Zendesk adds an e-mail cc to the ticket (was nobody)."),
    ],
)
def test_who_is_added_to_the_ticket_is_said_in_words(before, after, says):
    leg = {"system": "zendesk", "where": "ticket 1001", "mentions": "", "visibility": "internal", "text": "Disk is gone", "to": "Dana Reyes"}
    assert differences([{**leg, "cc": before}], [{**leg, "cc": after}]) == (says,)


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "<!channel>",
        "<@U0EVIL>",
        "<https://evil.example|click>",
        "@here",
        "{{ticket.id}}",
        "*bold*",
        "\u202etxt",
        "a\nb",
        "</script>",
    ]
)


@given(name=HOSTILE, requester=HOSTILE, form=HOSTILE)
def test_foreign_text_never_mentions_or_links(name, requester, form):
    made = planned(account=account(name=name), ticket=ticket(requester=requester, form=form, priority="urgent"))
    content = made.legs[0].content
    tokens = list(_tokens(content["text"] + content["blocks"][1]["text"]["text"]))
    allowed = (
        "<@U0DANAREYES>",
        "<@U0ANALIMA>",
        "<https://portal-demo.zendesk.com/",
        "<https://portal-demo.my.salesforce.com/",
    )
    assert all(token.startswith(allowed) or TOKEN.fullmatch(token) for token in tokens)
    assert "{{" not in made.legs[1].content["body"]


def _tokens(text):
    import re

    return re.findall(r"<[^>]*>", text)


def test_a_person_unknown_to_slack_by_value_none_is_not_an_error():
    made = planned(slack=[(DANA, None), (OMAR, slack_person(OMAR))])
    assert made.contact.name == "Dana Reyes"
    assert made.can_be_sent


def test_a_row_that_tags_nobody_by_intention_does_not_complain_that_nobody_was_found():
    made = planned("ao-add-to-organization", ticket=ticket(organization=None, form="Needs Org"), account=None)
    assert made.problems == ()
    assert "Whoever looks after this as Account Owner" in made.legs[0].content["blocks"][1]["text"]["text"]


def test_a_channel_shared_with_the_customer_is_never_the_accounts_own():
    made = planned(account=account(channel_id="C0ACME"), channel={**CHANNEL, "external": True})
    assert made.legs[0].place.kind == "group_message"
    assert "outside the company" in made.legs[0].place.passed_over[0]


def test_the_account_of_a_former_organization_is_not_the_customers():
    moved = {**ORGANIZATION, "name": "Umbrella", "salesforce_id": "0015e0000000002AAA"}
    made = planned(ticket=ticket(priority="urgent", organization=moved), **WITH_CHANNEL)
    assert made.contact.person is None
    assert made.legs[0].target == "C0ACCTMGMT1"
    assert "Acme" not in str(made.legs)


def test_a_thread_in_the_channel_of_a_former_account_is_not_gone_back_to():
    made = planned(
        circumstances=around(thread=Thread("C0OTHER", "170.1", "#a_other-internal", "account_channel")), **WITH_CHANNEL
    )
    assert made.legs[0].target == "C0ACME"
    assert "not usable" in made.legs[0].place.passed_over[0]


def test_what_was_told_before_stands_in_the_message():
    made = planned(circumstances=around(earlier=("ESC-118, Dana Reyes, by Tom Okafor on 1 March",)))
    assert "ESC-118, Dana Reyes" in dict(made.texts)["previous"]


def test_two_rules_that_end_in_one_place_are_one_message():
    scenario = MAPPING.scenario("emergency")
    twice = replace(scenario, legs=(*scenario.legs, replace(scenario.legs[1], key="again", mention="none")))
    made = plan(MAPPING, twice, {}, facts(ticket=ticket(), account=account(), **known(DANA, OMAR)), around())
    assert [leg.key for leg in made.legs] == ["emergency-slack", "emergency-zendesk"]


def test_words_that_cannot_be_rendered_block_with_a_sentence():
    broken = replace(MAPPING.scenario("emergency"), situation="{{ ticket.colour }}")
    made = plan(MAPPING, broken, {}, facts(ticket=ticket(), account=account()), around())
    assert not made.can_be_sent
    assert "cannot be used" in made.problems[0].text


def test_a_long_message_loses_no_line():
    made = planned(circumstances=around(edits=(("told", "<" * 600), ("previous", "&" * 600))))
    blocks = [block["text"]["text"] for block in made.legs[0].content["blocks"]]
    assert all(len(text) <= 3000 for text in blocks)
    assert "*From:* <@U0ANALIMA>" in blocks[-1]


def test_a_row_for_another_region_warns():
    asia = replace(MAPPING.scenario("emergency"), regions=("EMEA",))
    made = plan(MAPPING, asia, {}, facts(ticket=ticket(), account=account(), **known(DANA)), around())
    assert any("meant for EMEA" in problem.text for problem in made.problems)


def test_where_nothing_is_known_a_part_says_so_instead_of_standing_empty():
    made = planned(ticket=ticket(priority="urgent", created_at=""))
    assert dict(made.texts)["previous"] == "None that the portal knows of."
    assert dict(made.texts)["situation"] == "Acme Corp has an emergency on ticket 1001."
