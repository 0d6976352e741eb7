"""“I do not know” is an answer: each question says what it counts as, and the message says what nobody knew."""

from dataclasses import replace

import pytest

from escalations.rules import examples, explanation, suggest
from escalations.rules.flow import resolve
from escalations.rules.mapping import UNKNOWN, Choice, Question
from escalations.rules.plan import plan
from escalations.rules.proof import unknown_problems

from .factories import DANA, MAPPING, NOON, OMAR, account, around, facts, known, ticket

LEAD, UPGRADE = MAPPING.scenario("pass-lead"), MAPPING.scenario("upgrade-assistance")
NOT_CHECKED = "It was not checked whether an internal issue for this upgrade exists."
NOT_SAID = "It is not known yet whether this is new business or a renewal."


def seen(*tags, form="Self-Managed"):
    return facts(ticket=ticket(tags=list(tags), form=form), account=account(), **known(DANA, OMAR))


# row, the ticket's tags, the answer given: which choice counts, by whom, what is kept as the answer, is it sent
TABLE = [
    (LEAD, (), None, None, "", {}, False),
    (LEAD, (), "new_business", "new_business", "engineer", {"license-kind": "new_business"}, True),
    (LEAD, (), "renewal", "renewal", "engineer", {"license-kind": "renewal"}, True),
    (LEAD, (), UNKNOWN, "renewal", "nobody", {"license-kind": UNKNOWN}, True),
    (LEAD, ("new_business",), None, "new_business", "facts", {"license-kind": "new_business"}, True),
    (LEAD, ("new_business",), "renewal", "renewal", "engineer", {"license-kind": "renewal"}, True),
    (LEAD, ("new_business",), UNKNOWN, "new_business", "facts", {"license-kind": "new_business"}, True),
    (LEAD, ("new_business", "renewal"), UNKNOWN, "renewal", "nobody", {"license-kind": UNKNOWN}, True),
    (UPGRADE, (), None, None, "", {}, False),
    (UPGRADE, (), "no", "no", "engineer", {"internal-issue": "no"}, True),
    (UPGRADE, (), "yes", "yes", "engineer", {"internal-issue": "yes"}, False),
    (UPGRADE, (), UNKNOWN, "no", "nobody", {"internal-issue": UNKNOWN}, True),
    (UPGRADE, ("internal_issue",), UNKNOWN, "yes", "facts", {"internal-issue": "yes"}, False),
    (UPGRADE, ("internal_issue",), "no", "no", "engineer", {"internal-issue": "no"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("row", "tags", "given", "counts", "by", "kept", "sent"), TABLE)
def test_which_answer_counts(row, tags, given, counts, by, kept, sent):
    answers = {row.questions[0].key: given} if given else {}
    flow = resolve(row, answers, seen(*tags))
    item = flow.answered[0]
    assert (item.choice.key if item.choice else None, item.by) == (counts, by)
    made = plan(MAPPING, row, answers, seen(*tags), around())
    assert (made.answers, made.can_be_sent) == (kept, sent)


def test_what_is_kept_gives_the_same_plan_again():
    first = plan(MAPPING, LEAD, {"license-kind": UNKNOWN}, seen(), around())
    assert plan(MAPPING, LEAD, first.answers, seen(), around()).digest == first.digest


SAYS = [
    (LEAD, UNKNOWN, "#account-management", NOT_SAID, ""),
    (LEAD, "renewal", "#account-management", "", NOT_SAID),
    (UPGRADE, UNKNOWN, "a direct message", NOT_CHECKED, "and no internal issue exists"),
    (UPGRADE, "no", "a direct message", "and no internal issue exists", NOT_CHECKED),
]


@pytest.mark.parametrize(("row", "given", "where", "said", "unsaid"), SAYS)
def test_the_message_says_what_nobody_knew(row, given, where, said, unsaid):
    made = plan(MAPPING, row, {row.questions[0].key: given}, seen(), around())
    slack = next(leg for leg in made.legs if leg.system == "slack")
    assert where in slack.place.label
    for text in [examples.read(leg) for leg in made.legs] + [made.copy_text]:
        assert said in text
        assert not unsaid or unsaid not in text


def test_of_a_us_government_ticket_the_fixed_sentence_is_said_as_well():
    answers = {"internal-issue": UNKNOWN}
    made = plan(MAPPING, UPGRADE, answers, seen(), around(restricted=True))
    assert NOT_CHECKED in made.copy_text


def test_the_explanation_says_that_nobody_knew():
    made = plan(MAPPING, LEAD, {"license-kind": UNKNOWN}, seen(), around())
    chain = explanation.explain(made, suggest.rank(MAPPING, seen(), NOON.date())[0], seen(), 1, "engineer")
    said = next(link.text for link in chain if link.label == "Question")
    assert said == "Is it new business or a renewal? Not known, so it counts as “Renewal”"


def test_without_an_effect_not_knowing_leaves_the_question_open():
    bare = replace(LEAD, questions=(replace(LEAD.questions[0], choices=(Choice("a", "A"), Choice("b", "B"))),))
    assert resolve(bare, {"license-kind": UNKNOWN}, seen()).open == bare.questions


def question(*choices, says="We do not know."):
    return Question("q", "Which?", choices=choices, unknown_says=says)


A, B, DEFAULT = Choice("a", "A"), Choice("b", "B"), Choice("c", "C", if_unknown=True)
STOPS = Choice("s", "S", stop="Ask them.", if_unknown=True)
PROVED = [
    ("one answer that it counts as", question(A, DEFAULT), None),
    ("none", question(A, B), "does not say what “I do not know” counts as"),
    ("two", question(A, DEFAULT, STOPS), "counts “I do not know” as more than one answer"),
    ("nothing that the message says", question(A, DEFAULT, says=" "), "does not say what the message tells"),
    ("an answer that ends without a message needs no words", question(A, STOPS, says=""), None),
    ("an answer with the same key", question(A, DEFAULT, Choice("unknown", "X")), "“unknown” is kept for “I do not know”"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "problem"), [row[1:] for row in PROVED], ids=[row[0] for row in PROVED])
def test_a_question_without_an_effect_is_a_problem(asked, problem):
    found = unknown_problems(replace(LEAD, questions=(asked,)))
    assert (problem is None and not found) or (problem and len(found) == 1 and problem in found[0])


def test_every_question_of_the_default_mapping_has_one():
    asked = [row for row in MAPPING.scenarios if row.questions]
    assert len(asked) == 2
    assert not [problem for row in MAPPING.scenarios for problem in unknown_problems(row)]


def test_while_a_question_is_open_nothing_is_said_of_it():
    open_one, answered = (plan(MAPPING, UPGRADE, answers, seen(), around()) for answers in ({}, {"internal-issue": "no"}))
    assert "internal issue" not in open_one.copy_text and not open_one.can_be_sent
    assert "and no internal issue exists" in answered.copy_text
