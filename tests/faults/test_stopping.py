"""What the checker says of Undo, Withdraw, an answer and targets that are gone, each seen by one change of a sound history."""

from datetime import datetime

import pytest

from escalations.gateways.slack_shapes import mark
from tests.faults import checker
from tests.faults.history import Answer, History
from tests.faults.test_checker import AT, NOTE_KEY, attempt, chain, delivery, in_state, make_history, reds

SAID_AT = datetime.fromisoformat(AT).timestamp()  # when the attempts of a sound history begin
SAID = [{"type": "section", "text": {"type": "mrkdwn", "text": "_Withdrawn_"}}]
SUBMITTED, NOTE, POST = ("escalation.submitted", {}), ("delivery.delivered", {"delivery": 1}), ("delivery.delivered", {"delivery": 2})


@pytest.fixture
def undone() -> History:
    history = make_history()
    for pk in (1, 2):
        in_state(history, pk, "cancelled")
    history.ledger, history.tables["Attempt"] = [], []
    history.tables["Escalation"][0]["state"] = "cancelled"
    history.tables["AuditEvent"] = chain(
        SUBMITTED, ("delivery.cancelled", {"delivery": 1}), ("delivery.cancelled", {"delivery": 2}), ("escalation.undone", {})
    )
    history.intents[0].then = "undo"
    history.answers.append(Answer("d1", 302, "/drafts/d9/", what="undo"))
    return history


@pytest.fixture
def withdrawn() -> History:
    """The note and the message had arrived: a second note takes the follower away, and the message is replaced."""
    history = make_history()
    note = {"body": "Withdrawn.", "follower": None, "email_cc": None, "remove_follower": "csm@example.com"}
    more = {"purpose": "withdrawal", "attempts": 1}
    history.tables["Delivery"] += [
        delivery(3, "nnnn", "e-zendesk", "zendesk", "main:200001", "main:200001:501", origin_id=1, content=note, **more),
        delivery(4, "mmmm", "e-slack", "slack", "G1:1.5", f"G1:1.5:{mark('mmmm')}", origin_id=2, content={"text": "Withdrawn", "blocks": SAID}, **more),
    ]  # fmt: skip
    audit = {"system": "zendesk", "instance": "main", "target": 200001, "key": "nnnn", "audit_id": 501}
    history.ledger += [
        {"n": 5, **audit, "kind": "note", "public": False, "text": "Withdrawn."},
        {"n": 6, **audit, "kind": "follower", "public": False, "action": "delete", "user": 5, "user_email": "csm@example.com", "text": None},
        {"n": 7, "system": "slack", "kind": "message_updated", "target": "G1", "ts": "1.5", "key": "mmmm", "text": "Withdrawn", "blocks": SAID},
    ]  # fmt: skip
    history.tables["Attempt"] += [attempt(3), attempt(4)]
    history.tables["Escalation"][0]["withdrawn_at"] = AT
    later = [("delivery.delivered", {"delivery": pk}) for pk in (3, 4)]
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, POST, ("escalation.withdrawn", {}), *later)
    history.intents[0].then = "withdraw"
    history.answers.append(Answer("d1", 302, "/escalations/7/", what="withdraw"))
    return history


@pytest.fixture
def refused() -> History:
    """The note had arrived; the message was in the worker's hand, and was not taken, when it was said; then it was called off."""
    history = make_history()
    in_state(history, 2, "cancelled")
    history.ledger = [one for one in history.ledger if one["system"] == "zendesk"]
    history.tables["Attempt"][1].update(outcome="not_sent")
    history.tables["Escalation"][0].update(follow_up="not_mine")
    history.tables["FollowUp"] = [{"escalation_id": 7, "what": "not_mine", "draft_id": "d9", "correction_id": 1}]
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, ("delivery.cancelled", {"delivery": 2}), ("follow_up.not_mine", {}))
    history.intents[0].then, history.intents[0].account_id = "not_mine", "0015e0000000001AAA"
    history.answers.append(Answer("d1", 302, "/escalations/7/", SAID_AT + 1, what="not_mine"))
    return history


def entry(history, n) -> dict:
    return next(one for one in history.ledger if one["n"] == n)


def test_what_was_undone_is_sound_and_was_not_to_be_delivered(undone):
    assert checker.check(undone).counts == dict.fromkeys(checker.COUNTS, 0)
    assert checker.by_themselves(undone) == (0, 0, [])


def test_what_was_undone_and_received_is_unexpected(undone):
    undone.ledger = [one for one in make_history().ledger if one["key"] != NOTE_KEY]
    assert reds(undone) == {"unexpected"}


def test_what_nobody_undid_is_unexpected(undone):
    undone.intents[0].then = ""
    assert "unexpected" in reds(undone)


def test_undone_in_part_is_half_written(undone):
    undone.tables["Delivery"][1].update(state="dead")
    assert "half written" in reds(undone)


def test_an_undo_that_was_confirmed_and_is_not_there_is_lost():
    history = make_history()
    history.intents[0].then = "undo"
    history.answers.append(Answer("d1", 302, "/drafts/d9/", what="undo"))
    assert reds(history) == {"lost"}


def test_too_late_to_undo_is_delivered_as_any_other():
    history = make_history()
    history.intents[0].then = "undo"
    history.answers.append(Answer("d1", 409, what="undo"))
    assert checker.check(history).green
    assert checker.by_themselves(history) == (2, 2, [])


def test_what_was_refused_is_sound_and_was_not_to_be_delivered(refused):
    assert checker.check(refused).counts == dict.fromkeys(checker.COUNTS, 0)
    assert checker.by_themselves(refused) == (0, 0, [])


@pytest.mark.parametrize(
    ("spoil", "red"),
    [
        (lambda h: h.answers[-1].__setattr__("at", SAID_AT - 1), "unexpected"),
        (lambda h: h.intents[0].__setattr__("then", "closed"), "unexpected"),
        (lambda h: h.intents[0].__setattr__("then", ""), "unexpected"),
        (lambda h: h.tables["Escalation"][0].update(follow_up="none"), "lost"),
        (lambda h: h.tables["FollowUp"].clear(), "half written"),
        (lambda h: h.tables["FollowUp"].append({**h.tables["FollowUp"][0]}), "half written"),
        (lambda h: h.tables["FollowUp"][0].update(draft_id=None), "half written"),
        (lambda h: h.tables["FollowUp"][0].update(correction_id=None), "half written"),
        (lambda h: h.tables.update(AuditEvent=chain(SUBMITTED, NOTE, ("delivery.cancelled", {"delivery": 2}))), "half written"),
        (lambda h: h.ledger.append(entry(make_history(), 4)), "unexpected"),
    ],
)  # fmt: skip
def test_each_way_to_go_on_after_a_refusal_is_red(refused, spoil, red):
    spoil(refused)
    assert red in reds(refused)


def test_a_refusal_without_an_account_is_remembered_nowhere(refused):
    refused.tables["FollowUp"][0]["correction_id"], refused.intents[0].account_id = None, ""
    assert checker.check(refused).green


def test_what_was_withdrawn_is_sound(withdrawn):
    assert checker.check(withdrawn).counts == dict.fromkeys(checker.COUNTS, 0)


@pytest.mark.parametrize("before", ["escalation.undone", "escalation.withdrawn", "follow_up.not_mine", "follow_up.closed"])
def test_what_was_stopped_when_all_of_it_had_arrived_was_delivered_without_a_person(before):
    history = make_history()
    history.intents[0].then = "withdraw"
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, POST, (before, {}))
    assert checker.by_themselves(history) == (2, 2, [])
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, (before, {}), POST)
    assert checker.by_themselves(history) == (0, 0, [])


def test_what_a_target_that_is_gone_never_got_is_not_waited_for():
    history = make_history()
    history.intents[0].then, history.intents[0].legs[1].gone = "closed", True
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, ("follow_up.closed", {}))
    assert checker.by_themselves(history) == (1, 1, [])


def test_what_a_team_lead_had_settled_before_it_was_closed_counts():
    """It had all arrived, but not without a person."""
    history = make_history()
    settled = [("delivery.needs_a_person", {"delivery": 2}), ("delivery.closed_sent", {"delivery": 2})]
    history.intents[0].then = "closed"
    history.tables["Delivery"][1].update(state="closed_sent")
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, *settled, ("follow_up.closed", {}))
    assert checker.by_themselves(history)[:2] == (1, 2)


def test_replacing_a_message_twice_by_the_same_changes_nothing(withdrawn):
    withdrawn.ledger.append({**entry(withdrawn, 7), "n": 8})
    assert checker.check(withdrawn).green


@pytest.mark.parametrize(
    ("spoil", "red"),
    [
        (lambda h: h.tables["Delivery"].pop(3), "lost"),
        (lambda h: h.ledger.remove(entry(h, 7)), "lost"),
        (lambda h: h.ledger.append({**entry(h, 5), "n": 8}), "duplicated"),
        (lambda h: entry(h, 7).update(ts="1.4"), "wrong person or text"),
        (lambda h: entry(h, 7).update(text="Never mind"), "wrong person or text"),
        (lambda h: entry(h, 6).update(user_email="other@example.com"), "wrong person or text"),
        (lambda h: entry(h, 6).update(action="put"), "wrong person or text"),
        (lambda h: h.tables["Delivery"][3].update(state="pending", remote_id=None), "stuck"),
        (lambda h: h.tables["Delivery"][3].update(remote_id="G1:1.5:other"), "false delivered"),
        (lambda h: h.intents[0].__setattr__("then", ""), "unexpected"),
        (lambda h: in_state(h, 2, "dead"), "unexpected"),
    ],
)  # fmt: skip
def test_each_way_to_withdraw_wrongly_is_red(withdrawn, spoil, red):
    spoil(withdrawn)
    assert red in reds(withdrawn)


def test_a_target_that_is_gone_is_for_a_person_and_not_counted():
    history = make_history()
    history.intents[0].legs[1].gone = True
    assert reds(history) == {"false delivered"}
    assert checker.by_themselves(history) == (1, 1, [])


def test_the_notice_to_the_team_leads_is_not_the_author_s():
    """One person may be both."""
    history = make_history()
    in_state(history, 2, "dead")
    history.intents[0].author_email = checker.LEADS[1]
    history.tables["Escalation"][0]["state"] = "attention"
    notice = {"subject": "Trouble", "body": "Trouble"}
    history.tables["Delivery"].append(
        delivery(3, "cccc", "notice-leads", "email", checker.LEADS[1], "<c@d>", purpose="notice", content=notice, origin_id=2)
    )
    history.tables["Attempt"].append(attempt(3))
    history.tables["AuditEvent"] = chain(
        SUBMITTED, NOTE, ("delivery.dead", {"delivery": 2}), ("delivery.delivered", {"delivery": 3})
    )
    history.ledger.append(
        {"n": 9, "system": "email", "kind": "email", "target": checker.LEADS[1], "key": "cccc", "text": "Trouble Trouble"}
    )
    assert reds(history) == {"lost"}
    history.tables["Delivery"][2]["leg_key"] = "notice"
    assert reds(history) == set()


@pytest.mark.parametrize("state", ["dead", "closed_not_sent"])
def test_a_withdrawal_that_is_not_sent_and_was_received_is_unexpected(withdrawn, state):
    withdrawn.tables["Delivery"][3].update(state=state, remote_id=None)
    assert "unexpected" in reds(withdrawn)
