"""From the comments in Zendesk to the words on the page: when Support last wrote to the customer, or that nobody knows."""

import json
import re

import pytest

from escalations.models import Delivery, Escalation, FactSnapshot
from tests.web.test_us_government import TICKET

NOT_KNOWN = "It is not known here whether Support has written to the customer; the ticket shows it."
NOT_YET = "Support has not written to the customer on this ticket yet."
WROTE = re.compile(r"Support last wrote to the customer \d+ \w+( \d{4})?, \d\d:\d\d UTC \(public comment by Tom Okafor\)\.")
COMMENTS = "GET /api/v2/tickets/*/comments*"


def told_on(page) -> str:
    return page.form("/words/")["fields"]["told"]


def test_it_says_when_and_who(visit):
    assert WROTE.fullmatch(told_on(visit().look_up("1001")))


def test_it_says_when_nobody_has(visit):
    assert told_on(visit().look_up("1015")) == NOT_YET


@pytest.mark.parametrize(("kind", "more"), [("503", {}), ("404", {}), ("cut_page", {}), ("429", {"retry_after": 30})])
def test_comments_that_cannot_be_read_hold_up_nothing_and_claim_nothing(visit, sandbox, work, kind, more):
    sandbox.fault("zendesk", kind, match=COMMENTS, **more)
    page = visit().look_up("1001")
    assert told_on(page) == NOT_KNOWN
    page.send()
    work()
    assert Escalation.objects.get().texts["sent"]["told"] == NOT_KNOWN
    assert all(NOT_KNOWN in json.dumps(row.content) for row in Delivery.objects.all())


def test_the_fact_has_its_source_and_the_instant_it_was_read(visit):
    visit().look_up("1001")
    seen = FactSnapshot.objects.get(key="comments")
    assert seen.source == "zendesk" and seen.seen_at
    assert [one["from_support"] for one in seen.value] == [True, False, True, False]


def test_a_us_government_ticket_says_nothing_of_it(visit, sandbox, work):
    page = visit("usgov").look_up(TICKET)
    page.choose("emergency").send()
    work()
    assert Escalation.objects.get().texts["sent"]["told"] == ""
    sent = json.dumps([entry for entry in sandbox.ledger() if entry["kind"] in ("message", "note")])
    assert "US Government customer" in sent
    assert "told" not in sent and "wrote to the customer" not in sent


TOLD = [
    ("1001", "customer-asked", "Asks the CSM; does not change who works the ticket.", "Is this the wrong person? Say who is told instead"),
    ("1030", "customer-asked", "Asks Omar Haddad; does not change who works the ticket.", "Is this the wrong person? Say who is told instead"),
    ("1017", "pass-lead", "Mentions nobody, and adds nobody to the ticket.", "Do you know who it is? Say who is told"),
]


@pytest.mark.parametrize(("ticket", "scenario", "line", "link"), TOLD)
def test_the_line_below_the_title_and_the_link_are_of_who_is_really_told(visit, ticket, scenario, line, link):
    page = visit().look_up(ticket).choose(scenario)
    assert line in page.text and link in page.text
