"""A service does not answer: what it said last stands in, with its age, and the page still ends well."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from escalations.models import Delivery, Draft, Escalation, FactSnapshot
from escalations.models.facts import facts_from_json

LATER = timedelta(minutes=40)
SERVICES = ("zendesk", "salesforce", "slack")


@pytest.fixture
def later(visit, sandbox):
    """Ana read ticket 1001 a while ago; `later("salesforce")`: what she sees now that the service does not answer."""

    def of(*down, step=""):
        seen = visit().look_up("1001")
        clock.move_to(timezone.now() + LATER)
        for service in down:
            sandbox.fault(service, "500")
        return seen.submit(f"/look-up/{step or 'ticket'}/")

    with time_machine.travel(timezone.now(), tick=True) as clock:
        of.clock = clock
        yield of


def line(seen, trip: str) -> str:
    return seen.html.split(f'id="line-{trip}"')[1].split("</li>")[0]


@pytest.mark.parametrize(
    ("down", "trip", "says"),
    [
        ("zendesk", "ticket", "ticket 1001, read before; now it answered with an error"),
        ("salesforce", "account", "account Acme Corp, read before; now it answered with an error"),
        ("slack", "people", "2 people found, read before; now it answered with an error"),
    ],
)
def test_the_last_known_value_stands_in_with_its_age(later, down, trip, says):
    seen = later(down)
    assert says in line(seen, trip)
    assert "40 min ago" in line(seen, trip)
    assert "mentions Dana Reyes" in seen.text
    assert seen.can_send
    assert "Text to copy" in seen.text


def test_with_all_three_down_it_is_sent_queued_and_marked(later, work, sandbox):
    seen = later(*SERVICES)
    assert "Zendesk, Salesforce and Slack do not answer. What was read before is used, the oldest of it from" in seen.text
    seen.send()
    escalation = Escalation.objects.get()
    assert escalation.contact_name == "Dana Reyes"
    used = [step["text"] for step in escalation.explanation if "what was read before is used" in step["text"]]
    assert used == ["answered with an error: what was read before is used"] * 3
    kept = facts_from_json(escalation.facts)
    account = kept.get("salesforce", "account")
    assert (account.stale, account.tried_at - account.seen_at >= LATER) == ("failed", True)
    work()
    assert set(Delivery.objects.values_list("state", flat=True)) <= {"pending", "uncertain"}
    assert seen.open(escalation.get_absolute_url()).text.count("answered with an error") >= 3


def test_the_service_answers_again_and_nothing_is_old(later, sandbox):
    later("salesforce")
    sandbox.session.delete(f"{sandbox.base}/control/faults", timeout=5)
    seen = later(step="account")
    assert "read before" not in seen.text
    assert not FactSnapshot.objects.exclude(stale="").exists()


def test_another_draft_of_the_same_customer_knows_the_account(later, visit, sandbox, people):
    visit().look_up("1021")
    later.clock.move_to(timezone.now() + LATER)
    for service in ("salesforce", "slack"):
        sandbox.fault(service, "500")
    seen = visit("teamlead").look_up("5001")
    assert "account Umber" in line(seen, "account") and "40 min ago" in line(seen, "account")
    own = Draft.objects.get(ticket_id=5001)
    assert own.snapshots.get(key="account").stale == "failed"


def test_what_is_older_than_a_month_does_not_stand_in(later, visit, sandbox):
    visit().look_up("1021")
    later.clock.move_to(timezone.now() + timedelta(days=31))
    sandbox.fault("salesforce", "500")
    seen = visit("teamlead").look_up("5001")
    assert "Salesforce answered with an error. So the owner is not known." in seen.text


def test_a_refusal_is_an_answer_of_its_own(visit, sandbox):
    seen = visit().look_up("1001")
    sandbox.fault("salesforce", "403")
    seen.submit("/look-up/account/")
    snapshot = FactSnapshot.objects.get(key="account")
    assert (snapshot.error, snapshot.stale) == ("forbidden", "")
    assert "Dana Reyes" not in line(seen, "account")


def test_the_former_customers_account_stands_in_for_nobody(visit, sandbox):
    """The ticket moved to another organization, and Salesforce is down: Acme's CSM is not told about it."""
    visit().look_up("1010")
    other = FactSnapshot.objects.get(source="zendesk", key="ticket").value["organization"]["id"]
    seen = visit().look_up("1001")
    sandbox.control("ticket", id=1001, organization_id=int(other))
    sandbox.fault("salesforce", "500")
    seen = seen.submit("/look-up/ticket/")
    assert "account Juniper" in line(seen, "account") and "Juniper" in seen.text
    assert "Dana Reyes" not in seen.text


def test_going_on_without_salesforce_takes_what_was_read_before(later):
    seen = later().submit("/go-on/account/")
    assert "read before; now it was left out by the engineer" in line(seen, "account")
    assert "mentions Dana Reyes" in seen.text


def test_nothing_of_the_main_instance_stands_in_for_us_government(visit, sandbox):
    visit("usgov").look_up("1021")
    sandbox.fault("salesforce", "500")
    sandbox.fault("slack", "500")
    visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7002")
    own = Draft.objects.get(ticket_id=7002)
    assert not own.snapshots.exclude(stale="").exists()
