"""Starting, restarting, and the control API."""

import subprocess
import sys
import time
from pathlib import Path

from sandbox import control, fault_kinds, fault_mix


def test_a_restart_keeps_what_was_received(tmp_path, start):
    path = tmp_path / "ledger.jsonl"
    process, first = start("--data", str(path))
    first.update(
        1001,
        comment={"body": "kept", "public": False},
        email_ccs=[{"user_email": "new@a.example"}],
        metadata={"portal_key": "k"},
    )
    ts = first.slack(
        "chat.postMessage", channel=first.slack("conversations.open", users="U0ANALIMA")["channel"]["id"], text="kept"
    )["ts"]
    first.control("ticket", {"id": 1002, "status": "closed"})
    before, ticket = first.ledger(), first.zendesk("GET", "tickets/1001").json()
    process.kill()
    process.wait(5)
    with path.open("a") as file:
        file.write('{"n": 99, "cut sho')
    second = start("--data", str(path))[1]
    assert second.ledger() == before
    assert second.zendesk("GET", "tickets/1001").json() == ticket
    assert second.update(1002, comment={"body": "x"}).status_code == 422
    channel = second.slack("conversations.open", users="U0ANALIMA")["channel"]["id"]
    assert second.slack("conversations.history", channel=channel)["messages"][0]["ts"] == ts
    assert second.slack("chat.postMessage", channel=channel, text="next")["ts"] > ts
    assert second.ledger()[-1]["n"] == len(before) + 1


def test_a_busy_port_is_one_plain_sentence(running):
    port = running.base.rsplit(":", 1)[1]
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", port],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} on 127.0.0.1 is in use already; choose another with --port.\n"


def test_reset_drops_everything_applied(sandbox):
    sandbox.update(1001, comment={"body": "x", "public": False})
    sandbox.control("reset")
    assert sandbox.ledger() == []
    assert len(sandbox.zendesk("GET", "tickets/1001/comments").json()["comments"]) == 4


def test_a_ticket_can_be_closed_and_touched(sandbox):
    before = sandbox.zendesk("GET", "tickets/1001").json()["ticket"]["updated_at"]
    sandbox.control("ticket", {"id": 1001, "status": "closed", "touch": True})
    ticket = sandbox.zendesk("GET", "tickets/1001").json()["ticket"]
    assert ticket["status"] == "closed" and ticket["updated_at"] > before
    assert sandbox.ledger() == []


def test_an_account_and_a_channel_can_be_changed(sandbox, salesforce):
    sandbox.control("account", {"customer": "Acme Corp", "owner": "grace.molina@example.com", "csm": None})
    row = salesforce.query("SELECT Owner.Name, Customer_Success_Manager__r.Name FROM Account WHERE Name = 'Acme Corp'")[
        "records"
    ][0]
    assert (row["Owner"]["Name"], row["Customer_Success_Manager__r"]) == ("Grace Molina", None)
    sandbox.control("channel", {"id": "#sales", "archived": True})
    assert sandbox.slack("chat.postMessage", channel="#sales", text="x")["error"] == "is_archived"


def test_everything_that_can_be_asked_is_written_down():
    said = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "sandbox.md").read_text()
    names = {path.rpartition("/")[2] for _, path in control.ROUTES} | fault_kinds.KINDS | set(fault_mix.OPTIONS)
    assert not [name for name in names if name.removesuffix("_after") not in said]


def test_control_is_not_for_other_sites_or_names(sandbox):
    address = f"{sandbox.base}/control/reset"
    assert sandbox.own.post(address, json={}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert sandbox.own.post(address, json={}, headers={"Host": "evil.example"}).status_code == 403


def test_after_gives_only_newer_effects(sandbox):
    for _ in range(3):
        sandbox.slack("chat.postMessage", channel="C0ACCT0001", text="x")
    assert [entry["n"] for entry in sandbox.ledger(after=1)] == [2, 3]


def test_slacks_clock_is_set_until_the_next_reset(sandbox):
    def ahead():
        return float(sandbox.slack("chat.postMessage", channel="C0ACCTMGMT1", text="x")["ts"]) - time.time()

    sandbox.control("clock", {"slack": -300})
    assert -310 < ahead() < -290
    sandbox.control("reset", {})
    assert -10 < ahead() < 10
