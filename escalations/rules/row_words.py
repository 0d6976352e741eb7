"""What an editor's words must do before they are saved: name a day where something is asked, leave no part empty, and fit a first line.

They are rendered over two examples: one with everything and long names, one with as little as a ticket can have.
"""

from datetime import date

from .calendar import spoken_day
from .escaping import one_line
from .first_line import MOST, first_sentence, fitted, room, to_whom
from .mapping import Mapping, Scenario
from .templates import OPENING_VARIABLES, VARIABLES, TemplateProblem, render

DAY = date(2026, 9, 23)
PERSON, CUSTOMER, OPENED = "Maximiliane Oberst", "Acme Corp International", "23 Sep, 12:02 UTC"
FULL = {
    **VARIABLES,
    "ticket": {**VARIABLES["ticket"], "id": "1234567", "priority": "Normal", "priority_words": "a high-priority problem", "waiting": "47 h", "opened": OPENED},
    "customer": {"name": CUSTOMER},
    "contact": {**VARIABLES["contact"], "name": PERSON},
    "ask_by": spoken_day(DAY),
}  # fmt: skip
BARE = {
    **FULL,
    "ticket": {**FULL["ticket"], "priority": "", "priority_words": "a problem", "state": "", "queue": "", "waiting": None, "opened": None},
    "contact": {**FULL["contact"], "name": "", "instead": None},
    "earlier": None,
    "reply": {"known": False, "at": None, "by": "somebody in Support"},
}  # fmt: skip
# Parts that are only used where somebody was found.
OF_A_PERSON = ("to",)
EMPTY = "With some tickets nothing is left of it. Write at least one sentence that stands in no {% if %}."
NO_DAY = "It names no day. Write {{ ask_by }} where the day belongs, such as “Please call them by {{ ask_by }}.”"
NO_DAY_IN_IT = "It does not say by when something is asked. Write {{ ask }} in it, or {{ ask_by }}."
LONG = "The first line of the message would have {} characters with a long name; a phone shows {}. Use {} fewer."
ELSEWHERE = " What else there is to say belongs into a second sentence of the ask, which stands below."


def against_row(scenario: Scenario, opening: str) -> dict[str, str]:
    """What is wrong with the row's words, by field: sentences that say what to do. `opening` is the shared part of its tone.

    Raises TemplateProblem where a text cannot be rendered at all.
    """
    found = {}
    if _empty(scenario.situation):
        found["situation"] = EMPTY
    if scenario.tone == "involve":
        if not scenario.ask.strip():
            found["ask"] = "A row that involves somebody needs an ask with a date."
        elif not _names_the_day(scenario.ask):
            found["ask"] = NO_DAY
    long = too_long(scenario, opening)
    if long and not found:
        found["ask" if scenario.tone == "involve" and "ask" in opening else "situation"] = long
    return found


def too_long(scenario: Scenario, opening: str) -> str:
    """Whether words of the first line would be cut although only names should be: how much is too much, or ""."""
    texts = {name: render(getattr(scenario, name), FULL) for name in ("situation", "ask")}
    line = one_line(render(opening, {**FULL, **texts, "ask": first_sentence(texts["ask"], DAY)}), 2000)
    shortest = fitted(line, 0, CUSTOMER, DAY, OPENED, cut=False)
    over = len(shortest) - room(PERSON)
    said = LONG.format(len(to_whom(PERSON, shortest)), MOST, over) if over > 0 else ""
    return said + ELSEWHERE if said and scenario.tone == "involve" else said


def against_part(key: str, body: str, mapping: Mapping) -> str:
    """What is wrong with a shared part, in a sentence; "" when nothing is. Its opening is tried on the mapping's rows."""
    if any(not render(body, {**OPENING_VARIABLES, **facts}) for facts in ([FULL] if key in OF_A_PERSON else [FULL, BARE])):
        return EMPTY
    if key == "now_ask" and not _names_the_day(body):
        return NO_DAY
    if not key.startswith("opening_"):
        return ""
    if key == "opening_involve" and spoken_day(DAY) not in render(body, {**FULL, "situation": "", "ask": spoken_day(DAY)}):
        return NO_DAY_IN_IT
    rows = (row for row in mapping.scenarios if f"opening_{row.tone}" == key and not row.retired_on)
    return next((f"“{row.title}”: {long}" for row in rows if (long := _too_long(row, body))), "")


def _too_long(row: Scenario, opening: str) -> str:
    try:
        return too_long(row, opening)
    except TemplateProblem:
        return ""  # the row's own trouble, said where it is saved


def _empty(body: str) -> bool:
    return not (render(body, FULL) and render(body, BARE))


def _names_the_day(ask: str) -> bool:
    return all(spoken_day(DAY) in render(ask, facts) for facts in (FULL, BARE))
