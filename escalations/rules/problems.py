"""What stands in the way, as values: pages list them, the button's tooltip says the first that blocks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Repair:
    """A way out that is one press: `verb` is a key of REPAIRS, `what` its object, `label` the button's words."""

    verb: str
    what: str
    label: str


REPAIRS = {
    "look_again": "ask a service once more (what: the trip)",
    "join": "let the portal's bot join a public channel (what: its Slack id)",
    "direct_message": "send the person a direct message as well (what: their Slack id)",
    "no_direct_message": "do not (what: nothing)",
}


@dataclass(frozen=True)
class Check:
    """What was looked at before anything is sent, in one line. `ok` is None where it could not be known, which blocks nothing."""

    ok: bool | None
    text: str
    repair: Repair | None = None


@dataclass(frozen=True)
class Problem:
    """`part` names the part of the page that it belongs to; `way_out` says what to do now; `blocks` forbids sending."""

    text: str
    part: str = "review"
    blocks: bool = False
    way_out: str = ""
    repair: Repair | None = None


def blocking(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.blocks)
