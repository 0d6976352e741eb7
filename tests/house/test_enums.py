"""Asked of every list of words: was one of them forgotten somewhere?"""

import ast
from dataclasses import fields

import pytest

from escalations.actions import effects
from escalations.gateways.wiring import Gateways
from escalations.models.delivery import SERVICES
from escalations.rules import flow, places, sources, states, suggest
from escalations.rules.mapping import PLACE_KINDS, QUESTION_FACTS, SIGNAL_KINDS, STEP_SOURCES
from escalations.web.timeline import PRESENTERS
from tests.house.code import calls, modules, tree

ENDS = {
    "draft": {"submitted"},
    "escalation": {"not_sent", "cancelled"},
    "follow-up": {"closed"},
    "delivery": {"delivered", "cancelled", "closed_sent", "closed_not_sent"},
}


@pytest.mark.parametrize(("kind", "state"), [(kind, state) for kind, moves in states.MOVES.items() for state in moves])
def test_every_state_has_moves_or_is_an_end(kind, state):
    assert bool(states.MOVES[kind][state]) != (state in ENDS[kind])


@pytest.mark.parametrize("kind", states.MOVES)
def test_every_state_can_be_reached(kind):
    moves = states.MOVES[kind]
    reached, first = set(), next(iter(moves))
    waiting = [first] if kind != "follow-up" else ["none", "awaiting_reply"]  # both are what submit sets
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting += moves[state]
    assert reached == set(moves)


def recorded() -> dict[str, str]:
    """Every action that `record` is called with, and where; an f-string over a state stands for each of them."""
    found = {}
    for module in (name for name in modules() if name.startswith("escalations")):
        for name, call in calls(module):
            if name == "record" and call.args:
                for action in _actions(call.args[0]):
                    found[action] = module
    return found


# What stands for a part of an f-string: the states of its table, the verbs of the admin's log.
FILLED = {
    "delivery.": [state for state in states.DELIVERY if any(state in after for after in states.DELIVERY.values())],
    "draft.": ["discarded", "not_escalated"],
    "follow_up.": ["acknowledged", "not_mine", "closed"],
    "mapping.": ["added", "changed", "removed", "retired", "brought_back"],
    "people.": ["added", "changed", "removed"],
}
NOT_RECORDED = {"delivery.sending"}  # a claim writes the attempt, which is its record


def _actions(node) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        start = node.values[0].value
        return [start + filled for filled in FILLED[start]]
    return []


def test_the_search_finds_the_events():
    assert {"escalation.submitted", "delivery.delivered", "draft.discarded", "mapping.published"} <= set(recorded())


@pytest.mark.parametrize("action", sorted(set(recorded()) - NOT_RECORDED))
def test_every_event_has_a_presenter(action):
    assert action in PRESENTERS, f"{recorded()[action]} records it"


@pytest.mark.parametrize("action", PRESENTERS)
def test_every_presenter_says_a_sentence(action):
    tone, present = PRESENTERS[action]
    event = type(
        "Event",
        (),
        {
            "action": action, "object": "ana", "words": "I looked",
            "payload": {"legs": ["a"], "version": 1, "system": "slack", "attempt": 2},
        },
    )  # fmt: skip
    assert tone in ("neutral", "info", "good", "warn", "bad")
    assert len(present(event)) > 8


@pytest.mark.parametrize("system", SERVICES)
def test_every_system_has_a_sender_a_looker_and_a_gateway(system):
    assert system in effects.SENDERS
    assert system in effects.LOOKERS
    assert {"email": "mail"}.get(system, system) in {field.name for field in fields(Gateways)}


@pytest.mark.parametrize("state", states.DELIVERY)
def test_every_delivery_state_has_words(state):
    assert states.DELIVERY_WORDS[state]


def cases(module) -> set[str]:
    """Every string that the module's `match` statements name."""
    patterns = (node for node in ast.walk(tree(module.__name__)) if isinstance(node, ast.MatchValue))
    return {node.value.value for node in patterns if isinstance(node.value, ast.Constant)}


def test_every_fallback_step_is_looked_at():
    assert cases(sources) == set(STEP_SOURCES) - {"nobody"}, "“nobody” is what remains"


def test_every_signal_is_read():
    assert cases(suggest) == set(SIGNAL_KINDS)


def test_every_place_has_a_reader():
    assert set(places._READERS) == set(PLACE_KINDS)


def test_every_fact_of_a_question_has_a_reader():
    assert set(flow._READERS) == set(QUESTION_FACTS)
