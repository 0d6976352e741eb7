"""The log: the searchable list of all escalations, with keyset paging."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from escalations.models import Escalation
from escalations.models.active import active
from escalations.models.planning import ticket_hosts
from escalations.rules.states import ESCALATION
from escalations.rules.tickets import NotATicket, read_tickets
from escalations.rules.together import ALSO

from .escalation_page import second_reasons
from .outcomes import ANSWERS, ASKED, answered_as
from .reports import SENT

PAGE = 30
WITHDRAWN = "withdrawn"  # a state for people: see Escalation.shown_state
NOT_CANCELLED = "not cancelled"  # what a total of all that was sent counts
# "also", "asks" and "samples" are in links of the reports only: without second reasons, what asks something, without samples.
FIELDS = ("q", "person", "role", "scenario", "also", "customer", "ticket", "from", "to", "state", "answer", "asks", "cc", "samples")


@dataclass(frozen=True)
class Found:
    """A page of the history: rows, the filters as understood, what was wrong with them, and the next page's address.

    `also` are the titles of second reasons, by primary key.
    """

    rows: list[Escalation]
    filters: dict[str, str]
    problems: tuple[str, ...]
    more: str
    roles: list[tuple[str, str]]
    scenarios: list[tuple[str, str]]
    states: list[str]
    answers: dict[str, str]
    also: dict[int, tuple[str, ...]]

    @property
    def query(self) -> str:
        """The same question, as a query string."""
        return urlencode({name: value for name, value in self.filters.items() if value})

    @property
    def filtered(self) -> bool:
        return any(self.filters.values())


def all_of(given) -> tuple[QuerySet[Escalation], list[str]]:
    """Every escalation that the filters find, the newest first, with what was wrong with them."""
    query, problems = _query(_filters(given))
    rows = Escalation.objects.with_arrived().filter(query).select_related("author", "mapping_version").newest_first()
    return rows.defer("facts", "texts", "copy_text", "answers"), problems


def _filters(given) -> dict[str, str]:
    return {name: (given.get(name) or "").strip()[:120] for name in FIELDS}


def search(given, *, day: date) -> Found:
    """`given` is the query string. A filter that cannot be read is named and left out; nothing raises."""
    filters = _filters(given)
    query, problems = _query(filters)
    rows = Escalation.objects.with_arrived().filter(query).select_related("author").newest_first()
    before = _cursor(given.get("before"))
    if before:
        rows = rows.filter(Q(submitted_at__lt=before[0]) | Q(submitted_at=before[0], pk__lt=before[1]))
    rows = list(rows.defer("facts", "explanation", "texts", "copy_text")[: PAGE + 1])
    more = ""
    if len(rows) > PAGE:
        rows = rows[:PAGE]
        last = rows[-1]
        kept = {name: value for name, value in filters.items() if value}
        more = "?" + urlencode({**kept, "before": f"{last.submitted_at.isoformat()}_{last.pk}"})
    mapping = active().mapping
    return Found(
        rows,
        filters,
        tuple(problems),
        more,
        [(role.key, role.name) for role in mapping.roles],
        [(s.key, f"{mapping.role(s.role).short}: {s.title}") for s in mapping.scenarios],
        [*ESCALATION, WITHDRAWN, NOT_CANCELLED],
        ANSWERS,
        {row.pk: second_reasons(row, mapping) for row in rows},
    )


def _query(filters: dict[str, str]) -> tuple[Q, list[str]]:
    query, problems = Q(), []
    if filters["q"]:
        query &= _anything(filters["q"])
    if filters["person"]:
        text = filters["person"]
        query &= Q(contact_name__icontains=text) | Q(author__username__iexact=text) | _author(text)
    if filters["customer"]:
        query &= Q(customer_name__icontains=filters["customer"])
    if filters["role"]:
        query &= Q(role_key=filters["role"])
    if filters["scenario"]:
        key = filters["scenario"]
        query &= Q(scenario_key=key) | (Q() if filters["also"] == "0" else _also(key))
    if filters["state"] == WITHDRAWN:
        query &= Q(withdrawn_at__isnull=False)
    elif filters["state"] == NOT_CANCELLED:
        query &= SENT
    elif filters["state"]:
        query &= Q(state=filters["state"])
    if filters["answer"]:
        query &= answered_as(filters["answer"])
    if filters["asks"] == "1":
        query &= ASKED
    if filters["cc"] == "by_hand":
        query &= ~Q(cc_because="")
    if filters["samples"] == "0":
        query &= Q(sample=False)
    if filters["ticket"]:
        number = filters["ticket"].lstrip("#")
        if number.isdecimal() and len(number) < 16:
            query &= Q(ticket_id=int(number))
        else:
            problems.append(f"“{filters['ticket']}” is no ticket number, so it was left out.")
    for name, lookup in (("from", "day__gte"), ("to", "day__lte")):
        if filters[name]:
            try:
                query &= Q(**{lookup: date.fromisoformat(filters[name])})
            except ValueError:
                problems.append(f"“{filters[name]}” is no date (2026-03-31), so it was left out.")
    if not problems and filters["from"] and filters["to"] and filters["from"] > filters["to"]:
        problems.append("The first day is after the last one: nothing can be found.")
    return query, problems


def _also(key: str) -> Q:
    """Those that have this scenario as a second reason: one of the keys between commas."""
    return Q(**{f"answers__{ALSO}__regex": rf"(^|,){re.escape(key)}(,|$)"})


def _anything(text: str) -> Q:
    if "://" in text and (tickets := _linked(text)):
        return tickets
    number = text.upper().removeprefix("ESC-").lstrip("#")
    if number.isdecimal() and len(number) < 16:
        return Q(pk=int(number)) | Q(ticket_id=int(number))
    return (
        Q(customer_name__icontains=text)
        | Q(contact_name__icontains=text)
        | Q(scenario_title__icontains=text)
        | _author(text)
    )


def _linked(text: str) -> Q:
    """The tickets that pasted links lead to; nothing where one leads elsewhere."""
    try:
        numbers = read_tickets(text, ticket_hosts())
    except NotATicket:
        return Q()
    return reduce(Q.__or__, (Q(instance=number.instance, ticket_id=number.id) for number in numbers))


def _author(text: str) -> Q:
    query = Q()
    for word in text.split()[:3]:
        query &= Q(author__first_name__icontains=word) | Q(author__last_name__icontains=word)
    return query


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    """Where the page before ended; nothing when it cannot be read, which shows the first page."""
    stamp, _, pk = (text or "").rpartition("_")
    try:
        at = datetime.fromisoformat(stamp)
        return (at.astimezone(UTC), int(pk)) if at.tzinfo and 1 < at.year < 9999 and len(pk) < 16 else None
    except (ValueError, OverflowError):
        return None
