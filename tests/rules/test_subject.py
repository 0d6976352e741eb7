"""The ticket's subject in every message: what it is about, for whoever cannot open the ticket; never of a restricted one."""

import pytest

from escalations.rules.plan import plan

from .factories import DANA, MAPPING, OMAR, account, around, facts, known, ticket


def messages(*, restricted=False, unread=False, **of_ticket):
    """The Slack message and the note, as text."""
    made = plan(
        MAPPING, MAPPING.scenario("emergency"), {}, facts(ticket=ticket(**of_ticket), account=account(), **known(DANA, OMAR)),
        around(restricted=restricted),
    )  # fmt: skip
    slack = "\n".join(block["text"]["text"] for block in made.legs[0].content["blocks"])
    return slack, made.legs[1].content["body"], made.copy_text


def test_it_stands_behind_the_ticket_in_all_three():
    for text in messages():
        assert "“Production is down”, from Rin Sato, opened" in text


@pytest.mark.parametrize("subject", ["", None, " \u202e \n "])
def test_without_one_nothing_is_quoted(subject):
    for text in messages(subject=subject):
        assert "“”" not in text and "open" in text and ", from Rin Sato" in text


def test_a_restricted_ticket_has_none():
    for text in messages(restricted=True):
        assert "Production" not in text


def test_a_strangers_words_mention_nobody_and_are_cut():
    slack, note, _ = messages(subject="<!channel> {{ticket.id}} *bold* " + "long " * 60)
    assert "<!channel>" not in slack and "{{ticket" not in note
    assert "&lt;!channel&gt;" in slack
    for text in (slack, note):
        assert "long " * 20 not in text and "…”" in text


def test_the_first_line_does_not_have_it():
    assert "Production" not in messages()[0].splitlines()[0]
