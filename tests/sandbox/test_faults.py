"""Every fault: whether the effect happened, and what the caller saw."""

import pytest
import requests

ACME = "C0ACCT0001"
BROKEN = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError, ValueError)


def outcome(sandbox, timeout=0.3):
    """Post a message; return what the caller saw."""
    head = {"Authorization": "Bearer xoxb-test"}
    try:
        answer = sandbox.public.post(
            "https://slack.com/api/chat.postMessage", json={"channel": ACME, "text": "x"}, headers=head, timeout=timeout
        )
        return answer.json().get("error", "ok") if answer.status_code == 200 else answer.status_code
    except BROKEN:
        return "broken"


@pytest.mark.parametrize(
    ("kind", "more", "seen", "applied"),
    [
        ("reset", {}, "broken", 0),
        ("hang", {"seconds": 1}, "broken", 0),
        ("500", {}, 500, 0),
        ("503", {}, 503, 0),
        ("429", {"retry_after": 3}, 429, 0),
        ("html", {}, "broken", 0),
        ("refuse_credentials", {}, "invalid_auth", 0),
        ("error", {"error": "is_archived"}, "is_archived", 0),
        ("reset_after", {}, "broken", 1),
        ("hang_after", {"seconds": 1}, "broken", 1),
        ("500_after", {}, 500, 1),
        ("truncated", {}, "broken", 1),
        ("malformed", {}, "broken", 1),
        ("html_after", {}, "broken", 1),
        ("drip", {"seconds": 1}, "broken", 1),
        ("error_after", {"error": "fatal_error"}, "fatal_error", 1),
    ],
)
def test_slack(sandbox, kind, more, seen, applied):
    sandbox.control("faults", {"service": "slack", "match": "chat.postMessage", "kind": kind, "times": 1, **more})
    assert outcome(sandbox) == seen
    assert len(sandbox.ledger()) == applied
    assert sandbox.get("/control/faults").json()["fired"] == {f"slack {kind}": 1}
    assert outcome(sandbox, 5) == "ok"


def test_late_is_applied_after_the_caller_gave_up(sandbox):
    sandbox.control("faults", {"service": "slack", "kind": "late", "seconds": 0.2, "times": 1})
    assert outcome(sandbox, 0.05) == "broken"
    assert sandbox.ledger() == []
    # No sleeping in tests: a request that hangs for longer than the fault waits as well.
    sandbox.control("faults", {"service": "slack", "kind": "hang", "seconds": 0.4, "times": 1})
    outcome(sandbox, 1)
    assert len(sandbox.ledger()) == 1


@pytest.mark.parametrize("given", ["7", "Wed, 21 Oct 2026 07:28:00 GMT", None, "999999999"])
def test_retry_after_is_given_as_it_is(sandbox, given):
    sandbox.control(
        "faults", {"service": "zendesk", "match": "PUT /api/v2/tickets", "kind": "429", "retry_after": given}
    )
    answer = sandbox.update(1001, comment={"body": "x", "public": False})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, given)
    assert sandbox.zendesk("GET", "tickets/1001").status_code == 200


def test_salesforce_refuses_in_its_own_words(sandbox):
    sandbox.control("faults", {"service": "salesforce", "kind": "429"})
    answer = sandbox.public.get("https://portal-demo.my.salesforce.com/services/data/v62.0/query/?q=x")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_dice_with_a_seed_fall_the_same_way(sandbox):
    seen = []
    for _ in range(2):
        sandbox.control("reset")
        sandbox.control("faults", {"service": "slack", "kind": "500", "p": 0.5, "seed": 7})
        seen.append([outcome(sandbox) for _ in range(12)])
    assert seen[0] == seen[1] and {500, "ok"} == set(seen[0])


def test_one_target_only(sandbox):
    sandbox.control("faults", {"service": "zendesk", "kind": "500", "target": "1002"})
    assert sandbox.zendesk("GET", "tickets/1001.json").status_code == 200
    assert sandbox.zendesk("GET", "tickets/1002.json").status_code == 500


def test_reading_can_be_delayed_partial_or_go_in_circles(sandbox):
    for number in range(3):
        sandbox.slack("chat.postMessage", channel=ACME, text=str(number))
    history = {"channel": ACME, "limit": 2}
    cursor = sandbox.slack("conversations.history", **history)["response_metadata"]["next_cursor"]
    sandbox.control("faults", {"service": "slack", "kind": "repeated_cursor", "times": 1})
    assert (
        sandbox.slack("conversations.history", cursor=cursor, **history)["response_metadata"]["next_cursor"] == cursor
    )
    sandbox.control("faults", {"service": "slack", "kind": "partial_page", "times": 1})
    page = sandbox.slack("conversations.history", **history)
    assert (len(page["messages"]), page["has_more"]) == (1, True)
    sandbox.control("faults", {"service": "slack", "kind": "delayed_visibility", "seconds": 60, "times": 1})
    assert sandbox.slack("conversations.history", **history)["messages"] == []


def test_a_wrong_rule_is_refused_with_its_reason(sandbox):
    answer = sandbox.own.post(f"{sandbox.base}/control/faults", json={"kind": "earthquake"})
    assert answer.status_code == 400 and "earthquake" in answer.json()["error"]


def test_faults_can_be_dropped(sandbox):
    sandbox.control("faults", [{"service": "*", "kind": "503"}])
    assert sandbox.own.delete(f"{sandbox.base}/control/faults").ok
    assert outcome(sandbox, 5) == "ok"
