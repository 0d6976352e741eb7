"""A lane pauses when its service is unwell, lets one delivery try, and opens again; the other lanes notice nothing."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from escalations.actions import lanes, settling, working
from escalations.gateways.base import DeliveryError
from escalations.gateways.wiring import gateways
from escalations.models import Attempt, AuditEvent, Delivery, Escalation, Lane
from escalations.models.clock import database_now
from escalations.models.lanes import in_lane, lane_of
from escalations.models.lanes import lanes as lanes_of_the_portal
from tests.actions.factories import make_delivery, make_escalation

pytestmark = pytest.mark.usefixtures("mapping")
DOWN = DeliveryError("Slack answered with error 503.", outcome="ambiguous", code="http_503")
BUSY = DeliveryError("Slack asks us to wait.", outcome="not_sent", code="limited", retry_after=30)
REFUSED = DeliveryError("Slack refused the portal's credentials.", outcome="paused", code="credentials")


def later(seconds):
    by = timedelta(seconds=seconds)
    Lane.objects.update(paused_until=F("paused_until") - by, probe_until=F("probe_until") - by)


def test_a_lane_that_nobody_spoke_of_is_open(db):
    assert lanes.admits("slack")
    assert not lanes.is_paused("slack")


@pytest.mark.parametrize(("error", "times", "paused"), [(DOWN, 1, False), (DOWN, 2, False), (DOWN, 3, True), (BUSY, 1, True), (REFUSED, 1, True)])  # fmt: skip
def test_what_opens_the_breaker(db, error, times, paused):
    for _ in range(times):
        lanes.trouble("slack", error)
    assert lanes.is_paused("slack") is paused
    assert lanes.admits("slack") is not paused
    assert lanes.admits("zendesk-main")


def test_one_delivery_at_a_time_tries_an_open_breaker(db):
    for _ in range(3):
        lanes.trouble("slack", DOWN)
    later(120)
    assert [lanes.admits("slack") for _ in range(3)] == [True, False, False]
    later(120)  # the probe never came back: its worker is gone
    assert lanes.admits("slack")


def test_a_success_closes_the_breaker(db):
    for _ in range(5):
        lanes.trouble("slack", DOWN)
    lanes.well("slack")
    assert all(lanes.admits("slack") for _ in range(3))
    assert Lane.objects.get().reason == ""


def test_the_pause_grows_and_has_an_end(db, settings):
    settings.LANE_LONGEST_PAUSE_SECONDS = 60
    pauses = []
    for _ in range(12):
        until = lanes.trouble("slack", DOWN)
        pauses.append((until - timezone.now()).total_seconds() if until else 0)
        Lane.objects.update(paused_until=None)
    assert pauses[:2] == [0, 0]
    assert 0.5 < pauses[2] < 3
    assert 25 < pauses[-1] <= 60


@pytest.mark.parametrize("asked", [10**9, 3600.0])
def test_a_service_may_ask_for_an_hour_at_most(db, asked):
    huge = DeliveryError("Wait.", outcome="not_sent", code="limited", retry_after=asked)
    assert lanes.trouble("slack", huge) <= timezone.now() + timedelta(seconds=3601)


def test_a_person_can_have_it_tried_at_once(db):
    for _ in range(3):
        lanes.trouble("slack", REFUSED)
    lanes.open_now("slack")
    assert [lanes.admits("slack") for _ in range(2)] == [True, False]


@pytest.mark.parametrize("kind", ["429", "503"])
def test_a_minute_of_trouble_costs_no_attempt_and_leaves_the_other_lane_alone(people, sandbox, kind):
    rows = [make_delivery(people["engineer"], "slack", target=f"C0ACCT000{n}") for n in range(1, 6)]
    note = make_delivery(people["engineer"], "zendesk")
    sandbox.fault("slack", kind, **({"retry_after": 60} if kind == "429" else {}))
    working.deliver_due(gateways())
    note.refresh_from_db()
    assert note.state == "delivered"
    assert lanes.is_paused("slack")
    for row in rows:
        row.refresh_from_db()
        assert row.attempts == 0, row.last_words
    tried = sum(row.tries.count() for row in rows)
    assert tried <= lanes.OPENS_AFTER, "once the lane is paused nothing more is tried"
    assert set(Delivery.objects.filter(system="slack").values_list("state", flat=True)) <= {"pending", "uncertain"}


def test_what_the_service_asked_for_holds_although_another_one_is_let_through(db):
    lanes.trouble("slack", BUSY)
    lanes.well("slack")
    assert lanes.is_paused("slack")
    assert lanes.asks_to_wait("slack")
    later(60)
    Lane.objects.update(asked_until=F("asked_until") - timedelta(seconds=60))
    lanes.well("slack")
    assert lanes.admits("slack")


def test_an_open_breaker_stops_no_look_unless_the_service_asked_us_to_wait(db):
    for _ in range(3):
        lanes.trouble("slack", DOWN)
    assert lanes.is_paused("slack")
    assert not lanes.asks_to_wait("slack")


def test_a_probe_that_found_nothing_to_send_is_given_back(db):
    for _ in range(3):
        lanes.trouble("slack", DOWN)
    later(120)
    assert lanes.admits("slack")
    lanes.not_probed("slack")
    assert lanes.admits("slack")


def test_a_person_opens_a_lane_and_what_waits_is_due(people):
    row = make_delivery(people["engineer"], due_at=timezone.now() + timedelta(minutes=50))
    Escalation.objects.update(hold_until=timezone.now() - timedelta(minutes=5))  # as after every Send
    lanes.trouble("slack", DeliveryError("Wait.", outcome="not_sent", code="limited", retry_after=3600))
    settling.open_lane("slack", by=people["teamlead"])
    row.refresh_from_db()
    assert row.due_at <= timezone.now()
    assert lanes.admits("slack")
    assert AuditEvent.objects.filter(action="lane.opened", actor="teamlead").count() == 1


@pytest.mark.parametrize(("outcome", "seconds", "waits"), [("ambiguous", 5, True), ("interrupted", 5, True), ("ambiguous", 95, False), ("not_sent", 5, False)])
def test_trying_a_lane_at_once_does_not_cut_the_grace_time_short(people, settings, outcome, seconds, waits):
    settings.DELIVERY_GRACE_SECONDS = 90.0
    row = make_delivery(people["engineer"], tried=1, attempts=1, due_at=database_now() + timedelta(minutes=5))
    began = database_now() - timedelta(seconds=seconds)
    Attempt.objects.create(delivery=row, n=1, worker="w", started_at=began, ended_at=began, outcome=outcome, words="late")
    settling.open_lane("slack", by=people["teamlead"])
    assert (Delivery.objects.get(pk=row.pk).due_at > database_now()) == waits


def test_what_a_team_lead_sends_again_keeps_its_grace_time(people, settings):
    settings.DELIVERY_GRACE_SECONDS = 90.0
    row = make_delivery(people["engineer"], state="needs_a_person", tried=1, attempts=1)
    began = database_now() - timedelta(seconds=5)
    Attempt.objects.create(delivery=row, n=1, worker="w", started_at=began, ended_at=began, outcome="ambiguous", words="late")
    settling.send_again([row], by=people["teamlead"], because="I looked: it is not there")
    settling.open_lane("slack", by=people["teamlead"])
    assert Delivery.objects.get(pk=row.pk).due_at >= began + timedelta(seconds=90)


@pytest.fixture
def two_notes(people):
    """One in each Zendesk."""
    other = make_escalation(people["usgov"], instance="usgov", ticket_id=5001)
    return make_delivery(people["engineer"], "zendesk"), make_delivery(
        people["usgov"], "zendesk", escalation=other, target="usgov:5001"
    )


def test_credentials_that_one_zendesk_refuses_do_not_stop_the_other(two_notes, sandbox):
    sandbox.fault("zendesk", "refuse_credentials", match="*/5001*")
    working.deliver_due(gateways())
    main, usgov = (Delivery.objects.get(pk=row.pk) for row in two_notes)
    assert (main.state, usgov.state, usgov.attempts) == ("delivered", "pending", 0)
    assert (lanes.is_paused("zendesk-main"), lanes.is_paused("zendesk-usgov")) == (False, True)


def test_a_person_opens_the_lane_of_one_zendesk_only(two_notes, people):
    hour = timezone.now() + timedelta(minutes=50)
    Delivery.objects.update(due_at=hour)
    for lane in ("zendesk-main", "zendesk-usgov"):
        lanes.trouble(lane, REFUSED)
    settling.open_lane("zendesk-usgov", by=people["teamlead"])
    main, usgov = (Delivery.objects.get(pk=row.pk) for row in two_notes)
    assert (main.due_at == hour, usgov.due_at == hour) == (True, False)
    assert (lanes.is_paused("zendesk-main"), lanes.is_paused("zendesk-usgov")) == (True, False)


def test_every_delivery_of_a_configured_service_is_in_one_lane(two_notes, people):
    rows = [*two_notes, make_delivery(people["engineer"])]
    of = {key: list(Delivery.objects.filter(in_lane(key))) for key in lanes_of_the_portal()}
    assert [[key for key in of if row in of[key]] for row in rows] == [[lane_of(row)] for row in rows]
    assert list(of) == ["zendesk-main", "zendesk-usgov", "slack", "email"]
