"""What waits for a person: counted for every page, listed for the home page, grouped by cause for who settles it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings

from escalations.models import Delivery
from escalations.models.delivery import WITHDRAWAL
from escalations.models.escalation import HEAVY
from escalations.models.planning import is_restricted
from escalations.models.trouble import Cause, causes, waiting
from escalations.rules.permissions import Actor, can_see_escalations

from .overdue import overdue
from .targets import channels, taken_places, takes_a_ticket
from .trail import Step, trails

MOST = 200  # stand on the page; the others follow as these are settled
COUNTED = 100  # more than these are “99+”
# What a decision rests on, by the state that waits for it.
REASONS = {
    "needs_a_person": (
        "I looked: it is there",
        "I looked: it is not there",
        "I asked the person",
        "It is not needed any more",
    ),
    "dead": ("The cause is mended", "Told in another way", "It is not needed any more"),
}


def needs_you(actor: Actor) -> list[Delivery]:
    """Deliveries that could not be sent or that nobody can tell about: the actor's own, and everybody's for a team lead."""
    return list(_of(actor).order_by("-pk")[:20])


def how_many(actor: Actor) -> int:
    """For the navigation, with the answers that are overdue: counted to a hundred and no further."""
    if not can_see_escalations(actor):
        return 0
    stuck, late = (rows.order_by().values("pk") for rows in (_of(actor), overdue(actor)))
    return stuck.union(late, all=True)[:COUNTED].count()


def _of(actor: Actor):
    return seen_by(actor, waiting().defer(*(f"escalation__{name}" for name in HEAVY)))


def seen_by(actor: Actor, rows):
    """Of these deliveries the actor's own, and everybody's for a team lead."""
    return rows if "team lead" in actor.groups else rows.filter(escalation__author__username=actor.username)


def label_of(row: Delivery) -> str:
    """The place's name, unless it may be that of a customer who is not named."""
    hidden = is_restricted(row.escalation.instance) and row.system == "slack"
    return "a Slack channel" if hidden else row.place.get("label", "")


@dataclass(frozen=True)
class Waiting:
    """One delivery that waits: what was done about it, where to look, where else it could go: (Slack id, #name), a ticket."""

    delivery: Delivery
    whom: str
    customer: str
    url: str
    where: str
    steps: tuple[Step, ...]
    targets: tuple[tuple[str, str], ...]
    to_ticket: bool = False

    @property
    def label(self) -> str:
        return label_of(self.delivery)

    @property
    def attempts(self) -> int:
        return sum(1 for step in self.steps if step.n)

    @property
    def last_look(self) -> Step | None:
        return next((step for step in reversed(self.steps) if not step.n), None)


@dataclass(frozen=True)
class Verdict:
    """A button: what it is called, and what follows from pressing it."""

    key: str
    label: str
    consequence: str


@dataclass(frozen=True)
class Group:
    cause: Cause
    rows: tuple[Waiting, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def many(self) -> int:
        return len(self.rows)

    @property
    def reasons(self) -> tuple[str, ...]:
        return REASONS[self.cause.state]

    @property
    def question(self) -> str:
        return "Why?" if self.cause.state == "dead" else "How do you know?"

    @property
    def restricted(self) -> bool:
        """No free text about tickets of such an instance."""
        return any(is_restricted(row.delivery.escalation.instance) for row in self.rows)

    @property
    def words(self) -> str:
        if self.cause.state == "dead":
            what = "sent" if any(row.delivery.purpose != WITHDRAWAL for row in self.rows) else "taken back"
            return f"{'This' if self.many == 1 else 'These'} could not be {what}."
        return f"Nobody can tell whether {'this' if self.many == 1 else 'these'} arrived."


def grouped(actor: Actor, now: datetime) -> list[Group]:
    """The causes, newest trouble first, each with everything that a decision needs."""
    rows = list(_of(actor).order_by("-pk")[:MOST])
    steps, taken = trails(rows), taken_places(rows)
    return [_group(cause, steps, taken, now) for cause in causes(rows)]


def next_key(keys: list[str], settled: str) -> str:
    """The group after the settled one, as the page had them; the one before it at the end, "" when it was the only one."""
    if settled not in keys:
        return ""
    others = keys[keys.index(settled) + 1 :] or keys[: keys.index(settled)][-1:]
    return others[0] if others else ""


def _group(cause: Cause, steps: dict, taken: set, now: datetime) -> Group:
    rows = tuple(_waiting(row, tuple(steps.get(row.pk, ())), taken) for row in cause.deliveries)
    return Group(cause, rows, tuple(_verdicts(cause, rows, now)))


def _waiting(row: Delivery, steps: tuple[Step, ...], taken: set) -> Waiting:
    escalation = row.escalation
    customer = "" if is_restricted(escalation.instance) else escalation.customer_name
    return Waiting(row, whom_of(row), customer, *_place(row), steps, tuple(channels(row, taken)), takes_a_ticket(row))


def whom_of(row: Delivery) -> str:
    return row.mentions or (row.escalation.contact_name if row.cc else "")


def _place(row: Delivery) -> tuple[str, str]:
    """The address at which a person can look, and what is there; "" when only the people in it can."""
    first, _, rest = row.target.partition(":")
    if row.receipt_url:
        return row.receipt_url, "the receipt"
    if row.system == "zendesk":
        own = settings.ZENDESK_INSTANCES.get(first)
        return (f"https://{own['host']}/agent/tickets/{rest}", f"ticket {rest}") if own else ("", "")
    if first in ("group", "person"):
        return "", "a direct message: only who is in it can look"
    thread = f"/p{rest.replace('.', '')}" if rest else ""
    return (
        f"https://{settings.SLACK['workspace_host']}/archives/{first}{thread}",
        "the thread" if rest else "the channel",
    )


def _verdicts(cause: Cause, rows: tuple[Waiting, ...], now: datetime):
    if cause.state == "dead":
        yield from _verdicts_of_dead(rows)
        return
    them = "It" if len(rows) == 1 else "They"
    off = tuple(row for row in rows if row.delivery.called_off)
    others = tuple(row for row in rows if not row.delivery.called_off)
    withdrawn = tuple(row for row in off if row.delivery.called_off == "withdrawn")
    yield Verdict("arrived", f"{them} had arrived", f"{_closed_as_sent(withdrawn, len(rows) > len(withdrawn))} This is final.")
    yield Verdict(
        "not_arrived", f"{them} had not arrived: close", "Closed as not sent; nothing is sent. This is final."
    )
    if not others:
        back = " What the portal finds is taken back." if len(off) == len(withdrawn) else " What was withdrawn and is found is taken back." if withdrawn else ""
        said = f"{them} {'was' if len(rows) == 1 else 'were'} {_called_off(off, withdrawn)}, so nothing is sent.{back}"
        yield Verdict("again", "Look until it is known", said)
        return
    said = f"If the first arrived, {_twice(others)}. What is sent cannot be unsent. {_before_it_is_sent(others, now)}"
    yield Verdict("again", "Send again", f"{said}{_looked_for(off, withdrawn)}")


def _called_off(off: tuple[Waiting, ...], withdrawn: tuple[Waiting, ...]) -> str:
    if not withdrawn:
        return "refused or closed"
    return "withdrawn" if len(off) == len(withdrawn) else "withdrawn, refused or closed"


def _looked_for(off: tuple[Waiting, ...], withdrawn: tuple[Waiting, ...]) -> str:
    if not off:
        return ""
    back = "" if not withdrawn else ", and takes back what it finds" if len(off) == len(withdrawn) else ", and takes back what was withdrawn"
    return f" What was {_called_off(off, withdrawn)} is not sent: the portal looks for it{back}."


def _verdicts_of_dead(rows: tuple[Waiting, ...]):
    """Nothing of a dead one arrived; what it was to take back did."""
    back = [row.delivery.purpose == WITHDRAWAL for row in rows]
    said = "" if all(back) else "Nothing has arrived and nothing is sent. "
    stays = f"What was {'to be taken back' if said else 'sent'} stays where it is. " if any(back) else ""
    yield Verdict("not_arrived", f"Close: not {'sent' if said else 'taken back'}", f"{said}{stays}This is final.")
    yield Verdict("again", "Send again", "Nobody is told twice. It fails again unless the cause is mended.")


def _closed_as_sent(withdrawn: tuple[Waiting, ...], others: bool) -> str:
    """A withdrawn one that had arrived is taken back, if the portal knows where it stands."""
    unknown = not all(row.delivery.place_is_known for row in withdrawn)
    if not withdrawn:
        return "Closed as sent; nothing is sent."
    if not others:
        return "Closed as sent. The portal does not know where it stands, so it is not taken back: look again first." if unknown else "Closed as sent, and taken back."
    where = " where the portal knows its place: look again first" if unknown else ""
    return f"Closed as sent; nothing is sent. What was withdrawn is taken back{where}."


def _before_it_is_sent(rows: tuple[Waiting, ...], now: datetime) -> str:
    """`actions.settling.send_again` waits until the last attempt can be applied no more; every new attempt looks first."""
    grace = timedelta(seconds=settings.DELIVERY_GRACE_SECONDS)
    tried = [step.at for row in rows for step in row.steps if step.n]
    seconds = ceil((max(tried) + grace - now).total_seconds()) if tried else 0
    if seconds <= 0:
        return "So the portal looks once more; what it finds is not sent."
    return f"So the portal waits {seconds} s, until the first can arrive no more, and looks again; what it finds is not sent."


def _twice(rows: tuple[Waiting, ...]) -> str:
    if all(row.delivery.purpose == WITHDRAWAL for row in rows):
        return "it is taken back a second time"
    if any(row.delivery.visibility == "customer" for row in rows):
        return "the customer sees it twice"
    names = sorted({row.whom for row in rows if row.whom})
    if not names:
        return "it stands there twice"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} told twice"
