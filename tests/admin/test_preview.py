"""What a change will read like: of what is being edited, of what is not published yet, and between versions."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from escalations.models import AuditEvent, Channel, Scenario, Template
from escalations.models.working_copy import working_copy
from tests.admin.forms import address, events, posted, problems, words_of

QUOTE = "{{ customer.name }} wants a quote on {{ ticket.id }}."


@pytest.fixture
def lead(editor):
    return Scenario.objects.get(key="pass-lead")


@pytest.fixture
def preview(save):
    """Press *Preview* instead of *Save*."""

    def press(row, **changes):
        return save(row, _preview="Preview", **changes)

    return press


def test_a_preview_reads_what_is_typed_and_saves_nothing(preview, lead):
    before, logged = working_copy(), AuditEvent.objects.count()
    answer = preview(lead, situation=QUOTE, title="Pass a lead on")
    assert answer.status_code == 200
    assert "Acme Corp wants a quote on 1001." in words_of(answer)
    assert "nothing is saved yet" in words_of(answer)
    assert working_copy() == before
    assert (AuditEvent.objects.count(), LogEntry.objects.count()) == (logged, 0)


def test_a_preview_shows_what_stands_there_now_beside_it(preview, lead):
    page = preview(lead, situation=QUOTE).context["preview"]
    pairs = page["shown"].messages_of("pass-lead")
    assert len(pairs) == 4  # a post and a note, each as it reads with an answer and with “I do not know”
    for pair in pairs:
        assert "for something that Sales has to answer" in pair.before.text and "wants a quote" in pair.after.text


def test_a_preview_keeps_every_input(preview, client, lead):
    typed = {
        "title": "Pass on", "situation": QUOTE, "regions": "APJ\nEMEA", "legs-0-mention": "contact", "signals-0-DELETE": "on",
        "signals-1-pattern": "renew",
    }  # fmt: skip
    answer = preview(lead, **typed)
    form = posted(answer)
    assert {name: form[name] for name in typed} == typed
    assert client.post(address(lead), {**form, "_save": "Save"}).status_code == 302
    row = working_copy().scenario("pass-lead")
    assert (row.title, row.regions, len(row.signals)) == ("Pass on", ("APJ", "EMEA"), 4)
    assert [event[1] for event in events()] == ["mapping.changed"]


def test_a_leg_that_goes_elsewhere_is_previewed_as_well(preview, lead):
    sales, accounts = (Channel.objects.get(key=key) for key in ("sales", "account-management"))
    assert lead.legs.get(key="pass-lead-slack-new").channel == sales
    text = words_of(preview(lead, **{"legs-1-channel": accounts.pk}))
    assert "Slack: #sales, mentions nobody, if “New business”" in text
    assert "→ Slack: #account-management, mentions nobody" in text


def test_a_shared_part_is_previewed_in_the_rows_that_use_it(preview, editor):
    answer = preview(Template.objects.get(key="no_ask"), body="Nothing to do.")
    assert [title for title, _ in answer.context["preview"]["shown"].others] == [
        "Make the CSM aware of an emergency or a high-priority ticket",
        "Make the CSM aware of mismatched expectations",
    ]
    assert "Ask: Nothing to do." in words_of(answer)


def test_what_cannot_be_saved_cannot_be_previewed_and_says_why(preview, lead):
    answer = preview(lead, situation="{{ nobody.knows }}")
    assert "“nobody.knows” is not known here" in problems(answer)
    assert "preview" not in answer.context


def test_nothing_changed_is_said(preview, lead):
    assert "Nothing would change" in words_of(preview(lead))


def test_a_new_row_is_previewed_and_not_added(client, editor):
    page = client.get(reverse("admin:escalations_scenario_add"))
    typed = {
        "key": "new-row", "title": "A new row", "role": Scenario.objects.first().role_id, "tone": "aware", "situation": QUOTE,
        "position": "99", "_preview": "Preview",
    }  # fmt: skip
    answer = client.post(reverse("admin:escalations_scenario_add"), posted(page, **typed))
    assert answer.status_code == 200
    assert "Acme Corp wants a quote" in words_of(answer) and "No leg sends it yet" in words_of(answer)
    assert not Scenario.objects.filter(key="new-row").exists()


def test_who_may_not_save_may_not_preview(sign_in, mapping):
    row = Scenario.objects.get(key="pass-lead")
    client = sign_in("publisher")
    assert client.post(address(row), {"_preview": "Preview"}).status_code == 403
    assert "_preview" not in client.get(address(row)).content.decode()


def test_the_button_is_on_every_form_of_the_working_copy_only(sign_in, mapping, people):
    client = sign_in("admin")
    assert 'name="_preview"' in client.get(address(Channel.objects.first())).content.decode()
    assert 'name="_preview"' not in client.get(address(people["engineer"])).content.decode()


def test_see_shows_the_messages_before_and_after_beside_the_template(save, client, lead):
    save(lead, situation=QUOTE)
    text = words_of(client.get("/admin/mapping/changes/"))
    assert "situation {{ customer.name }}" in text
    assert "Acme Corp asks on ticket 1001 for something that Sales has to answer." in text
    assert "Acme Corp wants a quote on 1001." in text


def test_the_publisher_sees_the_messages_where_they_publish(save, lead, sign_in):
    save(lead, situation=QUOTE)
    assert "Acme Corp wants a quote on 1001." in words_of(sign_in("publisher").get("/admin/mapping/publish/"))


def test_a_version_shows_how_its_messages_differ_from_the_one_before(save, lead, sign_in):
    save(lead, situation=QUOTE)
    client = sign_in("publisher")
    seen = client.get("/admin/mapping/publish/").context["form"]["seen"].value()
    client.post("/admin/mapping/publish/", {"message": "A quote", "seen": seen})
    assert "Acme Corp wants a quote on 1001." in words_of(client.get("/admin/mapping/versions/2/"))
    assert "Acme Corp wants a quote on 1001." in words_of(sign_in("editor").get("/admin/mapping/versions/1/restore/"))


def test_the_form_of_a_row_shows_its_own_messages(client, lead):
    text = words_of(client.get(address(lead)))
    assert "Zendesk: internal note, with Omar Haddad in cc, which the customer sees" in text
    assert "For: Omar Haddad, Account Owner" in text


def test_foreign_words_are_text_in_a_preview(preview, lead):
    page = preview(lead, situation="<img src=x> {{ customer.name }}").content.decode()
    assert "<img src=x>" not in page and "&lt;img src=x&gt;" in page
