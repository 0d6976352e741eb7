"""A day in a query string: read, or named as what it is not."""

from datetime import date

from escalations.rules.escaping import one_line

FIRST_YEAR, LAST_YEAR = 2000, 2100


def day_asked(given, name: str, problems: list[str]) -> date | None:
    """The day of that name; None when it is not given, or cannot be read: then `problems` has a sentence more."""
    text = (given.get(name) or "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append(f"“{one_line(text, 40)}” is not a day. Write it as 2026-03-31.")
        return None
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    problems.append(f"{day} is too far away. Choose days between {FIRST_YEAR} and {LAST_YEAR}.")
    return None
