"""What can be known before anything is sent: who is in a channel, whether the bot can join it, who may follow a ticket."""

import pytest

from escalations.gateways import zendesk_shapes
from escalations.gateways.base import DeliveryError, LookupFailed
from escalations.gateways.sandbox import tickets_worth_trying

ACME, BOREALIS, COBALT, BIRCH = "C0ACCT0001", "C0ACCT0002", "C0ACCT0003", "C0ACCT0028"
SHARED, ELDER, LIGHTHOUSE, MANAGEMENT = "C0ACCT0032", "C0ACCT0033", "C0ACCT0035", "C0ACCTMGMT1"
DANA, HANNA = "U0DANAREYES", "U0HANNAVIRTANE"


@pytest.mark.parametrize(
    ("channel", "who", "there"),
    [
        (ACME, DANA, True),
        (ACME, HANNA, False),
        (ELDER, HANNA, False),  # active in Slack, and the CSM of this very account
        (BOREALIS, "U0JOELSANDBERG", True),  # public: may be known without being in it
        (BOREALIS, DANA, False),
        (COBALT, DANA, None),  # private, and our bot is not in it
        ("C0NOTTHERE", DANA, None),
    ],
)
def test_who_is_in_a_channel(slack, soon, channel, who, there):
    found = slack.members(channel, deadline=soon)
    assert (who in found[0] if found else None) is there
    assert found is None or found[1], "all of them"


@pytest.mark.parametrize(("others", "whole"), [(998, True), (999, False), (2_000, False)])
def test_one_request_reads_them_all_or_says_that_it_did_not(sandbox, slack, soon, others, whole):
    sandbox.control("channel", id=ACME, members=["U0ESCPORTAL", *(f"U0SOMEBODY{number:04d}" for number in range(others))])
    with sandbox.counting("slack", "conversations.members") as counted:
        found, all_of_them = slack.members(ACME, deadline=soon)
    assert counted == [1]
    assert (len(found), all_of_them) == (999, whole)


@pytest.mark.parametrize("kind", ["partial_page", "repeated_cursor"])
def test_a_part_of_the_members_never_looks_like_all_of_them(sandbox, slack, soon, kind):
    sandbox.control("channel", id=ACME, members=["U0ESCPORTAL", DANA, HANNA])
    sandbox.fault("slack", kind, "conversations.members")
    found, all_of_them = slack.members(ACME, deadline=soon)
    assert found <= {"U0ESCPORTAL", DANA, HANNA} and not all_of_them


@pytest.mark.parametrize(
    ("error", "code"),
    [("missing_scope", "forbidden"), ("invalid_auth", "credentials"), ("fetch_members_failed", "failed")],
)
def test_a_failing_look_is_not_a_no(sandbox, slack, soon, error, code):
    sandbox.fault("slack", "error", "conversations.members", error=error)
    with pytest.raises(LookupFailed) as caught:
        slack.members(ACME, deadline=soon)
    assert caught.value.code == code


def test_the_bot_joins_a_public_channel_and_can_write_there(sandbox, slack, soon):
    assert not slack.channel(BOREALIS, deadline=soon)["bot_is_member"]
    for _ in range(2):
        assert slack.join(BOREALIS, deadline=soon) is None
    assert slack.channel(BOREALIS, deadline=soon)["bot_is_member"]
    assert slack.post(channel=BOREALIS, text="t", blocks=None, key="k", deadline=soon).remote_id
    assert [one["kind"] for one in sandbox.effects()] == ["joined", "message"]


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (COBALT, "channel_not_found"),
        (ACME, "method_not_supported_for_channel_type"),
        ("C0OLDSALES1", "is_archived"),
        ("C0NOTTHERE", "channel_not_found"),
    ],
)
def test_what_cannot_be_joined(sandbox, slack, soon, channel, code):
    sandbox.control("channel", id="C0OLDSALES1", members=[])
    with pytest.raises(DeliveryError) as caught:
        slack.join(channel, deadline=soon)
    error = caught.value
    assert (error.outcome, error.code, error.unwell) == ("permanent", code, False)
    assert error.text.startswith("Slack ") and "message" not in error.text and sandbox.effects() == []


def test_what_a_channel_is_like(slack, soon):
    shared, lighthouse = (slack.channel(one, deadline=soon) for one in (SHARED, LIGHTHOUSE))
    assert shared["external"] and shared["bot_is_member"]
    assert not lighthouse["external"] and lighthouse["private"] and lighthouse["bot_is_member"]
    assert slack.channel(BIRCH, deadline=soon)["archived"]


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("dana.reyes", True),  # a light agent
        ("sam.idowu", True),
        ("rafael.ortiz", False),  # an agent who sees what is assigned to them
        ("carlos.pinto", False),  # an end user
    ],
)
def test_who_may_follow(zendesk, soon, name, may):
    assert zendesk.person(f"{name}@example.com", deadline=soon)["may_follow"] is may


@pytest.mark.parametrize(
    ("user", "may"),
    [
        ({"role": "agent", "ticket_restriction": None}, True),
        ({"role": "agent", "ticket_restriction": "assigned"}, False),
        ({"role": "agent", "ticket_restriction": "groups"}, None),
        ({"role": "agent", "ticket_restriction": "organization"}, None),
        ({"role": "agent", "ticket_restriction": "something new"}, None),
        ({"role": "agent"}, None),
        ({"role": "admin"}, True),
        ({"role": "admin", "ticket_restriction": "assigned"}, True),
        ({"role": "admin", "active": False}, False),
        ({"role": "agent", "ticket_restriction": None, "suspended": True}, False),
        ({"role": "end-user", "ticket_restriction": None}, False),
    ],
)
def test_who_may_follow_by_what_the_service_tells(user, may):
    assert zendesk_shapes.may_follow(user) is may


def test_the_tickets_that_show_it_are_worth_trying(sandbox, zendesk, usgov, salesforce, soon):
    shows = {(row["instance"], row["id"]): row["shows"] for row in tickets_worth_trying(sandbox.url, deadline=soon)}
    expected = {("main", 1032): SHARED, ("main", 1033): ELDER, ("main", 1034): None, ("usgov", 7002): LIGHTHOUSE}
    for (instance, number), channel in expected.items():
        assert shows[instance, number]
        ticket = (usgov if instance == "usgov" else zendesk).ticket(number, deadline=soon)
        organization = ticket["organization"]
        account = salesforce.account(organization["salesforce_id"] or organization["external_id"], deadline=soon)
        assert account["channel_id"] == channel and account["csm"]
