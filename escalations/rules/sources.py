"""Where a fallback step looks: whom a source names, as it was read, or why it names nobody. Nobody is judged here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from .facts import LOOKUP_ERRORS, MOST_OPPORTUNITIES, CustomerFacts, Facts, Opportunity, Person, Seen
from .mapping import STEP_SOURCES, Mapping
from .names import csm_text, name_asked, name_key, names_written, notes_text, organization_text, people_chosen
from .reachable import Refusal, not_a_person

NOT_OPEN = ("Closed Won", "Closed Lost", "10-Duplicate")
# Where the portal looks before any step of the mapping.
CORRECTION = "correction"
LOOKED_IN = {**STEP_SOURCES, CORRECTION: "Corrections: what people said"}


@dataclass(frozen=True)
class StepTried:
    """`outcome`: chosen, refused, empty or unavailable; `found` is the value as read, `why` a clause for the explanation.

    `said`: who said so, of a correction or of whom a name means. `name`: what stands there, where it is nothing but a name.
    `short`: `why` without what somebody may have written, where that is less. `passed`: why each who was passed over is not told.
    """

    source: str
    outcome: str
    found: str = ""
    why: str = ""
    seen_at: datetime | None = None
    said: str = ""
    name: str = ""
    short: str = ""
    passed: tuple[Refusal, ...] = ()

    @property
    def in_short(self) -> str:
        return self.short or self.why

    def clauses(self, in_short: bool) -> dict[str, str]:
        """Why each whom it names is not told, or what it says itself; by the same without its age."""
        words = Refusal.in_short if in_short else Refusal.whole
        why = self.in_short if in_short else self.why
        return {words(replace(one, read=None), None): words(one, self.seen_at) for one in self.passed} or {why: why}

    @property
    def looked_in(self) -> str:
        return LOOKED_IN[self.source]


@dataclass(frozen=True)
class Found:
    """`tried` is the step while it has named nobody; `people` whom it names, in the order in which they are judged.

    Each of them with their part ("CSM") and the value as it was read.
    """

    tried: StepTried
    people: tuple[tuple[Person, str, str], ...] = ()


def find_in(source: str, mapping: Mapping, facts: Facts, day: date) -> Found:
    """What the source, a key of STEP_SOURCES, has on `day`."""
    match source:
        case "salesforce_csm":
            return _salesforce_csm(mapping, facts)
        case "organization_csm":
            return _by_name(source, organization_text(facts), mapping, facts)
        case "organization_notes":
            return _by_name(source, notes_text(facts), mapping, facts)
        case "salesforce_owner":
            return _salesforce_owner(facts)
        case "latest_opportunity":
            return _opportunities(source, ("the latest opportunity", "an earlier opportunity"), _newest_first, facts)
        case "open_renewal":
            return _opportunities(source, ("the open renewal", "a later open renewal"), partial(closing_next, day), facts)
    return Found(StepTried("nobody", "chosen", why="nobody was found, so nobody is tagged"))


def parts_named(facts: Facts) -> tuple[tuple[Person, str], ...]:
    """Everybody with an address whom the account names, once, with their part: its CSM, its owner, the owners of its opportunities."""
    customer, named = facts.customer, [(person, "CSM") for person in people_chosen(facts)]
    if customer:
        named += [(customer.csm, "CSM"), (customer.owner, "Account Owner")]
        named += [(item.owner, "owner of an opportunity") for item in _newest_first(customer)]
    once: dict[str, tuple[Person, str]] = {}
    for person, part in named:
        if person and person.email:
            once.setdefault(person.email.lower(), (person, part))
    return tuple(once.values())


def names_to_look_up(mapping: Mapping, facts: Facts) -> tuple[str, ...]:
    """The names that may be somebody, while nobody has said who."""
    return tuple(text for text in names_written(facts) if not not_a_person(mapping, text) and not name_asked(facts, text).choice)


def people_named(facts: Facts) -> tuple[Person, ...]:
    """The same people, without their parts."""
    return tuple(person for person, _ in parts_named(facts))


def csm_state(mapping: Mapping, facts: Facts) -> str:
    """named, scale, none, or unknown (the account could not be read): what the mapping's rows ask for."""
    first = next(filter(None, (csm_text(facts), organization_text(facts), notes_text(facts))), "")
    if first:
        return "scale" if mapping.alias("placeholder", first) else "named"
    customer = facts.customer
    return "none" if customer and not _csm_is_hidden(customer) else "unknown"


def unavailable(what: str, seen: Seen | None) -> str:
    """Why there is no value, as a clause that starts with the service."""
    if seen is None:
        return f"{what} was not read"
    return f"{what} {LOOKUP_ERRORS.get(seen.error, 'could not be read')}"


def _salesforce_csm(mapping: Mapping, facts: Facts) -> Found:
    customer, missing = _account("salesforce_csm", facts)
    if customer is None:
        return Found(missing)
    at = facts.get("salesforce", "account").seen_at
    if _csm_is_hidden(customer):
        why = "the portal may not read the CSM field, which is not the same as having no CSM"
        return Found(StepTried("salesforce_csm", "unavailable", "", why, at))
    if customer.csm is None and customer.csm_name:
        return _by_name("salesforce_csm", customer.csm_name, mapping, facts)
    return _one("salesforce_csm", customer.csm, "CSM", at)


def _salesforce_owner(facts: Facts) -> Found:
    customer, missing = _account("salesforce_owner", facts)
    if customer is None:
        return Found(missing)
    return _one("salesforce_owner", customer.owner, "Account Owner", facts.get("salesforce", "account").seen_at)


def _one(source: str, person: Person | None, as_what: str, at: datetime) -> Found:
    tried = StepTried(source, "empty", "", "the field is empty", at)
    return Found(tried, ((person, as_what, person.name),) if person else ())


def _opportunities(source: str, which: tuple[str, str], in_order: Callable, facts: Facts) -> Found:
    """The owners of the opportunities that count, in their order; one without an owner names nobody.

    `which` they are: the first of them, and any other.
    """
    customer, missing = _account(source, facts)
    if customer is None:
        return Found(missing)
    at = facts.get("salesforce", "account").seen_at
    unknown = _closing_unknown(customer) if source == "open_renewal" else ""
    if unknown:
        return Found(StepTried(source, "unavailable", "", unknown, at))
    counted = in_order(customer)
    people = tuple((item.owner, f"owner of {which[n > 0]}", _owner_of(item)) for n, item in enumerate(counted) if item.owner)
    return Found(StepTried(source, "empty", "", _no_opportunity(source, customer, counted), at), people)


def _no_opportunity(source: str, customer: CustomerFacts, counted: list[Opportunity]) -> str:
    """Why none of them names anybody. Only the newest are read: nothing is said of older ones."""
    if source == "latest_opportunity" and not counted:
        return "the account has no opportunity"
    read = len(customer.opportunities)
    none = f"none of the {read} newest opportunities" if read >= MOST_OPPORTUNITIES else "no opportunity"
    return f"{none} {'has an owner' if counted else 'is open'}"


def _closing_unknown(customer: CustomerFacts) -> str:
    """Why nobody can tell whether one is open. Of a restricted ticket neither a name nor a stage is kept; Salesforce always has a name."""
    may_be_open = [item for item in customer.opportunities if item.stage not in NOT_OPEN]
    if not may_be_open or any(item.close_on for item in may_be_open):
        return ""
    if any(item.name or item.stage for item in customer.opportunities):
        return "Salesforce does not say when an opportunity closes"
    return "when an opportunity closes is not kept for tickets of this Zendesk instance"


def _owner_of(item: Opportunity) -> str:
    return f"{item.owner.name}, owner of “{item.name}”" if item.name else item.owner.name


def closing_next(day: date, customer: CustomerFacts) -> list[Opportunity]:
    """Those that close today or later, the next first; what is won or a duplicate is not open."""
    rows = [item for item in customer.opportunities if item.close_on >= day.isoformat() and item.stage not in NOT_OPEN]
    return sorted(rows, key=lambda item: (item.close_on, item.id))


def _by_name(source: str, text: str, mapping: Mapping, facts: Facts) -> Found:
    """Nobody, until somebody has said who the name is."""
    seen = facts.get("salesforce", "account") if source == "salesforce_csm" else facts.get("zendesk", "ticket")
    at = seen.seen_at if seen and seen.known else None
    if at is None:
        return Found(StepTried(source, "unavailable", "", unavailable("the ticket", seen)))
    if not text:
        return Found(StepTried(source, "empty", "", "nothing is written there", at))
    kind = not_a_person(mapping, text)
    if kind:
        return Found(StepTried(source, "refused", text, f"{text} {kind}", at, short=f"{text} {kind.partition(' (')[0]}"))
    if source != "salesforce_csm" and facts.customer and facts.customer.csm and name_key(text) == name_key(facts.customer.csm.name):
        return Found(StepTried(source, "empty", text, f"names {text} as well", at))
    asked = name_asked(facts, text)
    short = f"the CSM is only a name, {asked.open}"  # who writes notes of an organization writes more there than a name
    tried = StepTried(source, "refused", text, f"“{text}” is only a name, {asked.open}", at, name=text, short=short)
    if not asked.person:
        return Found(tried)
    shown = f"{asked.person.name} ({asked.person.email}), by the name “{text}”"
    return Found(replace(tried, said=f"{asked.choice['by']} said who that is"), ((asked.person, "CSM", shown),))


def _account(source: str, facts: Facts) -> tuple[CustomerFacts | None, StepTried | None]:
    if facts.customer:
        return facts.customer, None
    why, read = account_unread(facts)
    seen = facts.get(*read)
    return None, StepTried(source, "unavailable", "", why, seen.seen_at if seen and seen.known else None)


def account_unread(facts: Facts) -> tuple[str, tuple[str, str]]:
    """Why no account is known, as a clause, and the fact that says so."""
    seen, ticket = facts.get("salesforce", "account"), facts.ticket
    if ticket is None:
        return unavailable("the ticket", facts.get("zendesk", "ticket")), ("zendesk", "ticket")
    if seen is None and facts.accounts:
        return "nobody has said which Salesforce account it is", ("salesforce", "accounts")
    if seen is None:
        linked = "the organization is not linked to a Salesforce account"
        return linked if ticket.organization else "the ticket belongs to no organization", ("zendesk", "ticket")
    missing = seen.error in ("not_found", "deleted")
    return "Salesforce has no such account" if missing else unavailable("Salesforce", seen), ("salesforce", "account")


def _newest_first(customer: CustomerFacts) -> list:
    return sorted(customer.opportunities, key=lambda item: (item.created_at, item.id), reverse=True)


def _csm_is_hidden(customer: CustomerFacts) -> bool:
    """Whether nothing is known of the CSM because a field that would name them may not be read."""
    named = customer.csm or customer.csm_name
    return not named and bool({"csm", "csm_name"} & set(customer.unreadable))
