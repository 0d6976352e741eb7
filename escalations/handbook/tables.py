"""A role's table: which column is which, and its rows."""

import re

from .cells import read_channel, read_relevancy, split_cells
from .document import Document, Table, links_in, plain_of
from .page import Row, Unread

COLUMNS = ("scenario", "channel", "relevancy")
_COLUMN_WORDS = {"scenario": "scenario", "channel": "channel", "relevancy": "relevan"}


def columns_of(table: Table) -> dict[str, int]:
    """Where the three columns stand by the words of the table's head; empty when one of them is not there."""
    found = {}
    for name, word in _COLUMN_WORDS.items():
        at = next((n for n, text in enumerate(table.head) if word in text.casefold()), None)
        if at is None:
            return {}
        found[name] = at
    return found


def read_table(document: Document, table: Table) -> tuple[tuple[Row, ...], tuple[Unread, ...]]:
    columns = columns_of(table)
    if not columns:
        why = "a table whose head does not name scenario, channel and relevancy"
        return (), unread_lines(document, table, why)
    rows, unread = [], []
    for line, tokens in table.rows:
        row, problems = _read_row(document.lines[line], line + 1, tokens, columns, len(table.head))
        rows += [row] if row else []
        unread += problems
    return tuple(rows), tuple(unread)


def unread_lines(document: Document, table: Table, why: str) -> tuple[Unread, ...]:
    lines = range(table.start, table.end)
    return tuple(Unread(n + 1, document.lines[n], why) for n in lines if document.lines[n].strip())


def _read_row(
    raw: str, line: int, tokens: tuple, columns: dict[str, int], width: int
) -> tuple[Row | None, list[Unread]]:
    cells = split_cells(raw)
    scenario, channel, relevancy = (cells[n] if (n := columns[name]) < len(cells) else "" for name in COLUMNS)
    token = tokens[columns["scenario"]]
    text = plain_of(token)
    if not text:
        return None, [Unread(line, raw, "a row without a scenario")]
    links = tuple(link for cell in tokens for link in links_in(cell))
    row = Row(line, raw, cells, scenario, text, relevancy, read_relevancy(relevancy), read_channel(channel), links)
    whys = _count(cells, width) + _channel(row) + ([] if row.queues else ["no queue in the relevancy cell"])
    return row, [Unread(line, raw, why) for why in whys]


def _count(cells: tuple[str, ...], width: int) -> list[str]:
    if len(cells) == width:
        return []
    fewer = "the missing ones are taken as empty" if len(cells) < width else "the last ones were left out"
    return [f"{len(cells)} cells where the table has {width} columns, {fewer}"]


def _channel(row: Row) -> list[str]:
    if not row.channel.raw.strip():
        return ["the channel cell is empty"]
    return [f"in the channel cell, not understood: {re.sub(r'[`*]', '', text)}" for text in row.channel.leftover]
