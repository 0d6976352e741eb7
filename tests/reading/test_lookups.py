"""The three trips against the sandbox: whatever happens, every answer is a value or says why it is none."""

import time

import pytest

from escalations.gateways.base import Deadline
from escalations.gateways.wiring import gateways
from escalations.reading import lookups
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.facts import LOOKUP_ERRORS, Facts
from tests.rules import factories as seen

ANA = "ana.lima@example.com"


def all_trips(instance="main", number=1001, seconds=5.0) -> Facts:
    deadline = Deadline(seconds)
    items = lookups.read_ticket(gateways(), instance, number, deadline)
    items += lookups.read_account(gateways(), Facts.of(items), deadline, instance == "usgov")
    items += lookups.read_people(gateways(), DEFAULT_MAPPING, Facts.of(items), ANA, deadline)
    return Facts.of(items)


def test_everything_a_plan_needs_is_read(sandbox):
    facts = all_trips()
    assert (facts.ticket.id, facts.ticket.priority) == (1001, "urgent")
    assert (facts.customer.name, facts.customer.csm.name) == ("Acme Corp", "Dana Reyes")
    assert facts.slack_person("dana.reyes@example.com").value["id"] == "U0DANAREYES"
    assert facts.slack_person(ANA).known, "the author has to see the answer"
    assert facts.zendesk_person("dana.reyes@example.com").value["role"] == "agent"
    assert facts.channel(facts.customer.channel_id).value["bot_is_member"]
    assert facts.value("slack", "people") == {"found": 3}


FAULTS = [
    ("hang", "late", {"seconds": 15}), ("500", "failed", {}), ("html", "malformed", {}), ("refuse_credentials", "credentials", {}),
    ("429", "limited", {}), ("reset", "unreachable", {}), ("truncated", "unreachable", {}), ("malformed", "malformed", {}),
]  # fmt: skip


@pytest.mark.parametrize("service", ["zendesk", "salesforce", "slack"])
@pytest.mark.parametrize(("kind", "code", "more"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_an_answer_with_its_code(sandbox, service, kind, code, more):
    all_trips()  # signed in
    sandbox.fault(service, kind, **more)
    began = time.monotonic()
    facts = all_trips(seconds=1.0)
    assert time.monotonic() - began < 4
    errors = {item.error for item in facts.seen.values() if item.source == service and not item.known}
    assert errors == {code} or (service, kind) == ("salesforce", "truncated")
    assert errors <= set(LOOKUP_ERRORS)


def test_one_budget_for_all_three_trips(sandbox):
    sandbox.control("latency", zendesk=400, salesforce=400, slack=400)
    began = time.monotonic()
    facts = all_trips(seconds=0.6)
    assert time.monotonic() - began < 2.5
    assert "late" in {item.error for item in facts.seen.values()}


def test_a_ticket_without_an_account_asks_salesforce_nothing(sandbox):
    no_account = seen.facts(ticket=seen.ticket(organization={**seen.ORGANIZATION, "salesforce_id": None}))
    assert lookups.read_account(gateways(), no_account, Deadline(1)) == []
    assert lookups.read_account(gateways(), seen.facts(ticket=seen.ticket(organization=None)), Deadline(1)) == []


@pytest.mark.parametrize("linked", ["001", "0015e0000000001AAB", "x'; DROP TABLE", "001 001 001 001 0"])
def test_an_id_that_cannot_be_one_is_said_without_asking(sandbox, linked):
    facts = seen.facts(ticket=seen.ticket(organization={**seen.ORGANIZATION, "salesforce_id": linked}))
    [item] = lookups.read_account(gateways(), facts, Deadline(1))
    assert (item.error, item.value) == ("not_found", None)
    assert item.detail.startswith("Zendesk names the account")


def test_a_restricted_account_keeps_ids_and_employees_only(sandbox):
    facts = all_trips("usgov", 7001)
    assert (facts.customer.name, facts.customer.region, facts.customer.type) == ("", "", "")
    assert facts.customer.csm.name == "Dana Reyes"
    assert facts.comments == []


@pytest.mark.parametrize(("trip", "source"), lookups.SOURCES.items())
def test_what_was_left_out_says_so(trip, source):
    [item] = lookups.skipped(trip)
    assert (item.source, item.key, item.error) == (source, trip, "skipped")
