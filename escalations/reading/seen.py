"""Facts as a page lists them: a label, a text, a link; only those that are there."""

from dataclasses import dataclass

from escalations.rules.escaping import one_line
from escalations.rules.facts import Facts


@dataclass(frozen=True)
class Shown:
    label: str
    text: str
    url: str = ""
    note: str = ""


def shown_facts(facts: Facts, restricted: bool) -> tuple[Shown, ...]:
    """What a page says of the ticket and its customer. Of a restricted ticket: links, priority and queue only."""
    return tuple(item for item in _all(facts, restricted) if item.text)


def _all(facts: Facts, restricted: bool):
    ticket, customer = facts.ticket, facts.customer
    if ticket is None:
        return
    yield Shown("Queue", ticket.form)
    url = customer.url if customer else ""
    if restricted:
        yield Shown("Account", customer.id if customer else "", url)
    else:
        yield Shown("Customer", one_line(facts.customer_name, 120) or "No organization", url)
        yield Shown("Kind", ", ".join(filter(None, (customer.type, customer.region))) if customer else "")
        yield Shown("Requester", one_line(ticket.requester, 120))
    if customer:
        yield Shown("Account owner", customer.owner.name if customer.owner else "nobody")
        yield Shown("CSM", (customer.csm.name if customer.csm else customer.csm_name) or "nobody")
    elif ticket.organization and ticket.organization.csm:
        yield Shown("CSM", ticket.organization.csm, note="a name in Zendesk only")
