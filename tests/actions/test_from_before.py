"""A working copy from before a change of the code is brought along by its migration, up to what a new portal starts with."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from escalations.models import Choice, Escalation, Question, Scenario, Signal
from escalations.models.working_copy import working_copy
from escalations.rules.default_mapping import DEFAULT_MAPPING
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


def migration(name: str):
    return import_module(f"escalations.migrations.{name}")


def test_questions_get_the_effect_of_not_knowing():
    not_known = migration("0014_not_known")
    Choice.objects.update(if_unknown=False)
    Question.objects.update(unknown_says="")
    Scenario.objects.filter(key="upgrade-assistance").update(situation=not_known.BEFORE)
    not_known.have_an_effect(apps, None)
    assert working_copy() == DEFAULT_MAPPING


def test_so_does_the_question_of_an_imported_row():
    not_known = migration("0014_not_known")
    question = Question.objects.create(scenario=Scenario.objects.first(), key="where-2", text="Which of these is it?")
    for position, key in enumerate(("new", "something-else")):
        Choice.objects.create(question=question, key=key, label=key, position=position)
    not_known.have_an_effect(apps, None)
    question.refresh_from_db()
    assert question.unknown_says == not_known.IMPORTED
    assert list(question.choices.filter(if_unknown=True).values_list("key", flat=True)) == ["something-else"]


def test_a_lead_gets_the_signal_of_a_near_renewal():
    Signal.objects.filter(kind="renewal").delete()
    migration("0015_renewal_signal").speak_for_a_lead(apps, None)
    assert working_copy() == DEFAULT_MAPPING


def test_where_there_is_no_such_row_nothing_is_added():
    Signal.objects.all().delete()
    Scenario.objects.filter(key="pass-lead").update(key="another")
    migration("0015_renewal_signal").speak_for_a_lead(apps, None)
    assert not Signal.objects.exists()


def test_an_emergency_says_since_when_the_ticket_is_open():
    opened = migration("0026_opened")
    Scenario.objects.filter(key="emergency").update(situation=opened.BEFORE)
    opened.say_since_when(apps, None)
    assert working_copy() == DEFAULT_MAPPING


def test_what_ended_with_nothing_arrived_is_not_called_sent_in_part_any_more(people):
    rows = [make_escalation(people["engineer"], state="attention", ticket_id=number) for number in (1001, 1002)]
    for row in rows:
        make_delivery(people["engineer"], escalation=row, state="closed_not_sent", settled_at=NOON)
    make_delivery(people["engineer"], "zendesk", escalation=rows[1], state="closed_sent", settled_at=NOON)
    Escalation.objects.update(state="completed_with_problems")
    with connection.cursor() as cursor:  # as altering the table does, before
        on = " ON escalations_escalation" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER keep_escalation_update_moves{on}")
    migration("0023_nothing_arrived").say_so(apps, None)
    assert list(Escalation.objects.order_by("pk").values_list("state", flat=True)) == ["not_sent", "completed_with_problems"]
