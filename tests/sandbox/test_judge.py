"""The sandbox as judge of a fault run: what it does to calls, what it counts, and that what it applied is always in the ledger."""

import socket
import threading
import time

import pytest
import requests

from sandbox import fault_mix
from sandbox.calls import is_list, sort_of
from sandbox.delays import Delays
from sandbox.fault_kinds import BadRule
from sandbox.limits import Limits

ACME, MANAGEMENT = "C0ACCT0001", "C0ACCTMGMT1"
BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
QUICK = {"p": 1, "patience": 0.15, "late": 0.15, "hidden": 60}


def post(sandbox, channel=ACME, timeout=0.1):
    """Post a message, whatever comes of it."""
    head = {"Authorization": "Bearer xoxb-test"}
    try:
        return sandbox.public.post(
            "https://slack.com/api/chat.postMessage",
            json={"channel": channel, "text": "x"},
            headers=head,
            timeout=timeout,
        )
    except BROKEN:
        return None


def note(sandbox, number=1001, timeout=0.1):
    given = {"ticket": {"comment": {"body": "x", "public": False}}}
    try:
        return sandbox.public.put(
            f"https://portal-demo.zendesk.com/api/v2/tickets/{number}.json",
            json=given, auth=("portal@example.com/token", "t"), timeout=timeout,
        )  # fmt: skip
    except BROKEN:
        return None


def worked(answer):
    """Say whether the caller was told that it worked."""
    try:
        return answer is not None and answer.ok and answer.json().get("ok", True) is True
    except ValueError:
        return False


def settled(sandbox, calls=0, seconds=5.0):
    """Return the counts once so many calls have come and nothing is left to be applied."""
    for _ in range(int(seconds / 0.02)):
        counts = sandbox.get("/control/counts").json()
        if counts["pending"] == 0 and sum(row["calls"] for row in counts["calls"]) >= calls:
            return counts
        threading.Event().wait(0.02)
    raise AssertionError("something is still to be applied")


def names(service, sort):
    return sorted({(kind["name"], kind["kind"]) for kind in fault_mix._kinds(service, sort, 1, 1, 1)})


WRITES = [(service, name, kind) for service in ("slack", "zendesk") for name, kind in names(service, "write")]


@pytest.mark.parametrize(("service", "name", "kind"), WRITES, ids=["-".join(row) for row in WRITES])
def test_every_fault_of_a_write_has_the_effect_it_is_counted_with(sandbox, service, name, kind):
    sandbox.control("faults", {"service": service, "on": "write", **of_mix(service, "write", kind, name)})
    by = 0.8 if kind == "drip" else 5  # whatever hangs ends with its patience
    assert not worked((post if service == "slack" else note)(sandbox, timeout=by))
    counts = settled(sandbox, calls=1)
    [row] = counts["fired"]
    assert (row["service"], row["on"], row["kind"], row["fired"]) == (service, "write", name, 1)
    assert len(sandbox.ledger()) == counts["effects"] == (1 if row["when"] == "after" else 0)


def of_mix(service, sort, kind, name):
    found = fault_mix._kinds(service, sort, 0.15, 0.15, 60)
    return next(one for one in found if (one["kind"], one["name"]) == (kind, name))


def test_a_mix_is_drawn_with_its_probability_and_seed(sandbox):
    seen = []
    for _ in range(2):
        sandbox.control("reset")
        sandbox.control(
            "mix", {**QUICK, "p": 0.4, "seed": 9, "services": ["slack"], "without": ["drip", "hang", "late"]}
        )
        for _ in range(40):
            post(sandbox, timeout=5)
        seen.append(settled(sandbox, calls=40))
    assert seen[0] == seen[1]
    assert 8 <= sum(row["fired"] for row in seen[0]["fired"]) <= 24
    assert seen[0]["calls"] == [{"service": "slack", "on": "write", "calls": 40}]


def test_every_kind_of_a_list_is_drawn_as_often_as_any_other(sandbox):
    """A run that is to show each of them ten times shall not need luck for it."""
    kinds = ["500", "503", "429", "partial_page", "html"]
    sandbox.control("faults", {"service": "slack", "kinds": kinds, "p": 0.6, "seed": 3})
    for _ in range(60):
        sandbox.public.post("https://slack.com/api/users.info", data={"user": "U0ANALIMA"})
    fired = {row["kind"]: row["fired"] for row in sandbox.get("/control/counts").json()["fired"]}
    assert set(fired) == {"500", "503", "429", "html"} and sum(fired.values()) > 20  # no pages, no fault of pages
    assert max(fired.values()) - min(fired.values()) <= 1


def test_reads_writes_and_sign_ins_are_told_apart(sandbox):
    sandbox.control("mix", {**QUICK, "on": ["token"], "only": ["500"]})
    assert post(sandbox, timeout=2).json()["ok"] and note(sandbox, timeout=2).ok
    signing_in = {"grant_type": "client_credentials", "client_id": "c", "client_secret": "s"}
    assert sandbox.public.post("https://portal-demo.zendesk.com/oauth/tokens", json=signing_in).status_code == 500
    sandbox.control("reset")
    sandbox.control("mix", {**QUICK, "on": ["read"], "only": ["503"], "services": ["zendesk"]})
    assert sandbox.zendesk("GET", "tickets/1001").status_code == 503 and note(sandbox, timeout=2).ok


@pytest.mark.parametrize(
    ("service", "name", "sort"),
    [
        ("slack", "chat.postMessage", "write"), ("slack", "chat.getPermalink", "read"), ("slack", "conversations.join", "write"),
        ("slack", "conversations.history", "read"), ("zendesk", "POST /oauth/tokens", "token"),
        ("zendesk", "PUT /api/v2/tickets/1.json", "write"), ("zendesk", "GET /api/v2/tickets/1.json", "read"),
        ("salesforce", "POST /services/oauth2/token", "token"), ("salesforce", "GET /services/data/v62.0/query/", "read"),
    ],
)  # fmt: skip
def test_what_sort_of_call_it_is(service, name, sort):
    assert sort_of(service, name) == sort


def test_pages_go_wrong_only_where_there_are_pages(sandbox):
    assert is_list("slack", "conversations.members") and is_list("zendesk", "GET /api/v2/tickets/1/audits.json")
    sandbox.control("faults", {"service": "*", "kinds": ["partial_page", "repeated_cursor", "cut_page"]})
    assert sandbox.slack("users.info", user="U0ANALIMA")["ok"]
    assert sandbox.get("/control/counts").json()["fired"] == []
    sandbox.slack("conversations.history", channel=ACME)
    assert len(sandbox.get("/control/counts").json()["fired"]) == 1


@pytest.mark.parametrize("given", [{"chance": 1}, {"only": ["earthquake"]}, {"services": []}])
def test_a_mix_of_nothing_is_refused(sandbox, given):
    assert sandbox.own.post(f"{sandbox.base}/control/mix", json=given).status_code == 400


@pytest.mark.parametrize(
    ("rule", "bound", "timeout"),
    [
        ({"kind": "reset_late", "seconds": 1}, None, 5),
        ({"kind": "reset_late", "seconds": 30}, 1, 5),
        ({"kind": "late", "seconds": 30}, 0.2, 0.1),
        ({"kind": "late", "seconds": [30, 60]}, 0, 0.1),
    ],
)
def test_a_late_request_is_applied_after_the_cut_and_not_later_than_allowed(sandbox, rule, bound, timeout):
    sandbox.control("limits", {"late_seconds": bound})
    sandbox.control("faults", {"service": "slack", "times": 1, **rule})
    assert post(sandbox, timeout=timeout) is None
    if rule["kind"] == "reset_late":
        counts = sandbox.get("/control/counts").json()
        assert (counts["pending"], counts["effects"]) == (1, 0)
    assert settled(sandbox, calls=1)["effects"] == 1


def test_what_comes_late_from_before_a_reset_is_never_applied(sandbox):
    sandbox.control("faults", {"service": "slack", "kind": "reset_late", "seconds": 0.2})
    post(sandbox, timeout=5)
    sandbox.control("reset")
    assert settled(sandbox)["effects"] == 0


@pytest.mark.parametrize("part", [b'{"channel": "C0ACCT0001", "text": "cut', b"", b"channel=C0ACCT0001&text=cut"])
def test_half_a_request_is_none(sandbox, part):
    address = ("127.0.0.1", int(sandbox.base.rsplit(":", 1)[1]))
    kind = b"application/json" if part.startswith(b"{") else b"application/x-www-form-urlencoded"
    with socket.create_connection(address, timeout=5) as caller:
        caller.sendall(b"POST /api/chat.postMessage HTTP/1.1\r\nHost: slack.com\r\nAuthorization: Bearer xoxb-x\r\n"
                       b"Content-Type: " + kind + b"\r\nContent-Length: 200\r\n\r\n" + part)  # fmt: skip
        caller.shutdown(socket.SHUT_WR)
        assert caller.recv(100) == b""
    assert sandbox.ledger() == []


def test_calls_can_be_delayed_one_by_one(sandbox):
    sandbox.control("latency", {"slack": 0, "slack chat.postMessage": 400})
    started = time.monotonic()
    sandbox.slack("users.info", user="U0ANALIMA")
    between = time.monotonic()
    post(sandbox, timeout=5)
    assert time.monotonic() - between >= 0.4 > between - started
    assert sandbox.get("/control/faults").json()["latency"] == {"slack": 0, "slack chat.postMessage": 400}


def test_the_longest_name_decides_the_delay():
    delays = Delays()
    delays.set({"zendesk": 10, "zendesk PUT": [20, 30], "zendesk PUT /api/v2/tickets/1001": 40})
    assert delays.seconds("zendesk", "GET /x") == 0.01 and delays.seconds("slack", "auth.test") == 0
    assert 0.02 <= delays.seconds("zendesk", "PUT /api/v2/tickets/7") <= 0.03
    assert delays.seconds("zendesk", "PUT /api/v2/tickets/1001.json") == 0.04
    for wrong in ({"teams": 1}, {"slack": -1}, {"slack": [5, 1]}, {"slack": "soon"}):
        with pytest.raises(ValueError):
            delays.set(wrong)


class Now:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def limits():
    return Limits(Now())


def test_without_being_asked_for_there_are_no_limits(limits):
    assert not any(limits.wait("slack", "slack.com", "chat.postMessage", ACME) for _ in range(500))


def test_slack_takes_a_message_a_second_in_a_channel(limits):
    limits.set({"slack": True})

    def wait(channel, name="chat.postMessage"):
        return limits.wait("slack", "slack.com", name, channel)

    assert (wait(ACME), wait(ACME), wait(MANAGEMENT)) == (0.0, 1.0, 0.0)
    assert wait(ACME, "conversations.history") == 0.0
    limits.clock.seconds += 0.75
    assert wait(ACME) == 0.25
    limits.clock.seconds += 0.25
    assert wait(ACME) == 0.0
    assert limits.as_json()["refused"] == {"slack": 2}


def test_zendesk_takes_so_many_updates_of_an_account_and_of_a_ticket(limits):
    limits.set({"zendesk": True})

    def wait(ticket, host="portal-demo.zendesk.com", method="PUT"):
        return limits.wait("zendesk", host, f"{method} /api/v2/tickets/{ticket}.json", str(ticket))

    assert not any(wait(1) for _ in range(30))
    assert wait(1) == 600.0 and wait(1, method="GET") == 0.0 and wait(1, host="other") == 0.0
    assert not any(wait(number) for number in range(2, 72))
    assert wait(99) == 60.0
    limits.clock.seconds += 60
    assert wait(99) == 0.0 and wait(1) == 540.0


def test_windows_are_shorter_by_as_much_as_they_are_asked_to_be(limits):
    limits.set({"slack": True, "faster": 8})
    assert [limits.wait("slack", "slack.com", "chat.postMessage", ACME) for _ in range(2)] == [0.0, 0.125]
    assert [limits.retry_after(seconds) for seconds in (0.0, 0.125, 3.0)] == ["0.125", "0.25", "3.125"]
    limits.clock.seconds += 0.125
    assert limits.wait("slack", "slack.com", "chat.postMessage", ACME) == 0.0
    limits.set({"faster": None})
    assert limits.retry_after(0.0) == "1" and limits.wait("slack", "slack.com", "chat.postMessage", ACME) == 1.0


def test_a_limit_is_told_in_the_services_words(sandbox):
    sandbox.control("limits", {"slack": True, "zendesk_a_ticket": 1})
    first, second = post(sandbox, timeout=5), post(sandbox, timeout=5)
    assert first.ok and (second.status_code, second.json()["error"]) == (429, "ratelimited")
    assert 1 <= int(second.headers["Retry-After"]) <= 2
    assert note(sandbox, 1002, timeout=5).ok
    refused = note(sandbox, 1002, timeout=5)
    assert refused.status_code == 429 and 598 <= int(refused.headers["Retry-After"]) <= 601
    assert note(sandbox, 1003, timeout=5).ok
    assert sandbox.get("/control/limits").json()["refused"] == {"slack": 1, "zendesk": 1}
    assert settled(sandbox)["refused"] == {"slack": 1, "zendesk": 1}
    sandbox.control("limits", {"slack": False, "zendesk": False})
    assert all(post(sandbox, timeout=5).ok for _ in range(3)) and len(sandbox.ledger()) == 6


@pytest.mark.parametrize("given", [{"teams": True}, {"slack_a_second": -1}, {"late_seconds": "soon"}, {"faster": 0}])
def test_a_limit_nobody_knows_is_refused(sandbox, given):
    assert sandbox.own.post(f"{sandbox.base}/control/limits", json=given).status_code == 400


def test_the_ledger_can_be_read_in_pieces(sandbox):
    for _ in range(5):
        post(sandbox, timeout=5)
    numbers = [entry["n"] for entry in sandbox.get("/ledger.json?after=1&limit=2").json()]
    assert numbers == [2, 3] and sandbox.get("/ledger.json?after=5").json() == []


def test_a_rule_with_bad_seconds_is_refused(sandbox):
    for seconds in (-1, [3, 1], "soon"):
        answer = sandbox.own.post(f"{sandbox.base}/control/faults", json={"kind": "late", "seconds": seconds})
        assert answer.status_code == 400


def test_every_mix_has_rules_that_can_be_read():
    assert {(rule["service"], rule["on"]) for rule in fault_mix.rules({})} == {
        ("slack", "read"), ("slack", "write"), ("zendesk", "read"), ("zendesk", "write"), ("zendesk", "token"),
        ("salesforce", "read"), ("salesforce", "token"),
    }  # fmt: skip
    with pytest.raises(BadRule):
        fault_mix.rules({"without": "everything", "only": []})
