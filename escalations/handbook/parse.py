"""From the page's text to its values. What cannot be read is a value too (`Page.unread`); only a text that is no such
page at all raises."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .document import Document, Heading
from .page import Block, HandbookError, Page, RoleSection, Section, Unread
from .scale import is_scale, read_scale
from .tables import columns_of, read_table, unread_lines

MAX_CHARACTERS = 2_000_000
_ROLE = re.compile(r"^\W*role\s*[:–-]\s*(?P<name>[^()]*?)\s*(?:\((?P<short>[^()]+)\))?\s*$", re.IGNORECASE)
_KINDS = (
    ("purpose", re.compile(r"\bpurpose\b", re.IGNORECASE)),
    ("mapping", re.compile(r"\bmapping\b", re.IGNORECASE)),
    ("resources", re.compile(r"\b(?:resources|see also|related)\b", re.IGNORECASE)),
)
USUAL_LEVEL = {"role": 3}
_NOT_A_PAGE = "This is not the handbook page: it has no table of scenarios under a heading that begins with 'Role:'."


def parse(text: str) -> Page:
    """Raises HandbookError when there is no role table, or when the text is longer than MAX_CHARACTERS."""
    if len(text) > MAX_CHARACTERS:
        raise HandbookError(f"This is not the handbook page: it is longer than {MAX_CHARACTERS:,} characters.")
    document = Document(text)
    page = Page(front_matter=document.block(0, document.front_end))
    starts = _section_starts(document)
    first = starts[0].start if starts else len(document.lines)
    page = replace(page, title=_title(document), lead=document.block(document.front_end, first))
    unread = list(_stray(document, document.front_end, first))
    for heading, end in _with_ends(starts, len(document.lines)):
        page, problems = _add_section(document, page, heading, end)
        unread += problems
    if not any(section.table_heads for section in page.roles):
        raise HandbookError(_NOT_A_PAGE)
    return replace(page, unread=tuple(sorted(unread, key=lambda one: one.line)))


def _section_starts(document: Document) -> list[Heading]:
    """Deeper headings belong to the text of the section they stand in."""
    starts, role_level = [], 0
    for heading in document.headings:
        is_role = bool(_role_name(heading))
        if is_role or heading.level <= max(2, role_level):
            starts.append(heading)
            role_level = heading.level if is_role else 0
    return starts


def _role_name(heading: Heading) -> tuple[str, str] | None:
    match = _ROLE.match(heading.text)
    if not match or not match["name"]:
        return None
    return match["name"], (match["short"] or match["name"]).strip()


def _title(document: Document) -> str:
    for line in document.lines[: document.front_end]:
        name, colon, value = line.partition(":")
        if colon and name.strip() == "title":
            return value.strip().strip("\"'")
    return next((heading.text for heading in document.headings if heading.level == 1), "")


def _add_section(document: Document, page: Page, heading: Heading, end: int) -> tuple[Page, list[Unread]]:
    if _role_name(heading):
        role, unread = _read_role(document, heading, end)
        return replace(page, roles=(*page.roles, role), sections=(*page.sections, role)), unread
    unread = _stray(document, heading.end, end)
    for table in document.tables_in(heading.end, end):
        unread += unread_lines(document, table, "a table under a heading that names no role")
    section = Section(
        "other",
        document.block(heading.start, heading.end),
        _heading(heading, 2),
        document.block(heading.end, end),
        document.links(heading.end, end),
    )
    return _place(document, page, section, heading, end), unread


def _place(document: Document, page: Page, section: Section, heading: Heading, end: int) -> Page:
    """Each kind is the first section that looks like it; a second one stays an ordinary text."""
    kind = next((kind for kind, words in _KINDS if words.search(heading.text)), "other")
    if kind == "purpose" and not page.purpose:
        section = replace(section, kind=kind)
        section, note = _cut_note(document, section, heading.end, end)
        links = document.links(note.line - 1, end) if note.line else ()
        page = replace(page, purpose=section, note=note, note_link=links[0] if links else None)
    elif kind == "mapping" and not any(s.kind == kind for s in page.sections if isinstance(s, Section)):
        section = replace(section, kind=kind)
    elif kind == "resources" and not page.resources:
        section = replace(section, kind=kind)
        page = replace(page, resources=section)
    elif not page.scale and is_scale(section, heading.text):
        section = read_scale(section, document.list_items(heading.end, end))
        page = replace(page, scale=section)
    return replace(page, sections=(*page.sections, section))


def _cut_note(document: Document, section: Section, start: int, end: int) -> tuple[Section, Block]:
    """The note to Sales and CS is the quotation that ends the purpose; elsewhere it stays in the text."""
    quotes = document.top("blockquote_open", start, end)
    if not quotes or document.block(quotes[-1][1], end).line:
        return section, Block()
    return replace(section, body=document.block(start, quotes[-1][0])), document.block(*quotes[-1])


def _read_role(document: Document, heading: Heading, end: int) -> tuple[RoleSection, list[Unread]]:
    name, short = _role_name(heading)
    tables = document.tables_in(heading.end, end)
    unread = _stray(document, heading.end, end)
    rows, heads, after = [], [], []
    for table, following in _with_ends(tables, end):
        read, problems = read_table(document, table)
        rows += read
        unread += problems
        heads += [document.block(table.start, table.start + 2)] if columns_of(table) else []
        after.append(document.block(table.end, following))
    first = tables[0].start if tables else end
    role = RoleSection(
        document.block(heading.start, heading.end),
        _heading(heading, USUAL_LEVEL["role"]),
        name,
        short,
        document.block(heading.end, first),
        tuple(block for block in after if block.line),
        tuple(heads),
        document.links(heading.end, first),
        tuple(rows),
    )
    return role, unread


def _stray(document: Document, start: int, end: int) -> list[Unread]:
    """Lines that look like a table's but are in none (in a code block that was left open, say): kept and reported."""
    inside = {n for table in document.tables_in(start, end) for n in range(table.start, table.end)}
    why = "looks like a line of a table, but is in none"
    return [
        Unread(n + 1, document.lines[n], why)
        for n in range(start, end)
        if n not in inside and len(re.findall(r"(?<!\\)\|", document.lines[n])) > 1
    ]


def _heading(heading: Heading, usual: int) -> str:
    return heading.raw if heading.level == usual else f"{'#' * heading.level} {heading.raw}"


def _with_ends(parts: Sequence, end: int) -> Iterator[tuple]:
    """Each part with the line where the next one starts."""
    return zip(parts, [*(part.start for part in parts[1:]), end], strict=False)
