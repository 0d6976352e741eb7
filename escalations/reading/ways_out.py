"""The ways out of a draft that is not escalated: how it ended or would, the nearest rows, and whom to ask."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from escalations.models import Draft
from escalations.rules import endings
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping
from escalations.rules.nearest import Near, nearest, why_not_in_force
from escalations.rules.plan import Plan
from escalations.rules.suggest import Suggestion


@dataclass(frozen=True)
class WaysOut:
    """`near`: the rows that come nearest, while the draft is live; `gone`: the chosen row, if it is no longer in force."""

    draft: Draft
    plan: Plan | None
    near: tuple[Near, ...]
    gone: Near | None

    @property
    def kind(self) -> str:
        """How the draft ended without escalating, or would end on the answer that was given; "" while it goes on."""
        if self.draft.state == "not_escalated":
            return self.draft.ended_kind
        stopped = self.plan.flow.stopped if self.plan else None
        return endings.kind_of(stopped.question.fact) if stopped else ""

    @property
    def way_out(self) -> endings.WayOut | None:
        by_answer = self.plan and self.kind in (endings.ANSWER, endings.INTERNAL_ISSUE)
        return endings.way_out(
            self.kind, self.draft.ticket_id, form=settings.ATTENTION_REQUEST_URL, address=self.address,
            because=self.draft.ended_because, stop=self.plan.stop if by_answer else None,
        )  # fmt: skip

    @property
    def picks(self) -> tuple[endings.Ending, ...]:
        """Why there may be no need to escalate at all, one press each."""
        return endings.PICKED

    @property
    def address(self) -> str:
        """Where a colleague finds the draft."""
        return settings.PORTAL_URL + self.draft.get_absolute_url()

    @property
    def nearest_key(self) -> str:
        return self.near[0].scenario.key if self.near else ""

    def row_not_in_force(self, key: str | None):
        """The row of that key, if the page says of it that it is no longer in force."""
        shown = (*self.near, self.gone)
        return next((near.scenario for near in shown if near and near.gone and near.scenario.key == key), None)


def ways_out(
    draft: Draft, plan: Plan | None, mapping: Mapping, cards: tuple[Suggestion, ...], facts: Facts, day: date
) -> WaysOut:
    chosen = mapping.scenario(draft.scenario_key)
    gone = Near(chosen, (why_not_in_force(chosen, day),), True) if chosen and not chosen.in_force(day) else None
    return WaysOut(draft, plan, nearest(mapping, cards, facts, day) if draft.is_live else (), gone)
