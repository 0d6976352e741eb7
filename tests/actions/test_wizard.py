"""Drafts: started once, facts of the newest look-up only, edits kept as long as they mean something."""

import pytest

from escalations.actions import snapshots, wizard
from escalations.models import AuditEvent, Draft
from escalations.models.active import active
from escalations.models.facts import facts_of
from escalations.models.planning import plan_of
from escalations.rules.facts import Seen
from escalations.rules.legs import DIRECT_MESSAGE
from escalations.rules.states import MoveError
from tests.actions.factories import EMERGENCY, PLAIN_FACTS, learn, make_draft, review
from tests.conftest import NOON
from tests.rules import factories as seen

pytestmark = pytest.mark.usefixtures("mapping")


def words_of(draft):
    stored = Draft.objects.select_related("author").get(pk=draft.pk)
    return plan_of(stored, active().mapping, NOON.date(), now=NOON).words


def own_words(draft) -> dict[str, str]:
    """The engineer's words that the message would have, by part."""
    return {word.part: word.text for word in words_of(draft) if word.text != word.ready}


def test_starting_twice_is_one_draft(people):
    first = wizard.start(by=people["engineer"], instance="main", ticket_id=1001, now=NOON)
    assert wizard.start(by=people["engineer"], instance="main", ticket_id=1001, now=NOON) == first


SEPARATE = [
    ("another person", {"by": "teamlead"}),
    ("another ticket", {"ticket_id": 1002}),
    ("the same number in another instance", {"instance": "usgov"}),
]


@pytest.mark.parametrize("other", [row[1] for row in SEPARATE], ids=[row[0] for row in SEPARATE])
def test_these_have_drafts_of_their_own(people, other):
    usual = {"by": "engineer", "instance": "main", "ticket_id": 1001}
    drafts = {wizard.start(**{**given, "by": people[given["by"]], "now": NOON}).pk for given in (usual, usual | other)}
    assert len(drafts) == 2


def test_after_a_discarded_draft_the_same_ticket_starts_anew(people):
    first = make_draft(people["engineer"])
    wizard.discard(first, by=people["engineer"], now=NOON)
    assert make_draft(people["engineer"]) != first
    assert Draft.objects.count() == 2


def test_facts_of_an_older_look_up_are_dropped(people):
    draft = wizard.start(by=people["engineer"], instance="main", ticket_id=1001, now=NOON)
    old = snapshots.begin_look_up(draft, now=NOON)
    new = snapshots.begin_look_up(draft, now=NOON)
    late = seen.facts(ticket=seen.ticket(subject="late"))
    assert not snapshots.record(draft, revision=old, facts=late.seen.values(), now=NOON)
    assert facts_of(draft).ticket is None
    assert snapshots.record(draft, revision=new, facts=PLAIN_FACTS.seen.values(), now=NOON)
    assert facts_of(draft).ticket.subject == "Production is down"


def test_a_newer_value_takes_the_older_ones_place(people):
    draft = make_draft(people["engineer"])
    learn(draft, seen.facts(ticket=seen.ticket(subject="Solved")))
    assert facts_of(draft).ticket.subject == "Solved"
    assert draft.snapshots.filter(key="ticket").count() == 1


def test_an_ended_draft_takes_no_facts(people):
    draft = make_draft(people["engineer"])
    wizard.discard(draft, by=people["engineer"], now=NOON)
    assert not snapshots.record(draft, revision=draft.revision, facts=PLAIN_FACTS.seen.values(), now=NOON)


EDITS = [
    ("own words are kept", {"situation": "Mine."}, {"situation": "Mine."}),
    ("empty words mean the ready ones again", {"situation": "  "}, {}),
    ("a part that nobody may change is left out", {"opening": "Mine.", "author": "The CEO"}, {}),
    ("several at once", {"situation": "Mine.", "told": "Yes."}, {"situation": "Mine.", "told": "Yes."}),
]


@pytest.mark.parametrize(("texts", "kept"), [row[1:] for row in EDITS], ids=[row[0] for row in EDITS])
def test_edits(people, texts, kept):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.edit(draft, texts=texts, words=words_of(draft), now=NOON)
    draft.refresh_from_db()
    assert own_words(draft) == kept


def test_unchanged_words_are_no_edit(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.edit(draft, texts={word.part: word.ready for word in words_of(draft)}, words=words_of(draft), now=NOON)
    assert Draft.objects.get().edits == {}


def test_an_edit_of_one_part_keeps_the_others(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.edit(draft, texts={"situation": "Mine."}, words=words_of(draft), now=NOON)
    wizard.edit(draft, texts={"told": "Yes."}, words=words_of(draft), now=NOON)
    wizard.edit(draft, texts={"situation": ""}, words=words_of(draft), now=NOON)
    assert own_words(draft) == {"told": "Yes."}


def test_oversized_words_are_cut(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.edit(draft, texts={"situation": "x" * 10_000}, words=words_of(draft), now=NOON)
    assert len(own_words(draft)["situation"]) <= 600


def test_words_stay_with_their_row_and_those_of_the_ticket_with_every_row(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.answer(draft, question_key="internal-issue", choice_key="no", now=NOON)
    wizard.edit(draft, texts={"situation": "Mine.", "told": "Yes."}, words=words_of(draft), now=NOON)
    wizard.choose(draft, scenario_key="training", now=NOON)
    draft.refresh_from_db()
    assert (own_words(draft), draft.answers) == ({"told": "Yes."}, {"internal-issue": "no"})
    wizard.choose(draft, scenario_key=EMERGENCY, now=NOON)
    assert own_words(draft) == {"situation": "Mine.", "told": "Yes."}


def test_two_tabs_add_to_what_the_other_stored(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    other = Draft.objects.get(pk=draft.pk)
    wizard.edit(draft, texts={"situation": "Mine."}, words=words_of(draft), now=NOON)
    wizard.edit(other, texts={"told": "Yes."}, words=words_of(other), now=NOON)
    assert own_words(other) == {"situation": "Mine.", "told": "Yes."}
    draft.refresh_from_db()
    assert own_words(draft) == {"situation": "Mine.", "told": "Yes."}
    wizard.answer(draft, question_key="license-kind", choice_key="renewal", now=NOON)
    wizard.answer(other, question_key="internal-issue", choice_key="no", now=NOON)
    draft.refresh_from_db()
    assert draft.answers == {"license-kind": "renewal", "internal-issue": "no"}


MOVED = [
    ("to another account", {**seen.ORGANIZATION, "salesforce_id": "0015e0000000002AAA"}, set()),
    ("to an organization without an account", {**seen.ORGANIZATION, "salesforce_id": None}, set()),
    ("out of every organization", None, set()),
    ("nowhere", seen.ORGANIZATION, {"account", "people", "channel:C0ACME"}),
]


@pytest.mark.parametrize(("organization", "kept"), [row[1:] for row in MOVED], ids=[row[0] for row in MOVED])
def test_a_ticket_that_moves_takes_nothing_of_the_former_customer_along(people, organization, kept):
    draft = make_draft(people["engineer"])
    facts = [
        Seen("zendesk", "ticket", seen.ticket(), NOON),
        Seen("salesforce", "account", seen.account(), NOON),
        Seen("slack", "people", {"found": 1}, NOON),
        Seen("slack", "channel:C0ACME", seen.CHANNEL, NOON),
    ]
    snapshots.record(draft, revision=draft.revision, facts=facts, now=NOON)
    again = [Seen("zendesk", "ticket", seen.ticket(organization=organization), NOON)]
    snapshots.record(draft, revision=draft.revision, facts=again, now=NOON)
    left = {key for _, key in facts_of(draft).seen} - {"ticket", "comments"}
    assert {key for key in left if not key.startswith("person:")} == kept
    assert kept or not left


def test_the_order_of_the_cards_is_kept_as_first_shown(people):
    draft = make_draft(people["engineer"])
    wizard.keep_card_order(draft, keys=["a", "b"], now=NOON)
    wizard.keep_card_order(draft, keys=["b", "a"], now=NOON)
    draft.refresh_from_db()
    assert draft.cards == ["a", "b"]


CHANGES = [
    ("choose", lambda draft: wizard.choose(draft, scenario_key=EMERGENCY, now=NOON)),
    ("answer", lambda draft: wizard.answer(draft, question_key="q", choice_key="c", now=NOON)),
    ("edit", lambda draft: wizard.edit(draft, texts={"situation": "Mine."}, now=NOON)),
    ("look up", lambda draft: snapshots.begin_look_up(draft, now=NOON)),
]


@pytest.mark.parametrize("change", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_an_ended_draft_does_not_change_any_more(people, change):
    draft = make_draft(people["engineer"])
    wizard.do_not_escalate(draft, by=people["engineer"], because="They can upgrade by themselves.", now=NOON)
    with pytest.raises(wizard.NotLive):
        change(draft)


def test_not_escalating_is_an_outcome_with_its_reason_and_a_way_back(people):
    draft = make_draft(people["engineer"])
    wizard.do_not_escalate(draft, by=people["engineer"], because="They can upgrade by themselves.", now=NOON)
    assert (draft.state, draft.ended_because) == ("not_escalated", "They can upgrade by themselves.")
    wizard.reopen(draft, by=people["engineer"], now=NOON)
    assert (draft.state, draft.ended_because) == ("open", "")
    assert list(AuditEvent.objects.filter(object=str(draft.pk)).values_list("action", flat=True)) == [
        "draft.not_escalated",
        "draft.reopened",
    ]


def test_a_live_draft_cannot_be_reopened(people):
    draft = make_draft(people["engineer"])
    with pytest.raises(MoveError):
        wizard.reopen(draft, by=people["engineer"], now=NOON)


def test_taking_over_changes_the_author_and_keeps_who_had_it(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.take_over(draft, by=people["teamlead"], now=NOON)
    draft.refresh_from_db()
    assert draft.author == people["teamlead"]
    assert AuditEvent.objects.get(action="draft.taken_over").payload == {"before": "engineer"}


def test_looking_at_the_review_keeps_what_was_shown(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    draft.refresh_from_db()
    assert (draft.state, len(draft.shown)) == ("reviewed", 2)
    assert draft.reviewed_digest == review(draft)


def test_taking_over_looks_up_the_new_author(people, mapping):
    draft = wizard.start(by=people["engineer"], instance="main", ticket_id=1001, now=NOON)
    seen = [
        Seen("slack", "people", {"found": 1}, NOON),
        Seen("zendesk", "ticket", {"instance": "main", "id": 1001}, NOON),
    ]
    snapshots.record(draft, revision=draft.revision, facts=seen, now=NOON)
    wizard.take_over(draft, by=people["teamlead"], now=NOON)
    assert [snapshot.key for snapshot in draft.snapshots.all()] == ["ticket"]


def test_a_direct_message_as_well_is_an_answer_beside_the_others_and_can_be_taken_back(people):
    draft = make_draft(people["engineer"], scenario="upgrade-assistance")
    wizard.answer(draft, question_key="internal-issue", choice_key="no", now=NOON)
    wizard.also_directly(draft, to="U0DANAREYES", now=NOON)
    assert Draft.objects.get().answers == {"internal-issue": "no", DIRECT_MESSAGE: "U0DANAREYES"}
    wizard.also_directly(draft, to="", now=NOON)
    assert Draft.objects.get().answers == {"internal-issue": "no"} == draft.answers


def test_two_tabs_lose_neither_the_answer_nor_the_direct_message(people):
    draft = make_draft(people["engineer"], scenario="upgrade-assistance")
    other = Draft.objects.get()
    wizard.answer(other, question_key="internal-issue", choice_key="no", now=NOON)
    wizard.also_directly(draft, to="U0DANAREYES", now=NOON)
    assert Draft.objects.get().answers == {"internal-issue": "no", DIRECT_MESSAGE: "U0DANAREYES"}


def test_asking_to_join_is_on_record_and_only_for_a_live_draft(people):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    wizard.ask_to_join(draft, channel="C0ACCTMGMT1", by=people["engineer"], now=NOON)
    event = AuditEvent.objects.get(action="draft.join_asked")
    assert (event.actor, event.object, event.payload) == ("engineer", str(draft.pk), {"channel": "C0ACCTMGMT1"})
    wizard.discard(draft, by=people["engineer"], now=NOON)
    for change in (
        lambda: wizard.ask_to_join(draft, channel="C0ACCTMGMT1", by=people["engineer"], now=NOON),
        lambda: wizard.also_directly(draft, to="U0DANAREYES", now=NOON),
    ):
        with pytest.raises(wizard.NotLive):
            change()
    assert AuditEvent.objects.filter(action="draft.join_asked").count() == 1
