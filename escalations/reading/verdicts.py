"""How a team lead may settle what waits for a person: each button in words, what follows from it, and what a decision rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings

from escalations.models.delivery import WITHDRAWAL
from escalations.models.trouble import Cause

if TYPE_CHECKING:
    from .attention import Waiting

# What a decision rests on, by the state that waits for it.
REASONS = {
    "needs_a_person": (
        "I looked: it is there",
        "I looked: it is not there",
        "I asked the person",
        "It is not needed any more",
    ),
    "dead": ("The cause is mended", "Told in another way", "It is not needed any more"),
}


@dataclass(frozen=True)
class Verdict:
    """A button: what it is called, and what follows from pressing it."""

    key: str
    label: str
    consequence: str


def verdicts(cause: Cause, rows: tuple["Waiting", ...], now: datetime) -> Iterator[Verdict]:
    if cause.state == "dead":
        yield from _verdicts_of_dead(rows)
        return
    them = "It" if len(rows) == 1 else "They"
    off = tuple(row for row in rows if row.delivery.called_off)
    others = tuple(row for row in rows if not row.delivery.called_off)
    withdrawn = tuple(row for row in off if row.delivery.called_off == "withdrawn")
    yield Verdict("arrived", f"{them} had arrived", f"{_closed_as_sent(withdrawn, len(rows) > len(withdrawn))} This is final.")
    yield Verdict(
        "not_arrived", f"{them} had not arrived: close", "Closed as not sent; nothing is sent. This is final."
    )
    if not others:
        back = " What the portal finds is taken back." if len(off) == len(withdrawn) else " What was withdrawn and is found is taken back." if withdrawn else ""
        said = f"{them} {'was' if len(rows) == 1 else 'were'} {_called_off(off, withdrawn)}, so nothing is sent.{back}"
        yield Verdict("again", "Look until it is known", said)
        return
    said = f"If the first arrived, {_twice(others)}. What is sent cannot be unsent. {_before_it_is_sent(others, now)}"
    yield Verdict("again", "Send again", f"{said}{_looked_for(off, withdrawn)}")


def _called_off(off: tuple["Waiting", ...], withdrawn: tuple["Waiting", ...]) -> str:
    if not withdrawn:
        return "refused or closed"
    return "withdrawn" if len(off) == len(withdrawn) else "withdrawn, refused or closed"


def _looked_for(off: tuple["Waiting", ...], withdrawn: tuple["Waiting", ...]) -> str:
    if not off:
        return ""
    back = "" if not withdrawn else ", and takes back what it finds" if len(off) == len(withdrawn) else ", and takes back what was withdrawn"
    return f" What was {_called_off(off, withdrawn)} is not sent: the portal looks for it{back}."


def _verdicts_of_dead(rows: tuple["Waiting", ...]):
    """Nothing of a dead one arrived; what it was to take back did."""
    back = [row.delivery.purpose == WITHDRAWAL for row in rows]
    said = "" if all(back) else "Nothing has arrived and nothing is sent. "
    stays = f"What was {'to be taken back' if said else 'sent'} stays where it is. " if any(back) else ""
    yield Verdict("not_arrived", f"Close: not {'sent' if said else 'taken back'}", f"{said}{stays}This is final.")
    yield Verdict("again", "Send again", "Nobody is told twice. It fails again unless the cause is mended.")


def _closed_as_sent(withdrawn: tuple["Waiting", ...], others: bool) -> str:
    """A withdrawn one that had arrived is taken back, if the portal knows where it stands."""
    unknown = not all(row.delivery.place_is_known for row in withdrawn)
    if not withdrawn:
        return "Closed as sent; nothing is sent."
    if not others:
        return "Closed as sent. The portal does not know where it stands, so it is not taken back: look again first." if unknown else "Closed as sent, and taken back."
    where = " where the portal knows its place: look again first" if unknown else ""
    return f"Closed as sent; nothing is sent. What was withdrawn is taken back{where}."


def _before_it_is_sent(rows: tuple["Waiting", ...], now: datetime) -> str:
    """`actions.settling.send_again` waits until the last attempt can be applied no more; every new attempt looks first."""
    grace = timedelta(seconds=settings.DELIVERY_GRACE_SECONDS)
    tried = [step.at for row in rows for step in row.steps if step.n]
    seconds = ceil((max(tried) + grace - now).total_seconds()) if tried else 0
    if seconds <= 0:
        return "So the portal looks once more; what it finds is not sent."
    return f"So the portal waits {seconds} s, until the first can arrive no more, and looks again; what it finds is not sent."


def _twice(rows: tuple["Waiting", ...]) -> str:
    if all(row.delivery.purpose == WITHDRAWAL for row in rows):
        return "it is taken back a second time"
    if any(row.delivery.visibility == "customer" for row in rows):
        return "the customer sees it twice"
    names = sorted({row.whom for row in rows if row.whom})
    if not names:
        return "it stands there twice"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} told twice"
