"""Every page of the portal in every mood, by name: how somebody gets there. Each gives a page that has come to rest."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.answer_pages import ANSWER_PAGES
from tests.browser.hand import address_of, card, on_escalation, open_draft, ready
from tests.databases import stopped


def samples() -> None:
    from escalations.actions import setting_up

    setting_up.make_samples(now=datetime.now(UTC) - timedelta(minutes=5))


def at(address: str, who: str | None = "engineer", full: bool = False, complaint: str = ""):
    """A page that needs nothing but its address."""

    def go(portal) -> Page:
        if full:
            samples()
        if complaint:
            portal.watch.expect(complaint)
        page = portal.as_person(who)
        page.goto(address)
        return page

    return go


def draft(ticket: int, then=lambda page: None):
    """A draft whose look-ups are done."""

    def go(portal) -> Page:
        page = portal.as_person("engineer")
        open_draft(page, ticket)
        expect(page.locator("#line-people")).to_have_attribute("data-state", re.compile("done|empty"))
        then(page)
        return page

    return go


def corrected(portal) -> Page:
    """One that stands and one that is over."""
    from escalations.actions import corrections
    from escalations.models import Correction

    now = datetime.now(UTC)
    who = get_users().get(username="engineer")
    for name in ("Dana Reyes", "Wolfeschlegelsteinhausenbergerdorff von Hohenstein"):
        row = Correction(
            account_id="0015e0000000001AAA", account_name="Acme Corp", email=f"{name.split()[0].lower()}@example.com", name=name, instead="next_step",
            valid_from=now.date(), reason="Moved to another team, and asked that nobody writes to them about this account any more", said_by=name,
        )  # fmt: skip
        corrections.record(row, by=who, now=now)
    corrections.end(row, by=who, now=now)
    page = portal.as_person("engineer")
    page.goto("/corrections/")
    return page


def ending_a_correction(portal) -> Page:
    page = corrected(portal)
    page.get_by_role("link", name="Take back").click()
    expect(page.get_by_role("link", name="Keep it")).to_be_visible()
    return page


def refused_correction(portal) -> Page:
    portal.watch.expect("422")
    page = portal.as_person("engineer")
    page.goto("/corrections/new/")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator(".error-summary")).to_contain_text("Nothing was recorded")
    return page


def choose_lead(page):
    card(page, "Pass a lead to Sales").click()
    expect(page.locator("#question-license-kind")).to_be_visible()


def change_words(page):
    page.get_by_text("Change the words").click()
    page.get_by_role("textbox", name="Situation").fill("Acme cannot deploy since noon.")
    expect(page.locator("#legs")).to_contain_text("since noon")
    page.reload()
    page.get_by_text("Change the words").click()
    page.get_by_text(re.compile("^How found")).click()


def directly(page):
    page.get_by_role("button", name="Send them a direct message as well").click()
    expect(page.get_by_role("button", name="Do not send the direct message")).to_be_visible()


def settle_the_name(page):
    page.get_by_role("button", name="It is Maria Silva (maria.silva@example.com)").click()
    expect(page.locator("#line-people")).to_have_attribute("data-state", "done")
    expect(page.get_by_role("button", name="It is not them")).to_be_visible()


def change_cc(page):
    page.get_by_text("or put Dana Reyes in cc").click()
    expect(page.get_by_label("Why the customer is meant to see Dana Reyes's address")).to_be_visible()


def cc_by_hand(page):
    change_cc(page)
    page.get_by_label("Why the customer").fill("The customer asked to have her address, so that they can answer her themselves")
    page.get_by_role("button", name="Make them an e-mail cc").click()
    expect(page.get_by_role("button", name="Make them a follower again")).to_be_visible()


def discard(page):
    page.get_by_role("button", name="Discard this draft").click()
    page.go_back()
    page.reload()


def more_situations(page):
    page.get_by_text("More situations").click()
    page.get_by_text("None of these, or no need to escalate").click()


def none_of_these(page):
    page.get_by_text("None of these, or no need to escalate").click()


def not_known(page):
    choose_lead(page)
    page.get_by_label("I do not know").check()
    expect(page.locator("#legs")).to_contain_text("It is not known yet")
    expect(page.get_by_role("link", name="Workflows to pass to Sales")).to_be_visible()


def seats(page):
    none_of_these(page)
    page.get_by_role("button", name="The customer wants to add seats").click()
    expect(page.locator("main > .notice")).to_contain_text("Ended without escalating")


def retired(portal) -> Page:
    """The chosen row is retired while the draft is open, and says what to do instead."""
    from escalations.actions import publishing
    from escalations.models import Scenario

    page = draft(1006)(portal)
    Scenario.objects.filter(key="training").update(retired_on="2026-01-01", instead="Ask in #learning.")
    publishing.publish(by=get_users().get(username="publisher"), message="Retire a row", now=datetime.now(UTC))
    expect(page.locator("#gone")).to_have_count(0)
    page.reload()
    if not page.locator("#gone").count():  # the mapping in force is looked at once a second
        page.wait_for_timeout(1100)
        page.reload()
    none_of_these(page)
    return page


def remark_without_words(portal) -> Page:
    portal.watch.expect("422")
    page = draft(1021, none_of_these)(portal)
    page.locator("#remark-form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Tell the row keepers").click()
    expect(page.locator(".error-summary")).to_contain_text("which situation is missing")
    return page


def remarks(portal) -> Page:
    page = draft(1021, none_of_these)(portal)
    page.get_by_label("One line to the row keepers").fill("The customer would like to be a reference")
    page.get_by_role("button", name="Tell the row keepers").click()
    expect(page.locator("body")).to_contain_text("The row keepers have your line")
    return at("/admin/escalations/rowremark/", "editor")(portal)


def reading(portal) -> Page:
    """Salesforce has not answered for three seconds: the way on is offered."""
    portal.sandbox.fault("salesforce", "hang", seconds=12)
    page = portal.as_person("engineer")
    open_draft(page, 1001)
    expect(page.get_by_role("button", name="Go on without")).to_be_visible()
    return page


def without_salesforce(portal) -> Page:
    portal.sandbox.fault("salesforce", "500")
    return draft(1001)(portal)


def foreign(portal) -> Page:
    page = draft(1001)(portal)
    other = portal.as_person("teamlead")
    other.goto(page.url)
    return other


def refused(portal) -> Page:
    portal.watch.expect("409")
    page = draft(1001)(portal)
    portal.settings.SEAL_SECONDS = 0
    ready(page).click()
    expect(page.locator(".error-summary")).to_be_visible()
    return page


def us_government(portal) -> Page:
    page = portal.as_person("usgov")
    page.goto(f"/escalate/?ticket={address_of(7001, 'usgov')}")
    ready(page)
    return page


def not_for_them(portal) -> Page:
    """The link of a US Government ticket, for somebody who is not of that group."""
    portal.watch.expect("403")
    page = portal.as_person("engineer")
    page.goto(f"/escalate/?ticket={address_of(7001, 'usgov')}")
    expect(page.locator(".error-summary")).to_contain_text("Nothing was started")
    return page


def sent(portal) -> Page:
    page = draft(1001)(portal)
    ready(page).click()
    on_escalation(page)
    return page


def delivered(portal) -> Page:
    page = sent(portal)
    portal.work()
    expect(page.locator("#deliveries-title")).to_have_text("Delivered")
    page.get_by_text("Text to copy").click()
    return page


def held(portal) -> Page:
    portal.settings.SEND_HOLD_SECONDS = 900.0
    page = sent(portal)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    return page


def in_doubt(portal) -> Page:
    """Slack hung up before it answered: the page says when it is looked for again, and shows what was tried."""
    portal.sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    portal.sandbox.fault("slack", "503", match="conversations.history")
    page = sent(portal)
    portal.work()
    look_now(portal)
    page.get_by_text("1 attempt and 1 look").click()
    return page


def look_now(portal) -> None:
    """The time of the next look has come."""
    from escalations.models import Delivery

    Delivery.objects.filter(state="uncertain").update(due_at=datetime.now(UTC))
    portal.work()


def asked_to_withdraw(portal) -> Page:
    page = delivered(portal)
    page.get_by_role("link", name="Withdraw").click()
    expect(page.locator("h1")).to_contain_text("Withdraw ESC-")
    return page


def withdraw_without_reason(portal) -> Page:
    portal.watch.expect("422")
    page = asked_to_withdraw(portal)
    page.get_by_label("Another reason", exact=True).check()
    page.get_by_role("button", name="Withdraw ESC-").click()
    expect(page.locator(".field-error")).to_be_visible()
    return page


def withdrawn(portal) -> Page:
    page = asked_to_withdraw(portal)
    page.get_by_label("Wrong account").check()
    page.get_by_role("button", name="Withdraw ESC-").click()
    on_escalation(page)
    portal.work()
    expect(page.locator("#deliveries")).to_contain_text("taken back: in its place")
    return page


def too_late(portal) -> Page:
    """Sending begins between the page's last look and the click."""
    portal.watch.expect("409")
    page = held(portal)
    page.route("**/deliveries/", lambda route: route.fulfill(status=204))
    elsewhere = portal.as_person("engineer")
    elsewhere.goto(page.url)
    elsewhere.get_by_role("button", name="Send now").click()
    expect(elsewhere.get_by_role("button", name="Undo")).to_have_count(0)
    portal.work()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_have_text("Too late to undo")
    return page


def in_trouble(portal) -> None:
    """Three messages that nobody can tell about, one dead letter, and a note on a closed ticket."""
    from tests.actions.factories import make_delivery, make_escalation

    people = {user.username: user for user in get_users()}
    now = datetime.now(UTC)
    for minutes, customer in ((41, "Acme Corp"), (38, "Borealis Freight"), (33, "Harlow Games")):
        row = make_escalation(
            people["engineer"], customer_name=customer, contact_name="Dana Reyes", ticket_id=1000 + minutes
        )
        unclear = {"trouble": "http_503", "trouble_at": now - timedelta(minutes=minutes), "mentions": "Dana Reyes"}
        stuck = make_delivery(people["engineer"], escalation=row, state="needs_a_person", last_words="Slack answered with error 503.", **unclear)  # fmt: skip
        stuck.tries.create(
            n=1, worker="w1", started_at=now, ended_at=now, outcome="ambiguous", words="Slack took too long to answer."
        )
        stuck.looks.create(
            at=now,
            outcome="inconclusive",
            words="Slack could not be asked whether it arrived: answered with error 503.",
        )
    gone = {"trouble": "is_archived", "trouble_at": now, "settled_at": now, "last_words": "The channel is archived."}
    place = {"kind": "account_channel", "label": "#a_acme-internal", "note": "", "people": {}}
    make_delivery(people["engineer"], target="C0ACCT0001", place=place, state="dead", mentions="Dana Reyes", **gone)


def get_users():
    from django.contrib.auth import get_user_model

    return get_user_model().objects.all()


def attention(who: str):
    def go(portal) -> Page:
        in_trouble(portal)
        return at("/attention/", who)(portal)

    return go


def settled_without_reason(portal) -> Page:
    portal.watch.expect("422")
    page = attention("teamlead")(portal)
    page.locator("form.settle").last.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="They had arrived").click()
    expect(page.locator(".field-error")).to_be_visible()
    return page


def off_work(portal) -> Page:
    """Whoever is told is at home: who can act now, and the button that waits for their morning."""
    from tests.actions.factories import off_until_in_three_days

    off_until_in_three_days(get_users().get(username="publisher"))
    return draft(1001, lambda page: ready(page))(portal)


def scheduled(portal) -> Page:
    page = off_work(portal)
    page.get_by_role("button", name=re.compile("their time$")).click()
    on_escalation(page)
    return page


def calendar_form(portal) -> Page:
    from escalations.models import Calendar

    return at(f"/admin/escalations/calendar/{Calendar.objects.get().pk}/change/", "editor")(portal)


def status(trouble: bool):
    """Somebody works and all is open; or nobody does, and Slack's lane is paused."""

    def go(portal) -> Page:
        from escalations.models import Lane, Worker

        now = datetime.now(UTC)
        Worker.objects.create(
            name="support-7:4711:a1b2c3", started_at=now - timedelta(hours=3), seen_at=now + timedelta(hours=1)
        )
        if trouble:
            Worker.objects.update(seen_at=now - timedelta(minutes=4))
            Lane.objects.create(
                key="slack",
                failures=5,
                since=now,
                paused_until=now + timedelta(hours=1),
                reason="Slack answered with error 503.",
            )
            in_trouble(portal)
        return at("/status/", "teamlead")(portal)

    return go


def undeliverable(portal) -> Page:
    """Slack does not know the channel: one delivery stands still and says why."""
    portal.sandbox.fault("slack", "error", match="chat.postMessage", error="channel_not_found")
    page = sent(portal)
    portal.work()
    expect(page.locator("#deliveries-title")).to_have_text("Needs attention")
    return page


def broken(portal) -> Page:
    """A fault of the portal's own."""
    portal.watch.expect("500")

    def search(*args, **options):
        raise RuntimeError("on purpose")

    portal.monkeypatch.setattr("escalations.reading.history.search", search)
    return at("/history/")(portal)


def database_away(portal) -> Page:
    """Send was pressed while it was stopped."""
    portal.watch.expect("503")
    page = portal.as_person("engineer")
    open_draft(page, 1001)
    button = ready(page)
    with stopped():
        button.click()
        expect(page.locator("h1")).to_have_text("The portal’s database is not answering")
    return page


def scenario_form(portal) -> Page:
    from escalations.models import Scenario

    return at(f"/admin/escalations/scenario/{Scenario.objects.first().pk}/change/", "editor")(portal)


def previewed(portal) -> Page:
    """The words of a row are changed and looked at: before and after, side by side, and the form as typed."""
    page = scenario_form(portal)
    page.get_by_label("Situation").fill("{{ customer.name }} asks for a quote on ticket {{ ticket.id }}.")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator("#mapping-changes")).to_contain_text("asks for a quote")
    return page


def edited() -> None:
    """A row reads differently, another is retired, a shared part says less, a channel is new; nobody has published it yet."""
    from escalations.actions import publishing
    from escalations.models.working_copy import working_copy
    from escalations.rules.mapping import Template
    from tests.actions.factories import add_channel

    editor = next(user for user in get_users() if user.username == "editor")
    add_channel(editor)
    before = working_copy()
    changes = {"training": {"ask": "Please offer a training by {{ ask_by }}."}, "upgrade-assistance": {"retired_on": "2026-12-01", "instead": "Ask in #upgrades."}}  # fmt: skip
    after = replace(
        before,
        scenarios=tuple(replace(row, **changes.get(row.key, {})) for row in before.scenarios),
        templates=tuple(Template(one.key, "None." if one.key == "previous" else one.body) for one in before.templates),
    )
    publishing.replace_working_copy(after, by=editor, now=datetime.now(UTC))


def with_changes(address: str, who: str):
    def go(portal) -> Page:
        edited()
        return at(address, who)(portal)

    return go


PAGES = {
    "sign-in": at("/sign-in/", who=None),
    "home-empty": at("/"),
    "home-full": at("/", full=True),
    "home-recipient": at("/", who="csm"),
    "home-publisher": with_changes("/", "publisher"),
    "start": at("/escalate/"),
    "start-no-ticket": at("/escalate/?ticket=hello"),
    "start-not-for-them": not_for_them,
    "draft-late": reading,
    "draft-undecided": draft(1021, more_situations),
    "draft-ready": draft(1001),
    "draft-without-person": draft(1017),
    "draft-cc": draft(1008),
    "draft-only-a-name": draft(1026),
    "draft-name-settled": draft(1026, settle_the_name),
    "draft-change-cc": draft(1001, change_cc),
    "draft-cc-by-hand": draft(1001, cc_by_hand),
    "draft-absent": draft(1033),
    "draft-directly": draft(1033, directly),
    "draft-join": draft(1002),
    "draft-no-follower": draft(1034),
    "draft-twins": draft(1012),
    "draft-question": draft(1024, choose_lead),
    "draft-not-known": draft(1024, not_known),
    "draft-none-of-these": draft(1021, none_of_these),
    "draft-remark-without-words": remark_without_words,
    "draft-retired-row": retired,
    "draft-ended": draft(1021, seats),
    "admin-remarks": remarks,
    "draft-words": draft(1001, change_words),
    "draft-do-not-escalate": draft(1005),
    "draft-closed-ticket": draft(1019),
    "draft-no-ticket": draft(1020),
    "draft-without-salesforce": without_salesforce,
    "draft-hostile": draft(1025),
    "draft-foreign": foreign,
    "draft-discarded": draft(1001, discard),
    "draft-refused": refused,
    "draft-us-government": us_government,
    "draft-off-work": off_work,
    "escalation-scheduled": scheduled,
    "escalation-sent": sent,
    "escalation-delivered": delivered,
    "escalation-undeliverable": undeliverable,
    "escalation-held": held,
    "escalation-in-doubt": in_doubt,
    "escalation-withdrawn": withdrawn,
    "attention": attention("teamlead"),
    "attention-without-reason": settled_without_reason,
    "attention-engineer": attention("engineer"),
    "attention-empty": at("/attention/"),
    "status": status(trouble=False),
    "status-trouble": status(trouble=True),
    "withdraw": asked_to_withdraw,
    "withdraw-without-reason": withdraw_without_reason,
    "too-late": too_late,
    "history-empty": at("/history/"),
    "history-full": at("/history/", full=True),
    "history-nothing-found": at("/history/?customer=nobody", full=True),
    "corrections-empty": at("/corrections/"),
    "corrections": corrected,
    "correction-end": ending_a_correction,
    "correction-new": at("/corrections/new/"),
    "correction-refused": refused_correction,
    "mapping": at("/mapping/"),
    "mapping-editor": at("/mapping/", who="editor"),
    "reports-empty": at("/reports/"),
    "reports": at("/reports/", full=True),
    "admin": at("/admin/", who="editor"),
    "admin-scenarios": at("/admin/escalations/scenario/", who="editor"),
    "admin-scenario": scenario_form,
    "admin-preview": previewed,
    "admin-calendar": calendar_form,
    "admin-changes": with_changes("/admin/mapping/changes/", "editor"),
    "admin-publish": with_changes("/admin/mapping/publish/", "publisher"),
    "admin-versions": at("/admin/mapping/versions/", who="editor"),
    "admin-version": at("/admin/mapping/versions/1/", who="auditor"),
    **ANSWER_PAGES,
    "error-403": at("/history/", who="csm", complaint="403"),
    "error-404": at("/nothing-here/", complaint="404"),
    "error-500": broken,
    "error-503": database_away,
}
