"""Hostile requests to every address of the portal, made from the URL resolver, and what an answer to one has to be.

`build` takes its choices from outside: from a seed, or from hypothesis. An address whose parts have no pool here fails the tests.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_from_bytes, urlencode

from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLResolver, get_resolver

from portal.wsgi import in_utf8
from tests.databases import taken_back

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "", " ", "x", "-1", "0", "1", "1.5", "1e400", "NaN", "٣", "9" * 19, "9" * 5000, "\x00", "a\x00b", "\u202eabc\ufeff", "🚀" * 40, "é",
    "' OR 1=1 --", '"', "{{ 7|add:7 }}{% now %}", "<script>alert(1)</script>", "../../etc/passwd", "//evil.example/x", "javascript:x",
    "99999-01-01", "2026-02-31", "2026-03-02", "[]", "null", "\r\nSet-Cookie: a=b", "x" * 20_000, "__class__", "pk__in", "on", "csv",
]  # fmt: skip
BYTES = [b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\xaf", b"\xf0\x9f", b"%", b"%zz", b"%00"]  # a surrogate, half characters, half escapes
AGENTS = {
    "HX-Request": ["true", "x"],
    "HX-Boosted": ["true"],
    "HX-Current-URL": ["http://[", "//evil.example/", "/\x01", "http://testserver/history/?q=é".encode().decode("latin-1")],
    "HX-Current-URL-URI-AutoEncoded": ["true"],
    "HX-Trigger": ["%ff", "x" * 9000],
    "Accept": ["application/json", "", "*/*;q=x"],
    "Accept-Language": ["x" * 600, "de-\xff", "-,;q=9"],
    "If-Modified-Since": ["yesterday", "Thu, 01 Jan 99999 00:00:00 GMT"],
    "If-None-Match": ["*", '"', "W/"],
    "Range": ["bytes=9-1"],
    "Referer": ["http://[", "\xff"],
    "Host": ["evil.example", "[", "a b", "testserver:99999", ""],
    "X-Forwarded-Host": ["evil.example"],
    "X-Forwarded-For": ["', 1"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Request-ID": ["\r", "x" * 5000, "{}"],
    "Content-Encoding": ["gzip"],
    "X-CSRFToken": ["x", "\xff" * 64],
}
OTHER_METHODS = ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"]
CHARSETS = ["utf-8", "UTF-7", "utf-16", "hex", "idna", "undefined", "unicode_escape", "no-such", "\xff", "x" * 300]
# What stands where an address has a part; what exists comes from the test's own rows.
PARTS = {
    "draft_id", "number", "reference", "trip", "waiting_id", "lane", "object_id", "content_type_id", "id", "app_label", "url",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """`route` is a path with <name> for each part."""

    name: str
    route: str

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(re.findall(r"<(\w+)>", self.route))

    def filled(self, values: dict[str, str | bytes]) -> str:
        return re.sub(r"<(\w+)>", lambda part: _quoted(values[part[1]]), self.route)


@dataclass(frozen=True)
class Request:
    """As it goes over the wire: path and query are escaped already."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    content_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, client):
        """The answer; its changes are taken back. What nobody caught is raised here."""
        headers = dict(self.headers)
        with taken_back():
            typed = {"CONTENT_TYPE": self.content_type, "QUERY_STRING": self.query}
            return client.generic(self.method, self.path, self.body, self.content_type, headers=headers, **typed)


class AsServed(ClientHandler):
    """The test client's handler, behind what the web server calls."""

    def __call__(self, environ):
        return super().__call__(in_utf8(environ))


def client_as_served() -> Client:
    client = Client()
    client.handler = AsServed(enforce_csrf_checks=False)
    return client


@cache
def addresses() -> tuple[Address, ...]:
    return tuple(_below(get_resolver(), "/"))


def _below(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + _route(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, route)
        else:
            yield Address(pattern.name or route, route)


def _route(text: str) -> str:
    """drafts/<uuid:draft_id>/ or ^(?P<app_label>auth)/$, with plain names."""
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", text).removeprefix("^").removesuffix("$")
    return re.sub(r"<\w+:(\w+)>", r"<\1>", plain)


@cache
def field_names() -> tuple[str, ...]:
    """Every name that a form of ours has or a view of ours asks for, read out of the sources: a new one is tried from its first day."""
    found = {"csrfmiddlewaretoken", "no-such-field", "", "e", "o", "p", "all", "_popup", "_to_field", "_changelist_filters", "answer-"}
    found |= {"action", "select_across", "index", "_save", "_continue", "_preview", "_selected_action", "term", "page", "app_label"}
    found |= {"model_name", "field_name", "state__exact", "submitted_at__year", "submitted_at__gte", "post", "key", "name", "is_active"}
    for template in (ROOT / "templates").rglob("*.html"):
        found |= set(re.findall(r' name="([\w-]+)"', template.read_text()))
    for folder in ("web", "reading", "admin"):
        for source in (ROOT / "escalations" / folder).glob("*.py"):
            found |= set(re.findall(r'(?:GET|POST|given|asked)(?:\.get(?:list)?\(|\[)"([\w-]+)"', source.read_text()))
    return tuple(sorted(found))


Choose = Callable[[list], object]


def build(choose: Choose, text: Callable[[], str], address: Address, method: str, known: dict[str, list]) -> Request:
    """A request that is wrong in some places and right in the others; `known` are values that exist, by part or field."""

    def value(name: str) -> str | bytes:
        kind = choose(["known", "known", "known", "text", "text", "bytes"])
        if kind == "known" and name in known:
            return choose(known[name])
        return choose(BYTES) if kind == "bytes" else text()

    path = address.filled({part: value(part) for part in address.parts})
    query = _form(choose, value) if choose([True, False]) else ""
    if method == "GET":
        body, content_type = b"", choose(["", "", "", f"text/html; charset={choose(CHARSETS)}"])
    else:
        body, content_type = _body(choose, text, value)
    headers = {name: choose(AGENTS[name]) for name in {choose(list(AGENTS)) for _ in range(choose([0, 0, 1, 2]))}}
    return Request(method, path, query, body, content_type, tuple(sorted(headers.items())))


def _form(choose: Choose, value) -> str:
    pairs = [(name, value(name)) for name in (choose(field_names()) for _ in range(choose([0, 1, 3, 6])))]
    pairs *= choose([1, 1, 2])  # repeated keys
    return urlencode(pairs) + choose(["", "", "", "&%00=%00", "&%ED%A0%80=%ff", "&=&&;", "%", "&a" * 1100])


def _body(choose: Choose, text, value) -> tuple[bytes, str]:
    form = _form(choose, value).encode("latin-1")
    kind = choose(["form", "form", "form", "charset", "parts", "broken parts", "json", "raw"])
    if kind == "charset":
        return form, f"application/x-www-form-urlencoded; charset={choose(CHARSETS)}"
    if kind == "parts":
        name = choose(field_names())
        more = choose(["", '; filename="a.txt"', '; filename="\x00"', "; filename*=utf-8''%ff", "; name=b"])
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        charset = choose(["", "", f"; charset={choose(CHARSETS)}"])
        return head.encode() + text().encode("utf-8", "replace") + b"\r\n--b--\r\n", f"multipart/form-data; boundary=b{charset}"
    if kind == "broken parts":
        boundary = choose(["", "; boundary=", "; boundary=\xff", "; boundary=b", f"; boundary={'x' * 500}"])
        return choose([b"", b"--b", b"--b\r\nContent-Disposition: x\r\n\r\n", b"\x00" * 64]), f"multipart/form-data{boundary}"
    if kind == "json":
        return json.dumps({"scenario": [text()], "seal": None}).encode("utf-8", "surrogatepass"), "application/json"
    if kind == "raw":
        return choose(BYTES) * 9, choose(["", "text/plain", "application/x-www-form-urlencoded", "\xff", "image/png; charset=x"])
    return form, "application/x-www-form-urlencoded"


def _quoted(value: str | bytes) -> str:
    if isinstance(value, bytes):
        return quote_from_bytes(value, safe="")
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


MACHINES = {"healthz", "readyz"}  # they read the code only; and no worker lives in these tests, so that it may be a 503


def wrong_with(answer, request: Request, name: str) -> str:
    """What is wrong with the answer, in a sentence; "" for a page, a part, a file, an error in plain words, or a redirect within the portal."""
    code, page = answer.status_code, answer.content.decode(errors="replace") if not answer.streaming else ""
    if name in MACHINES:
        return "" if code in (200, 405, 503) else f"it is a {code}"
    if code >= 500:
        return f"it is a {code}"
    if "Traceback" in page:
        return "it shows a traceback"
    if 300 <= code < 400 and not re.match(r"/(?!/)|http://testserver/", answer["Location"]):
        return f"it leads away, to {answer['Location']!r}"
    if 400 <= code < 500 and request.method != "HEAD" and not re.search(r"<h1\b[^>]*>\s*\w|<p\b[^>]*>\s*(<strong>)?\w", page):
        return f"it is a {code} without a word"
    return ""
