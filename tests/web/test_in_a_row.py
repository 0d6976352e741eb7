"""Several tickets in a row: one paste, one after the other, nothing carried over."""

import re
import threading

import pytest

from escalations.actions import delivery, settling, undoing
from escalations.gateways.base import DeliveryError
from escalations.gateways.zendesk import Zendesk
from escalations.models import Delivery, Draft, Escalation
from escalations.models.delivery import NOTICE
from escalations.rules.tickets import LONGEST

LEADS = "1008 1009 1024"


@pytest.fixture
def row(visit):
    seen = visit().open("/escalate/")
    return seen.submit("/escalate/", ticket=LEADS)


def test_one_draft_a_ticket_in_their_order_and_on_to_the_first(row):
    drafts = list(Draft.objects.order_by("place"))
    assert [(draft.ticket_id, draft.place) for draft in drafts] == [(1008, 1), (1009, 2), (1024, 3)]
    assert len({draft.batch for draft in drafts}) == 1
    assert row.address == drafts[0].get_absolute_url()
    assert "Ticket 1 of 3" in row.text and "Next: 1009" in row.text
    assert row.text.count("not sent yet") == 3, "of a draft, and not of a ticket that may be closed"


def test_only_the_first_is_looked_up_and_the_next_one_while_it_is_read(row):
    first, second, third = Draft.objects.order_by("place")
    assert first.snapshots.exists() and not second.snapshots.exists()
    address = f"{first.get_absolute_url()}ahead/"
    assert row.client.post(address).status_code == 204
    assert second.snapshots.filter(source="slack", key="people").exists()
    assert not third.snapshots.exists()
    read = Draft.objects.get(pk=second.pk).revision
    row.client.post(address)
    assert Draft.objects.get(pk=second.pk).revision == read, "it is read ahead once"


def test_send_and_next_goes_on_and_carries_nothing_over(row):
    row.submit("/words/", told="They were told on the phone.")
    row.submit("/send/", then="next")
    second = Draft.objects.get(ticket_id=1009)
    assert row.address == second.get_absolute_url()
    assert (second.answers, second.edits, second.scenario_key) == ({}, {}, "")
    assert Escalation.objects.get().ticket_id == 1008
    assert "Ticket 2 of 3" in row.text and Escalation.objects.get().reference in row.text


def test_the_next_page_says_what_was_sent_and_takes_it_back(visit, settings, work):
    settings.SEND_HOLD_SECONDS = 8.0
    seen = visit().open("/escalate/").submit("/escalate/", ticket=LEADS).submit("/send/", then="next")
    sent, second = Escalation.objects.get(), seen.address
    assert f"{sent.reference} , ticket 1008, to Omar Haddad: nothing is sent yet. Sending in" in seen.text
    assert visit("teamlead").open(second).has_form("/undo/") is False
    brief = visit().client.get(f"{sent.get_absolute_url()}deliveries/?brief", headers={"HX-Request": "true"}).content.decode()
    assert 'id="just-sent"' in brief and "?brief" in brief
    seen = visit().open(second).submit("/undo/")
    assert "Undone, nothing was sent. The draft is back as it was." in seen.text and "Ticket 1 of 3" in seen.text
    assert "nothing is sent yet" not in seen.open(second).text
    assert work() == 0


def test_the_next_page_says_that_it_has_left(row, work):
    row.submit("/send/", then="next")
    assert "waiting to be sent." in row.text and 'hx-trigger="every 5s"' in row.html
    work()
    row.open(row.address)
    assert f"{Escalation.objects.get().reference} , ticket 1008, to Omar Haddad: sent. Its page says what arrived, and takes it back." in row.text
    assert not row.has_form("/undo/") and "?brief" not in row.html


def test_plain_send_stays_with_what_was_sent(row):
    row.send()
    assert row.address == Escalation.objects.get().get_absolute_url()
    assert "Ticket 1 of 3" in row.text and "Next ticket: 1009" in row.text


def test_what_was_left_behind_comes_after_the_last(row):
    last = Draft.objects.get(ticket_id=1024)
    row.open(last.get_absolute_url())
    assert "Ticket 3 of 3" in row.text and "Next: 1008" in row.text


def test_the_last_one_has_no_next(row):
    for ticket in (1008, 1009):
        row.open(Draft.objects.get(ticket_id=ticket).get_absolute_url()).submit("/discard/")
    row.open(Draft.objects.get(ticket_id=1024).get_absolute_url())
    assert "Next:" not in row.text and "Send and next" not in row.text
    assert row.text.count("discarded") == 2


def test_after_the_last_one_the_page_says_what_became_of_each(row):
    row.submit("/send/", then="next")
    row.client.post(f"{row.address}do-not-escalate/", {"because": "They asked for a call only."})
    assert "tickets are done" not in row.text
    row.open(Draft.objects.get(ticket_id=1024).get_absolute_url()).submit("/discard/")
    sent = Escalation.objects.get()
    said = f"All 3 tickets are done: 1008 escalated as {sent.reference}, 1009 not escalated, 1024 discarded."
    assert said in row.text and said in row.open(sent.get_absolute_url()).text
    row.open(Draft.objects.get(ticket_id=1024).get_absolute_url()).submit("/reopen/")
    assert "tickets are done" not in row.text and "Ticket 3 of 3" in row.text


def test_one_that_was_withdrawn_is_said_to_be(row, people):
    row.submit("/send/", then="next")
    undoing.withdraw(Escalation.objects.get(), by=people["engineer"], because="Wrong account")
    for ticket in (1009, 1024):
        row.open(Draft.objects.get(ticket_id=ticket).get_absolute_url()).submit("/discard/")
    assert f"1008 escalated as {Escalation.objects.get().reference}, withdrawn since, 1009 discarded" in row.text


@pytest.mark.parametrize("settled", [False, True])
def test_what_did_not_arrive_is_not_called_escalated(row, work, people, monkeypatch, settled):
    def refuses(*_):
        raise DeliveryError("It is archived.", outcome="permanent", code="is_archived")

    row.submit("/send/", then="next")
    for name in delivery.SENDERS:
        monkeypatch.setitem(delivery.SENDERS, name, refuses)
    work()
    if settled:
        dead = Delivery.objects.filter(state="dead").exclude(purpose=NOTICE)
        settling.close_not_sent(dead, by=people["teamlead"], because="Not needed")
    sent = Escalation.objects.get()
    assert sent.state == ("not_sent" if settled else "attention")
    assert ('id="just-sent"' in row.open(row.address).html) is not settled
    for ticket in (1009, 1024):
        row.open(Draft.objects.get(ticket_id=ticket).get_absolute_url()).submit("/discard/")
    became = f"not sent ({sent.reference})" if settled else f"needs attention ({sent.reference})"
    assert f"All 3 tickets are done: 1008 {became}, 1009 discarded" in row.text


def test_a_live_draft_that_there_was_already_takes_its_place_with_all_that_was_done(visit):
    seen = visit().look_up("1009").choose("emergency")
    seen.open("/escalate/").submit("/escalate/", ticket=LEADS)
    again = Draft.objects.get(ticket_id=1009)
    assert (again.place, again.scenario_key) == (2, "emergency")


@pytest.mark.parametrize(
    ("pasted", "says"),
    [
        ("1008 https://portal-demo.zendesk.com/agent/dashboard https://portal-demo.zendesk.com/agent/tickets/1009", "not a ticket"),
        (" ".join(str(2000 + n) for n in range(21)), "more than 20 tickets"),
    ],
)
def test_a_row_with_something_wrong_in_it_starts_nothing_and_keeps_the_paste(visit, pasted, says):
    seen = visit().open("/escalate/").submit("/escalate/", ticket=pasted)
    assert (seen.status, Draft.objects.count()) == (422, 0)
    assert says in seen.text
    assert seen.form("/escalate/")["fields"]["ticket"] == pasted


def test_a_number_that_is_in_both_instances_is_asked_for_as_a_link(visit):
    seen = visit("usgov").open("/escalate/").submit("/escalate/", ticket="1008 5001")
    assert "Ticket 5001 exists in both Zendesk instances: paste its link" in seen.text
    assert not Draft.objects.exists()


def test_another_instance_is_not_for_everybody_and_then_nothing_starts(visit):
    seen, usgov = visit("engineer").open("/escalate/"), "https://portal-demo-usgov.zendesk.com/agent/tickets/"
    pasted = f"1008 {usgov}7001 1009"
    seen.submit("/escalate/", ticket=pasted)
    assert (seen.status, Draft.objects.count()) == (403, 0)
    assert "Ticket 7001 is of the US Government instance: only the group US Government may open it." in seen.text
    assert "Take it out here, and let a colleague of that group escalate it, or ask" in seen.text
    assert seen.form("/escalate/")["fields"]["ticket"] == pasted
    seen.submit("/escalate/", ticket=f"{pasted} {usgov}7002")
    assert "Tickets 7001 and 7002 are of the US Government instance" in seen.text and not Draft.objects.exists()


def test_a_colleague_reads_the_row_and_reads_nothing_ahead(row, visit):
    first = Draft.objects.get(ticket_id=1008)
    seen = visit("teamlead").open(first.get_absolute_url())
    assert "Ticket 1 of 3" in seen.text
    assert seen.client.post(f"{first.get_absolute_url()}ahead/").status_code == 403


def test_a_number_that_is_only_in_the_other_instance_is_started_there(visit):
    visit("usgov").open("/escalate/").submit("/escalate/", ticket="7001 1008 https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    drafts = Draft.objects.order_by("place")
    assert [(draft.instance, draft.ticket_id, draft.place) for draft in drafts] == [("usgov", 7001, 1), ("main", 1008, 2)]


def test_bare_numbers_are_asked_for_all_at_once_within_one_deadline(visit, monkeypatch):
    """A Zendesk that is slow is slow once, and not once a number."""
    all_there, deadlines, before = threading.Barrier(6), [], Zendesk.ticket

    def ticket(self, number, *, deadline):
        deadlines.append(deadline)
        all_there.wait(5)
        return before(self, number, deadline=deadline)

    monkeypatch.setattr(Zendesk, "ticket", ticket)
    page = visit("usgov")
    assert page.client.post("/escalate/", {"ticket": "7001 1008 1009", "scripted": "1"}).status_code == 302
    assert len(deadlines) == 6 and len(set(map(id, deadlines))) == 1
    assert list(Draft.objects.order_by("place").values_list("instance", "ticket_id")) == [("usgov", 7001), ("main", 1008), ("main", 1009)]


def test_the_field_cuts_no_paste_that_would_be_read(visit):
    """A browser cuts at maxlength without a word, in the middle of a link if need be."""
    found = re.search(r'id="id_ticket"[^>]*maxlength="(\d+)"', visit().open("/escalate/").html)
    assert int(found[1]) >= LONGEST
