"""Two presses at once on a draft: one move is one event, and a second live draft of a ticket is a plain answer, not an error."""

import pytest

from escalations.actions import wizard
from escalations.models import AuditEvent, Draft
from tests.actions.factories import make_draft
from tests.actions.threads import at_once
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("mapping")


def read(draft) -> Draft:
    """As another request has it."""
    return Draft.objects.select_related("author").get(pk=draft.pk)


def ended(by) -> Draft:
    draft = make_draft(by)
    wizard.discard(draft, by=by, now=NOON)
    return draft


def events(action) -> list[dict]:
    return list(AuditEvent.objects.filter(action=action).values_list("payload", flat=True))


@pytest.fixture
def meanwhile(monkeypatch):
    """Let something happen after the look, before the write."""

    def happens(call):
        unit = wizard.unit

        def later(**given):
            call()
            return unit(**given)

        monkeypatch.setattr(wizard, "unit", later)

    return happens


def test_reopened_twice_is_reopened_once(people):
    draft = ended(people["engineer"])
    for same in (read(draft), read(draft)):
        wizard.reopen(same, by=people["engineer"], now=NOON)
        assert same.state == "open"
    assert events("draft.reopened") == [{}]


def test_reopened_by_many_at_once_it_is_one_event(own_database, mapping, people):
    draft = ended(people["engineer"])
    answers = at_once(lambda: wizard.reopen(read(draft), by=people["engineer"], now=NOON), 6)
    assert not [answer for answer in answers if isinstance(answer, Exception) and not isinstance(answer, wizard.states.MoveError)]
    assert events("draft.reopened") == [{}]


def test_what_was_sent_or_begun_anew_meanwhile_is_not_reopened(people, meanwhile):
    draft = ended(people["engineer"])
    meanwhile(lambda: Draft.objects.filter(pk=draft.pk).update(state="submitted"))
    wizard.reopen(draft, by=people["engineer"], now=NOON)
    assert draft.state == "submitted" and not events("draft.reopened")


def test_another_tab_that_began_the_ticket_anew_a_moment_earlier(people, meanwhile):
    draft = ended(people["engineer"])
    meanwhile(lambda: wizard.start(by=people["engineer"], instance="main", ticket_id=1001, now=NOON))
    with pytest.raises(wizard.AnotherIsLive):
        wizard.reopen(draft, by=people["engineer"], now=NOON)
    assert not events("draft.reopened")


def test_who_takes_over_and_began_the_ticket_a_moment_earlier(people, meanwhile):
    draft = make_draft(people["engineer"])
    meanwhile(lambda: wizard.start(by=people["teamlead"], instance="main", ticket_id=1001, now=NOON))
    with pytest.raises(wizard.AnotherIsLive):
        wizard.take_over(draft, by=people["teamlead"], now=NOON)
    assert not events("draft.taken_over") and read(draft).author == people["engineer"]


def test_two_drafts_of_a_ticket_taken_over_at_once(own_database, mapping, people):
    drafts = [make_draft(people["engineer"]), make_draft(people["usgov"])]
    answers = at_once(lambda: wizard.take_over(read(drafts.pop()), by=people["teamlead"], now=NOON), 2)
    assert [type(answer) for answer in answers if answer] == [wizard.AnotherIsLive]
    assert len(events("draft.taken_over")) == 1


def test_who_had_it_is_who_had_it_when_it_was_taken_over(people):
    draft = make_draft(people["engineer"])
    first, second = read(draft), read(draft)
    wizard.take_over(first, by=people["teamlead"], now=NOON)
    wizard.take_over(second, by=people["usgov"], now=NOON)
    assert events("draft.taken_over") == [{"before": "engineer"}, {"before": "teamlead"}]


def test_taken_over_twice_by_the_same_person_is_taken_over_once(people):
    draft = make_draft(people["engineer"])
    for same in (read(draft), read(draft)):
        wizard.take_over(same, by=people["teamlead"], now=NOON)
        assert same.author == people["teamlead"]
    assert events("draft.taken_over") == [{"before": "engineer"}]
