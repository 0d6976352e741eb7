"""The checker must be able to fail: from one sound history made by hand, each of the eight counts turns red by one change."""

import copy
import json

import pytest

from escalations.rules.audit_chain import seal
from tests.faults import checker
from tests.faults.history import Answer, History, Intent, Leg

KEY, AT = "k", "2026-11-24T02:00:00+00:00"
NOTE_KEY, POST_KEY, NOTICE_KEY = "aaaa", "bbbb", "cccc"
BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Please look."}}]
LINK = {"type": "section", "text": {"type": "mrkdwn", "text": "Answer here: <http://127.0.0.1:8000/a/ESC-7|ESC-7>"}}
NOTICE = {"text": "ESC-7: trouble", "blocks": [], "subject": "ESC-7: trouble", "body": "ESC-7: trouble\n"}


def make_history() -> History:
    """One escalation of two legs, both delivered, and one draft that nobody sent."""
    legs = [
        Leg("e-zendesk", "zendesk", "main:200001", "internal", "Please look at 200001.", follower="csm@example.com"),
        Leg("e-slack", "slack", "group:U1,U2", "internal", "Please look.", BLOCKS),
    ]
    intents = [
        Intent("d1", "engineer", "ana@example.com", 200001, "x", "s", legs),
        Intent("d2", "engineer", "ana@example.com", 200002, "x", "s", [Leg("e-slack", "slack", "C1", "internal", "No.")], pressed=False),
    ]  # fmt: skip
    tables = {
        "Draft": [{"id": "d1", "state": "submitted"}, {"id": "d2", "state": "reviewed"}],
        "Escalation": [{"id": 7, "draft_id": "d1", "state": "completed", "author__username": "engineer", "withdrawn_at": None, "follow_up": "none"}],
        "Delivery": [
            delivery(1, NOTE_KEY, "e-zendesk", "zendesk", "main:200001", "main:200001:500"),
            delivery(2, POST_KEY, "e-slack", "slack", "group:U1,U2", "G1:1.5"),
        ],
        "Attempt": [attempt(1), attempt(2)],
        "Look": [],
        "FollowUp": [],
        "Correction": [],
        "AuditEvent": chain(("escalation.submitted", {}), ("delivery.delivered", {"delivery": 1}), ("delivery.delivered", {"delivery": 2})),
    }  # fmt: skip
    return History(intents, [Answer("d1", 302, "/escalations/7/")], ledger(), tables, KEY)


def delivery(pk, key, leg_key, system, target, remote_id, **more) -> dict:
    return {
        "id": pk, "escalation_id": 7, "key": key, "leg_key": leg_key, "system": system, "purpose": "tell", "target": target,
        "visibility": "internal", "content": {}, "state": "delivered", "attempts": 1, "remote_id": remote_id, "claimed_by": "",
        "trouble": "", "last_words": "", "origin_id": None, "mentions": "", "cc": "", **more,
    }  # fmt: skip


def attempt(pk, n=1, ended_at=AT) -> dict:
    return {
        "delivery_id": pk,
        "n": n,
        "worker": "w",
        "started_at": AT,
        "ended_at": ended_at,
        "outcome": "delivered",
        "words": "",
    }


def chain(*events) -> list[dict]:
    made, prev = [], ""
    for seq, (action, payload, *about) in enumerate(events, 1):  # the object, unless it is the escalation
        fields = {"seq": seq, "at": AT, "actor": "w", "action": action, "object": about[0] if about else "ESC-7", "payload": payload}
        made.append({**fields, "prev": prev, "hash": seal(KEY, fields, prev)})
        prev = made[-1]["hash"]
    return made


def ledger() -> list[dict]:
    note = {"system": "zendesk", "instance": "main", "target": 200001, "key": NOTE_KEY, "audit_id": 500, "text": None}
    return [
        {"n": 1, **note, "kind": "note", "public": False, "text": "Please look at 200001.\n\nAnswer here: http://127.0.0.1:8000/a/ESC-7"},
        {"n": 2, **note, "kind": "follower", "public": False, "action": "put", "user": 5, "user_email": "csm@example.com"},
        {"n": 3, "system": "slack", "kind": "conversation_opened", "target": "G1", "members": ["U1", "U2", "U0ESCPORTAL"], "key": None},
        {"n": 4, "system": "slack", "kind": "message", "target": "G1", "ts": "1.5", "thread_ts": None, "key": POST_KEY,
         "text": "Please look.", "blocks": [*BLOCKS, LINK], "broadcast": False},
    ]  # fmt: skip


def mail(n, key) -> dict:
    text = f"{NOTICE['subject']}\n\n{NOTICE['body']}".strip()
    return {"n": n, "system": "email", "kind": "email", "target": "ana@example.com", "key": key, "text": text}


@pytest.fixture
def history():
    return make_history()


def reds(history) -> set[str]:
    return {name for name, many in checker.check(history).counts.items() if many}


def test_a_sound_history_is_green(history):
    assert checker.check(history).green
    assert checker.by_themselves(history) == (2, 2, [])


@pytest.mark.parametrize("blocks", [BLOCKS, [*BLOCKS, json.loads(json.dumps(LINK).replace("ESC-7", "ESC-8"))]], ids=["none", "another's"])
def test_without_the_link_to_its_own_page_it_has_another_text(history, blocks):
    next(effect for effect in history.ledger if effect["n"] == 4)["blocks"] = blocks
    assert reds(history) == {"wrong person or text"}


def test_a_history_is_the_same_after_it_was_kept(history, tmp_path):
    history.write(tmp_path / "history.json")
    assert History.read(tmp_path / "history.json") == history


def again(history, n):
    effect = copy.deepcopy(next(entry for entry in history.ledger if entry["n"] == n))
    history.ledger.append({**effect, "n": len(history.ledger) + 1})
    return history.ledger[-1]


def in_state(history, pk, state):
    """The delivery as it would soundly be in that state, but for what the test is about."""
    row = history.tables["Delivery"][pk - 1]
    row.update(state=state, remote_id=None)
    history.ledger = [entry for entry in history.ledger if entry["key"] != row["key"]]
    return row


def test_an_escalation_that_was_confirmed_and_is_not_there_is_lost(history):
    history.tables |= {"Escalation": [], "Delivery": [], "Attempt": [], "AuditEvent": [], "Draft": []}
    history.ledger = []
    assert reds(history) == {"lost"}


def test_one_that_nobody_confirmed_may_be_missing(history):
    history.answers = [Answer("d1", 0, "ConnectionError")]
    history.tables |= {"Escalation": [], "Delivery": [], "Attempt": [], "AuditEvent": [], "Draft": []}
    history.ledger = []
    assert reds(history) == set()


def test_delivered_with_nothing_received_is_lost_and_false(history):
    history.ledger = [entry for entry in history.ledger if entry["key"] != POST_KEY]
    assert reds(history) == {"lost", "false delivered"}


def test_cancelled_by_nobody_is_lost(history):
    in_state(history, 2, "cancelled")
    assert "lost" in reds(history)


def test_trouble_that_nobody_is_told_of_is_lost(history):
    in_state(history, 2, "dead")
    assert "lost" in reds(history)


@pytest.mark.parametrize("n", [1, 4])
def test_the_same_effect_again_is_a_duplicate(history, n):
    again(history, n)["key"] = "another"
    assert "duplicated" in reds(history)


def test_the_same_key_with_other_words_is_a_duplicate_with_wrong_text(history):
    again(history, 4)["text"] = "Something else."
    assert reds(history) == {"duplicated", "wrong person or text"}


def test_a_second_escalation_of_a_draft_is_a_duplicate(history):
    history.tables["Escalation"].append({**history.tables["Escalation"][0], "id": 8})
    assert "duplicated" in reds(history)


def test_what_nobody_meant_is_unexpected(history):
    again(history, 4).update(key="other", text="Out of nowhere.", ts="1.6")
    assert reds(history) == {"unexpected"}


def test_what_nobody_pressed_send_for_is_unexpected(history):
    again(history, 4).update(key=None, text="No.", blocks=None, target="C1", ts="1.6")
    assert reds(history) == {"unexpected"}


def test_an_escalation_of_a_draft_that_nobody_sent_is_unexpected(history):
    history.intents[0].pressed = False
    assert "unexpected" in reds(history)


def test_an_e_mail_that_nobody_meant_is_unexpected(history):
    history.ledger.append(mail(5, "zzzz"))
    assert reds(history) == {"unexpected"}


@pytest.mark.parametrize(
    ("n", "change"),
    [
        (1, {"target": 200002}), (1, {"text": "Please look at 200002."}), (2, {"user_email": "other@example.com"}),
        (2, {"action": "delete"}), (4, {"target": "C0SALES0001"}), (4, {"thread_ts": "1.1"}), (3, {"members": ["U1", "U3", "U0ESCPORTAL"]}),
    ],
)  # fmt: skip
def test_another_place_person_or_text_is_wrong(history, n, change):
    next(entry for entry in history.ledger if entry["n"] == n).update(change)
    assert "wrong person or text" in reds(history)


def test_a_follower_too_few_is_wrong(history):
    history.ledger = [entry for entry in history.ledger if entry["kind"] != "follower"]
    assert reds(history) == {"wrong person or text"}


def test_a_note_that_the_customer_can_read_is_a_leak(history):
    history.ledger[0].update(kind="public_comment", public=True)
    assert reds(history) == {"public leak"}


def test_a_copy_that_nobody_reviewed_is_a_leak(history):
    history.ledger.append({**history.ledger[1], "n": 5, "kind": "email_cc", "public": True})
    assert reds(history) == {"public leak", "wrong person or text"}


def test_a_message_that_calls_everybody_is_a_leak(history):
    history.ledger[3]["broadcast"] = True
    assert reds(history) == {"public leak"}


@pytest.mark.parametrize("change", [{"remote_id": "G1:9.9"}, {"key": "zzzz"}])
def test_a_receipt_that_leads_to_nothing_of_ours_is_false(history, change):
    history.tables["Delivery"][1].update(change)
    assert "false delivered" in reds(history)


@pytest.mark.parametrize("state", ["pending", "sending", "uncertain"])
def test_under_way_in_the_end_is_stuck(history, state):
    in_state(history, 2, state)
    assert "stuck" in reds(history)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tables: tables["Draft"][0].update(state="reviewed"),
        lambda tables: tables["Draft"][1].update(state="submitted"),
        lambda tables: tables["Delivery"].pop(0),
        lambda tables: tables["Escalation"][0].update(state="in_progress"),
        lambda tables: tables["Attempt"][0].update(ended_at=None),
        lambda tables: tables["Attempt"][0].update(n=2),
        lambda tables: tables["AuditEvent"].pop(),
        lambda tables: tables["AuditEvent"].pop(0),
        lambda tables: tables["AuditEvent"][1].update(actor="somebody else"),
        lambda tables: tables["AuditEvent"][0].update(object="ESC-8"),
    ],
)  # fmt: skip
def test_what_is_only_there_in_part_is_half_written(history, spoil):
    spoil(history.tables)
    assert "half written" in reds(history)


def troubled(history) -> History:
    """The message is dead, and the author was told by e-mail, twice under one Message-ID."""
    in_state(history, 2, "dead")
    history.tables["Escalation"][0]["state"] = "attention"
    notice = delivery(
        3,
        NOTICE_KEY,
        "notice",
        "email",
        "ana@example.com",
        f"<{NOTICE_KEY}@example.com>",
        purpose="notice",
        content=NOTICE,
        origin_id=2,
    )
    history.tables["Delivery"].append(notice)
    history.tables["Attempt"].append(attempt(3))
    events = (("escalation.submitted", {}), ("delivery.delivered", {"delivery": 1}), ("delivery.dead", {"delivery": 2}), ("delivery.delivered", {"delivery": 3}))  # fmt: skip
    history.tables["AuditEvent"] = chain(*events)
    history.ledger += [mail(5, NOTICE_KEY), mail(6, NOTICE_KEY)]
    return history


def test_trouble_that_its_author_was_told_of_is_sound_and_counts_for_a_person(history):
    assert checker.check(troubled(history)).green
    done, every, others = checker.by_themselves(history)
    assert (done, every, len(others)) == (1, 2, 1)


def test_a_notice_to_somebody_else_is_wrong(history):
    troubled(history).tables["Delivery"][2]["target"] = "omar@example.com"
    assert reds(history) == {"wrong person or text", "lost"}


def test_a_notice_that_never_came_is_lost(history):
    troubled(history)
    history.ledger = [entry for entry in history.ledger if entry["kind"] != "email"]
    assert reds(history) == {"lost"}


def test_team_leads_are_told_as_well(history):
    troubled(history)
    lead = delivery(
        4,
        "dddd",
        "notice",
        "email",
        "tom.okafor@example.com",
        "<dddd@example.com>",
        purpose="notice",
        content=NOTICE,
        origin_id=2,
    )
    history.tables["Delivery"].append(lead)
    history.tables["Attempt"].append(attempt(4))
    events = history.tables["AuditEvent"]
    history.tables["AuditEvent"] = chain(
        *((e["action"], e["payload"]) for e in events), ("delivery.delivered", {"delivery": 4})
    )
    history.ledger.append({**mail(7, "dddd"), "target": "tom.okafor@example.com"})
    assert checker.check(history).green
