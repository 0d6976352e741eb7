"""What was just put on its way again from the page Needs you: where each stands, until all have settled."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from escalations.models import Delivery
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.escalation import HEAVY
from escalations.models.trouble import WAITING
from escalations.rules.permissions import Actor
from escalations.rules.states import ARRIVED, DELIVERY_WORDS, SETTLED

from .attention import label_of, seen_by
from .legs import when
from .verdicts import BACK, BOTH, SENT, about

BELOW = "{}: it stands below again"
AGAIN = {"dead": "could not be sent", "needs_a_person": "nobody can tell whether it arrived"}
AGAIN_BACK = {"dead": "could not be taken back", "needs_a_person": "nobody can tell whether it was taken back"}
DONE = {SENT: "Arrived", BACK: "Taken back", BOTH: "Arrived, or taken back"}


@dataclass(frozen=True)
class Going:
    delivery: Delivery
    label: str
    words: str


@dataclass(frozen=True)
class UnderWay:
    rows: tuple[Going, ...]

    @property
    def many(self) -> int:
        return len(self.rows)

    @property
    def sent(self) -> str:
        """Their numbers, as the page's address has them."""
        return _numbers(row.delivery for row in self.rows)

    @property
    def again(self) -> str:
        """Those that wait for a person once more."""
        return _numbers(row.delivery for row in self.rows if row.delivery.state in WAITING)

    @property
    def arrived(self) -> int:
        return sum(row.delivery.state in ARRIVED for row in self.rows)

    @property
    def done(self) -> str:
        """What those have that are counted as `arrived`, as a title: what takes something back arrives nowhere."""
        return DONE[about(row.delivery for row in self.rows)]

    @property
    def settled(self) -> bool:
        return all(row.delivery.state in SETTLED for row in self.rows)


def under_way(actor: Actor, numbers: Collection[int], now: datetime) -> UnderWay:
    rows = Delivery.objects.filter(pk__in=numbers, escalation__sample=False).exclude(purpose=NOTICE)
    rows = seen_by(actor, rows.select_related("escalation").defer(*(f"escalation__{name}" for name in HEAVY)))
    return UnderWay(tuple(Going(row, label_of(row), _words(row, now)) for row in rows.order_by("pk")))


def how_many_on_their_way(actor: Actor, now: datetime) -> dict[str, int]:
    """How many are on their way, and how many wait for their hour before they are."""
    rows = Delivery.objects.filter(state__in=("pending", "sending", "uncertain"), escalation__sample=False).exclude(purpose=NOTICE)
    held = Q(state="pending", escalation__hold_until__gt=now)
    return seen_by(actor, rows).aggregate(on_their_way=Count("pk", filter=~held), held=Count("pk", filter=held))


def _words(row: Delivery, now: datetime) -> str:
    back = row.purpose == WITHDRAWAL
    if row.state == "uncertain":
        return _looked_for(row)
    if row.state == "sending":
        return "on its way"
    if row.state == "pending":
        said = f": {row.last_words.rstrip('.')}" if row.attempts and row.last_words else ""
        later = f"{';' if said else ','} next attempt {when(row.due_at, now)}" if row.due_at > now else ""
        return f"on its way{said}{later}"
    if row.state in ARRIVED:
        taken_back = row.called_off == "withdrawn" and row.place_is_known
        return "taken back" if back else "arrived, and is taken back" if taken_back else "arrived"
    if row.state == "cancelled" and row.tried:
        return "it had not arrived, and is not sent"
    again = (AGAIN_BACK if back else AGAIN).get(row.state)
    return BELOW.format(again) if again else DELIVERY_WORDS[row.state]


def _looked_for(row: Delivery) -> str:
    """What was called off is not sent whatever is found; what was withdrawn and is found is taken back."""
    if row.called_off:
        return f"checking whether it arrived: {'if it did, it is taken back; if not, it' if row.called_off == 'withdrawn' else 'it'} is not sent"
    return f"on its way: checking whether it {'is taken back' if row.purpose == WITHDRAWAL else 'arrived'}"


def _numbers(rows) -> str:
    return ",".join(str(row.pk) for row in rows)
