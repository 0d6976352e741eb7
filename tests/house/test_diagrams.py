"""The drawn diagrams are those of the tables."""

from escalations.rules import states
from escalations.rules.diagrams import document
from tests.conftest import ROOT


def test_the_page_is_drawn_from_the_tables_as_they_are():
    drawn = (ROOT / "docs/reference/states.md").read_text()
    assert drawn == document(), "draw it again: python manage.py draw_states"


def test_every_move_is_in_it():
    text = document()
    for moves in states.MOVES.values():
        for before, targets in moves.items():
            assert all(f"    {before} --> {after}\n" in text for after in targets)
