"""Compares what was meant, what was applied, what the tables say and what the audit log says. A pure function of a History.

Eight counts, each with its findings in words; in a sound run all are empty.
"""

from collections import Counter
from dataclasses import replace

from escalations.gateways.slack_shapes import mark
from escalations.rules.audit_chain import first_break
from escalations.rules.states import escalation_state
from tests.faults import correcting, stopping
from tests.faults.history import History, Intent, Leg
from tests.faults.sources import ARRIVED, MESSAGES, NOT_SENT, TOLD, UNDER_WAY, Effects, Rows, links_to, words_of

COUNTS = (
    "lost", "duplicated", "unexpected", "wrong person or text", "public leak", "false delivered", "stuck", "half written",
)  # fmt: skip
LEADS = ("C0SUPLEADS1", "tom.okafor@example.com")  # where team leads are told: the demo has one
NOTICE = "notice"


class Findings(dict):
    """The eight counts, each a list of sentences."""

    def __init__(self):
        super().__init__({name: [] for name in COUNTS})

    def say(self, count: str, words: str) -> None:
        self[count].append(words)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(found) for name, found in self.items()}

    @property
    def green(self) -> bool:
        return not any(self.values())


def check(history: History) -> Findings:
    findings, effects = Findings(), Effects(history.ledger)
    rows = Rows(history)
    for intent in history.intents:
        _check_intent(findings, intent, rows, effects, history)
    _check_notices(findings, history, rows, effects)
    _check_receipts(findings, rows, effects)
    _check_public(findings, history, effects)
    _check_whole(findings, history, rows)
    for effect in effects.unmatched():
        findings.say("unexpected", f"{effect['kind']} in {effect['target']}: {str(effect.get('text'))[:80]!r}")
    return findings


def _check_intent(findings, intent: Intent, rows: Rows, effects: Effects, history: History) -> None:
    found = rows.by_draft.get(intent.draft, [])
    name = f"ticket {intent.ticket}"
    for row in found[1:]:
        findings.say("duplicated", f"{name}: another escalation, ESC-{row['id']}, of the same draft")
    if not intent.pressed:
        for row in found:
            findings.say("unexpected", f"{name}: ESC-{row['id']} although nobody pressed Send")
        return
    if not found:
        for leg in intent.legs if intent.draft in rows.told else ():
            findings.say("lost", f"{name} {leg.key}: the escalation was confirmed and is not there")
        return
    given_up = stopping.check(findings, name, intent, found[0], rows, effects)
    correcting.check(findings, name, intent, found[0], rows, effects)
    legs = rows.legs(found[0])
    by_key = {row["leg_key"]: row for row in legs if not row["origin_id"]}
    for leg in intent.legs:
        instead = [row for row in legs if row["origin_id"] and row["leg_key"] == leg.key]
        _check_leg(findings, f"{name} {leg.key}", leg, by_key.get(leg.key), effects, given_up, {row["key"] for row in instead})
        for row in instead:
            _check_instead(findings, f"{name} {leg.key} in {row['target']}", leg, row, legs, effects, given_up)


def _check_instead(findings, name: str, leg: Leg, row: dict, legs: list[dict], effects: Effects, given_up: bool) -> None:
    """The same words at another target, because a team lead asked for that; the one that it stands in for was not sent."""
    if row["target"] not in leg.elsewhere:
        findings.say("wrong person or text", f"{name}: which nobody asked for")
    before = next(one for one in legs if one["id"] == row["origin_id"])
    if before["state"] != "closed_not_sent":
        findings.say("half written", f"{name}: it stands in for one that is {before['state']}")
    others = {one["key"] for one in legs} - {row["key"]}
    _check_leg(findings, name, replace(leg, target=row["target"], gone=False), row, effects, given_up, others)


def _check_leg(findings, name: str, leg: Leg, row: dict | None, effects: Effects, given_up: bool, others: set[str]) -> None:
    """`others`: keys of deliveries with the same words."""
    if row is None:
        findings.say("half written", f"{name}: the escalation has no such delivery")
    happened = [one for one in effects.of(leg.text, leg.blocks, row["key"] if row else "") if one["key"] not in others]
    state = row["state"] if row else "missing"
    if not happened and state not in UNDER_WAY + TOLD and not (given_up and state == "cancelled"):
        findings.say("lost", f"{name}: it is {state}, and nothing was received")
    if happened and state in NOT_SENT:
        findings.say("unexpected", f"{name}: it is {state}, and was received as effect {happened[0]['n']}")
    if not happened and state == "closed_sent":
        findings.say("false delivered", f"{name}: closed as sent, and nothing was received")
    if leg.gone and not leg.mended and state in ARRIVED:
        findings.say("false delivered", f"{name}: {state} to a target that can receive nothing")
    for extra in happened[1:]:
        findings.say("duplicated", f"{name}: received again as effect {extra['n']} ({state})")
    if row and state in UNDER_WAY:
        findings.say("stuck", f"{name}: {state} in the end, after {row['attempts']} attempts: {row['last_words']}")
    for effect in happened:
        _check_effect(findings, name, leg, effect, effects)
        if row and links_to(effect) != {f"ESC-{row['escalation_id']}"}:
            findings.say("wrong person or text", f"{name}: without the link to answer by")


def _check_effect(findings, name: str, leg: Leg, effect: dict, effects: Effects) -> None:
    wrong = []
    if not effects.is_there(effect, leg.target):
        wrong.append(f"in {effect['target']} instead of {leg.target}")
    if words_of(effect["text"], effect.get("blocks")) != words_of(leg.text, leg.blocks):
        wrong.append("with other words")
    if leg.system == "zendesk":
        followers = [entry["user_email"] for entry in effects.beside(effect, "follower") if entry["action"] == "put"]
        copied = [str(entry["user"]) for entry in effects.beside(effect, "email_cc")]
        if followers not in ([leg.follower], []) or (followers == [] and leg.follower):
            wrong.append(f"followed by {followers} instead of {leg.follower}")
        if copied != ([leg.cc] if leg.cc else []):
            wrong.append(f"with {copied} in copy instead of {leg.cc}")
    for words in wrong:
        findings.say("wrong person or text", f"{name}: {words}")


def _check_public(findings, history: History, effects: Effects) -> None:
    meant = {(leg.target, leg.cc) for intent in history.intents for leg in intent.legs if leg.cc}
    for entry in effects.ledger:
        if entry["kind"] == "public_comment":
            findings.say("public leak", f"ticket {entry['target']}: a note that the customer can read")
        if entry["kind"] == "email_cc" and (f"{entry['instance']}:{entry['target']}", str(entry["user"])) not in meant:
            findings.say(
                "public leak", f"ticket {entry['target']}: {entry['user_email']} in copy, which nobody reviewed"
            )
        if entry.get("broadcast"):
            findings.say("public leak", f"{entry['target']}: a message that calls everybody")


def _check_notices(findings, history: History, rows: Rows, effects: Effects) -> None:
    """Trouble is told to the author; e-mail may come twice under one Message-ID, which is once."""
    emails = {intent.draft: intent.author_email for intent in history.intents}
    mails = effects.mails()
    for draft, found in rows.by_draft.items():
        for escalation in found:
            legs = rows.deliveries[escalation["id"]]
            notices = [row for row in legs if row["purpose"] == NOTICE]
            told = {row["origin_id"] for row in notices if address_of(row) == emails.get(draft) and row["leg_key"] == NOTICE}
            for leg in legs:
                if leg["state"] in ("dead", "needs_a_person") and leg["purpose"] != NOTICE and leg["id"] not in told:
                    findings.say(
                        "lost",
                        f"ESC-{escalation['id']}: delivery {leg['id']} is in trouble, and its author was not told",
                    )
            for row in notices:
                _check_notice(findings, row, {emails.get(draft), *LEADS}, effects, mails.pop(row["key"], set()))
    for key, said in mails.items():
        findings.say("unexpected", f"e-mail {key}: {sorted(said)}")


def address_of(notice: dict) -> str:
    return notice["target"].removeprefix("person:")


def _check_notice(findings, row: dict, meant: set, effects: Effects, mailed: set) -> None:
    name, content = f"notice {row['id']}", row["content"]
    if address_of(row) not in meant:
        findings.say("wrong person or text", f"{name}: to {row['target']}, which is neither its author nor a team lead")
    if row["state"] in UNDER_WAY:
        findings.say("stuck", f"{name}: {row['state']} in the end: {row['last_words']}")
    if row["system"] == "email":
        if row["state"] == "delivered" and not mailed:
            findings.say("lost", f"{name}: no e-mail with its key")
        if row["state"] in NOT_SENT and mailed:
            findings.say("unexpected", f"{name}: it is {row['state']}, and was received")
        if mailed - {(row["target"], words_of(f"{content['subject']} {content['body']}", None))}:
            findings.say("wrong person or text", f"{name}: {sorted(mailed)}")
        return
    happened = effects.under(row["key"])  # two causes may be told in the same words
    if row["state"] in NOT_SENT and happened:
        findings.say("unexpected", f"{name}: it is {row['state']}, and was received")
    for effect in happened:
        if words_of(effect["text"], effect["blocks"]) != words_of(content["text"], content["blocks"]):
            findings.say("wrong person or text", f"{name}: with other words")
    for extra in happened[1:]:
        findings.say("duplicated", f"{name}: received again as effect {extra['n']}")


def _check_receipts(findings, rows: Rows, effects: Effects) -> None:
    """Delivered means: the service has exactly what the receipt names, under this delivery's key."""
    there = {}
    for entry in effects.ledger:
        if entry["kind"] in MESSAGES:
            there["slack", f"{entry['target']}:{entry['ts']}"] = entry["key"]
        elif entry["kind"] == "message_updated":
            there["slack", f"{entry['target']}:{entry['ts']}:{mark(entry['key'])}"] = entry["key"]
        elif entry.get("audit_id"):
            there["zendesk", f"{entry['instance']}:{entry['target']}:{entry['audit_id']}"] = entry["key"]
    for row in rows.all:
        if (
            row["state"] == "delivered"
            and row["system"] != "email"
            and there.get((row["system"], row["remote_id"])) != row["key"]
        ):
            findings.say(
                "false delivered", f"delivery {row['id']} of ESC-{row['escalation_id']}: receipt {row['remote_id']}"
            )


def _check_whole(findings, history: History, rows: Rows) -> None:
    """Everything that is written in one transaction is there together, or not at all."""
    say = lambda words: findings.say("half written", words)  # noqa: E731
    for draft, found in rows.by_draft.items():
        if rows.drafts.get(draft) != "submitted":
            say(f"draft {draft} has an escalation and is {rows.drafts.get(draft)}")
        for row in found:
            _check_escalation(say, row, rows)
    for draft, state in rows.drafts.items():
        if state == "submitted" and not rows.by_draft.get(draft):
            say(f"draft {draft} is submitted and has no escalation")
    for row in rows.all:
        _check_tries(say, row, rows.tries[row["id"]])
    numbers = {f"ESC-{row['id']}" for found in rows.by_draft.values() for row in found}
    for (thing, action), events in rows.events.items():
        if action == "escalation.submitted" and (thing not in numbers or len(events) > 1):
            say(
                f"{thing} is submitted in the audit log, {len(events)} times, and is{' not' * (thing not in numbers)} there"
            )
    chain = [({name: event[name] for name in ("seq", "at", "actor", "action", "object", "payload")}, event["prev"], event["hash"])
             for event in history.tables["AuditEvent"]]  # fmt: skip
    broken = first_break(history.audit_key, chain)
    if broken is not None:
        say(f"the audit chain is broken at {broken}")


def _check_escalation(say, row: dict, rows: Rows) -> None:
    name, legs = f"ESC-{row['id']}", [leg for leg in rows.deliveries[row["id"]] if leg["purpose"] != NOTICE]
    if not rows.events[name, "escalation.submitted"]:
        say(f"{name} is not in the audit log")
    replaced = {leg["origin_id"] for leg in legs if leg["purpose"] != "withdrawal"}
    expected = escalation_state([leg["state"] for leg in legs if leg["id"] not in replaced], row["state"])
    if row["state"] != expected:
        say(f"{name} is {row['state']}, and its deliveries say {expected}")
    for leg in rows.deliveries[row["id"]]:
        if leg["state"] not in ("pending", "sending"):
            said = [
                e for e in rows.events[name, f"delivery.{leg['state']}"] if e["payload"].get("delivery") == leg["id"]
            ]
            if not said:
                say(f"delivery {leg['id']} of {name} is {leg['state']}, and the audit log does not say so")


def _check_tries(say, row: dict, tries: list[dict]) -> None:
    still_open = [one for one in tries if one["ended_at"] is None]
    if len(still_open) != (row["state"] == "sending"):
        say(f"delivery {row['id']} is {row['state']} with {len(still_open)} open attempts")
    if sorted(one["n"] for one in tries) != list(range(1, len(tries) + 1)):
        say(f"delivery {row['id']}: its attempts have gaps")


def by_themselves(history: History) -> tuple[int, int, list[str]]:
    """(delivered without a person, all that were to be delivered, what the others wait for).

    Left out is what was undone, withdrawn, refused, closed or corrected before all of it had arrived, and what has a target
    that is gone; notices as well. What ever waited for a person was not delivered without one, whatever became of it.
    """
    rows, done, every, others = Rows(history), 0, 0, []
    waited = {
        event["payload"].get("delivery")
        for (_, action), events in rows.events.items()
        for event in events
        if action in ("delivery.dead", "delivery.needs_a_person")
    }
    for intent in history.intents:
        gone = {leg.key for leg in intent.legs if leg.gone}
        for row in rows.by_draft.get(intent.draft, [])[:1]:
            # What stands in for another one is a person's doing.
            legs = [leg for leg in rows.legs(row) if leg["leg_key"] not in gone and not leg["origin_id"]]
            for leg in legs if not _cut_short(intent, row, legs, rows) else ():
                every += 1
                by_itself = leg["state"] == "delivered" and leg["id"] not in waited
                done += by_itself
                if not by_itself:
                    others.append(
                        f"ESC-{row['id']} {leg['leg_key']} {leg['state']}: {leg['trouble']}, {leg['last_words']}"
                    )
    return done, every, others


def _cut_short(intent: Intent, row: dict, legs: list[dict], rows: Rows) -> bool:
    """Whether it was stopped or corrected while some of it had not arrived: the audit log says what came first."""
    reference = f"ESC-{row['id']}"
    events = [event for action in ("escalation.undone", *stopping.STOPPED) for event in rows.events[reference, action]]
    stopped = [event["seq"] for event in [*events, *correcting.recorded(intent, rows)]]
    arrived = {event["payload"].get("delivery"): event["seq"] for state in ARRIVED for event in rows.events[reference, f"delivery.{state}"]}
    return bool(stopped) and any(arrived.get(leg["id"], min(stopped)) >= min(stopped) for leg in legs)


def causes(others: list[str]) -> Counter:
    return Counter(line.partition(" ")[2].partition(" ")[2] for line in others)
