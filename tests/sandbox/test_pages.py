"""The sandbox's own pages: complete without a script, and never made by what they show."""

import re

import pytest

from sandbox.page_text import slack_text

PAGES = [
    "/",
    "/tickets",
    "/channels",
    "/customers",
    "/faults",
    "/portal-demo.zendesk.com/agent/tickets/1001",
    "/portal-demo.zendesk.com/agent/tickets/1011",
    "/portal-demo.zendesk.com/agent/tickets/1020",
    "/portal-demo.zendesk.com/agent/tickets/1025",
    "/portal-demo.zendesk.com/agent/tickets/123456",
    "/portal-demo-usgov.zendesk.com/agent/tickets/7001",
    "/portal-demo.slack.com/archives/C0ACCT0001",
    "/portal-demo.my.salesforce.com/lightning/r/Account/0015e0000000001AAA/view",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_title_navigation_and_a_policy(sandbox, path):
    answer = sandbox.get(path)
    assert answer.status_code == 200
    assert "<title>" in answer.text and "<nav" in answer.text
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "<script>" not in answer.text


def test_the_first_page_says_when_nothing_came(sandbox):
    assert "Nothing received yet" in sandbox.get("/").text


def test_what_was_received_is_shown_and_escaped(sandbox):
    text = "<@U0DANAREYES> *bold* <https://portal-demo.zendesk.com/agent/tickets/1001|ticket> <javascript:alert(1)|x> &lt;script&gt;"
    metadata = {"event_type": "e", "event_payload": {"portal_key": "k-<b>"}}
    sandbox.slack("chat.postMessage", channel="C0ACCT0001", text=text, metadata=metadata)
    sandbox.update(1025, comment={"body": "<script>alert(1)</script>", "public": False})
    page = sandbox.get("/").text
    assert '<span class="mention">@Dana Reyes</span>' in page and "<strong>bold</strong>" in page
    assert 'href="/portal-demo.zendesk.com/agent/tickets/1001"' in page
    assert "k-&lt;b&gt;" in page and "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page and 'href="javascript' not in page


def test_a_permalink_marks_its_message(sandbox):
    ts = sandbox.slack("chat.postMessage", channel="C0ACCT0001", text="here")["ts"]
    page = sandbox.get(f"/portal-demo.slack.com/archives/C0ACCT0001/p{ts.replace('.', '')}").text
    assert 'aria-current="true"' in page and "the message of your link" in page
    assert "is not here" in sandbox.get("/portal-demo.slack.com/archives/C0ACCT0001/p1").text


def test_a_replaced_message_is_shown_as_such(sandbox):
    def keyed(key):
        return {"event_type": "e", "event_payload": {"key": key}}

    ts = sandbox.slack("chat.postMessage", channel="C0ACCT0001", text="the first words", metadata=keyed("k1"))["ts"]
    sandbox.slack("chat.update", channel="C0ACCT0001", ts=ts, text="taken back", metadata=keyed("k2"))
    page = sandbox.get("/").text
    assert "Message replaced" in page and "in place of <code>k1</code>" in page
    channel = sandbox.get("/portal-demo.slack.com/archives/C0ACCT0001").text
    assert "replaced" in channel and "taken back" in channel and "the first words" not in channel


def test_the_live_part_is_sent_only_when_something_changed(sandbox):
    version = sandbox.get("/").text.split('data-version="')[1].split('"')[0]
    assert sandbox.get(f"/?part={version}").status_code == 204
    sandbox.update(1001, comment={"body": "news", "public": False})
    part = sandbox.get(f"/?part={version}")
    assert part.status_code == 200 and "news" in part.text and "<nav" not in part.text


def test_unknown_addresses_are_not_found(sandbox):
    for path in (
        "/nope",
        "/portal-demo.zendesk.com/agent/tickets/1",
        "/portal-demo.slack.com/archives/C404",
        "/evil.example/x",
    ):
        assert sandbox.get(path).status_code == 404


def test_the_list_of_tickets_tells_nothing_of_us_government(sandbox):
    rows = sandbox.get("/tickets.json").json()
    assert rows[0] == {
        "instance": "main",
        "id": 1001,
        "customer": "Acme Corp",
        "subject": "Production is down after a disk failure",
        "shows": "Urgent, named CSM, own channel: the whole way",
    }
    assert {(row["customer"], row["subject"]) for row in rows if row["instance"] == "usgov"} == {(None, None)}


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("<!date^1772460120^{date_short_pretty} at {time}|2 Mar>", "Mar 2, 2026 at 2:02 PM (UTC)"),
        ("<!date^soon^{time}|the fallback>", "the fallback"),
        ("<!date^99999999999999999999^{time}|the fallback>", "the fallback"),
    ],
)
def test_a_date_is_shown_as_slack_shows_it(token, shown):
    assert shown in re.sub(r"<[^>]+>", "", slack_text(None, f"read {token}."))
