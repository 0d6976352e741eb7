"""What became of an escalation: until when an answer is waited for, what people can say, and the words for it. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from .calendar import spoken_day, spoken_instant
from .states import FOLLOW_UP
from .working_hours import zone_named

DISPOSITIONS = {
    "done": "Done",
    "handed_over": "Handed over",
    "not_needed": "Not needed any more",
    "no_answer": "No answer",
}
WAITING = ("awaiting_reply", "overdue")  # asked, and nobody has answered
OPEN = (*WAITING, "acknowledged")  # asked or taken on, and not closed yet
OF_THE_ROLE = "Not a matter for this role"  # the one reason that goes for the role alone
NOT_MINE_REASONS = (
    "Somebody else looks after this customer",
    "Moved to another team or role",
    OF_THE_ROLE,
)


class NotPossible(Exception):
    """What somebody wanted to say comes too late, or nobody was asked; the text says so in one sentence."""


@dataclass(frozen=True)
class AnswerClock:
    """`day` stands in the message; from `overdue_at` on the answer is late."""

    day: date
    overdue_at: datetime


@dataclass(frozen=True)
class Said:
    """Something that was said of an escalation: by whom, and who recorded it when. `by_themselves`: they are the same person."""

    what: str
    said_by: str
    recorded_by: str
    at: datetime
    by_themselves: bool = False
    disposition: str = ""
    handed_to: str = ""

    @property
    def outcome(self) -> str:
        """How it was closed: “Handed over to Joel Sandberg”."""
        return f"{DISPOSITIONS.get(self.disposition, '')}{f' to {self.handed_to}' if self.handed_to else ''}"


def answer_clock(until: date | None, zone: str) -> AnswerClock | None:
    """The clock of an ask by the day `until`, which ends where the person is; None where nothing is asked.

    The one place that says when an answer is late.
    """
    if until is None:
        return None
    return AnswerClock(until, datetime.combine(until + timedelta(days=1), time(), zone_named(zone) or UTC).astimezone(UTC))


def check_possible(state: str, follow_up: str, what: str, *, named: bool, withdrawn: bool, sample: bool) -> None:
    """Raise NotPossible unless `what` may be said now. `state` and `follow_up` are the escalation's; `named`: somebody was told by name."""
    if sample:
        raise NotPossible("It is a sample: nobody was really told, so nobody answers.")
    if withdrawn:
        raise NotPossible("It was withdrawn: nothing is asked of anybody any more.")
    if state in ("submitted", "cancelled"):
        raise NotPossible("Nothing of it was sent, so nobody can have answered." if state == "cancelled" else "It is not sent yet.")
    if follow_up == "closed":
        raise NotPossible("It is closed: there is nothing left to record.")
    if follow_up == "not_mine" and what == "acknowledged":
        raise NotPossible("Its recipient has said that it is not theirs. Somebody else has to be told first.")
    if what == "not_mine" and not named:
        raise NotPossible("Nobody was told by name, so nobody can refuse it.")
    if what not in FOLLOW_UP[follow_up]:
        raise NotPossible("That is recorded already.")


def waited_for(follow_up: str, who: str, until: date | None, today: date | None = None) -> str:
    """One sentence on the answer that is waited for; `who` is "" when nobody was told by name."""
    day = spoken_day(until, today) if until else ""
    if follow_up == "overdue":
        return f"Overdue{f' since {day}' if day else ''}: {who or 'nobody'} has {'not ' if who else ''}answered."
    return f"Waiting for {who or 'an answer'}{f' until {day}' if day else ''}."


def sentence(said: Said, now: datetime) -> str:
    """“I have it”, says Dana Reyes, recorded by Ana Lima 3 Mar, 10:12 UTC."""
    at = spoken_instant(said.at, now)
    who = f"{at}" if said.by_themselves else f"recorded by {said.recorded_by} {at}"
    if said.what == "acknowledged":
        return f"“I have it”, says {said.said_by}, {who}."
    if said.what == "not_mine":
        return f"“Not mine”, says {said.said_by}, {who}."
    says = "" if said.said_by == said.recorded_by else f"says {said.said_by}, "
    return f"Closed: {said.outcome[:1].lower()}{said.outcome[1:]}, {says}recorded by {said.recorded_by} {at}."


def refuses_role_only(reason: str) -> bool:
    """Who refuses is not mentioned again for the customer, in any role: unless they speak of the role, and not of themselves."""
    return reason.partition(":")[0] == OF_THE_ROLE


def after_not_mine(reason: str, *, who: str, role: str) -> str:
    """What a reason means for who was told; `who` is “You are” or “Dana Reyes is”."""
    if refuses_role_only(reason):
        return f"{who} not mentioned again for this customer when the {role} is looked for; for another role perhaps."
    return f"{who} not mentioned again for this customer."


def thanks(who: str, customer: str, role: str, right: str, *, remembered: bool) -> str:
    """To paste as an answer to who said that it is not theirs.

    `customer` is "" where it may not be named, `role` is "" where it goes for every role; `remembered`: the next search knows of it.
    """
    when = f" when the {role} is looked for" if role else ""
    again = f", and you are not mentioned again for {customer or 'this customer'}{when}" if remembered else ""
    then = f"We ask {right} instead." if right else "We look for somebody else."
    first = who.split()[0] if who.split() else "you"
    return f"Thank you, {first}. It is on record{again}. {then}"
