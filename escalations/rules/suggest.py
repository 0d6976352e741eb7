"""Which scenarios fit a ticket, with the reasons. Signals rank, they never hide a row."""

from dataclasses import dataclass
from datetime import date

from .calendar import spoken_day
from .facts import Facts
from .mapping import Mapping, Scenario, Signal
from .sources import closing_next, csm_state


@dataclass(frozen=True)
class Suggestion:
    """A card of the situation list. `twins` are the same card under other roles, its own scenario first.

    `deciding` are those of the reasons that select it.
    """

    scenario: Scenario
    twins: tuple[Scenario, ...]
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()

    @property
    def decisive(self) -> bool:
        return bool(self.deciding)

    @property
    def score(self) -> int:
        return 10 * self.decisive + 2 * len(self.reasons) - 3 * len(self.against)


def rank(mapping: Mapping, facts: Facts, day: date) -> tuple[Suggestion, ...]:
    """Every scenario in force on `day`, best first; equal ones keep the order of the mapping. Twins share one card."""
    cards = [
        _suggestion(mapping, scenario, facts, day)
        for scenario in mapping.scenarios
        if scenario.in_force(day) and not _has_card_elsewhere(mapping, scenario, day)
    ]
    return tuple(sorted(cards, key=lambda card: -card.score))


def selected(cards: tuple[Suggestion, ...]) -> Suggestion | None:
    """The one card with a decisive reason; a tie selects none."""
    decisive = [card for card in cards if card.decisive]
    return decisive[0] if len(decisive) == 1 else None


def card_of(cards: tuple[Suggestion, ...], scenario_key: str) -> Suggestion | None:
    return next((card for card in cards if any(twin.key == scenario_key for twin in card.twins)), None)


def not_relevant(mapping: Mapping, scenario: Scenario, facts: Facts) -> tuple[str, ...]:
    """Why the row is not meant for this ticket: a warning and a lower place, never a refusal."""
    against = []
    ticket = facts.ticket
    queues = [queue for queue in map(mapping.queue, scenario.queues) if queue and not queue.retired_on]
    if ticket and ticket.form and queues and not any(queue.takes(ticket.form) for queue in queues):
        names = " or ".join(queue.name for queue in queues)
        against.append(f"the row is meant for {names}; this ticket is in {ticket.form}")
    if scenario.only_csm and csm_state(mapping, facts) not in (scenario.only_csm, "unknown"):
        against.append("the row is meant for accounts served by Scale; this one is not")
    region = _region(facts)
    if scenario.regions and region and region.casefold() not in {name.casefold() for name in scenario.regions}:
        against.append(f"the row is meant for {' or '.join(scenario.regions)}; this customer is in {region}")
    return tuple(against)


def _region(facts: Facts) -> str:
    if facts.customer and facts.customer.region:
        return facts.customer.region
    return facts.ticket.organization.region if facts.ticket and facts.ticket.organization else ""


def _has_card_elsewhere(mapping: Mapping, scenario: Scenario, day: date) -> bool:
    root = mapping.scenario(scenario.twin_of) if scenario.twin_of else None
    return bool(root and root.in_force(day))


def _suggestion(mapping: Mapping, scenario: Scenario, facts: Facts, day: date) -> Suggestion:
    hits = [signal for signal in scenario.signals if _holds(signal, mapping, facts, day)]
    against = not_relevant(mapping, scenario, facts)
    reasons = reasons_for(scenario, mapping, facts, day)
    undecided = bool(scenario.only_csm) and csm_state(mapping, facts) == "unknown"
    deciding = () if against or undecided else tuple(_because(signal, facts, day) for signal in hits if signal.decisive)
    return Suggestion(scenario, mapping.twins(scenario, day), reasons, against, deciding)


def reasons_for(scenario: Scenario, mapping: Mapping, facts: Facts, day: date) -> tuple[str, ...]:
    """What the facts say for the row, in its own words."""
    return tuple(_because(signal, facts, day) for signal in scenario.signals if _holds(signal, mapping, facts, day))


def _because(signal: Signal, facts: Facts, day: date) -> str:
    """As the row says it; a renewal with its day."""
    said = signal.because or f"{signal.kind} is {signal.pattern}"
    return f"{said} ({spoken_day(_closes_on(facts, day))})" if signal.kind == "renewal" else said


def _closes_on(facts: Facts, day: date) -> date | None:
    """The day on which the customer's next open renewal closes; None where none is known."""
    coming = closing_next(day, facts.customer) if facts.customer else []
    try:
        return date.fromisoformat(coming[0].close_on[:10]) if coming else None
    except ValueError:  # Salesforce gave something else for a day
        return None


def _holds(signal: Signal, mapping: Mapping, facts: Facts, day: date) -> bool:
    ticket, wanted = facts.ticket, signal.pattern.casefold()
    if ticket is None:
        return False
    match signal.kind:
        case "priority":
            return ticket.priority.casefold() == wanted
        case "form":
            return ticket.form.casefold() == wanted
        case "tag":
            return wanted in {tag.casefold() for tag in ticket.tags}
        case "subject":
            return wanted in ticket.subject.casefold()
        case "comment":
            return any(wanted in (comment.get("body") or "").casefold() for comment in facts.comments[:3])
        case "organization":
            return ("known" if ticket.organization else "unknown") == wanted
        case "csm":
            return csm_state(mapping, facts) == wanted
        case "renewal":
            closes = _closes_on(facts, day)
            return bool(closes and wanted.isdecimal() and (closes - day).days <= int(wanted))
    return False
