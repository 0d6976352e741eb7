"""While an escalation waits for its hour nothing is read again: what was said meanwhile stands on its page, and whoever records it is told."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from escalations.models import Correction, Delivery, Draft, Escalation
from tests.actions.factories import make_delivery, make_escalation, off_until_in_three_days
from tests.web.test_corrections import ACME, DANA, JOEL, OMAR, SAID, record
from tests.web.test_send_in_the_morning import button


@pytest.fixture
def waiting(visit, people, mapping):
    """Ana has told Dana about ticket 1001 in the evening: it is sent in the morning, when she is back."""
    off_until_in_three_days(people["publisher"])
    seen = visit().look_up("1001")
    seen.submit("/send/", at=button(seen))
    return Escalation.objects.get()


def says_so(seen) -> bool:
    return "says otherwise" in seen.text


def new(visit, **values):
    """Record a correction on the page for it, as the team lead."""
    page = visit("teamlead")
    given = {"email": DANA, "account": ACME, "instead": "nobody", "role": "", **SAID, **values}
    return page._seen(page.client.post("/corrections/new/", given, follow=True))


def test_the_page_of_what_waits_says_so_with_what_can_be_done(waiting, visit, people):
    page = visit().open(waiting.get_absolute_url())
    assert not says_so(page)
    row = record(people["teamlead"], instead="nobody")
    page.open(waiting.get_absolute_url())
    assert (
        f"{row.reference} says otherwise: nobody is told instead of Dana Reyes about this account (Wrong team, says Dana Reyes). "
        "So Dana Reyes will not be told when the time comes. Undo now: the draft then finds who is told instead." in page.text
    )
    assert "Ana Lima can undo it." in visit("teamlead").open(waiting.get_absolute_url()).text
    assert 'id="otherwise"' in page.client.get(f"{waiting.get_absolute_url()}deliveries/", headers={"HX-Request": "true"}).content.decode()


def test_whoever_records_it_is_led_to_what_waits(waiting, visit):
    page = new(visit)
    assert f"Planned before, and not sent yet: {waiting.reference}" in page.text
    assert f'<a href="{waiting.get_absolute_url()}">{waiting.reference}</a>' in page.html


def test_so_is_who_records_that_it_is_not_theirs(waiting, visit, people):
    """Another escalation to Dana about the same customer has arrived before; she answers that one."""
    facts = Escalation.objects.get().facts
    sent = make_escalation(
        people["engineer"], ticket_id=77, state="completed", contact_name="Dana Reyes", contact_email=DANA, account_id=ACME, facts=facts
    )
    given = {"said_by": "Dana Reyes", "reason": "Moved to another team or role", "right": "unknown"}
    page = visit()
    page._seen(page.client.post(f"{sent.get_absolute_url()}not-mine/", given, follow=True))
    assert f"Planned before, and not sent yet: {waiting.reference}" in page.text


def test_a_recipient_reads_of_no_other_escalation(waiting, visit, people):
    sent = make_escalation(people["engineer"], state="completed", contact_name="Dana Reyes", contact_email=DANA, account_id=ACME)
    people["csm"].groups.clear()
    page = visit("csm")
    given = {"reason": "Moved to another team or role", "right": "unknown"}
    page._seen(page.client.post(f"/a/{sent.reference}/not-mine/", given, follow=True))
    assert Correction.objects.exists() and waiting.reference not in page.text


ELSEWHERE = [
    {"email": OMAR, "name": "Omar Haddad"},
    {"account_id": "0015e0000000002AAA"},
    {"role_key": "ao"},
    {"instead": "person", "email": "", "name": "", "use_email": DANA, "use_name": "Dana Reyes"},
    {"valid_from": timezone.now().date() + timedelta(30)},
    {"valid_until": timezone.now().date()},
]


@pytest.mark.parametrize("values", ELSEWHERE)
def test_what_does_not_change_who_is_told_on_that_day_is_not_said(waiting, visit, people, values):
    record(people["teamlead"], **values)
    assert not says_so(visit().open(waiting.get_absolute_url()))


def test_a_note_that_tells_nobody_by_name_is_none_of_it(waiting, visit, people):
    about_dana = {name: getattr(waiting, name) for name in ("contact_name", "contact_email", "account_id", "facts", "hold_until", "day")}
    note = make_escalation(people["engineer"], ticket_id=78, submitted_at=timezone.now(), **about_dana)
    make_delivery(people["engineer"], escalation=note, due_at=note.hold_until)
    assert note.reference not in new(visit).text
    assert not says_so(visit().open(note.get_absolute_url()))


def cover_from_tomorrow(people, **values) -> Correction:
    tomorrow = timezone.now().date() + timedelta(1)
    joel = {"instead": "person", "use_email": JOEL, "use_name": "Joel Sandberg"}
    return record(people["teamlead"], **joel, account_id="", valid_from=tomorrow, **values)


def test_what_waits_since_before_a_cover_that_was_known_was_held_back_says_so_as_well(waiting, visit, people):
    cover = [{**fact, "value": [cover_from_tomorrow(people).as_value()]} for fact in waiting.facts if fact["key"] == "corrections"]
    kept = ("contact_name", "contact_email", "account_id", "hold_until", "day")
    facts = [fact for fact in waiting.facts if fact["key"] != "corrections"] + cover
    known = make_escalation(people["engineer"], ticket_id=78, facts=facts, **{name: getattr(waiting, name) for name in kept})
    make_delivery(people["engineer"], escalation=known, due_at=known.hold_until, mentions="Dana Reyes")
    seen = visit().open(known.get_absolute_url())
    assert "Joel Sandberg is told instead of Dana Reyes" in seen.text and says_so(seen)


def test_to_wait_for_a_morning_on_which_somebody_else_is_told_is_not_offered(visit, people, mapping):
    off_until_in_three_days(people["publisher"])
    seen = visit().look_up("1001")
    at = button(seen)
    cover_from_tomorrow(people)
    seen.look_up("1001")
    assert seen.can_send and "mentions Dana Reyes" in seen.text and not button(seen)
    assert re.search(
        r"To wait for \w{3} 08:00 their time is not offered: by then Joel Sandberg is told instead of Dana Reyes \(Wrong team, says Dana Reyes\)\.", seen.text
    )
    assert seen.submit("/send/", at=at).status == 409 and not Escalation.objects.exists()


def test_a_cover_that_has_ended_by_then_holds_nothing_back(visit, people, mapping):
    off_until_in_three_days(people["publisher"])
    cover_from_tomorrow(people, valid_until=timezone.now().date() + timedelta(1))
    assert button(visit().look_up("1001"))


def test_what_was_followed_is_not_said_again(visit, people, mapping):
    record(people["teamlead"], email="", name="", instead="person", use_email=JOEL, use_name="Joel Sandberg")
    record(people["teamlead"], account_id="", email=JOEL, name="Joel Sandberg")
    off_until_in_three_days(people["publisher"])
    seen = visit().look_up("1001")
    assert "Joel Sandberg is not to be told" in seen.text
    seen.submit("/send/", at=button(seen))
    assert not says_so(seen)


def test_once_it_is_sent_undone_or_the_correction_is_taken_back_nothing_is_said(waiting, visit, people):
    row = record(people["teamlead"])
    page = visit().open(waiting.get_absolute_url())
    assert says_so(page)
    Correction.objects.filter(pk=row.pk).update(ended_at=timezone.now(), ended_by=people["teamlead"])
    assert not says_so(page.open(waiting.get_absolute_url()))
    record(people["teamlead"])
    assert says_so(page.open(waiting.get_absolute_url()))
    page.submit("/undo/")
    assert not says_so(page.open(waiting.get_absolute_url()))
    assert "Planned before" not in new(visit, reason="Once more").text
    assert not Delivery.objects.filter(state="pending").exists() and Draft.objects.filter(state__in=("open", "reviewed")).exists()


def test_of_a_us_government_ticket_no_free_text_stands_there(visit, people, mapping):
    off_until_in_three_days(people["publisher"])
    seen = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/7001")
    seen.submit("/send/", at=button(seen))
    sent = Escalation.objects.get()
    record(people["teamlead"], account_id="", email=sent.contact_email, name=sent.contact_name, reason="Secret words", said_by="Secret name")
    seen.open(sent.get_absolute_url())
    assert says_so(seen) and "Secret" not in seen.text


def test_what_was_not_sent_for_that_leads_back_to_the_draft(waiting, visit, people, work):
    """Joel stands in: the draft tells him, and nobody has said anything that Dana did not."""
    row = record(people["teamlead"], instead="person", use_email=JOEL, use_name="Joel Sandberg")
    Delivery.objects.update(due_at=timezone.now())
    work()
    page = visit().open(waiting.get_absolute_url())
    assert "Nothing of it was sent: somebody has said otherwise about who is told. Back to the draft keeps your answers" in page.text
    assert "tell Dana Reyes in another way" not in page.text and "is asked" not in page.text
    assert "Send to #" not in visit("teamlead").open("/attention/").text, "nor is she mentioned elsewhere"
    page = visit().open(waiting.get_absolute_url()).submit("/undo/")
    page.submit("/look-up/people/")
    assert page.can_send and "mentions Joel Sandberg" in page.text
    assert not Delivery.objects.filter(state="dead").exists() and list(Correction.objects.all()) == [row]


def test_what_was_stopped_in_part_leads_to_the_ticket_again(waiting, visit, people, work):
    Delivery.objects.filter(system="zendesk").update(due_at=timezone.now())
    work()
    record(people["teamlead"])
    Delivery.objects.filter(system="slack").update(due_at=timezone.now())
    work()
    page = visit().open(waiting.get_absolute_url())
    assert "What names Dana Reyes was not sent everywhere: somebody has said otherwise about who is told. Open the ticket again" in page.text
    ticket = re.search(r'name="ticket" value="([^"]+)">Open ticket 1001 again<', page.html)[1]
    page.submit("/escalate/", ticket=ticket)
    assert page.address.startswith("/drafts/")


def test_the_author_is_told_when_it_is_said_and_once(waiting, visit, work, sandbox):
    new(visit)
    new(visit)
    work()
    [message] = sandbox.effects("message")
    assert message["text"].startswith(f"{waiting.reference} is not sent yet, and Dana Reyes will not be told: ")
    assert "Wrong team" not in message["text"]
    page = visit().open(waiting.get_absolute_url())
    assert says_so(page) and "Send now" not in page.text and "then it is sent as it stands" not in page.text
    page.submit("/undo/")
    assert page.address.startswith("/drafts/")


def test_what_waits_for_slack_says_so_as_well(sandbox, visit, people, work):
    sandbox.fault("slack", "429", match="chat.postMessage", retry_after=60)
    page = visit().look_up("1001").choose("customer-asked").send()
    work()
    record(people["teamlead"])
    page.open(Escalation.objects.get().get_absolute_url())
    assert "So Dana Reyes will not be told by what is not sent yet." in page.text and "Dana Reyes in another way" not in page.text
