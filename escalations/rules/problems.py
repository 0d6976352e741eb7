"""What stands in the way, as values: pages list them, the button's tooltip says the first that blocks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`part` names the part of the page that it belongs to; `way_out` says what to do now; `blocks` forbids sending."""

    text: str
    part: str = "review"
    blocks: bool = False
    way_out: str = ""


def blocking(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.blocks)
