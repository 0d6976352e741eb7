"""S8 and S13 over a draft's whole life: everything that people can do to it, in any order, with forms of their own making.

Whatever they do, no page breaks, a draft is sent once at most, and to whom the author reviewed.
"""

import os
from collections import Counter

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from escalations.actions.working import deliver_due
from escalations.gateways.wiring import gateways
from escalations.models import Delivery, Draft, Escalation
from escalations.models.active import active
from escalations.models.delivery import NOTICE, WITHDRAWAL
from escalations.models.planning import plan_of
from escalations.rules import states
from escalations.rules.withdrawal import REASONS
from tests.databases import taken_back
from tests.web.hostile import TEXTS
from tests.web.pages import Page

MORE = int(os.environ.get("FUZZ", "1"))
PEOPLE = ("engineer", "teamlead", "editor")  # both of the first may send; each has drafts of their own
TICKETS = ("1001", "1005")
HOSTILE = st.sampled_from([text for text in TEXTS if len(text) < 100]) | st.text(max_size=20)
WORDS = st.sampled_from(["Mine: they called.", ""]) | HOSTILE
SCENARIOS = st.sampled_from(["emergency", "customer-asked", "upgrade-assistance", "training", "no-such-row"])
ANSWERS = st.dictionaries(st.sampled_from(["answer-internal-issue", "answer-license-kind", "role"]), st.sampled_from(["yes", "no", "renewal", "x"]), max_size=2)
# Fields that no form of ours has, which would name somebody else if anybody listened to them.
EXTRA = st.dictionaries(
    st.sampled_from(["target", "channel", "contact", "to", "mention", "scenario", "role", "instance", "ticket_id", "author", "follower", "digest"]),
    st.sampled_from(["C0SALES0001", "U0EVIL", "omar.haddad@example.com", "usgov", "1002", "training"]) | HOSTILE,
    max_size=3,
)  # fmt: skip
AUTHOR = "whose it is"
WHO, ONE_OF, PART = st.sampled_from([AUTHOR, AUTHOR, AUTHOR, AUTHOR, *PEOPLE]), st.integers(0, 5), st.booleans()
TRIPS = st.sampled_from(["ticket", "account", "people"])


reached: Counter = Counter()  # what really happened in a run: steps with their answers


class Drafts(RuleBasedStateMachine):
    """Everything happens in the portal in this process, against the sandbox; each run is taken back at its end."""

    portal = None  # its settings

    def __init__(self):
        super().__init__()
        self.taken_back = taken_back()
        self.taken_back.__enter__()
        self.clients = {name: Client() for name in PEOPLE}
        for name, client in self.clients.items():
            client.force_login(get_user_model().objects.get(username=name))
        self.seals = [""]  # in the order in which reviews gave them
        self.reviewed: dict[str, tuple] = {}  # by seal: the draft, and to whom it would have gone
        self.sent: dict[int, set] = {}  # by escalation: where it was to go when it was sent
        self.revisions: dict = {}
        self.states: dict = {}

    def teardown(self):
        self.taken_back.__exit__(None, None, None)

    def post(self, who: str, address: str, values=None, part=False) -> int:
        headers = {"HX-Request": "true"} if part else {}
        answer = self.clients[who].post(address, values or {}, headers=headers)
        assert answer.status_code < 500, f"{who} posted {values} to {address}"
        reached[f"{address.rstrip('/').rpartition('/')[2]} {answer.status_code}"] += 1
        return answer.status_code

    def draft(self, who: str, n: int) -> tuple[str, str]:
        """Who it is, and the address of the newest draft but `n`."""
        return self._one_of(Draft.objects.order_by("-created_at", "pk"), who, n)

    def escalation(self, who: str, n: int) -> tuple[str, str]:
        return self._one_of(Escalation.objects.order_by("-pk"), who, n)

    def _one_of(self, rows, who: str, n: int) -> tuple[str, str]:
        row = rows.select_related("author")[n % rows.count()]
        return row.author.username if who == AUTHOR else who, row.get_absolute_url()

    @initialize(hold=st.sampled_from([60.0, 60.0, 0.0]), sent=st.sampled_from([True, True, False]))
    def one_is_there(self, hold, sent):
        self.portal.SEND_HOLD_SECONDS = hold  # with it, Undo comes in time
        self.post("engineer", "/escalate/", {"ticket": "1001"})
        if sent:
            self.send(AUTHOR, 0, looked=True, seal=0, more={})

    @rule(who=st.sampled_from(PEOPLE), ticket=st.sampled_from(TICKETS), scripted=st.sampled_from([True, True, False]))
    def start(self, who, ticket, scripted):
        self.post(who, "/escalate/", {"ticket": ticket, **({"scripted": "1"} if scripted else {})})

    @rule(who=WHO, n=ONE_OF, trip=TRIPS, part=PART, how=st.sampled_from([{}, {"again": "1"}, {"revision": "1"}, {"revision": "99"}, {"revision": "x"}]))
    def look_up(self, who, n, trip, part, how):
        who, address = self.draft(who, n)
        self.post(who, f"{address}look-up/{trip}/", how, part)

    @rule(who=WHO, n=ONE_OF, trip=TRIPS, part=PART)
    def go_on_without(self, who, n, trip, part):
        who, address = self.draft(who, n)
        self.post(who, f"{address}go-on/{trip}/", part=part)

    @rule(who=WHO, n=ONE_OF, scenario=SCENARIOS, answers=ANSWERS, more=EXTRA, part=PART)
    def choose_and_answer(self, who, n, scenario, answers, more, part):
        who, address = self.draft(who, n)
        self.post(who, f"{address}situation/", {**more, "scenario": scenario, **answers}, part)

    @rule(who=WHO, n=ONE_OF, words=st.dictionaries(st.sampled_from(["situation", "ask", "told", "previous", "reset", "to"]), WORDS), part=PART)
    def edit(self, who, n, words, part):
        who, address = self.draft(who, n)
        self.post(who, f"{address}words/", words, part)

    @rule(who=WHO, n=ONE_OF)
    def review(self, who, n):
        who, address = self.draft(who, n)
        page = Page(self.clients[who]).open(address)
        assert page.status in (200, 403)
        if page.has_form("/send/") and (seal := page.form("/send/")["fields"].get("seal")):
            draft = Draft.objects.get(pk=page.address.split("/")[2])
            plan = plan_of(draft, active().mapping, timezone.now().date(), now=timezone.now())
            self.seals.append(seal)
            self.reviewed[seal] = (draft.pk, who, {(leg.system, leg.target, leg.mentions, leg.cc) for leg in plan.legs}, plan.contact.name)

    @rule(who=WHO, n=ONE_OF, looked=st.booleans(), seal=st.sampled_from([0, 0, 1, 2]), more=EXTRA)
    def send(self, who, n, looked, seal, more):
        """With the newest seal, an older one, or that of another draft or person."""
        if looked:
            self.review(who, n)
        who, address = self.draft(who, n)
        before, text = set(Escalation.objects.values_list("pk", flat=True)), self.seals[-1 - seal % len(self.seals)]
        self.post(who, f"{address}send/", {**more, "seal": text})
        for row in Escalation.objects.exclude(pk__in=before):
            draft, reviewer, legs, contact = self.reviewed[text]
            assert (row.draft_id, row.author.username, row.contact_name) == (draft, reviewer, contact), "another was sent than was reviewed"
            reached["sent"] += 1
            self.sent[row.pk] = {leg[:2] for leg in legs}
            assert legs == set(row.deliveries.values_list("system", "target", "mentions", "cc")), "it goes elsewhere than was reviewed"

    @rule(who=WHO, n=ONE_OF, seal=HOSTILE | st.just("a:b:c"), more=EXTRA)
    def send_with_a_seal_of_ones_own(self, who, n, seal, more):
        before, (who, address) = Escalation.objects.count(), self.draft(who, n)
        self.post(who, f"{address}send/", {**more, "seal": seal})
        assert Escalation.objects.count() == before

    @rule(who=WHO, n=ONE_OF, part=PART)
    def take_over(self, who, n, part):
        who, address = self.draft(who, n)
        self.post(who, f"{address}take-over/", part=part)

    @rule(who=WHO, n=ONE_OF, step=st.sampled_from(["discard", "do-not-escalate"]), because=WORDS, reopened=st.booleans(), part=PART)
    def end(self, who, n, step, because, reopened, part):
        who, address = self.draft(who, n)
        self.post(who, f"{address}{step}/", {"because": because}, part)
        if reopened:
            self.post(who, f"{address}reopen/", part=part)

    @precondition(lambda self: self.sent)
    @rule(who=WHO, n=ONE_OF, part=PART)
    def undo(self, who, n, part):
        who, address = self.escalation(who, n)
        self.post(who, f"{address}undo/", part=part)

    @precondition(lambda self: self.sent)
    @rule(who=WHO, n=ONE_OF, part=PART)
    def send_now(self, who, n, part):
        who, address = self.escalation(who, n)
        self.post(who, f"{address}send-now/", part=part)

    @precondition(lambda self: self.sent)
    @rule(who=WHO, n=ONE_OF, reason=st.sampled_from(REASONS) | HOSTILE | st.just("other"), words=WORDS)
    def withdraw(self, who, n, reason, words):
        who, address = self.escalation(who, n)
        self.post(who, f"{address}withdraw/", {"reason": reason, "words": words})

    @precondition(lambda self: self.sent)
    @rule()
    def the_worker_works(self):
        deliver_due(gateways())

    @precondition(lambda self: self.sent)
    @rule(who=WHO, n=ONE_OF)
    def look_at_it(self, who, n):
        who, address = self.escalation(who, n)
        assert self.clients[who].get(address).status_code == 200
        assert self.clients[who].get(f"{address}deliveries/", headers={"HX-Request": "true"}).status_code == 200

    @rule(who=st.sampled_from(PEOPLE), address=st.sampled_from(["/", "/history/", "/attention/", "/reports/"]))
    def look_round(self, who, address):
        assert self.clients[who].get(address).status_code == 200

    @invariant()
    def a_draft_is_sent_once_at_most_and_only_by_send(self):
        sent = list(Escalation.objects.values_list("pk", "draft_id"))
        assert {pk for pk, _ in sent} == set(self.sent)
        assert len({draft for _, draft in sent}) == len(sent)
        assert Draft.objects.filter(state="submitted").count() == len(sent)

    @invariant()
    def it_went_nowhere_else(self):
        for row in Delivery.objects.exclude(purpose__in=(NOTICE, WITHDRAWAL)):
            assert (row.system, row.target) in self.sent[row.escalation_id]

    @invariant()
    def revisions_only_grow_and_states_only_move_as_the_table_says(self):
        for draft in Draft.objects.all():
            assert draft.revision >= self.revisions.get(draft.pk, 0)
            before = self.states.get(draft.pk, draft.state)
            assert before == draft.state or draft.state in states.DRAFT[before] or draft.state in {
                later for after in states.DRAFT[before] for later in states.DRAFT[after]
            }, f"{before} to {draft.state}"  # fmt: skip
            self.revisions[draft.pk], self.states[draft.pk] = draft.revision, draft.state

    @invariant()
    def one_live_draft_a_person_and_ticket(self):
        live = list(Draft.objects.filter(state__in=("open", "reviewed")).values_list("author", "instance", "ticket_id"))
        assert len(set(live)) == len(live)


AT_LEAST = {"sent", "send 409", "send 403", "situation 200", "words 302"}


def test_a_draft_in_any_order(people, mapping, sandbox, settings):
    Drafts.portal = settings
    usual = {"deadline": None, "derandomize": True, "database": None, "suppress_health_check": list(HealthCheck)}
    reached.clear()
    run_state_machine_as_test(Drafts, settings=how(max_examples=12 * MORE, stateful_step_count=30, **usual))
    assert set(reached) >= AT_LEAST, "the test has to come as far as that: see what hinders it, or raise max_examples"
