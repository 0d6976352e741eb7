"""The pre-flight line of each leg, and its repairs, as plain form steps without JavaScript."""

import pytest

from escalations.models import AuditEvent, Delivery, Draft, Escalation
from escalations.rules.legs import DIRECT_MESSAGE
from tests.web.test_wizard import link

ROW, ELDER, BOREALIS, LIGHTHOUSE = "C0ACCTMGMT1", "C0ACCT0033", "C0ACCT0002", "C0ACCT0035"
SEND_BOTH = "Send to Hanna Virtanen in #a_elder-grove-internal and as a direct message, and note ticket 1033"
SEND_ONE = "Send to Hanna Virtanen in #a_elder-grove-internal and note ticket 1033"


def test_when_all_is_well_each_leg_says_so_in_one_line(visit):
    seen = visit().look_up("1001")
    assert "#a_acme-internal is there, the portal is in it, and so is Dana Reyes." in seen.text
    assert "Dana Reyes can see the ticket as a follower." in seen.text
    assert seen.html.count('class="check"') == 2 == seen.html.count('data-ok="yes"')
    assert not seen.has_form("/direct-message/") and not seen.has_form("/join/")


def test_somebody_who_is_not_in_the_channel_gets_a_direct_message_as_well(visit, work, sandbox):
    seen = visit().look_up("1033")
    assert "Hanna Virtanen is not in #a_elder-grove-internal: a mention there does not reach them." in seen.text
    assert SEND_ONE in seen.text
    seen.submit("/direct-message/")
    assert SEND_BOTH in seen.text and "the direct message reaches them" in seen.text
    seen.send()
    work()
    messages = sandbox.effects("message")
    assert messages[0]["target"] == ELDER and messages[1]["target"].startswith("G") and len(messages) == 2
    assert messages[0]["text"] == messages[1]["text"]
    assert [row.state for row in Delivery.objects.all()] == ["delivered"] * 3
    assert Escalation.objects.get().answers == {DIRECT_MESSAGE: "U0HANNAVIRTANE"}


def test_while_the_mention_reaches_nobody_the_direct_message_stands_out_and_send_is_there_as_it_is(visit):
    seen = visit().look_up("1033")
    assert seen.first == ["Send them a direct message as well"] and seen.can_send and SEND_ONE in seen.text
    assert "As it stands the mention does not reach Hanna Virtanen." in seen.text
    seen.submit("/direct-message/")
    assert seen.first == [SEND_BOTH] and "As it stands" not in seen.text
    seen.submit("/direct-message/")
    assert seen.first == ["Send them a direct message as well"]
    assert visit("teamlead").open(seen.address).first == []


def test_what_only_would_be_better_leaves_send_first(visit):
    assert visit().look_up("1002").first == ["Send Joel Sandberg and you a direct message and note ticket 1002"]


def test_the_direct_message_can_be_left_out_again(visit, work, sandbox):
    seen = visit().look_up("1033").submit("/direct-message/").submit("/direct-message/")
    assert SEND_ONE in seen.text and Draft.objects.get().answers == {}
    seen.send()
    work()
    assert [effect["target"] for effect in sandbox.effects("message")] == [ELDER]


@pytest.mark.parametrize("to", ["U0DANAREYES", "U0ANALIMA", "x", "<script>"])
def test_only_the_person_who_is_told_can_get_one(visit, to):
    visit().look_up("1033").submit("/direct-message/", to=to)
    assert Draft.objects.get().answers == {}


def test_a_direct_message_goes_to_nobody_once_somebody_else_is_told(visit, sandbox):
    """Passing a lead on mentions nobody: what was asked for stays with the draft, and counts where it was asked for."""
    seen = visit().look_up("1033").submit("/direct-message/").choose("pass-lead", **{"answer-license-kind": "renewal"})
    assert "as a direct message" not in seen.text
    assert SEND_BOTH in seen.choose("emergency").text


def test_who_may_not_follow_is_not_added_and_it_is_said(visit, work, sandbox):
    seen = visit().look_up("1034")
    said = "Rafael Ortiz may see only tickets assigned to them in Zendesk, so they are not added as follower"
    assert said in seen.text and "follows, unseen" not in seen.text
    seen.send()
    work()
    assert len(sandbox.effects("note")) == 1 and sandbox.effects("follower") == []


def test_a_channel_shared_with_the_customer_is_passed_over(visit, work, sandbox):
    seen = visit().look_up("1032")
    assert "is shared with people outside the company" in seen.text
    assert "Dana Reyes and you are active in Slack." in seen.text and not seen.has_form("/join/")
    seen.send()
    work()
    [message] = sandbox.effects("message")
    assert message["target"].startswith("G")


def test_a_rows_archived_channel_blocks_before_anything_is_sent(visit, sandbox):
    sandbox.control("channel", id=ROW, archived=True)
    seen = visit().look_up("1010")
    assert "Slack has no place to post to: #account-management is archived." in seen.text
    assert "Ask a row keeper" in seen.text and not seen.can_send


def test_a_channel_archived_between_review_and_send_is_passed_over_after_another_look(visit, sandbox):
    seen = visit().look_up("1001")
    sandbox.control("channel", id="C0ACCT0001", archived=True)
    seen.submit("/look-up/people/")
    assert "Send Dana Reyes and you a direct message and note ticket 1001" in seen.text and seen.can_send


def test_a_public_channel_is_joined_and_is_the_place_from_then_on(visit, work, sandbox):
    seen = visit().look_up("1002")
    assert "The portal is not a member of #a_borealis-internal, which would come first." in seen.text
    assert "Send Joel Sandberg and you a direct message" in seen.text
    seen.submit("/join/")
    assert [effect["target"] for effect in sandbox.ledger()] == [BOREALIS], "joined, and nothing sent"
    assert "Send to Joel Sandberg in #a_borealis-internal and note ticket 1002" in seen.text
    assert "#a_borealis-internal is there, the portal is in it, and so is Joel Sandberg." in seen.text
    event = AuditEvent.objects.get(action="draft.join_asked")
    assert (event.actor, event.payload) == ("engineer", {"channel": BOREALIS})
    seen.send()
    work()
    assert [effect["target"] for effect in sandbox.effects("message")] == [BOREALIS]


def test_a_rows_channel_that_the_portal_left_is_joined_by_a_press(visit, sandbox):
    sandbox.control("channel", id=ROW, members=["U0OMARHADDAD", "U0GRACEMOLINA"])
    seen = visit().look_up("1010")
    assert "the portal is not a member of #account-management" in seen.text and not seen.can_send
    assert "Let the portal join #account-management" in seen.submit("/look-up/people/").text
    seen.submit("/join/")
    assert seen.can_send and "Send to Grace Molina in #account-management" in seen.text


@pytest.mark.parametrize("channel", ["C0GENERAL01", "C0ACCT0001", ROW, "", "x"])
def test_no_channel_is_joined_that_the_page_does_not_name(visit, sandbox, channel):
    visit().look_up("1002").submit("/join/", channel=channel)
    assert sandbox.ledger() == [] and not AuditEvent.objects.filter(action="draft.join_asked").exists()


def test_what_slack_has_against_it_is_said_and_the_draft_stays(visit, sandbox):
    seen = visit().look_up("1002")
    sandbox.control("channel", id=BOREALIS, archived=True)
    seen.submit("/join/")
    assert "The portal could not join the channel. Slack has archived this channel." in seen.text
    assert seen.can_send and "Send Joel Sandberg and you a direct message" in seen.text


def test_as_a_part_the_refusal_goes_to_the_alerts(client, visit, sandbox):
    seen = visit().look_up("1002")
    sandbox.control("channel", id=BOREALIS, archived=True)
    answer = client.post(f"{seen.address}join/", {"channel": BOREALIS}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#alerts")
    assert "Slack has archived this channel." in answer.content.decode()


def test_while_slack_does_not_tell_it_is_said_and_nothing_is_blocked(visit, sandbox):
    sandbox.fault("slack", "500", match="conversations.members")
    seen = visit().look_up("1001")
    assert "whether Dana Reyes is in it could not be checked: Slack answered with an error." in seen.text
    assert seen.can_send and 'data-ok="unknown"' in seen.html


def test_of_a_us_government_ticket_no_channel_is_named_and_the_same_is_sent(visit, work, sandbox):
    sandbox.control("channel", id=LIGHTHOUSE, members=["U0ESCPORTAL", "U0OMARHADDAD"])
    seen = visit("usgov").look_up(link("usgov", 7002))
    assert "Dana Reyes is not in the channel: a mention there does not reach them." in seen.text
    seen.submit("/direct-message/")
    assert "and as a direct message, and note ticket 7002" in seen.text
    assert "lighthouse" not in seen.html.lower()
    seen.send()
    work()
    first, second = sandbox.effects("message")
    assert (first["text"], first["blocks"]) == (second["text"], second["blocks"])
    assert "lighthouse" not in f"{first['text']} {first['blocks']}".lower()


@pytest.mark.parametrize("step", ["direct-message", "join"])
def test_a_colleague_repairs_nothing_in_somebody_elses_draft(visit, client, people, sandbox, step):
    seen = visit().look_up("1002")
    client.force_login(people["teamlead"])
    assert client.post(f"{seen.address}{step}/", {"channel": BOREALIS}).status_code == 403
    assert 'class="button button--small"' not in client.get(seen.address).content.decode()
    assert sandbox.ledger() == []
