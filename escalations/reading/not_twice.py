"""Before somebody is told again: what was sent about this ticket, what is open for this customer, how often the person was told today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from escalations.models import Delivery, Draft, Escalation, FollowUp
from escalations.models.people import name_of
from escalations.models.planning import NOBODY_BY_NAME, told_before, told_by_name
from escalations.rules.facts import Facts
from escalations.rules.follow_up import OPEN, Said, sentence
from escalations.rules.plan import Plan
from escalations.rules.states import ARRIVED, IN_DOUBT

from .follow_up import UNSAID, waits

LOOKED_BACK = timedelta(days=14)
MOST = 3  # of each kind stand on the page


@dataclass(frozen=True)
class Told:
    """One escalation: `text` says whom, by whom and when; `became` what is waited for or what was said last, "" for neither."""

    escalation: Escalation
    text: str
    became: str


@dataclass(frozen=True)
class NotTwice:
    """`today`: how often `person` was told today; `waiting` and `in_doubt` are what was not sent yet, and what nobody can tell about."""

    ticket: tuple[Told, ...] = ()
    customer: tuple[Told, ...] = ()
    person: str = ""
    today: int = 0
    waiting: int = 0
    in_doubt: int = 0

    def __bool__(self) -> bool:
        return bool(self.ticket or self.customer or self.today or self.waiting or self.in_doubt)

    @property
    def not_told_yet(self) -> tuple[str, ...]:
        """A sentence each for what has not arrived, or may not have."""
        more = "more " if self.today else ""
        counted = ((self.waiting, "is", "are", "waiting to be sent"), (self.in_doubt, "may have", "may have", "arrived: nobody can tell yet"))
        return tuple(
            f"{count} {more}message{'' if count == 1 else 's'} to {self.person} {one if count == 1 else many} {what}."
            for count, one, many, what in counted
            if count
        )


def not_twice(plan: Plan | None, facts: Facts, own: list[Delivery], others: list[Delivery], *, now: datetime) -> NotTwice:
    """`own` is what arrived about this ticket, `others` what did about others lately or is still open; nothing before a situation is chosen."""
    if plan is None:
        return NotTwice()
    email = plan.contact.person.email if plan.contact.person else ""
    rows, named = _each_once(others), told_by_name(others)
    here = facts.ticket.instance if facts.ticket else ""
    rows = [row for row in rows if row.instance == here]  # of the other one only how often somebody was told
    customer = [row for row in rows if row.account_id and row.account_id == facts.account_id and not row.called_off]
    customer.sort(key=lambda row: row.follow_up not in OPEN)  # what nobody is asked for any more comes last
    ticket = _of_ticket(own)[:MOST]
    said = _said_last([*(row for row, _ in ticket), *customer[:MOST]])
    to_them = [one for one in (*others, *own) if _tells(one, email)]
    return NotTwice(
        tuple(_told(row, text, said, now) for row, text in ticket),
        tuple(_told(row, _clause(row, named, now), said, now) for row in customer[:MOST]),
        plan.contact.name,
        **_how_often(to_them, now),
    )


def _each_once(deliveries: list[Delivery]) -> list[Escalation]:
    return list({delivery.escalation_id: delivery.escalation for delivery in deliveries}.values())


def _of_ticket(before: list[Delivery]) -> list[tuple[Escalation, str]]:
    rows = {delivery.escalation_id: delivery.escalation for delivery in before}
    return list(zip((rows[pk] for pk in sorted(rows, reverse=True)), told_before(before), strict=True))


def _tells(delivery: Delivery, email: str) -> bool:
    """It mentions them, or adds them to a ticket."""
    return bool(email) and delivery.escalation.contact_email.lower() == email.lower() and bool(delivery.mentions or delivery.cc)


def _how_often(deliveries: list[Delivery], now: datetime) -> dict[str, int]:
    """Each escalation once: told on the day on which it arrived, and not on the day on which it was planned, or will be sent."""
    arrived = [one for one in deliveries if one.state in ARRIVED]
    today = [one for one in arrived if one.settled_at and one.settled_at.date() == now.date()]
    told = {one.escalation_id for one in arrived}
    doubtful = {one.escalation_id for one in deliveries if one.state in IN_DOUBT} - told
    waiting = {one.escalation_id for one in deliveries} - told - doubtful
    return {"today": len(_each_once(today)), "waiting": len(waiting), "in_doubt": len(doubtful)}


def _said_last(rows: list[Escalation]) -> dict[int, Said]:
    """What was said last of each, by primary key; asked only where something was said."""
    answered = [row.pk for row in rows if row.follow_up not in UNSAID]
    found = FollowUp.objects.filter(escalation__in=answered).select_related("recorded_by").order_by("pk") if answered else ()
    return {row.escalation_id: row.said for row in found}


def _told(row: Escalation, text: str, said: dict[int, Said], now: datetime) -> Told:
    became = sentence(said[row.pk], now) if row.pk in said else waits(row, now)
    return Told(row, text.removeprefix(f"{row.reference}, "), became)


def _clause(row: Escalation, named: set[int], now: datetime) -> str:
    year = f" {row.day.year}" if row.day.year != now.year else ""
    return f"{row.contact_name if row.pk in named else NOBODY_BY_NAME}, on ticket {row.ticket_id}, by {name_of(row.author)} on {row.day.day} {row.day:%B}{year}"


def ended_before(draft: Draft) -> Draft | None:
    """The last draft of this ticket, whoever's, that ended lately without escalating."""
    same = Draft.objects.filter(instance=draft.instance, ticket_id=draft.ticket_id, state="not_escalated").exclude(pk=draft.pk)
    return same.filter(updated_at__gte=draft.updated_at - LOOKED_BACK).select_related("author").order_by("-updated_at").first()
