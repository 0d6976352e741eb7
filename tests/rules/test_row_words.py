"""What an editor's words must do before they are saved, and that the ready ones do it."""

from dataclasses import replace

import pytest

from escalations.rules.mapping import Mapping, Scenario
from escalations.rules.row_words import EMPTY, NO_DAY, NO_DAY_IN_IT, against_part, against_row

from .factories import MAPPING

AWARE, INVOLVE = MAPPING.template("opening_aware"), MAPPING.template("opening_involve")
ASK = "Please call them by {{ ask_by }}."


def row(situation="{{ customer.name }} waits on {{ ticket.id }}.", ask="", tone="aware"):
    return Scenario("x", "csm", "X", tone, situation, ask)


@pytest.mark.parametrize("scenario", MAPPING.scenarios, ids=lambda one: one.key)
def test_the_ready_rows_are_good(scenario):
    assert against_row(scenario, MAPPING.template(f"opening_{scenario.tone}")) == {}


@pytest.mark.parametrize("part", MAPPING.templates, ids=lambda one: one.key)
def test_the_ready_parts_are_good(part):
    assert against_part(part.key, part.body, MAPPING) == ""


@pytest.mark.parametrize(
    ("scenario", "wrong"),
    [
        (row(), {}),
        (row("  "), {"situation": EMPTY}),
        (row("{% if ticket.waiting %}They wait.{% endif %}"), {"situation": EMPTY}),
        (row("{% if ticket.queue == 'None' %}x{% endif %}"), {"situation": EMPTY}),
        (row(ask=ASK, tone="involve"), {}),
        (row(ask=" ", tone="involve"), {"ask": "A row that involves somebody needs an ask with a date."}),
        (row(ask="Please call them.", tone="involve"), {"ask": NO_DAY}),
        (row(ask="{% if earlier %}Please call by {{ ask_by }}.{% else %}Please call.{% endif %}", tone="involve"), {"ask": NO_DAY}),
    ],
)
def test_a_missing_part_is_named_with_what_to_do(scenario, wrong):
    assert against_row(scenario, INVOLVE if scenario.tone == "involve" else AWARE) == wrong


def test_how_much_too_long_it_is():
    fits = row("{{ customer.name }} " + "x" * 61)
    assert against_row(fits, AWARE) == {}
    [(field, said)] = against_row(replace(fits, situation=fits.situation + "xxx"), AWARE).items()
    assert field == "situation"
    assert said.startswith("The first line of the message would have 123 characters with a long name; a phone shows 120. Use 3 fewer.")


def test_a_second_sentence_of_the_ask_may_be_long():
    assert against_row(row(ask=f"{ASK} {'Tell us more. ' * 20}", tone="involve"), INVOLVE) == {}
    assert "ask" in against_row(row(ask=f"Please {'really ' * 20}call by {{{{ ask_by }}}}.", tone="involve"), INVOLVE)


@pytest.mark.parametrize(
    ("key", "body", "wrong"),
    [
        ("opening_involve", "{{ situation }}", NO_DAY_IN_IT),
        ("opening_involve", "By {{ ask_by }}: {{ situation }}", ""),
        ("previous", "{{ earlier }}", EMPTY),
        ("told", "{% if reply.at %}They were told.{% endif %}", EMPTY),
        ("to", "{{ contact.name }}", ""),
        ("to_nobody", "{{ contact.name }}", EMPTY),
    ],
)
def test_a_shared_part(key, body, wrong):
    assert against_part(key, body, Mapping()) == wrong


def test_a_longer_opening_names_the_row_that_it_is_too_long_for():
    said = against_part("opening_aware", "For your information, and for nothing else: {{ situation }}", MAPPING)
    assert said.startswith("“Make the CSM aware of an emergency or a high-priority ticket”: The first line of the message would have ")
