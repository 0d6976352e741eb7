"""Finding the person: what was said of the account, then the role's fallback steps, with the trace of every step tried."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from .corrections import Correction, Corrections, all_corrections, corrections_of
from .escaping import one_line
from .facts import Facts, Person, Seen
from .mapping import Mapping, Role
from .reachable import Refusal, not_a_person, refusal
from .sources import CORRECTION, Found, StepTried, find_in, parts_named, people_named, unavailable

NAMED = "named for this customer"  # by somebody's word, in nobody's place


@dataclass(frozen=True)
class Contact:
    """Who will be told, or nobody, and every step on the way there. `as_what` is the person's part ("CSM").

    `withheld`: nobody, because somebody said that nobody is to be told. `slack_unread` says why Slack could not be asked; empty with
    an empty `slack_id` means that Slack does not know them. So does `zendesk_unread` with `zendesk_id`. `may_follow`: whether they see a ticket as its follower; None where that
    depends on the ticket, or was not told.
    """

    person: Person | None = None
    as_what: str = ""
    slack_id: str = ""
    slack_unread: str = ""
    timezone: str = ""
    zendesk_unread: str = ""
    zendesk_id: int | None = None
    zendesk_role: str = ""
    zendesk_active: bool = True
    may_follow: bool | None = None
    trace: tuple[StepTried, ...] = ()
    withheld: bool = False

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""

    @property
    def instead(self) -> str:
        """Why it is not a CSM although one was looked for, as a clause for the message; without what stands in a status."""
        first = next((step for step in self.trace if step.source == "salesforce_csm"), None)
        said = next((step.source == CORRECTION for step in self.trace if step.outcome == "chosen"), False)
        if not self.person or first is None or said or self.as_what == "CSM":
            return ""
        only_a_name = next((step.name for step in self.trace if step.name), "")
        if only_a_name and (first.name == only_a_name or first.outcome == "empty"):
            return f"the CSM is only a name, “{one_line(only_a_name, 60)}”"
        if first.outcome == "empty":
            return "no CSM is named for this account"
        # Who was to stand in was passed over as well: only that there is a CSM who is not told is sure.
        return f"{first.found} is not told" if CORRECTION in self._tried else first.in_short

    @property
    def unread(self) -> str:
        """Why it is not known that there is nobody: what could not be read on the way; "" where all was, or somebody was found."""
        if self.person or self.withheld:
            return ""
        return "; ".join(dict.fromkeys(step.why for step in self.trace if step.outcome == "unavailable"))

    @property
    def _tried(self) -> set[str]:
        return {step.source for step in self.trace}


def find_contact(mapping: Mapping, role: Role, facts: Facts, day: date) -> Contact:
    """Walk what was said of the account, then the role's steps, until one gives a person who can be told."""
    search = _Search(mapping, facts, corrections_of(facts, role.key, day), day)
    found = search.walk([step.source for step in role.steps])
    trace = tuple(search.trace)
    if found is None:
        return Contact(trace=trace, withheld=search.withheld)
    return _with_handles(*found, facts, trace)


def people_to_look_up(mapping: Mapping, facts: Facts) -> tuple[Person, ...]:
    """Everybody any role could end at: whom Slack and Zendesk are asked about, in one parallel trip."""
    people = [person for person in people_named(facts) if person.active and not not_a_person(mapping, person.name)]
    people += [row.use for row in all_corrections(facts) if row.use]
    named: dict[str, Person] = {}
    for person in people:
        if person.email:
            named.setdefault(person.email.lower(), person)
    return tuple(named.values())


def people_of(facts: Facts) -> tuple[tuple[Person, str], ...]:
    """Everybody who could be found for this account, each once, with their part: of whom something can be said."""
    once = {person.email.lower(): (person, part) for person, part in parts_named(facts)}
    for row in all_corrections(facts):
        if row.use:
            once.setdefault(row.use.email.lower(), (row.use, NAMED))
    return tuple(once.values())


class _Search:
    """One walk over the steps: `trace` grows with each, `withheld` says that the walk was ended by somebody's word."""

    def __init__(self, mapping: Mapping, facts: Facts, said: Corrections, day: date):
        self.mapping, self.facts, self.said, self.day = mapping, facts, said, day
        self.trace: list[StepTried] = []
        self.withheld = False

    def walk(self, sources: list[str]) -> tuple[Person, str] | None:
        first = self.said.of_the_account
        found = self._instead(first, ()) if first else None
        for source in sources:
            if found or self.withheld or (self.trace and self.trace[-1].source == "nobody"):
                break
            found = self._judged(find_in(source, self.mapping, self.facts, self.day))
        if not found and self.trace and self.trace[-1].source == "nobody" and any(step.outcome == "unavailable" for step in self.trace):
            self.trace[-1] = replace(self.trace[-1], why="not all could be looked up, so nobody is tagged")
        return found

    def _judged(self, found: Found) -> tuple[Person, str] | None:
        """The first of those whom a source names who can be told, or who stands in for one of them."""
        passed: list[Refusal] = []
        for person, as_what, shown in found.people:
            correction = self.said.of(person)
            if correction and correction.instead != "next_step":
                stand_in = self._replaced(found.tried, person, correction, ())
                if stand_in or self.withheld:
                    return stand_in
                continue
            why = self._why_not(person, correction)
            if not why:
                told = f"passed over: {_joined(passed, found.tried)}" if passed else ""
                self.trace.append(replace(found.tried, outcome="chosen", found=shown, why=told, passed=tuple(passed)))
                return person, as_what
            if why not in passed:
                passed.append(why)
        if passed:
            name = found.people[0][0].name
            self.trace.append(_refused(found.tried, name, *passed))
        elif not found.people:
            self.trace.append(found.tried)
        return None

    def _why_not(self, person: Person, correction: Correction | None) -> Refusal | None:
        if correction:
            return Refusal(f"{person.name} is not to be told{_where(correction)}", correction.source)
        return refusal(person, self.mapping, self.facts)

    def _replaced(
        self, tried: StepTried, person: Person, correction: Correction, before: tuple[Person, ...]
    ) -> tuple[Person, str] | None:
        """Somebody else is told instead of `person`, or nobody; `before` are those who were replaced on the way here."""
        before = (*before, person)
        use = correction.use
        if correction.instead == "nobody" or use is None:
            why = f"nobody is to be told instead of {person.name}"
        elif any(use.email.lower() == one.email.lower() for one in before):
            names = " → ".join(one.name for one in (*before, use))
            self.trace.append(replace(tried, outcome="refused", found=person.name, why=f"the corrections lead in a circle: {names}"))
            return None
        else:
            why = f"{person.name} is stood in for by {use.name}"
        self.trace.append(_refused(tried, person.name, Refusal(why + _where(correction), correction.source)))
        return self._instead(correction, before)

    def _instead(self, correction: Correction, before: tuple[Person, ...]) -> tuple[Person, str] | None:
        """Whom a correction names, judged like anybody; nobody ends the walk."""
        seen = self.facts.get("portal", "corrections")
        tried = StepTried(CORRECTION, "chosen", seen_at=seen.seen_at if seen else None)
        if correction.instead == "nobody" or correction.use is None:
            self.withheld = True
            if not before:
                self.trace.append(_refused(tried, "", Refusal("nobody is to be told" + _where(correction), correction.source)))
            return None
        person = self._as_read(correction.use)
        own = self.said.of(person)
        if own and own.instead != "next_step":
            return self._replaced(tried, person, own, before)
        why = self._why_not(person, own)
        if why:
            self.trace.append(_refused(tried, person.name, why))
            return None
        self.trace.append(replace(tried, found=person.name, why=correction.source, said=correction.said))
        return person, f"in place of {before[0].name}" if before else NAMED

    def _as_read(self, person: Person) -> Person:
        """The same person as the account names them, where it does: a correction does not say whether somebody has left."""
        return next((one for one in people_named(self.facts) if one.email.lower() == person.email.lower()), person)


def _where(correction: Correction) -> str:
    return " about this account" if correction.account_id else ""


def _refused(tried: StepTried, found: str, *reasons: Refusal) -> StepTried:
    short = "; ".join(one.in_short(tried.seen_at) for one in reasons)
    return replace(tried, outcome="refused", found=found, why=_joined(reasons, tried), short=short, passed=reasons)


def _joined(reasons: Iterable[Refusal], tried: StepTried) -> str:
    return "; ".join(one.whole(tried.seen_at) for one in reasons)


def zone_of(slack: Seen | None) -> str:
    """The time zone that Slack has for somebody, as it names it; "" where it has none, or was not asked."""
    zone = ((slack.value if slack and slack.known else None) or {}).get("timezone")
    return zone if isinstance(zone, str) else ""


def _with_handles(person: Person, as_what: str, facts: Facts, trace: tuple[StepTried, ...]) -> Contact:
    slack, zendesk = facts.slack_person(person.email), facts.zendesk_person(person.email)
    there = (slack.value if slack and slack.known else None) or {}
    agent = (zendesk.value if zendesk and zendesk.known else None) or {}
    return Contact(
        person,
        as_what,
        slack_id=there.get("id") or "",
        slack_unread="" if slack and slack.known else unavailable("Slack", slack),
        timezone=zone_of(slack),
        zendesk_unread="" if zendesk and zendesk.known else unavailable("Zendesk", zendesk),
        zendesk_id=agent.get("id"),
        zendesk_role=agent.get("role") or "",
        zendesk_active=agent.get("active", True),
        may_follow=agent.get("may_follow"),
        trace=trace,
    )
