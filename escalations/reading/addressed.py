"""What was addressed to somebody, matched by e-mail: all that a recipient sees."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, QuerySet, Value, When

from escalations.models import Escalation
from escalations.models.delivery import AFTERWARDS, WITHDRAWAL, something_arrived
from escalations.models.facts import facts_from_json
from escalations.models.people import name_of
from escalations.models.planning import is_restricted
from escalations.rules import states
from escalations.rules.calendar import spoken_day, spoken_instant
from escalations.rules.escaping import one_line
from escalations.rules.messages import instant
from escalations.rules.permissions import Actor
from escalations.rules.sources import CORRECTION, LOOKED_IN

from .follow_up import Answer, answer_of

MOST = 100
OVER = Q(follow_up__in=states.OVER) | Q(withdrawn_at__isnull=False)
WORDS = {"awaiting_reply": "waits for you", "overdue": "overdue", "acknowledged": "you have it", "not_mine": "not yours", "closed": "closed"}
TONES = {"awaiting_reply": "info", "overdue": "warn", "acknowledged": "good"}


@dataclass(frozen=True)
class Addressed:
    row: Escalation
    customer: str
    words: str
    tone: str


@dataclass(frozen=True)
class Shown:
    """One of them, whole. `asked` and `more`: label and text of what they have to know to answer, and of the rest; `message`: where it stands in Slack, or "".

    `asks`: something is asked of them; else it is for their information. `replaced`: the message says that it was withdrawn.
    """

    row: Escalation
    customer: str
    asked: tuple[tuple[str, str], ...]
    more: tuple[tuple[str, str], ...]
    answer: Answer
    waits: str
    message: str
    asks: bool
    replaced: bool


def addressed_to(actor: Actor) -> QuerySet[Escalation]:
    """Those that have begun to be sent to whoever has this address; nobody's for who has none."""
    rows = Escalation.objects.real().exclude(state__in=("submitted", "cancelled")).select_related("author", "withdrawn_by")
    return rows.filter(contact_email__iexact=actor.email) if actor.email else rows.none()


def listed(actor: Actor) -> list[Addressed]:
    """What arrived, the open ones first, each newest first. Who was told of another in another way has its address."""
    rows = addressed_to(actor).filter(something_arrived()).annotate(over=Case(When(OVER, then=Value(1)), default=Value(0)))
    rows = rows.light().order_by("over", "-submitted_at", "-pk")
    return [_line(row) for row in rows[:MOST]]


def shown(row: Escalation, *, now: datetime) -> Shown:
    customer = "" if is_restricted(row.instance) else row.customer_name
    asked, more = (tuple((label, text) for label, text in parts if text) for parts in (_asked(row), _more(row)))
    answer = answer_of(row, now=now)
    waits = _waits(row) if answer.waits else ""
    return Shown(row, customer, asked, more, answer, waits, _message(row), bool(waits) or _asks(row), _replaced(row))


def _waits(row: Escalation) -> str:
    """The same as their own page says it, to the one who is waited for."""
    who = name_of(row.author)
    until = f" {'since' if row.follow_up == 'overdue' else 'until'} {spoken_day(row.answer_on)}" if row.answer_on else ""
    return f"{who} waits for your answer{until}."


def _asks(row: Escalation) -> bool:
    """By a day, or in the words of its author, who may ask where the row only makes aware."""
    own, ready = (row.texts.get(which, {}).get("ask") for which in ("sent", "original"))
    return row.answer_on is not None or bool(own) and own != ready


def _asked(row: Escalation):
    sent, ticket = row.texts.get("sent", {}), facts_from_json(row.facts).ticket
    yield "Subject", one_line(ticket.subject, 200) if ticket and not is_restricted(row.instance) else ""
    yield "What", sent.get("situation") or row.scenario_title
    yield "What nobody knew", row.texts.get("not_known", "")
    yield "Asked of you", sent.get("ask") or "Nothing: this is for your information."
    yield "By when", spoken_day(row.answer_on) if row.answer_on else ""


def _more(row: Escalation):
    sent = row.texts.get("sent", {})
    yield "Why you", _why(row)
    yield "Customer was told", sent.get("told", "")
    yield "Previous attempts", sent.get("previous", "")


def _line(row: Escalation) -> Addressed:
    customer = "" if is_restricted(row.instance) else row.customer_name
    if row.withdrawn_at:
        return Addressed(row, customer, "withdrawn", "neutral")
    return Addressed(row, customer, WORDS.get(row.follow_up, "for your information"), TONES.get(row.follow_up, "neutral"))


def _why(row: Escalation) -> str:
    """The step that chose: “Customer Success Manager in Salesforce: Dana Reyes, read 2 Mar, 12:00 UTC”. As in the message, what somebody
    said has no such time, and nothing has of a US Government ticket."""
    chosen = (link for link in row.explanation if not link["refused"] and link["label"] in LOOKED_IN.values())
    step = next(chosen, None)
    if step is None:
        return row.contact_as
    at = instant("" if is_restricted(row.instance) or step["label"] == LOOKED_IN[CORRECTION] else step["seen_at"])
    read = f", read {spoken_instant(at, row.submitted_at)}" if at else ""
    return f"{step['label']}: {step['text']}{read}"


def _message(row: Escalation) -> str:
    sent = row.deliveries.filter(system="slack").exclude(purpose__in=AFTERWARDS).exclude(receipt_url="")
    return sent.values_list("receipt_url", flat=True).first() or ""


def _replaced(row: Escalation) -> bool:
    return row.withdrawn_at is not None and row.deliveries.filter(system="slack", purpose=WITHDRAWAL, state__in=states.ARRIVED).exists()
