"""One import, step by step: roles, rows, the Scale row, what the page no longer has, order, texts and links."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from escalations.rules.mapping import Mapping, Scenario

from .additions import find_queue, new_channel, new_queue, new_role, new_scenario
from .cells import read_channel, read_relevancy
from .legs import agrees, find_channel, follow
from .matching import Match, RoleMatch, match_roles, match_rows, names_of, said_name, spoken_names
from .page import Page, Row
from .scale_row import ScaleRow
from .texts import RESOURCES, absolute, left_out, links_of, merge_links, prose_of, relabel, role_text, text_of, texts_of
from .wording import normal


class Merge:
    """`now` is the mapping as it becomes, but for its scenarios, which are in `rows` by key until the end."""

    def __init__(self, before: Mapping, page: Page, on: date, base: str):
        self.before, self.page, self.on, self.base = before, page, on, base
        self.now = before
        self.rows = {row.key: row for row in before.scenarios}
        self.cards = {normal(r.title): r for r in reversed(before.scenarios) if not (r.twin_of or r.retired_on)}
        self.on_page: list[str] = []
        self.matches: list[Match] = []
        self.notes: dict[str, None] = {}  # in order, each once
        self.role_keys: dict[int, str] = {}
        self.roles_seen: dict[tuple[str, str], str] = {}

    def run(self) -> Mapping:
        roles = match_roles(self.before, self.page.roles)
        keys = [self._role(match) for match in roles]
        self._role_links(roles, keys)
        pairs = self._pairs(roles, keys)
        for at, (match, key) in enumerate(zip(roles, keys, strict=True)):
            for n, row in enumerate(match.section.rows):
                self._row(row, key, pairs.get((at, n)))
        ScaleRow(self).run()
        self._retire()
        self._resources()
        rows = tuple(self.rows[key] for key in self._order())
        return replace(self.now, scenarios=rows, prose=prose_of(self.page, self.role_keys))

    def note(self, text: str) -> None:
        self.notes[text] = None

    def links(self, ours: tuple, before: tuple, now: tuple) -> tuple:
        """Our links after the page's went from `before` to `now`, both as they stand on the page."""
        for url in left_out(now, self.base):
            self.note(f"The link {url} is left out: it does not start with https:// or /.")
        return merge_links(ours, absolute(before, self.base), absolute(now, self.base))

    def _role(self, match: RoleMatch) -> str:
        section, role = match.section, match.role
        if said_name(section) in self.roles_seen:
            role = self.now.role(self.roles_seen[said_name(section)])
        elif role is None:
            role = new_role(self.now, section)
            self.now = replace(self.now, roles=(*self.now.roles, role))
            self.note(f"The role {section.name} is new: give it the steps by which its person is found.")
        elif match.renamed:
            former = [n for n in (role.name, role.short) if n not in (*role.former_names, section.name, section.short)]
            kept = [n for n in role.former_names if n not in (section.name, section.short)]
            names = {"name": section.name[:80], "short": section.short[:20]}
            role = replace(role, former_names=(*kept, *former), **names)
            self._say_renamed(match)
        elif match.how != "same name":
            self.note(f"The page says {section.name}: {match.how}. Our name stays.")
        self.now = replace(self.now, roles=tuple(role if one.key == role.key else one for one in self.now.roles))
        self.role_keys[id(section)] = self.roles_seen[said_name(section)] = role.key
        return role.key

    def _role_links(self, roles: Sequence[RoleMatch], keys: Sequence[str]) -> None:
        """A role may have several sections on a page: its links are those of all of them."""
        after = []
        for role in self.now.roles:
            texts = texts_of(self.before, role_text(role.key))
            said = [
                link for match, key in zip(roles, keys, strict=True) if key == role.key for link in match.section.links
            ]
            links = self.links(role.links, links_of(*texts), tuple(said)) if role.key in keys else role.links
            after.append(replace(role, links=links))
        self.now = replace(self.now, roles=tuple(after))

    def _say_renamed(self, match: RoleMatch) -> None:
        old, new = match.role, match.section
        self.note(f"{old.name} ({old.short}) is now {new.name} ({new.short}): {match.how}.")
        gone = {normal(old.name), normal(old.short)} - {normal(new.name), normal(new.short)}
        for row in self.before.scenarios:
            ours = f" {normal(row.title)} {normal(row.choose_when)} {normal(row.choose_when_not)} "
            if row.role == old.key and any(f" {name} " in ours for name in gone):
                self.note(f"Our own words of “{row.title}” still have the old name.")

    def _pairs(self, roles: Sequence[RoleMatch], keys: Sequence[str]) -> dict[tuple[int, int], Match]:
        """First within the role; then a row of the same words that has moved to another role."""
        found: dict[tuple[int, int], Match] = {}
        taken: set[str] = set()
        for at, (match, key) in enumerate(zip(roles, keys, strict=True)):
            free = [s for s in self.before.scenarios if s.role == key and not s.only_csm and s.key not in taken]
            names = names_of(match.role, self.before) if match.role else ()
            matched = match_rows(self.before, match.section.rows, free, spoken_names(match.section), names)
            taken |= {one.scenario for one in matched.values()}
            found |= {(at, n): one for n, one in matched.items()}
        moved: dict[str, list[str]] = {}
        for scenario in self.before.scenarios:
            if scenario.key not in taken and scenario.page_scenario.strip() and not scenario.only_csm:
                moved.setdefault(scenario.page_scenario.strip(), []).append(scenario.key)
        for at, match in enumerate(roles):
            for n, row in enumerate(match.section.rows):
                if (at, n) not in found and moved.get(row.scenario_raw.strip()):
                    key = moved[row.scenario_raw.strip()].pop(0)
                    how = f"same words, moved to {match.section.name}"
                    found[at, n] = Match(row.line, row.scenario, key, how, sure=False)
        return found

    def _row(self, row: Row, role: str, match: Match | None) -> None:
        if match:
            before = self.rows[match.scenario]
            self.matches.append(match)
            if before.retired_on:
                self.note(f"“{before.title}” is on the page, but retired here on {before.retired_on}: it stays so.")
        else:
            before = self._twin(new_scenario(self.rows, self.now.role(role), row))
            self.note(f"Line {row.line} is new: {row.scenario}. Its message and its signals want words of ours.")
        stored = links_of(before.page_scenario, before.page_channel, before.page_relevancy)
        after = replace(
            before,
            role=role,
            links=self.links(before.links, stored, row.links),
            page_scenario=cell(before.page_scenario, row.scenario_raw),
            page_channel=cell(before.page_channel, row.channel.raw),
            page_relevancy=cell(before.page_relevancy, row.relevancy_raw),
        )
        self._whom(row, role)
        after = self._queues(self._legs(after, before, row, known=bool(match)), before, row)
        self.rows[after.key] = after
        self.on_page.append(after.key)

    def _twin(self, new: Scenario) -> Scenario:
        """The same row under another role shares its card: never two that look the same."""
        first = self.cards.setdefault(normal(new.title), new)
        if first.role == new.role:
            return new
        self.note(f"“{new.title}” stands under two roles: they share one card.")
        return replace(new, twin_of=first.key)

    def _legs(self, after: Scenario, before: Scenario, row: Row, known: bool) -> Scenario:
        said = row.channel
        if not (said.cc or said.channels or said.mentions) or (known and said.leftover):
            return after  # what was not wholly understood changes nothing: it is among the unread lines
        for named in said.channels:
            if not find_channel(self.now, named.name):
                self.now = replace(self.now, channels=(*self.now.channels, new_channel(self.now, named.name)))
                self.note(f"#{named.name} is new: enter its Slack id before anything can be posted there.")
        if before.page_channel.strip() and read_channel(before.page_channel).same_as(said):
            return after
        return after if known and agrees(said, after, self.now) else follow(said, after, self.now)

    def _whom(self, row: Row, role: str) -> None:
        known = {normal(name) for name in names_of(self.now.role(role), self.now)}
        for word in dict.fromkeys((*row.channel.cc, *row.channel.mentions)):
            if normal(word) not in known:
                name = self.now.role(role).name
                self.note(f"Line {row.line} names {word}; the portal contacts the role of the row: {name}.")

    def _queues(self, after: Scenario, before: Scenario, row: Row) -> Scenario:
        said = {normal(name) for name in row.queues}
        if not said or {normal(name) for name in read_relevancy(before.page_relevancy)} == said:
            return after
        keys = dict.fromkeys(self._queue(name) for name in row.queues)
        return after if set(keys) == set(after.queues) else replace(after, queues=tuple(keys))

    def _queue(self, name: str) -> str:
        queue = find_queue(self.now, name)
        if not queue:
            queue = new_queue(self.now, name)
            self.now = replace(self.now, queues=(*self.now.queues, queue))
            self.note(f"The queue {name} is new: check which ticket forms belong to it.")
        return queue.key

    def _retire(self) -> None:
        """Rows of an earlier page that this one does not have. A row that never came from a page is our own."""
        roles = {role.key: role.short for role in self.now.roles}
        imported = any(row.page_scenario.strip() for row in self.before.scenarios)
        here = set(self.on_page)
        for row in self.before.scenarios:
            if row.key in here or row.retired_on:
                continue
            name = f"{roles.get(row.role, row.role)}: “{row.title}”"
            if imported and not row.page_scenario.strip():
                self.note(f"{name} is our own and not on the page: it stays.")
            elif self.page.unread:
                self.note(f"{name} was not found, but lines could not be read: nothing is retired.")
            else:
                self.rows[row.key] = replace(row, retired_on=self.on.isoformat())
                self.note(f"{name} is not on the page: retired on {self.on}. Say what to do instead.")

    def _order(self) -> list[str]:
        """The page's order; a row that is not on it stays behind the row it stood behind."""
        here, behind, last = set(self.on_page), {}, ""
        for key in self.rows:
            if key not in here:
                behind.setdefault(last, []).append(key)
            else:
                last = key
        return [key for placed in ("", *self.on_page) for key in ([placed] if placed else []) + behind.get(placed, [])]

    def _resources(self) -> None:
        stored = text_of(self.before, RESOURCES)
        before = links_of(stored.body) if stored else ()
        now = self.page.resources.links if self.page.resources else ()
        links = self.links(self.now.links, before, now)
        self.now = replace(self.now, links=relabel(links, absolute(now, self.base)))


def cell(stored: str, raw: str) -> str:
    """Blanks around a cell are no change."""
    return stored if stored.strip() == raw.strip() else raw
