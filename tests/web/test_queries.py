"""How much a page asks: of the database, and of the three services."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest
import zeal

from escalations.gateways import wiring
from escalations.gateways.base import Deadline
from escalations.models.active import active, forget
from escalations.models.facts import facts_of
from escalations.reading import lookups
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.facts import Facts
from tests.actions.factories import EMERGENCY, add_channel, make_delivery, make_draft, make_escalation
from tests.rules import factories as seen

MOST = 8  # a page of the wizard, in every stage, sign-in and groups included
STAGES = {
    "nothing was read yet": {"facts": Facts.of([])},
    "the ticket was read": {"facts": seen.facts(ticket=seen.ticket())},
    "the ticket could not be read": {"facts": seen.facts(errors=[("zendesk", "ticket", "late")])},
    "all was read, nothing chosen": {},
    "a question is open": {"scenario": "upgrade-assistance"},
    "reviewed": {"scenario": EMERGENCY},
}


@pytest.fixture
def get(client, people, mapping, settings):
    """A second GET of an address: the first one fills what a process keeps and what a review stores."""
    settings.SANDBOX_URL = ""  # the home page's list of tickets is no query

    def of(address, most, username="engineer", django_assert_max_num_queries=None):
        client.force_login(people[username])
        assert client.get(address).status_code == 200
        hold_the_mapping()
        with django_assert_max_num_queries(most), zeal.zeal_context():
            client.get(address)

    return of


def hold_the_mapping():
    """It is looked at once a second; on a busy machine that second would end between two requests."""
    forget()
    active()


POSTS = {
    "a situation": ("situation/", {"scenario": "training"}, MOST),
    "an answer": ("situation/", {"scenario": "upgrade-assistance", "answer-internal-issue": "no"}, MOST),
    "own words": ("words/", {"situation": "Mine.", "was-situation": "Theirs."}, MOST),
    "the ready words again": ("words/", {"reset": "1"}, MOST),
    # A look-up waits for a service, and stores what it brought; what it asks for may not grow with what it found.
    "go on without": ("go-on/people/", {}, 17),
    "look again for the ticket": ("look-up/ticket/", {"again": "1"}, 17),
    "look again for the account": ("look-up/account/", {"again": "1"}, 17),
    "look again for the people": ("look-up/people/", {"again": "1"}, 17),
}


@pytest.mark.parametrize(("step", "values", "most"), POSTS.values(), ids=POSTS)
def test_a_parts_post_asks_no_more_than_a_page(client, people, mapping, sandbox, step, values, most, django_assert_max_num_queries):
    draft = make_draft(people["engineer"], scenario="upgrade-assistance" if "answer" in str(values) else EMERGENCY)
    client.force_login(people["engineer"])
    client.get(draft.get_absolute_url())
    hold_the_mapping()
    with django_assert_max_num_queries(most), zeal.zeal_context():
        assert client.post(f"{draft.get_absolute_url()}{step}", values, headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize("stage", STAGES)
def test_the_wizards_page_asks_at_most_eight_times(get, people, stage, django_assert_max_num_queries):
    draft = make_draft(people["engineer"], **STAGES[stage])
    get(draft.get_absolute_url(), MOST, django_assert_max_num_queries=django_assert_max_num_queries)


def test_what_was_told_before_and_what_became_of_it_cost_no_more(get, people, django_assert_max_num_queries):
    told = make_escalation(people["engineer"], state="completed", follow_up="acknowledged", contact_email="dana.reyes@example.com")
    make_delivery(people["engineer"], escalation=told, state="delivered", settled_at=told.submitted_at, remote_id="C1:1")
    told.follow_ups.create(what="acknowledged", said_by="Dana Reyes", recorded_by=people["csm"], recorded_at=told.submitted_at)
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    get(draft.get_absolute_url(), MOST, django_assert_max_num_queries=django_assert_max_num_queries)


def test_the_first_look_at_the_review_stores_it_within_the_same_bound(client, people, mapping, django_assert_max_num_queries):
    draft = make_draft(people["engineer"], scenario=EMERGENCY)
    type(draft).objects.update(reviewed_digest="", shown=[])
    client.force_login(people["engineer"])
    with django_assert_max_num_queries(MOST):
        client.get(draft.get_absolute_url())


@pytest.fixture
def many(people, mapping):
    """Forty escalations with two deliveries each, by two people, and drafts."""
    for number in range(1, 41):
        row = make_escalation(people["engineer" if number % 2 else "teamlead"], ticket_id=number)
        for system, target in (("slack", f"C{number}"), ("zendesk", f"main:{number}")):
            make_delivery(people["engineer"], system, escalation=row, target=target, state="dead")
    for number in range(1, 16):
        make_draft(people["engineer"], ticket_id=number)
    return row


@pytest.mark.parametrize(("address", "most"), [("/", 8), ("/history/", 6), ("/history/?q=acme", 6), ("/escalate/", 5), ("/status/", 8)])
def test_lists_ask_the_same_however_long_they_are(get, many, address, most, django_assert_max_num_queries):
    get(address, most, django_assert_max_num_queries=django_assert_max_num_queries)


def test_the_home_page_counts_what_is_to_be_published_within_the_same_bound(get, many, people, sign_in, django_assert_max_num_queries):
    add_channel(people["editor"])
    get("/", MOST, "publisher", django_assert_max_num_queries)
    assert "1 unpublished change of the mapping" in sign_in("publisher").get("/").content.decode()


def test_an_escalations_page_is_bounded(get, many, django_assert_max_num_queries):
    get(many.get_absolute_url(), 8, django_assert_max_num_queries=django_assert_max_num_queries)
    get(f"{many.get_absolute_url()}", 8, django_assert_max_num_queries=django_assert_max_num_queries)


@dataclass
class Counted:
    """The real gateways, with every call noted: once as a request, and in which trip."""

    gateways: object
    calls: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def zendesk(self, instance):
        return _Noting("zendesk", self.gateways.zendesk(instance), self)

    @property
    def salesforce(self):
        return _Noting("salesforce", self.gateways.salesforce, self)

    @property
    def slack(self):
        return _Noting("slack", self.gateways.slack, self)


class _Noting:
    def __init__(self, service, inner, counted):
        self._service, self._inner, self._counted = service, inner, counted

    def __getattr__(self, name):
        def call(*args, **options):
            with self._counted.lock:
                self._counted.calls.append((self._service, name))
            return getattr(self._inner, name)(*args, **options)

        return call


def requests_at(sandbox) -> int:
    """How many requests the sandbox saw, by a rule that changes nothing."""
    rules = sandbox.session.get(f"{sandbox.base}/control/faults", timeout=5).json()["faults"]
    return sum(rule["matched"] for rule in rules)


LOOKED_UP = [1001, 1002, 1008, 1014, 1016, 1018, 1023, 1026, 1031]


@pytest.mark.parametrize("number", LOOKED_UP)
def test_requests_to_the_situation_and_after_it(people, mapping, sandbox, number):
    """At most 3 to the situation, then 3 a person and 1 a channel. Signing in is done once a process, not counted here."""
    draft = make_draft(people["engineer"], ticket_id=number, facts=Facts.of([]))
    gateways, author = Counted(wiring.gateways()), "ana.lima@example.com"
    _look_up(draft, wiring.gateways(), author)  # the process signs in
    for service in ("zendesk", "salesforce", "slack"):
        sandbox.fault(service, "delayed_visibility", seconds=0)
    to_situation, persons, channels, after = _look_up(draft, gateways, author, count=lambda: requests_at(sandbox))
    assert to_situation <= 3
    asked = Counter(name for _, name in gateways.calls)
    assert asked["channel"] == channels, "each channel once: the account's own, and those of the rows"
    assert after <= 3 * persons + channels
    assert len(gateways.calls) == to_situation + after, "one call of a gateway is one request"


def _look_up(draft, gateways, author, count=lambda: 0):
    """The three dependent trips, as the wizard makes them; (requests to the situation, people, channels, requests after)."""
    from escalations.actions import snapshots
    from tests.conftest import NOON

    def record(items):
        revision = snapshots.begin_look_up(draft, now=NOON)
        assert snapshots.record(draft, revision=revision, facts=items, now=NOON)
        return facts_of(type(draft).objects.get(pk=draft.pk))

    before = count()
    facts = record(lookups.read_ticket(gateways, "main", draft.ticket_id, Deadline(5)))
    facts = record(lookups.read_account(gateways, facts, Deadline(5)))
    middle = count()
    items = lookups.read_people(gateways, DEFAULT_MAPPING, facts, author, Deadline(5))
    people, channels = ({item.key for item in items if item.key.startswith(kind)} for kind in ("person:", "channel:"))
    return middle - before, len(people), len(channels), count() - middle


def test_the_facts_are_three_dependent_trips(people, mapping, sandbox):
    """With 300 ms of delay at every service: three times that, and not one delay for each of the dozen requests."""
    import time

    draft = make_draft(people["engineer"], ticket_id=1001, facts=Facts.of([]))
    _look_up(draft, wiring.gateways(), "ana.lima@example.com")
    sandbox.control("latency", zendesk=300, salesforce=300, slack=300)
    began = time.monotonic()
    _look_up(draft, wiring.gateways(), "ana.lima@example.com")
    took = (time.monotonic() - began) / 0.300
    assert 3 <= took < 6, "more than five delays would be a fourth and fifth trip; the rest is a busy machine"


def test_an_answer_costs_its_page_one_query_more(get, many, people, django_assert_max_num_queries):
    many.follow_ups.create(what="acknowledged", said_by="Dana Reyes", recorded_by=people["csm"], recorded_at=many.submitted_at)
    type(many).objects.filter(pk=many.pk).update(follow_up="acknowledged")
    get(many.get_absolute_url(), 9, django_assert_max_num_queries=django_assert_max_num_queries)


@pytest.mark.parametrize("address", ["/", "/a/ESC-{}"])
def test_a_recipients_pages_ask_the_same_however_much_was_addressed_to_them(get, people, address, django_assert_max_num_queries):
    told = {"state": "completed", "contact_email": "dana.reyes@example.com", "follow_up": "overdue"}
    rows = [make_escalation(people["engineer" if number % 2 else "teamlead"], ticket_id=number, **told) for number in range(20)]
    get(address.format(rows[0].pk), MOST, "csm", django_assert_max_num_queries)


def test_what_is_overdue_costs_the_home_page_one_query_more(get, people, django_assert_max_num_queries):
    for number in range(20):
        make_escalation(people["engineer"], ticket_id=number, state="completed", follow_up="overdue")
    get("/", 9, django_assert_max_num_queries=django_assert_max_num_queries)
