"""A follower made an e-mail cc by hand: for one situation and one person, with a reason that is kept, shown and counted."""

from .contacts import Contact
from .escaping import one_line
from .mapping import Scenario

# Kept among the answers. No question of a mapping can have this key: it is no slug.
CC_BY_HAND = "cc by hand"
LONGEST = 200


def as_answer(scenario: Scenario, contact: Contact, reason: str) -> str:
    """What is kept: another situation or another person is another decision. "" without a reason."""
    reason = one_line(reason, LONGEST)
    return f"{scenario.key} {contact.person.email.lower()} {reason}" if reason and contact.person else ""


def reason_of(answers: dict[str, str], scenario: Scenario, contact: Contact) -> str:
    """Why whoever is told now is to be in cc in this situation; "" where nobody said that."""
    said = answers.get(CC_BY_HAND, "").split(" ", 2)
    own = len(said) == 3 and contact.person and (said[0], said[1]) == (scenario.key, contact.person.email.lower())
    return one_line(said[2], LONGEST) if own else ""
