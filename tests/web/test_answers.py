"""Who was told opens the address in their message: what, why they, by when, two buttons. Nobody else's is there for them."""

from datetime import datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from escalations.actions import follow_up
from escalations.models import AuditEvent, Correction, Delivery, Escalation, FollowUp
from escalations.rules.calendar import spoken_instant
from escalations.rules.mapping import UNKNOWN
from tests.actions.factories import make_escalation
from tests.conftest import NOON
from tests.web.test_corrections import record as correct

TICKET = "https://portal-demo-usgov.zendesk.com/agent/tickets/7001"


@pytest.fixture
def asked(visit, work):
    """Ana has asked Dana about ticket 1001, and it has arrived; the escalation."""
    visit().look_up("1001").choose("customer-asked").send()
    work()
    return Escalation.objects.get()


def test_what_why_and_by_when(asked, visit):
    page = visit("csm").open(f"/a/{asked.reference}")
    assert f"{asked.answer_on:%A} {asked.answer_on.day} {asked.answer_on:%B}" in page.text
    for words in ("Acme Corp", "Subject Production is down after a disk failure", "Ana Lima", "Why you", "Dana Reyes", asked.texts["sent"]["ask"], "I have it", "Not mine…"):
        assert words in page.text


def test_why_they_has_the_age_that_the_message_has(asked, visit):
    step = next(link for link in asked.explanation if link["label"].startswith("Salesforce: the account's Customer Success Manager"))
    read = spoken_instant(datetime.fromisoformat(step["seen_at"]), asked.submitted_at)
    assert f"{step['label']}: Dana Reyes, read {read}" in visit("csm").open(f"/a/{asked.reference}").text
    note = asked.deliveries.get(system="zendesk").content["body"]
    assert f"Customer Success Manager in Salesforce, read {read}" in note


def test_who_is_waited_for_reads_who_waits(asked, visit):
    assert f"Ana Lima waits for your answer until {asked.answer_on:%A} {asked.answer_on.day}" in visit("csm").open(f"/a/{asked.reference}").text


def test_what_nobody_knew_when_it_was_sent_stands_there_as_in_the_message(visit, work):
    seen = visit().look_up("1024").choose("pass-lead", **{"answer-license-kind": UNKNOWN}).send()
    work()
    row = Escalation.objects.get()
    told = "What nobody knew It is not known yet whether this is new business or a renewal."
    assert told in visit("owner").open(f"/a/{row.reference}").text, seen.text


def test_looking_changes_nothing(asked, visit):
    before = (AuditEvent.objects.count(), Delivery.objects.count(), asked.follow_up)
    visit("csm").open(f"/a/{asked.reference}").open(f"/a/{asked.reference}/not-mine/")
    asked.refresh_from_db()
    assert (AuditEvent.objects.count(), Delivery.objects.count(), asked.follow_up) == before


def test_i_have_it(asked, visit, work, sandbox):
    page = visit("csm").open(f"/a/{asked.reference}").submit("/acknowledged/")
    assert page.address == f"/a/{asked.reference}"
    assert "“I have it”, says Dana Reyes" in page.text and ">I have it<" not in page.html
    said = FollowUp.objects.get()
    assert (said.said_by, said.recorded_by.username, said.by_themselves) == ("Dana Reyes", "csm", True)
    work()
    assert f"{asked.reference}: Dana Reyes has it." in str(sandbox.effects("message")[-1])
    assert "“I have it”, says Dana Reyes" in visit().open(asked.get_absolute_url()).text


def test_one_line_beside_i_have_it_reaches_the_author(asked, visit, work, sandbox, caplog):
    page = visit("csm").open(f"/a/{asked.reference}").submit("/acknowledged/", words="Joel calls them <at> ten\u202e")
    assert "“Joel calls them <at> ten”" in page.text
    work()
    notice = sandbox.effects("message")[-1]
    assert f"{asked.reference}: Dana Reyes has it: “Joel calls them &lt;at&gt; ten”" in notice["text"]
    assert "“Joel calls them <at> ten”" in visit().open(asked.get_absolute_url()).text
    event = AuditEvent.objects.get(action="follow_up.acknowledged")
    assert event.words == "Joel calls them <at> ten" and "Joel" not in str(event.payload)
    assert "calls them" not in caplog.text


def test_pressed_again_without_the_line_is_the_same(asked, visit):
    page = visit("csm").open(f"/a/{asked.reference}")
    page.submit("/acknowledged/", words="Joel calls them")
    answers = [page._seen(page.client.post(f"/a/{asked.reference}/acknowledged/", given, follow=True)).text for given in ({}, {"words": "No"})]
    assert ["in other words" in text for text in answers] == [False, True]
    assert FollowUp.objects.get().reason == "Joel calls them"


def test_a_line_that_comes_too_late_stays_in_its_box(asked, visit, people):
    """Ana has recorded it meanwhile, without words; what was said stays as it was said."""
    page, now = visit("csm").open(f"/a/{asked.reference}"), timezone.now()
    follow_up.acknowledge(asked, said_by="Dana Reyes", by=people["engineer"], now=now)
    page.submit("/acknowledged/", words="I call them <at> five")
    assert page.status == 409 and 'value="I call them &lt;at&gt; five"' in page.html and FollowUp.objects.get().reason == ""
    assert f"recorded by Ana Lima {spoken_instant(now, now)}" in page.text
    told = "Nothing was recorded. Ana Lima recorded it already, without words, and what was said stays. Your line was not sent. Write it to Ana Lima"
    assert told in page.text and "Ana Lima is told" not in page.text and page.html.count(">the message in Slack</a>") == 2
    assert "Your line" not in page.open(f"/a/{asked.reference}").text


def test_of_a_us_government_ticket_no_line_is_kept(visit, work):
    visit("usgov").look_up(TICKET).choose("customer-asked").send()
    work()
    row = Escalation.objects.get()
    page = visit("csm").open(f"/a/{row.reference}")
    assert 'name="words"' not in page.html
    page.client.post(f"/a/{row.reference}/acknowledged/", {"words": "Harbor"})
    assert FollowUp.objects.get().reason == ""


def test_not_mine_says_so_to_the_author_with_a_draft(asked, visit, work, sandbox):
    page = visit("csm").open(f"/a/{asked.reference}/not-mine/")
    assert "Who said so?" not in page.text
    page = page._seen(page.client.post(f"/a/{asked.reference}/not-mine/", {"reason": "Not a matter for this role", "right": "unknown"}, follow=True))
    assert page.address == f"/a/{asked.reference}"
    assert "“Not mine”, says Dana Reyes" in page.text
    assert "/drafts/" not in page.html, "the draft is Support's"
    assert Correction.objects.get().said_by == "Dana Reyes"
    work()
    assert "a draft for the next step is prepared" in str(sandbox.effects("message")[-1])


def test_each_reason_says_what_it_means_for_them(asked, visit):
    page = visit("csm").open(f"/a/{asked.reference}/not-mine/")
    assert "Moved to another team or role You are not mentioned again for this customer. " in page.text
    assert "Not a matter for this role You are not mentioned again for this customer when the Customer Success Manager is looked for; for another role perhaps." in page.text
    assert "Another reason You are not mentioned again for this customer. " in page.text
    assert "Dana Reyes is not mentioned again for this customer." in visit().open(f"/escalations/{asked.pk}/not-mine/").text


def test_where_nothing_is_remembered_no_reason_says_so(people, visit):
    row = make_escalation(people["engineer"], state="completed", contact_name="Dana Reyes", contact_email="dana.reyes@example.com", account_id="")
    assert "not mentioned again" not in visit("csm").open(f"/a/{row.reference}/not-mine/").text


def test_their_page_repeats_why_and_whom_they_named(asked, visit):
    page, address = visit("csm"), f"/a/{asked.reference}/not-mine/"
    typed = {"reason": "Not a matter for this role", "right": "unknown", "right_who": "joel.sandberg@example.com"}
    page = page._seen(page.client.post(address, typed, follow=True))
    assert "Not a matter for this role. To be asked instead: Joel Sandberg." in page.text
    assert "To be asked instead: Joel Sandberg." in visit().open(asked.get_absolute_url()).text


def test_who_is_refused_as_the_right_one_is_said_with_what_they_can_do(asked, visit, people):
    said = correct(people["engineer"], email="joel.sandberg@example.com", name="Joel Sandberg")
    page, address = visit("csm"), f"/a/{asked.reference}/not-mine/"
    page = page._seen(page.client.post(address, {"reason": "Not a matter for this role", "right_who": "joel.sandberg@example.com"}))
    assert f"{said.reference} says otherwise. Name somebody else, or ask Support to take {said.reference} back." in page.text


def test_matched_by_address_whatever_its_case_and_without_any_group(asked, visit, people):
    dana = people["csm"]
    dana.groups.clear()
    dana.email = "DANA.Reyes@Example.com"
    dana.save()
    assert visit("csm").open(f"/a/{asked.reference}").status == 200


@pytest.mark.parametrize("groups", [["mapping editor"], ["recipient", "engineer"], ["recipient", "mapping editor", "publisher"], []])
def test_what_is_addressed_to_somebody_stands_on_their_home_page_whatever_else_they_see(asked, people, visit, groups):
    people["csm"].groups.set(Group.objects.filter(name__in=groups))
    page = visit("csm").open("/")
    assert "Addressed to you" in page.text and asked.reference in page.text
    assert "Addressed to you" not in visit("editor").open("/").text


@pytest.mark.parametrize("address", ["/a/{}", "/a/{}/not-mine/"])
def test_what_was_addressed_to_somebody_else_is_not_there(asked, visit, address):
    page = visit("owner").open(address.format(asked.reference))
    assert page.status == 404
    assert page.text == page.open(address.format("ESC-999")).text, "as if it did not exist"


def test_nobody_answers_for_somebody_else(asked, visit):
    for what in ("acknowledged", "not-mine"):
        page = visit("owner")
        assert page.client.post(f"/a/{asked.reference}/{what}/", {"reason": "x"}).status_code == 404
    assert not FollowUp.objects.exists()


def test_support_is_led_to_the_page_of_the_escalation(asked, visit):
    assert visit("auditor").open(f"/a/{asked.reference}").address == asked.get_absolute_url()


def test_who_has_no_address_is_nobodys_recipient(people, visit):
    row = make_escalation(people["engineer"], state="completed")
    get_user_model().objects.filter(username="csm").update(email="")
    assert visit("csm").open(f"/a/{row.reference}").status == 404


@pytest.mark.parametrize("values", [{"state": "submitted"}, {"state": "cancelled"}, {"sample": True}])
def test_what_was_never_sent_is_not_there(people, visit, values):
    row = make_escalation(people["engineer"], **{"state": "completed", "contact_email": "dana.reyes@example.com", **values})
    assert visit("csm").open(f"/a/{row.reference}").status == 404


def test_the_sign_in_leads_back(asked, people):
    client = Client()
    answer = client.get(f"/a/{asked.reference}")
    assert answer.url == f"/sign-in/?next=/a/{asked.reference}"
    client.force_login(people["csm"])
    assert client.get(f"/a/{asked.reference}").status_code == 200
    client.logout()
    assert client.post(f"/a/{asked.reference}/acknowledged/").url == f"/sign-in/?next=/a/{asked.reference}"


def test_home_lists_what_was_addressed_to_them_the_open_ones_first(people, visit):
    ana, told = people["engineer"], {"state": "completed", "contact_email": "Dana.Reyes@example.com"}
    first = make_escalation(ana, follow_up="awaiting_reply", customer_name="Acme Corp", **told)
    closed = make_escalation(ana, follow_up="closed", **told)
    newest = make_escalation(ana, follow_up="acknowledged", **told)
    other = make_escalation(ana, state="completed", contact_email="omar.haddad@example.com")
    page = visit("csm").open("/")
    places = [page.text.index(row.reference) for row in (newest, first, closed)]
    assert places == sorted(places)
    assert other.reference not in page.text and "Acme Corp" in page.text
    assert "waits for you" in page.text and "you have it" in page.text
    assert other.reference in visit("owner").open("/").text


def test_home_of_who_was_told_nothing_says_so(visit):
    assert "Nothing was addressed to you yet" in visit("owner").open("/").text


def test_what_was_withdrawn_asks_nothing_any_more(asked, visit):
    page = visit().open(f"/escalations/{asked.pk}/withdraw/").submit("/withdraw/", reason="Wrong account")
    page = visit("csm").open(f"/a/{asked.reference}")
    assert "Withdrawn by Ana Lima" in page.text and "I have it" not in page.text
    answer = page.client.post(f"/a/{asked.reference}/acknowledged/", follow=True)
    assert "Nothing was recorded. It was withdrawn" in answer.content.decode()


def test_of_a_us_government_ticket_only_links_and_fixed_sentences(visit, work):
    visit("usgov").look_up(TICKET).choose("customer-asked").send()
    work()
    row = Escalation.objects.get()
    page = visit("csm").open(f"/a/{row.reference}")
    assert page.status == 200 and "7001" in page.text
    assert not [words for words in ("Harbor", "signing", "PUBSEC") if words.lower() in page.html.lower()]


def test_a_hostile_name_stays_text(people, visit):
    row = make_escalation(
        people["engineer"], state="completed", contact_email="dana.reyes@example.com", customer_name="<script>alert(1)</script>",
        texts={"original": {}, "sent": {"situation": "<img src=x onerror=alert(1)>"}},
    )  # fmt: skip
    assert "<script>alert" not in visit("csm").open(f"/a/{row.reference}").html


@pytest.fixture
def late(people):
    return make_escalation(
        people["engineer"], state="completed", follow_up="overdue", contact_name="Dana Reyes", customer_name="Acme Corp",
        answer_on=NOON.date(), overdue_at=NOON, texts={"original": {}, "sent": {"ask": "Please call them."}},
    )  # fmt: skip


@pytest.mark.parametrize(("who", "sees"), [("engineer", True), ("teamlead", True), ("usgov", False), ("editor", False)])
def test_what_is_overdue_needs_its_author_and_the_team_leads(late, visit, who, sees):
    for address in ("/", "/attention/"):
        page = visit(who).open(address)
        assert (f"Needs you {int(sees)} " in page.text) and ("has not answered by Monday 2 March" in page.text) == sees
    assert ("Nothing needs you" in page.text) != sees


def test_its_page_says_since_when(late, visit):
    assert "Overdue since Monday 2 March: Dana Reyes has not answered." in visit().open(late.get_absolute_url()).text


@pytest.mark.parametrize("follow_up", ["awaiting_reply", "acknowledged", "none"])
def test_what_is_asked_is_what_their_message_says_clock_or_not(people, visit, follow_up):
    """Older ones have no clock, and an engineer may have written an ask where the row has none."""
    row = make_escalation(
        people["engineer"], state="completed", contact_email="dana.reyes@example.com", follow_up=follow_up,
        texts={"original": {}, "sent": {"situation": "Acme Corp cannot sign in.", "ask": "Please call them on Monday."}},
    )  # fmt: skip
    text = visit("csm").open(f"/a/{row.reference}").text
    assert "Please call them on Monday." in text and "Nothing: this is" not in text and "You need not answer" not in text


def test_where_nothing_is_asked_the_two_buttons_say_what_they_are_for(visit, work):
    visit().look_up("1001").choose("emergency").send()
    work()
    page = visit("csm").open(f"/a/{Escalation.objects.get().reference}")
    assert "For your awareness; no action asked." in page.text
    told = "You need not answer. If Ana Lima is to know: “I have it” says that you have seen it, “Not mine” that it is not yours."
    assert told in page.text
    page.submit("/acknowledged/")
    assert told not in page.text
    assert "“I have it”, says Dana Reyes" in visit().open(Escalation.objects.get().get_absolute_url()).text


def test_of_what_was_withdrawn_no_answer_is_left_to_give_and_the_message_is_said_to_be_replaced(asked, visit, work):
    visit().open(f"/escalations/{asked.pk}/withdraw/").submit("/withdraw/", reason="Wrong account")
    seen = visit("csm").open(f"/a/{asked.reference}")
    assert "Your answer" not in seen.text and "the message in Slack" in seen.text and "(replaced)" not in seen.text
    work()
    assert "the message in Slack (replaced)" in seen.open(f"/a/{asked.reference}").text
