"""What people answered: who said it and who recorded it are kept, each once, and a refusal prepares the next step."""

from datetime import timedelta

import pytest

from escalations.actions import corrections, follow_up, snapshots, wizard
from escalations.models import AuditEvent, Correction, Delivery, Draft, FollowUp
from escalations.models.facts import facts_as_json
from escalations.rules.facts import Person, Seen
from escalations.rules.follow_up import NotPossible
from escalations.rules.together import ALSO, JOINING
from tests.actions.factories import PLAIN_FACTS, make_draft, make_escalation
from tests.actions.threads import at_once
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")
JOEL = Person("Joel Sandberg", "joel.sandberg@example.com")
ASKED = {
    "state": "completed", "follow_up": "awaiting_reply", "contact_name": "Dana Reyes", "contact_email": "Dana.Reyes@example.com",
    "customer_name": "Acme Corp", "account_id": "0015e0000000001AAA",
}  # fmt: skip


@pytest.fixture
def ana(people):
    return people["engineer"]


@pytest.fixture
def sent(ana):
    """Dana was asked about Acme, from a draft of Ana's."""
    draft = make_draft(ana, scenario="customer-asked")
    Draft.objects.filter(pk=draft.pk).update(state="submitted", answers={"a": "b"}, edits={"told": "We called."})
    return make_escalation(ana, draft=draft, facts=facts_as_json(PLAIN_FACTS), **ASKED)


def refuse(escalation, by, **values):
    given = {"said_by": "Dana Reyes", "reason": "Moved to another team or role", "right": None, **values}
    return follow_up.not_mine(escalation, by=by, now=NOON, **given)


def events() -> list[str]:
    """What was recorded of the escalation and its corrections, in order."""
    said = AuditEvent.objects.filter(action__regex="^(follow_up|correction)")
    return list(said.values_list("action", flat=True))


def test_who_said_it_and_who_recorded_it_are_both_kept(sent, ana):
    said = follow_up.acknowledge(sent, said_by="Dana Reyes", by=ana, now=NOON)
    assert (said.said_by, said.recorded_by, said.recorded_at, said.by_themselves) == ("Dana Reyes", ana, NOON, False)
    sent.refresh_from_db()
    assert sent.follow_up == "acknowledged"
    event = AuditEvent.objects.get(action__startswith="follow_up")
    assert (event.action, event.actor, event.object) == ("follow_up.acknowledged", "engineer", sent.reference)
    assert "Dana" not in str(event.payload)


def test_said_twice_is_said_once(sent, ana, people):
    first = follow_up.acknowledge(sent, said_by="Dana Reyes", by=ana, now=NOON)
    again = follow_up.acknowledge(sent, said_by="Joel Sandberg", by=people["teamlead"], now=NOON + timedelta(hours=1))
    assert again == first
    assert events() == ["follow_up.acknowledged"]


def test_said_a_second_time_in_other_words_it_is_refused_in_words(sent, ana):
    first = refuse(sent, ana)
    assert refuse(sent, ana) == first
    for other in ({"reason": "Joel has it now"}, {"right": JOEL}):
        with pytest.raises(NotPossible, match="Ana Lima recorded it already, in other words"):
            refuse(sent, ana, **other)
    assert events() == ["correction.recorded", "follow_up.not_mine"]


def test_not_mine_refuses_the_person_for_this_account(sent, ana):
    refuse(sent, ana)
    row = Correction.objects.get()
    assert (row.account_id, row.role_key, row.email) == ("0015e0000000001AAA", "", "dana.reyes@example.com")
    assert (row.instead, row.said_by, row.recorded_by, row.escalation) == ("next_step", "Dana Reyes", ana, sent)
    assert events() == ["correction.recorded", "follow_up.not_mine"]


@pytest.mark.parametrize(
    ("reason", "role"),
    [
        ("Somebody else looks after this customer", ""),
        ("Moved to another team or role: Sales", ""),
        ("Joel has it now", ""),
        ("Not a matter for this role", "csm"),
        ("Not a matter for this role: ask Legal", "csm"),
    ],
)
def test_only_a_reason_that_speaks_of_the_role_goes_for_the_role_alone(sent, ana, reason, role):
    refuse(sent, ana, reason=reason)
    assert Correction.objects.get().role_key == role


def test_who_is_right_is_asked_next(sent, ana):
    said = refuse(sent, ana, right=JOEL)
    assert (said.correction.instead, said.correction.use_email) == ("person", "joel.sandberg@example.com")


def test_a_name_without_an_address_is_kept_and_leads_nowhere(sent, ana):
    said = refuse(sent, ana, right=Person("Joel"))
    assert (said.right_name, said.correction.instead) == ("Joel", "next_step")


def test_without_an_account_nobody_is_refused_everywhere(ana):
    said = refuse(make_escalation(ana, **{**ASKED, "account_id": ""}), ana)
    assert said.correction is None and not Correction.objects.exists()
    assert said.draft


def test_not_mine_prepares_a_draft_of_the_author_and_sends_nothing(sent, people):
    said = refuse(sent, people["teamlead"])
    draft = said.draft
    assert draft != sent.draft and draft.is_live
    assert (draft.author, draft.ticket_id, draft.scenario_key) == (sent.author, sent.ticket_id, "customer-asked")
    assert (draft.answers, draft.edits) == ({"a": "b"}, {"told": "We called."})
    assert not draft.snapshots.exists(), "what was read then is read anew"
    assert not Delivery.objects.exists()


def test_an_open_draft_of_the_ticket_keeps_what_was_chosen_and_written_and_is_read_anew(sent, ana):
    """It was read before the refusal: as it stood it would still be for who has just said that it is not theirs."""
    mine = make_draft(ana, scenario="training")
    wizard.edit(mine, texts={"told": "They know."}, now=NOON)
    wizard.set_aside(mine, name="a", value="b", now=NOON)
    snapshots.record(mine, revision=mine.revision, facts=[Seen("portal", "person_choice:ben", {"name": "Ben"}, NOON)], now=NOON)
    assert refuse(sent, ana).draft == mine
    mine.refresh_from_db()
    assert (mine.scenario_key, mine.edits, mine.answers) == ("training", {"told": "They know."}, {"a": "b"})
    assert list(mine.snapshots.values_list("source", "key")) == [("portal", "person_choice:ben")]


def test_the_same_correction_is_not_recorded_twice(sent, ana):
    said = FollowUp(what="not_mine", said_by="Dana Reyes", reason="Moved to another team or role")
    first = corrections.record(follow_up.correction_of(sent, said, NOON.date()), by=ana, now=NOON)
    assert refuse(sent, ana).correction == first


def test_closed_with_how_it_ended(sent, ana):
    said = follow_up.close(sent, disposition="handed_over", handed_to="Joel Sandberg", said_by="Dana Reyes", by=ana, now=NOON)
    assert said.said.outcome == "Handed over to Joel Sandberg"
    assert AuditEvent.objects.last().payload == {"disposition": "handed_over"}


def test_to_whom_belongs_to_handed_over_only(sent, ana):
    said = follow_up.close(sent, disposition="done", handed_to="Joel Sandberg", said_by="Ana Lima", by=ana, now=NOON)
    assert said.handed_to == ""


def acknowledge(row, by):
    return follow_up.acknowledge(row, said_by="Dana Reyes", by=by, now=NOON)


def close(row, by):
    return follow_up.close(row, disposition="done", said_by="Dana Reyes", by=by, now=NOON)


@pytest.mark.parametrize(
    ("verb", "values", "words"),
    [
        (acknowledge, {"sample": True}, "sample"),
        (acknowledge, {"state": "cancelled"}, "Nothing of it was sent"),
        (acknowledge, {"state": "submitted"}, "not sent yet"),
        (acknowledge, {"follow_up": "closed"}, "It is closed"),
        (acknowledge, {"follow_up": "not_mine"}, "not theirs"),
        (refuse, {"follow_up": "closed"}, "It is closed"),
        (refuse, {"contact_name": "", "contact_email": ""}, "Nobody was told by name"),
        (close, {"follow_up": "closed"}, "It is closed"),
        (acknowledge, {"follow_up": "acknowledged"}, "recorded already"),
    ],
)
def test_what_comes_too_late_is_refused_in_words(ana, verb, values, words):
    row = make_escalation(ana, **{**ASKED, **values})
    with pytest.raises(NotPossible, match=words):
        verb(row, ana)
    assert not FollowUp.objects.exists() and not Correction.objects.exists() and events() == []


def test_what_was_withdrawn_is_answered_no_more(ana):
    row = make_escalation(ana, **ASKED, withdrawn_at=NOON, withdrawn_by=ana, withdrawn_because="Sent twice")
    with pytest.raises(NotPossible, match="withdrawn"):
        acknowledge(row, ana)


def test_an_answer_after_the_day_still_counts(ana):
    row = make_escalation(ana, **{**ASKED, "follow_up": "overdue"})
    assert acknowledge(row, ana).what == "acknowledged"


def test_the_author_hears_what_the_recipient_said_on_the_portal_and_not_what_they_recorded_themselves(sent, ana, people):
    follow_up.acknowledge(sent, said_by="Dana Reyes", by=people["csm"], now=NOON, by_themselves=True)
    [notice] = Delivery.objects.all()
    assert (notice.purpose, notice.target) == ("notice", "person:ana.lima@example.com")
    assert f"{sent.reference}: Dana Reyes has it." in notice.content["text"]
    assert "Acme" not in str(notice.content)
    refuse(sent, ana)
    assert Delivery.objects.count() == 1


def test_the_notice_of_a_refusal_leads_to_the_draft(sent, people):
    said = refuse(sent, people["csm"], by_themselves=True)
    assert said.draft.get_absolute_url() in Delivery.objects.get().content["body"]


def test_of_a_us_government_ticket_no_typed_word_is_kept(ana):
    row = make_escalation(ana, **{**ASKED, "instance": "usgov", "customer_name": ""})
    said = refuse(row, ana, right=Person("the harbor pilots"))
    assert (said.right_name, said.correction.reason, said.correction.account_name) == ("", "not recorded", "")
    ended = follow_up.close(row, disposition="handed_over", handed_to="harbor pilots", said_by="Dana Reyes", by=ana, now=NOON)
    assert ended.handed_to == ""


def test_a_failing_record_undoes_all_of_it(sent, ana, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("the log is full")

    monkeypatch.setattr("escalations.actions.unit.seal", broken)
    with pytest.raises(RuntimeError):
        refuse(sent, ana)
    sent.refresh_from_db()
    assert sent.follow_up == "awaiting_reply"
    assert not FollowUp.objects.exists() and not Correction.objects.exists()
    assert not Draft.objects.exclude(pk=sent.draft_id).exists()


@pytest.mark.parametrize("verb", [acknowledge, refuse, close])
def test_pressed_by_many_at_once_it_is_said_once(own_database, mapping, people, verb):
    row = make_escalation(people["engineer"], facts=facts_as_json(PLAIN_FACTS), **ASKED)
    answers = at_once(lambda: verb(row, people["engineer"]), 6)
    assert len({answer.pk for answer in answers}) == 1
    assert FollowUp.objects.count() == 1
    assert len(events()) == (2 if verb is refuse else 1)
    assert Draft.objects.count() == Correction.objects.count() == (verb is refuse)


def test_the_next_person_is_not_told_by_a_note_that_mentions_nobody(ana):
    draft = make_draft(ana, scenario="customer-asked")
    Draft.objects.filter(pk=draft.pk).update(state="submitted", answers={JOINING: "note", ALSO: "emergency"})
    refuse(make_escalation(ana, draft=draft, facts=facts_as_json(PLAIN_FACTS), **ASKED), ana)
    assert FollowUp.objects.get().draft.answers == {ALSO: "emergency"}
