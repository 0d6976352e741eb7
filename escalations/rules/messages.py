"""From facts to finished text: the parts of a message, and each part's Slack, note and copy-paste form."""

from dataclasses import dataclass, field
from datetime import date, datetime

from . import escaping
from .calendar import spoken_day, spoken_duration, spoken_instant
from .clocks import own, slack_times
from .contacts import Contact
from .facts import CustomerFacts, LastReply, TicketFacts
from .first_line import first_sentence, fitted, room, to_whom
from .mapping import Mapping, Role, Scenario
from .templates import render
from .why_you import NO_REASON, Why

PRIORITIES = {
    "urgent": "an emergency",
    "high": "a high-priority problem",
    "normal": "a normal-priority problem",
    "low": "a low-priority problem",
}
# The parts that an engineer may change in place, in the order of the page, with the page's label.
EDITABLE = {"situation": "Situation", "ask": "Ask", "told": "Customer was told", "previous": "Previous attempts"}
SHARED = ("told", "previous")  # they belong to the ticket, not to a row
WITHHELD = "Nobody by name: somebody said so for this customer, and the portal has it on record."
# Not the mapping's words for nobody: those say that there is nobody, which is not known then.
NOT_LOOKED_UP = "The {} could not be looked up, so nobody is tagged."
MOST_SUBJECT = 100
MAX_PART = 600
NO_REPLY = LastReply()
MAX_SECTION = 2900  # Slack refuses a section of more than 3,000 characters


@dataclass(frozen=True)
class Parts:
    """The finished parts of one message, plain text, not yet escaped for any channel."""

    opening: str
    to: str
    customer: str
    customer_url: str
    ticket: str
    ticket_url: str
    situation: str
    ask: str
    told: str
    previous: str
    author: str
    # The name of whoever it is for, or their role; why they; what else is known of the ticket; the instants that stand in all this.
    who: str = ""
    why: Why = NO_REASON
    more: str = ""
    instants: dict[str, datetime] = field(default_factory=dict)

    @property
    def first_line(self) -> str:
        """Where nobody is mentioned."""
        return to_whom(self.who, self.opening)


def values(
    ticket: TicketFacts,
    customer: CustomerFacts | None,
    contact: Contact,
    role: Role,
    author: str,
    now: datetime,
    ask_by,
    restricted: bool,
    earlier: str,
    reply: LastReply,
) -> dict:
    """What a template may speak of. Of a restricted ticket nothing is named but its number.

    What may be missing is None: to Liquid an empty text is true, so that `{% if %}` would not notice.
    """
    organization = ticket.organization.name if ticket.organization else ""
    name = (customer.name if customer else "") or organization or "A customer"
    opened = instant(ticket.created_at)

    def nothing(words: str) -> str:
        return "" if ticket.unread else words

    return {
        "ticket": {
            "id": str(ticket.id),
            "priority": escaping.one_line(ticket.priority, 40).capitalize() or nothing("no priority"),
            "priority_words": PRIORITIES.get(ticket.priority, "a problem"),
            "state": escaping.one_line(ticket.state, 40),
            "queue": escaping.one_line(ticket.form, 60) or nothing("no queue"),
            "waiting": spoken_duration(opened, now) if opened else None,
            "opened": spoken_instant(opened, now) if opened else None,
            "requester": "A user" if restricted else escaping.one_line(ticket.requester, 80) or "A user",
        },
        "customer": {"name": "A US Government customer" if restricted else escaping.one_line(name, 80)},
        "contact": {"name": escaping.one_line(contact.name, 80), "as_what": contact.as_what, "withheld": contact.withheld, "unread": bool(contact.unread), "instead": None if restricted else escaping.one_line(contact.instead, 120) or None},
        "role": {"name": role.name, "short": role.short},
        "author": {"name": author},
        "ask_by": spoken_day(ask_by),
        "earlier": earlier or None,
        "reply": _reply(reply, now),
    }


def _reply(reply: LastReply, now: datetime) -> dict:
    at = instant(reply.at)
    return {
        "known": reply.known and bool(at or not reply.at),
        "at": spoken_instant(at, now) if at else None,
        "by": escaping.one_line(reply.author, 80) or "somebody in Support",
    }


def original_parts(mapping: Mapping, scenario: Scenario, context: dict, restricted: bool = False) -> dict[str, str]:
    """The ready value of every editable part. What was told is in the comments, and of a restricted ticket they are not read."""
    ask = render(scenario.ask, context) if scenario.tone == "involve" else render(mapping.template("no_ask"), context)
    told = "" if restricted else render(mapping.template("told"), context)
    previous = render(mapping.template("previous"), context)
    return {"situation": render(scenario.situation, context), "ask": ask, "told": told, "previous": previous}


def clean_edit(text: str) -> str:
    """An engineer's own words for a part: one line, at most MAX_PART characters."""
    return escaping.one_line(text, MAX_PART)


def parts(
    mapping: Mapping,
    scenario: Scenario,
    context: dict,
    texts: dict[str, str],
    ticket: TicketFacts,
    customer: CustomerFacts | None,
    author_line: str,
    *,
    ask_by: date,
    now: datetime,
    reply: LastReply = NO_REPLY,
    why: Why = NO_REASON,
    restricted: bool = False,
) -> Parts:
    """All parts, `texts` being the editable ones as they will be sent; `ask_by` is the day that an ask of the row names."""
    names = context["ticket"]
    who = context["contact"]["name"] or f"the {context['role']['short']}"
    said = {**context, **texts, "ask": first_sentence(texts["ask"], ask_by)}
    opening = render(mapping.template(f"opening_{scenario.tone}"), said)
    where = [f"{ticket.id}"] + [word for word in (names["queue"], names["priority"], names["state"]) if word]
    return Parts(
        opening=fitted(escaping.one_line(opening, 2000), room(who), context["customer"]["name"], ask_by, names["opened"] or ""),
        to=_to(mapping, scenario, context, ticket),
        customer=context["customer"]["name"],
        customer_url=customer.url if customer else "",
        ticket=", ".join(where),
        ticket_url=ticket.url,
        author=author_line,
        who=who,
        why=why,
        more="" if restricted or ticket.unread else _more(ticket, context, now),
        instants=own((instant(ticket.created_at), instant(reply.at), why.read_at), now),
        **{key: texts[key] for key in EDITABLE},
    )


def _more(ticket: TicketFacts, context: dict, now: datetime) -> str:
    """What it is about, who waits, and since when: for whoever cannot open the ticket."""
    opened, subject = instant(ticket.created_at), escaping.one_line(ticket.subject, MOST_SUBJECT)
    about = f", “{subject}”" if subject else ""
    return f"{about}, from {context['ticket']['requester']}" + (f", opened {spoken_instant(opened, now)}" if opened else "")


def _to(mapping: Mapping, scenario: Scenario, context: dict, ticket: TicketFacts) -> str:
    """Whom it is for; "nobody was found" only after somebody was looked for, everywhere."""
    if ticket.unread and scenario.wants_person:
        return f"Whoever is {context['role']['name']} of this customer; not looked up"
    if scenario.wants_person and context["contact"]["withheld"]:
        return WITHHELD
    if scenario.wants_person and context["contact"]["unread"]:
        return NOT_LOOKED_UP.format(context["role"]["name"])
    part = "to" if context["contact"]["name"] else "to_nobody" if scenario.wants_person else "to_channel"
    return render(mapping.template(part), context)


def slack_message(parts: Parts, mention: str, author_mention: str, reference: str = "") -> dict:
    """{"text", "blocks"}: `mention` and `author_mention` are Slack user ids or ""; with them, links and times are its only tokens."""

    def esc(text: str) -> str:
        return slack_times(_fit(text), parts.instants)

    lead = f"<@{mention}> {esc(parts.opening)}" if mention else esc(parts.first_line)
    customer = escaping.slack_link(parts.customer_url, parts.customer) if parts.customer_url else esc(parts.customer)
    label, _, why = (parts.why.to_them if mention else parts.why.of(parts.who)).partition(": ")
    lines = [
        f"*For:* {esc(parts.to)}",
        *([f"*{esc(label)}:* {esc(why)}"] if why else []),
        f"*Customer:* {customer}",
        f"*Ticket:* {escaping.slack_link(parts.ticket_url, parts.ticket)}{esc(parts.more)}",
        *([] if parts.situation in parts.opening else [f"*Situation:* {esc(parts.situation)}"]),
        *([] if parts.ask in parts.opening else [f"*Ask:* {esc(parts.ask)}"]),
        *([f"*Customer was told:* {esc(parts.told)}"] if parts.told else []),
        f"*Previous attempts:* {esc(parts.previous)}",
        f"*From:* {f'<@{author_mention}> ' if author_mention else ''}{esc(parts.author)}",
    ]
    blocks = [_section(lead), *_sections(lines)]
    return {"text": lead, "blocks": blocks}


def zendesk_note(parts: Parts) -> dict:
    """{"body"}: the internal note."""
    lines = [
        parts.first_line,
        "",
        f"For: {parts.to}",
        *filter(None, [parts.why.in_note(parts.who)]),
        f"Customer: {parts.customer}" + (f" {parts.customer_url}" if parts.customer_url else ""),
        f"Ticket: {parts.ticket}{parts.more}",
        *_unless_said(parts),
        f"Ask: {parts.ask}",
        *_told(parts),
        f"Previous attempts: {parts.previous}",
        f"From: {parts.author}",
    ]
    return {"body": escaping.note("\n".join(lines))}


def _unless_said(parts: Parts) -> list[str]:
    return [] if parts.situation in parts.opening else [f"Situation: {parts.situation}"]


def _told(parts: Parts) -> list[str]:
    return [f"Customer was told: {parts.told}"] if parts.told else []


def plain_text(parts: Parts) -> str:
    """For copy and paste, when a person has to send it by hand."""
    return "\n".join(
        [
            parts.first_line,
            f"For: {parts.to}",
            *filter(None, [parts.why.of(parts.who)]),
            f"Customer: {parts.customer} {parts.customer_url}".rstrip(),
            f"Ticket: {parts.ticket}{parts.more} {parts.ticket_url}".rstrip(),
            *_unless_said(parts),
            f"Ask: {parts.ask}",
            *_told(parts),
            f"Previous attempts: {parts.previous}",
            f"From: {parts.author}",
        ]
    )


def _sections(lines: list[str]) -> list[dict]:
    """As few sections as hold the lines; a line is never cut, the last one (who wrote) never lost."""
    texts = [""]
    for line in lines:
        if texts[-1] and len(texts[-1]) + len(line) >= MAX_SECTION:
            texts.append("")
        texts[-1] += f"\n{line}" if texts[-1] else line
    return [_section(text) for text in texts]


def _section(text: str) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _fit(text: str) -> str:
    """Escaped for Slack, and short enough for a section: what escaping makes too long is cut before it is escaped."""
    while len(escaped := escaping.slack(text)) > MAX_SECTION - 200:
        text = text[: int(len(text) * 0.9)].rstrip() + "…"
    return escaped


def instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
