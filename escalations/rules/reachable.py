"""Whether somebody whom a source names can be told: a person who is there, or why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .calendar import spoken_instant
from .default_mapping import AWAY
from .escaping import one_line
from .facts import Facts, Person
from .mapping import Mapping
from .pauses import pause_of

# A word of Slack that is older than what the step read by more than this says its age. What is read anew before each Send stays the same words.
OLD = timedelta(hours=1)
MOST_OF_A_STATUS = 150  # Slack itself takes 100 characters, and an emoji's name


@dataclass(frozen=True)
class Refusal:
    """Why somebody is not told. `aside` stands in brackets behind the words; it can hold what somebody wrote, so that it is not for a channel.

    `read` is when Slack said so; a step that looked elsewhere, at another time, has another age.
    """

    words: str
    aside: str = ""
    read: datetime | None = None

    def whole(self, looked: datetime | None) -> str:
        """With its age, where that is not the one of the step, which looked at that time."""
        age = self.age(looked)
        return f"{self.words} ({self.aside}{age})" if self.aside else f"{self.words}{age}"

    def in_short(self, looked: datetime | None) -> str:
        return f"{self.words}{self.age(looked)}"

    def age(self, looked: datetime | None) -> str:
        """When Slack said so, as it stands in the words; "" where it does not."""
        if self.read is None or looked and looked - self.read < OLD:
            return ""
        return f", read {spoken_instant(self.read, looked or self.read)}"


def refusal(person: Person, mapping: Mapping, facts: Facts) -> Refusal | None:
    """Why this person is not told; None when they can be."""
    kind, _, aside = not_a_person(mapping, person.name).partition(" (")
    if kind:
        return Refusal(f"{person.name} {kind}", aside.removesuffix(")"))
    if not person.active:
        return Refusal(f"{person.name} has left", "inactive in Salesforce")
    if not person.email:
        return Refusal(f"{person.name} has no e-mail address in Salesforce, so nobody can be found in Slack")
    slack = facts.slack_person(person.email)
    value = (slack.value if slack and slack.known else None) or {}
    why, aside = _absence(mapping, value)
    if why:
        return Refusal(f"{person.name} {why}", aside, slack.seen_at)
    pause = pause_of(facts, value.get("id") or "")
    return Refusal(f"{person.name} is away", f"Slack: {pause.words}", pause.seen_at) if pause and pause.is_absence else None


def _absence(mapping: Mapping, person: dict) -> tuple[str, str]:
    """What Slack says of somebody who cannot be told, as the rest of a sentence that starts with their name, and its aside."""
    if not person.get("active", True):
        return "is deactivated in Slack", ""
    if person.get("guest"):
        return "is a guest in Slack, not a colleague", ""
    return ("is away", f"Slack: “{_status(person)}”") if away_word(mapping, person) else ("", "")


def away_word(mapping: Mapping, person: dict) -> str:
    """What of their status says that they are away, "" if nothing does. A version from before it had any words knows the default ones."""
    own = [alias for alias in mapping.aliases if alias.kind == "away"]
    return next((alias.pattern.replace("*", "") for alias in own or AWAY if alias.stands_in(_status(person))), "")


def _status(person: dict) -> str:
    return one_line(f"{person.get('status_emoji') or ''} {person.get('status_text') or ''}", MOST_OF_A_STATUS)


def not_a_person(mapping: Mapping, name: str) -> str:
    if mapping.alias("placeholder", name):
        return "is a placeholder: the account is served by Scale"
    if mapping.alias("pool", name):
        return "is a pool user: messages to it are read by nobody"
    if _looks_like_a_pool(mapping, name):
        return "looks like a pool or a vacancy, not a person (a mapping editor can say which it is)"
    return ""


def _looks_like_a_pool(mapping: Mapping, name: str) -> bool:
    """By the words of the version in force; one from before it had any flags nobody, now as then."""
    if mapping.alias("person", name):
        return False
    return any(alias.stands_in(name) for alias in mapping.aliases if alias.kind == "look_alike")
