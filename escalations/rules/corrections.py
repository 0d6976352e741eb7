"""Corrections and cover: who is told instead, or not at all, because somebody said so. The first fallback step of every role.

They are read like any other fact (source "portal", key "corrections"), so that a replay years later finds the same person. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from .calendar import spoken_day
from .escaping import one_line
from .facts import Facts, Person

UNSAID = "not recorded"  # what stands for words: none are kept with a US Government ticket
INSTEAD = {
    "person": "Somebody else",
    "next_step": "Whoever the portal finds next; never this person",
    "nobody": "Nobody: the channel is told, without a mention",
}


@dataclass(frozen=True)
class Correction:
    """What counts instead of what was read, for an account, a person, or a person on an account; "" stands for any.

    `instead` is a key of INSTEAD; `valid_from` and `valid_until` are ISO dates, both included, "" without an end. `recorded_on` is
    the day on which it was said; "" in facts from before it was kept. `today` is when this is read: a day of another year names it.
    """

    key: str
    instead: str
    account_id: str = ""
    role: str = ""
    email: str = ""
    name: str = ""
    use: Person | None = None
    valid_from: str = ""
    valid_until: str = ""
    reason: str = ""
    said_by: str = ""
    recorded_on: str = ""
    today: date | None = None

    @classmethod
    def read(cls, value: dict) -> "Correction":
        texts = (
            "key", "instead", "account_id", "role", "email", "name", "valid_from", "valid_until", "reason", "said_by", "recorded_on",
        )  # fmt: skip
        use = Person(one_line(str(value.get("use_name") or "")), value["use_email"]) if value.get("use_email") else None
        return cls(use=use, **{name: one_line(str(value.get(name) or "")) for name in texts})

    def in_force(self, day: date) -> bool:
        today = day.isoformat()
        return (not self.valid_from or self.valid_from <= today) and (not self.valid_until or today <= self.valid_until)

    def is_about(self, person: Person) -> bool:
        return bool(person.email) and self.email.lower() == person.email.lower()

    @property
    def said(self) -> str:
        """Dana Reyes said so on Monday 2 March. The first day of a cover may lie before that, or after."""
        on = f" on {spoken_day(date.fromisoformat(self.recorded_on), self.today)}" if self.recorded_on else ""
        return f"{one_line(self.said_by, 60) or 'a colleague'} said so{on}"

    @property
    def says(self) -> str:
        """Nobody is told instead of Dana Reyes about this account (Wrong team, says Mia Berg)."""
        return f"{self.means}{f' ({self.source})' if self.source else ''}"

    @property
    def means(self) -> str:
        """The same without what somebody wrote: for a channel."""
        instead = f" instead of {self.name}" if self.name else ""
        text = f"{self.use.name if self.use else 'nobody'} is told{instead}"
        if self.instead == "next_step":
            text = f"{self.name} is not to be told"
        return f"{text}{' about this account' if self.account_id else ''}"

    @property
    def source(self) -> str:
        """Why it counts: “Wrong team, says Dana Reyes, until Tuesday 3 March (UTC)”."""
        until = f"until {spoken_day(date.fromisoformat(self.valid_until), self.today)} (UTC)" if self.valid_until else ""
        says = f"says {self.said_by}" if self.said_by else ""
        return ", ".join(filter(None, (self.reason, says, until)))


@dataclass(frozen=True)
class Corrections:
    """Those that count for one role on one account, the one that decides first: the account's own before any, newest first."""

    rows: tuple[Correction, ...] = ()

    @property
    def of_the_account(self) -> Correction | None:
        return next((row for row in self.rows if not row.email and row.account_id), None)

    def of(self, person: Person) -> Correction | None:
        return next((row for row in self.rows if row.is_about(person)), None)


def corrections_of(facts: Facts, role: str, day: date, account: str = "") -> Corrections:
    """What was said of this account and its people, for `role`, that is in force on `day`; of `account` where that is known better."""
    return _that_count(all_corrections(facts), account or facts.account_id, role, day)


def _that_count(rows: Sequence[Correction], account: str, role: str, day: date) -> Corrections:
    counting = (row for row in reversed(rows) if row.in_force(day) and row.role in ("", role) and row.account_id in ("", account))
    newest = [replace(row, today=day) for row in counting]
    return Corrections((*(row for row in newest if row.account_id), *(row for row in newest if not row.account_id)))


def otherwise(now: Corrections, before: Corrections, person: Person) -> Correction | None:
    """What says `now` that somebody else is to be told than `person`, who was found while `before` counted; None where nothing does."""
    known = {row.key for row in before.rows}
    rows = (row for row in (now.of_the_account, now.of(person)) if row and row.key not in known)
    return next((row for row in rows if not _ends_at(person, row.use, now)), None)


def _ends_at(person: Person, at: Person | None, counting: Corrections) -> bool:
    """Whether whoever stands in for `at`, and for them in turn, is `person`."""
    seen: set[str] = set()
    while at and at.email.lower() not in seen:
        if at.email.lower() == person.email.lower():
            return True
        seen.add(at.email.lower())
        following = counting.of(at)
        at = following.use if following else None
    return False


def otherwise_then(facts: Facts, role: str, person: Person | None, now: datetime, then: datetime) -> Correction | None:
    """What was said already, and counts `then` but not `now`, that somebody else is to be told than `person`; days are those of UTC."""
    at_each = (corrections_of(facts, role, at.astimezone(UTC).date()) for at in (then, now))
    return otherwise(*at_each, person) if person else None


def all_corrections(facts: Facts) -> tuple[Correction, ...]:
    """As they were read, the oldest first."""
    return tuple(Correction.read(value) for value in facts.value("portal", "corrections") or ())


def circle(new: Correction, others: Iterable[Correction], today: date) -> str:
    """The names of a circle that `new` would close in some role on some day, “Dana → Joel → Dana”; "" when it closes none.

    `others` are the oldest first. Who follows whom changes only where one of them begins or has ended; what counts for every account
    may close one on each about which something was said.
    """
    if not new.email or new.use is None:
        return ""
    rows = [row for row in others if row.email]
    rows = rows if new.account_id else _led_to(rows, [new.use])
    accounts = [new.account_id] if new.account_id else sorted({"", *(row.account_id for row in rows)})
    return next(filter(None, (_circle_on(account, new, rows, today) for account in accounts)), "")


def _circle_on(account: str, new: Correction, others: Iterable[Correction], today: date) -> str:
    rows = that_matter(others, [new.use], account)
    roles = [new.role] if new.role else sorted({"", *(row.role for row in rows)})
    found = (_led_back(new, _that_count(rows, account, role, day)) for day in _changes(new, rows, today) for role in roles)
    return next(filter(None, found), "")


def against(new: Correction, others: Iterable[Correction], role: str, day: date) -> Correction | None:
    """What says that the next search of `role` would not end at whom `new` names, were it recorded now; None where nothing does.

    Who stands in for somebody until a day is no contradiction: they are right, and somebody else is told until then.
    """
    lasting = [row for row in others if not (row.use and row.valid_until)]
    counting = _that_count([*lasting, new], new.account_id, role, day)
    last = counting.of_the_account
    at, seen = last.use if last else Person(new.name, new.email), set()
    while at and at.email.lower() not in seen:
        seen.add(at.email.lower())
        following = counting.of(at)
        if following is None:
            return last if new.use and at.email.lower() != new.use.email.lower() else None
        at, last = following.use, following
    return last


def _changes(new: Correction, rows: Sequence[Correction], today: date) -> list[date]:
    """The days from today on, within those of `new`, on which something else counts than the day before."""
    begin = {date.fromisoformat(row.valid_from) for row in (new, *rows) if row.valid_from}
    last = {date.fromisoformat(row.valid_until) for row in rows if row.valid_until}
    after = {day + timedelta(days=1) for day in last if day < date.max}
    return sorted(day for day in {today, *begin, *after} if day >= today and new.in_force(day))


def _led_back(new: Correction, counting: Corrections) -> str:
    own = counting.of(Person(new.name, new.email))
    if own and own.account_id and not new.account_id:
        return ""  # what was said of the account comes before `new`, which does not count there
    names, seen, at = [new.name], set(), new.use
    while at and at.email.lower() not in seen:
        names.append(at.name)
        if new.is_about(at):
            return " → ".join(names)
        seen.add(at.email.lower())
        following = counting.of(at)
        at = following.use if following else None
    return ""


def that_matter(rows: Iterable[Correction], people: Iterable[Person], account: str) -> tuple[Correction, ...]:
    """Those of the account, and those of these people or of whoever stands in for them."""
    return _led_to([row for row in rows if row.account_id in ("", account) and (row.email or row.account_id)], people)


def _led_to(rows: Sequence[Correction], people: Iterable[Person]) -> tuple[Correction, ...]:
    """Those of `rows` that are about nobody in particular, about these people, or about whoever stands in for them."""
    known = {person.email.lower() for person in people if person.email}
    kept: list[Correction] = []
    while True:
        more = [row for row in rows if row not in kept and (not row.email or row.email.lower() in known)]
        if not more:
            return tuple(row for row in rows if row in kept)
        kept += more
        known |= {row.use.email.lower() for row in more if row.use}
