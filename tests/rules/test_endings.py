"""Refusing with a way out: each ending says what, why, what to do instead, and has words to answer somebody with."""

import pytest

from escalations.rules.endings import (
    ANSWER,
    ENDINGS,
    INTERNAL_ISSUE,
    NONE_FITS,
    OTHER,
    PICKED,
    RETIRED,
    kind_of,
    of_retired,
    way_out,
)

from .factories import MAPPING

FORM = "https://handbook.example.com/attention"
ADDRESS = "https://portal.example.com/drafts/1/"
UPGRADE = MAPPING.scenario("upgrade-assistance")
YES = UPGRADE.questions[0].choice("yes")


def out(kind, **given):
    return way_out(kind, 1001, form=FORM, address=ADDRESS, **given)


def test_the_ways_out_that_the_process_names_are_one_press_each():
    wanted = {"self_service", "seats", "product_question", "unclear_need", INTERNAL_ISSUE, "wrong_direction"}
    assert {ending.key for ending in PICKED} == wanted


@pytest.mark.parametrize("ending", PICKED, ids=lambda ending: ending.key)
def test_each_says_what_why_what_instead_and_has_words_to_copy(ending):
    found = out(ending.key)
    for text in (found.what, found.why, found.instead, found.to, found.copy):
        assert text
        assert "{" not in text
    assert "1001" in found.copy
    assert len(ending.what) < 80


# kind, what is given: a part of what is said instead, a part of the words to copy
SAID = [
    ("wrong_direction", {}, "form for attention requests", FORM),
    (NONE_FITS, {}, "Ask a colleague", ADDRESS),
    (INTERNAL_ISSUE, {"stop": YES}, "Link the issue in the ticket", "Nothing was sent about ticket 1001. An internal issue exists"),
    (INTERNAL_ISSUE, {}, "Link the issue", "An internal issue exists"),
    (ANSWER, {"stop": YES}, "An internal issue exists", YES.stop_link.url),
    (RETIRED, {"because": "“Old row” is no longer in force. Ask in #upgrades."}, "Ask in #upgrades.", "About ticket 1001: “Old row”"),
]


@pytest.mark.parametrize(("kind", "given", "instead", "copy"), SAID)
def test_what_is_said(kind, given, instead, copy):
    found = out(kind, **given)
    assert instead in found.instead
    assert copy in found.copy


def test_another_reason_says_it_and_has_nobody_to_answer():
    found = out(OTHER, because="They called their CSM.")
    assert (found.what, found.copy) == ("They called their CSM.", "")


@pytest.mark.parametrize("kind", ["", "nonsense", "__class__"])
def test_what_is_not_on_the_list_has_no_way_out(kind):
    assert out(kind) is None


def test_a_row_that_asks_for_an_internal_issue_is_counted_as_that():
    assert kind_of(UPGRADE.questions[0].fact) == INTERNAL_ISSUE
    assert kind_of("") == ANSWER


def test_a_retired_row_without_words_names_its_keeper():
    assert "row keeper" in of_retired(UPGRADE)
    assert set(ENDINGS) >= {RETIRED, OTHER}
