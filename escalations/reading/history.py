"""The log: one escalation whole, one person's own, and the searchable list with keyset paging."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from escalations.models import Delivery, Draft, Escalation, FactSnapshot, FollowUp, Lane
from escalations.models.active import active
from escalations.models.delivery import NOTICE
from escalations.models.facts import facts_from_json
from escalations.models.planning import is_restricted, told_by_name
from escalations.rules.answer_link import copied
from escalations.rules.contacts import zone_of
from escalations.rules.mapping import Mapping
from escalations.rules.states import ESCALATION, SETTLED
from escalations.rules.together import ALSO
from escalations.rules.working_hours import place_of, weekday_and_time, zone_named

from .corrections import said_otherwise
from .follow_up import answer_of
from .legs import legs
from .reports import SENT
from .seen import shown_facts
from .trail import trails
from .withdrawing import can_be_withdrawn

PAGE = 30
WITHDRAWN = "withdrawn"  # a state for people: see Escalation.shown_state
NOT_CANCELLED = "not cancelled"  # what a total of all that was sent counts
LONG_SECONDS = 60
SOON_SECONDS = 120  # what is sent later than this is told by the clock, and not counted down
# What became of it, as the filter says it; what was withdrawn or undone waits for nothing.
ANSWERS = {"awaiting_reply": "waited for", "overdue": "overdue", "acknowledged": "acknowledged", "not_mine": "not theirs", "closed": "closed"}
MOST_DRAFTS = 60  # more than anybody begins in the week that they live
# "also" and "samples" are in links of the reports only: without second reasons, without samples.
FIELDS = ("q", "person", "role", "scenario", "also", "customer", "ticket", "from", "to", "state", "answer", "cc", "samples")


@dataclass(frozen=True)
class OpenDraft:
    """`after` is the escalation that was not theirs, ESC-12, where this draft is its next step; "" for every other."""

    draft: Draft
    customer: str
    title: str
    after: str


def mine(user) -> dict:
    """A person's open drafts and their last ten escalations. The next step after a "not theirs" waits for them, so it stands first."""
    refused = FollowUp.objects.filter(what="not_mine", escalation__follow_up="not_mine", escalation__withdrawn_at=None)
    refused = refused.filter(draft=OuterRef("pk")).order_by("-pk")
    drafts = Draft.objects.filter(author=user, state__in=("open", "reviewed"))
    drafts = drafts.annotate(
        after=Subquery(refused.values("escalation")[:1]),
        # The next step has read nothing yet: its customer is that of the escalation before.
        customer=Coalesce(
            _read("account", "value__name"), _read("ticket", "value__organization__name"),
            Subquery(refused.values("escalation__customer_name")[:1], TextField()), Value("", TextField()),
        ),
    ).order_by(F("after").desc(nulls_last=True), "-updated_at")
    # A number that was mistyped is nobody's work to go on with.
    drafts = drafts.exclude(snapshots__key="ticket", snapshots__error__in=("not_found", "deleted"))[:MOST_DRAFTS]
    last = Escalation.objects.by(user).real().newest_first()[:10]
    mapping = active().mapping
    titles = {scenario.key: scenario.title for scenario in mapping.scenarios}
    return {"drafts": [_open_draft(draft, titles) for draft in drafts], "last": list(last), "answers": ANSWERS}


def _read(key: str, path: str) -> Subquery:
    """A text of what was read for a draft, as part of the query that lists it: Facts.customer_name in a list."""
    return Subquery(FactSnapshot.objects.filter(draft=OuterRef("pk"), key=key).annotate(text=KT(path)).values("text")[:1])


def _open_draft(draft: Draft, titles: dict[str, str]) -> OpenDraft:
    customer = "" if is_restricted(draft.instance) else draft.customer
    return OpenDraft(draft, customer, titles.get(draft.scenario_key, ""), f"ESC-{draft.after}" if draft.after else "")


def one(escalation: Escalation, *, now: datetime) -> dict:
    """Everything its page shows: deliveries with their trail, facts as seen, whether all has settled, whom notices told."""
    rows = list(escalation.deliveries.order_by("pk"))
    deliveries = [row for row in rows if row.purpose != NOTICE]
    settled = all(row.state in SETTLED for row in deliveries)
    pauses = {} if settled else _pauses(now)
    held = _held_seconds(escalation, deliveries, now)
    named = bool(told_by_name(deliveries))
    return {
        "legs": legs(deliveries, trails(deliveries), pauses, now=now),
        "told": {row.pk: _told(escalation, row) for row in rows if row.purpose == NOTICE},
        "can_be_withdrawn": can_be_withdrawn(escalation, deliveries),
        "held_seconds": held,
        "scheduled": _scheduled(escalation, now) if held > SOON_SECONDS else "",
        "otherwise": said_otherwise(escalation, now=now) if held and named else None,
        "asks": escalation.answer_on is not None,
        "named": named,
        "also": second_reasons(escalation, active().mapping),
        "answer": answer_of(escalation, now=now),
        "to_copy": _to_copy(escalation),
        "settled": settled,
        "takes_long": not settled and _takes_long(escalation, now),
        "shown": shown_facts(facts_from_json(escalation.facts), is_restricted(escalation.instance)),
        "edited": [
            (part, escalation.texts["original"].get(part, ""), text)
            for part, text in escalation.texts.get("sent", {}).items()
            if text != escalation.texts["original"].get(part)
        ],
    }


def still_held(escalation: Escalation, *, now: datetime) -> dict:
    """Of `one`, for a page that is about something else: for how long Undo is offered, and when it is sent where that is later."""
    waits = escalation.hold_until is not None and escalation.hold_until > now
    held = _held_seconds(escalation, list(escalation.deliveries.all()), now) if waits else 0
    return {"held_seconds": held, "scheduled": _scheduled(escalation, now) if held > SOON_SECONDS else ""}


def _to_copy(escalation: Escalation) -> str:
    """The text for copy and paste, with the link to answer by."""
    if escalation.sample or not escalation.copy_text:
        return escalation.copy_text
    url = settings.PORTAL_URL + escalation.get_answer_url()
    return copied(escalation.copy_text, url, named=bool(escalation.contact_email))


def _told(escalation: Escalation, notice: Delivery) -> str:
    """Whom a notice tells. One that went by e-mail instead of Slack has the address only."""
    label, author = notice.place.get("label", ""), escalation.author
    return author.get_full_name() or label if label == author.email else label


def _pauses(now: datetime) -> dict[str, datetime]:
    """Until when each paused lane pauses."""
    return dict(Lane.objects.filter(paused_until__gt=now).values_list("key", "paused_until"))


def _takes_long(escalation: Escalation, now: datetime) -> bool:
    begun = max(filter(None, (escalation.submitted_at, escalation.hold_until)))
    return now - begun > timedelta(seconds=LONG_SECONDS)


def _held_seconds(escalation: Escalation, deliveries: list[Delivery], now: datetime) -> int:
    """How long Undo is still offered, rounded up; 0 once it is over, or something was done already."""
    if escalation.hold_until is None or any(row.state != "pending" for row in deliveries):
        return 0
    return max(0, ceil((escalation.hold_until - now).total_seconds()))


def _scheduled(escalation: Escalation, now: datetime) -> str:
    """When it is sent, where the recipient is, and in UTC, where it may be another day: Mon 08:00 in Sydney (Sun 21:00 UTC)."""
    at = escalation.hold_until.astimezone(UTC)
    zone = zone_of(facts_from_json(escalation.facts).slack_person(escalation.contact_email))
    there = zone_named(zone)
    if there is None:
        return f"{weekday_and_time(at, now.astimezone(UTC))} UTC"
    local = at.astimezone(there)
    return f"{weekday_and_time(local, now.astimezone(there))} in {place_of(zone)} ({at:%a %H:%M} UTC)"


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
    rows = Escalation.objects.filter(query).select_related("author", "mapping_version").newest_first()
    return rows.defer("facts", "texts", "copy_text", "answers"), problems


def _filters(given) -> dict[str, str]:
    return {name: (given.get(name) or "").strip()[:120] for name in FIELDS}


def search(given, *, day: date) -> Found:
    """`given` is the query string. A filter that cannot be read is named and left out; nothing raises."""
    filters = _filters(given)
    query, problems = _query(filters)
    rows = Escalation.objects.filter(query).select_related("author").newest_first()
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


def second_reasons(escalation: Escalation, mapping: Mapping) -> tuple[str, ...]:
    """What it was sent for beside its scenario: titles of this mapping, a key where it has none any more."""
    keys = filter(None, escalation.answers.get(ALSO, "").split(","))
    return tuple(row.title if (row := mapping.scenario(key)) else key for key in keys)


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
        query &= Q(follow_up=filters["answer"], withdrawn_at=None) & ~Q(state="cancelled")
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
    number = text.upper().removeprefix("ESC-").lstrip("#")
    if number.isdecimal() and len(number) < 16:
        return Q(pk=int(number)) | Q(ticket_id=int(number))
    return (
        Q(customer_name__icontains=text)
        | Q(contact_name__icontains=text)
        | Q(scenario_title__icontains=text)
        | _author(text)
    )


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
