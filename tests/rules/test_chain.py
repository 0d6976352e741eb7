"""The chain from a fact to a place: each link that was read names its system and when; the rest says whose word it is."""

import pytest

from escalations.rules import suggest
from escalations.rules.explanation import explain
from escalations.rules.facts import Seen
from escalations.rules.places import Thread
from escalations.rules.plan import plan

from .factories import (
    CHANNEL,
    DANA,
    LEFT,
    MAPPING,
    NOON,
    OMAR,
    ORGANIZATION,
    account,
    around,
    comment,
    facts,
    known,
    ticket,
)

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


THREAD = Thread("C0ACCTMGMT1", "170.1", "#account-management", "channel", "ESC-1")
LATE = "Slack took too long to answer"


def chain_of(seen, row="emergency", **values):
    return explain(plan(MAPPING, MAPPING.scenario(row), {}, seen, around(**values)), None, seen, 7, "engineer")


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([("slack", "channel:C0ACCTMGMT1", "late")], f"the thread in #account-management (not read: {LATE})"),
        ([], "the thread in #account-management (not read)"),
    ],
)
def test_what_could_not_be_read_has_neither_a_system_nor_an_age(errors, said):
    seen = facts(ticket=ticket(), account=account(), errors=errors, **known(DANA, OMAR))
    assert (said, "", False, False) in links("Place", chain_of(seen, thread=THREAD))


def test_a_thread_that_was_looked_at_has_both():
    seen = facts(ticket=ticket(), account=account(), rows={"C0ACCTMGMT1": {**CHANNEL, "id": "C0ACCTMGMT1"}}, **known(DANA, OMAR))
    assert ("the thread in #account-management", "Slack", True, False) in links("Place", chain_of(seen, thread=THREAD))


def test_what_was_refused_unread_has_neither():
    seen = facts(ticket=ticket(), account=account(channel_id="C0ACME"), errors=[("slack", "channel:C0ACME", "late")], **known(DANA, OMAR))
    assert ("the account's channel took too long to answer", "", False, True) in links("Place", chain_of(seen))


def test_a_step_that_failed_was_not_read_at_any_time():
    found = chain_of(facts(ticket=ticket(), errors=[("salesforce", "account", "late")]))
    assert [link.seen_at for link in found if link.text == "Salesforce took too long to answer"] == ["", "", ""]


def test_who_is_not_added_was_looked_up_in_zendesk():
    seen = facts(ticket=ticket(), account=account(), slack=known(DANA)["slack"], errors=[("zendesk", f"person:{DANA['email']}", "late")])
    [(_, source, read, _)] = [link for link in links("Place", chain_of(seen)) if "Zendesk took too long" in link[0]]
    assert (source, read) == ("", False)


NOT_KNOWN = f"{LATE}, so it is not known whether Dana Reyes "


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([("slack", f"person:{DANA['email']}", "late")], [f"{NOT_KNOWN}is away"]),
        ([("slack", "pauses", "late")], [f"{NOT_KNOWN}has paused their notifications"]),
        ([("slack", f"person:{OMAR['email']}", "late")], []),
    ],
)
def test_an_absence_that_could_not_be_looked_up_is_said(errors, said):
    seen = facts(ticket=ticket(), account=account(), slack=known(DANA)["slack"], zendesk=known(DANA)["zendesk"], errors=errors)
    assert [link.text for link in chain_of(seen) if link.label == "Absence"] == said


CHOICE = Seen("salesforce", "accounts", [{"id": "0015e0000000001AAA", "name": "Acme Corp", "why": ["name"]}], NOON)
NOT_LINKED = {**ORGANIZATION, "salesforce_id": None}
# what was read | why it is not the account's own channel | who says so
CHANNELS = [
    (facts(ticket=ticket(), account=account()), "the account names no internal channel", "Salesforce"),
    (facts(ticket=ticket(), account=account(unreadable=["channel_id"])), "the portal may not read which internal channel the account has", "Salesforce"),
    (facts(ticket=ticket(), account=account(unreadable=["csm"])), "the account names no internal channel", "Salesforce"),
    (facts(ticket=ticket(), errors=[("salesforce", "account", "failed")]), "the account's channel is not known: Salesforce answered with an error", ""),
    (facts(ticket=ticket(organization=None)), "the account's channel is not known: the ticket belongs to no organization", "Zendesk"),
    (facts(ticket=ticket(organization=NOT_LINKED)), "the account's channel is not known: the organization is not linked to a Salesforce account", "Zendesk"),
    (facts(ticket=ticket(organization=NOT_LINKED)).having([CHOICE]), "the account's channel is not known: nobody has said which Salesforce account it is", "Salesforce"),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "why", "source"), CHANNELS)
def test_why_it_is_not_the_accounts_own_channel(seen, why, source):
    assert (why, source, bool(source), True) in links("Place", chain_of(seen))


@pytest.mark.parametrize(("seen", "why", "source"), CHANNELS[4:])
def test_why_no_account_is_known_has_its_age(seen, why, source):
    found = [link for link in chain_of(seen) if link.label.startswith("Salesforce")]
    assert found and all(link.seen_at and why.endswith(link.text) for link in found)


ASKED = "The ticket is tagged: the customer asked for an escalation"
# tags, a customer's comment | what the chain says of the situation that was selected
SELECTED = [
    (["escalation_requested"], "", f"{ASKED}: the only decisive reason"),
    (["escalation_requested"], "Please escalate", f"{ASKED}: the only decisive reason; also, a recent comment speaks of escalating"),
]


@pytest.mark.parametrize(("tags", "said", "link"), SELECTED)
def test_only_what_decided_is_called_decisive(tags, said, link):
    seen = facts(ticket=ticket(tags=tags), comments=[comment(body=said)], account=account(), **known(DANA, OMAR))
    card = suggest.card_of(suggest.rank(MAPPING, seen, NOON.date()), "customer-asked")
    found = explain(plan(MAPPING, MAPPING.scenario("customer-asked"), {}, seen, around()), card, seen, 7, "facts")
    assert links("Situation", found) == [(link, "Zendesk", True, False)]


def test_two_that_decided_are_both_called_so():
    seen = facts(ticket=ticket(tags=["new_business", "renewal"], form="License and Renewals"), account=account(), **known(OMAR))
    card = suggest.card_of(suggest.rank(MAPPING, seen, NOON.date()), "pass-lead")
    [link] = [one for one in explain(plan(MAPPING, card.scenario, {}, seen, around()), card, seen, 7, "facts") if one.label == "Situation"]
    assert link.text == (
        "The ticket is tagged as new business; the ticket is tagged as a renewal: the decisive reasons; also, the ticket is in License and Renewals"
    )


def test_what_decides_no_more_is_not_called_so():
    """Selected while the priority was Urgent; the ticket is tagged otherwise by now."""
    seen = facts(ticket=ticket(), comments=[comment(body="Please escalate")], account=account(), **known(DANA))
    card = suggest.card_of(suggest.rank(MAPPING, seen, NOON.date()), "customer-asked")
    found = explain(plan(MAPPING, card.scenario, {}, seen, around()), card, seen, 7, "facts")
    assert [text for text, *_ in links("Situation", found)] == ["Selected by what was read before; a recent comment speaks of escalating"]
