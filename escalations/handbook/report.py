"""An import in words: for a terminal, and for the page that shows it before anything is written."""

from collections.abc import Iterator

from .changes import Outcome


def report(outcome: Outcome) -> Iterator[str]:
    """Lines: what was found where, the differences, what a person should look at, and last what could not be read."""
    yield from _part("Rows of the page", [_match(match) for match in outcome.matches])
    yield from _part("Differences", outcome.changes.lines())
    yield from _part("To look at", outcome.notes)
    yield from _part("Not read", [unread.words() for unread in outcome.unread])
    yield outcome.changes.summary()


def _match(match) -> str:
    look = "" if match.sure else " [please look]"
    return f"line {match.line} is {match.scenario} ({match.how}){look}: {match.text}"


def _part(heading: str, lines) -> Iterator[str]:
    if lines:
        yield f"{heading}:"
        yield from (f"  {line}" for line in lines)
        yield ""
