"""The wizard's lines: what each service said of the ticket, how old it is, or why it said nothing."""

from dataclasses import dataclass, replace
from datetime import datetime

from escalations.rules.escaping import one_line
from escalations.rules.facts import Facts, Seen

SERVICES = {"ticket": "Zendesk", "account": "Salesforce", "people": "Slack"}
TRIPS = tuple(SERVICES)
READ_BY = {"ticket": ("zendesk", "ticket"), "account": ("salesforce", "account"), "people": ("slack", "people")}


@dataclass(frozen=True)
class Line:
    """One service's line. `state`: done, stale (the last known value), looking, waiting, error, skipped,
    empty, or ambiguous (somebody has to say which); `seen_at` says how old the value is."""

    trip: str
    service: str
    state: str
    text: str = ""
    seen_at: datetime | None = None

    @property
    def settled(self) -> bool:
        return self.state not in ("looking", "waiting")


def lines_of(facts: Facts, looking: str = "", because: str = "") -> tuple[Line, ...]:
    """One line a service, in the order of the trips; `looking` is a trip under way, although an older value is there."""
    lines = []
    for trip, reader in (("ticket", _ticket_line), ("account", _account_line), ("people", _people_line)):
        before_is_settled = all(line.settled for line in lines)
        line = reader(facts) if before_is_settled else Line(trip, SERVICES[trip], "waiting", "waits for the line above")
        if trip == looking:
            line = Line(trip, SERVICES[trip], "looking", because)
        lines.append(line)
    if lines[0].state in ("error", "skipped"):
        lines[1:] = [replace(line, state="empty", text="not asked: the ticket was not read") for line in lines[1:]]
    return tuple(lines)


def _ticket_line(facts: Facts) -> Line:
    seen = facts.get("zendesk", "ticket")
    if seen is None:
        return Line("ticket", "Zendesk", "looking")
    return _line("ticket", seen, f"ticket {facts.ticket.id}" if facts.ticket else "")


def _account_line(facts: Facts) -> Line:
    seen, ticket = facts.get("salesforce", "account"), facts.ticket
    if seen is None and ticket and (facts.account_choice or ticket.organization and ticket.organization.linked):
        return Line("account", "Salesforce", "looking")
    if seen is None or facts.accounts and not seen.known:
        return _which_account(facts)
    name = (facts.customer.name or facts.customer.id) if facts.customer else ""
    chosen = f", chosen by {facts.account_choice['by']}" if facts.account_choice else ""
    return _line("account", seen, f"account {one_line(name, 60)}{chosen}")


def _which_account(facts: Facts) -> Line:
    """Nobody names the account: which it may be, by the requester's e-mail domain or the organization's name."""
    ticket, seen = facts.ticket, facts.get("salesforce", "accounts")
    organization = ticket.organization if ticket else None
    why = "the organization is not linked to an account" if organization else "the ticket belongs to no organization"
    why = "Salesforce has no account of the id that Zendesk names" if organization and organization.linked else why
    if not ticket or not (ticket.domain or organization and organization.name):
        return Line("account", "Salesforce", "empty", f"not asked: {why}")
    if seen is None or not seen.known:
        return _line("account", seen, "") if seen else Line("account", "Salesforce", "looking")
    if not seen.value:
        return Line("account", "Salesforce", "empty", f"{why}, and none has its domain or name", seen.seen_at)
    return Line("account", "Salesforce", "ambiguous", f"{why}. Which one is it?", seen.seen_at)


def _people_line(facts: Facts) -> Line:
    seen = facts.get("slack", "people")
    if seen is None:
        return Line("people", "Slack", "looking")
    found = (seen.value or {}).get("found", 0)
    return _line("people", seen, f"{found} {'person' if found == 1 else 'people'} found" if found else "nobody found beside you")


def _line(trip: str, seen: Seen, text: str) -> Line:
    if seen.stale:
        text = f"{text}, read before; now it {seen.trouble}"
        return Line(trip, SERVICES[trip], "stale", text, seen.seen_at)
    if seen.known:
        return Line(trip, SERVICES[trip], "done", text, seen.seen_at)
    state = "skipped" if seen.error == "skipped" else "error"
    return Line(trip, SERVICES[trip], state, seen.trouble, seen.seen_at)
