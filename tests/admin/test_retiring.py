"""Rows are retired and brought back; what is in force is never deleted."""

from datetime import date

import pytest
from django.urls import reverse

from escalations.models import Channel, Queue, Role, Scenario
from escalations.models.working_copy import working_copy
from tests.admin.forms import address, events


@pytest.fixture
def row(editor):
    return Scenario.objects.get(key="upgrade-assistance")


def test_retiring_asks_from_when_and_what_to_do_instead(act, row):
    page = act("retire", [row])
    assert page.status_code == 200
    assert list(page.context["form"].fields) == ["retired_on", "instead"]
    assert not Scenario.objects.exclude(retired_on=None).exists()


@pytest.mark.parametrize("instead", [" ", "\u200b"])
def test_without_instead_nothing_is_retired(act, row, instead):
    page = act("retire", [row], retire="1", retired_on="2026-12-01", instead=instead)
    assert page.status_code == 422
    assert "Say what to do instead" in page.content.decode()
    assert events() == []


def test_retire_and_bring_back(act, row):
    assert act("retire", [row], retire="1", retired_on="2026-12-01", instead="Ask in #upgrades").status_code == 302
    retired = working_copy().scenario(row.key)
    assert (retired.retired_on, retired.instead) == ("2026-12-01", "Ask in #upgrades")
    assert act("bring_back", [row]).status_code == 302
    assert working_copy().scenario(row.key).retired_on == ""
    assert [event[1:] for event in events()] == [
        ("mapping.retired", "scenario upgrade-assistance"),
        ("mapping.brought_back", "scenario upgrade-assistance"),
    ]


def test_bringing_back_what_is_not_retired_changes_nothing(act, row):
    act("bring_back", [row])
    assert events() == []


def test_a_queue_is_retired_by_its_day_alone(act, editor):
    queue = Queue.objects.get(key="needs-org")
    act("retire", [queue], retire="1", retired_on="2026-12-01")
    queue.refresh_from_db()
    assert queue.retired_on == date(2026, 12, 1)


def test_a_publisher_cannot_retire(sign_in, mapping, act):
    sign_in("publisher")
    row = Scenario.objects.first()
    act("retire", [row], retire="1", retired_on="2026-12-01", instead="Ask")
    assert not Scenario.objects.exclude(retired_on=None).exists()


@pytest.mark.parametrize("model", [Scenario, Role, Queue, Channel])
def test_what_is_in_force_cannot_be_deleted(model, client, editor, act):
    row = model.objects.first()
    assert client.get(reverse(f"admin:escalations_{model._meta.model_name}_delete", args=[row.pk])).status_code == 403
    act("delete_selected", [row], post="yes")
    assert model.objects.filter(pk=row.pk).exists()
    assert 'class="deletelink"' not in client.get(address(row)).content.decode()


def test_a_row_that_was_never_published_can_be_removed(client, editor):
    mistake = Channel.objects.create(key="typo", name="typo")
    assert client.post(reverse("admin:escalations_channel_delete", args=[mistake.pk]), {"post": "yes"}).status_code == 302
    assert not Channel.objects.filter(key="typo").exists()
