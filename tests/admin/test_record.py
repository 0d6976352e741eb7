"""The record is read-only for everybody, and keeps the words of restricted tickets to itself."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from escalations.models import Attempt, AuditEvent, Delivery, Escalation, MappingVersion
from tests.admin.conftest import make_escalation_row
from tests.admin.forms import address

RECORD = [Escalation, Delivery, Attempt, AuditEvent, MappingVersion]


@pytest.mark.parametrize("username", ["editor", "publisher", "auditor", "admin"])
@pytest.mark.parametrize("model", RECORD)
def test_nobody_changes_adds_or_deletes(model, username, sign_in, mapping, escalation_row):
    client, row = sign_in(username), model.objects.first()
    name = f"admin:escalations_{model._meta.model_name}"
    assert client.post(address(row), {"state": "delivered"}).status_code == 403
    assert client.post(reverse(f"{name}_add"), {}).status_code == 403
    assert client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse(f"{name}_changelist"), chosen)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", RECORD)
def test_the_record_can_be_searched(model, sign_in, mapping, escalation_row):
    address = reverse(f"admin:escalations_{model._meta.model_name}_changelist")
    assert sign_in("auditor").get(address, {"q": "default"}).status_code == 200


def test_a_filter_that_no_database_can_hold_finds_nothing(sign_in, escalation_row):
    page = sign_in("auditor").get(reverse("admin:escalations_escalation_changelist"), {"state__exact": "\x00"})
    assert page.status_code == 200
    assert not page.context["cl"].result_list


def test_an_escalation_is_found_by_its_ticket(sign_in, escalation_row):
    page = sign_in("auditor").get(reverse("admin:escalations_escalation_changelist"), {"q": "482913"})
    assert [row.pk for row in page.context["cl"].result_list] == [escalation_row.pk]


def test_of_a_restricted_ticket_only_ids_and_names_of_employees_are_drawn(sign_in, people, mapping):
    escalation_row = make_escalation_row(people, instance="usgov")
    client = sign_in("auditor")
    for row in (escalation_row, escalation_row.deliveries.get()):
        text = client.get(address(row)).content.decode()
        assert "is down" not in text
        assert "Acme Corp" not in text
    assert "Acme Corp" not in client.get(reverse("admin:escalations_escalation_changelist")).content.decode()


def test_groups_are_looked_at_only(sign_in, mapping):
    client, group = sign_in("admin"), Group.objects.get(name="publisher")
    text = client.get(address(group)).content.decode()
    assert "Publishes what somebody else changed." in text
    assert client.post(address(group), {"name": "x"}).status_code == 403
