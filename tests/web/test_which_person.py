"""The CSM is only a name: who in Slack has it is shown, nobody is guessed, and what an engineer says is recorded as theirs."""

import pytest

from escalations.models import Draft, Escalation
from escalations.rules.names import name_key
from tests.web.test_follow_up_page import record

CSM, AE = "maria.silva@example.com", "maria.silva2@example.com"
ASKS = "/person/"


def snapshots(key):
    return Draft.objects.get().snapshots.filter(key__startswith=key)


@pytest.fixture
def asked(visit):
    """Ticket 1026: the CSM of Xenon Labs is the text "Maria Silva", which two people are called."""
    return visit().look_up("1026")


def test_two_of_that_name_are_both_shown_and_neither_is_told(asked):
    assert "The CSM is only a name, “Maria Silva”, and 2 people in Slack have it. Which of them is it?" in asked.text
    assert f"It is Maria Silva ({CSM})" in asked.text and f"It is Maria Silva ({AE})" in asked.text
    assert "Omar Haddad Account Owner" in asked.text
    assert "which 2 people in Slack have: nobody has said which of them it is" in asked.text


def test_what_the_engineer_says_counts_and_is_on_record_as_theirs(asked, sandbox):
    asked.submit(ASKS, email=CSM)
    assert f"Ana Lima said that it is Maria Silva ({CSM})" in asked.text
    assert "Send Maria Silva and you a direct message" in asked.text
    asked.send()
    escalation = Escalation.objects.get()
    assert (escalation.contact_name, escalation.contact_email) == ("Maria Silva", CSM)
    said = next(step["text"] for step in escalation.explanation if step["label"] == "Name")
    assert said == f"“Maria Silva” is Maria Silva ({CSM}), said by Ana Lima: one of 2 of that name in Slack"
    choice = next(fact for fact in escalation.facts if fact["key"] == "person_choice:maria silva")
    assert choice["value"]["by"] == "Ana Lima"


def test_the_message_says_why_it_is_them(asked, sandbox, work):
    asked.submit(ASKS, email=CSM).send()
    work()
    [message] = sandbox.effects("message")
    assert [person["name"] for person in message["mentions"]] == ["Maria Silva", "Ana Lima"]
    [note] = sandbox.effects("note")
    assert "Why Maria Silva: Customer Success Manager in Salesforce by name (Ana Lima said who that is), read" in note["text"]


def test_it_can_be_taken_back(asked):
    asked.submit(ASKS, email=CSM).submit(ASKS, email="")
    assert "Which of them is it?" in asked.text and "Omar Haddad Account Owner" in asked.text
    assert not snapshots("person_choice").filter(value__isnull=False).exists()


def test_the_only_one_of_that_name_is_still_asked_about(visit, sandbox):
    sandbox.control("account", customer="Xenon Labs", csm_text="  dana  REYES ")
    seen = visit().look_up("1026")
    assert "One person in Slack has it. Is it them?" in seen.text
    assert "Omar Haddad Account Owner" in seen.text
    seen.submit(ASKS, email="dana.reyes@example.com")
    assert "Dana Reyes CSM" in seen.text
    asked_for = next(fact for fact in snapshots("person_choice"))
    assert asked_for.value["among"] == 1


@pytest.mark.parametrize("name", ["Nobody Atall", "Piotr Nowak", "Escalation Portal", "Reyes", "%", "<b>x</b>"])
def test_a_name_that_no_active_colleague_has_is_said_to_be_nobodys(visit, sandbox, name):
    sandbox.control("account", customer="Xenon Labs", csm_text=name)
    seen = visit().look_up("1026")
    assert f"The CSM is only a name, “{name}”, and nobody in Slack has it." in seen.text
    assert not [form for form in seen.forms if ASKS in form["action"] and "email" in form["fields"]]


@pytest.mark.parametrize("email", ["dana.reyes@example.com", "x", "maria.silva@example.com\0"])
def test_only_who_has_the_name_can_be_chosen(asked, email):
    asked.submit(ASKS, email=email)
    assert not snapshots("person_choice").exists()


def test_only_a_name_that_stands_there_can_be_settled(asked):
    asked.submit(ASKS, name="Dana Reyes", email="dana.reyes@example.com")
    assert not snapshots("person_choice").exists()


def test_slack_does_not_say_who_has_it(visit, sandbox):
    sandbox.fault("slack", "error", match="users.list", error="internal_error")
    seen = visit().look_up("1026")
    assert "The CSM is only a name, “Maria Silva”. Who has it could not be looked up: Slack answered with an error." in seen.text
    assert "Omar Haddad Account Owner" in seen.text and seen.can_send


def test_a_part_of_the_list_is_never_taken_for_all_of_it(visit, sandbox):
    sandbox.fault("slack", "cut_page", match="users.list")
    seen = visit().look_up("1026")
    assert "Who has it could not be looked up" in seen.text
    assert "Is it them?" not in seen.text


def test_a_choice_does_not_survive_another_customer(asked, sandbox, visit):
    visit().look_up("1015")
    other = Draft.objects.get(ticket_id=1015).snapshots.get(source="zendesk", key="ticket").value["organization"]["id"]
    mine = Draft.objects.get(ticket_id=1026)
    asked.open(mine.get_absolute_url()).submit(ASKS, email=CSM)
    sandbox.control("ticket", id=1026, organization_id=int(other))
    asked.submit("/look-up/ticket/")
    assert "Maria Silva" not in asked.text
    assert not mine.snapshots.filter(key__startswith="person_choice").exists()


def test_the_list_is_not_read_again_to_settle_it(asked, sandbox):
    sandbox.fault("slack", "hang", match="users.list")
    asked.submit(ASKS, email=CSM)
    assert "Maria Silva CSM" in asked.text and asked.can_send


def test_of_us_government_tickets_no_name_is_looked_up(visit, sandbox):
    sandbox.control("account", customer="Ridge County Bureau", csm=None, csm_text="Maria Silva")
    seen = visit("usgov").look_up("https://portal-demo-usgov.zendesk.com/agent/tickets/5001")
    assert not snapshots("name:").exists()
    assert ASKS not in seen.html


def test_a_colleague_sees_that_it_was_not_said(asked, visit):
    seen = visit("teamlead").open(Draft.objects.get().get_absolute_url())
    assert "Its author has to say who it is." in seen.text
    given = {"name": "Maria Silva", "email": CSM}
    assert seen.client.post(f"{Draft.objects.get().get_absolute_url()}person/", given).status_code == 403


@pytest.mark.parametrize("other", ["maria silva", "María  SILVA", "Maria\u00a0Silva", "Mari\u0301a Silva"])
def test_two_writings_of_one_name(other):
    assert name_key(other) == name_key("Maria Silva")


@pytest.mark.parametrize("other", ["Mario Silva", "Maria da Silva", "Maria", "Silva, Maria"])
def test_another_name(other):
    assert name_key(other) != name_key("Maria Silva")


def test_it_outlives_an_undo_where_another_draft_is_open(asked, settings):
    settings.SEND_HOLD_SECONDS = 30
    asked.submit(ASKS, email=CSM).send()
    address = asked.address
    asked.look_up("1026")
    assert "Which of them is it?" in asked.text
    asked.open(address).submit("/undo/")
    assert "the person you chose of what was undone" in asked.text
    assert f"Ana Lima said that it is Maria Silva ({CSM})" in asked.text and "Send Maria Silva and you" in asked.text


def test_a_wrong_choice_can_be_taken_back_after_their_not_mine(asked, work):
    asked.submit(ASKS, email=CSM).send()
    work()
    asked.look_up("1026").submit(ASKS, email=CSM)  # another draft of the ticket is open when she refuses
    record(asked, "not-mine", reason="Moved to another team or role", right="unknown")
    asked.look_up("1026")
    assert f"Ana Lima said that it is Maria Silva ({CSM})" in asked.text and "It is not them" in asked.text
    asked.submit(ASKS, email="")
    assert "Which of them is it?" in asked.text


def test_undo_does_not_bring_back_a_choice_that_was_taken_back_meanwhile(visit, settings):
    settings.SEND_HOLD_SECONDS = 30
    seen = visit().look_up("1026").submit(ASKS, email=CSM)
    address = seen.send().address
    seen.look_up("1026").submit(ASKS, email=CSM).submit(ASKS, email="")
    seen.open(address).submit("/undo/")
    assert "Which of them is it?" in seen.text
