"""What the pages say of a joined thread, a second reason and a note is what was sent, not what the row alone would have been."""

import re
from dataclasses import replace

import pytest

from escalations.actions import publishing
from escalations.models import Escalation
from escalations.models.working_copy import working_copy
from tests.conftest import NOON
from tests.web.test_not_twice import part


def newest() -> Escalation:
    return Escalation.objects.order_by("pk").last()


def next_of(seen, row) -> str:
    return re.search(r"What happens next(.*?)Text to copy", seen.open(row.get_absolute_url()).text, re.DOTALL)[1]


# situation, how the thread is joined, asked of Dana, said, never said
NEXT = [
    ("customer-asked", "note", False, "Nobody is mentioned or put on the ticket: whoever reads there knows of it. Nothing is asked of anybody.", "asked: “"),
    ("emergency", "note", False, "Nobody is mentioned or put on the ticket: whoever reads there knows of it. Nothing is asked of anybody.", "Dana"),
    ("emergency", "ask", True, "asked: “Please answer in this thread", "Nothing is asked"),
    ("emergency", "", False, "told. Nothing is asked of them.", "asked:"),
]


@pytest.mark.parametrize(("row", "how", "asked", "said", "unsaid"), NEXT)
def test_what_happens_next_is_said_of_what_was_sent(sent, visit, work, row, how, asked, said, unsaid):
    seen = visit().look_up("1001").choose(row)
    seen.submit("/thread/", how=how).send()
    work()
    work()
    text = next_of(seen, newest())
    assert said in text and unsaid not in text, text
    assert ("Waiting for Dana Reyes until" in text) == asked


def test_a_second_reason_that_asks_is_waited_for(visit, work):
    seen = visit().look_up("1022").choose("emergency")
    seen.submit("/situation/", scenario="emergency", also=["customer-asked"]).send()
    work()
    text = next_of(seen, newest())
    assert "asked: “Please talk to the customer" in text and "Nothing is asked" not in text


def test_a_row_that_asks_something_else_since_changes_nothing_of_what_was_sent(visit, work, people):
    seen = visit().look_up("1001").choose("customer-asked")
    seen.send()
    work()
    before = working_copy()
    rows = tuple(replace(row, tone="aware") if row.key == "customer-asked" else row for row in before.scenarios)
    publishing.replace_working_copy(replace(before, scenarios=rows), by=people["admin"], now=NOON)
    publishing.publish(by=people["admin"], message="Tells only", now=NOON)
    assert "asked: “" in next_of(seen, newest())


def test_a_note_that_mentions_nobody_is_no_attempt_to_reach_the_person(sent, visit, work):
    seen = visit().look_up("1001").choose("emergency")
    seen.submit("/thread/", how="note").send()
    work()
    work()
    note = newest()
    seen = visit("teamlead").look_up("1001").choose("training")
    assert f"{note.reference}, nobody by name, by Ana Lima" in part(seen, "told")
    assert f"Previous attempts: {note.reference}, nobody by name, by Ana Lima" in seen.text
    assert f"{sent.reference}, Dana Reyes, by Ana Lima" in part(seen, "told")


WHO = "Salesforce: the account's Customer Success Manager field: Dana Reyes"
WHY = [
    ("1022", "emergency", {"also": ["customer-asked"]}, ""),
    ("1001", "emergency", {}, "ask"),
    ("1001", "emergency", {}, "note"),
]


@pytest.mark.parametrize(("ticket", "row", "more", "how"), WHY)
def test_why_you_names_the_step_that_found_them(sent, visit, work, people, ticket, row, more, how):
    seen = visit().look_up(ticket).choose(row)
    seen.submit("/situation/", scenario=row, **more)
    if how:
        seen.submit("/thread/", how=how)
    seen.send()
    work()
    work()
    escalation = newest()
    people["csm"].email = escalation.contact_email
    people["csm"].save()
    said = visit("csm").open(f"/a/{escalation.reference}").text.split("Why you")[1]
    assert said.lstrip().startswith(WHO), said[:200]


def test_second_reasons_are_one_click_away_also_where_all_cards_are_shown(visit, people):
    """A small mapping: four situations, none of which the ticket speaks for twice."""
    before = working_copy()
    kept = ("emergency", "training", "customer-asked", "csm-add-to-organization")
    rows = tuple(replace(row, twin_of="") for row in before.scenarios if row.key in kept)
    publishing.replace_working_copy(replace(before, scenarios=rows), by=people["admin"], now=NOON)
    publishing.publish(by=people["admin"], message="Four rows", now=NOON)
    seen = visit().look_up("1001").choose("emergency")
    assert "More situations" not in seen.text and "A second reason" in seen.text
    assert 'name="also" value="training"' in seen.html
