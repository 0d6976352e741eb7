"""What the checker says of Undo and Withdraw: asked for, whole, and for good."""

from tests.faults.history import Intent
from tests.faults.sources import ARRIVED, NOT_SENT, TOLD, UNDER_WAY, Effects, Rows, words_of


def check(findings, name: str, intent: Intent, escalation: dict, rows: Rows, effects: Effects) -> bool:
    """Undone or withdrawn: by whoever asked for it, wholly, and for good. Whether it was either."""
    legs, undone = rows.legs(escalation), bool(rows.events[f"ESC-{escalation['id']}", "escalation.undone"])
    for what, is_so in (("undo", undone), ("withdraw", bool(escalation["withdrawn_at"]))):
        if is_so and intent.then != what:
            findings.say("unexpected", f"{name}: {what}, which nobody asked for")
        if not is_so and (intent.draft, what) in rows.taken_back:
            findings.say("lost", f"{name}: {what} was confirmed, and is not there")
    for leg in legs if undone else ():
        if leg["state"] != "cancelled":
            findings.say("half written", f"{name} {leg['leg_key']}: undone, and it is {leg['state']}")
    if escalation["withdrawn_at"]:
        for leg in legs:
            _withdrawal(findings, f"{name} {leg['leg_key']}", leg, rows.withdrawals[leg["id"]], effects)
    return undone or bool(escalation["withdrawn_at"])


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
