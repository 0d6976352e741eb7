"""A team lead's verbs, and how trouble finds people."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from escalations.actions import moves, notices, settling, undoing, working
from escalations.gateways.wiring import gateways
from escalations.models import AuditEvent, Delivery, Escalation, Lane
from escalations.models.delivery import NOTICE
from escalations.models.trouble import causes, waiting
from tests.actions.factories import make_delivery, make_escalation
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping", "sandbox")
LOOKED = "I looked in the channel"


def in_trouble(people, state="needs_a_person", *, system="slack", **values):
    """Since a second ago: the database's clock has fewer digits, and an instant of now may lie after its own."""
    settled = {"settled_at": NOON} if state == "dead" else {}
    since = timezone.now() - timedelta(seconds=1)
    said = {"trouble": "http_503", "trouble_at": since, "last_words": "Slack answered with error 503."}
    return make_delivery(people["engineer"], system, state=state, **{**settled, **said, **values})


def the_state(row):
    row.refresh_from_db()
    return row.state


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        (settling.close_sent, "needs_a_person", "closed_sent"),
        (settling.close_not_sent, "needs_a_person", "closed_not_sent"),
        (settling.close_not_sent, "dead", "closed_not_sent"),
        (settling.send_again, "needs_a_person", "pending"),
        (settling.send_again, "dead", "pending"),
        (settling.close_sent, "dead", "dead"),
        (settling.send_again, "pending", "pending"),
    ],
)
def test_what_each_verb_does(people, verb, before, after):
    row = in_trouble(people, before)
    done = verb([row], by=people["teamlead"], because=LOOKED)
    assert the_state(row) == after
    assert bool(done) is (before != after)
    if before != after:
        said = AuditEvent.objects.filter(object=row.escalation.reference, actor="teamlead")
        assert LOOKED in [event.words for event in said]


def test_sending_again_begins_anew(people, sandbox):
    row = in_trouble(people, "dead", attempts=12, give_up_at=NOON)
    settling.send_again([row], by=people["teamlead"], because=LOOKED)
    working.deliver_due(gateways())
    assert the_state(row) == "delivered"
    assert len(sandbox.effects("message")) == 1


def test_a_group_is_settled_together_and_what_moved_meanwhile_is_left_out(people):
    rows = [in_trouble(people) for _ in range(3)]
    settling.close_sent([rows[1]], by=people["teamlead"], because=LOOKED)
    assert settling.close_not_sent(rows, by=people["teamlead"], because=LOOKED) == [rows[0], rows[2]]


def test_a_dead_letter_goes_to_a_new_target(people, sandbox):
    row = in_trouble(people, "dead")
    new = settling.redirect(row, target="C0SALES0001", label="#sales", by=people["teamlead"], because="Archived")
    working.deliver_due(gateways())
    assert (the_state(row), the_state(new)) == ("closed_not_sent", "delivered")
    assert Escalation.objects.get(pk=row.escalation_id).state == "completed"
    assert [entry["target"] for entry in sandbox.effects("message")] == ["C0SALES0001"]


def test_a_target_that_the_escalation_has_already_is_refused_and_loses_nothing(people):
    row = in_trouble(people, "dead")
    make_delivery(people["engineer"], escalation=row.escalation, target="C0SALES0001")
    with pytest.raises(settling.NoSuchTarget):
        settling.redirect(row, target="C0SALES0001", label="#sales", by=people["teamlead"], because="Archived")
    assert the_state(row) == "dead"


def test_looking_again_is_written_down_and_moves_nothing(people):
    row = in_trouble(people)
    assert settling.look_again(row, gateways(), by=people["teamlead"]) == "empty"
    assert the_state(row) == "needs_a_person"
    assert [(look.outcome, look.by) for look in row.looks.all()] == [("empty", "teamlead")]


def test_causes_are_grouped_by_service_kind_and_time(people):
    now = timezone.now()
    at = [now - timedelta(minutes=ago) for ago in (60, 50, 10)]
    slack = [in_trouble(people, trouble_at=moment) for moment in at]
    dead = in_trouble(people, "dead", trouble="is_archived", trouble_at=now)
    found = causes(waiting())
    assert [[row.pk for row in cause.deliveries] for cause in found] == [
        [dead.pk], [slack[2].pk], [slack[0].pk, slack[1].pk],
    ]  # fmt: skip
    assert (found[2].since, found[2].until) == (at[0], at[1])


def notices_of(row):
    return list(Delivery.objects.filter(escalation=row.escalation, purpose=NOTICE).order_by("pk"))


def test_the_author_is_told_once_by_direct_message(people, sandbox):
    row = make_delivery(people["engineer"], "zendesk", target="main:1019")  # a closed ticket
    working.deliver_due(gateways())
    assert the_state(row) == "dead"
    [told] = notices_of(row)
    assert (told.system, told.target, told.state) == ("slack", "person:ana.lima@example.com", "delivered")
    assert row.escalation.reference in str(sandbox.effects("message"))
    assert Escalation.objects.get(pk=row.escalation_id).state == "attention"


def test_a_notice_about_a_us_government_ticket_names_no_channel(people):
    escalation = make_escalation(people["engineer"], instance="usgov", customer_name="Secret Agency")
    place = {"kind": "account_channel", "label": "#a_secret-agency", "note": "", "people": {}}
    row = make_delivery(people["engineer"], escalation=escalation, state="uncertain", place=place)
    moves.settle(row, "needs_a_person", "Slack did not answer.", by="reconciler", trouble="http_503")
    [told] = notices_of(row)
    assert "secret" not in str(told.content).lower()
    assert "secret" not in str(told.place).lower()


def test_if_slack_is_the_trouble_the_author_gets_an_e_mail(people, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    row = make_delivery(people["engineer"], state="uncertain")
    moves.settle(row, "needs_a_person", "Slack did not answer.", by="reconciler", trouble="http_503")
    [told] = notices_of(row)
    assert (told.system, told.target) == ("email", "ana.lima@example.com")
    working.deliver_due(gateways())
    assert the_state(told) == "delivered"
    [sent] = mail.outbox
    assert row.escalation.reference in sent.subject
    assert str(told.key) in sent.message()["Message-ID"]


def test_a_notice_that_slack_does_not_take_goes_by_e_mail(people, sandbox):
    row = make_delivery(people["engineer"], "zendesk", target="main:1019")
    sandbox.fault("slack", "error", match="chat.postMessage", error="channel_not_found")
    working.deliver_due(gateways())
    assert [(told.system, told.target) for told in notices_of(row)] == [
        ("slack", "person:ana.lima@example.com"), ("email", "ana.lima@example.com"),
    ]  # fmt: skip


def test_the_team_leads_are_told_after_ten_minutes_once_a_cause(people, sandbox, settings):
    settings.TEAM_LEADS_AFTER_SECONDS = 600
    rows = [in_trouble(people, system="zendesk") for _ in range(3)]
    assert notices.tell_team_leads() == 0
    ago = timezone.now() - timedelta(minutes=11)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(trouble_at=ago)
    assert notices.tell_team_leads() == 1
    assert notices.tell_team_leads() == 0
    working.deliver_due(gateways())
    [message] = [entry for entry in sandbox.effects("message") if entry["target"] == "C0SUPLEADS1"]
    assert "3 deliveries wait for a person" in str(message)


def test_samples_trouble_nobody(people):
    row = in_trouble(people)
    in_trouble(people, escalation=make_escalation(people["engineer"], sample=True))
    assert [one.pk for one in waiting()] == [row.pk]


def test_nothing_of_a_withdrawn_escalation_goes_to_a_new_target(people, sandbox):
    dead = in_trouble(people, "dead")
    make_delivery(
        people["engineer"], "zendesk", escalation=dead.escalation, state="delivered", remote_id="main:1001:1", settled_at=NOON
    )
    undoing.withdraw(dead.escalation, by=people["engineer"], because="Wrong account")
    with pytest.raises(settling.NoSuchTarget, match="withdrawn"):
        settling.redirect(dead, target="C0SALES0001", label="#sales", by=people["teamlead"], because="Archived")
    assert the_state(dead) == "cancelled"
    assert not sandbox.effects("message")


def test_a_cause_is_said_once_however_its_deliveries_are_settled(people, settings):
    settings.TEAM_LEADS_AFTER_SECONDS = 600
    ago = timezone.now() - timedelta(minutes=11)
    rows = [in_trouble(people, trouble_at=ago) for _ in range(3)]
    said = []
    for row in rows:
        said.append(notices.tell_team_leads())
        settling.close_sent([row], by=people["teamlead"], because=LOOKED)
    assert said == [1, 0, 0]


def test_two_causes_of_one_escalation_are_both_said(people, settings):
    settings.TEAM_LEADS_AFTER_SECONDS = 600
    ago = timezone.now() - timedelta(minutes=11)
    row = in_trouble(people, "dead", trouble="is_archived", trouble_at=ago)
    in_trouble(people, trouble_at=ago, escalation=row.escalation, target="C0OTHER")
    assert [notices.tell_team_leads(), notices.tell_team_leads()] == [2, 0]


def test_what_is_in_trouble_again_is_said_again(people, settings):
    settings.TEAM_LEADS_AFTER_SECONDS = 0
    row = in_trouble(people)
    assert notices.tell_team_leads() == 1
    settling.send_again([row], by=people["teamlead"], because=LOOKED)
    row.refresh_from_db()
    assert row.told_at is None


def test_what_stands_still_is_said_although_nobody_is_asked_yet(people, settings):
    """A revoked token pauses the lane for a day: by e-mail, because Slack is the trouble."""
    settings.TEAM_LEADS_AFTER_SECONDS = 600
    later = timezone.now() + timedelta(hours=20)
    row = make_delivery(people["engineer"], give_up_at=later, due_at=timezone.now() + timedelta(minutes=1))
    assert notices.tell_team_leads() == 1
    assert notices.tell_team_leads() == 0
    [told] = notices_of(row)
    assert (told.system, told.target) == ("email", "tom.okafor@example.com")


def test_the_author_is_told_although_the_team_leads_heard_of_it_before(people, settings):
    """What the team leads are told hangs on the first delivery of its cause; that is not its author's notice."""
    settings.TEAM_LEADS_AFTER_SECONDS = 20
    row = make_delivery(people["engineer"], give_up_at=timezone.now() + timedelta(hours=1), state="uncertain")
    assert notices.tell_team_leads() == 1
    moves.settle(row, "needs_a_person", "No answer.", by="reconciler", trouble="late")
    assert [told.target for told in notices_of(row)] == ["tom.okafor@example.com", "ana.lima@example.com"]


def test_a_withdrawal_that_fails_is_told_although_another_trouble_was(people):
    first = in_trouble(people, "uncertain")
    moves.settle(first, "needs_a_person", "No answer.", by="reconciler", trouble="late")
    second = make_delivery(
        people["engineer"], escalation=first.escalation, purpose="withdrawal", origin=first, target="C1:1.1", state="uncertain"
    )
    moves.settle(second, "needs_a_person", "No answer.", by="reconciler", trouble="late")
    told = notices_of(first)
    assert len(told) == 2
    assert "taken back" in told[1].content["text"]


def test_what_was_found_by_hand_can_be_taken_back(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    working.deliver_due(gateways())
    row.refresh_from_db()
    moves.settle(row, "needs_a_person", "Nobody can tell.", by="reconciler", trouble="late")
    assert settling.look_again(row, gateways(), by=people["teamlead"]) == "found"
    row.refresh_from_db()
    settling.close_sent([row], by=people["teamlead"], because=LOOKED)
    undoing.withdraw(row.escalation, by=people["engineer"], because="Wrong account")
    working.deliver_due(gateways())
    assert len(sandbox.effects("message_updated")) == 1


def test_sending_again_waits_until_the_first_can_no_more_arrive_and_looks_before_it_writes(people, sandbox):
    row = make_delivery(people["engineer"])
    sandbox.fault("slack", "reset_after", match="chat.postMessage", times=1)
    working.deliver_due(gateways())
    row.refresh_from_db()
    moves.settle(row, "needs_a_person", "Nobody can tell.", by="reconciler", trouble="late")
    row.refresh_from_db()
    settling.send_again([row], by=people["teamlead"], because=LOOKED)
    row.refresh_from_db()
    assert row.due_at > timezone.now() + timedelta(seconds=60)
    Delivery.objects.filter(pk=row.pk).update(due_at=timezone.now())
    working.deliver_due(gateways())
    assert the_state(row) == "delivered"
    mine = [entry for entry in sandbox.effects("message") if str(row.key) in str(entry)]
    assert len(mine) == 1


def lane_in_trouble(lane="slack", *, paused):
    """An open breaker; between two of its pauses one delivery tries."""
    until = timezone.now() + timedelta(minutes=5 if paused else -1)
    Lane.objects.create(key=lane, failures=7, paused_until=until, probe_until=None if paused else timezone.now() + timedelta(seconds=9))


@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("system", ["zendesk", "slack"])
def test_while_slack_is_in_trouble_the_author_is_told_by_e_mail_whatever_failed(people, system, paused):
    lane_in_trouble(paused=paused)
    target = {"zendesk": "main:1019", "slack": "C0ACCTMGMT1"}[system]
    row = make_delivery(people["engineer"], system, target=target, state="sending", claimed_by="w")
    moves.settle(row, "dead", "It is closed.", by="w", trouble="closed", settled_at=NOON)
    [told] = notices_of(row)
    assert (told.system, told.target) == ("email", "ana.lima@example.com")


@pytest.mark.parametrize("paused", [True, False])
@pytest.mark.parametrize("state", ["dead", "needs_a_person"])
def test_while_slack_is_in_trouble_the_team_leads_are_told_by_e_mail_whatever_failed(people, settings, state, paused):
    settings.TEAM_LEADS_AFTER_SECONDS = 0
    lane_in_trouble(paused=paused)
    row = in_trouble(people, state, system="zendesk")
    other = in_trouble(people, state, target="C0OTHER")
    assert notices.tell_team_leads() == 2
    assert {(told.system, told.target) for told in [*notices_of(row), *notices_of(other)]} == {("email", "tom.okafor@example.com")}


def test_while_slack_is_in_trouble_an_answer_is_told_by_e_mail(people):
    lane_in_trouble(paused=False)
    escalation = make_escalation(people["engineer"], follow_up="awaiting_reply", answer_on=NOON.date(), overdue_at=NOON)
    notices.tell_author_of_silence(escalation, now=timezone.now())
    [told] = Delivery.objects.filter(escalation=escalation, purpose=NOTICE)
    assert (told.system, told.target) == ("email", "ana.lima@example.com")


def test_what_was_sent_again_and_ends_in_doubt_is_told_again(people):
    row = make_delivery(people["engineer"], "zendesk", state="sending", claimed_by="w")
    moves.settle(row, "dead", "It is closed.", by="w", trouble="closed", settled_at=NOON)
    settling.send_again([row], by=people["teamlead"], because=LOOKED)
    row.refresh_from_db()
    for state in ("sending", "uncertain"):
        Delivery.objects.filter(pk=row.pk).update(state=state, claimed_by="w" if state == "sending" else "")
    row.refresh_from_db()
    moves.settle(row, "needs_a_person", "No answer.", by="reconciler", trouble="late")
    assert ["could not be sent" in told.content["text"] for told in notices_of(row)] == [True, False]


@pytest.mark.parametrize(("system", "target", "by"), [("email", "ana.lima@example.com", "slack"), ("slack", "person:ana.lima@example.com", "email")])
def test_a_notice_that_stands_still_is_said_by_the_other_way_once(people, settings, system, target, by):
    settings.TEAM_LEADS_AFTER_SECONDS = 600
    lane_in_trouble(system, paused=True)
    row = in_trouble(people, told_at=timezone.now())
    values = {"purpose": NOTICE, "origin": row, "give_up_at": timezone.now() + timedelta(hours=20)}
    stuck = make_delivery(people["engineer"], system, escalation=row.escalation, target=target, due_at=timezone.now(), **values)
    assert [notices.tell_team_leads(), notices.tell_team_leads()] == [1, 0]
    [told] = [notice for notice in notices_of(row) if notice.pk != stuck.pk]
    assert (told.system, told.origin) == (by, row)
