"""A reason from a list, in one's own words, or both; as one line for the record."""

from escalations.rules.escaping import one_line

OTHER = "other"
LONGEST = 200


class NoReason(Exception):
    """The text says what is missing."""


def reason_given(given, reasons: tuple[str, ...], *, restricted: bool = False) -> str:
    """What was chosen from `reasons`, followed by the words. `restricted`: no free text about tickets of that instance."""
    chosen, words = given.get("reason", ""), own_words(given, restricted=restricted)
    if chosen in reasons:
        return f"{chosen}: {words}" if words else chosen
    if chosen == OTHER and words:
        return words
    raise NoReason("Say in your own words why." if chosen == OTHER and not restricted else "Choose why.")


def own_words(given, *, restricted: bool = False) -> str:
    return "" if restricted else one_line(given.get("words", ""), LONGEST)
