"""The sandbox's own pages: finds the page, wraps it in the layout, or gives only the part that is alive.

Every page has one live part. A script asks for `?part=<version>` each second and gets 204 as long as nothing changed;
without a script the page is complete and a reload does the same.
"""

from sandbox import page_account, page_channel, page_lists, page_received, page_ticket, tickets
from sandbox.customers import CUSTOMERS
from sandbox.hosts import LIGHTNING, SALESFORCE, SLACK_WORKSPACE, ZENDESK
from sandbox.markup import LAYOUT, POLICY, STATIC, fill
from sandbox.web import Answer, json_answer, plain_answer

SAFETY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FILES = {"/static/sandbox.css": "text/css; charset=utf-8", "/static/sandbox.js": "text/javascript; charset=utf-8"}
NAVIGATION = (
    ("/", "Received"),
    ("/tickets", "Tickets"),
    ("/channels", "Channels"),
    ("/customers", "Customers"),
    ("/faults", "Faults"),
)


def answer(world, faults, request):
    """Return the Answer to a request on the sandbox's own host."""
    path = request.path
    if request.method != "GET":
        return plain_answer("only GET here", 405)
    if path == "/healthz":
        return plain_answer("ok")
    if path == "/tickets.json":
        return json_answer(tickets.listing(CUSTOMERS))
    if path in FILES:
        return Answer(200, (STATIC / path.rsplit("/", 1)[1]).read_bytes(), FILES[path], dict(SAFETY))
    with world.lock:
        version = f"{world.version}-{faults.version}"
        if request.query.get("part") == version:
            return Answer(204, b"", "text/html; charset=utf-8", dict(SAFETY))
        status, title, body = _page(world, faults, request)
    return _layout(request, status, title, body, version)


def _page(world, faults, request):
    """Return (status, title, body) of the page at the request's path."""
    path = request.path.rstrip("/") or "/"
    simple = {
        "/": lambda: page_received.page(world),
        "/tickets": lambda: page_lists.tickets_page(world),
        "/channels": lambda: page_lists.channels_page(world),
        "/customers": lambda: page_lists.customers_page(world),
        "/faults": lambda: page_lists.faults_page(faults),
    }
    if path in simple:
        return 200, *simple[path]()
    host, _, rest = path.strip("/").partition("/")
    parts, found = rest.split("/"), None
    if host in ZENDESK and parts[:2] == ["agent", "tickets"] and len(parts) == 3:
        found = page_ticket.page(world, ZENDESK[host], parts[2])
    elif host == SLACK_WORKSPACE and parts[0] == "archives" and len(parts) in (2, 3):
        found = page_channel.page(world, parts[1], parts[2] if len(parts) == 3 else None)
    elif host in (SALESFORCE, LIGHTNING):
        found = page_account.page(world, parts)
    if found:
        return 200, *found
    words = fill(
        '<p>There is nothing at <code>{path}</code>.</p><p><a href="/">What was received</a></p>', path=request.path
    )
    return 404, "Not found", words


def _layout(request, status, title, body, version):
    live = fill('<div id="live" data-version="{version}">{body}</div>', version=version, body=body)
    if "part" in request.query:
        return Answer(status, live.encode(), "text/html; charset=utf-8", dict(SAFETY))
    current = request.path.rstrip("/") or "/"
    links = [
        fill('<li><a href="{href}"{here}>{text}</a></li>', href=href, text=text,
             here=fill(' aria-current="page"') if href == current else "")
        for href, text in NAVIGATION
    ]  # fmt: skip
    whole = fill(LAYOUT, title=title, navigation=links, live=live)
    return Answer(status, whole.encode(), "text/html; charset=utf-8", dict(SAFETY))
