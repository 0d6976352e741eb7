"""The chain from a fact to a place: each link that was read names its system and when; the rest says whose word it is."""

import pytest

from escalations.rules import suggest
from escalations.rules.explanation import explain
from escalations.rules.plan import plan

from .factories import CHANNEL, DANA, LEFT, MAPPING, NOON, OMAR, account, around, facts, known, ticket

SERVICES = ("Zendesk", "Salesforce", "Slack", "Corrections")


def chain(row="emergency", answers=None, *, by="facts", tags=(), **of_account):
    seen = facts(ticket=ticket(priority="urgent", tags=list(tags)), account=account(**of_account), channel=CHANNEL, **known(DANA, OMAR))
    scenario = MAPPING.scenario(row)
    card = suggest.card_of(suggest.rank(MAPPING, seen, NOON.date()), row)
    return explain(plan(MAPPING, scenario, answers or {}, seen, around()), card, seen, 7, by)


def links(label, found):
    return [(link.text, link.source, bool(link.seen_at), link.refused) for link in found if link.label == label]


def test_from_the_fact_to_the_place_in_order():
    found = chain(csm=LEFT, channel_id=CHANNEL["id"])
    order = list(dict.fromkeys(link.label for link in found))
    assert order[:2] == ["Situation", "Row"] and order[-1] == "Place"
    assert ("Make the CSM aware of an emergency or a high-priority ticket (mapping v7)", "", False, False) in links("Row", found)


@pytest.mark.parametrize("channel", [CHANNEL["id"], None])
@pytest.mark.parametrize("csm", [DANA, LEFT, None])
def test_what_was_read_names_its_system_and_its_age(channel, csm):
    for link in chain(csm=csm, channel_id=channel):
        if link.label in ("Row", "Cc by hand") or link.label.startswith("Nobody"):
            continue
        if link.text.startswith("nothing is written there"):
            assert link.label.startswith("Zendesk") and link.seen_at
            continue
        assert link.seen_at, link
        assert link.source in SERVICES or link.label.startswith(SERVICES), link


def test_the_places_of_slack_and_of_the_ticket():
    found = links("Place", chain(channel_id=CHANNEL["id"]))
    assert ("#a_acme-internal (private, 14 readers)", "Slack", True, False) in found
    assert ("ticket 1001 (internal note, Dana Reyes as follower, unseen by the customer)", "Zendesk", True, False) in found


def test_a_place_that_was_passed_over_names_who_said_so():
    assert ("the account names no internal channel", "Salesforce", True, True) in links("Place", chain())


def test_an_answer_is_somebodys_word_or_a_fact_with_its_age():
    asked = MAPPING.scenario("pass-lead").questions[0].text
    [(text, source, read, _)] = links("Question", chain("pass-lead", tags=["renewal"]))
    assert text.startswith(asked) and (source, read) == ("Zendesk", True)
    [(text, source, read, _)] = links("Question", chain("pass-lead", {"license-kind": "renewal"}))
    assert text.endswith("(answered by the engineer)") and (source, read) == ("", False)
