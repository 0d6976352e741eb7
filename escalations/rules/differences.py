"""What differs between two mappings, by keys: for *Publish*, version history and the import of the handbook page."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .calendar import Calendar
from .field_names import field_name
from .mapping import (
    Alias,
    Channel,
    Choice,
    FallbackStep,
    LegRule,
    Link,
    Mapping,
    Prose,
    Question,
    Queue,
    Role,
    Scenario,
    Signal,
    Template,
)

NOUNS = {
    Role: "role",
    FallbackStep: "fallback step",
    Queue: "queue",
    Scenario: "scenario",
    Question: "question",
    Choice: "choice",
    LegRule: "leg",
    Signal: "signal",
    Link: "link",
    Channel: "channel",
    Alias: "alias",
    Template: "template",
    Prose: "text of the page",
    Calendar: "calendar",
}
PLURALS = {"queue": "queues", "alias": "aliases", "text of the page": "texts of the page"}
# Wording: fields that change what is read, never who is told, where, when or whether. The rest is more than wording.
WORDING = {
    Role: {"intro"},
    Scenario: {
        "title", "situation", "ask", "choose_when", "choose_when_not", "examples", "not_done", "instead",
        "page_scenario", "page_channel", "page_relevancy",
    },
    Question: {"text", "why", "unknown_says"},
    Choice: {"label", "stop", "stop_link"},
    Signal: {"because"},
    Channel: {"purpose"},
    Link: {"label", "url"},
    Template: {"body"},
    Prose: {"heading", "body"},
    Calendar: {"name", "act_now"},
}  # fmt: skip
WORDING_WHOLE = {Link, Prose}  # adding or removing one of these is wording as well
NOT_WHEN_EMPTY = {"stop"}  # wording, unless it was empty or becomes empty: then the wizard takes another way
ORDER_MATTERS = {FallbackStep, Alias, Calendar}
SIGNS = {"added": "+", "removed": "-", "changed": "~", "retired": "x"}


@dataclass(frozen=True)
class Change:
    """One difference. `key` is the path of keys ("pass-lead/license-kind/renewal"), `of` and `row` the noun
    and the key of the outermost row ("mapping" and "" where the order of the rows themselves changed).

    `field` is empty when a whole row was added or removed; `before` and `after` are texts for reading, not for storing.
    """

    kind: str  # added | removed | changed | retired
    noun: str
    key: str
    title: str
    field: str = ""
    before: str = ""
    after: str = ""
    wording: bool = False
    of: str = ""
    row: str = ""

    @property
    def field_words(self) -> str:
        return field_name(self.field)

    def line(self) -> str:
        head = f"{SIGNS[self.kind]} {self.noun} {self.key}" if self.key else f"{SIGNS[self.kind]} {self.noun}"
        if not self.field:
            return f"{head} {self.kind}: {self.after or self.before}"
        note = "" if self.wording else " [more than wording]"
        return f"{head}, {self.field_words}: {_short(self.before)} -> {_short(self.after)}{note}"


@dataclass(frozen=True)
class ChangeSet:
    """All differences; `matched` counts the rows (scenarios) that are on both sides and not retired."""

    changes: tuple[Change, ...] = ()
    matched: int = 0

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    @property
    def wording_only(self) -> bool:
        return all(change.wording for change in self.changes)

    def of_kind(self, kind: str, noun: str = "scenario") -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind == kind and change.noun == noun)

    def summary(self) -> str:
        if not self.changes:
            return "no changes"
        parts = [self._rows(), *self._wording(), *self._others()]
        return "; ".join(parts)

    def lines(self) -> tuple[str, ...]:
        return tuple(change.line() for change in self.changes)

    def _rows(self) -> str:
        text = f"{_count(self.matched, 'row')} matched: " + ", ".join(
            f"{len(self.of_kind(kind)) or 'none'} {kind}" for kind in ("added", "removed")
        )
        retired = len(self.of_kind("retired"))
        return f"{text}, {retired} retired" if retired else text

    def _wording(self) -> list[str]:
        whole = {c.row for c in self.changes if c.noun == "scenario" and c.kind != "changed"}
        inside = [c for c in self.changes if c.of == "scenario" and c.row not in whole]
        more = {c.row for c in inside if not c.wording}
        only = {c.row for c in inside} - more
        parts = [f"wording of {len(only)} changed"] if only else []
        return parts + ([f"more than the wording of {len(more)} changed"] if more else [])

    def _others(self) -> list[str]:
        """Everything outside the rows, as counts: "1 role changed", "2 channels added"."""
        rows = {
            (c.of, c.row, c.kind if c.noun == c.of else "changed")
            for c in self.changes
            if c.of not in ("scenario", "mapping")
        }
        whole = {(of, row) for of, row, kind in rows if kind != "changed"}
        counts = Counter((of, kind) for of, row, kind in rows if kind != "changed" or (of, row) not in whole)
        texts = [f"{_count(n, of)} {kind}" for (of, kind), n in sorted(counts.items())]
        return texts + [f"{c.field} changed" for c in self.changes if c.of == "mapping"]


def diff(before: Mapping, after: Mapping) -> ChangeSet:
    """Empty if and only if the two are equal."""
    here = {row.key for row in before.scenarios}
    matched = sum(row.key in here and not row.retired_on for row in after.scenarios)
    changes = []
    for name in (f.name for f in fields(Mapping)):
        changes += _rows(getattr(before, name), getattr(after, name), (), "", "")
    return ChangeSet(tuple(changes), matched)


def _rows(before: tuple, after: tuple, path: tuple[str, ...], of: str, title: str) -> list[Change]:
    old, new = _by_identity(before), _by_identity(after)
    found = []
    for key, row in old.items():
        if key not in new:
            found.append(_whole("removed", row, (*path, key), of, title))
        else:
            found += _fields(row, new[key], (*path, key), of or NOUNS[type(row)], title or title_of(row))
    found += [_whole("added", row, (*path, key), of, title) for key, row in new.items() if key not in old]
    return found + _order(old, new, path, of, title)


def _fields(before: Any, after: Any, path: tuple[str, ...], of: str, title: str) -> list[Change]:
    found = []
    for name in (f.name for f in fields(before)):
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if _holds_rows(old) or _holds_rows(new):
            found += _rows(old, new, path, of, title)
        else:
            kind = "retired" if name == "retired_on" and not old else "changed"
            words = (value_words(old), value_words(new))
            noun = NOUNS[type(before)]
            found.append(
                Change(
                    kind, noun, "/".join(path), title, name, *words, _is_wording(before, name, old, new), of, path[0]
                )
            )
    return found


def _whole(kind: str, row: Any, path: tuple[str, ...], of: str, title: str) -> Change:
    noun, name = NOUNS[type(row)], title_of(row)
    texts = (name, "") if kind == "removed" else ("", name)
    return Change(
        kind, noun, "/".join(path), title or name, "", *texts, type(row) in WORDING_WHOLE, of or noun, path[0]
    )


def _order(old: dict, new: dict, path: tuple[str, ...], of: str, title: str) -> list[Change]:
    was = [key for key in old if key in new]
    now = [key for key in new if key in old]
    if was == now:
        return []
    kind = type(old[was[0]])
    of, row = of or "mapping", path[0] if path else ""
    field = f"order of {_plural(NOUNS[kind])}"
    wording = kind not in ORDER_MATTERS
    return [Change("changed", of, "/".join(path), title, field, "; ".join(was), "; ".join(now), wording, of, row)]


def _by_identity(rows: tuple) -> dict[str, Any]:
    """Rows by what names them for ever; a second one with the same name gets a number, so that none is lost."""
    found: dict[str, Any] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        name = identity(row)
        seen[name] += 1
        while name in found:
            name = f"{identity(row)} ({seen[identity(row)]})"
            seen[identity(row)] += 1
        found[name] = row
    return found


def identity(row: Any) -> str:
    if isinstance(row, (Signal, Alias)):
        return f"{row.kind}: {row.pattern}"
    return row.url if isinstance(row, Link) else row.key


def title_of(row: Any) -> str:
    for name in ("title", "name", "label", "text", "heading", "pattern", "key"):
        if getattr(row, name, ""):
            return getattr(row, name)
    return identity(row)


def value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Link):
        return f"{value.label} ({value.url})"
    if isinstance(value, tuple):
        return "; ".join(str(item) for item in value)
    return "" if value is None else str(value)


def _is_wording(row: Any, name: str, old: Any, new: Any) -> bool:
    if name in NOT_WHEN_EMPTY and bool(old) != bool(new):
        return False
    return name in WORDING.get(type(row), ())


def _holds_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0])


def _short(text: str, limit: int = 160) -> str:
    text = " ".join(text.split())
    return f'"{text if len(text) <= limit else text[: limit - 1] + "…"}"'


def _plural(noun: str) -> str:
    return PLURALS.get(noun, f"{noun}s")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun if number == 1 else _plural(noun)}"
