"""The three trips against the sandbox: whatever happens, every answer is a value or says why it is none."""

import time

import pytest

from escalations.gateways.base import Deadline
from escalations.gateways.wiring import gateways
from escalations.reading import lookups, memory
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.facts import LOOKUP_ERRORS, Facts
from tests.rules import factories as seen

ANA = "ana.lima@example.com"


def all_trips(instance="main", number=1001, seconds=5.0, **more) -> Facts:
    deadline = Deadline(seconds)
    items = lookups.read_ticket(gateways(), instance, number, deadline)
    items += lookups.read_account(gateways(), Facts.of(items), deadline, instance == "usgov")
    people = lookups.read_people(gateways(), DEFAULT_MAPPING, Facts.of(items), ANA, deadline, **more)
    return Facts.of([*items, *people, lookups.summary(people, Facts.of(items))])


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


def test_a_ticket_without_an_account_is_searched_for_and_one_without_anything_to_look_for_asks_nothing(sandbox):
    no_account = seen.facts(ticket=seen.ticket(organization={**seen.ORGANIZATION, "salesforce_id": None}))
    [found] = lookups.read_account(gateways(), no_account, Deadline(1))
    assert (found.key, [one["name"] for one in found.value]) == ("accounts", ["Acme Corp"])
    assert lookups.read_account(gateways(), no_account, Deadline(1), True) == [], "of a restricted ticket nothing is searched for"
    sandbox.fault("salesforce", "500")
    [none] = lookups.read_account(gateways(), seen.facts(ticket=seen.ticket(organization=None)), Deadline(1))
    assert (none.value, none.error) == ([], "")


@pytest.mark.parametrize("linked", ["001", "0015e0000000001AAB", "x'; DROP TABLE", "001 001 001 001 0"])
def test_an_id_that_cannot_be_one_is_said_without_asking(sandbox, linked):
    facts = seen.facts(ticket=seen.ticket(organization={**seen.ORGANIZATION, "salesforce_id": linked}))
    item, found = lookups.read_account(gateways(), facts, Deadline(1))
    assert [one["name"] for one in found.value] == ["Acme Corp"], "but which it may be is"
    assert (item.error, item.value) == ("not_found", None)
    assert item.detail.startswith("Zendesk names the account")


def test_a_restricted_account_keeps_ids_and_employees_only(sandbox):
    facts = all_trips("usgov", 7001)
    assert (facts.customer.name, facts.customer.region, facts.customer.type) == ("", "", "")
    assert facts.customer.csm.name == "Dana Reyes"
    assert facts.comments == []


def test_a_trip_that_is_left_out_asks_nobody_and_says_so(sandbox):
    deadline = Deadline(0)
    items = lookups.read_ticket(gateways(), "main", 1001, deadline, memory.skipped)
    assert [(item.key, item.error) for item in items] == [("ticket", "skipped"), ("comments", "skipped")]
    made = all_trips()
    for service in ("zendesk", "salesforce", "slack"):
        sandbox.fault(service, "500")  # who is asked, would say so
    [account] = lookups.read_account(gateways(), made, deadline, remembered=memory.skipped)
    people = lookups.read_people(gateways(), DEFAULT_MAPPING, made, ANA, deadline, remembered=memory.skipped)
    assert {item.error for item in [account, *people, lookups.summary(people, made)]} == {"skipped"}


ROW, SALES, ELDER, BOREALIS, COBALT = "C0ACCTMGMT1", "C0SALES0001", "C0ACCT0033", "C0ACCT0002", "C0ACCT0003"
HANNA, U_ANA, U_OMAR = "U0HANNAVIRTANE", "U0ANALIMA", "U0OMARHADDAD"


def test_the_channels_of_the_rows_and_who_of_the_people_is_where(sandbox):
    facts = all_trips(number=1033)
    assert facts.channel(ROW).value["bot_is_member"] and facts.channel(SALES).known
    assert facts.members(ELDER).value == {HANNA: False, U_OMAR: True, U_ANA: False}, "three people, and nobody else"
    assert facts.members(ROW).value == {HANNA: True, U_OMAR: True, U_ANA: True}
    assert facts.members(SALES) is None, "no row mentions anybody there"


def test_who_is_in_a_private_channel_without_the_portal_is_not_known(sandbox):
    facts = all_trips(number=1003)
    assert facts.channel(COBALT).value is None
    assert set(facts.members(COBALT).value.values()) == {None}


def test_of_more_people_than_one_answer_holds_an_absent_one_is_not_known(sandbox):
    sandbox.control("channel", id=ELDER, members=["U0ESCPORTAL", U_OMAR, *(f"U0SOMEBODY{n:04d}" for n in range(1_200))])
    assert all_trips(number=1033).members(ELDER).value == {HANNA: None, U_OMAR: True, U_ANA: None}


@pytest.mark.parametrize("match", ["conversations.members", "conversations.info"])
def test_a_failing_look_at_channels_is_no_error_of_the_people(sandbox, match):
    sandbox.fault("slack", "500", match=match)
    facts = all_trips(number=1008)  # an account without a channel of its own
    assert facts.value("slack", "people") == {"found": 2}
    failed = {item.key.partition(":")[0] for item in facts.seen.values() if item.error}
    assert failed == {"members" if match == "conversations.members" else "channel"}


def test_a_slow_look_at_who_is_where_holds_up_the_people_for_a_moment_only(sandbox, monkeypatch):
    monkeypatch.setattr(lookups, "PREFLIGHT_SECONDS", 0.5)
    all_trips(number=1033)  # signed in
    sandbox.fault("slack", "hang", match="conversations.members", seconds=15)
    began = time.monotonic()
    facts = all_trips(number=1033, seconds=9.0)
    assert time.monotonic() - began < 4
    assert facts.members(ELDER).error == "late" and facts.value("slack", "people") == {"found": 3}


def test_a_ticket_that_is_not_there_asks_after_no_channel(sandbox):
    facts = all_trips(number=4242)
    assert [item.key for item in facts.seen.values() if item.source == "slack"] == [f"person:{ANA}", "people"]


def test_of_a_restricted_tickets_channels_no_name_is_kept(sandbox):
    ticket = lookups.read_ticket(gateways(), "usgov", 7002, Deadline(5))
    facts = Facts.of(ticket + lookups.read_account(gateways(), Facts.of(ticket), Deadline(5), True))
    seen = lookups.read_people(gateways(), DEFAULT_MAPPING, facts, ANA, Deadline(5), True)
    assert [item.value["name"] for item in seen if item.key.startswith("channel:")] == ["", "", ""]
    assert "lighthouse" not in str(seen).lower()


def test_one_channel_is_read_anew(sandbox):
    [before] = lookups.read_channel(gateways(), BOREALIS, Deadline(5))
    gateways().slack.join(BOREALIS, deadline=Deadline(5))
    [after] = lookups.read_channel(gateways(), BOREALIS, Deadline(5), restricted=True)
    assert (before.value["bot_is_member"], after.value["bot_is_member"]) == (False, True)
    assert (before.key, after.value["name"]) == (f"channel:{BOREALIS}", "")


U_BEA = "U0BEANOVAK"


def test_whose_notifications_are_paused_is_asked_when_slack_has_said_who_they_are(sandbox):
    told = all_trips(number=1035).value("slack", "pauses")
    assert set(told) == {U_BEA, U_OMAR, U_ANA} and told[U_BEA] and told[U_OMAR] is None


def test_who_is_known_by_id_is_asked_after_at_once(sandbox):
    sandbox.fault("slack", "500", match="*lookupByEmail*")
    facts = all_trips(number=1035, ids_of=lambda emails: {U_BEA, U_ANA})
    assert facts.value("slack", "pauses")[U_BEA], "although Slack does not say who has the address"


@pytest.mark.parametrize("known", [{U_BEA}, {"U0SOMEBODYELSE"}, {U_BEA, U_OMAR}, {U_BEA, U_OMAR, "U0SOMEBODYELSE"}], ids=len)
def test_whoever_is_not_known_by_the_right_id_is_asked_after_all_the_same(sandbox, known):
    told = all_trips(number=1035, ids_of=lambda emails: known).value("slack", "pauses")
    assert {U_BEA, U_OMAR} <= set(told)


def test_that_slack_does_not_tell_is_an_answer(sandbox):
    sandbox.fault("slack", "500", match="*dnd*")
    facts = all_trips(number=1035)
    assert facts.get("slack", "pauses").error == "failed" and facts.value("slack", "people") == {"found": 3}


def test_without_people_nobody_is_asked_after(sandbox):
    sandbox.fault("slack", "500", match="*dnd*")
    assert all_trips(number=1011).get("slack", "pauses") is None


def test_the_list_of_everybody_may_take_longer_than_what_only_makes_the_review_surer(sandbox, monkeypatch):
    """In a company of thousands it is many pages; without it nobody knows who the CSM's name is."""
    monkeypatch.setattr(lookups, "PREFLIGHT_SECONDS", 0.3)
    sandbox.control("latency", **{"slack users.list": 600, "slack conversations.info": 600})
    facts = all_trips(number=1026)
    assert [one["name"] for one in facts.value("slack", "name:maria silva")] == ["Maria Silva", "Maria Silva"]
    assert facts.channel(SALES).error == "late"
