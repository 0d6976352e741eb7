"""A look-up takes a while: what somebody did meanwhile stands, and the answer shows it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from escalations.actions import corrections, wizard
from escalations.gateways.wiring import gateways
from escalations.models import Draft
from escalations.models.facts import facts_of
from escalations.rules.facts import Facts
from escalations.web import looking
from tests.actions.factories import EMERGENCY, make_draft
from tests.conftest import NOON
from tests.web.test_corrections import JOEL, record


@pytest.fixture
def draft(people, mapping, sandbox):
    return make_draft(people["engineer"], ticket_id=1013, facts=Facts.of([]))


def test_what_was_chosen_and_written_meanwhile_is_what_the_answer_shows(draft):
    looking.look_up(draft, "ticket", gateways(), revision=None)
    under_way = Draft.objects.get(pk=draft.pk)
    wizard.choose(draft, scenario_key="professional-services", now=NOON)
    wizard.edit(draft, texts={"situation": "Mine."}, now=NOON)
    looking.look_up(under_way, "account", gateways(), revision=under_way.revision)
    assert facts_of(draft).customer.name == "Marlow Foods"
    assert (under_way.scenario_key, under_way.scenario_by) == ("professional-services", "engineer")
    assert under_way.edits == {"professional-services.situation": "Mine."}


def test_the_facts_choose_only_while_nobody_has_chosen(draft):
    stale = Draft.objects.get(pk=draft.pk)
    wizard.choose(draft, scenario_key="training", now=NOON)
    wizard.choose(stale, scenario_key=EMERGENCY, by_facts=True, now=NOON)
    draft.refresh_from_db()
    assert (draft.scenario_key, draft.scenario_by) == ("training", "engineer")


OVER = "what was said of these people has ended; looking…"


@pytest.mark.parametrize("taken_back", [False, True])
def test_what_has_ended_is_not_something_that_was_said(visit, people, taken_back):
    today = timezone.now().date()
    said = record(people["engineer"], instead="person", use_email=JOEL, use_name="Joel Sandberg", valid_until=None if taken_back else today)
    address = visit().look_up("1001").choose("customer-asked").address
    assert "Joel Sandberg" in visit().open(address).text and OVER not in visit().open(address).text
    if taken_back:
        corrections.end(said, by=people["teamlead"], now=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(days=not taken_back), tick=True):
        page = visit().open(address)
        assert OVER in page.text and "somebody has said since" not in page.text
        record(people["teamlead"])
        assert "somebody has said since" in page.open(address).text
