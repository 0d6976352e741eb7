"""Nobody is found: what would find somebody stands out, and the Send that mentions nobody is there beside it."""

import pytest

from escalations.models import Escalation
from tests.web.test_corrections import record
from tests.web.test_follow_up_page import record as told


def test_which_account_it_is_stands_out_until_somebody_has_said_so(visit):
    seen = visit().look_up("1023")
    assert seen.first == ["It is Kestrel Robotics"] and seen.can_send
    assert "As it stands nobody is mentioned: say which account it is ." in seen.text and 'href="#line-account"' in seen.html
    seen.submit("/account/", account="0015e000000000LAAQ")
    assert len(seen.first) == 1 and seen.first[0].startswith("Send ") and "As it stands" not in seen.text


def test_whose_name_it_is_stands_out_where_nobody_else_is_told(visit, sandbox):
    assert visit().look_up("1026").first == ["Send Omar Haddad and you a direct message and note ticket 1026"]
    sandbox.fault("salesforce", "500")
    seen = visit("teamlead").look_up("1001")
    assert seen.first == ["It is Dana Reyes (dana.reyes@example.com)"]
    assert "As it stands nobody is mentioned: say who it is ." in seen.text and 'href="#which-name"' in seen.html


def test_who_knows_them_can_say_so_beside_send(visit):
    seen = visit().look_up("1017")
    assert seen.first == ["Do you know who it is? Say who is told"] and seen.can_send
    assert "As it stands nobody is mentioned." in seen.text and seen.html.count("/corrections/new/?draft=") == 1
    colleague = visit("teamlead").open(seen.address)
    assert colleague.first == [] and colleague.html.count("/corrections/new/?draft=") == 1


def test_a_service_that_did_not_answer_is_asked_again_first(visit, sandbox):
    sandbox.fault("salesforce", "500")
    seen = visit().look_up("1017")
    assert [" ".join(one.split("<")[0].split()) for one in seen.first] == ["Look again"] and 'href="#again-account"' in seen.html
    assert "As it stands nobody is mentioned: look again in Salesforce ." in seen.text


@pytest.mark.parametrize("ticket", ["1011", "1001"])
def test_where_nobody_is_meant_to_be_found_send_stands_out(visit, people, ticket):
    """A row without a person; and a customer of whom somebody said that nobody is to be told."""
    record(people["engineer"], email="", name="", instead="nobody")
    seen = visit().look_up(ticket)
    assert len(seen.first) == 1 and seen.first[0].startswith("Post in ") and "As it stands" not in seen.text


def test_what_would_let_it_be_sent_stands_out_where_it_cannot(visit, sandbox):
    sandbox.control("channel", id="C0ACCTMGMT1", members=["U0OMARHADDAD", "U0GRACEMOLINA"])
    seen = visit().look_up("1010")
    assert "Let the portal join #account-management" in seen.first
    sandbox.fault("zendesk", "500")
    assert "Look again" in visit("teamlead").look_up("1001").first


def test_who_is_not_in_slack_is_said_beside_send_which_stays_first(visit):
    """No press here would certainly reach them, and the channel and the note do what they can."""
    seen = visit().look_up("1028")
    assert seen.first == ["Post in #account-management and note ticket 1028"]
    assert "As it stands only the note reaches Elif Kaya: tell them another way as well, or say who is told instead ." in seen.text
    assert 'aria-describedby="mind"' in seen.html
    assert "As it stands" not in visit("teamlead").open(seen.address).text


def test_who_is_neither_in_slack_nor_on_the_ticket_is_said_to_be_reached_by_nothing(visit, sandbox):
    sandbox.fault("zendesk", "500", match="GET /api/v2/users/search*")
    assert "As it stands nothing reaches Elif Kaya: tell them another way, or say who is told instead ." in visit().look_up("1028").text


def test_while_slack_does_not_answer_the_way_out_beside_send_is_another_look(visit, sandbox):
    sandbox.fault("slack", "500")
    seen = visit().look_up("1001")
    assert "As it stands only the note reaches Dana Reyes: look again in Slack , or tell them another way as well." in seen.text
    assert 'href="#again-people"' in seen.html and 'id="again-people"' in seen.html


def test_where_nobody_is_to_be_mentioned_nobody_is_missed(visit, work):
    """A note in the earlier thread."""
    visit().look_up("1028").send()
    work()
    seen = visit().look_up("1028")
    assert "As it stands" in seen.text
    assert "As it stands" not in seen.submit("/thread/", how="note").text


ADVICE = "Only the note reaches Elif Kaya, who is not mentioned in Slack: tell them another way as well."


def test_that_only_the_note_reaches_them_is_said_after_send_until_somebody_answers(visit, work):
    seen = visit().look_up("1028").send()
    assert ADVICE in seen.text
    work()
    address = Escalation.objects.get().get_absolute_url()
    assert ADVICE in seen.open(address).text
    told(seen, "acknowledged")
    assert ADVICE not in seen.open(address).text


@pytest.mark.parametrize("ticket", ["1001", "1017"])
def test_nor_of_who_is_mentioned_or_of_nobody(visit, work, ticket):
    seen = visit().look_up(ticket).send()
    work()
    assert "Only the note reaches" not in seen.open(Escalation.objects.get().get_absolute_url()).text


def test_beside_a_send_that_a_closed_ticket_stops_stands_what_to_do_instead(visit):
    seen = visit().look_up("1019").choose("emergency")
    beside = seen.text.rpartition("Ticket 1019 is closed; Zendesk takes no notes on it.")[2]
    assert not seen.can_send and beside.strip().startswith("Open a follow-up ticket in Zendesk and escalate that one.") and seen.text.count("Open a follow-up") == 2
