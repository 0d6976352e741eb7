"""Slack through the real slack_sdk."""

import pytest
from slack_sdk.errors import SlackApiError

MANAGEMENT, ACME, BOREALIS, COBALT, OLD = "C0ACCTMGMT1", "C0ACCT0001", "C0ACCT0002", "C0ACCT0003", "C0OLDSALES1"
DANA, ANA = "U0DANAREYES", "U0ANALIMA"
KEYED = {"event_type": "portal_delivery", "event_payload": {"portal_key": "k-9"}}


def code(call, **fields):
    with pytest.raises(SlackApiError) as refused:
        call(**fields)
    return refused.value.response["error"]


def test_people_by_address(slack):
    assert slack.users_lookupByEmail(email="dana.reyes@example.com")["user"]["id"] == DANA
    assert code(slack.users_lookupByEmail, email="ruth.adler@example.com") == "users_not_found"
    assert slack.users_profile_get(user="U0KEIKOTANAKA")["profile"]["status_text"]


def test_whose_notifications_are_paused_and_nothing_of_who_is_not_there(slack):
    said = slack.dnd_teamInfo(users=["U0BEANOVAK", DANA, "U0NOBODY"])["users"]
    assert set(said) == {"U0BEANOVAK", DANA}
    assert said[DANA] == {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    assert said["U0BEANOVAK"]["dnd_enabled"] and said["U0BEANOVAK"]["next_dnd_end_ts"] - said["U0BEANOVAK"]["next_dnd_start_ts"] == 864_000
    assert code(slack.dnd_teamInfo, users=[DANA]) == "no_users_provided"
    assert code(slack.dnd_teamInfo, users=[f"U{n}" for n in range(51)]) == "too_many_users"


def test_a_message_is_kept_with_its_key_and_found_in_history(slack, sandbox):
    posted = slack.chat_postMessage(channel=ACME, text=f"<@{DANA}> look", metadata=KEYED)
    entry = sandbox.ledger()[0]
    assert (entry["key"], entry["target"], entry["mentions"][0]["name"]) == ("k-9", ACME, "Dana Reyes")
    found = slack.conversations_history(channel=ACME, oldest=posted["ts"], inclusive=True, include_all_metadata=True)
    assert found["messages"][0]["metadata"] == KEYED
    assert "metadata" not in slack.conversations_history(channel=ACME)["messages"][0]
    link = slack.chat_getPermalink(channel=ACME, message_ts=posted["ts"])["permalink"]
    assert link == f"https://portal-demo.slack.com/archives/{ACME}/p{posted['ts'].replace('.', '')}"


def test_where_it_may_not_post(slack, sandbox):
    assert code(slack.chat_postMessage, channel=BOREALIS, text="x") == "not_in_channel"
    assert code(slack.chat_postMessage, channel=COBALT, text="x") == "channel_not_found"
    assert code(slack.chat_postMessage, channel=OLD, text="x") == "is_archived"
    assert code(slack.conversations_history, channel=BOREALIS) == "not_in_channel"
    assert sandbox.ledger() == []


def test_limits_of_text_and_blocks(slack, sandbox):
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    assert code(slack.chat_postMessage, channel=ACME, text="x", blocks=long) == "invalid_blocks"
    assert code(slack.chat_postMessage, channel=ACME, text="x", blocks=[{"type": "divider"}] * 51) == "invalid_blocks"
    assert code(slack.chat_postMessage, channel=ACME, text="x" * 40_001) == "msg_too_long"
    assert code(slack.chat_postMessage, channel=ACME, text="") == "no_text"
    assert sandbox.ledger() == []


def test_a_group_is_opened_once(slack, sandbox):
    first = slack.conversations_open(users=[DANA, ANA])["channel"]["id"]
    assert first == slack.conversations_open(users=f"{ANA},{DANA}")["channel"]["id"]
    assert first.startswith("G")
    assert slack.conversations_open(users=DANA)["channel"]["id"].startswith("D")
    assert sandbox.kinds() == ["conversation_opened", "conversation_opened"]


def test_replies_stay_in_their_thread(slack):
    parent = slack.chat_postMessage(channel=ACME, text="parent")["ts"]
    slack.chat_postMessage(channel=ACME, text="reply", thread_ts=parent)
    assert [m["text"] for m in slack.conversations_history(channel=ACME)["messages"]] == ["parent"]
    assert [m["text"] for m in slack.conversations_replies(channel=ACME, ts=parent)["messages"]] == ["parent", "reply"]


def test_change_and_delete(slack, sandbox):
    ts = slack.chat_postMessage(channel=ACME, text="one")["ts"]
    slack.chat_update(channel=ACME, ts=ts, text="two")
    assert slack.conversations_history(channel=ACME)["messages"][0]["text"] == "two"
    slack.chat_delete(channel=ACME, ts=ts)
    assert slack.conversations_history(channel=ACME)["messages"] == []
    assert sandbox.kinds() == ["message", "message_updated", "message_deleted"]


def test_a_bot_changes_and_deletes_its_own_messages_only(slack, sandbox):
    said = sandbox.control("message", {"channel": "#a_acme-internal", "user": "dana.reyes@example.com", "text": "mine"})
    assert code(slack.chat_update, channel=ACME, ts=said["ts"], text="x") == "cant_update_message"
    assert code(slack.chat_delete, channel=ACME, ts=said["ts"]) == "cant_delete_message"
    [message] = slack.conversations_history(channel=ACME)["messages"]
    assert (message["user"], message["text"]) == (DANA, "mine") and "bot_id" not in message
    assert sandbox.ledger() == []


def test_a_replaced_message_names_the_key_it_had(slack, sandbox):
    ts = slack.chat_postMessage(channel=ACME, text="one", metadata=KEYED)["ts"]
    other = {"event_type": "portal_delivery", "event_payload": {"portal_key": "k-10"}}
    slack.chat_update(channel=ACME, ts=ts, text="two", metadata=other)
    entry = sandbox.ledger()[1]
    assert (entry["kind"], entry["key"], entry["previous_key"]) == ("message_updated", "k-10", "k-9")
    sandbox.control("channel", {"id": ACME, "archived": True})
    assert code(slack.chat_update, channel=ACME, ts=ts, text="three") == "is_inactive"


def test_a_channel_shared_with_another_company_says_so(slack, sandbox):
    assert slack.conversations_info(channel="C0ACCT0032")["channel"]["is_ext_shared"]
    assert not slack.conversations_info(channel=ACME)["channel"]["is_ext_shared"]
    sandbox.control("channel", {"id": ACME, "ext_shared": True})
    assert slack.conversations_info(channel=ACME)["channel"]["is_ext_shared"]


def test_listing_pages_and_hides_private_channels_of_others(slack):
    names = [
        c["name"]
        for page in slack.conversations_list(types="public_channel,private_channel", limit=3)
        for c in page["channels"]
    ]
    assert {"account-management", "support-leads", "a_acme-internal", "a_borealis-internal"} <= set(names)
    assert "a_cobalt-internal" not in names


def test_history_pages_newest_first(slack):
    for number in range(5):
        slack.chat_postMessage(channel=MANAGEMENT, text=str(number))
    pages = [[m["text"] for m in page["messages"]] for page in slack.conversations_history(channel=MANAGEMENT, limit=2)]
    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_forms_are_read_as_well_as_json(sandbox):
    answer = sandbox.public.post(
        "https://slack.com/api/chat.postMessage",
        data={"channel": ACME, "text": "form", "blocks": '[{"type":"divider"}]'},
        headers={"Authorization": "Bearer xoxb-test"},
    ).json()
    assert answer["ok"] and sandbox.ledger()[0]["blocks"] == [{"type": "divider"}]


def test_a_wrong_token(sandbox):
    answer = sandbox.public.post("https://slack.com/api/auth.test", headers={"Authorization": "Bearer nonsense"}).json()
    assert answer == {"ok": False, "error": "invalid_auth"}
