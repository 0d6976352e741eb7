"""The Liquid that rows and shared parts are written in: what it may speak of, how it is checked, how it runs.

Strict: an unknown variable or filter is an error when the row is saved, never an empty word in a message. Values are
data: a `{{` in a customer's name is never run.
"""

from functools import lru_cache
from typing import Any

from liquid import Environment, Mode, StrictUndefined
from liquid.exceptions import LiquidError

# The shared parts: key -> what it is for, shown in the admin. A mapping without one of them cannot be published.
SHARED_PARTS = {
    "opening_aware": "first line when nothing is asked",
    "opening_involve": "first line when something is asked",
    "to": "whom it is for, and as what",
    "to_nobody": "said instead when nobody was found",
    "to_channel": "said instead on rows that tag nobody",
    "no_ask": "the ask's place on awareness rows",
    "now_ask": "the ask where an awareness row needs something after all",
    "told": "what the customer was told",
    "previous": "previous attempts",
}
VARIABLES: dict[str, Any] = {
    "ticket": {
        "id": "1001",
        "priority": "Urgent",
        "priority_words": "an emergency",
        "state": "open",
        "queue": "Self-Managed",
        "waiting": "2 h",
        "opened": "23 Nov, 12:02 UTC",
        "requester": "Rin Sato",
    },
    "customer": {"name": "Acme Corp"},
    "contact": {"name": "Omar Haddad", "as_what": "Account Owner", "instead": "no CSM is named for this account"},
    "role": {"name": "Customer Success Manager", "short": "CSM"},
    "author": {"name": "Ana Lima"},
    "ask_by": "Wednesday 25 November",
    "earlier": "ESC-12, Dana Reyes, on 2 March",
    "not_known": "It is not known yet whether this is new business or a renewal.",
    "reply": {"known": True, "at": "23 Nov, 14:02 UTC", "by": "Tom Okafor"},
}
# What only the opening may speak of: the parts that were rendered before it.
OPENING_VARIABLES: dict[str, Any] = {
    **VARIABLES,
    "situation": "Acme Corp has an emergency.",
    "ask": "Please call them.",
}  # fmt: skip


class _Environment(Environment):
    output_stream_limit = 4000
    loop_iteration_limit = 100
    context_depth_limit = 10
    local_namespace_limit = 1000


_LIQUID = _Environment(tolerance=Mode.STRICT, undefined=StrictUndefined, strict_filters=True)


class TemplateProblem(ValueError):
    """A template that cannot be used; the message says where and why, for whoever edits it."""


def check_template(body: str, variables: dict[str, Any] = VARIABLES) -> None:
    """Raise TemplateProblem unless every name in `body`, in whatever branch, is one of `variables`, and it renders."""
    for name, uses in _analysed(body).globals.items():
        for use in uses:
            _check_name([str(segment) for segment in use.segments], variables, name)
    render(body, variables)


def check_part(key: str, body: str) -> None:
    """The same for a shared part: only the opening may use the parts that stand before it."""
    check_template(body, OPENING_VARIABLES if key.startswith("opening_") else VARIABLES)


def _check_name(segments: list[str], variables: dict[str, Any], name: str) -> None:
    held: Any = variables
    for segment in segments:
        if not isinstance(held, dict) or segment not in held:
            raise TemplateProblem(
                f"“{'.'.join(segments)}” is not known here. Known are {', '.join(_names(variables))}."
            )
        held = held[segment]


def _names(variables: dict[str, Any]) -> list[str]:
    return [
        f"{name}.{part}" if part else name
        for name, value in variables.items()
        for part in (value if isinstance(value, dict) else [""])
    ]


def _analysed(body: str):
    try:
        return _parsed(body).analyze()
    except LiquidError as error:
        raise TemplateProblem(_said(error)) from None


def render(body: str, values: dict) -> str:
    try:
        return _parsed(body).render(**values).strip()
    except LiquidError as error:
        raise TemplateProblem(_said(error)) from None


def _said(error: LiquidError) -> str:
    return str(getattr(error, "message", "") or error)


@lru_cache(maxsize=500)
def _parsed(body: str):
    return _LIQUID.from_string(body)
