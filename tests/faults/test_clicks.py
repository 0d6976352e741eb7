"""A storm of clicks: every draft is pressed, and every press leads to its one escalation."""

from types import SimpleNamespace

import pytest

from tests.faults.history import Answer, Intent
from tests.faults.report import broken_answers
from tests.faults.run import THEN, options, wanted


def decided(*arguments) -> list[Intent]:
    intents = [Intent(f"d{n}", "engineer", "", n, "", "", []) for n in range(200)]
    wanted(options(["--n", "200", *arguments])).decide(intents)
    return intents


def test_of_200_drafts_200_are_pressed():
    assert all(intent.pressed and not intent.then for intent in decided("--clicks", "50"))


def test_otherwise_a_few_are_not_and_a_few_are_stopped():
    intents = decided()
    assert 0 < sum(not intent.pressed for intent in intents) < 20
    assert {intent.then for intent in intents} == {"", *THEN} - {"not_mine", "corrected"}, "nobody is told by name here"


@pytest.mark.parametrize(("contact", "account"), [("", "001A"), ("csm@example.com", "")])
def test_only_a_person_on_an_account_is_corrected(contact, account):
    intents = [Intent(f"d{n}", "engineer", "", n, "", "", [], account, contact) for n in range(200)]
    wanted(options(["--n", "200"])).decide(intents)
    assert "corrected" not in {intent.then for intent in intents}
    for intent in intents:
        intent.account_id, intent.contact = "001A", "csm@example.com"
    wanted(options(["--n", "200"])).decide(intents)
    assert {intent.then for intent in intents} == {"", *THEN}


@pytest.mark.parametrize("answer", [Answer("d1", 500), Answer("d1", 409), Answer("d1", 0), Answer("d1", 302, "/sign-in/")])
def test_a_press_that_leads_elsewhere_is_red(answer):
    run = SimpleNamespace(history=SimpleNamespace(answers=[Answer("d1", 302, "/escalations/7/"), answer]))
    assert broken_answers(run) == 1
