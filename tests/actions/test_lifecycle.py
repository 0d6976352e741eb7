"""Submit: planned again, compared with what was seen, written once and whole."""

import pytest

from escalations.actions import lifecycle, wizard
from escalations.models import AuditEvent, Delivery, Draft, Escalation
from escalations.reading.legs import follower_named
from escalations.rules.states import MoveError
from tests.actions.factories import EMERGENCY, PLAIN_FACTS, learn, make_draft, review
from tests.actions.threads import at_once
from tests.conftest import NOON
from tests.rules import factories as seen

pytestmark = pytest.mark.usefixtures("mapping")
GRACE_IS_CSM = seen.facts(
    ticket=seen.ticket(priority="urgent"), account=seen.account(csm=seen.GRACE), **seen.known(seen.GRACE, seen.OMAR)
)


def submit(draft, digest=None, by=None):
    return lifecycle.submit(draft, digest=digest or draft.reviewed_digest, by=by or draft.author, now=NOON)


def test_submitting_writes_escalation_deliveries_and_one_event(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    sent = submit(draft)
    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert (sent.contact_name, sent.scenario_key, sent.mapping_version.number) == ("Dana Reyes", EMERGENCY, 1)
    assert sorted(sent.deliveries.values_list("system", "state")) == [("slack", "pending"), ("zendesk", "pending")]
    event = AuditEvent.objects.get(object=sent.reference)
    assert (event.action, event.actor) == ("escalation.submitted", "engineer")
    assert event.payload == {"scenario": EMERGENCY, "version": 1, "legs": ["emergency-slack", "emergency-zendesk"]}


def test_the_audit_event_holds_no_personal_data(people):
    sent = submit(make_draft(people["engineer"], scenario=EMERGENCY))
    told = str(AuditEvent.objects.get(object=sent.reference).payload)
    assert not any(word in told for word in ("Dana", "Acme", "Rin", "Production"))


def test_what_was_shown_is_what_is_delivered(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    sent = submit(draft)
    shown = {leg["system"]: leg["text"] for leg in draft.shown}
    stored = {delivery.system: delivery.content for delivery in sent.deliveries.all()}
    url = f"http://127.0.0.1:8000/a/{sent.reference}"
    assert stored["zendesk"]["body"] == f"{shown['zendesk']}\n\nAnswer here: {url}"
    told = "\n".join(block["text"]["text"] for block in stored["slack"]["blocks"])
    assert told == f"{shown['slack']}\nAnswer here: <{url}|{sent.reference}>"


def test_where_nobody_was_told_by_name_the_link_is_to_the_record(people):
    facts = seen.facts(ticket=seen.ticket(priority="urgent"), account=seen.account(csm=None, owner=None))
    sent = submit(make_draft(people["engineer"], scenario=EMERGENCY, facts=facts))
    assert sent.contact_email == ""
    for delivery in sent.deliveries.all():
        assert f"/a/{sent.reference}" in str(delivery.content) and "Answer here" not in str(delivery.content)


def test_an_address_with_capital_letters_is_kept_in_small_ones_and_known_again(people):
    dana = {**seen.DANA, "email": "Dana.Reyes@Example.com"}
    facts = seen.facts(ticket=seen.ticket(priority="urgent"), account=seen.account(csm=dana), **seen.known(dana, seen.OMAR))
    sent = submit(make_draft(people["engineer"], scenario=EMERGENCY, facts=facts))
    assert sent.contact_email == "dana.reyes@example.com"
    assert follower_named(sent.deliveries.get(system="zendesk"), dana["email"]) == "Dana Reyes"


def test_a_second_submit_gives_the_same_escalation(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    first = submit(draft)
    assert submit(Draft.objects.get(pk=draft.pk)) == first
    assert submit(Draft.objects.get(pk=draft.pk), digest="anything") == first
    assert (Escalation.objects.count(), Delivery.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(action="escalation.submitted").count() == 1


def test_another_person_since_the_review_is_said(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    learn(draft, GRACE_IS_CSM)
    with pytest.raises(lifecycle.Changed) as refused:
        submit(draft)
    assert any("Grace Molina (was Dana Reyes)" in text for text in refused.value.said)
    assert not Escalation.objects.exists()


def test_changed_words_are_said(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    digest = draft.reviewed_digest
    wizard.edit(draft, texts={"told": "We called them."}, now=NOON)
    with pytest.raises(lifecycle.Changed) as refused:
        submit(draft, digest=digest)
    assert refused.value.said == ("The words for Slack changed.", "The words for Zendesk changed.")


def test_a_new_review_of_the_change_can_be_sent(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    learn(draft, GRACE_IS_CSM)
    assert submit(draft, digest=review(draft)).contact_name == "Grace Molina"


CANNOT = [
    ("no situation was chosen", PLAIN_FACTS, "", "Choose a situation first."),
    ("the ticket was not read", seen.facts(errors=[("zendesk", "ticket", "unreachable")]), EMERGENCY, "Zendesk could not be reached."),
    ("the ticket is closed", seen.facts(ticket=seen.ticket(state="closed"), account=seen.account()), EMERGENCY, "is closed"),
    ("a question is open", PLAIN_FACTS, "upgrade-assistance", "Does an internal issue for this upgrade exist?"),
    ("it was retired meanwhile", PLAIN_FACTS, "no-such-row", "Choose a situation first."),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "scenario", "because"), [row[1:] for row in CANNOT], ids=[row[0] for row in CANNOT])
def test_cannot_be_sent_when(people, facts, scenario, because):
    draft = make_draft(people["engineer"], facts=facts)
    if scenario:
        wizard.choose(draft, scenario_key=scenario, now=NOON)
    with pytest.raises(lifecycle.CannotSend, match=because.replace("?", r"\?")):
        submit(draft, digest="0" * 64)
    assert not Escalation.objects.exists()


def test_an_answer_that_says_do_not_escalate_cannot_be_sent(people):
    draft = make_draft(people["engineer"])
    wizard.choose(draft, scenario_key="upgrade-assistance", now=NOON)
    wizard.answer(draft, question_key="internal-issue", choice_key="yes", now=NOON)
    with pytest.raises(lifecycle.CannotSend):
        submit(draft, digest=review(draft))


def test_a_discarded_draft_cannot_be_sent(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.discard(draft, by=people["engineer"], now=NOON)
    with pytest.raises(MoveError):
        submit(draft)


def test_a_draft_discarded_behind_our_back_is_not_sent(people):
    """The move is checked in the write itself, not only before it."""
    stale = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.discard(Draft.objects.get(pk=stale.pk), by=people["engineer"], now=NOON)
    with pytest.raises(wizard.NotLive):
        submit(stale)
    assert not Escalation.objects.exists()


def test_a_draft_reviewed_behind_our_back_is_sent(people):
    """A page that was looked at meanwhile makes an open draft a reviewed one; that is no reason to refuse."""
    stale = make_draft(people["engineer"])
    wizard.choose(stale, scenario_key=EMERGENCY, now=NOON)
    digest = review(Draft.objects.get(pk=stale.pk))
    assert stale.state == "open"
    assert submit(stale, digest=digest).contact_name == "Dana Reyes"


def test_a_failing_audit_undoes_the_submit(people, settings):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    settings.AUDIT_KEY = None
    with pytest.raises(AttributeError):
        submit(draft)
    draft.refresh_from_db()
    assert (draft.state, Escalation.objects.count(), Delivery.objects.count()) == ("reviewed", 0, 0)


def test_eight_clicks_at_once_are_one_escalation(own_database, people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    results = at_once(lambda: submit(Draft.objects.select_related("author").get(pk=draft.pk)).pk, 8)
    assert len(results) == 8
    assert len(set(results)) == 1
    assert (Escalation.objects.count(), Delivery.objects.count()) == (1, 2)
    assert AuditEvent.objects.filter(action="escalation.submitted").count() == 1
