"""Whom the next step names after a "not mine", where nothing but an engineer's choice said who it was."""

from escalations.actions import choices, follow_up, lifecycle
from escalations.models import Escalation
from escalations.models.active import active
from escalations.models.facts import facts_of
from escalations.models.planning import plan_of
from escalations.rules.facts import Seen
from tests.actions.factories import learn, make_draft, review
from tests.conftest import NOON
from tests.rules import factories as seen


def test_the_next_step_does_not_name_whoever_has_just_refused(mapping, people):
    """Their name was a text, and an engineer said who that is; no account is known, so that no correction remembers the refusal."""
    ana, maria = people["engineer"], {"name": "Maria Silva", "email": "maria.silva@example.com"}
    organization = {**seen.ORGANIZATION, "salesforce_id": None, "external_id": None, "csm": maria["name"]}
    read = seen.facts(ticket=seen.ticket(priority="urgent", organization=organization), **seen.known(maria, {"name": "Ana Lima", "email": "ana.lima@example.com"}))
    names = [Seen("slack", "name:maria silva", [{"id": "U1", **maria}], NOON), Seen("slack", "people", {"found": 1}, NOON)]
    read = read.having([*names, Seen("salesforce", "accounts", [], NOON)])
    draft = make_draft(ana, facts=read, scenario="emergency")
    assert choices.choose_person(draft, facts_of(draft), name=maria["name"], email=maria["email"], by=ana, now=NOON)
    learn(draft, read)
    row = lifecycle.submit(draft, digest=review(draft), by=ana, now=NOON)
    assert row.contact_email == maria["email"] and not row.account_id
    for one in row.deliveries.all():
        row.deliveries.filter(pk=one.pk).update(state="sending", claimed_by="w")
        row.deliveries.filter(pk=one.pk).update(state="delivered", claimed_by="", remote_id=str(one.pk), settled_at=NOON)
    Escalation.objects.update(state="completed")
    row.refresh_from_db()
    said = follow_up.not_mine(row, said_by=maria["name"], reason="Somebody else looks after this customer", right=None, by=ana, now=NOON)
    assert said.correction is None
    learn(said.draft, read)
    assert plan_of(said.draft, active().mapping, NOON.date(), now=NOON).contact.name != maria["name"]
