"""The problems of a draft: what the facts, the answers and the plan leave open, in words with a way out."""

from .calendar import spoken_instant
from .contacts import Contact
from .facts import Facts, Seen, TicketFacts
from .flow import Flow
from .mapping import Role
from .preflight import join_repair
from .problems import Problem, Repair

NAMES = {"zendesk": "Zendesk", "salesforce": "Salesforce", "slack": "Slack"}


# Nothing can be sent about such a ticket, however often it is looked up.
GONE = {
    "not_found": ("There is no such ticket in Zendesk, or it was deleted.", "Check the number, or paste the link."),
    "deleted": ("There is no such ticket in Zendesk, or it was deleted.", "Check the number, or paste the link."),
    "disconnected": (
        "This ticket's Zendesk is no longer connected to the portal.",
        "Ask an administrator whether it should be. The draft is kept.",
    ),
}

# What stands in while a service does not answer: source, key, what it is, and what follows for Send.
STALE = (
    ("zendesk", "ticket", "The ticket is", "It may have changed since. The note waits until Zendesk takes it."),
    ("salesforce", "account", "The account and its people are", "They may have changed since: look again, or go on with them."),
    ("slack", "people", "Who is in Slack, and who is away, is", "It may have changed since. The message waits until Slack takes it."),
)  # fmt: skip


def ticket_may_be_there(facts: Facts) -> bool:
    """Whether situations are worth offering: the ticket was read, or Zendesk could not say or was left out."""
    seen = facts.get("zendesk", "ticket")
    return seen is not None and seen.error not in GONE


def problems_of_facts(facts: Facts) -> tuple[Problem, ...]:
    seen = facts.get("zendesk", "ticket")
    if seen is None:
        return (Problem("The ticket has not been read yet.", "ticket", True, "Press Look again."),)
    if not seen.known:
        return (_ticket_unread(seen),)
    problems = []
    if facts.ticket.state == "closed":
        way_out = "Open a follow-up ticket in Zendesk and escalate that one."
        problems.append(
            Problem(f"Ticket {facts.ticket.id} is closed; Zendesk takes no notes on it.", "ticket", True, way_out)
        )
    problems += _last_known(facts)
    account = facts.get("salesforce", "account")
    if account and not account.known:
        text = f"Salesforce {account.trouble}. So the owner is not known."
        problems.append(
            Problem(text, "customer", False, "Look again, or go on: the message goes to the channel without a mention.")
        )
    return tuple(problems)


def _last_known(facts: Facts) -> tuple[Problem, ...]:
    """One warning, however many services do not answer: the page's lines say which and since when."""
    stale = [(NAMES[source], facts.get(source, key), what, then) for source, key, what, then in STALE]
    stale = [row for row in stale if row[1] and row[1].stale]
    if not stale:
        return ()
    oldest = min(stale, key=lambda row: row[1].seen_at)[1]
    when = spoken_instant(oldest.seen_at, oldest.tried_at)
    if len(stale) == 1:
        [(name, seen, what, then)] = stale
        return (Problem(f"{name} {seen.trouble}. {what} as read {when}.", "customer", False, then),)
    names = " and ".join(filter(None, (", ".join(name for name, *_ in stale[:-1]), stale[-1][0])))
    text = f"{names} do not answer. What was read before is used, the oldest of it from {when}."
    return (Problem(text, "customer", False, "It may have changed since. What is sent waits until they take it."),)


def _ticket_unread(seen: Seen) -> Problem:
    if seen.error in GONE:
        text, way_out = GONE[seen.error]
        return Problem(text, "ticket", True, way_out)
    return Problem(
        f"Zendesk {seen.trouble}. Nothing is sent without the ticket.",
        "ticket",
        True,
        "Nothing is lost: press Look again, or choose a situation and copy its text to tell somebody by hand.",
        Repair("look_again", "ticket", "Look again"),
    )


def problems_of_plan(
    flow: Flow,
    contact: Contact,
    role: Role,
    legs: tuple,
    ticket: TicketFacts,
    against: tuple[str, ...],
    wants_person: bool,
) -> tuple[Problem, ...]:
    problems = [Problem(question.text, question.key, True, "Answer the question.") for question in flow.open]
    if ticket.unread:
        return tuple(problems)  # who and where is not known either: that was said once
    for text in against:
        problems.append(Problem(f"This may be the wrong row: {text}.", "situation"))
    if wants_person and not contact.person:
        problems.append(Problem(f"{_why_nobody(contact, role)}, so nobody is tagged.", "contact", False, "See “How found” for each step."))
    if contact.person and not contact.slack_id and any(leg.system == "slack" for leg in legs):
        why = contact.slack_unread or f"{contact.name} was not found in Slack by e-mail"
        text = f"{why}, so {contact.name} cannot be mentioned."
        problems.append(Problem(text, "contact", False, "Look again, or tell them another way as well."))
    for leg in legs:
        if not leg.target:
            reasons = "; ".join(leg.place.passed_over) or "no place is configured"
            join = join_repair(leg.place)
            way_out = f"{'Let the portal join it, or ask' if join else 'Ask'} a row keeper to name another channel."
            problems.append(Problem(f"Slack has no place to post to: {reasons}.", "slack", True, way_out, join))
        if leg.visibility == "customer":
            people = "1 person" if ticket.end_users == 1 else f"{ticket.end_users} people"
            problems.append(Problem(f"{contact.name}'s address becomes visible to {people} outside.", "zendesk"))
    if not flow.open and not legs:
        problems.append(Problem("This row sends nothing.", "review", True, "Ask a row keeper to look at it."))
    return tuple(problems)


def _why_nobody(contact: Contact, role: Role) -> str:
    if contact.withheld:
        return "Somebody said that nobody is to be told"
    return f"The {role.short} could not be looked up: {contact.unread}" if contact.unread else f"No {role.short} was found"
