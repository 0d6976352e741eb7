"""A message's first line, all that a phone shows: who, what is wanted and by when, in 120 characters as they are read.

What is too long is made shorter in this order: the day's name, the hour at which the ticket was opened, the customer's name, the
words. The ask's day always stays.
"""

import re
from datetime import date

from .calendar import short_day, spoken_day
from .escaping import one_line

MOST = 120
MOST_OF_A_NAME = 80  # as Slack shows it
CUSTOMER = (40, 24, 12)  # how much of a customer's name is kept, one try after the other


def to_whom(name: str, line: str) -> str:
    """The line for whoever is not mentioned in it."""
    return f"For {name}{', ' if line.startswith('FYI') else ': '}{line}" if name else line


def room(name: str) -> int:
    """What is left for the line beside a mention of `name`, or beside "For …: "."""
    return MOST - len(to_whom("x" * min(len(name), MOST_OF_A_NAME), ""))


def first_sentence(text: str, day: date) -> str:
    """What is wanted, without what follows it; all of it while its day stands further down."""
    first = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    return text if spoken_day(day) in text and spoken_day(day) not in first else first


def fitted(line: str, most: int, customer: str, day: date, opened: str = "", *, cut: bool = True) -> str:
    """`line` in at most `most` characters; `customer` is the name as it stands in it, `day` the ask's day, `opened` the ticket's instant.

    Without `cut` as short as names and days make it, with every word.
    """
    if len(line) <= most:
        return line
    for shorter in _shortened(line.replace(spoken_day(day), short_day(day)), customer, opened):
        if len(shorter) <= most:
            return shorter
    if not cut:
        return shorter
    found = shorter.find(short_day(day))
    if found + len(short_day(day)) >= most:
        shorter = f"By {short_day(day)}: {shorter}"
    return one_line(shorter, most)


def _shortened(line: str, customer: str, opened: str):
    yield line
    line = line.replace(opened, opened.partition(",")[0]) if opened else line
    yield line
    for most in CUSTOMER:
        yield line.replace(customer, one_line(customer, most)) if customer else line
