"""Rows for what the page names and the mapping does not have yet: roles, queues, channels, scenarios."""

import re
from collections.abc import Container
from dataclasses import replace
from itertools import count

from escalations.rules.mapping import Channel, FallbackStep, Mapping, Queue, Role, Scenario

from .cells import plain
from .page import RoleSection, Row, ScaleSection
from .wording import same, slug


def free_key(text: str, taken: Container[str], limit: int = 50) -> str:
    key, short = slug(text, limit), slug(text, limit - 6)
    numbered = (f"{short}-{n}" for n in count(2))
    return key if key not in taken else next(one for one in numbered if one not in taken)


def new_role(mapping: Mapping, section: RoleSection) -> Role:
    """Nobody can be found for it until an editor adds the steps, so it starts with the step that tags nobody."""
    key = free_key(section.short, {role.key for role in mapping.roles}, 20)
    intro = plain(section.text.text.split("\n\n")[0])
    return Role(key, section.name[:80], section.short[:20], intro, steps=(FallbackStep(f"{key}-nobody", "nobody"),))


def new_channel(mapping: Mapping, name: str) -> Channel:
    return Channel(free_key(name, {channel.key for channel in mapping.channels}), name[:80], "")


def new_queue(mapping: Mapping, name: str) -> Queue:
    """It takes the form of its own name: without any form it would take every ticket."""
    return Queue(free_key(name, {queue.key for queue in mapping.queues}), name[:80], (name,))


def find_queue(mapping: Mapping, name: str) -> Queue | None:
    named = (queue for queue in mapping.queues if same(queue.name, name))
    formed = (queue for queue in mapping.queues if any(same(form, name) for form in queue.forms))
    return next(named, None) or next(formed, None)


def new_scenario(taken: Container[str], role: Role, row: Row) -> Scenario:
    aware = bool(re.match(r"make\b.*\baware\b", row.scenario, re.IGNORECASE))
    return _scenario(taken, role, row.scenario, aware)


def new_scale_scenario(taken: Container[str], role: Role, scale: ScaleSection, queue: str) -> Scenario:
    row = _scenario(taken, role, plain(scale.heading.lstrip("# ")), aware=False)
    return replace(row, examples=scale.examples, only_csm="scale", queues=(queue,) if queue else ())


def _scenario(taken: Container[str], role: Role, text: str, aware: bool) -> Scenario:
    """The message starts with the page's own words; braces would be Liquid, so they are left out."""
    words = re.sub(r"[{}%]", "", text).strip().rstrip(".") or "A row of the handbook page"
    return Scenario(
        free_key(text, taken),
        role.key,
        text[:160],
        "aware" if aware else "involve",
        f"{words[:300]}: ticket {{{{ ticket.id }}}}, {{{{ customer.name }}}}.",
        "" if aware else "Please tell us by {{ ask_by }} who takes it up.",
        answer_days=0 if aware else 1,
    )
