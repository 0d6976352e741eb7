"""A Zendesk instance that is gone from the settings: what was to go there ends with a person, in clear words."""

import pytest

from escalations.actions import settling, working
from escalations.gateways.wiring import gateways
from escalations.models import AuditEvent, Delivery, Escalation
from tests.actions.factories import make_delivery, make_escalation

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")


@pytest.fixture
def note(people, settings):
    """Make a note for an instance that the settings do not know any more."""

    def make(**values):
        escalation = make_escalation(people["usgov"], instance="usgov", ticket_id=5001)
        return make_delivery(people["usgov"], "zendesk", escalation=escalation, target="usgov:5001", **values)

    settings.ZENDESK_INSTANCES = {"main": settings.ZENDESK_INSTANCES["main"]}
    return make


def work(caplog):
    working.deliver_due(gateways())
    assert "Traceback" not in caplog.text
    return Delivery.objects.get(system="zendesk")


def test_what_was_to_be_sent_is_dead(note, caplog):
    note()
    row = work(caplog)
    words = "The Zendesk instance usgov is not configured any more: nothing was sent."
    assert (row.state, row.trouble, row.last_words) == ("dead", "not_configured", words)
    assert [tried.outcome for tried in row.tries.all()] == ["permanent"]
    assert AuditEvent.objects.filter(action="delivery.dead").count() == 1
    assert work(caplog).tries.count() == 1


def test_what_was_in_doubt_needs_a_person_who_can_close_it(note, people, caplog):
    note(state="uncertain")
    row = work(caplog)
    words = "The Zendesk instance usgov is not configured any more: look there whether it arrived."
    assert (row.state, row.last_words) == ("needs_a_person", words)
    assert settling.look_again(row, gateways(), by=people["teamlead"]) == "inconclusive"
    assert "usgov is not configured any more" in row.looks.get().words
    settling.close_not_sent([row], by=people["teamlead"], because="Looked there.")
    assert Escalation.objects.get().state == "not_sent"


def test_the_instance_comes_back_and_it_is_sent_again(note, people, settings, sandbox, caplog):
    note()
    row = work(caplog)
    settings.ZENDESK_INSTANCES = {**settings.ZENDESK_INSTANCES, "usgov": {**settings.ZENDESK_INSTANCES["main"], "host": "portal-demo-usgov.zendesk.com", "restricted": True}}
    settling.send_again([row], by=people["teamlead"], because="It is configured again.")
    assert work(caplog).state == "delivered"
