"""What a hostile review found on the way to Send, each as a test of its own."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from escalations.actions import moves, notices, publishing, settling, snapshots, undoing
from escalations.gateways.base import LookupFailed
from escalations.gateways.zendesk import Zendesk
from escalations.models import AuditEvent, Delivery, Draft, Escalation, FactSnapshot
from escalations.models.working_copy import working_copy
from escalations.web import looking
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON


def older(draft, seconds=120):
    FactSnapshot.objects.filter(draft=draft).update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_a_second_look_up_does_not_let_send_go_out_with_old_facts(visit, sandbox, monkeypatch):
    seen = visit("engineer").look_up("1001")
    draft = Draft.objects.get()
    older(draft)
    sandbox.control("account", customer="Acme Corp", csm="omar.haddad@example.com")
    before, once = looking._read, []

    def read(row, *rest):
        if not once:  # another tab presses "Look again" while Send reads again
            once.append(1)
            snapshots.begin_look_up(Draft.objects.get(pk=row.pk), now=timezone.now())
        return before(row, *rest)

    monkeypatch.setattr(looking, "_read", read)
    form = seen.form("/send/")
    answer = seen.client.post(form["action"], form["fields"])
    assert answer.status_code == 409, Escalation.objects.get().contact_name


def test_words_posted_after_the_sign_in_expired_lead_back_to_the_draft(visit):
    seen = visit("engineer").look_up("1001")
    address = Draft.objects.get().get_absolute_url()
    for step in ("words/", "situation/", "look-up/ticket/", "discard/"):
        client = Client()
        answer = client.post(f"{address}{step}", {"situation": "My long text"})
        back = answer["Location"].partition("next=")[2]
        page = seen.client.get(back)
        assert page.status_code in (200, 302), (step, back, page.status_code)


@pytest.mark.parametrize("subject", ["Broken \ud83d emoji", "A\x00B"], ids=["surrogate", "nul"])
def test_a_subject_that_is_no_clean_unicode_breaks_no_page(visit, monkeypatch, subject):
    """Half an emoji is what a service leaves that cuts texts by UTF-16; SQLite breaks at the page, PostgreSQL at the look-up."""
    before = Zendesk.ticket

    def ticket(*args, **options):
        return {**before(*args, **options), "subject": json.loads(json.dumps(subject))}

    monkeypatch.setattr(Zendesk, "ticket", ticket)
    page = visit("engineer")
    page.client.raise_request_exception = False
    page.client.post("/escalate/", {"ticket": "1001"})
    assert page.client.get(Draft.objects.get().get_absolute_url()).status_code == 200
    assert Draft.objects.get().snapshots.filter(key="ticket").exists()


def test_a_bare_number_is_not_taken_for_the_other_instance_while_one_is_down(visit, monkeypatch):
    ask = looking.lookups._ask_zendesk

    def one_is_late(gateways, instance, deadline, what, about):
        if instance == "usgov":
            raise LookupFailed("zendesk", "late")
        return ask(gateways, instance, deadline, what, about)

    monkeypatch.setattr(looking.lookups, "_ask_zendesk", one_is_late)
    visit("usgov").look_up("5001")
    assert not Draft.objects.exists(), Draft.objects.get().instance


def test_told_before_is_said_only_of_what_arrived(visit, people):
    row = make_escalation(people["engineer"], ticket_id=1001, contact_name="Dana Reyes")
    make_delivery(people["engineer"], escalation=row, state="dead", settled_at=NOON)
    seen = visit("engineer").look_up("1001")
    assert "Told before" not in seen.text


def test_how_long_it_is_open_is_counted_until_it_is_sent(visit, people, mapping):
    before = working_copy()
    rows = tuple(replace(row, situation="A ticket is open for {{ ticket.waiting }}.") for row in before.scenarios)
    publishing.replace_working_copy(replace(before, scenarios=rows), by=people["publisher"], now=timezone.now())
    publishing.publish(by=people["publisher"], message="How long", now=timezone.now())
    seen = visit("engineer").look_up("1001")
    assert "open for 12 h" in seen.text
    Draft.objects.update(created_at=timezone.now() - timedelta(hours=10))  # the lid was closed for ten hours
    seen.submit("/look-up/ticket/")
    assert "open for 12 h" in seen.text, seen.text[seen.text.index("open for") :][:20]


def test_the_account_owner_is_told_that_there_is_no_csm(visit, sandbox, work):
    seen = visit("engineer").look_up("1015")
    seen.send()
    work()
    [message] = sandbox.effects("message")
    assert "no csm" in str(message).lower()


def test_the_ninth_open_draft_is_on_the_home_page(visit):
    seen = visit("engineer")
    for number in range(1001, 1011):
        seen.client.post("/escalate/", {"ticket": str(number), "scripted": "1"})
    home = seen.open("/").text
    assert all(f"Ticket {number}" in home for number in range(1001, 1011))


@pytest.mark.usefixtures("mapping", "sandbox")
def test_the_chain_names_no_customer_after_a_redirect(visit, people):
    row = make_escalation(people["engineer"], customer_name="Acme Corp")
    dead = make_delivery(
        people["engineer"],
        escalation=row,
        state="dead",
        settled_at=NOON,
        trouble="x",
        target="C0ACCT0001",
        place={"kind": "account_channel", "label": "#a_acme-internal", "note": "", "people": {}},
    )
    visit("teamlead").client.post(f"/attention/{dead.pk}/elsewhere/", {"target": "C0SALES0001", "reason": "They read there"})
    assert Delivery.objects.filter(origin=dead).exists()
    assert not [event.payload for event in AuditEvent.objects.all() if "acme" in str(event.payload)]


def test_a_csm_name_field_that_may_not_be_read_is_not_the_same_as_no_csm():
    from escalations.rules.contacts import find_contact
    from escalations.rules.default_mapping import DEFAULT_MAPPING
    from escalations.rules.sources import csm_state
    from tests.rules import factories as seen

    facts = seen.facts(
        ticket=seen.ticket(priority="urgent"),
        account={**seen.account(), "csm": None, "csm_name": None, "unreadable": ["csm_name"]},
        **seen.known(seen.OMAR),
    )
    step = find_contact(DEFAULT_MAPPING, DEFAULT_MAPPING.role("csm"), facts, NOON.date()).trace[0]
    assert (step.outcome, csm_state(DEFAULT_MAPPING, facts)) == ("unavailable", "unknown"), step


def test_a_row_that_retires_one_day_keeps_its_role_until_then():
    from dataclasses import replace
    from datetime import date

    from escalations.rules import suggest
    from escalations.rules.default_mapping import DEFAULT_MAPPING
    from tests.rules import factories as seen

    rows = [
        replace(row, retired_on="2030-01-01") if row.key == "csm-add-to-organization" else row
        for row in DEFAULT_MAPPING.scenarios
    ]
    cards = suggest.rank(
        replace(DEFAULT_MAPPING, scenarios=tuple(rows)), seen.facts(ticket=seen.ticket()), date(2026, 3, 2)
    )
    assert "csm-add-to-organization" in {twin.key for card in cards for twin in card.twins}


def test_no_block_of_ours_lets_slack_link_or_mention_plain_text():
    from escalations.rules import withdrawal

    for message in (
        withdrawal.replaced_message("Ana", "see #general @here evil.example", NOON, "ESC-1", "https://portal/x"),
        withdrawal.trouble_notice("ESC-1", "Slack", "#a_acme-internal", "dead", "x", "https://portal/x"),
        withdrawal.group_notice("Slack", NOON, 1, "x", "https://portal/x"),
    ):
        assert all(block["text"].get("verbatim") for block in message["blocks"]), message


def test_words_that_came_without_a_sign_in_stand_in_the_draft_after_it(visit, people):
    page = visit("engineer").look_up("1001")
    form = page.form("/words/")
    page.client.logout()
    answer = page.client.post(form["action"], {**form["fields"], "situation": "They asked for a call."})
    assert answer["Location"] == f"/sign-in/?next={page.address}"
    page.client.force_login(people["engineer"])
    page.open(page.address)
    assert "Your sign-in had expired; what you wrote meanwhile is stored." in page.text
    assert page.form("/words/")["fields"]["situation"] == "They asked for a call."
    assert "is stored" not in page.open(page.address).text, "it is said once"


def test_words_of_one_person_do_not_reach_the_draft_of_another(visit, people):
    page = visit("engineer").look_up("1001")
    form = page.form("/words/")
    page.client.logout()
    page.client.post(form["action"], {**form["fields"], "situation": "Mine"})
    page.client.force_login(people["teamlead"])
    page.open(page.address)
    assert Draft.objects.get().edits == {}


@pytest.mark.usefixtures("mapping", "sandbox")
@pytest.mark.parametrize(
    ("cc", "wish"), [("follower", {"follower": "nobody@example.com"}), ("email_cc", {"email_cc": 999})]
)
def test_a_follower_whom_zendesk_did_not_take_is_not_shown_as_one(visit, people, work, cc, wish):
    row = make_escalation(people["engineer"], contact_name="Dana Reyes")
    content = {"body": "Disk is gone", "follower": None, "email_cc": None, **wish}
    note = make_delivery(
        people["engineer"],
        "zendesk",
        escalation=row,
        cc=cc,
        content=content,
        place={"kind": "ticket", "label": "ticket 1001", "note": "", "people": {}},
    )
    work()
    note.refresh_from_db()
    text = visit("engineer").open(row.get_absolute_url()).text
    assert "as follower: delivered" not in text and "in cc: delivered" not in text
    assert "Zendesk took the note, but did not add Dana Reyes" in text


@pytest.mark.usefixtures("mapping", "sandbox")
@pytest.mark.parametrize("others", [0, 5])
def test_leads_are_told_of_a_dead_one_that_stood_still_before(people, settings, others):
    """Two causes: its lane was paused, which was said; then the ticket was closed, which is not."""
    now = timezone.now()
    still = {"state": "pending", "due_at": now - timedelta(hours=1), "give_up_at": now + timedelta(hours=5)}
    row = make_delivery(people["engineer"], "zendesk", **still)
    assert notices.tell_team_leads() == 1
    Delivery.objects.filter(pk=row.pk).update(state="sending", claimed_by="w", tried=1)
    row.refresh_from_db()
    moves.settle(row, "dead", "The ticket is closed.", by="w", trouble="closed")
    for _ in range(others):
        make_delivery(people["engineer"], "zendesk", state="dead", settled_at=NOON, trouble="closed", trouble_at=now)
    settings.TEAM_LEADS_AFTER_SECONDS = 0
    assert notices.tell_team_leads() == 1


@pytest.mark.usefixtures("mapping", "sandbox")
def test_what_was_withdrawn_a_moment_ago_does_not_stand_still_since_it_was_sent(people):
    now = timezone.now()
    sent = make_escalation(people["engineer"], submitted_at=now - timedelta(hours=3))
    make_delivery(people["engineer"], escalation=sent, state="delivered", remote_id="C1:1.1", settled_at=now - timedelta(hours=3))
    undoing.withdraw(sent, by=people["engineer"], because="Wrong account")
    assert Delivery.objects.filter(state="pending").exists() and notices.tell_team_leads() == 0
    Delivery.objects.filter(state="pending").update(give_up_at=F("give_up_at") - timedelta(minutes=11))
    assert notices.tell_team_leads() == 1
    [notice] = Delivery.objects.filter(leg_key=notices.LEADS)
    assert f"{now - timedelta(minutes=11):%H:%M}" in str(notice.content), "since when it stands still, not since the first Send"


@pytest.mark.usefixtures("mapping", "sandbox")
def test_sending_again_what_is_withdrawn_is_not_said_to_be_sent(people):
    row = make_delivery(people["engineer"], state="needs_a_person", trouble="x")
    undoing.withdraw(row.escalation, by=people["engineer"], because="Wrong account")
    row.refresh_from_db()
    assert settling.send_again([row], by=people["teamlead"], because="I looked") == []
    row.refresh_from_db()
    assert row.state == "cancelled" and not AuditEvent.objects.filter(action="delivery.sent_again").exists()
