"""Everything that was tried and read for deliveries, one step a line, in the order in which it happened."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, Value
from django.db.models.functions import Coalesce

from escalations.models import Attempt, Delivery, Look
from escalations.models.delivery import WITHDRAWAL

from .people import full_name

ATTEMPTS = {
    "": "under way",
    "delivered": "delivered",
    "found": "found to have arrived",
    "ambiguous": "no clear answer",
    "not_sent": "not sent",
    "permanent": "refused for good",
    "stopped": "stopped by the portal before it was sent",
    "refused": "not taken: the portal may not write there",
    "paused": "not taken by the service; does not count",
    "interrupted": "interrupted",
}
LOOKS = {"found": "it is there", "empty": "it is not there", "inconclusive": "it could not be read"}
LOOKS_BACK = {**LOOKS, "found": "it is taken back", "empty": "it is not taken back"}  # of what takes another delivery back


@dataclass(frozen=True)
class Step:
    """An attempt (`n` counts them) or a look (`n` is 0); `by` is a worker's or a person's name. `back`: of what takes something back."""

    at: datetime
    n: int
    outcome: str
    words: str
    by: str
    back: bool = False

    @property
    def what(self) -> str:
        if self.n:
            return f"Attempt {self.n}: {ATTEMPTS.get(self.outcome, self.outcome.replace('_', ' '))}"
        looked, for_what = (LOOKS_BACK, "taken back") if self.back else (LOOKS, "there")
        return f"Looked whether it is {for_what}: {looked[self.outcome]}"

    @property
    def tone(self) -> str:
        return {"delivered": "good", "found": "good", "permanent": "bad", "stopped": "bad", "": "info"}.get(self.outcome, "neutral")


def trails(deliveries: list[Delivery]) -> dict[int, list[Step]]:
    """The steps of each delivery by its primary key, in one query."""
    found, keys = defaultdict(list), [row.pk for row in deliveries]
    back = {row.pk for row in deliveries if row.purpose == WITHDRAWAL}
    tries = Attempt.objects.filter(delivery__in=keys).order_by()
    looks = Look.objects.filter(delivery__in=keys).order_by()
    looked = looks.annotate(kind=Value("look", CharField()), who=Coalesce(full_name("by"), "by"))
    columns = ("delivery_id", "outcome", "words")
    both = (
        tries.annotate(kind=Value("attempt", CharField()))
        .values_list("kind", "started_at", *columns, "n", "worker")
        .union(looked.values_list("kind", "at", *columns, "pk", "who"), all=True)
    )
    for kind, at, pk, outcome, words, n, by in both:
        found[pk].append(Step(at, n if kind == "attempt" else 0, outcome, words, by, pk in back))
    return {pk: sorted(steps, key=lambda step: (step.at, step.n)) for pk, steps in found.items()}
