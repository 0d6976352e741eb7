"""The Zendesk support API: signing in, and everything that only reads. Writing is in `zendesk_update`."""

import base64
import re

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
    """Return (rows of this page, the paging part of the body). Links carry the public host."""
    base = f"https://{ZENDESK_HOST[instance.name]}{request.path}"
    if "page[size]" in request.query:
        size = whole(request.query["page[size]"], 100, 1, 100)
        start = _cursor(request.query.get("page[after]"))
        more = start + size < len(rows)
        after = base64.urlsafe_b64encode(f"at:{start + size}".encode()).decode() if more else None
        if request.twist.get("repeated_cursor") and request.query.get("page[after]"):
            after, more = request.query["page[after]"], True
        link = f"{base}?page%5Bsize%5D={size}&page%5Bafter%5D={after}" if more else None
        meta = {"has_more": more, "after_cursor": after, "before_cursor": None}
        return rows[start : start + size], {"meta": meta, "links": {"prev": None, "next": link}}
    size = whole(request.query.get("per_page"), 100, 1, 100)
    page = whole(request.query.get("page"), 1, 1, 10_000)
    if request.twist.get("partial_page"):
        size = 1
    following = f"{base}?page={page + 1}&per_page={size}" if page * size < len(rows) else None
    paging = {"next_page": following, "previous_page": None, "count": len(rows)}
    return rows[(page - 1) * size : page * size], paging


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
