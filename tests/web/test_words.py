"""The engineer's own words are kept for what they were written for, whatever was chosen meanwhile in another tab."""

import pytest

from escalations.models import Draft

OTHERS = "What you wrote is kept for what stood here before"


@pytest.fixture
def left_open(visit):
    """A page of ticket 1001 with one situation, as it stands in a tab; in another one a different situation was chosen since."""
    page = visit().look_up("1001").choose("emergency")
    form = page.form("/words/")
    page.choose("customer-asked")
    return page, form


def test_words_for_one_situation_are_not_kept_for_another(left_open):
    page, form = left_open
    page._seen(page.client.post(form["action"], {**form["fields"], "situation": "The whole site is dark."}, follow=True))
    assert Draft.objects.get().edits == {"emergency.situation": "The whole site is dark."}
    assert OTHERS in page.text and "The whole site is dark." not in page.form("/words/")["fields"]["situation"]
    assert page.choose("emergency").form("/words/")["fields"]["situation"] == "The whole site is dark."


def test_the_page_gets_the_form_of_what_is_chosen_now(left_open):
    page, form = left_open
    answer = page.client.post(form["action"], {**form["fields"], "told": "They know."}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="review"' in answer and 'name="name-situation" value="customer-asked.situation"' in answer
    assert Draft.objects.get().edits == {"told": "They know."}, "what belongs to the ticket is kept for every situation"
    assert OTHERS not in answer


def test_what_is_taken_back_is_that_which_the_form_showed(left_open):
    page, form = left_open
    page.submit("/words/", situation="They asked for a call.")
    page.client.post(form["action"], {**form["fields"], "reset": "1"})
    assert Draft.objects.get().edits == {"customer-asked.situation": "They asked for a call."}


def test_words_that_came_without_a_sign_in_are_kept_for_their_situation_too(left_open, people):
    page, form = left_open
    page.client.logout()
    page.client.post(form["action"], {**form["fields"], "situation": "The whole site is dark."})
    page.client.force_login(people["engineer"])
    page.open(page.address)
    assert Draft.objects.get().edits == {"emergency.situation": "The whole site is dark."}


@pytest.mark.parametrize("name", ["", "told", "nobody.situation", "emergency.ask", "emergency .situation", "situation", "x" * 5000])
def test_only_the_name_of_a_row_is_taken(visit, name):
    page = visit().look_up("1001").choose("emergency")
    page.submit("/words/", **{"situation": "Mine.", "name-situation": name})
    assert Draft.objects.get().edits == {"emergency.situation": "Mine."}
