"""What the checker says of Undo, Withdraw, *Not mine* and *Closed*: asked for, whole, and nothing after it."""

from datetime import datetime

from tests.faults.history import Intent
from tests.faults.sources import ARRIVED, NOT_SENT, TOLD, UNDER_WAY, Effects, Rows, words_of

ANSWERS = ("not_mine", "closed")
STOPS = ("undo", "withdraw", *ANSWERS)
STOPPED = ("escalation.withdrawn", "follow_up.not_mine", "follow_up.closed")  # in the audit log, beside "escalation.undone"


def check(findings, name: str, intent: Intent, escalation: dict, rows: Rows, effects: Effects) -> bool:
    """By whoever asked for it, wholly, and for good. Whether it was stopped, so that what had not arrived need not."""
    legs, reference = rows.legs(escalation), f"ESC-{escalation['id']}"
    undone, withdrawn = bool(rows.events[reference, "escalation.undone"]), bool(escalation["withdrawn_at"])
    stopped = {"undo": undone, "withdraw": withdrawn, **{what: escalation["follow_up"] == what for what in ANSWERS}}
    for what, is_so in stopped.items():
        if is_so and intent.then != what:
            findings.say("unexpected", f"{name}: {what}, which nobody asked for")
        if not is_so and (intent.draft, what) in rows.confirmed:
            findings.say("lost", f"{name}: {what} was confirmed, and is not there")
    for leg in legs if undone else ():
        if leg["state"] != "cancelled":
            findings.say("half written", f"{name} {leg['leg_key']}: undone, and it is {leg['state']}")
    for leg in legs:
        if withdrawn:
            _withdrawal(findings, f"{name} {leg['leg_key']}", leg, rows.withdrawals[leg["id"]], effects)
        _nothing_after(findings, f"{name} {leg['leg_key']}", intent, rows.tries[leg["id"]], rows)
    _answer(findings, name, intent, escalation, rows)
    return any(stopped.values())


def _nothing_after(findings, name: str, intent: Intent, tries: list[dict], rows: Rows) -> None:
    """Once somebody was told that it stops, nothing of it is tried any more; what was in hand by then may end."""
    at = rows.confirmed.get((intent.draft, intent.then)) if intent.then in STOPS else None
    for one in tries if at else ():
        begun = datetime.fromisoformat(one["started_at"]).timestamp()
        if begun > at:
            findings.say("unexpected", f"{name}: tried {begun - at:.1f} s after {intent.then} was confirmed")


def _answer(findings, name: str, intent: Intent, escalation: dict, rows: Rows) -> None:
    """An answer is on record once, however often it was pressed; a refusal with what prepares the next step."""
    said, reference = rows.follow_ups[escalation["id"]], f"ESC-{escalation['id']}"
    expected = [escalation["follow_up"]] if escalation["follow_up"] in ANSWERS else []
    if [one["what"] for one in said] != expected:
        findings.say("half written", f"{name}: {escalation['follow_up']}, and on record are {[one['what'] for one in said]}")
    for one in said:
        if len(rows.events[reference, f"follow_up.{one['what']}"]) != 1:
            findings.say("half written", f"{name}: {one['what']}, and the audit log does not say so once")
        if one["what"] == "not_mine" and not (one["draft_id"] and (one["correction_id"] or not intent.account_id)):
            findings.say("half written", f"{name}: refused, without its correction or the draft of the next step")


def _withdrawal(findings, name: str, leg: dict, found: list[dict], effects: Effects) -> None:
    """What had arrived is taken back once, in its own place: a message replaced, a note followed by another."""
    if leg["state"] in ARRIVED and leg["remote_id"] and not found:
        findings.say("lost", f"{name}: withdrawn, and nothing takes back what had arrived")
    for row in found:
        if leg["state"] not in ARRIVED:
            findings.say("unexpected", f"{name}: taken back, and it is {leg['state']}")
        if row["state"] in UNDER_WAY:
            findings.say("stuck", f"{name}: its withdrawal is {row['state']} in the end: {row['last_words']}")
        slack = row["system"] == "slack"
        happened = effects.updated(row["key"]) if slack else effects.under(row["key"])
        if row["state"] in ARRIVED and not happened:
            findings.say("lost", f"{name}: its withdrawal is {row['state']}, and nothing was changed")
        if happened and (row["state"] in NOT_SENT or row["state"] not in (*ARRIVED, *TOLD)):
            findings.say("unexpected", f"{name}: its withdrawal is {row['state']}, and was received")
        for extra in happened[1:] if not slack else ():  # replacing a message again by the same changes nothing
            findings.say("duplicated", f"{name}: its withdrawal was received again as effect {extra['n']}")
        for effect in happened:
            _effect(findings, name, leg, row, effect, effects)


def _effect(findings, name: str, leg: dict, row: dict, effect: dict, effects: Effects) -> None:
    content, words = row["content"], words_of(effect["text"], effect.get("blocks"))
    if row["system"] == "slack":
        there, meant = f"{effect['target']}:{effect['ts']}" == leg["remote_id"], words_of(content["text"], content["blocks"])
        removed = []
    else:
        there, meant = f"{effect['instance']}:{effect['target']}" == leg["target"], words_of(content["body"], None)
        removed = [(one["action"], one["user_email"]) for one in effects.beside(effect, "follower")]
    if not there or words != meant:
        findings.say("wrong person or text", f"{name}: withdrawn in {effect['target']}, or with other words")
    if removed not in ([], [("delete", content.get("remove_follower"))]):
        findings.say("wrong person or text", f"{name}: with its withdrawal {removed}")
