"""The questions of a scenario, folded over facts and answers: what is open, what is answered and by whom, what stops."""

from dataclasses import dataclass

from .facts import Facts
from .mapping import UNKNOWN, Choice, Question, Scenario


@dataclass(frozen=True)
class Answered:
    """One question with its answer; `by` is "engineer", "facts", "nobody" (they do not know) or "" while it is open."""

    question: Question
    choice: Choice | None
    by: str = ""
    because: str = ""


@dataclass(frozen=True)
class Flow:
    answered: tuple[Answered, ...]

    @property
    def open(self) -> tuple[Question, ...]:
        return tuple(item.question for item in self.answered if item.choice is None)

    @property
    def stopped(self) -> Answered | None:
        """The first question whose answer says "do not escalate"."""
        return next((item for item in self.answered if item.choice and item.choice.stop), None)

    @property
    def stop(self) -> Choice | None:
        return self.stopped.choice if self.stopped else None

    @property
    def answers(self) -> dict[str, str]:
        """What counts, by question key: an answer that nobody knew counts as what its question says."""
        return {item.question.key: item.choice.key for item in self.answered if item.choice}

    @property
    def kept(self) -> dict[str, str]:
        """What was answered, as a draft or an escalation keeps it: given again, it leads to the same."""
        not_known = {item.question.key: UNKNOWN for item in self.answered if item.by == "nobody"}
        return {**self.answers, **not_known}

    @property
    def not_known(self) -> str:
        """What the readers of the message are told that nobody knew; "" when all is known."""
        return " ".join(item.question.unknown_says.strip() for item in self.answered if item.by == "nobody")


def resolve(scenario: Scenario, answers: dict[str, str], facts: Facts) -> Flow:
    """`answers` are the engineer's, by question key; those that are not questions of this scenario no longer count."""
    return Flow(tuple(_answer(question, answers.get(question.key), facts) for question in scenario.questions))


def _answer(question: Question, given: str | None, facts: Facts) -> Answered:
    choice = question.choice(given)
    if choice:
        return Answered(question, choice, "engineer")
    key, because = _READERS[question.fact](facts)
    choice = question.choice(key)
    if choice:
        return Answered(question, choice, "facts", because)
    counts = question.if_unknown if given == UNKNOWN else None  # last: what the facts say, somebody does know
    return Answered(question, counts, "nobody") if counts else Answered(question, None)


def _nothing(facts: Facts) -> tuple[str | None, str]:
    return None, ""


def _license_kind(facts: Facts) -> tuple[str | None, str]:
    tags = set(facts.ticket.tags) if facts.ticket else set()
    kinds = tags & {"new_business", "renewal"}
    if len(kinds) != 1:
        return None, ""
    kind = kinds.pop()
    return kind, f"the ticket is tagged {kind}"


def _internal_issue(facts: Facts) -> tuple[str | None, str]:
    if facts.ticket and "internal_issue" in facts.ticket.tags:
        return "yes", "the ticket is tagged internal_issue"
    return None, ""


# One reader for each key of mapping.QUESTION_FACTS.
_READERS = {"": _nothing, "license_kind": _license_kind, "internal_issue": _internal_issue}
