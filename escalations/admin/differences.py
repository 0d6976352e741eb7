"""Differences as a page shows them: grouped by what happened and by row, old and new words side by side."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby

from escalations.rules.differences import PLURALS, Change, ChangeSet, diff
from escalations.rules.examples import Pair, compared
from escalations.rules.mapping import Mapping

from .side_by_side import ALIKE, Message, messages

HEADINGS = {"added": "Added", "removed": "Removed", "retired": "Retired", "changed": "Changed"}
MODELS = {"text of the page": "prose", "fallback step": "fallbackstep", "leg": "legrule"}


@dataclass(frozen=True)
class Line:
    """`words`: (tag, text) with tag "", "del" or "ins". `more` says that it changes more than wording."""

    what: str
    words: tuple[tuple[str, str], ...]
    more: bool


@dataclass(frozen=True)
class Block:
    title: str
    noun: str
    key: str
    model: str
    lines: tuple[Line, ...]
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Shown:
    """All that differs between two mappings. `others`: (title, messages) of rows that read differently although they were
    not changed themselves, such as by a shared part.
    """

    changes: ChangeSet
    groups: list[tuple[str, list[Block]]]
    others: list[tuple[str, tuple[Message, ...]]]
    pairs: dict[str, tuple[Pair, ...]]

    @property
    def summary(self) -> str:
        """2 channels added, 1 scenario changed; wording only."""
        if not self.changes:
            return "Nothing differs"
        counts = [
            (noun, sum(block.noun == noun for block in blocks), heading.lower())
            for heading, blocks in self.groups
            for noun in dict.fromkeys(block.noun for block in blocks)
        ]
        said = ", ".join(_counted(n, noun, what) for noun, n, what in counts)
        return f"{said}; {'wording only' if self.changes.wording_only else 'more than wording'}"

    def messages_of(self, key: str) -> tuple[Pair, ...]:
        return self.pairs.get(key, ())


def _counted(n: int, noun: str, what: str) -> str:
    if noun == "mapping":
        return "the order of the rows changed"
    return f"{n} {noun if n == 1 else PLURALS.get(noun, noun + 's')} {what}"


def shown(before: Mapping, after: Mapping, at: datetime) -> Shown:
    changes = diff(before, after)
    pairs = compared(before, after, at) if changes else {}
    groups = [(heading, [_with_messages(block, pairs) for block in blocks]) for heading, blocks in grouped(changes)]
    own = {block.key for _, blocks in groups for block in blocks if block.model == "scenario"}
    rows = {row.key: row for mapping in (before, after) for row in mapping.scenarios}
    others = [(rows[key].title, messages(found)) for key, found in pairs.items() if key not in own]
    return Shown(changes, groups, others, pairs)


def _with_messages(block: Block, pairs: dict[str, tuple[Pair, ...]]) -> Block:
    return replace(block, messages=messages(pairs.get(block.key, ()))) if block.model == "scenario" else block


def grouped(changes: Iterable[Change]) -> list[tuple[str, list[Block]]]:
    """(heading, blocks) for each kind of change that occurs; one block is one outermost row."""
    changes = list(changes)
    retired = {_row(change) for change in changes if change.kind == "retired"}
    found = []
    for kind, heading in HEADINGS.items():
        of_kind = sorted((c for c in changes if _kind(c, retired) == kind), key=_row)
        blocks = [_block(list(rows)) for _, rows in groupby(of_kind, _row)]
        if blocks:
            found.append((heading, blocks))
    return found


def _kind(change: Change, retired: set[tuple[str, str]]) -> str:
    """Parts that come and go inside a row are changes of that row; whatever else a retired row changes stands with it."""
    if _row(change) in retired:
        return "retired"
    return change.kind if change.noun == change.of else "changed"


def _row(change: Change) -> tuple[str, str]:
    return change.of, change.row


def _block(changes: list[Change]) -> Block:
    first = changes[0]
    if first.of == "mapping":
        return Block("The order of the rows", "mapping", "", "", tuple(map(_line, changes)))
    model = MODELS.get(first.of, first.of)
    return Block(first.title, first.of, first.row, model, tuple(map(_line, changes)))


def _line(change: Change) -> Line:
    if change.field:
        inner = "" if change.noun in (change.of, "mapping") else f"{change.noun} {_inner_key(change)}, "
        return Line(
            f"{inner}{change.field_words}", tuple(word_changes(change.before, change.after)), not change.wording
        )
    words = (("del", change.before),) if change.kind == "removed" else (("ins", change.after),)
    return Line(f"{change.noun} {change.kind}", words, not change.wording)


def _inner_key(change: Change) -> str:
    return change.key.partition("/")[2] or change.key


def word_changes(before: str, after: str) -> list[tuple[str, str]]:
    """The words that went and came; texts that have little in common are shown whole, one after the other."""
    old, new = before.split(" "), after.split(" ")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if not before or not after or matcher.ratio() < ALIKE:
        return [(tag, text) for tag, text in (("del", before), ("ins", after)) if text]
    found = []
    for kind, a, b, c, d in matcher.get_opcodes():
        same = (
            [("", " ".join(old[a:b]))]
            if kind == "equal"
            else [("del", " ".join(old[a:b])), ("ins", " ".join(new[c:d]))]
        )
        found += [(tag, text) for tag, text in same if text]
    return found
