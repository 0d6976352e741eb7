"""Everything the wizard's page shows of a draft, as finished values: lines of facts, cards, plan, problems, the button."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from escalations.models import Delivery, Draft
from escalations.models.active import Active, active
from escalations.models.facts import facts_of
from escalations.models.planning import is_restricted, plan_of, sent_around
from escalations.rules import explanation, suggest
from escalations.rules.facts import Facts
from escalations.rules.mapping import Mapping, Scenario
from escalations.rules.names import NameAsked, name_asked
from escalations.rules.plan import OwnWords, Plan
from escalations.rules.problems import Problem, blocking
from escalations.rules.readiness import problems_of_facts, ticket_may_be_there
from escalations.rules.suggest import Suggestion
from escalations.rules.together import JOINS, mentions_as_it_says, more_reasons

from .beside_send import BesideSend
from .lines import Line, lines_of
from .not_twice import LOOKED_BACK, NotTwice, not_twice
from .seen import Shown, shown_facts
from .their_day import TheirDay, their_day
from .ways_out import WaysOut, ways_out

SHOWN_CARDS = 4


@dataclass(frozen=True)
class DraftPage:
    draft: Draft
    facts: Facts
    around: tuple[list[Delivery], list[Delivery]]
    lines: tuple[Line, ...]
    cards: tuple[Suggestion, ...]
    card: Suggestion | None
    plan: Plan | None
    problems: tuple[Problem, ...]
    chain: tuple
    words: tuple[OwnWords, ...]
    version: int
    restricted: bool
    role_names: dict[str, str]
    role: tuple[str, str]  # of the chosen situation: short, and in full
    out: WaysOut
    day: TheirDay = TheirDay()
    told: NotTwice = NotTwice()
    more: tuple = ()

    def while_looking(self, trip: str, because: str = "") -> "DraftPage":
        """The same page while `trip` is under way, although an older value is there ("Look again")."""
        return replace(self, lines=lines_of(self.facts, trip, because)) if trip else self

    def line(self, trip: str) -> Line:
        return next(line for line in self.lines if line.trip == trip)

    @property
    def ticket(self):
        return self.facts.ticket

    @property
    def several_decide(self) -> bool:
        """A tie: each of several situations has a reason that would select it."""
        return sum(card.decisive for card in self.cards) > 1

    @property
    def account(self) -> str:
        """The Salesforce account that was chosen, or that the ticket's organization names; "" when there is neither."""
        return self.facts.account_id

    @property
    def shown(self) -> tuple[Shown, ...]:
        return shown_facts(self.facts, self.restricted)

    @property
    def legs(self) -> tuple:
        return self.plan.legs if self.plan else ()

    @property
    def names(self) -> tuple[NameAsked, ...]:
        """The CSM's names that were looked up on the way to who is told: somebody can say, or has said, who each of them is."""
        written = dict.fromkeys(step.name for step in self.plan.contact.trace if step.name) if self.plan else ()
        return tuple(asked for asked in (name_asked(self.facts, name) for name in written) if asked.seen or asked.choice)

    @property
    def may_cc(self) -> bool:
        """Whether who is told can be made an e-mail cc by hand, or was."""
        return any(leg.may_cc for leg in self.legs)

    @property
    def cc_because(self) -> str:
        return next((leg.cc_because for leg in self.legs if leg.cc_because), "")

    @property
    def initials(self) -> str:
        names = self.plan.contact.name.split() if self.plan else []
        return "".join(name[0] for name in (names[:1] + names[-1:] if len(names) > 1 else names)).upper()

    @property
    def stop(self):
        """The answer that says "do not escalate", if one was given."""
        return self.plan.stop if self.plan else None

    @property
    def unread(self) -> bool:
        """Whether everything here is made without the ticket, which could not be read or was left out."""
        return bool(self.cards) and self.ticket is None

    @property
    def by_hand(self) -> bool:
        """Whether a service gave no answer: then the text to copy is worth its place on the page."""
        return any(line.state in ("error", "stale", "skipped") for line in self.lines)

    @property
    def first_cards(self) -> tuple[Suggestion, ...]:
        """The best few, and the chosen one; all of them when nothing ranks them."""
        first = [card for n, card in enumerate(self.cards) if n < SHOWN_CARDS or card is self.card or self.unread]
        return tuple(first)

    @property
    def more_cards(self) -> tuple[Suggestion, ...]:
        return tuple(card for card in self.cards if card not in self.first_cards)

    @property
    def settled(self) -> bool:
        return all(line.settled for line in self.lines)

    @property
    def nobody_yet(self) -> bool:
        """Whether the person is missing only because somebody who knows has not answered yet."""
        return bool(self.plan and self.plan.scenario.wants_person and not self.plan.contact.person and not self.settled)

    @property
    def not_done(self) -> str:
        """The row's line on what sending does not do, of who is really told: it names the role, and speaks of adding somebody."""
        plan = self.plan
        if plan.scenario.wants_person and not plan.contact.person and not self.nobody_yet:
            return "Mentions nobody, and adds nobody to the ticket."
        if not plan.contact.person or plan.contact.as_what in self.role:
            return plan.scenario.not_done
        for name in self.role:
            if plan.scenario.not_done.startswith((f"Tells the {name}", f"Asks the {name}")):
                return plan.scenario.not_done.replace(f"the {name}", plan.contact.name, 1)
        return plan.scenario.not_done

    @cached_property
    def send(self) -> BesideSend:
        return BesideSend(self.plan, self.facts, self.lines, self.problems, self.names, self.draft.is_live)

    def offers(self, verb: str, what: str) -> bool:
        """Whether one press here does this: a repair of a problem, or of what was checked about a leg."""
        found = [problem.repair for problem in self.problems] + [leg.check.repair for leg in self.legs if leg.check]
        return any((repair.verb, repair.what) == (verb, what) for repair in found if repair)

    @property
    def places(self) -> dict[str, str]:
        """Where on the page the part is that a problem speaks of: the id of what can have the focus there."""
        found = {"contact": "how-found-steps"}
        if self.card:
            found["situation"] = f"card-{self.card.scenario.key}"
        for question in self.plan.scenario.questions if self.plan else ():
            found[question.key] = f"answer-{question.key}-{question.choices[0].key}"
        return found

    @property
    def reasons(self) -> tuple[tuple[str, str, str, bool], ...]:
        """Rows that may be a second reason for the same role: (key, title, what speaks against it, ticked), those first for which something speaks."""
        if not self.plan:
            return ()
        speaks = {card.scenario.key: len(card.reasons) for card in self.cards}
        on = {row.key for row in self.plan.also}
        rows = sorted(self.more, key=lambda found: -speaks.get(found[0].key, 0))
        return tuple((row.key, row.title, "; ".join(against), row.key in on) for row, against in rows)

    @property
    def second_reason(self) -> bool:
        """Whether something speaks for a second reason, or one is ticked: then it is worth its place on the page."""
        speaks = {card.scenario.key for card in self.cards if card.reasons and not card.against}
        return any(ticked or key in speaks for key, *_, ticked in self.reasons)

    @property
    def reasons_aside(self) -> bool:
        """Whether second reasons are offered one click away: nothing speaks for one, but an engineer may know better."""
        return bool(self.reasons and not self.second_reason and not self.stop)

    @property
    def joins(self) -> tuple[tuple[str, str], ...]:
        """How the earlier thread can be gone on with, beside "as the row says"; none without a thread."""
        return tuple(JOINS.items()) if self.plan and any(leg.place.kind == "thread" for leg in self.legs) else ()

    @property
    def mentions_again(self) -> str:
        """Whom the row, as it says, mentions once more in the earlier thread; "" for nobody."""
        told = self.plan and self.card and self.plan.contact.slack_id and mentions_as_it_says(self.card.scenario, self.plan.also)
        return self.plan.contact.name if told else ""


def draft_page(draft: Draft, *, now: datetime, earlier: DraftPage | None = None) -> DraftPage:
    """Everything about the draft as it is now; with `earlier`, a page of the same request, its facts are not read again."""
    in_force = active()
    facts = earlier.facts if earlier else facts_of(draft)
    around = earlier.around if earlier else sent_around(draft, facts, now - LOOKED_BACK) if draft.scenario_key else ([], [])
    before = around[0]
    day = now.date()
    plan = plan_of(draft, in_force.mapping, day, facts, before, now=now) if ticket_may_be_there(facts) else None
    cards = in_order(suggest.rank(in_force.mapping, facts, day), draft.cards)
    card = suggest.card_of(cards, draft.scenario_key) if draft.scenario_key else None
    return DraftPage(
        draft=draft,
        facts=facts,
        around=around,
        lines=lines_of(facts),
        cards=cards if ticket_may_be_there(facts) else (),
        card=card,
        plan=plan,
        problems=_problems(plan, facts),
        chain=explanation.explain(plan, card, facts, in_force.number, draft.scenario_by) if plan else (),
        words=plan.words if plan else (),
        version=in_force.number,
        restricted=is_restricted(draft.instance),
        role_names={role.key: role.name for role in in_force.mapping.roles},
        role=_role(in_force.mapping, plan),
        out=ways_out(draft, plan, in_force.mapping, cards, facts, day),
        day=their_day(plan, facts, in_force.mapping, now),
        told=not_twice(plan, facts, *around, now=now),
        more=_more(in_force.mapping, card, facts, day) if plan and card else (),
    )


def _more(mapping: Mapping, card: Suggestion, facts: Facts, day: date) -> tuple[tuple[Scenario, tuple[str, ...]], ...]:
    return tuple((row, suggest.not_relevant(mapping, row, facts)) for row in more_reasons(mapping, card.scenario, day))


def _role(mapping: Mapping, plan: Plan | None) -> tuple[str, str]:
    role = mapping.role(plan.scenario.role) if plan else None
    return (role.short, role.name) if role else ("", "")


def _problems(plan: Plan | None, facts: Facts) -> tuple[Problem, ...]:
    """What only warns waits until all has been read: nobody is missing while Salesforce is still looking."""
    if plan is None:
        return problems_of_facts(facts) if facts.get("zendesk", "ticket") else ()
    settled = all(line.settled for line in lines_of(facts))
    return plan.problems if settled else blocking(plan.problems)


def suggestion(facts: Facts, *, day: date) -> tuple[Suggestion | None, list[str]]:
    """The one decisive card, if any, and the order of the cards as they would be shown first."""
    cards = suggest.rank(active().mapping, facts, day)
    return suggest.selected(cards), [card.scenario.key for card in cards]


def in_order(cards: tuple[Suggestion, ...], keys: list[str]) -> tuple[Suggestion, ...]:
    """As first shown: a late answer never moves a card under somebody's finger."""
    places = {key: place for place, key in enumerate(keys)}
    return tuple(sorted(cards, key=lambda card: places.get(card.scenario.key, len(places))))


def in_force() -> Active:
    return active()
