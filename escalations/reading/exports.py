"""CSV in buffers of rows, with foreign text that no spreadsheet takes for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

BOM = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine
ROWS_AT_A_TIME = 1000
NUMBERS = (int, float, Decimal, date)  # written as they are
FORMULA = frozenset("=+-@\t\r\n")
QUOTES = frozenset("'\"`´‘’‚‛“”„‟«»‹›")
# What a spreadsheet may drop before it looks: spaces, controls and invisible marks.
DROPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def csv_rows(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The text of a CSV file, some rows at a time: header, rows, CRLF after each, nothing else.

    Texts pass the guard; numbers and dates stay what they are; None is an empty cell.
    """
    yield BOM + _written([header])
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_A_TIME)):
        yield _written(some)


def as_text(cell: str) -> str:
    """`cell` with an apostrophe before it if a spreadsheet could run it; an apostrophe more is taken off to read it back."""
    return f"'{cell}" if is_formula(cell) else cell


def is_formula(cell: str) -> bool:
    """Whether the first character that counts starts a formula: full-width forms count, spaces and quotes do not."""
    for raw in cell:
        for character in unicodedata.normalize("NFKC", raw):
            if character in FORMULA:
                return True
            if character not in QUOTES and unicodedata.category(character) not in DROPPED:
                return False
    return False


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, NUMBERS) else as_text(str(value))


def _written(rows: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()
