"""The samples of the first start: the same every time, complete, and never mistaken for something real."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction

from escalations.actions import people, samples, setting_up
from escalations.models import Attempt, AuditEvent, Delivery, Escalation, FollowUp
from escalations.models.active import forget
from escalations.models.facts import facts_from_json
from escalations.rules import states
from escalations.rules.contacts import find_contact
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.follow_up import DISPOSITIONS
from tests.actions.factories import make_escalation

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """The samples as written and read back, for the tests that only look; the database is as before."""
    with django_db_blocker.unblock(), transaction.atomic():
        people.make_groups()
        people.make_demo_people()
        setting_up.publish_default_mapping(now=NOW)
        setting_up.make_samples(now=NOW)
        rows = list(Escalation.objects.order_by("pk").prefetch_related("deliveries__tries", "draft", "follow_ups"))
        transaction.set_rollback(True)
    forget()
    return rows


def told():
    return [
        *Escalation.objects.order_by("pk").values_list(
            "ticket_id", "submitted_at", "scenario_key", "contact_name", "facts", "texts"
        ),
        *Delivery.objects.order_by("pk").values_list("key", "state", "target", "content", "remote_id"),
        *Attempt.objects.order_by("pk").values_list("n", "started_at", "outcome"),
        *FollowUp.objects.order_by("pk").values_list("what", "said_by", "recorded_at", "disposition"),
    ]


def test_three_hundred_in_less_than_two_seconds_once_and_the_same_every_time(mapping):
    with transaction.atomic():
        begun = time.process_time()
        assert samples.make_samples(now=NOW) == 300
        assert time.process_time() - begun < 2
        first = told()
        assert samples.make_samples(now=NOW) == 0
        transaction.set_rollback(True)  # the record is never deleted, not even by a test
    samples.make_samples(now=NOW)
    assert told() == first


def test_nothing_is_made_beside_something_real(mapping, people):
    make_escalation(people["engineer"])
    assert samples.make_samples(now=NOW) == 0


def test_nothing_is_made_without_the_demo_people(mapping, people):
    people["teamlead"].delete()
    assert samples.make_samples(now=NOW) == 0


def test_one_audit_event_for_all(mapping):
    samples.make_samples(now=NOW, count=12)
    [event] = AuditEvent.objects.filter(action="samples.made")
    assert (event.actor, event.at, event.payload) == ("portal", NOW, {"escalations": 12, "version": 1})


def test_every_scenario_and_role_of_the_mapping(made):
    assert {row.scenario_key for row in made} == {scenario.key for scenario in DEFAULT_MAPPING.scenarios}
    assert {row.role_key for row in made} == {role.key for role in DEFAULT_MAPPING.roles}


def test_spread_over_half_a_year_with_quiet_weekends(made):
    days = Counter(row.day.weekday() for row in made)
    assert max(days[5], days[6]) < min(days[day] for day in range(5))
    assert len({row.day.isocalendar()[:2] for row in made}) >= 26
    assert NOW - timedelta(days=183) < min(row.submitted_at for row in made)
    assert max(row.submitted_at for row in made) < NOW


@pytest.mark.parametrize("count", [0, 1, 7])
def test_as_many_as_asked_for(mapping, count):
    assert samples.make_samples(now=NOW, count=count) == count == Escalation.objects.count()


def test_marked_and_apart_from_real_tickets(made):
    assert all(row.sample and row.draft is None for row in made)
    assert len({row.ticket_id for row in made}) == 300
    assert all(50000 <= row.ticket_id <= 59999 and row.instance == "main" for row in made)


def test_each_is_complete(made):
    for row in made:
        assert row.explanation and row.copy_text and row.texts["sent"] and row.facts
        assert row.deliveries.all() and row.day == row.submitted_at.date()
        assert all(
            delivery.content and delivery.target and delivery.place["label"] for delivery in row.deliveries.all()
        )


def test_the_state_is_that_of_the_deliveries(made):
    for row in made:
        assert row.state == states.escalation_state([delivery.state for delivery in row.deliveries.all()])
    ended = Counter(row.state for row in made)
    assert ended["completed"] > 250
    assert ended["attention"] and ended["cancelled"]


def test_follow_ups_vary(made):
    assert set(states.FOLLOW_UP) == {row.follow_up for row in made}
    closed = Counter(said.disposition for row in made for said in row.follow_ups.all() if said.what == "closed")
    assert set(closed) == set(DISPOSITIONS) and closed.most_common(1)[0][0] == "done"


def test_a_follow_up_is_where_what_was_said_leads_to(made):
    for row in made:
        said = list(row.follow_ups.all())
        moves = [row.answer_on and "awaiting_reply" or "none", *(one.what for one in said)]
        assert all(after in states.FOLLOW_UP[before] for before, after in pairwise(moves))
        late = row.overdue_at and row.overdue_at <= NOW and arrived(row)
        assert row.follow_up == (moves[-1] if said or not late else "overdue")
        times = [row.submitted_at, *(one.recorded_at for one in said), NOW]
        assert times == sorted(times)


def test_nobody_answers_who_was_not_told(made):
    assert not [row for row in made if row.follow_ups.all() and not arrived(row)]
    assert any(not arrived(row) for row in made)


def test_some_answer_in_time_some_late_and_some_not_at_all(made):
    asked = [row for row in made if row.answer_on and arrived(row)]
    first = [(row, next((one.recorded_at for one in row.follow_ups.all() if one.what != "closed"), None)) for row in asked]
    in_time = sum(at is not None and at < row.overdue_at for row, at in first)
    late = sum(at is not None and at >= row.overdue_at for row, at in first)
    assert in_time > 3 * late > 0 and 0 < len(asked) - in_time - late < len(asked) / 5


def arrived(row) -> bool:
    return any(delivery.state in ("delivered", "closed_sent") for delivery in row.deliveries.all())


def test_a_delivered_one_has_a_receipt_that_leads_nowhere(made):
    rows = [delivery for row in made for delivery in row.deliveries.all()]
    assert all(bool(delivery.remote_id) == (delivery.state == "delivered") for delivery in rows)
    assert all(
        (delivery.remote_id or "sample-").startswith("sample-") and not delivery.receipt_url for delivery in rows
    )
    assert all(delivery.state in states.SETTLED for delivery in rows)
    assert all(bool(delivery.settled_at) == (delivery.state in states.DELIVERY_ENDS) for delivery in rows)


def test_each_attempt_has_ended_before_now(made):
    for delivery in (delivery for row in made for delivery in row.deliveries.all()):
        tries = list(delivery.tries.all())
        assert len(tries) == delivery.attempts
        assert all(
            attempt.outcome and attempt.started_at < attempt.ended_at <= (delivery.settled_at or NOW) <= NOW
            for attempt in tries
        )


def test_the_facts_lead_to_the_same_person_again(made):
    for row in made:
        role = DEFAULT_MAPPING.role(row.role_key)
        assert find_contact(DEFAULT_MAPPING, role, facts_from_json(row.facts), row.day).name == row.contact_name


def test_no_address_of_a_customer_is_stored(made):
    assert not any(row.ticket_url for row in made)
    assert all("https://" not in str(row.facts) for row in made)


def test_a_ticket_without_organization_names_no_customer(made):
    assert all(not row.customer_name for row in made if "add-to-organization" in row.scenario_key)
    assert all(row.customer_name for row in made if "add-to-organization" not in row.scenario_key)
