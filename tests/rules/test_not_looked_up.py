"""Nobody was found, or nobody could be looked for: two different things, told apart everywhere, each with its reason. Written by hand."""

from dataclasses import replace

import pytest

from escalations.rules.facts import Facts, Seen
from escalations.rules.plan import plan

from .factories import (
    DANA,
    GRACE,
    LEFT,
    MAPPING,
    NOON,
    ORGANIZATION,
    account,
    around,
    facts,
    known,
    opportunity,
    slack_person,
    ticket,
)

AWAY = {"slack": [(DANA, slack_person(DANA, status_text="Out of office"))]}
NOBODY = {"csm": None, "owner": None}
DOWN = "Salesforce answered with an error"
HIDDEN = "the portal may not read the CSM field, which is not the same as having no CSM"
NO_ONE = "No Customer Success Manager or opportunity owner was found for this customer, so nobody is tagged."
UNREAD = "The Customer Success Manager could not be looked up, so nobody is tagged."
CHOICE = Seen("salesforce", "accounts", [{"id": "0015e0000000001AAA", "name": "Acme Corp", "why": ["name"]}], NOON)
GONE = {**GRACE, "active": False}
UNLINKED = {**ORGANIZATION, "salesforce_id": None}


def read(**values):
    return facts(**{"ticket": ticket(priority="urgent"), **values})


# what was read | for whom the message is | why nobody, in Slack and the copied text; "" where nothing has to be said | what the page warns of
TABLE = [
    (read(errors=[("salesforce", "account", "failed")]), UNREAD, DOWN, f"The CSM could not be looked up: {DOWN}, so nobody is tagged."),
    (read(account=account(**NOBODY, unreadable=["csm"])), UNREAD, HIDDEN, f"The CSM could not be looked up: {HIDDEN}, so nobody is tagged."),
    (read(account=account(csm=None, owner=LEFT, unreadable=["csm"])), UNREAD, f"{HIDDEN}; Piotr Nowak has left",
     f"The CSM could not be looked up: {HIDDEN}, so nobody is tagged."),
    (read(ticket=ticket(organization=UNLINKED)).having([CHOICE]), UNREAD, "nobody has said which Salesforce account it is",
     "The CSM could not be looked up: nobody has said which Salesforce account it is, so nobody is tagged."),
    (read(ticket=ticket(organization=UNLINKED)), UNREAD, "the organization is not linked to a Salesforce account",
     "The CSM could not be looked up: the organization is not linked to a Salesforce account, so nobody is tagged."),
    (read(errors=[("salesforce", "account", "not_found")]), UNREAD, "Salesforce has no such account",
     "The CSM could not be looked up: Salesforce has no such account, so nobody is tagged."),
    (read(account=account(**NOBODY)), NO_ONE, "", "No CSM was found, so nobody is tagged."),
    (read(account=account(csm=LEFT, owner=None)), NO_ONE, "Piotr Nowak has left", "No CSM was found, so nobody is tagged."),
    (read(account=account(csm=LEFT, owner=GONE, opportunities=[opportunity(one) for one in (GONE, LEFT, GONE)])), NO_ONE,
     "Piotr Nowak has left; Grace Molina has left", "No CSM was found, so nobody is tagged."),
    (read(account=account(owner=None), **AWAY), NO_ONE, "Dana Reyes is away", "No CSM was found, so nobody is tagged."),
]  # fmt: skip


def made(seen, row="emergency", restricted=False):
    return plan(MAPPING, MAPPING.scenario(row), {}, seen, around(restricted=restricted))


def slack(plan):
    return "\n".join(block["text"]["text"] for block in plan.legs[0].content["blocks"])


def note(plan):
    return plan.legs[1].content["body"]


@pytest.mark.parametrize(("seen", "to", "why", "warned"), TABLE)
def test_what_could_not_be_read_is_never_told_as_nobody(seen, to, why, warned):
    planned = made(seen)
    assert f"*For:* {to}\n" in slack(planned)
    assert f"For: {to}\n" in planned.copy_text and f"For: {to}\n" in note(planned)
    assert (f"\n*Why nobody:* {why}\n" in slack(planned)) if why else "Why nobody" not in slack(planned)
    assert (f"\nWhy nobody: {why}\n" in planned.copy_text) if why else "Why nobody" not in planned.copy_text
    assert [problem.text for problem in planned.problems if problem.part == "contact"] == [warned]


def test_the_last_step_and_the_note_do_not_say_that_nobody_was_found():
    planned = made(read(errors=[("salesforce", "account", "failed")]))
    assert planned.contact.trace[-1].why == "not all could be looked up, so nobody is tagged"
    assert planned.legs[1].note == "Who would be added could not be looked up: the note goes without."


def test_what_somebody_wrote_stands_in_the_note_and_not_in_the_channel():
    planned = made(read(account=account(owner=None), **AWAY))
    assert "Why nobody: Dana Reyes is away (Slack: “Out of office”)" in note(planned)
    assert "Out of office" not in slack(planned) + planned.copy_text


def test_somebodys_word_that_nobody_is_to_be_told_is_reason_enough():
    said = {"key": "1", "account_id": "0015e0000000001AAA", "instead": "nobody", "reason": "They asked for it", "said_by": "Mia Berg"}
    planned = made(read(account=account()).having([Seen("portal", "corrections", [said], NOON)]))
    assert "Nobody by name" in slack(planned) and "Why nobody" not in slack(planned)


def test_a_row_that_tells_a_channel_needs_no_reason_why_nobody():
    assert "Why nobody" not in slack(made(read(errors=[("salesforce", "account", "failed")]), "ao-add-to-organization"))


def test_of_a_us_government_ticket_only_what_could_not_be_read_is_said():
    assert f"*Why nobody:* {DOWN}\n" in slack(made(read(errors=[("salesforce", "account", "failed")]), restricted=True))
    assert "Why nobody" not in slack(made(read(account=account(owner=None), **AWAY), restricted=True))


def test_a_ticket_that_was_not_read_is_said_once():
    lost = Facts.of([Seen("zendesk", "ticket", None, NOON, "late")])
    unread = plan(MAPPING, MAPPING.scenario("emergency"), {}, lost, around(unread=replace(read().ticket, unread=True)))
    assert "Why nobody" not in unread.copy_text and "not looked up" in unread.copy_text


def test_who_was_found_needs_none():
    assert "Why nobody" not in slack(made(read(account=account(), **known(DANA))))


def test_what_stands_behind_a_name_in_the_notes_stays_out_of_slack():
    """Whoever writes the notes of an organization writes more there than a name."""
    planned = made(read(account=account(csm=None, csm_name="Maria Silva - DO NOT CALL", owner=None)))
    assert "Why nobody:* the CSM is only a name, not an address" in slack(planned) and "DO NOT CALL" not in slack(planned)
    assert "DO NOT CALL" in note(planned)
