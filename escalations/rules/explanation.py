"""Why this person and this place: one readable chain from what was seen to what will be sent."""

from dataclasses import asdict, dataclass, replace

from .contacts import Contact
from .escaping import one_line
from .facts import Facts
from .names import name_asked, name_key, names_written
from .pauses import KEY as PAUSES
from .plan import Plan
from .readiness import NAMES, STALE
from .sources import unavailable
from .suggest import Suggestion
from .together import JOINS

MOST = 600  # characters of one link
# What the chain says of who is put on the ticket.
AS = {"follower": "as follower, unseen by the customer", "email_cc": "in cc: the customer sees the address, not this note"}


@dataclass(frozen=True)
class Because:
    """One link of the chain: `label` names the step, `seen_at` is ISO 8601 or "" where nothing was read.

    `source` is the service, where the label does not begin with it.
    """

    label: str
    text: str
    source: str = ""
    seen_at: str = ""
    refused: bool = False


def explain(plan: Plan, card: Suggestion | None, facts: Facts, version: int, chosen_by: str) -> tuple[Because, ...]:
    chain = (
        *_situation(plan, card, facts, version, chosen_by), *_answers(plan, facts), *_account(facts), *_names(facts), *_last_known(facts), *_steps(plan), *_absence(plan.contact, facts), *_places(plan, facts),
    )  # fmt: skip
    return tuple(replace(link, text=one_line(link.text, MOST)) for link in chain)


def as_json(chain: tuple[Because, ...]) -> list[dict]:
    return [asdict(link) for link in chain]


def as_text(links: list[dict]) -> str:
    """The kept chain as one line: each step with its service and when that was read."""
    return " → ".join(_step(**link) for link in links)


def _step(label: str, text: str, source: str = "", seen_at: str = "", refused: bool = False) -> str:
    read = ", ".join(filter(None, (source, f"read {seen_at[:16].replace('T', ' ')} UTC" if seen_at else "")))
    return f"{label}: {'not taken: ' if refused else ''}{text}" + (f" ({read})" if read else "")


def _situation(plan: Plan, card: Suggestion | None, facts: Facts, version: int, chosen_by: str):
    seen = facts.get("zendesk", "ticket")
    at = seen.seen_at.isoformat() if seen and seen.known else ""
    reasons = "; ".join(card.reasons) if card else ""
    if chosen_by == "facts" and card and card.deciding:
        yield Because("Situation", _deciding(card), "Zendesk", at)
    elif chosen_by == "facts":
        yield Because("Situation", "Selected by what was read before" + (f"; {reasons}" if reasons else ""))
    else:
        yield Because("Situation", "Chosen by the engineer" + (f"; {reasons}" if reasons else ""), "", at)
    yield Because("Row", f"{plan.scenario.title} (mapping v{version})")
    for row in plan.also:
        yield Because("Second reason", f"{row.title} (mapping v{version}; ticked by the engineer)")
    if plan.joins:
        yield Because("Joined", f"The thread of {plan.thread.reference}. {JOINS[plan.joins].partition(':')[0]} (chosen by the engineer)")


def _deciding(card: Suggestion) -> str:
    decided = "; ".join(card.deciding)
    also = "; ".join(reason for reason in card.reasons if reason not in card.deciding)
    which = "the only decisive reason" if len(card.deciding) == 1 else "the decisive reasons"
    return f"{decided[0].upper()}{decided[1:]}: {which}" + (f"; also, {also}" if also else "")


def _answers(plan: Plan, facts: Facts):
    for item in plan.flow.answered:
        if item.by == "nobody":
            yield Because("Question", f"{item.question.text} Not known, so it counts as “{item.choice.label}”")
        elif item.choice:
            who, read = (item.because, ("zendesk", "ticket")) if item.by == "facts" else ("answered by the engineer", ())
            yield Because("Question", f"{item.question.text} {item.choice.label} ({who})", *_read(facts, read))


def _account(facts: Facts):
    """Which account it is, where that was somebody's choice."""
    choice = facts.account_choice
    if choice:
        named = choice.get("named", choice.get("linked"))
        why = f"Salesforce has no account {named}" if named else "the ticket's organization names none"
        at = facts.get("portal", "account_choice").seen_at.isoformat()
        yield Because("Account", f"{choice['name']}, chosen by {choice['by']}: {why}", "", at)


def _names(facts: Facts):
    """Who it is that only a name stands for, where that was somebody's word."""
    for text in names_written(facts):
        choice = name_asked(facts, text).choice
        if choice:
            among = "the only one" if choice["among"] == 1 else f"one of {choice['among']}"
            said = f"“{text}” is {choice['name']} ({choice['email']}), said by {choice['by']}: {among} of that name in Slack"
            at = facts.get("portal", f"person_choice:{name_key(text)}").seen_at.isoformat()
            yield Because("Name", said, "", at)


def _last_known(facts: Facts):
    """Which services did not answer, and how old is what stands in for it."""
    for source, key, *_ in STALE:
        seen = facts.get(source, key)
        if seen and seen.stale:
            yield Because(NAMES[source], f"{seen.trouble}: what was read before is used", "", seen.seen_at.isoformat(), refused=True)


def _absence(contact: Contact, facts: Facts):
    """What was not to be had from Slack about whoever was found: that they are not away is not known then."""
    pauses = facts.get("slack", PAUSES)
    if contact.person and contact.slack_unread:
        yield Because("Absence", f"{contact.slack_unread}, so it is not known whether {contact.name} is away")
    elif contact.person and pauses and not pauses.known:
        yield Because("Absence", f"{unavailable('Slack', pauses)}, so it is not known whether {contact.name} has paused their notifications")


def _steps(plan: Plan):
    for step in plan.contact.trace:
        at = step.seen_at.isoformat() if step.seen_at else ""
        if step.outcome == "chosen":
            text = f"{step.found}{' (' + step.why + ')' if step.found and step.why else step.why}"
            yield Because(step.looked_in, text, "", at)
        else:
            yield Because(step.looked_in, step.why or "empty", "", at, refused=True)


def _places(plan: Plan, facts: Facts):
    for leg in plan.legs:
        for item in leg.place.refused:
            yield Because("Place", item.why, *_read(facts, item.read), refused=True)
        note = leg.place.note + (f", {plan.contact.name} {AS[leg.cc]}" if leg.cc else "")
        read = leg.place.read if leg.system == "slack" else ("zendesk", "ticket")
        unread = _unread(facts, read)
        yield Because("Place", leg.place.label + "".join(f" ({one})" for one in (note, unread) if one), *_read(facts, read))
        if leg.note:
            person = plan.contact.person
            asked = ("zendesk", f"person:{person.email.lower()}") if person else read
            yield Because("Place", leg.note.rstrip("."), *_read(facts, asked), refused=True)
        if leg.cc_because:
            yield Because("Cc by hand", f"{plan.contact.name} is in cc, seen by the customer, instead of a follower: “{leg.cc_because}”")


def _read(facts: Facts, key: tuple[str, str]) -> tuple[str, str]:
    """The service's name and when the value was read; nothing of what was not."""
    seen = facts.get(*key) if key else None
    return (NAMES[seen.source], seen.seen_at.isoformat()) if seen and seen.known else ("", "")


def _unread(facts: Facts, key: tuple[str, str]) -> str:
    """That the value was not read, with the reason where there is one; "" where it was, or where it is none that is read."""
    seen = facts.get(*key) if key else None
    if not key or seen and seen.known:
        return ""
    return f"not read: {unavailable(NAMES[key[0]], seen)}" if seen else "not read"
