"""A second look at the same customer within the cache age: only the ticket and its comments are read."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from escalations.models import Draft, FactSnapshot


@pytest.fixture
def first_look(visit):
    with time_machine.travel(timezone.now(), tick=True) as clock:
        visit().look_up("1021")
        yield clock


def ages(ticket: int) -> dict[str, float]:
    """Seconds since each value of the draft on the ticket was read."""
    own = FactSnapshot.objects.filter(draft=Draft.objects.get(ticket_id=ticket)).exclude(source="portal")
    return {f"{row.source} {row.key}": (timezone.now() - row.seen_at).total_seconds() for row in own}


def test_salesforce_and_slack_are_not_asked(first_look, visit, sandbox):
    first_look.move_to(timezone.now() + timedelta(minutes=2))
    for service in ("salesforce", "slack"):
        sandbox.fault(service, "500")  # whoever asks hears so
    seen = visit().look_up("5001")
    assert "answered with an error" not in seen.text
    old = {key for key, age in ages(5001).items() if age > 100}
    assert set(ages(5001)) - old == {"zendesk ticket", "zendesk comments"}
    assert "2 min ago" in seen.html.split('id="line-account"')[1].split("</li>")[0]


def test_after_the_cache_age_everything_is_read_anew(first_look, visit, settings):
    first_look.move_to(timezone.now() + timedelta(seconds=settings.FACTS_CACHE_SECONDS + 1))
    visit().look_up("5001")
    assert max(ages(5001).values()) < 60


def test_who_looks_again_gets_it_anew(first_look, visit):
    first_look.move_to(timezone.now() + timedelta(minutes=2))
    visit().look_up("5001").submit("/look-up/account/")
    assert max(age for key, age in ages(5001).items() if key.startswith("salesforce")) < 60


def test_send_reads_anew_what_is_older_than_a_minute(first_look, visit):
    first_look.move_to(timezone.now() + timedelta(minutes=2))
    visit().look_up("5001").choose("emergency").send()
    assert max(ages(5001).values()) < 60


def test_another_engineer_is_looked_up_themselves(first_look, visit):
    first_look.move_to(timezone.now() + timedelta(minutes=2))
    visit("teamlead").look_up("5001")
    assert {key for key, age in ages(5001).items() if age < 60} == {
        "zendesk ticket", "zendesk comments", "slack person:tom.okafor@example.com",
    }  # fmt: skip


def test_a_value_that_stood_in_is_not_taken_for_fresh(first_look, visit, sandbox):
    FactSnapshot.objects.filter(key="account").update(stale="late", tried_at=timezone.now())
    visit().look_up("5001")
    assert Draft.objects.get(ticket_id=5001).snapshots.get(key="account").stale == ""
    assert ages(5001)["salesforce account"] < 60


def test_send_reads_the_people_anew_as_well_though_their_account_was_just_read(first_look, visit):
    """The same CSM looks after another customer: who is away is five minutes old then, and the account is not."""
    first_look.move_to(timezone.now() + timedelta(minutes=4))
    FactSnapshot.objects.filter(key="account").delete()
    seen = visit().look_up("5001").choose("emergency")
    old = {key for key, age in ages(5001).items() if age > 100}
    assert old and all(key.startswith(("slack", "zendesk person")) for key in old)
    seen.send()
    assert max(ages(5001).values()) < 60
