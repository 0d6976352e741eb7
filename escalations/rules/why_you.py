"""Why this person: the field, the system and when it was read; or who said so. One line for whoever wonders why it reached them."""

from dataclasses import dataclass, replace
from datetime import datetime

from .calendar import spoken_instant
from .contacts import Contact
from .escaping import one_line
from .sources import CORRECTION

MOST_BEFORE = 300  # characters of what was looked at before
# What a person is in the system that a step reads, {} being their part; the steps that never end at a person have none.
ARE = {
    "salesforce_csm": "Customer Success Manager in Salesforce",
    "organization_csm": "Customer Success Manager in the Zendesk organization",
    "organization_notes": "Customer Success Manager in the notes of the Zendesk organization",
    "salesforce_owner": "Account Owner in Salesforce",
    "latest_opportunity": "{} in Salesforce",
    "open_renewal": "{} in Salesforce",
}


@dataclass(frozen=True)
class Why:
    """`reason` as a clause; `are` says that it is what the person is, so that "you are" stands before it.

    `before` is what the steps said that found nobody; it can hold what somebody wrote, so that only the note has it. `nobody` is why
    nobody was found, without that. `read_at` is when it was read, where `reason` says so.
    """

    reason: str = ""
    are: bool = False
    before: str = ""
    nobody: str = ""
    read_at: datetime | None = None

    @property
    def to_them(self) -> str:
        return f"Why you: {'you are ' if self.are else ''}{self.reason}" if self.reason else ""

    def of(self, name: str) -> str:
        return f"Why {name}: {self.reason}" if self.reason else self._nobody(self.nobody)

    def in_note(self, name: str) -> str:
        if not self.reason:
            return self._nobody(self.before)
        return f"{self.of(name)} (before that: {self.before})" if self.before else self.of(name)

    def _nobody(self, because: str) -> str:
        return f"Why nobody: {because}" if because else ""


NO_REASON = Why()


def why(contact: Contact, now: datetime, bare: bool) -> Why:
    """`bare`: of a restricted ticket neither who said something nor when it was read, and of what was found nothing."""
    before = contact.unread if bare else _passed_over(contact)
    if not contact.person:
        nobody = "" if contact.withheld else contact.unread if bare else _passed_over(contact, in_short=True)
        return Why(before=before, nobody=nobody)
    return replace(_of_the_chosen(contact, now, bare), before=before)


def _passed_over(contact: Contact, in_short: bool = False) -> str:
    """Each thing once, however many steps have found it; with its age where one of them looked so late that it says it."""
    steps = [step for step in contact.trace if step.outcome in ("refused", "unavailable")]
    steps += [step for step in contact.trace if step.outcome == "chosen" and step.source in ARE]
    said: dict[str, str] = {}
    for undated, words in (pair for step in steps for pair in step.clauses(in_short).items()):
        said[undated] = max(said.get(undated, ""), words, key=len)
    return one_line("; ".join(filter(None, said.values())), MOST_BEFORE)


def _of_the_chosen(contact: Contact, now: datetime, bare: bool) -> Why:
    step = next((step for step in contact.trace if step.outcome == "chosen"), None)
    if step is None:
        return NO_REASON
    if step.source == CORRECTION:
        return Why("a colleague said so" if bare or not step.said else step.said)
    if step.source not in ARE:
        return NO_REASON
    read = f", read {spoken_instant(step.seen_at, now)}" if step.seen_at and not bare else ""
    by_name = f" by name ({step.said})" if step.name else ""
    reason = ARE[step.source].format(contact.as_what) + by_name + read
    return Why(reason, are=True, read_at=step.seen_at if read else None)
