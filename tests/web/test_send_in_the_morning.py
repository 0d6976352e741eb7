"""The review while the recipient is off work: their time, who can act now, and a second button that waits for their morning."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.actions import publishing
from escalations.models import Delivery, Escalation, FactSnapshot
from escalations.models.working_copy import working_copy
from tests.actions.factories import make_draft, off_until_in_three_days, work_on
from tests.rules import factories as facts_of

ALWAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def button(seen) -> str:
    """The instant of the second button, "" where there is none."""
    found = re.search(r'<button class="button" name="at" value="([^"]+)"', seen.html)
    return found[1] if found else ""


@pytest.fixture
def off(people, mapping):
    off_until_in_three_days(people["publisher"])


def test_off_work_the_page_says_so_and_who_can_act_now(visit, off):
    seen = visit().look_up("1001")
    assert re.search(r"\d\d:\d\d in Los Angeles, off work until \w{3} 09:00\. Who can act now: The Support manager on call, if it cannot wait", seen.text)
    assert "Tells the CSM; pages nobody." in seen.text
    assert re.search(r"Send \w{3} 08:00 their time", seen.text)
    assert "to be there when they begin ; sent as it stands above, unless somebody says until then that Dana Reyes is not told. Undo until then." in seen.text


@pytest.mark.parametrize("ticket, said", [("1001", True), ("1002", True), ("1007", False), ("1021", False)])
def test_nobody_is_to_be_paged_for_a_problem_that_can_wait(visit, off, ticket, said):
    seen = visit().look_up(ticket).choose("customer-asked")
    assert "off work until" in seen.text and ("Who can act now:" in seen.text) == said


ACT = "Who can act now: The Support manager on call, if it cannot wait"


def test_where_slack_does_not_know_the_person_their_time_is_not_known_and_who_can_act_is_said_all_the_same(visit):
    seen = visit().look_up("1028").choose("emergency")
    assert f"Their local time is not known: Slack does not know them. {ACT}" in seen.text


def test_nor_where_slack_has_no_time_zone_for_them_or_does_not_answer(visit, sandbox):
    seen = visit().look_up("1001").choose("emergency")
    row = FactSnapshot.objects.get(key="person:dana.reyes@example.com", source="slack")
    FactSnapshot.objects.filter(pk=row.pk).update(value={**row.value, "timezone": None})
    assert f"Their local time is not known: Slack has no time zone for them. {ACT}" in seen.open(seen.address).text
    FactSnapshot.objects.filter(pk=row.pk).update(value=None, error="late")
    assert f"Their local time is not known: Slack took too long to answer. {ACT}" in seen.open(seen.address).text


def test_a_time_zone_that_slack_has_is_not_said_to_be_missing(visit, people, mapping):
    seen = visit().look_up("1001").choose("emergency")
    row = FactSnapshot.objects.get(key="person:dana.reyes@example.com", source="slack")
    FactSnapshot.objects.filter(pk=row.pk).update(value={**row.value, "timezone": "Mars/Olympus"})
    assert f"Their local time is not known: “Mars/Olympus”, which Slack has for them, is no time zone. {ACT}" in seen.open(seen.address).text
    FactSnapshot.objects.filter(pk=row.pk).update(value=row.value)
    work_on(people["publisher"], *ALWAYS, zones=("Europe/*",))
    assert "When they work is not known: the mapping has no calendar for their time zone, America/Los_Angeles." in seen.open(seen.address).text


def test_where_nobody_was_found_who_can_act_now_is_said(visit, sandbox):
    sandbox.fault("salesforce", "503")
    seen = visit().look_up("1001").choose("emergency")
    assert "is asked, without tagging anybody" in seen.text
    assert f"Nobody may see it soon: nobody is mentioned. {ACT}" in seen.text


def test_and_not_where_it_can_wait(visit, sandbox):
    sandbox.fault("salesforce", "503")
    seen = visit().look_up("1021").choose("customer-asked")
    assert "is asked, without tagging anybody" in seen.text and "Who can act now" not in seen.text


def test_while_it_is_being_looked_up_nothing_is_said_of_it(people, mapping, client):
    draft = make_draft(people["engineer"], facts=facts_of.facts(ticket=facts_of.ticket(priority="urgent")), scenario="emergency")
    client.force_login(people["engineer"])
    assert "Who can act now" not in client.get(draft.get_absolute_url()).content.decode()


def test_a_note_that_mentions_nobody_waits_for_nobodys_morning(visit, off, work):
    seen = visit().look_up("1001").choose("emergency")
    seen.send()
    work()
    seen = visit().look_up("1001").choose("emergency")
    assert button(seen)
    seen.submit("/thread/", how="note")
    assert seen.can_send and not button(seen)


def test_the_first_button_sends_at_once_all_the_same(visit, off):
    visit().look_up("1001").submit("/send/")
    assert Delivery.objects.filter(due_at__lte=timezone.now() + timedelta(minutes=1)).count() == 2


def test_the_second_waits_for_their_morning_and_the_page_says_until_when(visit, off, work, sandbox):
    seen = visit().look_up("1001")
    at = button(seen)
    seen.submit("/send/", at=at)
    assert re.search(r"Scheduled for \w{3} 08:00 in Los Angeles \(\w{3} 1[56]:00 UTC\)\.", seen.text), seen.text
    assert "Sending in" not in seen.text and "every 30s" in seen.html
    assert "Dana Reyes, CSM, will be told. Nothing is asked of them." in seen.text
    assert re.search(r"to be sent \d\d \w{3}, 1[56]:00 UTC", seen.text)
    work()
    assert sandbox.ledger() == []
    seen.submit("/undo/")
    assert "Undone, nothing was sent. The draft is back as it was." in seen.text


@pytest.mark.parametrize("at", ["2026-01-01T08:00:00+00:00", "2999-01-01T08:00:00+00:00", "tomorrow", "\x00", "9999-12-31T23:59:59-23:59"])
def test_another_time_than_the_one_offered_sends_nothing(visit, off, at):
    seen = visit().look_up("1001").submit("/send/", at=at)
    assert seen.status == 409
    assert "The time at which it would be sent is another one now" in seen.text
    assert not Escalation.objects.exists()


def test_at_work_there_is_no_second_button(visit, people, mapping):
    work_on(people["publisher"], *ALWAYS, from_hour=0, until_hour=24)
    seen = visit().look_up("1001")
    assert re.search(r"\d\d:\d\d in Los Angeles, at work\.", seen.text)
    assert not button(seen) and "Who can act now" not in seen.text


def test_where_nobody_was_found_there_is_nobodys_time(visit, off):
    seen = visit().look_up("1017")
    assert "off work" not in seen.text and not button(seen)


def test_the_ask_skips_the_days_on_which_they_do_not_work(visit, off):
    seen = visit().look_up("1001").choose("customer-asked")
    assert f"by {timezone.now() + timedelta(days=3):%A}" in seen.text or f"by {timezone.now() + timedelta(days=2):%A}" in seen.text


def test_while_it_waits_nobody_is_asked_yet(visit, off):
    seen = visit().look_up("1001").choose("customer-asked")
    seen.submit("/send/", at=button(seen))
    assert "Dana Reyes, CSM, will be asked: “Please talk to the customer by" in seen.text


def test_nothing_waits_for_a_morning_after_the_day_that_it_names(visit, off, people):
    """A row may ask for an answer today: sent on Monday, it would be overdue as it arrives."""
    before = working_copy()
    rows = tuple(replace(row, answer_days=0) if row.key == "customer-asked" else row for row in before.scenarios)
    publishing.replace_working_copy(replace(before, scenarios=rows), by=people["publisher"], now=timezone.now())
    publishing.publish(by=people["publisher"], message="Today", now=timezone.now())
    seen = visit().look_up("1001")
    at = button(seen)
    seen.choose("customer-asked")
    assert "off work until" in seen.text and not button(seen)
    assert seen.submit("/send/", at=at).status == 409
    assert button(seen.choose("emergency")), "what asks for nothing can wait"


def test_who_waits_for_an_answer_reads_when_they_work(visit, off, work):
    visit().look_up("1001").choose("customer-asked").send()
    work()
    seen = visit().open(Escalation.objects.get().get_absolute_url())
    assert re.search(r"Where Dana Reyes is: \d\d:\d\d in Los Angeles, off work until \w{3} 09:00\.", seen.text)
