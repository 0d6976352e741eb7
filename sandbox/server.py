"""The HTTP side: finds out who is meant by the Host header, lets faults interfere, writes the answer."""

import socket
import struct
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox import control, hosts, pages, salesforce, slack, zendesk
from sandbox.faults import TWISTS, Faults
from sandbox.tokens import Tokens
from sandbox.web import Request, json_answer

SERVICES = {"zendesk": zendesk.answer, "salesforce": salesforce.answer, "slack": slack.answer}
BODY_LIMIT = 8_000_000


class Server(ThreadingHTTPServer):
    """One server for all three services and the sandbox's own pages."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_port = False
    request_queue_size = 256

    def __init__(self, address, world):
        super().__init__(address, Handler)
        self.world, self.faults, self.tokens = world, Faults(), Tokens()

    def server_bind(self):
        """Bind without asking for our own name: that look-up can take seconds without a network."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        """A client that hangs up is normal here; anything else is our own mistake and is shown."""
        if not isinstance(sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection. Everything is buffered and sent at once, or the client waits for a delayed acknowledgement."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self):
        """Answer any method; the names are what the base class looks for."""
        request = self._read()
        if request is None:
            return
        service = hosts.service_of(request.host)
        if service == "own":
            self._send(self._carry_out(lambda: self._own(request)))
        else:
            self._serve(service, request)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    def log_message(self, *args):
        """Say nothing: the ledger is the record."""

    def _read(self):
        parts = urlsplit(self.path if self.path.startswith("/") else f"/{self.path}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._body(headers)
        except ValueError:
            self.close_connection = True
            self._send(json_answer({"error": "unreadable body"}, 400))
            return None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        host = hosts.without_port(headers.get("host"))
        method = "GET" if self.command == "HEAD" else self.command
        return Request(method, host, unquote(parts.path), query, headers, body, self.client_address[0])

    def _body(self, headers):
        if "chunked" in headers.get("transfer-encoding", ""):
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        length = int(headers.get("content-length") or 0)
        if not 0 <= length <= BODY_LIMIT:
            raise ValueError("too long")
        return self.rfile.read(length)

    def _own(self, request):
        if request.path.startswith("/control/") or request.path == "/ledger.json":
            return control.answer(self.server.world, self.server.faults, self.server.tokens, request)
        return pages.answer(self.server.world, self.server.faults, request)

    def _carry_out(self, work):
        try:
            return work()
        except Exception:  # a mistake of the sandbox must look like one, not like a dropped connection
            traceback.print_exc()
            return json_answer({"error": "the sandbox itself failed, see its terminal"}, 500)

    def _serve(self, service, request):
        faults = self.server.faults
        time.sleep(faults.latency.get(service, 0) / 1000)
        name = slack.method_of(request) if service == "slack" else f"{request.method} {request.path}"
        rule = faults.choose(service, name, _target(service, request))
        if rule and rule.kind in TWISTS:
            request.twist[rule.kind] = rule.seconds if rule.kind == "delayed_visibility" else True
        elif rule and not rule.is_after:
            return self._before(rule, service, request)
        answer = self._carry_out(lambda: SERVICES[service](self.server.world, self.server.tokens, request))
        return self._after(rule, service, answer) if rule and rule.is_after else self._send(answer)

    def _before(self, rule, service, request):
        if rule.kind in ("hang", "late"):
            time.sleep(rule.seconds)
        if rule.kind == "late":
            self._carry_out(lambda: SERVICES[service](self.server.world, self.server.tokens, request))
        wrong = rule.answer(service)
        self._send(wrong) if wrong else self._reset()

    def _after(self, rule, service, answer):
        wrong = rule.answer(service)
        if wrong:
            return self._send(wrong)
        if rule.kind == "hang_after":
            time.sleep(rule.seconds)
        if rule.kind in ("hang_after", "reset_after"):
            return self._reset()
        if rule.kind == "malformed":
            answer.body = answer.body[: max(1, len(answer.body) // 2)]
            return self._send(answer)
        return self._in_part(answer, None if rule.kind == "truncated" else rule.seconds)

    def _in_part(self, answer, pause):
        """Promise the whole body, then send half of it (no pause) or one byte every `pause` seconds."""
        self.close_connection = True
        self._head(answer)
        if pause is None:
            self.wfile.write(answer.body[: len(answer.body) // 2])
        for place in range(len(answer.body) if pause is not None else 0):
            self.wfile.flush()
            time.sleep(pause)
            self.wfile.write(answer.body[place : place + 1])
        self.wfile.flush()

    def _head(self, answer):
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _send(self, answer):
        self._head(answer)
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _reset(self):
        """Close so that the other side gets a reset instead of an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())


def _target(service, request):
    """Return the channel or ticket a request is about, as text, for rules that are meant for one target only."""
    if service == "zendesk":
        return next((part for part in request.path.replace(".json", "").split("/") if part.isdigit()), None)
    try:
        return request.fields().get("channel") if service == "slack" else None
    except ValueError:
        return None
