"""Drafts: everything an engineer does before Send, stored as it is made."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from escalations.models import Draft
from escalations.rules import states
from escalations.rules.endings import OTHER
from escalations.rules.legs import DIRECT_MESSAGE
from escalations.rules.messages import EDITABLE, SHARED, clean_edit
from escalations.rules.plan import OwnWords

from .unit import unit

EXPIRES_AFTER_DAYS = 7
MEANWHILE = (
    "state", "scenario_key", "scenario_by", "cards", "answers", "edits", "reviewed_digest", "shown", "updated_at",
)  # fmt: skip


class NotLive(Exception):
    """The draft was submitted or discarded meanwhile: nothing about it changes any more."""


class AnotherIsLive(Exception):
    """The person already has a live draft of this ticket: there is one at a time."""

    def __init__(self, draft: Draft):
        super().__init__(str(draft.pk))
        self.draft = draft


def start(*, by, instance: str, ticket_id: int, now: datetime) -> Draft:
    """The author's live draft of this ticket, or a new one. Pasting a ticket twice never makes two drafts."""
    mine = {"author": by, "instance": instance, "ticket_id": ticket_id}
    live = Draft.objects.filter(**mine, state__in=states.LIVE)
    try:
        with transaction.atomic():
            return live.first() or Draft.objects.create(**mine, created_at=now, updated_at=now)
    except IntegrityError:  # another tab was a moment earlier
        return live.get()


def start_in_a_row(*, by, tickets: Iterable[tuple[str, int]], now: datetime) -> list[Draft]:
    """One draft a ticket (instance, number), in this order. A live one that there was already takes its place in the row."""
    batch = uuid.uuid4()
    drafts = [start(by=by, instance=instance, ticket_id=number, now=now) for instance, number in tickets]
    for place, draft in enumerate(drafts, 1):
        change(draft, now=now, batch=batch, place=place)
        draft.batch, draft.place = batch, place
    return drafts


def choose(draft: Draft, *, scenario_key: str, by_facts: bool = False, now: datetime) -> None:
    """The situation. Answers stay: those that are questions of the new scenario still count. So do words, each with its row.

    The facts choose only while nobody has chosen.
    """
    values = {"scenario_key": scenario_key, "scenario_by": "facts" if by_facts else "engineer"}
    if not by_facts:
        change(draft, now=now, **values)
    else:
        _live(draft).filter(scenario_key="").update(**values, updated_at=now)
        catch_up(draft)


def keep_card_order(draft: Draft, *, keys: list[str], now: datetime) -> None:
    """The order in which the situations were first shown; a late answer does not change it."""
    if not draft.cards:
        change(draft, now=now, cards=keys)


def answer(draft: Draft, *, question_key: str, choice_key: str, now: datetime) -> None:
    _amend(draft, "answers", lambda answers: {**answers, question_key: choice_key}, now=now)


def set_aside(draft: Draft, *, name: str, value: str, now: datetime) -> None:
    """What is no answer to a question of the row: second reasons (together.ALSO), or how a thread is joined (JOINING). "" takes it back."""

    def told(answers: dict[str, str]) -> dict[str, str]:
        kept = {key: text for key, text in answers.items() if key != name}
        return {**kept, name: value} if value else kept

    _amend(draft, "answers", told, now=now)


def also_directly(draft: Draft, *, to: str, now: datetime) -> None:
    """Whether `to`, a Slack id, gets a direct message as well; "" takes that back. It counts while they are who is told."""
    set_aside(draft, name=DIRECT_MESSAGE, value=to, now=now)


def ask_to_join(draft: Draft, *, channel: str, by, now: datetime) -> None:
    """Note who lets the portal join which channel, before Slack is asked: what is not on record is not done."""
    with unit(by=by.username, now=now, durable=False) as opened:
        if not _live(draft).exists():
            raise NotLive
        opened.record("draft.join_asked", str(draft.pk), channel=channel)


def edit(draft: Draft, *, texts: dict[str, str], words: tuple[OwnWords, ...] = (), names: dict[str, str] | None = None, now: datetime) -> None:
    """Keep the engineer's own words for parts of the message; empty or unchanged `words` mean the ready ones again.

    `names`: under which name a part was shown, and is kept. Else it is that of the plan; without one they are kept for the row as it is. Parts that are not in `texts` stay as they are stored now: another tab may have changed them meanwhile.
    """

    def with_texts(edits: dict[str, str]) -> dict[str, str]:
        kept = dict(edits)
        for part in texts.keys() & EDITABLE.keys():
            own = planned.get(part)
            now_named = own.name if own else part if part in SHARED else f"{draft.scenario_key}.{part}"
            name = (names or {}).get(part, now_named)
            text = clean_edit(texts[part])
            kept.pop(name, None)
            if text and not (own and name == own.name and text == own.ready):
                kept[name] = text
        return kept

    planned = {word.part: word for word in words}

    _amend(draft, "edits", with_texts, now=now)


def _amend(draft: Draft, field: str, told: Callable[[dict], dict], *, now: datetime) -> None:
    """Change a JSON field of the row as it is stored now: in one statement, unless another tab stored something meanwhile."""
    seen = getattr(draft, field)
    amended = told(seen)
    if _unmoved(draft).filter(**{field: seen}).update(**{field: amended}, updated_at=now):
        setattr(draft, field, amended)
        draft.updated_at = now
        return
    with transaction.atomic():
        stored = Draft.objects.select_for_update().only(field).get(pk=draft.pk)
        change(draft, now=now, **{field: told(getattr(stored, field))})


def reviewed(draft: Draft, *, digest: str, shown: list) -> None:
    """Keep what the review showed, so that Send can say what changed since; looking is not changing, so no time is noted."""
    if draft.is_live and draft.reviewed_digest != digest:
        values = {"state": "reviewed", "reviewed_digest": digest, "shown": shown}
        _live(draft).update(**values)
        for name, value in values.items():
            setattr(draft, name, value)


def take_over(draft: Draft, *, by, now: datetime) -> None:
    """The draft becomes `by`'s; who had it stays in the audit log. AnotherIsLive when `by` has one of this ticket already."""
    with _only_one(draft, by), unit(by=by.username, now=now, durable=False) as opened:
        held = _live(draft).select_for_update().first()
        if held is None:
            raise NotLive
        before, draft.author = held.author, by
        if before == by:
            return  # another press was a moment earlier
        # The new author is somebody else in Slack: who is asked for and mentioned is looked up again.
        draft.snapshots.filter(source="slack", key="people").delete()
        change(draft, now=now, author=by, looked_up_at=None)
        opened.record("draft.taken_over", str(draft.pk), before=before.username)


def discard(draft: Draft, *, by, now: datetime) -> None:
    _end(draft, "discarded", by=by, because="", now=now)


def reopen(draft: Draft, *, by, now: datetime) -> None:
    """Undo of discard and of "do not escalate". AnotherIsLive when its author has begun another of this ticket."""
    states.check_move("draft", draft.state, "open")
    as_seen = Draft.objects.filter(pk=draft.pk, state=draft.state)
    with _only_one(draft, draft.author), unit(by=by.username, now=now, durable=False) as opened:
        if as_seen.update(state="open", ended_kind="", ended_because="", updated_at=now):
            opened.record("draft.reopened", str(draft.pk))
    draft.refresh_from_db()


@contextmanager
def _only_one(draft: Draft, author) -> Iterator[None]:
    """AnotherIsLive where `author` has a live draft of this ticket, also when another request began it a moment earlier."""
    _check_only_one(draft, author)
    try:
        yield
    except IntegrityError:
        _check_only_one(draft, author)
        raise


def _check_only_one(draft: Draft, author) -> None:
    same = Draft.objects.filter(author=author, instance=draft.instance, ticket_id=draft.ticket_id)
    other = same.filter(state__in=states.LIVE).exclude(pk=draft.pk).first()
    if other:
        raise AnotherIsLive(other)


def do_not_escalate(draft: Draft, *, by, because: str, kind: str = OTHER, now: datetime) -> None:
    """An outcome like any other: how it ended (a key of ENDINGS) and the reason are kept, and counted."""
    _end(draft, "not_escalated", by=by, because=because, kind=kind, now=now)


def expire_old(*, now: datetime) -> int:
    """Drafts that nobody touched for a week end; their text stays at their address, where they can be reopened."""
    old = Draft.objects.filter(state__in=states.LIVE, updated_at__lt=now - timedelta(days=EXPIRES_AFTER_DAYS))
    if not old.exists():
        return 0
    with unit(by="portal", now=now, durable=False) as opened:
        ended = [str(pk) for pk in old.values_list("pk", flat=True)[:500]]
        Draft.objects.filter(pk__in=ended, state__in=states.LIVE).update(state="expired")
        for pk in ended:
            opened.record("draft.expired", pk)
    return len(ended)


def _end(draft: Draft, state: str, *, by, because: str, kind: str = "", now: datetime) -> None:
    states.check_move("draft", draft.state, state)
    with unit(by=by.username, now=now, durable=False) as opened:
        moved = Draft.objects.filter(pk=draft.pk, state=draft.state).update(
            state=state, ended_kind=kind, ended_because=because[:300], updated_at=now
        )
        if not moved:
            raise NotLive
        opened.record(f"draft.{state}", str(draft.pk), scenario=draft.scenario_key, **({"kind": kind} if kind else {}))
    draft.refresh_from_db()


def catch_up(draft: Draft) -> None:
    """What was chosen, answered, written or shown since the row was read, by another request."""
    draft.refresh_from_db(fields=MEANWHILE)


def _live(draft: Draft):
    return Draft.objects.filter(pk=draft.pk, state__in=states.LIVE)


def _unmoved(draft: Draft):
    """The live row, if nobody has changed it since it was read."""
    return _live(draft).filter(updated_at=draft.updated_at)


def touch(draft: Draft, *, now: datetime) -> None:
    """Hold the live row until the transaction ends: a second press, or a look-up that is under way, comes after it. Raises NotLive."""
    change(draft, now=now)


def change(draft: Draft, *, now: datetime, **values) -> None:
    """Change the row, and leave `draft` as it is stored then: whoever shows it next shows what others did as well."""
    unmoved = _unmoved(draft).update(**values, updated_at=now)
    if not unmoved and not _live(draft).update(**values, updated_at=now):
        raise NotLive
    for name, value in values.items():
        if not hasattr(value, "resolve_expression"):
            setattr(draft, name, value)
    draft.updated_at = now
    if not unmoved:
        catch_up(draft)
