"""The review of who has paused their notifications in Slack: away for days is passed over, until the evening is said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import colleagues
from escalations.gateways.wiring import gateways
from escalations.models import FactSnapshot
from tests.actions.factories import work_on
from tests.web.test_corrections import DANA, record

ALWAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def test_who_has_paused_them_for_days_is_away_and_the_record_says_why(visit, mapping):
    seen = visit().look_up("1035")
    assert "Omar Haddad Account Owner" in seen.text
    assert "Bea Novak is away (Slack: notifications are paused until" in seen.text
    assert "notifications are paused until" in seen.send().text, "the escalation's own explanation as well"


@pytest.mark.parametrize("hours, said", [(8, True), (-1, False)], ids=["now", "an hour ago"])
def test_who_has_paused_them_until_the_evening_is_told_all_the_same(visit, mapping, people, hours, said):
    work_on(people["publisher"], *ALWAYS, from_hour=0, until_hour=24)
    seen = visit().look_up("1036")
    now = timezone.now()
    span = [(now - timedelta(hours=2)).isoformat(), (now + timedelta(hours=hours)).isoformat()]
    FactSnapshot.objects.filter(key="pauses").update(value={"U0LUISFERRER": span})
    seen = visit().open(seen.address)
    assert "Luis Ferrer CSM" in seen.text and seen.can_send
    assert ("in Madrid, at work, notifications in Slack paused until" in seen.text) == said
    assert ("Who can act now:" in seen.text) == said


def test_that_slack_does_not_tell_is_said_and_stops_nobody(visit, mapping, sandbox):
    sandbox.fault("slack", "403", match="*dnd*")
    seen = visit().look_up("1001")
    assert "Whether their notifications are paused is not known: Slack " in seen.text and seen.can_send


def test_a_second_look_knows_the_pause_of_a_moment_ago(visit, mapping, sandbox):
    visit().look_up("1035")
    sandbox.fault("slack", "500", match="*dnd*")
    assert "notifications are paused until" in visit("teamlead").look_up("1035").text


def test_whoever_is_met_for_the_first_time_is_asked_after_at_once(visit, mapping, sandbox):
    """No trip of its own: the portal knows their ids before anybody has looked them up."""
    colleagues.refresh(gateways())
    sandbox.fault("slack", "500", match="*lookupByEmail*")
    visit().look_up("1035")
    assert FactSnapshot.objects.get(key="pauses").value["U0BEANOVAK"]


BEA = "bea.novak@example.com"  # paused for ten days


def test_whoever_is_named_after_the_pauses_were_remembered_is_asked_for_as_well(visit, people, work, sandbox):
    colleagues.refresh(gateways())
    visit().look_up("1001")  # Acme: the pauses of Dana and Omar are remembered for five minutes
    record(people["engineer"], email=DANA, instead="person", use_email=BEA, use_name="Bea Novak")
    seen = visit("teamlead").look_up("1001")
    told = seen.text
    seen.send()
    work()
    [message] = sandbox.effects("message")
    assert "Bea Novak" not in [person["name"] for person in message["mentions"]]
    assert "Bea Novak is away (Slack: notifications are paused until" in told


def test_a_pause_of_ten_days_is_not_forgotten_by_one_read_that_fails(visit, sandbox):
    seen = visit().look_up("1035")
    sandbox.fault("slack", "500", match="*dnd*")
    seen.submit("/look-up/people/")
    assert "mentions Omar Haddad" in seen.text and "mentions Bea Novak" not in seen.text
    assert "Whether their notifications are paused is not known: Slack answered with an error." in seen.text, "Omar's"


def test_a_pause_is_said_where_slack_has_no_time_zone_for_them(visit):
    seen = visit().look_up("1036")
    row = FactSnapshot.objects.get(key="person:luis.ferrer@example.com", source="slack")
    FactSnapshot.objects.filter(pk=row.pk).update(value={**row.value, "timezone": None})
    span = [(timezone.now() + timedelta(hours=n)).isoformat() for n in (-2, 8)]
    FactSnapshot.objects.filter(key="pauses").update(value={"U0LUISFERRER": span})
    assert "Notifications in Slack are paused until" in seen.open(seen.address).text
