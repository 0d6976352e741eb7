"""Who may what: every address x every group x GET and POST. An address without a row fails."""

from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from escalations.models import Correction
from escalations.rules.permissions import GROUPS
from tests.actions.factories import make_delivery, make_draft, make_escalation
from tests.conftest import NOON
from tests.databases import taken_back
from tests.house.production import in_production

ALL = {*GROUPS, "no group"}
SUPPORT = {"engineer", "team lead", "mapping editor", "publisher", "auditor", "US Government", "administrator"}
ESCALATES = {"engineer", "team lead", "US Government"}
CORRECTS = ESCALATES | {"mapping editor"}
OFFICE = {"mapping editor", "publisher", "auditor", "administrator"}
AUTHOR = {"engineer"}  # whose draft it is
NOT_THERE = {405: ALL}


def only(groups, code=200) -> dict[int, set[str]]:
    """These get `code`, all others are told that they may not."""
    return {code: groups, 403: ALL - groups}


# address: (GET, POST), each as {status: groups}. The draft is the engineer's; forms are posted empty.
TABLE = {
    "home": ({200: ALL}, NOT_THERE),
    "escalate": (only(ESCALATES), only(ESCALATES, 422)),
    "draft": (only(SUPPORT), NOT_THERE),
    "draft-account": (NOT_THERE, only(AUTHOR, 302)),
    "draft-cc": (NOT_THERE, only(AUTHOR, 302)),
    "draft-person": (NOT_THERE, only(AUTHOR, 302)),
    "draft-thread": (NOT_THERE, only(AUTHOR, 302)),
    "draft-ahead": (NOT_THERE, only(AUTHOR, 204)),
    "draft-look-up": (NOT_THERE, only(AUTHOR, 302)),
    "draft-go-on": (NOT_THERE, only(AUTHOR, 302)),
    "draft-situation": (NOT_THERE, only(AUTHOR, 302)),
    "draft-direct-message": (NOT_THERE, only(AUTHOR, 302)),
    "draft-join": (NOT_THERE, only(AUTHOR, 302)),
    "draft-words": (NOT_THERE, only(AUTHOR, 302)),
    "draft-send": (only(SUPPORT, 302), only(AUTHOR, 409)),
    "draft-do-not-escalate": (NOT_THERE, only(AUTHOR, 422)),
    "draft-remark": (NOT_THERE, only(AUTHOR, 422)),
    "draft-discard": (NOT_THERE, only(AUTHOR, 302)),
    "draft-reopen": (NOT_THERE, only(AUTHOR, 409)),
    "draft-take-over": (NOT_THERE, only(ESCALATES, 302)),
    "escalation": (only(SUPPORT), NOT_THERE),
    "escalation-deliveries": (only(SUPPORT, 302), NOT_THERE),  # the part of a page; as a page it leads there
    "escalation-undo": (NOT_THERE, only(AUTHOR, 302)),
    "escalation-send-now": (NOT_THERE, only(AUTHOR, 302)),
    "escalation-withdraw": (only(AUTHOR | {"team lead"}), only(AUTHOR | {"team lead"}, 422)),
    "escalation-acknowledged": (only(AUTHOR | {"team lead"}), only(AUTHOR | {"team lead"}, 422)),
    "escalation-not-mine": (only(AUTHOR | {"team lead"}), only(AUTHOR | {"team lead"}, 422)),
    "escalation-close": (only(AUTHOR | {"team lead"}), only(AUTHOR | {"team lead"}, 422)),
    # Addressed to somebody else: not there, except that Support is led to the escalation's own page.
    "answer": ({302: SUPPORT, 404: ALL - SUPPORT}, NOT_THERE),
    "answer-acknowledged": (NOT_THERE, {404: ALL}),
    "answer-not-mine": ({404: ALL}, {404: ALL}),
    "attention": (only(SUPPORT), NOT_THERE),
    "attention-settle": (NOT_THERE, only({"team lead"}, 422)),
    "delivery-look": (NOT_THERE, only({"team lead"}, 302)),
    "delivery-elsewhere": (only({"team lead"}, 422), only({"team lead"}, 422)),
    "history": (only(SUPPORT), NOT_THERE),
    "history-csv": (only(SUPPORT), NOT_THERE),
    "corrections": (only(SUPPORT), NOT_THERE),
    "correction-new": (only(CORRECTS), only(CORRECTS, 422)),
    "correction-end": (only(CORRECTS), only(CORRECTS, 302)),
    "mapping": (only(SUPPORT | {"reader"}), NOT_THERE),
    "reports": (only(SUPPORT | {"reader"}), NOT_THERE),
    "reports-csv": (only(SUPPORT | {"reader"}), NOT_THERE),
    "sign-in": ({200: ALL}, {200: ALL}),
    "sign-in-as": (NOT_THERE, {404: ALL}),
    "sign-out": (NOT_THERE, {302: ALL}),
    "healthz": ({200: ALL}, NOT_THERE),
    "status": (only(SUPPORT), NOT_THERE),
    "lane-open": (NOT_THERE, only({"team lead"}, 302)),
    "readyz": ({503: ALL}, NOT_THERE),  # no worker lives in this test
    "admin:index": (only(OFFICE), only(OFFICE)),
}
OPEN = {"sign-in", "sign-in-as", "healthz", "readyz"}


def portal_addresses() -> list[URLPattern]:
    return [pattern for part in get_resolver().url_patterns if not getattr(part, "namespace", "") for pattern in part.url_patterns]


@pytest.fixture
def persons(mapping):
    """One person with exactly one group, for every group, and one with none."""
    made = {}
    for name in ALL:
        made[name] = get_user_model().objects.create(username=f"only-{name.replace(' ', '-')}", email="ana.lima@example.com")
        made[name].groups.set(Group.objects.filter(name=name))
    return made


@pytest.fixture
def address(persons):
    """The address of a name, with a draft of the engineer's and an escalation behind it."""
    draft, sent = make_draft(persons["engineer"]), make_draft(persons["engineer"], ticket_id=1002)
    type(sent).objects.filter(pk=sent.pk).update(state="submitted")
    told = {"state": "in_progress", "contact_name": "Dana Reyes", "contact_email": "dana.reyes@example.com"}
    escalation = make_escalation(persons["engineer"], draft=sent, **told)
    make_delivery(persons["engineer"], escalation=escalation)
    waiting = make_delivery(persons["engineer"], state="needs_a_person")
    Correction.objects.create(
        pk=escalation.pk, email="dana.reyes@example.com", instead="nobody", valid_from=NOON.date(), reason="x", said_by="x",
        recorded_by=persons["engineer"], recorded_at=NOON,
    )  # fmt: skip

    def of(name):
        pattern = next((one for one in portal_addresses() if one.name == name), None)
        values = {"draft_id": draft.pk, "number": escalation.pk, "reference": escalation.pk, "trip": "people", "waiting_id": waiting.pk, "lane": "slack"}
        names = pattern.pattern.converters if pattern else {}
        return reverse(name, kwargs={key: values[key] for key in names})

    return of


def answer(client, method, url, **headers):
    """The answer to a request whose changes are taken back."""
    with taken_back():
        return getattr(client, method.lower())(url, **headers)


def test_every_address_has_a_row():
    assert {pattern.name for pattern in portal_addresses()} | {"admin:index"} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_every_row_names_every_group_once(name):
    for outcome in TABLE[name]:
        assert sorted(group for groups in outcome.values() for group in groups) == sorted(ALL)


@pytest.mark.parametrize("name", TABLE)
def test_who_may_what(persons, address, sandbox, name):
    """As a page and as a part; a part is refused to whom its page is refused."""
    expected, got, parts = {}, {}, {}
    for (group, person), (n, method) in product(persons.items(), enumerate(("GET", "POST"))):
        client = Client()
        client.force_login(person)
        expected[group, method] = next(code for code, groups in TABLE[name][n].items() if group in groups)
        got[group, method] = answer(client, method, address(name)).status_code
        if got[group, method] == 403:
            parts[group, method] = answer(client, method, address(name), headers={"HX-Request": "true"}).status_code
    assert got == expected
    assert set(parts.values()) <= {403}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_a_sign_in_only_the_open_addresses_answer(client, address, method):
    for name in TABLE:
        response = answer(client, method, address(name))
        if name in OPEN:
            assert response.status_code in (200, 404, 405, 503), name
        else:
            assert response.status_code == 302, name
            # The second leads to the first.
            assert response["Location"].startswith(("/sign-in/?next=/", "/admin/login/?next=/")), name


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
def test_no_other_method_breaks_or_enters(client, address, method):
    for name in TABLE:
        allowed = {200, 302, 403, 404, 405, 503} if name in OPEN else {302}
        assert answer(client, method, address(name)).status_code in allowed, name


def test_without_csrf_token_nothing_is_posted(persons, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(persons["engineer"])
    for name in TABLE:
        if TABLE[name][1] != NOT_THERE:
            assert answer(client, "POST", address(name)).status_code == 403, name


OUTSIDE = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from escalations.actions import people
people.make_groups()
people.make_demo_people()
client = Client(headers={"host": "portal.example.com"})
print(client.post("/sign-in/as/", {"username": "admin"}, secure=True).status_code)
page = client.get("/sign-in/", secure=True).content.decode()
print("sign-in/as" in page, "Password" in page)
"""


def test_outside_sandbox_mode_nobody_signs_in_with_a_click(tmp_path):
    assert in_production(OUTSIDE, tmp_path).split() == ["404", "False", "True"]


def test_a_us_government_draft_is_for_its_group_only(people, mapping, client):
    draft = make_draft(people["usgov"], instance="usgov", ticket_id=7001)
    expected = {"usgov": 200, "engineer": 403, "teamlead": 403, "auditor": 403, "admin": 403, "owner": 403}
    got = {}
    for username in expected:
        client.force_login(people[username])
        got[username] = client.get(draft.get_absolute_url()).status_code
    assert got == expected
