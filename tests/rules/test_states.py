"""Every state has moves or is an end, and the escalation's state is a function of its deliveries'."""

import pytest

from escalations.rules import states

TABLE = [
    ([], "submitted"),
    (["pending", "pending"], "submitted"),
    (["sending", "pending"], "in_progress"),
    (["delivered", "pending"], "in_progress"),
    (["uncertain", "delivered"], "in_progress"),
    (["delivered", "delivered"], "completed"),
    (["delivered", "closed_sent"], "completed"),
    (["delivered", "dead"], "attention"),
    (["needs_a_person", "pending"], "attention"),
    (["delivered", "closed_not_sent"], "completed_with_problems"),
    (["closed_sent", "closed_not_sent"], "completed_with_problems"),
    (["closed_not_sent", "closed_not_sent"], "not_sent"),
    (["closed_not_sent", "cancelled"], "not_sent"),
    (["cancelled", "cancelled"], "cancelled"),
]


@pytest.mark.parametrize(("deliveries", "state"), TABLE)
def test_the_escalation_follows_its_deliveries(deliveries, state):
    assert states.escalation_state(deliveries) == state


@pytest.mark.parametrize("kind", states.MOVES)
def test_every_move_leads_to_a_state_of_the_table(kind):
    moves = states.MOVES[kind]
    assert {after for targets in moves.values() for after in targets} <= set(moves)


def test_every_delivery_state_has_words():
    assert set(states.DELIVERY_WORDS) == set(states.DELIVERY)
    assert set(states.ESCALATION_WORDS) == set(states.ESCALATION)


def test_a_move_that_is_not_there_is_refused_in_words():
    with pytest.raises(states.MoveError, match="A delivery that is delivered cannot become pending"):
        states.check_move("delivery", "delivered", "pending")
