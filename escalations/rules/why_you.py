"""Why this person: the field, the system and when it was read; or who said so. One line for whoever wonders why it reached them."""

from dataclasses import dataclass
from datetime import datetime

from .calendar import spoken_instant
from .contacts import Contact
from .sources import CORRECTION

# What a person is in the system that a step reads; the steps that never end at a person have none.
ARE = {
    "salesforce_csm": "Customer Success Manager in Salesforce",
    "organization_csm": "Customer Success Manager in the Zendesk organization",
    "organization_notes": "Customer Success Manager in the notes of the Zendesk organization",
    "salesforce_owner": "Account Owner in Salesforce",
    "latest_opportunity": "owner of the latest opportunity in Salesforce",
    "open_renewal": "owner of the open renewal in Salesforce",
}


@dataclass(frozen=True)
class Why:
    """`reason` as a clause; `are` says that it is what the person is, so that "you are" stands before it."""

    reason: str = ""
    are: bool = False

    @property
    def to_them(self) -> str:
        return f"Why you: {'you are ' if self.are else ''}{self.reason}" if self.reason else ""

    def of(self, name: str) -> str:
        return f"Why {name}: {self.reason}" if self.reason else ""


NO_REASON = Why()


def why(contact: Contact, now: datetime, bare: bool) -> Why:
    """Nothing while nobody was found. `bare`: of a restricted ticket neither who said something nor when it was read."""
    step = next((step for step in contact.trace if step.outcome == "chosen"), None)
    if not contact.person or step is None:
        return NO_REASON
    if step.source == CORRECTION:
        return Why("a colleague said so" if bare or not step.said else step.said)
    if step.source not in ARE:
        return NO_REASON
    read = f", read {spoken_instant(step.seen_at, now)}" if step.seen_at and not bare else ""
    by_name = f" by name ({step.said})" if step.name else ""
    return Why(ARE[step.source] + by_name + read, are=True)
