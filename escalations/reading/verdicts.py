"""How a team lead may settle what waits for a person: each button in words, what follows from it, and what a decision rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings

from escalations.models import Delivery
from escalations.models.delivery import WITHDRAWAL
from escalations.models.trouble import Cause

if TYPE_CHECKING:
    from .attention import Waiting

# What deliveries were to do: send a leg, or take one back. Those of one cause may be of both kinds.
SENT, BACK, BOTH = "sent", "taken back", "both"
# What a decision rests on, by the state that waits for it and what is decided about.
REASONS = {
    ("needs_a_person", SENT): ("I looked: it is there", "I looked: it is not there", "I asked the person", "It is not needed any more"),
    ("needs_a_person", BACK): ("I looked: it is taken back", "I looked: it is not taken back", "I asked the person", "It is not needed any more"),
    ("needs_a_person", BOTH): ("I looked: it is done", "I looked: it is not done", "I asked the person", "It is not needed any more"),
    ("dead", SENT): ("The cause is mended", "Told in another way", "It is not needed any more"),
    ("dead", BACK): ("The cause is mended", "Taken back by hand", "It is not needed any more"),
    ("dead", BOTH): ("The cause is mended", "Done in another way", "It is not needed any more"),
}
# What the page says of those that a button has closed.
CLOSED = {
    ("arrived", SENT): "closed: had arrived", ("not_arrived", SENT): "closed: had not arrived",
    ("arrived", BACK): "closed: taken back", ("not_arrived", BACK): "closed: not taken back",
    ("arrived", BOTH): "closed: had arrived, or taken back", ("not_arrived", BOTH): "closed: had not arrived, or not taken back",
}  # fmt: skip
COULD_NOT = {SENT: "sent", BACK: "taken back", BOTH: "sent, or taken back"}
# The words of a button, for one and for several; those of both kinds are several.
ARRIVED = {SENT: ("It had arrived", "They had arrived"), BACK: ("It is taken back", "They are taken back"), BOTH: ("", "They had arrived, or are taken back")}
NOT_ARRIVED = {
    SENT: ("It had not arrived", "They had not arrived"), BACK: ("It is not taken back", "They are not taken back"),
    BOTH: ("", "They had not arrived, or are not taken back"),
}  # fmt: skip
CLOSED_AS = {SENT: "Closed as sent", BACK: "Closed as taken back", BOTH: "Closed as sent, or as taken back"}
CLOSED_AS_NOT = {
    SENT: "Closed as not sent; nothing is sent.", BACK: "Closed as not taken back; nothing is sent. What was sent stays where it is.",
    BOTH: "Closed as not sent, or as not taken back; nothing is sent. What was to be taken back stays where it is.",
}  # fmt: skip
AGAIN = {SENT: "Send again", BACK: "Take back again", BOTH: "Send or take back again"}


def about(deliveries: Iterable[Delivery]) -> str:
    kinds = {BACK if row.purpose == WITHDRAWAL else SENT for row in deliveries}
    return kinds.pop() if len(kinds) == 1 else BOTH


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
    kind, several = _about(rows), len(rows) > 1
    off = tuple(row for row in rows if row.delivery.called_off)
    others = tuple(row for row in rows if not row.delivery.called_off)
    withdrawn = tuple(row for row in off if row.delivery.called_off == "withdrawn")
    closed = _closed_as_sent(CLOSED_AS[kind], withdrawn, len(rows) > len(withdrawn))
    yield Verdict("arrived", ARRIVED[kind][several], f"{closed} This is final.")
    yield Verdict("not_arrived", f"{NOT_ARRIVED[kind][several]}: close", f"{CLOSED_AS_NOT[kind]} This is final.")
    if not others:
        back = " What the portal finds is taken back." if len(off) == len(withdrawn) else " What was withdrawn and is found is taken back." if withdrawn else ""
        said = f"{'They were' if several else 'It was'} {_called_off(off, withdrawn)}, so nothing is sent.{back}"
        yield Verdict("again", "Look until it is known", said)
        return
    first = "it is taken back already" if _about(others) == BACK else "the first arrived"
    said = f"If {first}, {_twice(others)}. What is sent cannot be unsent. {_before_it_is_sent(others, now)}"
    yield Verdict("again", AGAIN[_about(others)], f"{said}{_looked_for(off, withdrawn)}")


def _about(rows: tuple["Waiting", ...]) -> str:
    return about(row.delivery for row in rows)


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
    kind = _about(rows)
    said = "" if kind == BACK else "Nothing has arrived and nothing is sent. "
    stays = "" if kind == SENT else f"What was {'to be taken back' if said else 'sent'} stays where it is. "
    label = {SENT: "not sent", BACK: "not taken back", BOTH: "not sent, or not taken back"}[kind]
    yield Verdict("not_arrived", f"Close: {label}", f"{said}{stays}This is final.")
    yield Verdict("again", AGAIN[kind], "Nobody is told twice. It fails again unless the cause is mended.")


def _closed_as_sent(closed: str, withdrawn: tuple["Waiting", ...], others: bool) -> str:
    """A withdrawn one that had arrived is taken back, if the portal knows where it stands."""
    unknown = not all(row.delivery.place_is_known for row in withdrawn)
    if not withdrawn:
        return f"{closed}; nothing is sent."
    if not others:
        return f"{closed}. The portal does not know where it stands, so it is not taken back: look again first." if unknown else f"{closed}, and taken back."
    where = " where the portal knows its place: look again first" if unknown else ""
    return f"{closed}; nothing is sent. What was withdrawn is taken back{where}."


def _before_it_is_sent(rows: tuple["Waiting", ...], now: datetime) -> str:
    """`actions.settling.send_again` waits until the last attempt can be applied no more; every new attempt looks first."""
    grace = timedelta(seconds=settings.DELIVERY_GRACE_SECONDS)
    tried = [step.at for row in rows for step in row.steps if step.n]
    seconds = ceil((max(tried) + grace - now).total_seconds()) if tried else 0
    if seconds <= 0:
        return "So the portal looks once more; what it finds is not sent."
    return f"So the portal waits {seconds} s, until the first can arrive no more, and looks again; what it finds is not sent."


def _twice(rows: tuple["Waiting", ...]) -> str:
    kind = _about(rows)
    if kind == BACK:
        return "it is taken back a second time"
    return f"{_told_twice(rows)}{', or it is taken back a second time' if kind == BOTH else ''}"


def _told_twice(rows: tuple["Waiting", ...]) -> str:
    if any(row.delivery.visibility == "customer" for row in rows):
        return "the customer sees it twice"
    names = sorted({row.whom for row in rows if row.whom})
    if not names:
        return "it stands there twice"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} told twice"
