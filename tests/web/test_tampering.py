"""The wizard's state is on the server: no change of a form changes a recipient, and none breaks a page."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.actions import seal
from escalations.models import Delivery, Draft, Escalation


@pytest.fixture
def ready(visit):
    """The engineer's reviewed draft on ticket 1001: for Dana Reyes."""
    return visit("engineer").look_up("1001")


def sent_to() -> list[str]:
    return list(Escalation.objects.values_list("contact_name", flat=True))


def targets() -> set[tuple[str, str]]:
    return set(Delivery.objects.values_list("system", "target"))


DANAS = {("slack", "C0ACCT0001"), ("zendesk", "main:1001")}


def other_drafts_seal(visit, people):
    draft = Draft.objects.get(ticket_id=1001)
    visit("engineer").look_up("1002")
    other = Draft.objects.get(ticket_id=1002)
    return draft, seal.make(draft=str(other.pk), digest=other.reviewed_digest, user="engineer")


def foreign_seal(visit, people):
    draft = Draft.objects.get()
    return draft, seal.make(draft=str(draft.pk), digest=draft.reviewed_digest, user="teamlead")


def another_digest(visit, people):
    draft = Draft.objects.get()
    return draft, seal.make(draft=str(draft.pk), digest="0" * 64, user="engineer")


def made_up(visit, people):
    return Draft.objects.get(), "not-a-seal"


def nothing(visit, people):
    return Draft.objects.get(), ""


def with_nul(visit, people):
    return Draft.objects.get(), "\x00:\x00"


SEALS = [
    (other_drafts_seal, "belongs to another draft"),
    (foreign_seal, "belongs to another draft or person"),
    (another_digest, "changed since you looked"),
    (made_up, "not made by the portal"),
    (nothing, "Nothing was reviewed yet"),
    (with_nul, "not made by the portal"),
]


@pytest.mark.parametrize(("make", "says"), SEALS, ids=[row[0].__name__ for row in SEALS])
def test_a_seal_that_is_not_this_reviews_sends_nothing(ready, visit, people, make, says):
    draft, text = make(visit, people)
    response = ready.client.post(f"{draft.get_absolute_url()}send/", {"seal": text})
    assert response.status_code == 409
    assert says in response.content.decode()
    assert sent_to() == []


EXTRAS = {
    "target": "C0SALES0001", "channel": "C0SALES0001", "contact": "omar.haddad@example.com", "to": "U0EVIL", "mention": "U0EVIL",
    "scenario": "pass-lead", "role": "ao", "instance": "usgov", "ticket": "1002", "ticket_id": "1002", "draft_id": "x",
    "follower": "evil@example.com", "email_cc": "1", "visibility": "customer", "public": "true", "digest": "0", "author": "teamlead",
}  # fmt: skip


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_field_more_at_send_changes_nothing(ready, extra):
    form = ready.form("/send/")
    ready.client.post(form["action"], {**form["fields"], extra: EXTRAS[extra]})
    assert (sent_to(), targets()) == (["Dana Reyes"], DANAS)


CHANGES_BEFORE_SEND = [
    ("an unknown situation", "/situation/", {"scenario": "no-such-row"}, 302),
    ("an unknown role", "/situation/", {"scenario": "emergency", "role": "professional-services"}, 302),
    ("an answer to no question", "/situation/", {"scenario": "emergency", "answer-license-kind": "renewal"}, 302),
    ("part names that nobody may edit", "/words/", {"opening": "Hi", "to": "Omar Haddad", "author": "The CEO"}, 302),
    ("an unknown draft's parts", "/go-on/nothing/", {}, 404),
    ("an unknown trip", "/look-up/nothing/", {}, 404),
]


@pytest.mark.parametrize(
    ("step", "values", "status"), [row[1:] for row in CHANGES_BEFORE_SEND], ids=[row[0] for row in CHANGES_BEFORE_SEND]
)
def test_a_step_that_makes_no_sense_changes_no_recipient(ready, step, values, status):
    form = ready.form("/send/")
    assert ready.client.post(f"{ready.address}{step.removeprefix('/')}", values).status_code == status
    ready.client.post(form["action"], form["fields"])
    assert (sent_to(), targets()) == (["Dana Reyes"], DANAS)


def test_another_situation_after_the_review_makes_the_old_seal_a_409(ready):
    form = ready.form("/send/")
    ready.client.post(f"{ready.address}situation/", {"scenario": "professional-services"})
    assert ready.client.post(form["action"], form["fields"]).status_code == 409
    assert sent_to() == []


def test_changed_words_after_the_review_make_the_old_seal_a_409(ready):
    form = ready.form("/send/")
    ready.client.post(f"{ready.address}words/", {"situation": "In another tab."})
    assert ready.client.post(form["action"], form["fields"]).status_code == 409


@pytest.mark.parametrize("step", ["look-up/account/", "go-on/account/", "situation/", "words/", "send/", "do-not-escalate/", "discard/", "reopen/"])
def test_other_peoples_drafts_are_not_changed(ready, people, step):
    before = Draft.objects.values().get()
    client = Client()
    client.force_login(people["teamlead"])
    values = {"scenario": "training", "situation": "Mine", "because": "x", **ready.form("/send/")["fields"]}
    assert client.post(f"{ready.address}{step}", values).status_code == 403
    assert Draft.objects.values().get() == before


WORDS = ["x" * 100_000, "a\x00b", "\x00", "\ud7ff\ufeff\u202e", "{{ ticket.id }} {% raw %}", "<!channel> <@U0EVIL> @here", "🚀" * 2000, "\r\n" * 500]


@pytest.mark.parametrize("words", WORDS, ids=[repr(words[:12]) for words in WORDS])
def test_words_of_any_kind_are_kept_or_cut_and_reach_nobody_else(ready, sandbox, work, words):
    assert ready.submit("/words/", situation=words, told=words).status == 200
    assert all(len(text) <= 600 for text in Draft.objects.get().edits.values())
    ready.send()
    work()
    assert (sent_to(), targets()) == (["Dana Reyes"], DANAS)
    [message] = sandbox.effects("message")
    tokens = {word for word in ("<!channel>", "<@U0EVIL>", "<!here>") if word in str(message)}
    assert not tokens
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


ANY = st.text(st.characters(codec="utf-8"), max_size=60)
FIELDS = st.dictionaries(
    st.sampled_from(["scenario", "role", "answer-license-kind", "seal", "ticket", "revision", "again", "because", "reset", "situation"]),
    ANY | st.sampled_from(["emergency", "training", "pass-lead", "renewal", "1001", "-1", "99999999999999999999", "\x00"]),
)
STEPS = st.sampled_from(["situation/", "words/", "send/", "do-not-escalate/", "reopen/", "go-on/people/", "discard/"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(steps=st.lists(st.tuples(STEPS, FIELDS, st.booleans()), max_size=4))
def test_whatever_is_posted_nothing_breaks_and_nothing_is_sent(ready, steps):
    """`send` is never pressed with its own seal here, so nothing may ever go out."""
    for step, values, as_part in steps:
        headers = {"HX-Request": "true"} if as_part else {}
        assert ready.client.post(f"{ready.address}{step}", values, headers=headers).status_code < 500
    assert sent_to() == []


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(pasted=ANY | st.from_regex(r"https?://portal-demo\.zendesk\.com/\S{0,40}", fullmatch=True))
def test_whatever_is_pasted_is_answered(visit, pasted):
    client = visit("engineer").client
    assert client.post("/escalate/", {"ticket": pasted, "scripted": "1"}).status_code in (302, 403, 422)
    assert client.get("/escalate/", {"ticket": pasted}).status_code == 200
