"""S13: every address x method x group with bad input of every kind. The answer is a page, an error in plain words, or a redirect.

The same requests in every run, so that a failure can be seen again. FUZZ=20 tries twenty times as many, here and over a draft's life.
"""

import os
from functools import partial
from itertools import product
from random import Random
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.actions import seal
from escalations.models import Draft, Scenario
from escalations.models.lanes import lanes
from escalations.models.working_copy import WORKING_COPY
from escalations.reading.lines import TRIPS
from escalations.rules.permissions import GROUPS
from tests.actions.factories import EMERGENCY, make_delivery, make_draft, make_escalation
from tests.admin import forms
from tests.conftest import NOON
from tests.web.hostile import (
    OTHER_METHODS,
    PARTS,
    TEXTS,
    Address,
    Request,
    addresses,
    build,
    client_as_served,
    wrong_with,
)

MORE = int(os.environ.get("FUZZ", "1"))  # so many times the examples; the usual number is for every run of the suite
NOBODY = "nobody"
WHO = [*GROUPS, "no group", NOBODY]


@pytest.fixture
def clients(mapping):
    """A client for one person of each group, for one without, and for nobody."""
    made = {NOBODY: client_as_served()}
    for name in WHO[:-1]:
        person = get_user_model().objects.create(username=f"only-{name.replace(' ', '-')}", email=f"{len(made)}@example.com")
        person.groups.set(Group.objects.filter(name=name))
        made[name] = client_as_served()
        made[name].force_login(person)
    return made


@pytest.fixture
def known(clients, sandbox):
    """What exists, by part of an address or name of a field: drafts and escalations of several people in several states."""
    engineer, lead, usgov = (
        get_user_model().objects.get(username=f"only-{name}") for name in ("engineer", "team-lead", "US-Government")
    )
    reviewed = make_draft(engineer, scenario=EMERGENCY)
    drafts = [
        reviewed,
        make_draft(engineer, ticket_id=1002),
        make_draft(lead, scenario="upgrade-assistance"),
        make_draft(usgov, instance="usgov", ticket_id=7001),
    ]
    for number, state in enumerate(("discarded", "not_escalated", "submitted"), 1003):
        drafts.append(make_draft(engineer, ticket_id=number))
        Draft.objects.filter(pk=drafts[-1].pk).update(state=state)
    drafts.append(make_draft(usgov, instance="usgov", ticket_id=7002))
    Draft.objects.filter(pk=drafts[-1].pk).update(state="submitted")
    sent = [
        make_escalation(engineer, draft=drafts[-2]),
        make_escalation(lead),
        make_escalation(usgov, draft=drafts[-1], instance="usgov"),
    ]
    done = {"state": "delivered", "settled_at": NOON, "remote_id": "C1:1"}
    waiting = [
        make_delivery(engineer, escalation=sent[0]),
        make_delivery(usgov, "zendesk", escalation=sent[2], target="usgov:7002"),
        make_delivery(lead, escalation=sent[1], **done),
        make_delivery(lead, state="needs_a_person"),
        make_delivery(engineer, state="dead", settled_at=NOON),
    ]
    mine = {"draft": str(reviewed.pk), "user": "only-engineer"}
    seals = [seal.make(digest=digest, **mine) for digest in (reviewed.reviewed_digest, "0" * 64)]
    return {
        "draft_id": [draft.pk for draft in drafts],
        "number": [row.pk for row in sent],
        "reference": [f"ESC-{row.pk}" for row in sent],
        "waiting_id": [row.pk for row in waiting], "delivery": [f"{row.pk}:0" for row in waiting],
        "trip": list(TRIPS), "lane": list(lanes()),
        "object_id": [*Scenario.objects.values_list("pk", flat=True)[:2], 1, "_5F", "1/change"], "id": [engineer.pk],
        "_selected_action": [Scenario.objects.first().pk], "content_type_id": [1, 7, 9], "app_label": ["auth", "escalations"],
        "url": ["", "nothing", "escalations"], "seal": seals, "scenario": [EMERGENCY, "training", "upgrade-assistance"],
        "role": ["csm", "ao", "training"], "ticket": ["1001", "https://portal-demo.zendesk.com/agent/tickets/1002"],
        "revision": [0, 1], "verdict": ["arrived", "not_arrived", "again"], "reason": ["Wrong account", "other"], "because": ["No need"],
        "username": ["engineer", "admin"], "next": ["/history/", "/admin/"], "action": ["retire", "bring_back", "delete_selected"],
        "format": ["csv", "markdown"], "from": ["2026-01-01"], "to": ["2026-03-01"], "samples": ["0", "1"], "state": ["completed", "attention"],
        "model_name": ["scenario", "legrule"], "field_name": ["role", "scenario"], "term": ["a"], "_save": ["Save"], "_preview": ["x"],
    }  # fmt: skip


def test_every_address_has_something_hostile_for_each_of_its_parts():
    for address in addresses():
        new = set(address.parts) - PARTS
        assert not new, (
            f"{address.route} has parts that no test has bad values for: {', '.join(sorted(new))}. Add the name to PARTS in "
            "tests/web/hostile.py, and values that exist to `known` in this file."
        )


def test_every_part_is_one_of_some_address(known):
    assert {part for address in addresses() for part in address.parts} == PARTS
    assert set(known) >= PARTS


def met(client, who: str, address: Address, method: str, choose, text, known) -> str:
    """What is wrong with the answer to a request of these choices, with the request; "" when nothing is."""
    return answered(client, who, address.name, build(choose, text, address, method, known))


def answered(client, who: str, name: str, request: Request) -> str:
    try:
        wrong = wrong_with(request.send(client), request, name)
    except Exception as error:  # whatever it is, people would see a 500
        wrong = f"nobody caught {type(error).__name__}: {str(error)[:200]}"
    return f"{who}, {name}: {wrong}\n    {shortened(str(request))}" if wrong else ""


def shortened(text: str) -> str:
    return text if len(text) < 1200 else f"{text[:800]} ... {text[-400:]}"


def swept(clients, known, asked) -> str:
    """`asked` are addresses, methods and people; what is wrong with the answers, a paragraph each."""
    found = []
    for address, method, who in asked:
        for n in range(MORE):
            random = Random(f"{address.route} {method} {who} {n}")
            found.append(met(clients[who], who, address, method, random.choice, partial(random.choice, TEXTS), known))
    return "\n".join(filter(None, found))


PORTAL = [address for address in addresses() if not address.route.startswith("/admin/")]
ADMIN = [address for address in addresses() if address.route.startswith("/admin/")]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_the_portal_breaks_for_anybody(clients, known, method):
    assert not (found := swept(clients, known, product(PORTAL, [method], WHO))), found


def some(address: Address, pool: list, n: int) -> list:
    """The admin has the same pages for each of its tables: each address meets some of the pool, and each kind of page all of it."""
    return Random(address.route).sample(pool, min(len(pool), n * MORE))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_the_admin_breaks(clients, known, method):
    asked = [(address, method, who) for address in ADMIN for who in some(address, WHO, 2)]
    assert not (found := swept(clients, known, asked)), found


def test_no_other_method_breaks_a_page(clients, known):
    pool = list(product(OTHER_METHODS, WHO))
    asked = [(address, method, who) for address in addresses() for method, who in some(address, pool, 1)]
    assert not (found := swept(clients, known, asked)), found


OF_EDITORS, OF_ADMINISTRATORS = WORKING_COPY, (get_user_model(), Group)


@pytest.mark.parametrize(("who", "models"), [("mapping editor", OF_EDITORS), ("administrator", OF_ADMINISTRATORS)])
def test_no_form_of_the_admin_breaks_with_a_few_fields_changed(clients, known, who, models):
    """The forms as they stand, inline rows included: so far that what passes the first look is really saved."""
    found = []
    for model, n in product(models, range(MORE)):
        place = forms.address(model._default_manager.order_by("pk").first())
        form, random = forms.posted(clients[who].get(place)), Random(f"{model.__name__} {n}")
        changed = {name: random.choice([*TEXTS, form[name]]) for name in random.sample(sorted(form), min(len(form), 3))}
        body = urlencode({**form, **changed, random.choice(["_save", "_preview"]): "x"}, doseq=True)
        found.append(answered(clients[who], who, model.__name__, Request("POST", place, body=body.encode())))
    assert not (found := "\n".join(filter(None, found))), found


FREE = st.text(max_size=40) | st.sampled_from(TEXTS)


@settings(max_examples=60 * MORE, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_nothing_that_can_be_thought_of_breaks_a_page(clients, known, data):
    def choose(pool):
        return data.draw(st.sampled_from(pool))

    who, address, method = choose(WHO), choose(addresses()), choose(["GET", "POST"])
    assert not (wrong := met(clients[who], who, address, method, choose, lambda: data.draw(FREE), known)), wrong
