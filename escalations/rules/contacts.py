"""Finding the person: the role's fallback steps over the facts, with the trace of every step tried, and the place."""

import re
from dataclasses import dataclass
from datetime import datetime

from .default_mapping import AWAY
from .facts import LOOKUP_ERRORS, CustomerFacts, Facts, Person, Seen
from .mapping import STEP_SOURCES, Mapping, Role

NOTES_LINE = re.compile(
    r"^[ \t>*_`-]*customer success manager[ \t*_`]*:[ \t*_`]*(\S.*?)[ \t*_`]*$", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class StepTried:
    """`outcome`: chosen, refused, empty or unavailable; `found` is the value as read, `why` a clause for the explanation."""

    source: str
    outcome: str
    found: str = ""
    why: str = ""
    seen_at: datetime | None = None

    @property
    def looked_in(self) -> str:
        return STEP_SOURCES[self.source]


@dataclass(frozen=True)
class Contact:
    """Who will be told, or nobody, and every step on the way there. `as_what` is the person's part ("CSM").

    `slack_unread` says why Slack could not be asked; empty with an empty `slack_id` means that Slack does not know them.
    `may_follow`: whether they see a ticket as its follower; None where that depends on the ticket, or was not told.
    """

    person: Person | None = None
    as_what: str = ""
    slack_id: str = ""
    slack_unread: str = ""
    timezone: str = ""
    zendesk_id: int | None = None
    zendesk_role: str = ""
    zendesk_active: bool = True
    may_follow: bool | None = None
    trace: tuple[StepTried, ...] = ()

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""


def find_contact(mapping: Mapping, role: Role, facts: Facts) -> Contact:
    """Walk the role's steps until one gives a person who can be told."""
    trace = []
    for step in role.steps:
        tried, person, as_what = _try(step.source, mapping, facts)
        trace.append(tried)
        if person:
            return _with_handles(person, as_what, facts, tuple(trace))
        if step.source == "nobody":
            break
    return Contact(trace=tuple(trace))


def people_to_look_up(mapping: Mapping, facts: Facts) -> tuple[Person, ...]:
    """Everybody any role could end at: whom Slack and Zendesk are asked about, in one parallel trip."""
    customer = facts.customer
    if customer is None:
        return ()
    people = [customer.csm, customer.owner, *(item.owner for item in _newest_first(customer))]
    named = {
        person.email.lower(): person
        for person in people
        if person and person.email and person.active and not _not_a_person(mapping, person.name)
    }
    return tuple(named.values())


def csm_state(mapping: Mapping, facts: Facts) -> str:
    """named, scale, none, or unknown (the account could not be read): what the mapping's rows ask for."""
    first = next(filter(None, (_csm_text(facts), _organization_text(facts), _notes_text(facts))), "")
    if first:
        return "scale" if mapping.alias("placeholder", first) else "named"
    customer = facts.customer
    return "none" if customer and "csm" not in customer.unreadable else "unknown"


def _try(source: str, mapping: Mapping, facts: Facts) -> tuple[StepTried, Person | None, str]:
    match source:
        case "salesforce_csm":
            return _salesforce_csm(mapping, facts)
        case "organization_csm":
            return _name_only(source, _organization_text(facts), mapping, facts), None, ""
        case "organization_notes":
            return _name_only(source, _notes_text(facts), mapping, facts), None, ""
        case "salesforce_owner":
            return _salesforce_owner(mapping, facts)
        case "latest_opportunity":
            return _latest_opportunity(mapping, facts)
    return StepTried("nobody", "chosen", why="nobody was found, so nobody is tagged"), None, ""


def _salesforce_csm(mapping: Mapping, facts: Facts) -> tuple[StepTried, Person | None, str]:
    customer, missing = _account("salesforce_csm", facts)
    if customer is None:
        return missing, None, ""
    at = facts.get("salesforce", "account").seen_at
    if "csm" in customer.unreadable:
        why = "the portal may not read the CSM field, which is not the same as having no CSM"
        return StepTried("salesforce_csm", "unavailable", "", why, at), None, ""
    if customer.csm is None and customer.csm_name:
        return _name_only("salesforce_csm", customer.csm_name, mapping, facts), None, ""
    return _judge("salesforce_csm", customer.csm, "CSM", mapping, facts, at)


def _salesforce_owner(mapping: Mapping, facts: Facts) -> tuple[StepTried, Person | None, str]:
    customer, missing = _account("salesforce_owner", facts)
    if customer is None:
        return missing, None, ""
    at = facts.get("salesforce", "account").seen_at
    return _judge("salesforce_owner", customer.owner, "Account Owner", mapping, facts, at)


def _latest_opportunity(mapping: Mapping, facts: Facts) -> tuple[StepTried, Person | None, str]:
    """The newest opportunity with an owner who can be told; inactive owners and pools are passed over, and named."""
    customer, missing = _account("latest_opportunity", facts)
    if customer is None:
        return missing, None, ""
    at = facts.get("salesforce", "account").seen_at
    passed = []
    for opportunity in _newest_first(customer):
        why_not = _refusal(opportunity.owner, mapping, facts) if opportunity.owner else "has no owner"
        if not why_not:
            found = f"{opportunity.owner.name}, owner of “{opportunity.name}”"
            why = "passed over: " + "; ".join(passed) if passed else ""
            return (
                StepTried("latest_opportunity", "chosen", found, why, at),
                opportunity.owner,
                "owner of the latest opportunity",
            )
        passed.append(f"{opportunity.owner.name if opportunity.owner else opportunity.name} {why_not}")
    if not passed:
        return StepTried("latest_opportunity", "empty", "", "the account has no opportunity", at), None, ""
    return StepTried("latest_opportunity", "refused", passed[0], "; ".join(passed), at), None, ""


def _judge(source, person, as_what, mapping, facts, at) -> tuple[StepTried, Person | None, str]:
    if person is None:
        return StepTried(source, "empty", "", "the field is empty", at), None, ""
    why_not = _refusal(person, mapping, facts)
    if why_not:
        return StepTried(source, "refused", person.name, f"{person.name} {why_not}", at), None, ""
    return StepTried(source, "chosen", person.name, "", at), person, as_what


def _refusal(person: Person, mapping: Mapping, facts: Facts) -> str:
    """Why this person is not told, as the rest of a sentence that starts with their name; empty when they can be."""
    kind = _not_a_person(mapping, person.name)
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
    status = f"{(value or {}).get('status_emoji') or ''} {(value or {}).get('status_text') or ''}".strip()
    return f"is away (Slack: “{status}”)" if _says_away(mapping, status) else ""


def _says_away(mapping: Mapping, status: str) -> bool:
    """By the mapping's own words; a version from before it had any knows the default ones."""
    own = [alias for alias in mapping.aliases if alias.kind == "away"]
    return any(alias.stands_in(status) for alias in own or AWAY)


def _not_a_person(mapping: Mapping, name: str) -> str:
    if mapping.alias("placeholder", name):
        return "is a placeholder: the account is served by Scale"
    if mapping.alias("pool", name):
        return "is a pool user: messages to it are read by nobody"
    return ""


def _name_only(source: str, text: str, mapping: Mapping, facts: Facts) -> StepTried:
    seen = facts.get("salesforce", "account") if source == "salesforce_csm" else facts.get("zendesk", "ticket")
    at = seen.seen_at if seen and seen.known else None
    if at is None:
        return StepTried(source, "unavailable", "", _unavailable("the ticket", seen))
    if not text:
        return StepTried(source, "empty", "", "nothing is written there", at)
    kind = _not_a_person(mapping, text)
    if kind:
        return StepTried(source, "refused", text, f"{text} {kind}", at)
    return StepTried(source, "refused", text, f"“{text}” is only a name, not an address, so nobody is pinged by it", at)


def _account(source: str, facts: Facts) -> tuple[CustomerFacts | None, StepTried | None]:
    customer = facts.customer
    if customer:
        return customer, None
    seen = facts.get("salesforce", "account")
    ticket = facts.ticket
    if ticket is None:
        return None, StepTried(source, "unavailable", "", _unavailable("the ticket", facts.get("zendesk", "ticket")))
    if seen is None and not ticket.organization:
        return None, StepTried(source, "unavailable", "", "the ticket belongs to no organization")
    if seen is None:
        return None, StepTried(source, "unavailable", "", "the organization is not linked to a Salesforce account")
    return None, StepTried(source, "unavailable", "", _unavailable("Salesforce", seen), seen.seen_at)


def _unavailable(what: str, seen: Seen | None) -> str:
    if seen is None:
        return f"{what} was not read"
    return f"{what} {LOOKUP_ERRORS.get(seen.error, 'could not be read')}"


def _with_handles(person: Person, as_what: str, facts: Facts, trace: tuple[StepTried, ...]) -> Contact:
    slack, zendesk = facts.slack_person(person.email), facts.zendesk_person(person.email)
    there = (slack.value if slack and slack.known else None) or {}
    agent = (zendesk.value if zendesk and zendesk.known else None) or {}
    return Contact(
        person,
        as_what,
        slack_id=there.get("id") or "",
        slack_unread="" if slack and slack.known else _unavailable("Slack", slack),
        timezone=there.get("timezone") or "",
        zendesk_id=agent.get("id"),
        zendesk_role=agent.get("role") or "",
        zendesk_active=agent.get("active", True),
        may_follow=agent.get("may_follow"),
        trace=trace,
    )


def _newest_first(customer: CustomerFacts) -> list:
    return sorted(customer.opportunities, key=lambda item: (item.created_at, item.id), reverse=True)


def _csm_text(facts: Facts) -> str:
    customer = facts.customer
    return (customer.csm.name if customer.csm else customer.csm_name) if customer else ""


def _organization_text(facts: Facts) -> str:
    return facts.ticket.organization.csm if facts.ticket and facts.ticket.organization else ""


def _notes_text(facts: Facts) -> str:
    notes = facts.ticket.organization.notes if facts.ticket and facts.ticket.organization else ""
    match = NOTES_LINE.search(notes)
    return match.group(1).strip("`* ") if match else ""
