"""The handbook page as values: what was read, where it stood, and what could not be read.

Line numbers count from 1. `raw` is the text as it stands on the page; links are as they stand too (site-relative).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from escalations.rules.mapping import Link


class HandbookError(Exception):
    """This is not a handbook page at all; `text` says why in one sentence."""

    def __init__(self, text: str):
        self.text = text
        super().__init__(text)


@dataclass(frozen=True)
class Unread:
    """A line that could not be read, or not wholly."""

    line: int
    text: str
    why: str

    def words(self) -> str:
        return f"line {self.line}: {self.why}: {self.text.strip() or '(empty)'}"


@dataclass(frozen=True)
class Block:
    """Lines as they stand, blank lines around them removed; `line` is the first one's number, 0 when there are none."""

    line: int = 0
    text: str = ""

    def numbered(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.text.split("\n"), self.line) if self.line else iter(())


@dataclass(frozen=True)
class NamedChannel:
    """A Slack channel without its `#`, and the words after "for" that say when."""

    name: str
    condition: str = ""


@dataclass(frozen=True)
class ChannelCell:
    """`cc` and `mentions` are the words of the page (AM, AO, CSM); `leftover` is what could not be read."""

    raw: str = ""
    cc: tuple[str, ...] = ()
    channels: tuple[NamedChannel, ...] = ()
    mentions: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()

    def same_as(self, other: "ChannelCell") -> bool:
        """The same contact in the same places, however it is written."""
        return self.structure() == other.structure()

    def structure(self) -> tuple:
        channels = tuple(sorted((c.name.casefold(), c.condition.casefold()) for c in self.channels))
        return bool(self.cc), channels, bool(self.mentions), self.leftover


@dataclass(frozen=True)
class Row:
    """One row of a role's table. `cells` are all cells of the line as they stand, outer blanks included."""

    line: int
    raw: str
    cells: tuple[str, ...]
    scenario_raw: str
    scenario: str
    relevancy_raw: str
    queues: tuple[str, ...]
    channel: ChannelCell
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class RoleSection:
    """A heading "Role: Name (SHORT)", the text before its table, the rows, and any text after the table."""

    mark: Block
    heading: str
    name: str
    short: str
    text: Block = Block()
    after: tuple[Block, ...] = ()
    table_heads: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Section:
    """Any other heading with its text as it stands. `kind`: purpose | mapping | scale | resources | other.

    `heading` is without its marks at the usual depth (two), and with them (`# Title`) at any other.
    """

    kind: str
    mark: Block
    heading: str
    body: Block = Block()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class ScaleSection(Section):
    """The section on accounts without a CSM of their own: whom to reach, and how such an account is recognised."""

    text: str = ""
    examples: tuple[str, ...] = ()
    placeholder: str = ""
    reach: str = ""
    reach_sentence: str = ""
    placeholder_sentence: str = ""


@dataclass(frozen=True)
class Page:
    title: str = ""
    front_matter: Block = Block()
    lead: Block = Block()
    purpose: Section | None = None
    note: Block = Block()
    note_link: Link | None = None
    roles: tuple[RoleSection, ...] = ()
    scale: ScaleSection | None = None
    resources: Section | None = None
    sections: tuple[Section | RoleSection, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for role in self.roles for row in role.rows)

    @property
    def scenarios(self) -> int:
        """Rows of the tables, and the Scale section as one more."""
        return len(self.rows) + bool(self.scale)

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Every line that the page's values hold, as it stands: with `unread`, all lines that are not blank."""
        for block in (self.front_matter, self.lead, self.note):
            yield from block.numbered()
        for section in self.sections:
            yield from section.mark.numbered()
            if isinstance(section, RoleSection):
                for block in (section.text, *section.table_heads, *section.after):
                    yield from block.numbered()
                yield from ((row.line, row.raw) for row in section.rows)
            else:
                yield from section.body.numbered()
