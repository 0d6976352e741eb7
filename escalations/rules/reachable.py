"""Whether somebody whom a source names can be told: a person who is there, or why not."""

from dataclasses import dataclass

from .default_mapping import AWAY
from .escaping import one_line
from .facts import Facts, Person
from .mapping import Mapping
from .pauses import pause_of

MOST_OF_A_STATUS = 150  # Slack itself takes 100 characters, and an emoji's name


@dataclass(frozen=True)
class Refusal:
    """Why somebody is not told. `aside` stands in brackets behind the words; it can hold what somebody wrote, so that it is not for a channel."""

    words: str
    aside: str = ""

    @property
    def whole(self) -> str:
        return f"{self.words} ({self.aside})" if self.aside else self.words


def refusal(person: Person, mapping: Mapping, facts: Facts) -> Refusal | None:
    """Why this person is not told; None when they can be."""
    why, aside = _why_not(person, mapping, facts)
    return Refusal(f"{person.name} {why}", aside) if why else None


def _why_not(person: Person, mapping: Mapping, facts: Facts) -> tuple[str, str]:
    """The rest of a sentence that starts with their name, and its aside."""
    kind, _, aside = not_a_person(mapping, person.name).partition(" (")
    if kind:
        return kind, aside.removesuffix(")")
    if not person.active:
        return "has left", "inactive in Salesforce"
    if not person.email:
        return "has no e-mail address in Salesforce, so nobody can be found in Slack", ""
    slack = facts.slack_person(person.email)
    value = slack.value if slack and slack.known else None
    if value and not value.get("active", True):
        return "is deactivated in Slack", ""
    if value and value.get("guest"):
        return "is a guest in Slack, not a colleague", ""
    if away_word(mapping, value or {}):
        return "is away", f"Slack: “{_status(value)}”"
    pause = pause_of(facts, (value or {}).get("id") or "")
    return ("is away", f"Slack: {pause.words}") if pause and pause.is_absence else ("", "")


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
