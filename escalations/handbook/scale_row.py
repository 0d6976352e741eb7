"""The Scale section as the row it is: its heading, the sentence that says whom to reach, the one that says for whom."""

from dataclasses import replace
from typing import TYPE_CHECKING

from escalations.rules.mapping import Alias, FallbackStep, LegRule, Mapping, Role, Scenario

from .additions import new_scale_scenario
from .document import Document
from .legs import ANYWHERE, fallback_channel
from .matching import Match, names_of
from .page import ScaleSection
from .scale import reach_of
from .texts import SCALE, links_of, text_of
from .wording import normal

if TYPE_CHECKING:
    from .merge import Merge

ROLE = ("cse", "Scale Customer Success Engineer", "Scale CSE")


class ScaleRow:
    def __init__(self, merge: "Merge"):
        self.merge = merge

    def run(self) -> None:
        section = self.merge.page.scale
        if not section:
            return
        before, how = self._find(section)
        if before:
            self.merge.matches.append(Match(section.mark.line, section.heading, before.key, how))
            if before.retired_on:
                since = before.retired_on
                self.merge.note(f"“{before.title}” is on the page, but retired here on {since}: it stays so.")
        else:
            before = self._new(section)
            self.merge.note(f"Line {section.mark.line} is new: {section.heading}. Its message wants words of ours.")
        self._placeholder(section)
        self._whom(section, before)
        self.merge.rows[before.key] = self._merged(section, before)
        self.merge.on_page.append(before.key)

    def _find(self, section: ScaleSection) -> tuple[Scenario | None, str]:
        rows = [row for row in self.merge.before.scenarios if row.only_csm == "scale"]
        same = next((row for row in rows if normal(row.page_scenario) == normal(section.heading)), None)
        if same:
            return same, "same words as at the last import"
        rows.sort(key=lambda row: (bool(row.retired_on), not row.page_scenario))
        return (rows[0], "the row for accounts served by Scale") if rows else (None, "")

    def _merged(self, section: ScaleSection, before: Scenario) -> Scenario:
        from .merge import cell

        stored = text_of(self.merge.before, SCALE)
        body = stored.body if stored else ""
        return replace(
            before,
            links=self.merge.links(before.links, links_of(body), section.links),
            examples=_examples(before.examples, list_items(body), section.examples),
            page_scenario=cell(before.page_scenario, section.heading),
            page_channel=cell(before.page_channel, section.reach_sentence),
            page_relevancy=cell(before.page_relevancy, section.placeholder_sentence),
        )

    def _placeholder(self, section: ScaleSection) -> None:
        name, now = section.placeholder[:120], self.merge.now
        if name and not now.alias("placeholder", name):
            alias = Alias("placeholder", name, "Served by Scale: no named CSM")
            self.merge.now = replace(now, aliases=(*now.aliases, alias))
            self.merge.note(f"{name} is a new placeholder for accounts served by Scale.")

    def _whom(self, section: ScaleSection, before: Scenario) -> None:
        if section.reach and not find_role(self.merge.now, section.reach):
            self.merge.note(f"The Scale section says to reach out to {section.reach}, which is no role of the mapping.")
        was = reach_of(before.page_channel)
        if was and normal(was) != normal(section.reach):
            self.merge.note(
                f"The Scale section said to reach out to {was}, now {section.reach or 'to nobody'}: check its steps."
            )

    def _new(self, section: ScaleSection) -> Scenario:
        now = self.merge.now
        role = now.role(ROLE[0])
        if not role:
            key, name, short = ROLE
            reached = find_role(now, section.reach)
            sources = [step.source for step in reached.steps] if reached else ["nobody"]
            steps = tuple(FallbackStep(f"{key}-{source.replace('_', '-')}", source) for source in sources)
            role = Role(key, name, short, steps=steps)
            self.merge.now = replace(now, roles=(*now.roles, role))
        row = new_scale_scenario(self.merge.rows, role, section, "all" if now.queue("all") else "")
        channel = fallback_channel(now)
        places = ANYWHERE if channel else ANYWHERE[:-1]
        return replace(row, legs=(LegRule(f"{row.key}-slack", "slack", "contact", places=places, channel=channel),))


def find_role(mapping: Mapping, name: str) -> Role | None:
    return next((r for r in mapping.roles if normal(name) in {normal(one) for one in names_of(r, mapping)}), None)


def list_items(text: str) -> tuple[str, ...]:
    document = Document(text)
    return document.list_items(0, len(document.lines))


def _examples(ours: tuple[str, ...], before: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, ...]:
    """Ours, with what the page's list has gained since the last import and without what it has lost; never on the first."""
    if not before:
        return ours
    kept = tuple(one for one in ours if one not in before or one in now)
    return kept + tuple(one for one in now if one not in before and one not in kept)
