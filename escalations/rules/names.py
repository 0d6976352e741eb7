"""A CSM who is only a name in a text: where it stands, who in Slack has it, and who it is by an engineer's word.

A name alone is nobody: however many people have it, one of them is told only after somebody said that it is them.
"""

import re
import unicodedata
from dataclasses import dataclass

from .escaping import one_line
from .facts import MOST_OF_A_NAME, Facts, Person, Seen

NOTES_LINE = re.compile(
    r"^[ \t>*_`-]*customer success manager[ \t*_`]*:[ \t*_`]*(\S.*?)[ \t*_`]*$", re.IGNORECASE | re.MULTILINE
)
LONGEST = 150  # of what stands in a fact's key


@dataclass(frozen=True)
class NameAsked:
    """`seen`: who in Slack has the name, None while nobody asked; `choice`: who it is, by somebody's word."""

    text: str
    seen: Seen | None = None
    choice: dict | None = None

    @property
    def people(self) -> tuple[dict, ...]:
        return tuple(self.seen.value or ()) if self.seen and self.seen.known else ()

    @property
    def person(self) -> Person | None:
        return Person.read(self.choice)

    @property
    def open(self) -> str:
        """Why the name is nobody yet, as a clause that ends the sentence about it."""
        if self.seen is None:
            return "not an address, so nobody is pinged by it"
        if not self.seen.known:
            return f"and who has it could not be looked up: Slack {self.seen.trouble}"
        if not self.people:
            return "and nobody in Slack has it"
        if len(self.people) == 1:
            return "which one person in Slack has: nobody has said that it is them"
        return f"which {len(self.people)} people in Slack have: nobody has said which of them it is"


def csm_text(facts: Facts) -> str:
    customer = facts.customer
    return (customer.csm.name if customer.csm else customer.csm_name) if customer else ""


def organization_text(facts: Facts) -> str:
    return facts.ticket.organization.csm if facts.ticket and facts.ticket.organization else ""


def notes_text(facts: Facts) -> str:
    notes = facts.ticket.organization.notes if facts.ticket and facts.ticket.organization else ""
    match = NOTES_LINE.search(notes)
    return one_line(match.group(1).strip("`* "), MOST_OF_A_NAME) if match else ""


def name_key(text: str) -> str:
    """By what two writings of one name are the same: without case, accents and spare spaces."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(plain.casefold().split())[:LONGEST]


def name_asked(facts: Facts, text: str) -> NameAsked:
    """What is known of this name, while it counts; a choice ends when the ticket is another customer's."""
    key = name_key(text)
    if key not in map(name_key, names_written(facts)):
        return NameAsked(text)
    choice = facts.value("portal", f"person_choice:{key}")
    return NameAsked(text, facts.get("slack", f"name:{key}"), choice if choice and choice["of"] == customer_of(facts) else None)


def names_written(facts: Facts) -> tuple[str, ...]:
    """Each name once, where Salesforce has nobody as CSM: what Zendesk has as text is a copy of that, and may be old."""
    if facts.customer and facts.customer.csm:
        return ()
    texts = (csm_text(facts), organization_text(facts), notes_text(facts))
    return tuple({name_key(text): text for text in reversed(texts) if name_key(text)}.values())[::-1]


def people_chosen(facts: Facts) -> tuple[Person, ...]:
    """Whom engineers said the written names to be."""
    people = (name_asked(facts, text).person for text in names_written(facts))
    return tuple(person for person in people if person)


def customer_of(facts: Facts) -> str:
    """For whom a choice counts: the account, and the organization as Zendesk has it."""
    organization = facts.ticket.organization if facts.ticket else None
    return f"{organization.id if organization else ''}/{facts.account_id}"
