"""What the page makes of the mapping. The mapping's own words (titles, situations, asks, signals, questions) are never
overwritten; a cell changes legs or queues only where the page itself has changed, or says something else than we do."""

from dataclasses import dataclass
from datetime import date

from escalations.rules.differences import ChangeSet, diff
from escalations.rules.mapping import Mapping

from .matching import Match
from .merge import Merge
from .page import Page, Unread
from .texts import DEFAULT_BASE


@dataclass(frozen=True)
class Outcome:
    """The mapping after the import, what that changes, how each row was found, and what a person should look at."""

    mapping: Mapping
    changes: ChangeSet
    matches: tuple[Match, ...]
    notes: tuple[str, ...]
    unread: tuple[Unread, ...]


def apply(mapping: Mapping, page: Page, *, on: date, base: str = DEFAULT_BASE) -> Mapping:
    return compare(mapping, page, on=on, base=base).mapping


def compare(mapping: Mapping, page: Page, *, on: date, base: str = DEFAULT_BASE) -> Outcome:
    """`on` is the day from which rows that the page no longer has are retired."""
    merge = Merge(mapping, page, on, base)
    after = merge.run()
    return Outcome(after, diff(mapping, after), tuple(merge.matches), tuple(merge.notes), page.unread)
