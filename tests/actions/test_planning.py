"""What the portal sent before about a ticket: where a thread goes on, and what is said of it."""

import uuid
from datetime import timedelta

import pytest

from escalations.actions import undoing
from escalations.models import Delivery
from escalations.models.planning import MOST, sent_around, sent_before, thread_of, told_before
from escalations.rules.facts import Seen
from tests.actions.factories import PLAIN_FACTS, make_delivery, make_draft, make_escalation
from tests.conftest import NOON
from tests.rules import factories as seen

pytestmark = pytest.mark.usefixtures("mapping")
# kind of place, state, days ago, whether a thread goes on there
TABLE = [
    ("channel", "delivered", 1, True),
    ("account_channel", "delivered", 1, True),
    ("group_message", "delivered", 1, True),  # whose it is decides the plan
    ("thread", "delivered", 1, False),
    ("channel", "delivered", 91, False),
    ("channel", "pending", 1, False),
]


@pytest.mark.parametrize(("kind", "state", "days", "goes_on"), TABLE)
def test_a_thread_goes_on_only_where_slack_still_holds_it(people, kind, state, days, goes_on):
    settled = {"remote_id": "C0X:170.1", "settled_at": NOON - timedelta(days=days)} if state == "delivered" else {}
    row = make_delivery(people["engineer"], "slack", state=state, place={"kind": kind, "label": "#x"}, **settled)
    draft = make_draft(people["teamlead"], ticket_id=row.escalation.ticket_id)
    thread = thread_of(sent_before(draft), NOON.date())
    assert bool(thread) is goes_on
    assert not thread or (thread.channel, thread.ts, thread.kind) == ("C0X", "170.1", kind)


def test_a_thread_in_a_channel_comes_before_one_in_a_direct_message(people):
    first = make_escalation(people["engineer"])
    for kind, target, at in (("group_message", "group:U1,U2", "D0X:1.1"), ("channel", "C0X", "C0X:1.2")):
        make_delivery(
            people["engineer"], escalation=first, target=target, state="delivered", place={"kind": kind, "label": kind}, remote_id=at,
            settled_at=NOON - timedelta(days=1), key=uuid.uuid4(), leg_key=kind,
        )  # fmt: skip
    before = sent_before(make_draft(people["teamlead"], ticket_id=first.ticket_id))
    assert thread_of(before, NOON.date()).channel == "C0X"
    assert thread_of(before[:1], NOON.date()).group == "group:U1,U2"


def test_nothing_goes_on_in_the_thread_of_what_was_withdrawn(people):
    place = {"kind": "channel", "label": "#x"}
    row = make_delivery(
        people["engineer"], state="delivered", place=place, remote_id="C0X:170.1", settled_at=NOON - timedelta(days=1)
    )
    undoing.withdraw(row.escalation, by=people["engineer"], because="Wrong account")
    draft = make_draft(people["teamlead"], ticket_id=row.escalation.ticket_id)
    assert thread_of(sent_before(draft), NOON.date()) is None
    assert "withdrawn since" in told_before(sent_before(draft))[0], "they were told all the same"


def test_what_is_closed_hides_nothing_that_is_open_for_the_customer(people):
    """However much was sent since: of its customer's other tickets, and to its people about other customers."""
    draft, account, owner = make_draft(people["engineer"]), {"account_id": seen.account()["id"]}, {"contact_email": seen.OMAR["email"]}
    mine = make_delivery(people["engineer"])
    still_open = make_delivery(people["engineer"], escalation=make_escalation(people["engineer"], ticket_id=77, follow_up="overdue", **account))
    for ticket, of, follow_up in ((78, account, "closed"), (79, owner, "awaiting_reply")):
        row = make_escalation(people["engineer"], ticket_id=ticket, follow_up=follow_up, **of)
        values = {"escalation": row, "system": "slack", "purpose": "post", "content": {}, "due_at": NOON, "visibility": "internal"}
        Delivery.objects.bulk_create(Delivery(key=uuid.uuid4(), target=f"C0{n}", leg_key="slack", **values) for n in range(MOST))
    own, others = sent_around(draft, PLAIN_FACTS, NOON - timedelta(days=14))
    assert own == [mine] and len(others) == MOST - 1
    assert still_open in others and others[1:] == sorted(others[1:], key=lambda row: -row.pk)


def test_where_no_account_is_known_nothing_is_open_for_the_customer(people):
    """What is of no account either is not of the same customer: of what Omar was told the newest comes first, whatever became of it."""
    said = [{"key": "COR-1", "instead": "person", "use_email": seen.OMAR["email"], "use_name": "Omar Haddad"}]
    facts = seen.facts(ticket=seen.ticket(organization=None)).having([Seen("portal", "corrections", said, NOON)])
    for ticket, follow_up in ((77, "overdue"), (78, "none")):
        row = make_escalation(people["engineer"], ticket_id=ticket, follow_up=follow_up, contact_email=seen.OMAR["email"])
        make_delivery(people["engineer"], escalation=row)
    others = sent_around(make_draft(people["engineer"]), facts, NOON - timedelta(days=14))[1]
    assert [row.escalation.ticket_id for row in others] == [78, 77]


def test_what_was_told_before_names_whom_and_by_whom(people):
    row = make_delivery(people["engineer"], "slack")
    draft = make_draft(people["teamlead"], ticket_id=row.escalation.ticket_id)
    [said] = told_before(sent_before(draft))
    assert row.escalation.reference in said
    assert "Ana Lima" in said


def test_what_waits_for_the_morning_is_not_said_to_have_been_told(people):
    row = make_delivery(people["engineer"], "slack")
    draft = make_draft(people["teamlead"], ticket_id=row.escalation.ticket_id)
    assert told_before(sent_before(draft))[0].endswith(", waiting to be sent")
    row.escalation.state = "completed"
    row.escalation.save()
    assert "waiting" not in told_before(sent_before(draft))[0]
