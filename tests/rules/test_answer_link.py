"""The line that every message ends with: added to what was reviewed, changing none of it."""

import pytest

from escalations.rules.answer_link import copied, with_link
from escalations.rules.default_mapping import DEFAULT_MAPPING as MAPPING
from escalations.rules.messages import MAX_PART, MAX_SECTION
from escalations.rules.plan import plan
from tests.rules import factories as seen
from tests.rules.test_plan import around

URL = "https://portal.acme.com/a/ESC-118"


def legs(**edits):
    facts = seen.facts(ticket=seen.ticket(priority="urgent"), account=seen.account(), **seen.known(seen.DANA, seen.OMAR))
    return plan(MAPPING, MAPPING.scenario("customer-asked"), {}, facts, around(edits=tuple(edits.items()))).legs


def linked(leg):
    return with_link(leg.system, leg.content, "ESC-118", URL, named=True)


def test_a_message_gets_a_block_of_its_own_and_keeps_its_first_line():
    slack = next(leg for leg in legs() if leg.system == "slack")
    content = linked(slack)
    assert content["text"] == slack.content["text"]
    assert content["blocks"][:-1] == slack.content["blocks"]
    assert content["blocks"][-1]["text"]["text"] == f"Answer here: <{URL}|ESC-118>"


def test_a_note_gets_a_paragraph_and_keeps_who_is_added():
    note = next(leg for leg in legs() if leg.system == "zendesk")
    content = linked(note)
    assert content == {**note.content, "body": f"{note.content['body']}\n\nAnswer here: {URL}"}


def test_what_was_reviewed_stays_what_it_was():
    before = legs()
    for leg in before:
        linked(leg)
    assert before == legs()


def test_the_longest_words_still_fit():
    slack = next(leg for leg in legs(**{"customer-asked.situation": "<&" * MAX_PART, "customer-asked.ask": "é" * MAX_PART, "told": ">" * MAX_PART}) if leg.system == "slack")
    texts = [block["text"]["text"] for block in linked(slack)["blocks"]]
    assert max(map(len, texts)) <= MAX_SECTION + 100 and len(texts) < 50
    assert texts[-1].startswith("Answer here: ")


@pytest.mark.parametrize("system", ["slack", "zendesk"])
def test_where_nobody_was_told_by_name_it_leads_to_the_record(system):
    leg = next(leg for leg in legs() if leg.system == system)
    told = str(with_link(system, leg.content, "ESC-118", URL, named=False))
    assert "On record: " in told and "Answer here" not in told and URL in told


def test_the_text_to_copy_has_it_as_well():
    assert copied("Please look.", URL, named=True) == f"Please look.\nAnswer here: {URL}"
