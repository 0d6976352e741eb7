"""What a team lead says is true, and the checker sees when a delivery that is said not to have been sent was received."""

import pytest

from tests.actions.factories import make_delivery
from tests.conftest import NOON
from tests.faults import checker, lead
from tests.faults.test_checker import POST_KEY, attempt, chain, delivery, make_history, reds, troubled


@pytest.mark.parametrize("dice", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("state", ["dead", "needs_a_person"])
def test_a_verdict_is_never_against_what_the_ledger_says(state, dice):
    assert lead.verdict(state, True, dice) == ("arrived" if state == "needs_a_person" else "")
    assert lead.verdict(state, False, dice) == ("not_arrived" if dice < 0.3 else "again")


@pytest.mark.parametrize(("state", "chosen", "after"), [("dead", "again", "pending"), ("needs_a_person", "arrived", "closed_sent")])
def test_the_page_is_read_and_settled_as_it_is_written(sign_in, people, mapping, state, chosen, after):
    settled_at = NOON if state == "dead" else None
    row = make_delivery(people["engineer"], state=state, settled_at=settled_at, tried=3, trouble="http_503", trouble_at=NOON)
    client = sign_in("teamlead")
    (ticked, pk, group), = lead.TICKED.findall(client.get("/attention/").content.decode())
    waiting = lead.Waiting(int(pk), ticked, group, str(row.key), state, "", row.leg_key)
    assert client.post("/attention/settle/", lead.settling(waiting, chosen)).status_code == 302
    row.refresh_from_db()
    assert row.state == after


def test_another_channel_is_pressed_as_it_is_offered(sign_in, people, mapping, sandbox):
    row = make_delivery(people["engineer"], state="dead", settled_at=NOON, trouble="is_archived", trouble_at=NOON, target="C0ACCT0001")
    client = sign_in("teamlead")
    (pk, channel), = lead.OFFERED.findall(client.get("/attention/").content.decode())
    assert int(pk) == row.pk
    assert client.post(f"/attention/{pk}/elsewhere/", lead.sending_elsewhere(channel)).status_code == 302
    assert row.later.get().target == channel


def elsewhere():
    """The message went to another channel, because a team lead asked for that."""
    history = make_history()
    history.tables["Delivery"][1].update(state="closed_not_sent", remote_id=None)
    history.tables["Delivery"].append(delivery(3, "eeee", "e-slack", "slack", "C9", "C9:1.5", origin_id=2))
    history.tables["Attempt"].append(attempt(3))
    message = next(one for one in history.ledger if one["n"] == 4)
    message.update(target="C9", key="eeee")
    moves = [("delivery.delivered", {"delivery": 1}), ("delivery.closed_not_sent", {"delivery": 2}), ("delivery.delivered", {"delivery": 3})]
    history.tables["AuditEvent"] = chain(("escalation.submitted", {}), *moves)
    history.intents[0].legs[1].elsewhere.append("C9")
    return history


def test_what_went_to_another_channel_is_sound_and_was_not_delivered_without_a_person():
    history = elsewhere()
    assert checker.check(history).counts == dict.fromkeys(checker.COUNTS, 0)
    assert checker.by_themselves(history)[:2] == (1, 2)


@pytest.mark.parametrize(
    ("spoil", "red"),
    [
        (lambda h: h.intents[0].legs[1].elsewhere.clear(), "wrong person or text"),
        (lambda h: h.ledger[-1].update(target="C8"), "wrong person or text"),
        (lambda h: h.ledger[-1].update(text="Other words"), "wrong person or text"),
        (lambda h: h.ledger.pop(), "lost"),
        (lambda h: h.ledger.append({**h.ledger[-1], "n": 9}), "duplicated"),
        (lambda h: h.ledger.append({**h.ledger[-1], "n": 9, "target": "G1", "key": POST_KEY}), "unexpected"),
        (lambda h: h.tables["Delivery"][1].update(state="delivered", remote_id="G1:1.5"), "half written"),
    ],
)  # fmt: skip
def test_each_way_to_send_elsewhere_wrongly_is_red(spoil, red):
    history = elsewhere()
    spoil(history)
    assert red in reds(history)


def in_the_end(state):
    """The message is received, and in the end it is said to be `state`."""
    history = make_history()
    history.tables["Delivery"][1].update(state=state, remote_id=None)
    history.tables["Escalation"][0]["state"] = "attention" if state == "dead" else "completed_with_problems"
    events = [("escalation.submitted", {}), ("delivery.delivered", {"delivery": 1}), (f"delivery.{state}", {"delivery": 2})]
    history.tables["AuditEvent"] = chain(*events)
    return history


@pytest.mark.parametrize("state", ["dead", "closed_not_sent"])
def test_not_sent_and_received_is_unexpected(state):
    assert "unexpected" in reds(in_the_end(state))


def test_closed_as_sent_and_never_received_is_false():
    history = in_the_end("closed_sent")
    history.tables["Escalation"][0]["state"] = "completed"
    assert reds(history) == set()
    history.ledger = [entry for entry in history.ledger if entry["n"] != 4]
    assert reds(history) == {"false delivered"}


@pytest.mark.parametrize("state", ["dead", "closed_not_sent"])
def test_a_notice_that_is_not_sent_and_was_received_is_unexpected(state):
    history = troubled(make_history())
    history.tables["Delivery"][2].update(state=state)
    events = [(one["action"], one["payload"]) for one in history.tables["AuditEvent"][:-1]]
    history.tables["AuditEvent"] = chain(*events, (f"delivery.{state}", {"delivery": 3}))
    assert reds(history) == {"unexpected"}


def test_what_a_person_sent_again_was_not_delivered_without_one():
    history = make_history()
    moves = ["dead", "pending", "delivered"]
    history.tables["AuditEvent"] = chain(
        ("escalation.submitted", {}), ("delivery.delivered", {"delivery": 1}), *((f"delivery.{state}", {"delivery": 2}) for state in moves)
    )
    assert checker.check(history).green
    done, every, others = checker.by_themselves(history)
    assert (done, every, len(others)) == (1, 2, 1)


def test_a_target_that_was_mended_can_receive_again():
    history = make_history()
    history.intents[0].legs[1].gone = history.intents[0].legs[1].mended = True
    assert checker.check(history).green
    assert checker.by_themselves(history) == (1, 1, [])
