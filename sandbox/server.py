"""The HTTP side: reads a request, finds out who is meant by its Host header, writes the answer."""

import socket
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox import control, hosts, pages
from sandbox.box import Box
from sandbox.serving import Serving
from sandbox.web import Request, json_answer

BODY_LIMIT = 8_000_000


class Server(ThreadingHTTPServer):
    """One server for all three services and the sandbox's own pages."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_port = False
    request_queue_size = 256

    def __init__(self, address, world):
        super().__init__(address, Handler)
        self.box = Box(world)

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


class Handler(Serving, BaseHTTPRequestHandler):
    """One connection. Everything is buffered and sent at once, or the client waits for a delayed acknowledgement."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "sandbox", ""
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = 120

    @property
    def box(self):
        return self.server.box

    def do_GET(self):
        """Answer any method; the names are what the base class looks for."""
        request = self._read()
        if request is None:
            return
        service = hosts.service_of(request.host)
        if service == "own":
            self.send(self.carry_out(lambda: self._own(request)))
        else:
            self.serve(service, request)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    def log_message(self, *args):
        """Say nothing: the ledger is the record."""

    def _read(self):
        parts = urlsplit(self.path if self.path.startswith("/") else f"/{self.path}")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            body = self._body(headers)
        except EOFError:
            self.close_connection = True  # half a request is none, and there is nobody left to tell
            return None
        except ValueError:
            self.close_connection = True
            self.send(json_answer({"error": "unreadable body"}, 400))
            return None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        host = hosts.without_port(headers.get("host"))
        method = "GET" if self.command == "HEAD" else self.command
        return Request(method, host, unquote(parts.path), query, headers, body, self.client_address[0])

    def _body(self, headers):
        if "chunked" in headers.get("transfer-encoding", ""):
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self._exactly(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)
        length = int(headers.get("content-length") or 0)
        if not 0 <= length <= BODY_LIMIT:
            raise ValueError("too long")
        return self._exactly(length)

    def _exactly(self, length):
        read = self.rfile.read(length)
        if len(read) < length:
            raise EOFError
        return read

    def _own(self, request):
        if request.path.startswith("/control/") or request.path == "/ledger.json":
            return control.answer(self.box, request)
        return pages.answer(self.box.world, self.box.faults, request)

    def carry_out(self, work):
        try:
            return work()
        except Exception:  # a mistake of the sandbox must look like one, not like a dropped connection
            traceback.print_exc()
            return json_answer({"error": "the sandbox itself failed, see its terminal"}, 500)

    def head(self, answer):
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def send(self, answer):
        self.head(answer)
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
