"""“I do not know” on the page, without JavaScript: offered with its effect, stored, sent, and kept when one comes back."""

import pytest

from escalations.models import Draft, Escalation
from sandbox.tickets import SEEDS
from tests.web.test_wizard import link

QUESTION = "answer-license-kind"
EFFECT = "I do not know : it counts as “Renewal”, and the message says so"


def test_who_does_not_know_sends_all_the_same_and_the_message_says_so(visit):
    seen = visit().look_up("1024").choose("pass-lead")
    assert EFFECT in seen.text
    assert not seen.can_send
    seen.choose("pass-lead", **{QUESTION: "unknown"})
    assert seen.form("/situation/")["fields"][QUESTION] == "unknown"
    assert "It is not known yet whether this is new business or a renewal." in seen.text
    assert "#account-management" in seen.text
    assert "Not known, so it counts as “Renewal”" in seen.text
    seen.send()
    sent = Escalation.objects.get()
    assert sent.answers == {"license-kind": "unknown"}
    assert "It is not known yet whether" in sent.copy_text


def test_what_the_ticket_says_is_not_offered_as_unknown(visit):
    assert "I do not know" not in visit().look_up("1008").text


@pytest.mark.parametrize("given", ["UNKNOWN", "", "nobody", "\x00"])
def test_what_is_no_answer_is_none(visit, given):
    seen = visit().look_up("1024").choose("pass-lead", **{QUESTION: given})
    assert not seen.can_send
    assert Draft.objects.get().answers == {}


def test_coming_back_to_a_situation_finds_the_answers_that_still_count(visit):
    seen = visit().look_up("1024").choose("pass-lead").choose("pass-lead", **{QUESTION: "new_business"})
    seen.submit("/situation/", scenario="upgrade-assistance").submit("/situation/", **{"answer-internal-issue": "unknown"})
    assert seen.can_send
    seen.submit("/situation/", scenario="pass-lead")
    assert seen.form("/situation/")["fields"][QUESTION] == "new_business"
    assert "#sales" in seen.text
    seen.submit("/situation/", scenario="upgrade-assistance")
    assert seen.form("/situation/")["fields"]["answer-internal-issue"] == "unknown"


def asked(seen) -> int:
    """How many questions are left to the engineer."""
    return sum(1 for name in seen.form("/situation/")["options"] if name.startswith("answer-") and name not in seen.form("/situation/")["fields"])


def test_only_what_is_unknown_is_asked(visit):
    """Over the sandbox's tickets: 0 questions for rows 4 and 5, median at most 1, whatever row is chosen."""
    counts, of_a_suggestion = {}, []
    for seed in SEEDS:
        seen = visit("usgov").look_up(link(seed.instance, seed.id))
        if not seen.has_form("/situation/"):
            continue
        if "scenario" in seen.form("/situation/")["fields"]:
            of_a_suggestion.append(asked(seen))
        for scenario in seen.form("/situation/")["options"]["scenario"]:
            counts.setdefault(scenario, []).append(asked(seen.choose(scenario)))
    assert len(of_a_suggestion) > 20
    assert sorted(of_a_suggestion)[len(of_a_suggestion) // 2] <= 1
    assert {*counts["emergency"], *counts["customer-asked"]} == {0}
    everywhere = sorted(one for row in counts.values() for one in row)
    assert everywhere[len(everywhere) // 2] <= 1 and everywhere[-1] == 1, "the counting sees the questions of rows 2 and 6"
