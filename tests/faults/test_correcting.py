"""What the checker says of a correction: it is there, and nobody whom it names is told by what begins after it. Each seen by one change."""

import pytest

from escalations.actions import delivery as delivery_actions
from escalations.models import Correction
from tests.faults import checker
from tests.faults.driver import form_of
from tests.faults.history import Answer, History
from tests.faults.test_checker import POST_KEY, again, attempt, chain, make_history, reds, troubled
from tests.faults.test_stopping import NOTE, POST, SAID_AT, SUBMITTED, entry

RECORDED = ("correction.recorded", {}, "COR-3")
ACCOUNT, WHO = "0015e0000000001AAA", "csm@example.com"
NOT_SENT = {"outcome": "stopped", "words": delivery_actions.SAID_OTHERWISE.format("COR-3", "Cy Mann is not to be told")}
DEAD = [("delivery.dead", {"delivery": 2}), ("delivery.delivered", {"delivery": 3})]  # and its author is told
BEFORE, AFTER = "2026-11-24T01:59:59+00:00", "2026-11-24T02:00:02+00:00"


def corrected() -> History:
    """The note had arrived; the message, which names the person, was tried after it was said, and was not sent. Its author was told."""
    history = troubled(make_history())
    history.intents[0].then, history.intents[0].account_id, history.intents[0].contact = "corrected", ACCOUNT, "CSM@example.com"
    history.tables["Delivery"][0]["cc"], history.tables["Delivery"][1]["mentions"] = "follower", "Cy Mann"
    history.tables["Attempt"][0]["started_at"] = BEFORE
    history.tables["Attempt"][1].update(started_at=AFTER, **NOT_SENT)
    history.tables["Correction"] = [{"id": 3, "account_id": ACCOUNT, "email": WHO}]
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, RECORDED, *DEAD)
    history.answers.append(Answer("d1", 302, "/corrections/", SAID_AT + 1, what="corrected"))
    return history


def told() -> History:
    """The message was received all the same, by an attempt that was `delivered`."""
    history = corrected()
    history.ledger = [one for one in history.ledger if one["kind"] != "email"] + [entry(make_history(), 4)]
    history.tables["Delivery"] = [history.tables["Delivery"][0], {**make_history().tables["Delivery"][1], "mentions": "Cy Mann"}]
    history.tables["Attempt"] = [history.tables["Attempt"][0], {**attempt(2), "started_at": AFTER}]
    history.tables["Escalation"][0]["state"] = "completed"
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, RECORDED, POST)
    return history


def test_what_was_not_sent_because_of_it_is_sound_and_was_not_to_be_delivered():
    history = corrected()
    assert checker.check(history).counts == dict.fromkeys(checker.COUNTS, 0)
    assert checker.by_themselves(history) == (0, 0, [])


@pytest.mark.parametrize(
    ("spoil", "red"),
    [
        (lambda h: h.tables["Correction"].clear(), "lost"),
        (lambda h: h.tables["Correction"].append({**h.tables["Correction"][0], "id": 4}), "duplicated"),
        (lambda h: h.tables.update(AuditEvent=chain(SUBMITTED, NOTE, *DEAD)), "half written"),
        (lambda h: h.intents[0].__setattr__("then", ""), "unexpected"),
        (lambda h: (h.intents[0].__setattr__("then", ""), h.tables["Correction"].clear()), "unexpected"),
        (lambda h: h.tables["Attempt"][1].update(outcome="permanent", words="Slack knows no such channel."), "wrong person or text"),
        (lambda h: h.tables["Attempt"][1].update(outcome="not_sent"), "wrong person or text"),
        (lambda h: h.tables["Attempt"][1].update(outcome="ambiguous", words="Slack did not answer."), "wrong person or text"),
        (lambda h: h.tables["Attempt"][0].update(started_at=AFTER), "wrong person or text"),
        (lambda h: h.tables["Delivery"].pop(2), "lost"),
    ],
)  # fmt: skip
def test_each_way_to_go_on_after_a_correction_is_red(spoil, red):
    history = corrected()
    assert not reds(history)
    spoil(history)
    assert red in reds(history)


@pytest.mark.parametrize("names", [{"mentions": "Cy Mann"}, {"mentions": "", "cc": "follower"}, {"mentions": "", "target": "group:U1,U2"}])
def test_who_was_told_after_it_is_a_wrong_person(names):
    history = told()
    history.tables["Delivery"][1].update(names)
    assert reds(history) == {"wrong person or text"}


def test_a_channel_without_a_mention_may_be_told_after_it():
    history = told()
    history.intents[0].legs[1].target = history.tables["Delivery"][1]["target"] = entry(history, 4)["target"] = "C1"
    history.tables["Delivery"][1].update(mentions="", remote_id="C1:1.5")
    assert not reds(history)


def test_what_had_begun_before_it_may_end_so():
    history = told()
    history.tables["Attempt"][1]["started_at"] = BEFORE
    assert not reds(history)


@pytest.mark.parametrize(
    "later",
    [
        {"outcome": "found"}, {"outcome": "interrupted", "words": "The worker stopped during this attempt."},
        {"outcome": "not_sent", "words": "Slack could not be asked whether it is there: 503."}, NOT_SENT,
    ],
)  # fmt: skip
def test_after_an_attempt_that_began_before_it_only_a_look_may_follow(later):
    history = told()
    history.tables["Attempt"][1].update(started_at=BEFORE, outcome="ambiguous")
    history.tables["Attempt"].append({**attempt(2, 2), "started_at": AFTER, **later})
    assert not reds(history)


@pytest.mark.parametrize("outcome", ["found", "interrupted"])
def test_who_can_have_been_told_by_what_began_after_it_only_is_a_wrong_person(outcome):
    history = told()
    history.tables["Attempt"][1].update(outcome=outcome)
    assert reds(history) == {"wrong person or text"}


def test_a_correction_that_nobody_confirmed_may_be_there_and_stop_it():
    history = corrected()
    history.answers.pop()
    assert not reds(history)
    history.tables["Correction"].clear()
    history.tables["Attempt"][1].update(words="Slack knows no such channel.")
    assert not reds(history)


def test_not_mine_says_so_as_well_and_may_stop_what_is_in_hand():
    history = corrected()
    history.intents[0].then = "not_mine"
    assert not reds(history)


def test_what_is_received_twice_or_though_it_is_dead_is_red_as_ever():
    history = corrected()
    history.ledger.append(entry(make_history(), 4))
    assert {"unexpected", "wrong person or text"} <= reds(history)
    history = told()
    again(history, 4)["key"] = POST_KEY
    assert "duplicated" in reds(history)


def test_what_was_corrected_when_all_of_it_had_arrived_was_delivered_without_a_person():
    history = told()
    history.tables["AuditEvent"] = chain(SUBMITTED, NOTE, POST, RECORDED)
    assert checker.by_themselves(history) == (2, 2, [])


def test_it_is_recorded_as_it_is_pressed(sign_in, people, mapping, sandbox):
    intent = corrected().intents[0]
    path, given = form_of(intent, "/escalations/7/")
    assert sign_in("engineer").post(path, given).status_code == 302
    row = Correction.objects.get()
    assert (row.account_id, row.email, row.instead, row.escalation) == (ACCOUNT, WHO, "next_step", None)
