"""Slack messages: posted once with our key, and found again or honestly not."""

import time

import pytest

from escalations.gateways.base import DeliveryError, LookupFailed
from escalations.gateways.slack import Slack
from escalations.gateways.tokens import Token

CHANNEL = "C0ACCTMGMT1"
SINCE = time.time() - 3600
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Look <@U0DANAREYES>"}}]


def post(slack, soon, key="k", **more):
    return slack.post(**{"channel": CHANNEL, "text": "t", "blocks": BLOCKS, "key": key, "deadline": soon, **more})


def find(slack, soon, key="k", **more):
    return slack.find_post(**{"channel": CHANNEL, "key": key, "oldest": SINCE, "deadline": soon, **more})


def test_a_message_carries_nothing_but_the_key_as_metadata(sandbox, slack, soon):
    with sandbox.counting() as counted:
        receipt = post(slack, soon)
    assert counted == [2]  # message, permalink
    [message] = sandbox.effects()
    assert message["metadata"] == {"event_type": "escalation", "event_payload": {"key": "k"}}
    assert message["unfurl_links"] is False and message["broadcast"] is False
    assert [one["id"] for one in message["mentions"]] == ["U0DANAREYES"]
    assert receipt.remote_id == f"{CHANNEL}:{message['ts']}"
    assert receipt.url.startswith(f"https://portal-demo.slack.com/archives/{CHANNEL}/p")


def test_names_are_not_linked(sandbox, slack, soon):
    post(slack, soon, text="@channel @here", blocks=None)
    assert sandbox.effects()[0]["broadcast"] is False


@pytest.mark.parametrize("kind", ["503", "reset", "html"])
def test_a_failing_permalink_is_built_instead(sandbox, slack, soon, kind):
    sandbox.fault("slack", kind, "chat.getPermalink")
    receipt = post(slack, soon)
    ts = sandbox.effects()[0]["ts"]
    assert receipt.url == f"https://portal-demo.slack.com/archives/{CHANNEL}/p{ts.replace('.', '')}"


@pytest.mark.parametrize("body", [{"ok": True}, {"ok": True, "permalink": None}, {"ok": True, "permalink": 7}])
def test_an_answer_without_a_permalink_is_no_permalink(sandbox, slack, soon, body):
    """Found by the fault run: None went into a column that takes none, and what had been delivered was in doubt."""
    sandbox.fault("slack", "json", "chat.getPermalink", body=body)
    assert post(slack, soon).url.startswith(f"https://portal-demo.slack.com/archives/{CHANNEL}/p")


def test_a_hanging_permalink_does_not_hold_up_the_delivery(sandbox, slack, soon, monkeypatch):
    monkeypatch.setattr("escalations.gateways.slack.LINK_SECONDS", 0.1)
    sandbox.fault("slack", "hang", "chat.getPermalink", seconds=3)
    post(slack, soon)
    assert soon.remaining > 3


def test_a_message_of_another_bot_is_not_ours(sandbox, slack, soon):
    post(slack, soon)
    other = Slack("xoxb-portal", "portal-demo.slack.com", base=sandbox.url, identity=Token())
    other._identity.get(lambda: ("B0SOMEBODY", 60.0), soon)
    assert find(other, soon) is None and find(slack, soon)


def test_found_again_on_any_page_with_the_same_receipt(sandbox, slack, soon):
    receipts = [post(slack, soon, key=f"k{n}") for n in range(20)]
    assert find(slack, soon, key="k0") == receipts[0]
    assert find(slack, soon, key="k19") == receipts[19]
    assert find(slack, soon, key="k20") is None
    sandbox.fault("slack", "partial_page", "conversations.history")
    assert find(slack, soon, key="k0") == receipts[0]


def test_a_reply_is_found_in_its_thread_only(sandbox, slack, soon):
    thread = post(slack, soon, key="first").remote_id.split(":")[1]
    reply = post(slack, soon, key="reply", thread_ts=thread)
    assert find(slack, soon, key="reply") is None
    assert find(slack, soon, key="reply", thread_ts=thread).remote_id == reply.remote_id


def test_a_direct_message_of_several_people(sandbox, slack, soon):
    group = slack.open_group(["U0DANAREYES", "U0ANALIMA"], deadline=soon)
    assert slack.open_group(["U0ANALIMA", "U0DANAREYES"], deadline=soon) == group
    receipt = post(slack, soon, channel=group)
    assert find(slack, soon, channel=group) == receipt
    assert len(sandbox.effects("conversation_opened")) == 1


@pytest.mark.parametrize(
    ("ids", "outcome"), [(["U0PIOTRNOWAK"], "permanent"), (["U0NOBODY"], "permanent"), ([], "ambiguous")]
)
def test_people_who_cannot_be_written_to(slack, soon, ids, outcome):
    with pytest.raises(DeliveryError) as caught:
        slack.open_group(ids, deadline=soon)
    assert caught.value.outcome == ("not_sent" if outcome == "ambiguous" else outcome)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("missing_scope", "forbidden"),
        ("not_in_channel", "failed"),
        ("channel_not_found", "not_found"),
        ("invalid_auth", "credentials"),
        ("something_new", "failed"),
    ],
)
def test_a_look_that_was_not_possible_is_never_not_found(sandbox, slack, soon, error, code):
    post(slack, soon)
    sandbox.fault("slack", "error", "conversations.history", error=error)
    with pytest.raises(LookupFailed) as caught:
        find(slack, soon, key="other")
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ["503", "reset", "truncated", "html", "error"])
def test_a_page_that_fails_once_is_asked_again(sandbox, slack, soon, kind):
    receipts = [post(slack, soon, key=f"k{n}") for n in range(20)]
    sandbox.fault("slack", kind, "conversations.history", times=1, skip=1)
    assert find(slack, soon, key="k0") == receipts[0]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("channel_not_found", "permanent"),
        ("is_archived", "permanent"),
        ("not_in_channel", "permanent"),
        ("msg_too_long", "permanent"),
        ("invalid_blocks", "permanent"),
        ("restricted_action", "permanent"),
        ("invalid_auth", "paused"),
        ("token_revoked", "paused"),
        ("account_inactive", "paused"),
        ("accesslimited", "paused"),
        ("missing_scope", "refused"),
        ("access_denied", "refused"),
        ("ratelimited", "not_sent"),
        ("fatal_error", "ambiguous"),
        ("internal_error", "ambiguous"),
        ("request_timeout", "ambiguous"),
        ("service_unavailable", "ambiguous"),
        ("something_new", "ambiguous"),
    ],
)
def test_what_slacks_codes_mean(sandbox, slack, soon, code, outcome):
    sandbox.fault("slack", "error", "chat.postMessage", error=code)
    with pytest.raises(DeliveryError) as caught:
        post(slack, soon)
    assert (caught.value.outcome, caught.value.code) == (outcome, code)


@pytest.mark.parametrize("channel", ["C0OLDSALES1", "C0NOTTHERE", "C0GENERAL01"])
def test_places_that_do_not_take_messages(sandbox, slack, soon, channel):
    with pytest.raises(DeliveryError) as caught:
        post(slack, soon, channel=channel)
    assert caught.value.outcome == "permanent" and sandbox.effects() == []
