"""More at once than a service takes: what it turns away goes later, each once, and no delivery pays for it with an attempt."""

import threading
import time
from collections import Counter

import pytest

from escalations.actions.working import deliver_due
from escalations.gateways.wiring import gateways
from escalations.models import Delivery
from tests.actions.factories import make_delivery, make_escalation

LONGEST_SECONDS = 20.0
FIRST_TICKET = 200_000  # from here on the sandbox has one of every number


def post(people, n):
    text = {"text": f"Message {n}", "blocks": []}
    return make_delivery(people["engineer"], "slack", escalation=make_escalation(people["engineer"]), content=text)


def note(people, n):
    return make_delivery(people["engineer"], "zendesk", target=f"main:{FIRST_TICKET + n}")


# Real limits in windows that a test can wait for: a message in 0.1 s in a channel, 8 updates a second in a Zendesk account.
@pytest.mark.parametrize(
    ("make", "many", "limits", "kind"),
    [
        pytest.param(post, 8, {"slack": True, "faster": 10}, "message", id="a message a second in a channel"),
        pytest.param(note, 20, {"zendesk_a_minute": 8, "faster": 60}, "note", id="so many updates a minute"),
    ],
)
def test_what_is_turned_away_goes_later_and_costs_nothing(people, mapping, sandbox, settings, make, many, limits, kind):
    settings.DELIVERY_LONGEST_BACKOFF_SECONDS = settings.LANE_LONGEST_PAUSE_SECONDS = 0.1
    rows = [make(people, n) for n in range(many)]
    sandbox.control("limits", **limits)
    deliver_until_nothing_waits()
    rows = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    assert Counter(rows.values_list("state", flat=True)) == {"delivered": many}
    assert set(rows.values_list("attempts", flat=True)) == {1}
    assert sorted(effect["key"] for effect in sandbox.effects(kind)) == sorted(str(row.key) for row in rows)
    turned_away = [row.tried - 1 for row in rows]
    assert sum(turned_away) == sum(sandbox.control("limits")["refused"].values()) > 0


def deliver_until_nothing_waits() -> None:
    """As a worker does: whatever is due, and again when the next is."""
    until = time.monotonic() + LONGEST_SECONDS
    while Delivery.objects.filter(state__in=("pending", "uncertain")).exists():
        assert time.monotonic() < until, "something still waits"
        deliver_due(gateways())
        threading.Event().wait(0.02)
