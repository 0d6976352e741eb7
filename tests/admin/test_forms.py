"""Forms that explain themselves: permanent keys, lists as lines, places, previews, and what is wrong in words."""

from dataclasses import fields

import pytest

from escalations import models
from escalations.admin.fields import LinesField, PlacesField
from escalations.models import Calendar, LegRule, Question, Scenario, Template
from escalations.models.working_copy import working_copy
from escalations.rules import mapping as rules
from escalations.rules.differences import Change
from tests.admin.forms import address, problems


@pytest.fixture
def lead(editor):
    return Scenario.objects.get(key="pass-lead")


@pytest.mark.parametrize("text, expected", [("", []), ("a\nb", ["a", "b"]), (" a  b \r\n\r\nc", ["a b", "c"])])
def test_lines_are_entries(text, expected):
    assert LinesField().clean(text) == expected


@pytest.mark.parametrize(
    "field, text, words",
    [
        (LinesField(), "TAM\nAM\nTAM", "“TAM” is there twice, in lines 1 and 3. Remove one."),
        (LinesField(), "a" * 201, "Line 1 is too long: at most 200 characters in one entry."),
        (PlacesField(), "thread\nchanel", "Line 2: “chanel” is no place. Use thread, account_channel, group_message, channel."),
    ],
)
def test_what_is_wrong_with_a_line_is_said(field, text, words):
    with pytest.raises(Exception, match=".") as raised:
        field.clean(text)
    assert raised.value.messages == [words]


@pytest.mark.parametrize("initial, posted, changed", [(["a"], "a\n", False), ([], "", False), (["a"], "b", True), (["a"], "a\na", True)])
def test_only_other_entries_are_a_change(initial, posted, changed):
    assert LinesField().has_changed(initial, posted) is changed


def test_a_posted_key_is_ignored_once_it_exists(save, lead):
    assert save(lead, key="other", **{"legs-0-key": "other-leg"}).status_code == 302
    assert Scenario.objects.get(pk=lead.pk).key == "pass-lead"
    assert not LegRule.objects.filter(key="other-leg").exists()


def test_the_order_of_places_is_kept(save, editor):
    leg = LegRule.objects.get(key="emergency-slack")
    save(leg, places="channel\nthread")
    leg.refresh_from_db()
    assert leg.places == ["channel", "thread"]


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"situation": "{{ custmer.name }} waits"}, "situation: This cannot be used as a message: “custmer.name” is not known here"),
        ({"ask": ""}, "ask: A row that involves somebody needs an ask with a date."),
        ({"ask": "Please call them."}, "ask: It names no day. Write {{ ask_by }} where the day belongs"),
        ({"ask": f"Please {'really ' * 12}call by {{{{ ask_by }}}}."}, "characters with a long name; a phone shows 120."),
        ({"situation": "{% if ticket.waiting %}They wait.{% endif %}"}, "situation: With some tickets nothing is left of it."),
        ({"valid_from": "2026-05-01", "valid_until": "2026-04-01"}, "valid_until: It ends before it starts."),
        ({"links-0-url": "http://example.com"}, "links-0-url: Links start with https:// and name a host."),
        ({"legs-1-places": "thread\nnowhere"}, "legs-1-places: Line 2: “nowhere” is no place."),
        ({"legs-1-cc_mode": "follower"}, "legs-1-cc_mode: Slack has no cc"),
    ],
)
def test_a_refused_row_says_why_beside_the_field(changes, words, save, lead):
    page = save(lead, **changes)
    assert page.status_code == 200
    assert words in problems(page)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"zones": "Europe/Berlin\nBerlin"}, "zones: “Berlin” is no time zone. Write it as Europe/Berlin, or America/*."),
        ({"days": "Mon\nMonday"}, "days: “Monday” is no day. Use Mon, Tue,"),
        ({"days": ""}, "days: “” is no day."),
        ({"holidays": "2026-02-30 Leap"}, "holidays: “2026-02-30 Leap” is no holiday. Write the day and its name: 2026-12-25 Christmas Day."),
        ({"until_hour": "9"}, "until_hour: Work ends after it begins"),
        ({"send_hour": "24"}, "send_hour: Use an hour from 0 to 23."),
    ],
)
def test_a_calendar_that_cannot_be_read_says_why(changes, words, save, editor):
    page = save(Calendar.objects.get(), **changes)
    assert words in problems(page)


def test_holidays_are_pasted_and_kept_in_their_order(save, editor):
    assert save(Calendar.objects.get(), holidays="2026-12-26 Boxing Day\n2026-12-25 Christmas Day").status_code == 302
    [calendar] = working_copy().calendars
    assert calendar.holidays == ("2026-12-25 Christmas Day", "2026-12-26 Boxing Day")


def test_a_leg_depends_only_on_its_own_scenarios_answers(save, editor):
    elsewhere = Question.objects.get(key="internal-issue").choices.first()
    page = save(LegRule.objects.get(key="pass-lead-zendesk"), only_if=elsewhere.pk)
    assert "This answer belongs to another scenario" in problems(page)


def test_the_page_shows_the_message_with_sample_values(client, lead):
    page = client.get(address(lead)).content.decode()
    assert "Situation: Acme Corp asks on ticket 1001 for something that Sales has to answer." in page
    assert "For Omar Haddad: Acme Corp, ticket 1001: Please contact the customer by" in page
    assert "For: Omar Haddad, Account Owner" in page


def test_a_text_that_cannot_be_sent_is_said_in_its_preview(client, editor):
    Template.objects.filter(key="told").update(body="{{ nobody.knows }}")
    page = client.get(address(Template.objects.get(key="told"))).content.decode()
    assert "This cannot be sent" in page


def test_a_refused_save_previews_what_was_typed(save, lead):
    page = save(lead, situation="{{ customer.name }} wants a quote", ask="").content.decode()
    assert "Acme Corp wants a quote" in page


LABELS = ["Only csm", "Not done", "Cc mode", "Twin of", "Answer days", "Valid from", "Stop link url", "Slack id"]


@pytest.mark.parametrize("key", ["pass-lead", "scale-engagement"])
def test_fields_are_named_as_people_say_it(client, editor, key):
    page = client.get(address(Scenario.objects.get(key=key))).content.decode()
    assert not [label for label in LABELS if f"{label}:" in page]
    assert "Business days to answer:" in page


ROWS = [rules.Role, rules.Scenario, rules.Question, rules.LegRule, rules.Queue, rules.Channel, rules.Template, rules.Alias, rules.Prose, rules.Calendar]


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.__name__)
def test_a_field_is_called_the_same_in_its_form_and_where_it_changed(client, editor, kind):
    """Whatever the two share is asked for, whole forms and their rows."""
    page = client.get(address(getattr(models, kind.__name__).objects.first()))
    forms = [page.context["adminform"].form, *(one.formset.empty_form for one in page.context["inline_admin_formsets"])]
    labels = {name: field.label for form in forms for name, field in form.fields.items()}
    shared = labels.keys() & {field.name for field in fields(kind)}
    assert shared
    for name in shared:
        said = Change("changed", "", "", "", name).field_words
        assert (labels[name], "_" in said) == (said[0].upper() + said[1:], False)


def test_a_saved_row_says_where_it_is_changed(save, client, lead):
    save(lead, title="Pass a lead")
    page = client.get("/admin/").content.decode()
    assert "was changed in the next version." in page and "successfully" not in page


def test_preview_stands_beside_save_and_nothing_else_is_added_from_there(client, lead):
    page = client.get(address(lead)).content.decode()
    assert page.index('name="_save"') < page.index('name="_preview"') < page.index('name="_continue"')
    assert "_addanother" not in page
