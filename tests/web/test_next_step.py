"""After "Not mine": what its page calls the next step, where that was undone, taken over, discarded or did not arrive."""

from unittest import mock

from escalations.actions import delivery, settling
from escalations.gateways.base import DeliveryError
from escalations.models import Delivery, Draft, Escalation
from tests.web.test_follow_up_page import REASON, record


def undone(page, settings):
    """Dana says that it is not hers; the next step is sent, and undone."""
    record(page, "not-mine", reason=REASON, right="unknown")
    settings.SEND_HOLD_SECONDS = 30
    address = page.look_up("1001").send().address
    return page.open(address).submit("/undo/")


def taken_over(page, visit):
    """The draft that came back is a colleague's now; their page."""
    lead = visit("teamlead")
    lead = lead._seen(lead.client.post(f"{page.address}take-over/", follow=True))
    assert Draft.objects.get(state__in=("open", "reviewed")).author.username == "teamlead"
    return lead


def test_one_that_was_undone_and_taken_over_was_not_sent(asked, settings, visit):
    first = Escalation.objects.get()
    lead = taken_over(undone(asked, settings), visit)
    assert "The next step was sent as" not in lead.open(first.get_absolute_url()).text


def test_it_is_no_draft_from_before(visit, work, settings):
    visit().look_up("1001").submit("/discard/")
    old = Draft.objects.get()
    page = visit().look_up("1001").choose("customer-asked").send()
    work()
    first = Escalation.objects.get()
    lead = taken_over(undone(page, settings), visit)
    assert str(old.pk) not in lead.open(first.get_absolute_url()).html


def test_another_matter_of_the_same_ticket_is_none(asked, visit, settings):
    first = Escalation.objects.get()
    undone(asked, settings).submit("/discard/")
    page = visit().look_up("1001").choose("professional-services").send()
    other = Escalation.objects.latest("pk")
    assert other.role_key == "ao"
    assert f"The next step was sent as {other.reference}" not in page.open(first.get_absolute_url()).text


def test_what_did_not_arrive_was_not_sent(asked, work, people):
    first = Escalation.objects.get()
    record(asked, "not-mine", reason=REASON, right="unknown")

    def refuses(*_):
        raise DeliveryError("It is archived.", outcome="permanent", code="is_archived")

    asked.look_up("1001").send()
    with mock.patch.dict(delivery.SENDERS, dict.fromkeys(delivery.SENDERS, refuses)):
        work()
    second = Escalation.objects.latest("pk")
    settling.close_not_sent(Delivery.objects.filter(state="dead", escalation=second).exclude(purpose="notice"), by=people["teamlead"], because="Not needed")
    second.refresh_from_db()
    assert second.state == "not_sent"
    assert f"The next step was sent as {second.reference}" not in asked.open(first.get_absolute_url()).text
