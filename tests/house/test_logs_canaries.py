"""What strangers wrote, who they are and what the portal signs in with stands in no log line and no address of the portal.

Canaries sit in every field of the three services; then the whole way is walked, with every fault of every service, refusals
and errors that nobody foresaw.
"""

import io
import json
import logging
import re
from urllib.parse import unquote_plus, urlsplit

import pytest
from django.test import Client

from escalations.models import Delivery, Draft, Escalation
from portal.logs import Json
from sandbox.fault_kinds import AFTER, BEFORE, TWISTS
from tests.web.conftest import visit, work
from tests.web.pages import Page

__all__ = ["visit", "work"]
MARK = "k4n4ry"
# Of the sandbox's ticket 1001 and its customer, besides what is marked.
SEEDED = [
    "disk failure",
    "3,000 developers",
    "volume lost",
    "Acme",
    "acme-internal",
    "Dana",
    "Reyes",
    "Omar",
    "Haddad",
    "ana.lima",
    "@example",
    "sandbox.zendesk-main",
    "sandbox.salesforce",
]
FAULTS = ["500", "503_after"] + sorted((BEFORE | AFTER) - TWISTS - {"hang", "late", "drip", "hang_after"})
SLOW = ["hang", "drip"]  # the others of them end in the same way


class Watched(Client):
    """Keeps every address that was asked for, and every answer."""

    def __init__(self):
        super().__init__(raise_request_exception=False)
        self.answers = []

    def request(self, **asked):
        answer = super().request(**asked)
        self.answers.append(answer)
        return answer


@pytest.fixture
def client():
    return Watched()


@pytest.fixture
def log(django_capture_on_commit_callbacks):
    """Every line of the whole process, as it would be written; what is told after a commit as well."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Json())
    root.addHandler(handler)
    with django_capture_on_commit_callbacks(execute=True):
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    text = stream.getvalue()
    assert all(line.startswith('{"at": ') for line in text.splitlines())
    found = [word for word in (MARK, *SEEDED) if word.lower() in text.lower()]
    assert not found, [line for line in text.splitlines() if any(word.lower() in line.lower() for word in found)]


@pytest.fixture
def marked(sandbox, settings):
    """Canaries in every field that the sandbox lets us write, and in every secret."""
    sandbox.control("ticket", id=1001, subject=f"{MARK} subject", tags=[f"{MARK}_tag"])
    sandbox.control(
        "account", customer="Acme Corp", name=f"{MARK} account", type=f"{MARK} type", region=f"{MARK} region"
    )
    sandbox.control("channel", id="a_acme-internal", name=f"{MARK}-channel")
    settings.SLACK = {**settings.SLACK, "token": f"xoxb-{MARK}"}
    settings.SALESFORCE = {**settings.SALESFORCE, "consumer_key": f"{MARK}-key", "consumer_secret": f"{MARK}-secret"}
    main = {**settings.ZENDESK_INSTANCES["main"], "client_id": f"{MARK}-id", "client_secret": f"{MARK}-secret"}
    settings.ZENDESK_INSTANCES = {**settings.ZENDESK_INSTANCES, "main": main}
    return sandbox


def walked(page: Page, **words) -> Page:
    page.look_up("1001")
    page.submit("/words/", situation=f"{MARK} words", ask=f"{MARK} ask", **words)
    return page


def test_the_whole_way_says_what_happened_and_to_nobodys_cost(visit, work, marked, log):
    page = walked(visit("engineer"))
    assert MARK in page.text
    page.send()
    work()
    for address in ("/", page.address, "/history/", "/reports/", "/mapping/", "/reports/escalations-by-week.csv"):
        page.open(address)
    assert Delivery.objects.filter(state="delivered").count() == 2
    for answer in page.client.answers:
        assert not [address for address in portal_addresses(answer) if holds_a_canary(address)]
    answered = [line for line in log() if line["logger"] == "portal.access"]
    assert {(line["user"], line["state"]) for line in answered} == {("engineer", 200), ("engineer", 302)}
    assert all(line["request"] and line["ms"] >= 0 and "?" not in line["path"] for line in answered)


def test_every_change_is_told_once_it_is_true(visit, work, marked, log, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        walked(visit("engineer")).send()
        work()
    told = [line for line in log() if line["logger"] == "escalations.audit"]
    assert [line["action"] for line in told] == ["escalation.submitted", "delivery.delivered", "delivery.delivered"]
    assert (told[0]["by"], told[0]["scenario"], told[0]["version"]) == ("engineer", "emergency", 1)
    reference = Escalation.objects.get().reference
    assert {(line["object"], line["system"], line["attempt"]) for line in told[1:]} == {
        (reference, "slack", 1),
        (reference, "zendesk", 1),
    }


def test_what_people_type_is_in_no_line(visit, marked, log):
    page = walked(visit("engineer"))
    page.open(f"/history/?q={MARK}&customer={MARK}").open(f"/escalate/?ticket={MARK}").open(f"/{MARK}/")
    page.client.post("/escalate/", {"ticket": f"https://{MARK}.example.com/1"})
    page.client.post(f"{Draft.objects.get().get_absolute_url()}do-not-escalate/", {"because": f"{MARK} because"})
    page.client.get(
        "/", headers={"Host": f"{MARK}.example.com", "Referer": f"https://{MARK}.example.com", "User-Agent": MARK}
    )
    page.client.get("/mapping/", {"role": MARK, "format": MARK})
    page.client.generic(f"{MARK}".upper(), "/history/")
    page.client.get("/", headers={"Cookie": f"sessionid={MARK}"})
    assert {line["state"] for line in log() if line["logger"] == "portal.access"} >= {200, 302, 400, 404, 405, 422}


@pytest.mark.parametrize("kind", [*FAULTS, *SLOW])
def test_every_failure_of_every_service(visit, work, marked, settings, log, kind):
    page = walked(visit("engineer")).send()
    if kind in SLOW:
        settings.LOOKUP_BUDGET_SECONDS = settings.DELIVERY_DEADLINE_SECONDS = 0.15
    for service in ("zendesk", "salesforce", "slack"):
        marked.session.delete(f"{marked.base}/control/faults", timeout=5)
        marked.fault(service, kind, error=f"{MARK}_error", seconds=0.2)
        look_up_until_it_fails(page, service, log)
    marked.fault("*", kind, error=f"{MARK}_error", seconds=0.2)
    work()
    assert all(line["level"] in ("INFO", "WARNING", "ERROR") for line in log())


def look_up_until_it_fails(page: Page, service: str, log) -> None:
    """On a loaded machine the services asked before it may use up the short budget, and then it is not asked at all."""
    for _ in range(20):
        page.look_up("1001")
        if service in {line["service"] for line in log() if line["logger"] == "escalations.lookups"}:
            return
    pytest.fail(f"{service} was never heard to fail")


def test_errors_that_nobody_foresaw(visit, settings, marked, log):
    settings.ROOT_URLCONF = "tests.house.breaking_urls"
    page = walked(visit("engineer"))
    page.open("/broken/")
    number = re.search(r"<code>(\w+)</code>", page.html)[1]
    page.open(f"/broken/{MARK}/")
    assert page.status == 500
    first, second = [line for line in log() if line["logger"] == "django.request"]
    assert (first["request"], first["error"]) == (number, "RuntimeError")
    assert (second["error"], "cause" in second) == ("django.db.utils.IntegrityError", True)
    assert any("breaking_urls.py" in place for place in second["stack"])
    assert [line["path"] for line in log() if line.get("state") == 500] == ["/broken/", "/broken/<words>/"]


def test_a_refused_sign_in(client, people, log):
    from django.contrib.auth import authenticate

    assert authenticate(username=f"{MARK}-password", password=MARK) is None
    assert authenticate(username="engineer", password=MARK) is None
    refused = [line for line in log() if line["logger"] == "portal.sign_in"]
    assert [line.get("user") for line in refused] == [None, "engineer"]


def test_a_canary_would_be_found(log):
    """The search itself: what is looked for is what the lines hold."""
    logging.getLogger("escalations.test").info("seen", extra={"object": "seen"})
    assert holds_a_canary(f"/history/?q={MARK}") and holds_a_canary("/x/?to=Dana+Reyes")
    assert log()[-1]["object"] == "seen"


def portal_addresses(answer) -> list[str]:
    """Every address of the portal that a page leads to, or that was asked for."""
    asked = answer.request["PATH_INFO"] + "?" + answer.request.get("QUERY_STRING", "")
    text = answer.content.decode() if "html" in answer.get("Content-Type", "") else ""
    found = re.findall(r'\b(?:href|src|action|hx-get|hx-post|hx-push-url)="([^"]*)"', text)
    found += [answer[name] for name in ("Location", "HX-Redirect", "HX-Push-Url") if name in answer]
    return [asked, *(address for address in found if not urlsplit(address).netloc)]


def holds_a_canary(address: str) -> bool:
    return any(word.lower() in unquote_plus(address).lower() for word in (MARK, *SEEDED))
