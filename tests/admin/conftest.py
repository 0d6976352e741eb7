"""What an editor does in the admin, as plain calls: open a form, change a field, save."""

from uuid import uuid4

import pytest
from django.urls import reverse

from escalations.models import Attempt, Delivery, Escalation, MappingVersion
from tests.admin.forms import address, posted
from tests.conftest import NOON


@pytest.fixture
def editor(sign_in, mapping):
    return sign_in("editor")


@pytest.fixture
def save(client):
    """Open a row's page, change fields, post everything back as a browser would."""

    def save_row(row, **changes):
        return client.post(address(row), posted(client.get(address(row)), **changes))

    return save_row


@pytest.fixture
def act(client):
    """Run a list action on rows."""

    def run(action: str, rows, **more):
        model = rows[0]._meta
        data = {"action": action, "_selected_action": [row.pk for row in rows], **more}
        return client.post(reverse(f"admin:escalations_{model.model_name}_changelist"), data)

    return run


@pytest.fixture
def escalation_row(people, mapping):
    """One sent escalation with a delivery and an attempt."""
    return make_escalation_row(people)


def make_escalation_row(people, instance="main"):
    version = MappingVersion.objects.get(number=1)
    row = Escalation.objects.create(
        author=people["engineer"], instance=instance, ticket_id=482913, customer_name="Acme Corp", role_key="csm",
        role_name="Customer Success Manager", scenario_key="emergency", scenario_title="Emergency", contact_name="Dana Reyes",
        mapping_version=version, submitted_at=NOON, day=NOON.date(), facts={}, texts={"situation": "Acme Corp is down"},
    )  # fmt: skip
    delivery = Delivery.objects.create(
        escalation=row, key=uuid4(), leg_key="emergency-slack", system="slack", purpose="tell", target="C1",
        visibility="internal", content={"text": "Acme Corp is down"}, due_at=NOON,
        place={"kind": "channel", "label": "#sales", "note": "", "people": {}},
    )  # fmt: skip
    Attempt.objects.create(delivery=delivery, n=1, worker="w1", started_at=NOON)
    return row
