"""Which row of the page is which scenario, and which role is which. Every answer says how it was found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from escalations.rules.mapping import Mapping, Role, Scenario

from .legs import agrees
from .page import RoleSection, Row
from .wording import Likeness, neutral, normal, same

THRESHOLD = 0.53  # of wording and structure together
LEAST_WORDING = 0.18  # below it, the same structure alone is no match
CLOSE = 0.05  # a runner-up as near as this makes the match unsure
MOST_PAIRS = 250_000


@dataclass(frozen=True)
class Match:
    """A row of the page (`line`, `text`) and the scenario it is; `sure` is False where a person should look."""

    line: int
    text: str
    scenario: str
    how: str
    sure: bool = True


@dataclass(frozen=True)
class RoleMatch:
    """`role` is None for a role that the mapping does not have; `renamed` when the page has a new name for it."""

    section: RoleSection
    role: Role | None
    how: str
    renamed: bool = False


def names_of(role: Role, mapping: Mapping) -> tuple[str, ...]:
    aliases = (alias.pattern for alias in mapping.aliases if alias.kind == "role" and alias.meaning == role.key)
    return tuple(dict.fromkeys((role.name, role.short, *role.former_names, *aliases)))


def match_roles(mapping: Mapping, sections: Sequence[RoleSection]) -> list[RoleMatch]:
    """One answer per section, in their order; sections of the same name are one role."""
    groups: dict[tuple[str, str], list[RoleSection]] = {}
    for section in sections:
        groups.setdefault(said_name(section), []).append(section)
    named = {name: _by_name(mapping, group[0]) for name, group in groups.items()}
    taken = {match.role.key for match in named.values() if match}
    found: dict[tuple[str, str], RoleMatch] = {}
    for name, group in groups.items():
        whole = replace(group[0], rows=tuple(row for section in group for row in section.rows))
        found[name] = named[name] or _by_rows(mapping, whole, taken)
        if found[name].role:
            taken.add(found[name].role.key)
    return [replace(found[said_name(section)], section=section) for section in sections]


def said_name(section: RoleSection) -> tuple[str, str]:
    return normal(section.name), normal(section.short)


def _by_name(mapping: Mapping, section: RoleSection) -> RoleMatch | None:
    said = {normal(section.name), normal(section.short)}
    for role in mapping.roles:
        now = normal(role.name), normal(role.short)
        if said == set(now):
            return RoleMatch(section, role, "same name")
        if normal(section.name) == now[0] or normal(section.short) == now[1]:
            return RoleMatch(section, role, "same name in part", renamed=True)
    for role in mapping.roles:
        if said & {normal(name) for name in names_of(role, mapping)}:
            return RoleMatch(section, role, f"{section.name} is a former name of {role.name}")
    return None


def _by_rows(mapping: Mapping, section: RoleSection, taken: set[str]) -> RoleMatch:
    """A role renamed everywhere at once: its rows are the same but for the name."""
    best, share = None, 0.0
    for role in mapping.roles:
        rows = [row for row in mapping.scenarios if row.role == role.key and not row.only_csm]
        if role.key in taken or not rows or not section.rows:
            continue
        matches = match_rows(mapping, section.rows, rows, spoken_names(section), names_of(role, mapping))
        part = len(matches) / max(len(section.rows), len([row for row in rows if not row.retired_on]) or 1)
        if part > share:
            best, share = role, part
    if best and share >= 0.6:
        return RoleMatch(section, best, f"{share:.0%} of its rows are those of {best.name}", renamed=True)
    return RoleMatch(section, None, "no role of the mapping is like it")


def spoken_names(section: RoleSection) -> tuple[str, ...]:
    words = (word for row in section.rows for word in (*row.channel.cc, *row.channel.mentions))
    return tuple(dict.fromkeys((section.name, section.short, *words)))


def match_rows(
    mapping: Mapping,
    rows: Sequence[Row],
    scenarios: Sequence[Scenario],
    spoken: tuple[str, ...],
    names: tuple[str, ...],
) -> dict[int, Match]:
    """By position in `rows`. `spoken` are the page's names of the role, `names` the mapping's."""
    found: dict[int, Match] = {}
    free = {row.key: row for row in scenarios}
    stored: dict[str, list[str]] = {}
    for scenario in scenarios:
        if scenario.page_scenario.strip():
            stored.setdefault(neutral(scenario.page_scenario, names + spoken), []).append(scenario.key)
    for at, row in enumerate(rows):
        keys = stored.get(neutral(row.scenario_raw, names + spoken))
        if keys:
            key = keys.pop(0)
            exact = " ".join(free.pop(key).page_scenario.split()) == " ".join(row.scenario_raw.split())
            how = "same words as at the last import" if exact else "same words but for the role's name"
            found[at] = Match(row.line, row.scenario, key, how)
    left = [at for at in range(len(rows)) if at not in found]
    if not left or not free or len(left) * len(free) > MOST_PAIRS:
        return found
    # Weighed among all rows, those found already too: between two texts alone no word is rare.
    every = [neutral(row.scenario, names + spoken) for row in rows]
    every += [neutral(" ".join(_texts(scenario)), names + spoken) for scenario in scenarios]
    return found | _alike(mapping, {at: rows[at] for at in left}, free, names + spoken, Likeness(every))


def _alike(
    mapping: Mapping, rows: dict[int, Row], free: dict[str, Scenario], names: tuple[str, ...], likeness: Likeness
) -> dict[int, Match]:
    said = {at: neutral(row.scenario, names) for at, row in rows.items()}
    texts = {key: [neutral(text, names) for text in _texts(scenario)] for key, scenario in free.items()}
    ours = {key: [likeness.vector(text) for text in several] for key, several in texts.items()}
    scores = []
    for at, row in rows.items():
        vector = likeness.vector(said[at])
        for key, scenario in free.items():
            wording = max(likeness.of(vector, other) for other in ours[key])
            scores.append((*_score(mapping, row, scenario, wording), at, key))
    scores.sort(key=lambda one: (-one[0], one[2]))
    return _take_best(scores, rows)


def _take_best(scores: list[tuple], rows: dict[int, Row]) -> dict[int, Match]:
    found: dict[int, Match] = {}
    taken: set[str] = set()
    for score, how, at, key in scores:
        if score < THRESHOLD or at in found or key in taken:
            continue
        rivals = [k for s, _, a, k in scores if a == at and k not in taken | {key} and score - s < CLOSE]
        found[at] = Match(
            rows[at].line, rows[at].scenario, key, how + (f"; {rivals[0]} is as near" if rivals else ""), not rivals
        )
        taken.add(key)
    return found


def _texts(scenario: Scenario) -> tuple[str, ...]:
    words = f"{scenario.key.replace('-', ' ')} {scenario.title}"
    return tuple(
        text for text in (words, scenario.title, f"{words} {scenario.choose_when}", scenario.page_scenario) if text
    )


def _score(mapping: Mapping, row: Row, scenario: Scenario, wording: float) -> tuple[float, str]:
    link = bool({_path(link.url) for link in row.links} & {_path(link.url) for link in scenario.links})
    if wording < LEAST_WORDING and not link:
        return 0.0, ""
    channels = agrees(row.channel, scenario, mapping)
    queue = bool(set(row.queues) and all(any(_is_queue(mapping, k, q) for k in scenario.queues) for q in row.queues))
    score = 0.6 * wording + 0.2 * channels + 0.15 * queue + 0.3 * link
    same_things = [name for name, it in (("channels", channels), ("queue", queue), ("link", link)) if it]
    how = f"wording {wording:.0%} alike" + (f", same {' and '.join(same_things)}" if same_things else "")
    return min(score, 1.0), how


def _is_queue(mapping: Mapping, key: str, name: str) -> bool:
    queue = mapping.queue(key)
    return bool(queue) and (same(queue.name, name) or any(same(form, name) for form in queue.forms))


def _path(url: str) -> str:
    return url.split("//", 1)[-1].partition("/")[2].rstrip("/") if "//" in url else url.strip("/")
