"""What every answer carries, errors included."""

import re

import pytest
from django.test import Client

from tests.actions.factories import make_draft, make_escalation
from tests.house.production import in_production

ANSWERS = [
    # what, address, method, who, status
    ("a page", "/", "GET", "engineer", 200),
    ("a part", "/history/", "PART", "engineer", 200),
    ("a file", "/reports/escalations-by-week.csv", "GET", "engineer", 200),
    ("the sign-in", "/sign-in/", "GET", None, 200),
    ("being sent to the sign-in", "/history/", "GET", None, 302),
    ("a part without a sign-in", "/history/", "PART", None, 204),
    ("no slash", "/history", "GET", "engineer", 301),
    ("a host that is not ours", "/", "HOST", "engineer", 400),
    ("not allowed", "/history/", "GET", "owner", 403),
    ("a part that is not allowed", "/history/", "PART", "owner", 403),
    ("a form without its token", "/escalate/", "POST", "engineer", 403),
    ("nothing there", "/nothing/", "GET", "engineer", 404),
    ("nothing there, not signed in", "/nothing/", "GET", None, 404),
    ("not that way", "/history/", "DELETE", "engineer", 405),
    ("a move that is not possible", "{draft}reopen/", "MOVE", "engineer", 409),
    ("a form that is refused", "/escalate/", "MOVE", "engineer", 422),
    ("broken", "/broken/", "GET", "engineer", 500),
    ("broken, as a part", "/broken/", "PART", "engineer", 500),
    ("the database is away", "/away/", "GET", "engineer", 503),
    ("the database is away, as a part", "/away/", "PART", "engineer", 503),
    ("the process is alive", "/healthz", "GET", None, 200),
    ("a static file", "/static/portal.js", "GET", None, 200),
]
NOT_STORED = [row for row in ANSWERS if row[3] and row[4] not in (301, 400)]  # those two hold nothing of anybody


@pytest.fixture
def answer(settings, people, mapping):
    settings.ROOT_URLCONF = "tests.house.breaking_urls"

    def ask(address, method, who):
        client = Client(raise_request_exception=False, enforce_csrf_checks=method == "POST")
        if who:
            client.force_login(people[who])
        url = address.format(draft=make_draft(people["engineer"]).get_absolute_url())
        headers = {"PART": {"HX-Request": "true"}, "HOST": {"Host": "evil.example.com"}}.get(method, {})
        verb = {"PART": "get", "HOST": "get", "MOVE": "post"}.get(method, method.lower())
        return getattr(client, verb)(url, headers=headers)

    return ask


@pytest.mark.parametrize(("address", "method", "who", "status"), [r[1:] for r in ANSWERS], ids=[r[0] for r in ANSWERS])
def test_every_answer_forbids_frames_sniffing_and_foreign_code(answer, address, method, who, status):
    response = answer(address, method, who)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-" not in policy
    assert "*" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "Server" not in response


@pytest.mark.parametrize(
    ("address", "method", "who", "status"), [r[1:] for r in NOT_STORED], ids=[r[0] for r in NOT_STORED]
)
def test_what_a_signed_in_person_sees_is_stored_nowhere(answer, address, method, who, status):
    assert "no-store" in answer(address, method, who)["Cache-Control"]


def test_the_nonce_is_another_one_each_time(answer):
    pages = [answer("/", "GET", "engineer") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", page["Content-Security-Policy"]) for page in pages]
    assert nonces[0] != nonces[1] or not nonces[0]


def test_an_error_that_nobody_foresaw_tells_nothing(answer):
    text = answer("/broken/", "GET", "engineer").content.decode()
    assert "Acme" not in text and "xoxb" not in text and "Traceback" not in text
    assert "Something broke here" in text


@pytest.mark.parametrize("path", ["/history/", "/"])
def test_no_cookie_can_be_read_by_code(answer, path, settings):
    response = answer(path, "GET", "engineer")
    assert all(cookie["httponly"] and cookie["samesite"] == "Lax" for cookie in response.cookies.values())
    assert settings.SESSION_COOKIE_HTTPONLY


def test_an_escalation_is_not_stored_either(client, people, mapping):
    client.force_login(people["auditor"])
    response = client.get(make_escalation(people["engineer"]).get_absolute_url())
    assert "no-store" in response["Cache-Control"]


OVER_HTTP = """
from django.test import Client
for host in ("portal.example.com", "evil.example.com"):
    for secure in (False, True):
        client = Client(headers={"host": host}, raise_request_exception=False)
        answer = client.get("/sign-in/", secure=secure)
        policy = "frame-ancestors 'none'" in answer.get("Content-Security-Policy", "")
        print(answer.status_code, policy, answer.get("X-Content-Type-Options"), answer.get("Location", "").split("/sign-in")[0])
"""


def test_in_production_every_answer_does_so_and_plain_http_leads_to_our_own_host(tmp_path):
    assert in_production(OVER_HTTP, tmp_path).splitlines() == [
        "301 True nosniff https://portal.example.com",
        "200 True nosniff ",
        "301 True nosniff https://portal.example.com",
        "400 True nosniff ",
    ]
