"""The Zendesk support API: signing in, and everything that only reads. Writing is in `zendesk_update`."""

import base64
import re
from urllib.parse import urlencode

from sandbox import seeding, zendesk_shapes, zendesk_update
from sandbox.hosts import ZENDESK, ZENDESK_HOST
from sandbox.tokens import bearer
from sandbox.web import json_answer, whole

NOT_FOUND = {"error": "RecordNotFound", "description": "Not found"}
NO_ENDPOINT = {"error": "InvalidEndpoint", "description": "Not found"}
NOT_SIGNED_IN = {"error": "Couldn't authenticate you"}


def answer(world, tokens, request):
    """Return the Answer to one request; the host says which instance is meant."""
    instance = world.instances[ZENDESK[request.host]]
    path = request.path.rstrip("/").removesuffix(".json")
    if path == "/oauth/tokens" and request.method == "POST":
        return _token(tokens, instance, request)
    if not _signed_in(tokens, instance, request):
        return json_answer(NOT_SIGNED_IN, 401, WWW_Authenticate='OAuth realm="Zendesk"')
    for method, pattern, handler in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == request.method:
            with world.lock:
                return handler(world, instance, request, *(int(group) for group in found.groups()))
    return json_answer(NO_ENDPOINT, 404)


def _token(tokens, instance, request):
    try:
        given = request.fields()
    except ValueError:
        return json_answer({"error": "invalid_request", "error_description": "Malformed body"}, 400)
    if given.get("grant_type") != "client_credentials":
        return json_answer({"error": "unsupported_grant_type", "error_description": "Unsupported grant type"}, 400)
    if not given.get("client_id") or given.get("client_secret") in (None, "", "wrong"):
        return json_answer({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
    lifetime = whole(given.get("expires_in"), 7200, 1, 172800)
    token = tokens.mint(f"zendesk/{instance.name}", lifetime)
    scope = given.get("scope") or "read write"
    return json_answer({"access_token": token, "token_type": "bearer", "scope": scope, "expires_in": lifetime})


def _signed_in(tokens, instance, request):
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            user, _, secret = base64.b64decode(value).decode().partition(":")
        except ValueError:
            return False
        return user.endswith("/token") and secret not in ("", "wrong")
    return tokens.is_good(f"zendesk/{instance.name}", bearer(request.headers))


def find_ticket(instance, number):
    """Return a ticket that the API may show: deleted ones are not found."""
    ticket = instance.ticket(number)
    return None if ticket is None or ticket.deleted else ticket


def _ticket(world, instance, request, number):
    ticket = find_ticket(instance, number)
    if ticket is None:
        return json_answer(NOT_FOUND, 404)
    body = {"ticket": zendesk_shapes.ticket(ticket)}
    wanted = (request.query.get("include") or "").split(",")
    if "users" in wanted:
        ids = [ticket.requester_id, ticket.assignee_id, *ticket.follower_ids, *ticket.email_cc_ids]
        body["users"] = [zendesk_shapes.user(instance, instance.users[i]) for i in dict.fromkeys(ids)]
    if "organizations" in wanted:
        own = instance.organizations.get(ticket.organization_id)
        body["organizations"] = [zendesk_shapes.organization(instance, own)] if own else []
    if "ticket_forms" in wanted:
        body["ticket_forms"] = [f for f in zendesk_shapes.forms(instance) if f["name"] == ticket.form]
    return json_answer(body)


def _entries(name, shape):
    """Make a handler for a list that belongs to a ticket: paged by offset or by cursor, either way round."""

    def handler(world, instance, request, number):
        ticket = find_ticket(instance, number)
        if ticket is None:
            return json_answer(NOT_FOUND, 404)
        rows = list(getattr(ticket, name))
        if request.query.get("sort_order", "asc").lower() == "desc" or request.query.get("sort", "").startswith("-"):
            rows.reverse()
        chosen, body = _page(instance, request, _visible(rows, request))
        body[name] = [shape(ticket, row) for row in chosen]
        if "users" in (request.query.get("include") or ""):
            authors = dict.fromkeys(row["author_id"] for row in body[name])
            body["users"] = [zendesk_shapes.user(instance, instance.users[i]) for i in authors]
        return json_answer(body)

    return handler


def _visible(rows, request):
    """Leave out what is younger than the seconds of a `delayed_visibility` fault."""
    seconds = request.twist.get("delayed_visibility")
    if seconds is None:
        return rows
    limit = seeding.stamp(seeding.now_minus(seconds))
    return [row for row in rows if (row["at"] if isinstance(row, dict) else row.at) <= limit]


def _page(instance, request, rows):
    """Return (rows of this page, the paging part of the body). Links carry the public host and what was asked for.

    The faults are those of `slack_paging`: `partial_page`, `repeated_cursor` and `cut_page`, here without the next link.
    """
    if "page[size]" in request.query:
        return _page_by_cursor(instance, request, rows)
    twist = request.twist
    size = 1 if twist.get("partial_page") else whole(request.query.get("per_page"), 100, 1, 100)
    page = whole(request.query.get("page"), 1, 1, 10_000)
    chosen, following = rows[(page - 1) * size : page * size], page + 1 if page * size < len(rows) else None
    if twist.get("repeated_cursor"):
        following = page
    if twist.get("cut_page"):
        chosen, following = chosen[: len(chosen) // 2], None
    link = following and _link(instance, request, page=following, per_page=size)
    return chosen, {"next_page": link, "previous_page": None, "count": len(rows)}


def _page_by_cursor(instance, request, rows):
    twist, size = request.twist, whole(request.query["page[size]"], 100, 1, 100)
    start = _cursor(request.query.get("page[after]"))
    chosen, after = rows[start : start + size], start + size if start + size < len(rows) else None
    if twist.get("repeated_cursor"):
        after = start
    if twist.get("cut_page"):
        chosen, after = chosen[: len(chosen) // 2], None
    text = None if after is None else base64.urlsafe_b64encode(f"at:{after}".encode()).decode()
    link = text and _link(instance, request, **{"page[size]": size, "page[after]": text})
    meta = {"has_more": bool(text or twist.get("cut_page")), "after_cursor": text, "before_cursor": None}
    return chosen, {"meta": meta, "links": {"prev": None, "next": link}}


def _link(instance, request, **paging):
    query = urlencode({**request.query, **paging})
    return f"https://{ZENDESK_HOST[instance.name]}{request.path}?{query}"


def _cursor(text):
    try:
        return int(base64.urlsafe_b64decode(text or "").decode().removeprefix("at:") or 0)
    except ValueError:
        return 0


def _search_users(world, instance, request):
    query = (request.query.get("query") or "").strip()
    found = re.search(r'email:\s*"?([^"\s]+)"?', query)
    if found:
        user = instance.by_email.get(found.group(1).lower())
        users = [user] if user and user.active else []
    else:
        words = query.lower()
        users = [u for u in instance.users.values() if words and words in f"{u.name} {u.email}".lower()]
    shapes = [zendesk_shapes.user(instance, u) for u in users[:100]]
    return json_answer({"users": shapes, "next_page": None, "previous_page": None, "count": len(users)})


def _one_user(world, instance, request, number):
    user = instance.users.get(number)
    return json_answer({"user": zendesk_shapes.user(instance, user)}) if user else json_answer(NOT_FOUND, 404)


def _me(world, instance, request):
    return json_answer({"user": {**zendesk_shapes.user(instance, instance.robot), "authenticity_token": "sandbox"}})


def _one_organization(world, instance, request, number):
    own = instance.organizations.get(number)
    if own is None:
        return json_answer(NOT_FOUND, 404)
    return json_answer({"organization": zendesk_shapes.organization(instance, own)})


def _listing(name, shapes):
    def handler(world, instance, request):
        rows = shapes(instance)
        return json_answer({name: rows, "next_page": None, "previous_page": None, "count": len(rows)})

    return handler


ROUTES = [
    ("GET", r"/api/v2/tickets/(\d{1,12})", _ticket),
    ("PUT", r"/api/v2/tickets/(\d{1,12})", zendesk_update.update),
    ("GET", r"/api/v2/tickets/(\d{1,12})/comments", _entries("comments", zendesk_shapes.comment)),
    ("GET", r"/api/v2/tickets/(\d{1,12})/audits", _entries("audits", zendesk_shapes.audit)),
    ("GET", r"/api/v2/users/search", _search_users),
    ("GET", r"/api/v2/users/me", _me),
    ("GET", r"/api/v2/users/(\d{1,12})", _one_user),
    ("GET", r"/api/v2/organizations/(\d{1,12})", _one_organization),
    ("GET", r"/api/v2/ticket_forms", _listing("ticket_forms", zendesk_shapes.forms)),
    ("GET", r"/api/v2/ticket_fields", _listing("ticket_fields", zendesk_shapes.ticket_fields)),
    ("GET", r"/api/v2/organization_fields", _listing("organization_fields", zendesk_shapes.organization_fields)),
]
