"""The sources of a History, arranged for comparing: the sandbox's effects by their words, the tables by what they hang on."""

import json
import re
from collections import defaultdict

from tests.faults.history import History, Intent

BOT = "U0ESCPORTAL"
# What the portal does on the way to an effect, and what is a part of one.
MEANS = ("conversation_opened", "joined")
MESSAGES, NOTES = ("message",), ("note", "public_comment")
UNDER_WAY = ("pending", "sending", "uncertain")
ARRIVED = ("delivered", "closed_sent")
NOT_SENT = ("cancelled", "dead", "closed_not_sent")
TOLD = ("dead", "needs_a_person", "closed_sent", "closed_not_sent")  # somebody knows


class Effects:
    """The ledger, by what was said where; each effect can be matched once."""

    def __init__(self, ledger: list[dict]):
        self.ledger = ledger
        self.matched = set()
        self.said, self.by_key, self.by_audit, self.updates = (defaultdict(list) for _ in range(4))
        self.members = {}
        for entry in ledger:
            if entry["kind"] in MESSAGES + NOTES:
                self.said[words_of(entry["text"], entry.get("blocks"))].append(entry)
                self.by_key[entry["key"]].append(entry)
            if entry["kind"] == "message_updated":
                self.updates[entry["key"]].append(entry)
            if entry["kind"] == "conversation_opened":
                self.members[entry["target"]] = set(entry["members"])
            if entry.get("audit_id"):
                self.by_audit[entry["audit_id"]].append(entry)

    def of(self, text: str, blocks, key: str) -> list[dict]:
        """Effects with these words, or with this key: the same thing said in other words is found as well."""
        found = {entry["n"]: entry for entry in [*self.said[words_of(text, blocks)], *self.under(key)]}
        self.matched |= set(found)
        return [found[n] for n in sorted(found)]

    def under(self, key: str) -> list[dict]:
        """Messages and notes with this key."""
        found = self.by_key[key] if key else []
        self.matched |= {entry["n"] for entry in found}
        return found

    def updated(self, key: str) -> list[dict]:
        """Messages that were replaced under this key."""
        self.matched |= {entry["n"] for entry in self.updates[key]}
        return self.updates[key]

    def beside(self, note: dict, kind: str) -> list[dict]:
        """Other effects of the same update of a ticket."""
        found = [entry for entry in self.by_audit[note["audit_id"]] if entry["kind"] == kind]
        self.matched |= {entry["n"] for entry in found}
        return found

    def mails(self) -> dict[str, set[tuple[str, str]]]:
        """Who got which words, by the key in the Message-ID. The same mail again is shown once, and counts once."""
        found = defaultdict(set)
        for entry in self.ledger:
            if entry["kind"] == "email":
                found[entry["key"]].add((entry["target"], words_of(entry["text"], None)))
                self.matched.add(entry["n"])
        return found

    def unmatched(self) -> list[dict]:
        return [entry for entry in self.ledger if entry["n"] not in self.matched and entry["kind"] not in MEANS]

    def is_there(self, effect: dict, target: str) -> bool:
        """Whether the effect is where it was meant to be."""
        if effect["system"] == "zendesk":
            return target == f"{effect['instance']}:{effect['target']}"
        kind, _, rest = target.partition(":")
        if kind == "group":
            alone = not effect.get("thread_ts")
            return alone and self.members.get(effect["target"], set()) - {BOT} == set(rest.split(","))
        return effect["target"] == kind and (effect.get("thread_ts") or "") == rest


class Rows:
    """The tables, by what they hang on."""

    def __init__(self, history: History):
        tables = history.tables
        self.drafts = {row["id"]: row["state"] for row in tables["Draft"]}
        self.by_draft = defaultdict(list)
        for row in tables["Escalation"]:
            self.by_draft[row["draft_id"]].append(row)
        self.deliveries = defaultdict(list)
        for row in tables["Delivery"]:
            self.deliveries[row["escalation_id"]].append(row)
        self.all = tables["Delivery"]
        self.withdrawals = defaultdict(list)
        for row in self.all:
            if row["purpose"] == "withdrawal":
                self.withdrawals[row["origin_id"]].append(row)
        self.tries = defaultdict(list)
        for row in tables["Attempt"]:
            self.tries[row["delivery_id"]].append(row)
        self.told = {answer.draft for answer in history.answers if sent_to(answer)}
        # Undo leads to the draft again, a correction to all corrections, the others back to the escalation: when that was first said, in seconds.
        self.confirmed = {}
        for answer in history.answers:
            if answer.state == 302 and answer.what != "send":
                at = self.confirmed.get((answer.draft, answer.what), answer.at)
                self.confirmed[answer.draft, answer.what] = min(at, answer.at)
        self.follow_ups = defaultdict(list)
        for row in tables["FollowUp"]:
            self.follow_ups[row["escalation_id"]].append(row)
        self.corrections = defaultdict(list)
        for row in tables["Correction"]:
            self.corrections[row["account_id"], row["email"]].append(row)
        self.events = defaultdict(list)
        for event in tables["AuditEvent"]:
            self.events[event["object"], event["action"]].append(event)

    def corrected(self, intent: Intent) -> list[dict]:
        """What was said of who was to be told by name, on their account."""
        return self.corrections[intent.account_id, intent.contact.lower()] if intent.contact else []

    def legs(self, escalation: dict) -> list[dict]:
        """The deliveries that were reviewed, without what tells of them and what takes them back."""
        return [row for row in self.deliveries[escalation["id"]] if row["purpose"] not in ("notice", "withdrawal")]


def sent_to(answer) -> str:
    """The escalation's address that an answer leads to, "" when it leads to none."""
    return answer.location if answer.state == 302 and "/escalations/" in answer.location else ""


ANSWER_LINK = re.compile(r"(?:Answer here|On record): \S*/a/ESC-\d+\S*$")


def words_of(text: str, blocks) -> str:
    """What was said, without differences that no reader sees, and without the link that the reviewed words did not have yet."""
    told = [block for block in blocks or () if not ANSWER_LINK.search(str((block.get("text") or {}).get("text", "")))]
    plain = " ".join(ANSWER_LINK.sub("", str(text).rstrip()).split())
    return plain + (json.dumps(told, sort_keys=True) if told else "")


def links_to(effect: dict) -> set[str]:
    """The references of the escalations whose answer page the message or note leads to."""
    return set(re.findall(r"/a/(ESC-\d+)", f"{effect['text']} {json.dumps(effect.get('blocks'))}"))
