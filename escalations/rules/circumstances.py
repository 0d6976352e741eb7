"""What a plan needs besides the facts: who sends, on which day, and what was sent before."""

from dataclasses import dataclass
from datetime import date, datetime

from .author import Author
from .facts import TicketFacts
from .places import Thread


@dataclass(frozen=True)
class Circumstances:
    """What is not in the facts: who, which day, since when, what we sent before, and the author's own words.

    `edits` are those words by the name that they are kept under: see `together.names_of_words`.

    `earlier` are the escalations of this ticket, one clause each, the newest first.

    `unread` is the ticket as far as the draft itself knows it (instance, number, address), for while it cannot be read.

    `now` says which day it is where the recipient is; without it that is `day`.

    `since` is the instant to which durations count from the ticket's opening; it moves in whole hours, so that looking at the
    page a little later does not change what would be sent.
    """

    author: Author
    day: date
    since: datetime
    thread: Thread | None = None
    edits: tuple[tuple[str, str], ...] = ()
    restricted: bool = False
    earlier: tuple[str, ...] = ()
    unread: TicketFacts | None = None
    now: datetime | None = None
