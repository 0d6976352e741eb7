"""The one way out, without any client library: hosts, redirects, deadlines, waiting times."""

import re
import socket
import socketserver
import threading
import time
from datetime import timedelta

import pytest

from escalations.gateways import transport
from escalations.gateways.base import Deadline, DeliveryError, LookupFailed
from escalations.gateways.salesforce import Salesforce
from escalations.gateways.salesforce_query import Fields
from escalations.gateways.slack import Slack
from escalations.gateways.transport import Hosts
from escalations.gateways.troubles import (
    Broken,
    ForeignHost,
    NotJson,
    NotSent,
    RateLimited,
    Redirected,
    Refused,
    TooLate,
)
from escalations.gateways.zendesk import Zendesk
from escalations.gateways.zendesk_history import next_path

HOST, DAY = "api.example.com", timedelta(days=1)


def whole_request(sock):
    """Read all of a request: closing with something unread would reset the connection."""
    data = sock.recv(65536)
    while data.startswith((b"GET", b"POST")):
        top, found, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", top.lower())
        if found and len(body) >= int(length[1] if length else 0):
            break
        data += sock.recv(65536)
    return data


class Server:
    """Answers every connection with `pieces`, each sent after `pause` seconds, and keeps what it received."""

    def __init__(self, *pieces, pause=0.0, close=True, tls=None):
        self.received, self.over, self.scheme = [], threading.Event(), "https" if tls else "http"
        self.called = threading.Event()
        server, over = self, self.over

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                server.called.set()
                self.request = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                server.received.append(whole_request(self.request))
                for piece in pieces:
                    if over.wait(pause):
                        return
                    try:
                        self.request.sendall(piece)
                    except OSError:
                        return
                if not close:
                    over.wait(5)

        self.tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.tcp.daemon_threads, self.tcp.handle_error = True, lambda *_: None  # a refused handshake is wanted
        threading.Thread(target=self.tcp.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def __enter__(self):
        self.url = f"{self.scheme}://127.0.0.1:{self.tcp.server_address[1]}"
        return self

    def __exit__(self, *_):
        self.over.set()
        self.tcp.shutdown()
        self.tcp.server_close()


def head(status="200 OK", *lines, kind="application/json"):
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines, "", ""]).encode()


def ask(server, url=f"https://{HOST}/x", seconds=5.0, **more):
    with transport.session(Hosts([HOST]), Deadline(seconds), server.url) as session:
        return session.request("POST", url, data=b"{}", **more)


def test_the_public_address_stays_while_the_bytes_go_to_the_base():
    with Server(head("200 OK", "Content-Length: 2"), b"{}") as server:
        answer = ask(server, f"https://{HOST}/x/y?a=b%20c")
    assert answer.url == answer.request.url == f"https://{HOST}/x/y?a=b%20c"
    assert (
        server.received[0].startswith(b"POST /x/y?a=b%20c HTTP/1.1\r\n")
        and f"Host: {HOST}".encode() in server.received[0]
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/x",
        f"http://{HOST}/x",
        f"https://{HOST}:8443/x",
        f"https://{HOST}@evil.example.com/x",
        f"https://user:secret@{HOST}/x",
        f"https://{HOST}.evil.example.com/",
        f"https://x.{HOST}/",
    ],
)
def test_a_host_that_is_not_listed_gets_no_byte(url):
    with Server(head("200 OK", "Content-Length: 2"), b"{}") as server, pytest.raises(ForeignHost):
        ask(server, url)
    assert server.received == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_redirects_are_not_followed(status):
    answer = head(status, "Location: /elsewhere", "Content-Length: 2")
    with Server(answer, b"{}") as server, pytest.raises(Redirected):
        ask(server)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("pieces", "trouble"),
    [
        ([head("200 OK", "Content-Length: 9"), b"{"], Broken),
        ([head("200 OK"), b'{"a": '], NotJson),
        ([head("200 OK", kind="text/html"), b"{}"], NotJson),
        ([head("201 Created", kind="text/html"), b"<p>"], NotJson),
        ([b"nonsense\r\n\r\n"], Broken),
        ([b""], Broken),
        ([head("429 Slow", "Retry-After: 3", "Content-Length: 0")], RateLimited),
        ([head("500 Oops", "Content-Length: 0")], Refused),
    ],
)
def test_answers_that_are_none(pieces, trouble):
    with Server(*pieces) as server, pytest.raises(trouble):
        ask(server)
    assert len(server.received) == 1  # nothing is repeated


@pytest.mark.parametrize(
    "pieces",
    [
        [b"H", b"T", b"T", b"P"] * 20,  # the status line drips
        [head("200 OK", "Content-Length: 200"), *[b" "] * 199],  # the body drips
        [head("200 OK"), b"{}", *[b" "] * 200],  # of unknown length: looks complete when the socket is shut
    ],
)
def test_a_slow_drip_ends_at_the_deadline(pieces):
    with Server(*pieces, pause=0.05, close=False) as server:
        started = time.monotonic()
        with pytest.raises(TooLate):
            ask(server, seconds=0.3)
    assert 0.25 < time.monotonic() - started < 1.5


def test_a_handshake_that_drips_ends_at_the_deadline():
    with Server(*[b"\x16"] * 200, pause=0.05, close=False) as server:
        started, base = time.monotonic(), server.url.replace("http:", "https:")
        with transport.session(Hosts([HOST]), Deadline(0.3), base) as session, pytest.raises(NotSent):
            session.get(f"https://{HOST}/")
    assert time.monotonic() - started < 1.5


def ask_securely(server, verify, seconds=5.0):
    with transport.session(Hosts([HOST]), Deadline(seconds), server.url) as session:
        session.verify = verify
        return session.post(f"https://{HOST}/x", data=b"{}")


def test_over_tls_as_well(tls, certificate):
    with Server(head("200 OK", "Content-Length: 2"), b"{}", tls=tls) as server:
        assert ask_securely(server, certificate).json() == {}


def test_a_slow_drip_over_tls_ends_at_the_deadline(tls, certificate):
    pieces = [head("200 OK", "Content-Length: 200"), *[b" "] * 199]
    with Server(*pieces, pause=0.05, close=False, tls=tls) as server:
        started = time.monotonic()
        with pytest.raises(TooLate):
            ask_securely(server, certificate, seconds=0.4)
    assert time.monotonic() - started < 1.5


def test_a_certificate_we_do_not_know_gets_no_byte(tls):
    with Server(head("200 OK", "Content-Length: 2"), b"{}", tls=tls) as server, pytest.raises(NotSent):
        ask_securely(server, True)
    assert server.received == []


def test_a_clients_own_timeout_does_not_count():
    with Server(b"", pause=5) as server, pytest.raises(TooLate):
        ask(server, seconds=0.2, timeout=60)


def test_the_environment_is_not_read(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with Server(head("200 OK", "Content-Length: 2"), b"{}") as server:
        assert ask(server).json() == {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("999999", 3600.0),
        ("inf", 3600.0),
        ("-4", None),
        ("nan", None),
        ("", None),
        ("soon", None),
        ("Mon, 02 Mar 2026 10:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 09:00:00 GMT", 0.0),
        ("Tue, 02 Mar 2027 09:00:00 GMT", 3600.0),
    ],
)
def test_how_long_a_service_asks_to_wait(text, seconds):
    assert transport.retry_after({"Retry-After": text, "Date": "Mon, 02 Mar 2026 10:00:00 GMT"}) == seconds


def test_without_the_header_nothing_is_asked():
    assert transport.retry_after({}) is None


@pytest.fixture
def nobody():
    """An address where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


@pytest.mark.parametrize("base", ["closed", "http://no-such-name.invalid"])
def test_a_service_that_is_not_there(nobody, base):
    base, by = nobody if base == "closed" else base, Deadline(3.0)
    zendesk = Zendesk("main", "a.zendesk.com", client_id="i", client_secret="s", base=base)
    salesforce = Salesforce(
        "a.my", consumer_key="k", consumer_secret="s", fields=Fields(), base=base, pause=lambda _: None
    )
    slack = Slack("xoxb", "a.slack.com", base=base)
    for read in (
        lambda: zendesk.ticket(1, deadline=by),
        lambda: salesforce.account("0015e0000000001AAA", deadline=by),
        lambda: slack.person("a@example.com", deadline=by),
    ):
        with pytest.raises(LookupFailed) as caught:
            read()
        assert caught.value.code == "unreachable"
    for write in (
        lambda: zendesk.note(ticket_id=1, body="b", key="k", deadline=by),
        lambda: slack.post(channel="C1", text="t", blocks=None, key="k", deadline=by),
    ):
        with pytest.raises(DeliveryError) as caught:
            write()
        assert caught.value.outcome == "not_sent"


@pytest.mark.parametrize("link", ["https://evil.example.com/a", "http://a.zendesk.com/a", "//evil.example.com/a"])
def test_the_next_page_is_never_on_another_host(link):
    for answer in ({"next_page": link}, {"meta": {"has_more": True}, "links": {"next": link}}):
        with pytest.raises(LookupFailed):
            next_path(answer, "a.zendesk.com")
    assert next_path({"next_page": "https://a.zendesk.com/a?page=2"}, "a.zendesk.com") == "/a?page=2"


def test_salesforces_token_does_not_follow_a_foreign_instance():
    answer = b'{"access_token": "t", "instance_url": "https://evil.example.com"}'
    with Server(head("200 OK", f"Content-Length: {len(answer)}"), answer) as server:
        salesforce = Salesforce("a.my", consumer_key="k", consumer_secret="s", fields=Fields(), base=server.url)
        with pytest.raises(LookupFailed):
            salesforce.account("0015e0000000001AAA", deadline=Deadline(2.0))
    assert len(server.received) == 1  # the sign-in only
