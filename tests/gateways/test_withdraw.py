"""Taking back: another text in the place of a message, and a follower taken off again together with a note."""

import time
from datetime import UTC, datetime

import pytest

from escalations.gateways.base import Deadline, DeliveryError, Fenced, LookupFailed

CHANNEL, DANA = "C0ACCTMGMT1", "dana.reyes@example.com"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Look <@U0DANAREYES>"}}]
TAKEN_BACK = [{"type": "section", "text": {"type": "mrkdwn", "text": "Taken back."}}]


@pytest.fixture
def posted(slack, soon):
    """A message of ours: (channel, ts, receipt)."""
    receipt = slack.post(channel=CHANNEL, text="t", blocks=BLOCKS, key="k", deadline=soon)
    return *receipt.remote_id.split(":"), receipt


def replace(slack, soon, channel, ts, key="w", **more):
    given = {"text": "Taken back.", "blocks": TAKEN_BACK, "key": key, "deadline": soon, **more}
    return slack.replace(channel=channel, ts=ts, **given)


def refused(call):
    with pytest.raises(DeliveryError) as caught:
        call()
    return caught.value


def test_the_message_is_replaced_and_carries_the_new_key(sandbox, slack, soon, posted):
    channel, ts, first = posted
    receipt = replace(slack, soon, channel, ts)
    _, effect = sandbox.effects()
    assert (effect["kind"], effect["ts"], effect["key"], effect["previous_key"]) == ("message_updated", ts, "w", "k")
    assert effect["text"] == "Taken back." and effect["blocks"] == TAKEN_BACK and effect["mentions"] == []
    assert effect["metadata"] == {"event_type": "escalation", "event_payload": {"key": "w"}}
    assert receipt.remote_id.startswith(f"{channel}:{ts}:") and receipt.remote_id != first.remote_id
    assert receipt.url == first.url and receipt.at > first.at


def test_without_blocks_the_old_ones_are_gone(sandbox, slack, soon, posted):
    replace(slack, soon, *posted[:2], blocks=None)
    assert not sandbox.effects("message_updated")[0]["blocks"]


def test_it_is_found_again_with_the_same_receipt(sandbox, slack, soon, posted):
    channel, ts, _ = posted
    where = {"channel": channel, "ts": ts, "thread_ts": None, "deadline": soon}
    assert slack.find_replaced(**where, key="w") is None
    receipt = replace(slack, soon, channel, ts)
    assert slack.find_replaced(**where, key="w") == receipt
    assert slack.find_replaced(**where, key="other") is None
    again = replace(slack, soon, channel, ts, key="w2")
    assert again.remote_id != receipt.remote_id and slack.find_replaced(**where, key="w2") == again


def test_a_reply_is_found_in_its_thread(slack, soon, posted):
    channel, parent, _ = posted
    replies = [
        slack.post(channel=channel, text="t", blocks=None, key=f"r{n}", thread_ts=parent, deadline=soon)
        for n in range(20)
    ]
    ts = replies[17].remote_id.split(":")[1]
    receipt = replace(slack, soon, channel, ts)
    assert slack.find_replaced(channel=channel, ts=ts, thread_ts=parent, key="w", deadline=soon) == receipt
    assert slack.find_replaced(channel=channel, ts=ts, key="w", deadline=soon) is None
    of_parent = replace(slack, soon, channel, parent, key="p")
    assert slack.find_replaced(channel=channel, ts=parent, thread_ts=parent, key="p", deadline=soon) == of_parent


@pytest.mark.parametrize("kind", ["partial_page", "delayed_visibility"])
def test_it_is_found_among_many(sandbox, slack, soon, posted, kind):
    receipts = [slack.post(channel=CHANNEL, text="t", blocks=None, key=f"k{n}", deadline=soon) for n in range(20)]
    ts = receipts[3].remote_id.split(":")[1]
    receipt = replace(slack, soon, CHANNEL, ts)
    sandbox.fault("slack", kind, "conversations.history", seconds=0)
    assert slack.find_replaced(channel=CHANNEL, ts=ts, key="w", deadline=soon) == receipt


@pytest.mark.parametrize(
    ("error", "code"),
    [("missing_scope", "forbidden"), ("not_in_channel", "failed"), ("invalid_auth", "credentials"), ("new", "failed")],
)
def test_a_look_that_was_not_possible_is_never_not_found(sandbox, slack, soon, posted, error, code):
    sandbox.fault("slack", "error", "conversations.history", error=error)
    with pytest.raises(LookupFailed) as caught:
        slack.find_replaced(channel=CHANNEL, ts=posted[1], key="w", deadline=soon)
    assert caught.value.code == code


def test_it_can_be_repeated_and_stays_one_message(sandbox, slack, soon, posted):
    channel, ts, _ = posted
    first, second = replace(slack, soon, channel, ts), replace(slack, soon, channel, ts)
    assert first.remote_id == second.remote_id and len(sandbox.effects("message")) == 1


def test_a_fence_stands_before_it(sandbox, slack, soon, posted):
    def no():
        raise Fenced("Another worker has it.")

    assert refused(lambda: replace(slack, soon, *posted[:2], fence=no)).outcome == "fenced"
    asked = []
    replace(slack, soon, *posted[:2], fence=lambda: asked.append(1))
    assert asked == [1] and len(sandbox.effects("message_updated")) == 1


def test_what_was_applied_unseen_is_found(sandbox, slack, soon, posted):
    channel, ts, _ = posted
    sandbox.fault("slack", "reset_after", "chat.update", times=1)
    assert refused(lambda: replace(slack, soon, channel, ts)).outcome == "ambiguous"
    assert slack.find_replaced(channel=channel, ts=ts, key="w", deadline=soon)


def somebody_elses(sandbox):
    said = sandbox.control("message", channel=CHANNEL, user=DANA, text="mine")
    return said["ts"]


def test_what_cannot_be_replaced_is_said_in_plain_words(sandbox, slack, soon, posted):
    def told(ts, channel=CHANNEL):
        error = refused(lambda: replace(slack, soon, channel, ts))
        assert error.outcome == "permanent" and not error.unwell and not error.free
        return error.code, error.text

    never_was = f"{time.time():.6f}"
    assert told(never_was) == ("message_not_found", "Slack does not have this message any more.")
    assert told(somebody_elses(sandbox)) == (
        "cant_update_message",
        "Slack does not let the portal change this message.",
    )
    sandbox.fault("slack", "error", "chat.update", error="edit_window_closed", times=1)
    old = ("edit_window_closed", "Slack does not let a message of this age be changed any more.")
    assert told(posted[1]) == old
    sandbox.control("channel", id=CHANNEL, archived=True)
    assert told(posted[1])[0] == "is_inactive"
    assert sandbox.effects("message_updated") == []


def test_somebody_elses_message_is_not_taken_for_ours(sandbox, slack, soon):
    ts = somebody_elses(sandbox)
    assert slack.find_replaced(channel=CHANNEL, ts=ts, key="w", deadline=soon) is None
    assert slack.find_post(channel=CHANNEL, key="k", oldest=datetime.now(UTC).timestamp() - 60, deadline=soon) is None


def the_note(sandbox, zendesk, key, **more):
    """A note at a time when the ticket is not fresh from the last one."""
    sandbox.control("ticket", id=1001, age=10)
    return zendesk.note(ticket_id=1001, body="b", key=key, deadline=Deadline(5.0), **more)


def test_a_follower_we_added_is_taken_off_with_the_note(sandbox, zendesk):
    added = the_note(sandbox, zendesk, "k", follower=DANA)
    assert added.detail == {"follower_added": True, "follower_was_there": False}
    receipt = the_note(sandbox, zendesk, "w", remove_follower=DANA)
    assert receipt.detail == {"follower_removed": True}
    kinds = [(one["kind"], one.get("action"), one["key"]) for one in sandbox.effects()]
    assert kinds == [("note", None, "k"), ("follower", "put", "k"), ("note", None, "w"), ("follower", "delete", "w")]
    assert len({one["audit_id"] for one in sandbox.effects()}) == 2  # each pair in one update


def test_by_id_as_well(sandbox, zendesk, soon):
    dana = zendesk.person(DANA, deadline=soon)["id"]
    the_note(sandbox, zendesk, "k", follower=dana)
    assert the_note(sandbox, zendesk, "w", remove_follower=dana).detail == {"follower_removed": True}


def test_who_followed_before_is_known(sandbox, zendesk, soon):
    dana = zendesk.person(DANA, deadline=soon)["id"]
    sandbox.control("ticket", id=1001, follower_ids=[dana])
    receipt = the_note(sandbox, zendesk, "k", follower=DANA)
    assert receipt.detail == {"follower_added": True, "follower_was_there": True}
    assert sandbox.effects("follower") == []


@pytest.mark.parametrize("who", [DANA, "nobody@elsewhere.example.com", "carlos.pinto@example.com"])
def test_who_does_not_follow_is_not_taken_off(sandbox, zendesk, who):
    assert the_note(sandbox, zendesk, "w", remove_follower=who).detail == {"follower_removed": False}
    assert [one["kind"] for one in sandbox.effects()] == ["note"]


def test_the_others_go_on_following(sandbox, zendesk, soon):
    omar = zendesk.person("omar.haddad@example.com", deadline=soon)["id"]
    dana = zendesk.person(DANA, deadline=soon)["id"]
    sandbox.control("ticket", id=1001, follower_ids=[omar, dana])
    the_note(sandbox, zendesk, "w", remove_follower=DANA)
    assert zendesk.ticket(1001, deadline=soon)["followers"] == ["omar.haddad@example.com"]


@pytest.mark.parametrize("there", [False, True])
def test_a_note_found_again_tells_what_its_audit_tells(sandbox, zendesk, soon, there):
    dana = zendesk.person(DANA, deadline=soon)["id"]
    sandbox.control("ticket", id=1001, follower_ids=[dana] if there else [])
    for key, asked in (("k", {"follower": DANA.upper()}), ("w", {"remove_follower": DANA})):
        sandbox.fault("zendesk", "reset_after", "PUT", times=1)
        assert refused(lambda: the_note(sandbox, zendesk, key, **asked)).outcome == "ambiguous"  # noqa: B023
    added = zendesk.find_note(ticket_id=1001, key="k", follower=DANA, deadline=soon)
    assert added.detail == ({} if there else {"follower_added": True, "follower_was_there": False})
    removed = zendesk.find_note(ticket_id=1001, key="w", remove_follower=DANA, deadline=soon)
    assert removed.detail == {"follower_removed": True}
    assert (
        zendesk.find_note(ticket_id=1001, key="w", remove_follower="omar.haddad@example.com", deadline=soon).detail
        == {}
    )
