"""What the checker says of corrections after Send: recorded once, and whom one names is told by nothing that begins after it.

It stops nothing else: the other deliveries go on, and what is not sent is in trouble, of which its author is told as of any.
"""

from datetime import datetime

from tests.faults.history import Intent
from tests.faults.sources import Effects, Rows

SAYING_SO = ("corrected", "not_mine")  # what is not theirs is remembered as a correction as well
NOT_READ = "could not be asked whether it is there"
MISTAKE = "The portal made a mistake"  # such as where the database was away while it was asked


def check(findings, name: str, intent: Intent, escalation: dict, rows: Rows, effects: Effects) -> None:
    _record(findings, name, intent, rows)
    at = rows.confirmed.get((intent.draft, "corrected"))
    for leg in rows.legs(escalation):
        tries = rows.tries[leg["id"]]
        if intent.then not in SAYING_SO and any(map(held_back, tries)):
            findings.say("unexpected", f"{name} {leg['leg_key']}: not sent because of a correction, which nobody asked for")
        if at and _names_somebody(leg):
            _not_told(findings, f"{name} {leg['leg_key']}", leg, tries, at, effects)


def held_back(attempt: dict) -> bool:
    """Whether it ended because somebody had said that its person is not to be told."""
    return attempt["outcome"] == "stopped"


def recorded(intent: Intent, rows: Rows) -> list[dict]:
    """The events of the audit log that say so."""
    return [event for row in rows.corrected(intent) for event in rows.events[f"COR-{row['id']}", "correction.recorded"]]


def _record(findings, name: str, intent: Intent, rows: Rows) -> None:
    found = rows.corrected(intent)
    if found and intent.then not in SAYING_SO:
        findings.say("unexpected", f"{name}: a correction, which nobody asked for")
    if not found and (intent.draft, "corrected") in rows.confirmed:
        findings.say("lost", f"{name}: its correction was confirmed, and is not there")
    for row in found[1:]:
        findings.say("duplicated", f"{name}: another correction of the same, COR-{row['id']}")
    if len(recorded(intent, rows)) != len(found):
        findings.say("half written", f"{name}: its correction, and the audit log does not say so once")


def _names_somebody(leg: dict) -> bool:
    return bool(leg["mentions"] or leg["cc"] or leg["target"].startswith("group:"))


def _not_told(findings, name: str, leg: dict, tries: list[dict], at: float, effects: Effects) -> None:
    """What was in hand by then may end. An attempt that begins later may still find that an earlier one has arrived."""
    late = {one["n"]: seconds for one in tries if (seconds := datetime.fromisoformat(one["started_at"]).timestamp() - at) > 0}
    for one in tries:
        if one["n"] in late and not _ended_before_the_write(one):
            findings.say("wrong person or text", f"{name}: tried {late[one['n']]:.1f} s after it was corrected: {one['outcome']}, {one['words']}")
    for effect in effects.under(leg["key"]) if len(late) == len(tries) else ():
        findings.say("wrong person or text", f"{name}: received as effect {effect['n']}, all of it after it was corrected")


def _ended_before_the_write(attempt: dict) -> bool:
    """As far as it tells: of one that ended with its worker, or with a mistake, only the ledger does."""
    words = attempt["words"]
    return attempt["outcome"] in ("found", "interrupted") or held_back(attempt) or NOT_READ in words or words.startswith(MISTAKE)
