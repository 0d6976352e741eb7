"""A Markdown text as lines with the headings, tables and links that a Markdown parser finds in them."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from escalations.rules.mapping import Link

from .page import Block

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_FENCE = "---"


@dataclass(frozen=True)
class Heading:
    start: int
    end: int
    level: int
    raw: str
    text: str


@dataclass(frozen=True)
class Table:
    """`start` and `end` are lines from 0; `rows` the body's lines, each with its inline tokens, one per column."""

    start: int
    end: int
    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Token, ...]], ...]


class Document:
    def __init__(self, text: str):
        self.lines = _lines(text)
        self.front_end = _front_matter(self.lines)
        # Blank lines in place of the front matter keep the line numbers of everything below.
        body = [""] * self.front_end + self.lines[self.front_end :]
        self.tokens = _MARKDOWN.parse("\n".join(body))
        self.at = [n for n, token in enumerate(self.tokens) if token.map]
        self.starts = [self.tokens[n].map[0] for n in self.at]
        self.headings = tuple(self._headings())
        self.tables = tuple(self._tables())
        self.table_starts = [table.start for table in self.tables]

    def block(self, start: int, end: int) -> Block:
        """The lines start..end-1 without the blank ones around them."""
        while start < end and not self.lines[start].strip():
            start += 1
        while end > start and not self.lines[end - 1].strip():
            end -= 1
        return Block(start + 1, "\n".join(self.lines[start:end])) if start < end else Block()

    def links(self, start: int, end: int) -> tuple[Link, ...]:
        return tuple(
            link for _, token in self._between(start, end) if token.type == "inline" for link in links_in(token)
        )

    def top(self, kind: str, start: int, end: int) -> list[tuple[int, int]]:
        """Where blocks of that kind stand that are in no other block."""
        return [tuple(token.map) for _, token in self._between(start, end) if token.type == kind and not token.level]

    def list_items(self, start: int, end: int) -> tuple[str, ...]:
        items = []
        for at, token in self._between(start, end):
            if token.type == "list_item_open" and token.level == 1:
                inline = next((t for t in self.tokens[at : at + 3] if t.type == "inline"), None)
                items += [plain_of(inline)] if inline else []
        return tuple(items)

    def tables_in(self, start: int, end: int) -> tuple[Table, ...]:
        starts = self.table_starts
        return self.tables[bisect_left(starts, start) : bisect_left(starts, end)]

    def _between(self, start: int, end: int) -> Iterator[tuple[int, Token]]:
        for n in self.at[bisect_left(self.starts, start) : bisect_left(self.starts, end)]:
            yield n, self.tokens[n]

    def _headings(self):
        for at, token in enumerate(self.tokens):
            if token.type == "heading_open" and token.level == 0:
                inline = self.tokens[at + 1]
                raw = " ".join(inline.content.split())
                yield Heading(*token.map, int(token.tag[1:]), raw, plain_of(inline))

    def _tables(self):
        opened: Token | None = None
        head: list[str] = []
        rows: list[tuple[int, tuple[Token, ...]]] = []
        for at, token in enumerate(self.tokens):
            if token.type == "table_open" and token.level == 0:
                opened, head, rows = token, [], []
            elif opened and token.type == "th_open":
                head.append(plain_of(self.tokens[at + 1]))
            elif opened and token.type == "tr_open" and token.map[0] > opened.map[0]:
                rows.append((token.map[0], _row_cells(self.tokens, at)))
            elif opened and token.type == "table_close":
                yield Table(*opened.map, tuple(head), tuple(rows))
                opened = None


def links_in(inline: Token) -> tuple[Link, ...]:
    found, url, label = [], "", []
    for child in inline.children or ():
        if child.type == "link_open":
            url, label = str(child.attrs.get("href", "")), []
        elif child.type == "link_close":
            found += [Link(" ".join("".join(label).split()), url)] if url else []
            url = ""
        else:
            label.append(_word(child))
    return tuple(found)


def plain_of(inline: Token) -> str:
    return " ".join("".join(_word(child) for child in inline.children or ()).split())


def _word(child: Token) -> str:
    return " " if child.type in ("softbreak", "hardbreak") else child.content


def _row_cells(tokens: list[Token], at: int) -> tuple[Token, ...]:
    cells = []
    while tokens[at].type != "tr_close":
        if tokens[at].type == "inline":
            cells.append(tokens[at])
        at += 1
    return tuple(cells)


def _front_matter(lines: list[str]) -> int:
    """The number of lines of the front matter, its two fences included; 0 without one."""
    if lines[0].strip() != _FENCE:
        return 0
    return next((n + 1 for n, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), 0)


def _lines(text: str) -> list[str]:
    """NUL cannot be stored, so it becomes the sign for an unreadable character, as in the parser."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd").split("\n")
