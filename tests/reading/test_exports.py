"""Exports are read back the way a spreadsheet reads them."""

import csv
import io
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escalations.reading.exports import BOM, ROWS_AT_A_TIME, as_text, csv_rows, is_formula

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "  +1", "\u00a0=1", "'=1", '"=1', "''=1", "“=1",
           "＝1", "＋1", "－1", "＠a", " ＝1", "＂＝1", "﹦1", "\ufeff=1", "\u200b=1", "\u202e=1", "\x00=1", " \t", "\tAcme"]  # fmt: skip
HARMLESS = ["", "Acme Corp", "a=1", "1-2", "Söhne & Co", "'quoted'", " spaced ", "東京", "x@example.com", '"', "2026-11-23"]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
starts = st.text(st.sampled_from(" '\"`“＂\t\r\n\u00a0\u200b=+-@＝＋－＠a"), max_size=5)
cells = st.builds(str.__add__, starts, texts)


def read_back(chunks):
    content = "".join(chunks)
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.removeprefix(BOM), newline="")))


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_could_run_is_text(cell):
    assert as_text(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", HARMLESS)
def test_a_cell_that_cannot_run_is_untouched(cell):
    assert as_text(cell) == cell


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5))
@example([["=HYPERLINK(\"http://evil\",\"x\")", "a,\r\n=1", "\"\r\n\"=1"]])
def test_no_cell_read_back_starts_a_formula_and_none_is_lost(rows):
    back = read_back(csv_rows(["a", "b", "c"], rows))[1:]
    assert [[take_off(cell) for cell in row] for row in back] == rows
    for cell in (cell for row in back for cell in row):
        assert cell[:1] not in set("=+-@\t\r\n")
        assert unicodedata.normalize("NFKC", cell.lstrip())[:1] not in set("=+-@")


def take_off(cell):
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell


def test_numbers_and_days_stay_what_they_are():
    assert read_back(csv_rows(["n"], [[-3, 2.5, date(2026, 11, 23), None]]))[1] == ["-3", "2.5", "2026-11-23", ""]


def test_other_objects_pass_the_guard_as_their_text():
    class Customer:
        def __str__(self):
            return "=1+1"

    assert read_back(csv_rows(["customer"], [[Customer()]]))[1] == ["'=1+1"]


def test_the_header_is_guarded_too():
    assert read_back(csv_rows(["=1"], [])) == [["'=1"]]


def test_it_ends_with_its_last_row():
    assert "".join(csv_rows(["a", "b"], [["1", "x, y"]])) == f'{BOM}a,b\r\n1,"x, y"\r\n'


def test_rows_are_asked_for_some_at_a_time():
    taken = []
    chunks = csv_rows(["n"], ((taken.append(n), [n])[1] for n in range(3 * ROWS_AT_A_TIME)))
    next(chunks)
    assert taken == []
    next(chunks)
    assert len(taken) == ROWS_AT_A_TIME
