"""Whether somebody whom a source names can be told: a person who is there, or why not."""

from .default_mapping import AWAY
from .facts import Facts, Person
from .mapping import Mapping
from .pauses import pause_of


def refusal(person: Person, mapping: Mapping, facts: Facts) -> str:
    """Why this person is not told, as the rest of a sentence that starts with their name; empty when they can be."""
    kind = not_a_person(mapping, person.name)
    if kind:
        return kind
    if not person.active:
        return "has left (inactive in Salesforce)"
    if not person.email:
        return "has no e-mail address in Salesforce, so nobody can be found in Slack"
    slack = facts.slack_person(person.email)
    value = slack.value if slack and slack.known else None
    if value and not value.get("active", True):
        return "is deactivated in Slack"
    if value and value.get("guest"):
        return "is a guest in Slack, not a colleague"
    if away_word(mapping, value or {}):
        return f"is away (Slack: “{_status(value)}”)"
    pause = pause_of(facts, (value or {}).get("id") or "")
    return f"is away (Slack: {pause.words})" if pause and pause.is_absence else ""


def away_word(mapping: Mapping, person: dict) -> str:
    """What of their status says that they are away, "" if nothing does. A version from before it had any words knows the default ones."""
    own = [alias for alias in mapping.aliases if alias.kind == "away"]
    return next((alias.pattern.replace("*", "") for alias in own or AWAY if alias.stands_in(_status(person))), "")


def _status(person: dict) -> str:
    return f"{person.get('status_emoji') or ''} {person.get('status_text') or ''}".strip()


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
