"""The status page for people, and /readyz for machines: each thing that can be wrong, and what is said of it."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from escalations.models import Attempt, Delivery, Lane, Worker, triggers
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


@pytest.fixture
def worker(db):
    now = timezone.now()
    return Worker.objects.create(name="host:1:abc", started_at=now - timedelta(minutes=7), seen_at=now)


def pause(key="slack", **values):
    now = timezone.now()
    given = {
        "failures": 4,
        "paused_until": now + timedelta(seconds=40),
        "since": now,
        "reason": "Slack answered with error 503.",
    }
    return Lane.objects.create(key=key, **{**given, **values})


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_ready_says_so_without_a_sign_in(client, worker):
    code, said = ready(client)
    assert code == 200
    lag = {"outbox_lag_seconds": 0.0, "workers": 1, "problems": []}
    assert said == {"ready": True, "database": True, "migrations": True, "triggers": True, **lag}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_asks_by_head_gets_the_same_without_the_words(client, worker, path):
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_wrong_clock_of_the_web_machine_changes_nothing(visit, client, worker, people, settings, monkeypatch, seconds):
    settings.SEND_HOLD_SECONDS = 30.0
    page = visit("engineer").look_up("1001").send()
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(seconds=seconds))
    assert ready(client)[0] == 200
    page.open(page.address)
    left = int(re.search(r"Sending in (\d+) s", page.text)[1])
    assert 0 < left <= 30
    assert "working for 7 min" in page.open("/status/").text


def test_no_living_worker(client, worker):
    for values in (
        {"seen_at": timezone.now() - timedelta(seconds=11)},
        {"seen_at": timezone.now(), "stopped_at": NOON},
    ):
        Worker.objects.update(**values)
        code, said = ready(client)
        assert (code, said["workers"]) == (503, 0)
        assert "No worker was seen" in said["problems"][0]


@pytest.mark.parametrize(("seconds", "code"), [(55, 200), (65, 503), (-5, 200)])
def test_an_outbox_that_lags(client, worker, people, seconds, code):
    make_delivery(people["engineer"], due_at=timezone.now() - timedelta(seconds=seconds))
    got, said = ready(client)
    assert got == code
    assert said["outbox_lag_seconds"] == pytest.approx(max(0, seconds), abs=3)


def test_a_service_that_is_down_does_not_make_the_portal_unready(client, worker, people):
    make_delivery(people["engineer"], due_at=NOON)
    pause("slack")
    assert ready(client)[0] == 200
    make_delivery(people["engineer"], "zendesk", due_at=NOON)
    assert ready(client)[0] == 503


def test_a_lost_trigger(client, worker):
    name = next(iter(triggers.missing.__globals__["_wanted"](connection)))
    table = triggers.missing.__globals__["_wanted"](connection)[name][0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{f' ON {table}' if connection.vendor == 'postgresql' else ''}")
    code, said = ready(client)
    assert (code, said["triggers"]) == (503, False)
    assert name in said["problems"][0]


def test_a_migration_that_is_not_applied(client, worker):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="escalations").order_by("-pk").first().delete()
    code, said = ready(client)
    assert (code, said["migrations"]) == (503, False)
    assert "escalations.0" in said["problems"][0]


def test_a_database_that_does_not_answer(client, monkeypatch, worker):
    from django.db import OperationalError

    def away(*args):
        raise OperationalError("no")

    monkeypatch.setattr("escalations.reading.readiness._unapplied", away)
    code, said = ready(client)
    assert (code, said["database"], said["problems"]) == (503, False, ["The database does not answer."])


def test_nothing_of_a_customer_is_told(client, people):
    row = make_escalation(people["engineer"], customer_name="Acme Corp")
    make_delivery(people["engineer"], escalation=row, due_at=NOON)
    said = client.get("/readyz").content.decode()
    assert "Acme" not in said and "C0ACCT" not in said


def test_all_is_well(visit, worker):
    page = visit().open("/status/")
    assert page.text.count(" sending ") >= 3
    assert "working for 7 min" in page.text
    assert "nothing was sent" in page.text
    assert not page.has_form("/status/")


def test_what_waits_is_counted_by_lane(visit, people, worker):
    ago = timezone.now() - timedelta(minutes=4, seconds=5)
    make_delivery(people["engineer"], due_at=ago)
    make_delivery(people["engineer"], state="uncertain")
    make_delivery(people["engineer"], state="dead", settled_at=NOON)
    make_delivery(people["engineer"], state="dead", settled_at=NOON, purpose="notice")
    make_delivery(people["engineer"], "zendesk", escalation=make_escalation(people["engineer"], sample=True))
    lanes = {lane.key: lane for lane in visit().open("/status/").response.context["now"].lanes}
    slack, zendesk = lanes["slack"], lanes["zendesk-main"]
    assert (slack.pending, slack.in_doubt, slack.for_a_person, slack.waits) == (1, 1, 1, "4 min")
    assert (zendesk.pending, zendesk.waits) == (0, "")


@pytest.fixture
def tried(people, worker):
    """Attempts of a minute ago and later, by outcome."""

    def make(*outcomes, system="slack"):
        row = make_delivery(people["engineer"], system, state="dead", settled_at=NOON)
        for n, outcome in enumerate(outcomes, 1):
            at = timezone.now() - timedelta(seconds=60 - n)
            Attempt.objects.create(delivery=row, n=n, worker="w", started_at=at, ended_at=at, outcome=outcome)
        return row

    return make


@pytest.mark.parametrize(
    ("outcomes", "state", "words"),
    [
        (["permanent", "permanent"], "refuses", "it has refused 2 times and taken nothing."),
        (["permanent", "delivered", "permanent", "refused", "ambiguous"], "refuses", "it has refused 2 times and taken nothing."),
        (["delivered", "permanent"], "sending", "It refused the last one, "),
        (["permanent", "delivered"], "sending", ""),
        (["permanent", "found"], "sending", ""),
    ],
)
def test_a_service_that_refuses_is_not_called_open(visit, tried, outcomes, state, words):
    tried(*outcomes)
    page = visit().open("/status/")
    lanes = {lane.key: lane for lane in page.response.context["now"].lanes}
    assert (lanes["slack"].state, words in lanes["slack"].words, bool(words)) == (state, True, bool(lanes["slack"].words))
    assert lanes["zendesk-main"].state == "sending"
    assert "Waiting for a person 1 Needs you" in page.text and "reaker" not in page.text


def test_without_a_worker_nothing_is_sending(visit):
    lanes = visit().open("/status/").response.context["now"].lanes
    assert {(lane.state, lane.words) for lane in lanes} == {("not sending", "No worker is alive.")}


def test_a_paused_lane_is_tried_again_by_a_team_lead(visit, people, work):
    row = make_delivery(people["engineer"])
    pause()
    assert work() == 0
    page = visit("teamlead").open("/status/")
    assert "paused Until" in page.text and "Slack answered with error 503." in page.text
    page.submit("/status/slack/open/")
    assert "Slack is tried again now" in page.text
    work()
    assert Delivery.objects.get(pk=row.pk).state == "delivered"
    assert "Try it now" not in page.open("/status/").text


def test_an_engineer_reads_it_and_opens_nothing(visit):
    pause()
    page = visit("engineer").open("/status/")
    assert "paused Until" in page.text
    assert "Try it now" not in page.text
    assert page.client.post("/status/slack/open/").status_code == 403


def test_each_zendesk_has_a_way_out_of_its_own(visit, people, worker):
    pause("zendesk-usgov")
    other = make_escalation(people["usgov"], instance="usgov", ticket_id=5001)
    make_delivery(people["usgov"], "zendesk", escalation=other, target="usgov:5001")
    lanes = {lane.key: lane for lane in visit().open("/status/").response.context["now"].lanes}
    main, usgov = lanes["zendesk-main"], lanes["zendesk-usgov"]
    assert (main.name, main.state, main.pending) == ("Zendesk", "sending", 0)
    assert (usgov.name, usgov.state, usgov.pending) == ("Zendesk, US Government", "paused", 1)
    page = visit("teamlead").open("/status/")
    page.submit("/status/zendesk-usgov/open/")
    assert "Zendesk, US Government is tried again now" in page.text


def test_what_waits_for_a_service_that_is_not_configured_is_counted_as_well(visit, people, worker):
    gone = make_escalation(people["usgov"], instance="old", ticket_id=5001)
    make_delivery(people["usgov"], "zendesk", escalation=gone, target="old:5001", state="uncertain")
    lanes = {lane.name: lane for lane in visit("teamlead").open("/status/").response.context["now"].lanes}
    assert lanes["Zendesk, an instance that is not configured any more"].in_doubt == 1
    assert lanes["Zendesk"].in_doubt == 0


def test_a_lane_that_does_not_exist(sign_in):
    assert sign_in("teamlead").post("/status/fax/open/").status_code == 404


def test_the_last_hour_and_the_first_attempt(visit, people, work, sandbox):
    sandbox.fault("slack", "503", match="chat.postMessage", times=1)
    for number in (1, 2, 3):
        make_delivery(
            people["engineer"], target="C0ACCTMGMT1", escalation=make_escalation(people["engineer"], ticket_id=number)
        )
    work()
    now = visit().open("/status/").response.context["now"]
    assert now.first_tries == now.attempts == 3
    assert now.first_try == "66.7 % of 3"


def test_no_worker_and_a_lost_trigger_are_said(visit):
    page = visit().open("/status/")
    assert "No worker is alive, so nothing is sent." in page.text


def test_the_part_that_looks_again_asks_little(sign_in, people, worker, django_assert_max_num_queries):
    for n in range(20):
        make_delivery(people["engineer"], target=f"C{n}")
    client = sign_in("teamlead")
    client.get("/status/")
    with django_assert_max_num_queries(8):
        part = client.get("/status/", headers={"HX-Request": "true"}).content.decode()
    assert part.count("hx-swap-oob") == 3
    with django_assert_max_num_queries(9):  # and what needs the reader
        client.get("/status/")


def test_what_is_held_until_its_hour_is_not_said_to_wait_for_nothing(visit, worker, people):
    at = timezone.now() + timedelta(hours=5)
    make_delivery(people["engineer"], escalation=make_escalation(people["engineer"], hold_until=at), due_at=at)
    make_delivery(people["engineer"], due_at=timezone.now() + timedelta(seconds=40))
    text = visit("auditor").open("/status/").text
    assert "Waiting to be sent 1, and 1 held until its hour" in text and "Longest wait nothing is due" in text
