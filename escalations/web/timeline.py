"""One presenter per audit event: templates receive finished sentences."""

from dataclasses import dataclass, replace
from datetime import datetime

from escalations.models import AuditEvent
from escalations.models.delivery import NOTICE, SERVICES
from escalations.reading.people import PORTAL, full_name
from escalations.rules.follow_up import DISPOSITIONS

CLOSED = ("delivery.closed_sent", "delivery.closed_not_sent")


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    text: str
    tone: str = "neutral"


def timeline(escalation, told: dict[int, str]) -> list[Line]:
    """What happened to the escalation, oldest first. `told`: whom each notice tells, by the notice's primary key."""
    events = AuditEvent.objects.filter(object=escalation.reference).select_related("said").annotate(who=full_name("actor")).order_by("seq")
    lines, before = [], None
    for event in events:
        if event.action == "delivery.settled" and before and before.action in CLOSED and before.payload.get("system") == event.payload.get("system"):
            lines[-1] = replace(lines[-1], text=f"{lines[-1].text} ({_reason(event)})")  # two events of one press
        else:
            lines.append(_line(event, told))
        before = event
    return lines


def _line(event: AuditEvent, told: dict[int, str]) -> Line:
    """Workers and other processes act as the portal; people stand with their names."""
    tone, present = PRESENTERS.get(event.action, ("neutral", _unknown))
    machine = event.who is None and (event.action.startswith("delivery.") or event.actor == PORTAL)
    who = "the portal" if machine else (event.who or "").strip() or event.actor
    if event.action == "delivery.pending" and event.who:
        return Line(event.at, who, f"{SERVICES.get(event.payload.get('system'), 'Delivery')} waits to be sent again", tone)
    if event.payload.get("purpose") == NOTICE:
        whom = told.get(event.payload.get("delivery"), "")
        return Line(event.at, who, _notice(event, whom or "somebody"), "neutral")
    return Line(event.at, who, present(event), tone)


def _notice(event: AuditEvent, whom: str) -> str:
    """A notice is no leg: one line says that it was told, or that it was not."""
    way = "e-mail" if event.payload.get("system") == "email" else "direct message"
    if whom.startswith("the "):  # a channel, not a person
        way = "Slack"
    said = {
        "delivery.delivered": "was told by {}",
        "delivery.dead": "could not be told by {}",
        "delivery.needs_a_person": "may or may not have been told by {}",
        "delivery.uncertain": "may have been told by {}; checking",
    }.get(event.action, "is being told by {}")
    begins = whom if "@" in whom else f"{whom[0].upper()}{whom[1:]}"  # an address stays as it is
    return f"{begins} {said.format(way)}"


def _submitted(event: AuditEvent) -> str:
    legs, at = event.payload.get("legs", []), event.payload.get("at")
    then = f", to be sent {datetime.fromisoformat(at):%d %b, %H:%M UTC}" if at else ""
    return f"Send was pressed: {len(legs)} {'delivery' if len(legs) == 1 else 'deliveries'}, by mapping v{event.payload.get('version')}{then}"


WHAT = {"withdrawal": "Withdrawal in {}:"}


def _delivery(words: str):
    def present(event: AuditEvent) -> str:
        attempt = event.payload.get("attempt", 1)
        tries = f" (attempt {attempt})" if attempt and attempt > 1 else ""
        system = SERVICES.get(event.payload.get("system"), "Delivery")
        return f"{WHAT.get(event.payload.get('purpose'), '{}').format(system)} {words}{tries}"

    return present


def _reason(event: AuditEvent) -> str:
    return event.words or event.payload.get("because", "")  # older events have it in the chain itself


def _because(words: str):
    def present(event: AuditEvent) -> str:
        because = _reason(event)
        system = SERVICES.get(event.payload.get("system"), "")
        return f"{f'{system} ' if system else ''}{words}{f': {because}' if because else ''}"

    return present


def _looked(event: AuditEvent) -> str:
    said = {"found": "it is there", "empty": "it is not there"}.get(
        event.payload.get("outcome"), "it could not be read"
    )
    return f"Looked in {SERVICES.get(event.payload.get('system'), 'the service')} by hand: {said}"


def _answered(words: str):
    def present(event: AuditEvent) -> str:
        return f"{'Answered' if event.payload.get('by_themselves') else 'Recorded'}: {words}"

    return present


def _closed(event: AuditEvent) -> str:
    ended = DISPOSITIONS.get(event.payload.get("disposition"), "")
    return f"Closed{f': {ended[0].lower()}{ended[1:]}' if ended else ' by hand'}"


def _team_leads(event: AuditEvent) -> str:
    many = event.payload.get("deliveries", 1)
    return (
        f"The team leads' channel is told: {many} {'delivery waits' if many == 1 else 'deliveries wait'} for a person"
    )


def _plain(text: str):
    return lambda event: text


def _row(words: str):
    return lambda event: f"{event.payload.get('row') or 'A row'} was {words}"


def _person(words: str):
    return lambda event: f"{event.object} was {words}"


def _unknown(event: AuditEvent) -> str:
    return event.action.replace(".", ": ").replace("_", " ")


PRESENTERS = {
    "escalation.submitted": ("info", _submitted),
    "escalation.undone": ("neutral", _plain("Undone before anything was sent")),
    "escalation.sent_now": ("neutral", _plain("Sent now, without waiting for Undo")),
    "escalation.withdrawn": ("warn", _because("Withdrawn")),
    "follow_up.acknowledged": ("good", _answered("“I have it”")),
    "follow_up.not_mine": ("warn", _answered("“not mine”; a draft for the next step is prepared")),
    "follow_up.closed": ("neutral", _closed),
    "follow_up.overdue": ("warn", _plain("Overdue: no answer by the day that was asked for")),
    "delivery.looked": ("neutral", _looked),
    "delivery.settled": ("neutral", _because("settled by a team lead")),
    "delivery.sent_again": ("warn", _because("sent again by a team lead")),
    "delivery.looked_for": ("neutral", _because("looked for once more by a team lead, and not sent again")),
    "delivery.redirected": ("info", _because("sent to another target by a team lead")),
    "database.marked": ("neutral", _plain("The database was prepared for the first time")),
    "lane.opened": ("info", _plain("A paused service was tried again at once")),
    "notice.team_leads": ("neutral", _team_leads),
    "delivery.pending": ("warn", _delivery("did not take it; it will be tried again")),
    "delivery.uncertain": ("warn", _delivery("did not answer clearly; checking whether it arrived")),
    "delivery.delivered": ("good", _delivery("delivered")),
    "delivery.dead": ("bad", _delivery("could not be delivered")),
    "delivery.needs_a_person": ("bad", _delivery("needs a person: nobody can tell whether it arrived")),
    "delivery.cancelled": ("neutral", _delivery("cancelled before it was sent")),
    "delivery.closed_sent": ("neutral", _delivery("closed by a team lead: it had arrived")),
    "delivery.closed_not_sent": ("neutral", _delivery("closed by a team lead: it had not arrived")),
    "draft.taken_over": ("neutral", _plain("The draft was taken over")),
    "draft.join_asked": ("neutral", _plain("The portal was asked to join a channel")),
    "draft.discarded": ("neutral", _plain("The draft was discarded")),
    "draft.not_escalated": ("neutral", _plain("Closed without escalating")),
    "remark.left": ("neutral", _plain("The row keepers were told that no situation fits")),
    "draft.expired": ("neutral", _plain("The draft expired: nobody touched it for a week")),
    "draft.reopened": ("neutral", _plain("The draft was reopened")),
    "mapping.published": ("info", _plain("A version of the mapping was published")),
    "mapping.working_copy_replaced": ("info", _plain("The working copy was replaced")),
    "mapping.added": ("neutral", _row("added to the working copy")),
    "mapping.changed": ("neutral", _row("changed in the working copy")),
    "mapping.removed": ("neutral", _row("removed from the working copy")),
    "mapping.retired": ("neutral", _row("retired in the working copy")),
    "mapping.brought_back": ("neutral", _row("brought back in the working copy")),
    "people.added": ("neutral", _person("added to the people")),
    "people.changed": ("neutral", _person("changed")),
    "people.removed": ("neutral", _person("removed from the people")),
    "record.read": ("neutral", _plain("Read by an auditor")),
    "correction.recorded": ("info", _plain("A correction of who is told was recorded")),
    "correction.ended": ("neutral", _plain("A correction of who is told was taken back")),
    "samples.made": ("neutral", _plain("Sample escalations were made")),
}
