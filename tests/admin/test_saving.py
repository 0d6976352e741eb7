"""Every save has its audit event in the same transaction; without the event nothing is saved."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from escalations.actions import unit
from escalations.models import Alias, AuditEvent, Channel, LegRule, Queue, Role, Scenario
from escalations.rules.audit_chain import first_break
from tests.admin.forms import address, events, posted, problems


@pytest.fixture
def full(editor, monkeypatch):
    """No audit event can be written."""

    def refuse(*args):
        raise RuntimeError("the audit log is full")

    monkeypatch.setattr(unit, "seal", refuse)


@pytest.fixture
def lead(editor):
    return Scenario.objects.get(key="pass-lead")


def test_a_saved_row_is_one_event_with_who_and_which_field(save, lead):
    assert save(lead, title="Pass a lead").status_code == 302
    lead.refresh_from_db()
    assert lead.title == "Pass a lead"
    assert events() == [("editor", "mapping.changed", "scenario pass-lead: Title")]
    assert LogEntry.objects.get().get_change_message() == "Changed Title."


def test_nothing_changed_is_an_event_without_fields(save, lead):
    assert save(lead).status_code == 302
    assert events() == [("editor", "mapping.changed", "scenario pass-lead")]


def test_inline_rows_and_many_to_many_belong_to_the_same_event(save, client, lead):
    queue = Queue.objects.get(key="self-managed")
    assert save(lead, queues=[queue.pk], **{"legs-0-mention": "contact", "signals-0-DELETE": "on"}).status_code == 302
    assert list(lead.queues.all()) == [queue]
    assert LegRule.objects.get(key="pass-lead-zendesk").mention == "contact"
    ((_, action, row),) = events()
    assert action == "mapping.changed"
    assert row.startswith("scenario pass-lead: Queues; ")
    assert "leg rule Zendesk (pass-lead-zendesk) (The person in Slack)" in row
    assert "deleted signal" in row


def test_a_row_added_and_a_row_removed_are_events(client, editor):
    page = client.get(reverse("admin:escalations_alias_add"))
    client.post(reverse("admin:escalations_alias_add"), posted(page, kind="pool", pattern="LATAM * User", position="9"))
    alias = Alias.objects.get(pattern="LATAM * User")
    client.post(reverse("admin:escalations_alias_delete", args=[alias.pk]), {"post": "yes"})
    assert [event[1:] for event in events()] == [("mapping.added", "alias LATAM * User"), ("mapping.removed", "alias LATAM * User")]


def test_positions_edited_in_the_list_are_events(client, editor):
    address = reverse("admin:escalations_channel_changelist")
    formset = client.get(address).context["cl"].formset
    data = {field.html_name: field.value() for form in [formset.management_form, *formset.forms] for field in form}
    client.post(address, {**data, "form-0-position": "5", "_save": "Save"})
    assert events() == [("editor", "mapping.changed", "channel account-management: Position")]


def test_rows_removed_by_the_list_action_are_events(act, editor):
    pools = list(Alias.objects.filter(kind="pool"))
    assert act("delete_selected", pools, post="yes").status_code == 302
    assert [event[1] for event in events()] == ["mapping.removed"] * len(pools)


@pytest.mark.usefixtures("full")
def test_without_its_event_a_save_is_undone_with_its_inlines_and_queues(save, lead):
    queues = list(lead.queues.all())
    with pytest.raises(RuntimeError):
        save(lead, title="Changed", queues=[], **{"legs-0-mention": "contact", "signals-0-DELETE": "on"})
    lead.refresh_from_db()
    assert lead.title == "Pass a lead to Sales"
    assert list(lead.queues.all()) == queues
    assert lead.signals.count() == 5
    assert LegRule.objects.get(key="pass-lead-zendesk").mention == "none"
    assert not LogEntry.objects.exists()


@pytest.mark.usefixtures("full")
def test_without_its_event_a_row_is_not_removed_retired_or_moved(client, act, editor):
    alias = Alias.objects.first()
    with pytest.raises(RuntimeError):
        client.post(reverse("admin:escalations_alias_delete", args=[alias.pk]), {"post": "yes"})
    with pytest.raises(RuntimeError):
        act("delete_selected", [alias], post="yes")
    with pytest.raises(RuntimeError):
        act("retire", [Scenario.objects.first()], retire="1", retired_on="2026-12-01", instead="Ask")
    assert Alias.objects.filter(pk=alias.pk).exists()
    assert not Scenario.objects.exclude(retired_on=None).exists()


def test_a_refused_save_writes_neither_row_nor_event(save, lead):
    page = save(lead, title="")
    assert page.status_code == 200
    assert problems(page) == "title: This field is required."
    assert events() == []


def test_the_chain_of_events_holds(save, lead, settings):
    save(lead, title="Pass a lead")
    save(Role.objects.get(key="csm"), short="CS")
    fields = ("seq", "actor", "action", "object", "payload")
    chain = [
        ({**{name: getattr(event, name) for name in fields}, "at": event.at.isoformat()}, event.prev, event.hash)
        for event in AuditEvent.objects.all()
    ]
    assert len(chain) == 3
    assert first_break(settings.AUDIT_KEY, chain) is None


def test_people_are_changed_with_an_event_and_enter_by_their_groups(sign_in, mapping, save, people):
    sign_in("admin")
    person = people["engineer"]
    groups = {group.name: group.pk for group in people["admin"].groups.model.objects.all()}
    assert save(person, groups=[groups["mapping editor"]]).status_code == 302
    person.refresh_from_db()
    assert person.is_staff
    event = AuditEvent.objects.last()
    assert (event.actor, event.action, event.object) == ("admin", "people.changed", "engineer")
    assert save(person, groups=[groups["engineer"]]).status_code == 302
    assert not User.objects.get(pk=person.pk).is_staff


def test_nobody_is_made_a_superuser(sign_in, mapping, save, people):
    sign_in("admin")
    save(people["admin"], is_superuser="on", is_staff="on", user_permissions=["1"])
    admin = User.objects.get(username="admin")
    assert not admin.is_superuser
    assert not admin.user_permissions.exists()


def test_an_administrator_does_not_change_a_superuser(sign_in, mapping, django_user_model):
    root = django_user_model.objects.create_superuser("root")
    client = sign_in("admin")
    assert client.post(address(root), {"username": "mine"}).status_code == 403
    assert client.post(reverse("admin:auth_user_password_change", args=[root.pk]), {}).status_code == 403


def test_a_password_is_set_with_an_event(sign_in, mapping, client, people):
    sign_in("admin")
    words = {"password1": "correct horse battery", "password2": "correct horse battery", "usable_password": "true"}
    assert client.post(reverse("admin:auth_user_password_change", args=[people["engineer"].pk]), words).status_code == 302
    assert AuditEvent.objects.last().action == "people.changed"


def test_a_channel_renamed_keeps_its_old_name_line_by_line(save, editor):
    channel = Channel.objects.get(key="sales")
    save(channel, name="new-business", former_names="sales\n\n  sales-team  \n")
    channel.refresh_from_db()
    assert channel.former_names == ["sales", "sales-team"]
    assert events() == [("editor", "mapping.changed", "channel sales: Name, Older names")]
    assert "sales-team" in str(editor.get(address(channel)).content)


@pytest.mark.parametrize("pattern", ["*", " ** ", "--"])
def test_a_name_that_would_stand_for_everybody_is_refused(client, editor, pattern):
    address = reverse("admin:escalations_alias_add")
    page = client.post(address, posted(client.get(address), kind="away", pattern=pattern, position="40"))
    assert "write at least one letter" in problems(page)
    assert not Alias.objects.filter(pattern=pattern.strip()).exists()
