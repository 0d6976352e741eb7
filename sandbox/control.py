"""The sandbox's own API: the ledger, faults, delays, and changes to tickets, accounts and channels.

Only for programs on this machine: the client's address and the Host header must both be loopback, and a browser page of
another site is turned away by its Origin header.
"""

from urllib.parse import urlsplit

from sandbox import hosts, seeding
from sandbox.people import BY_EMAIL
from sandbox.web import json_answer, whole

TICKET_FIELDS = {
    "subject",
    "priority",
    "status",
    "form",
    "tags",
    "deleted",
    "follower_ids",
    "email_cc_ids",
    "custom_fields",
}
ACCOUNT_FIELDS = {"name", "owner", "csm", "csm_text", "channel", "region", "type", "support_level"}
CHANNEL_FIELDS = {"name", "archived", "members", "kind", "ext_shared"}


class Wrong(ValueError):
    """A control request that cannot be carried out; the text says why."""


def answer(world, faults, tokens, request):
    """Return the Answer to a request for the ledger or a control endpoint."""
    if not _allowed(request):
        return json_answer({"error": "only for this machine: use http://127.0.0.1"}, 403)
    handler = ROUTES.get((request.method, request.path))
    if handler is None:
        return json_answer(
            {"error": f"no {request.method} {request.path} here", "known": sorted(map(" ".join, ROUTES))}, 404
        )
    try:
        given = request.json()
        with world.lock:
            return json_answer(handler(world, faults, tokens, request, given))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return json_answer({"error": f"{problem}"}, 400)


def _allowed(request):
    local = request.client.startswith("127.") or request.client in ("::1", "::ffff:127.0.0.1")
    origin = request.headers.get("origin")
    return (
        local
        and request.host in hosts.LOOPBACK
        and (not origin or urlsplit(origin).hostname in ("127.0.0.1", "localhost", "::1"))
    )


def _ledger(world, faults, tokens, request, given):
    return world.ledger.after(whole(request.query.get("after"), 0, 0, 10**12))


def _reset(world, faults, tokens, request, given):
    world.reset()
    if not given.get("keep_faults"):
        faults.forget()
    return {"ok": True}


def _faults(world, faults, tokens, request, given):
    return faults.as_json()


def _add_faults(world, faults, tokens, request, given):
    rules = given if isinstance(given, list) else [given]
    return {"ok": True, "added": [faults.add(rule).as_json() for rule in rules]}


def _clear_faults(world, faults, tokens, request, given):
    faults.clear()
    return {"ok": True}


def _latency(world, faults, tokens, request, given):
    for service, milliseconds in given.items():
        if service not in ("zendesk", "salesforce", "slack"):
            raise Wrong(f"unknown service {service!r}")
        faults.latency[service] = max(0, min(600_000, float(milliseconds)))
    return {"ok": True, "latency": dict(faults.latency)}


def _revoke(world, faults, tokens, request, given):
    if given.get("service") not in ("zendesk", "salesforce"):
        raise Wrong("service must be zendesk or salesforce")
    tokens.withdraw(given["service"])
    return {"ok": True}


def _values(given, allowed, keep=("id", "instance")):
    values = {name: value for name, value in given.items() if name not in keep}
    unknown = set(values) - allowed
    if unknown:
        raise Wrong(f"cannot change {', '.join(sorted(unknown))}; possible: {', '.join(sorted(allowed))}")
    return values


def _ticket(world, faults, tokens, request, given):
    """Change a ticket; `touch` also sets updated_at to now, as another agent's change would, `age` to so many seconds ago."""
    age = 0 if given.pop("touch", False) else given.pop("age", None)
    values, instance, number = _values(given, TICKET_FIELDS), given.get("instance", "main"), int(given["id"])
    if instance not in world.instances or world.instances[instance].ticket(number) is None:
        raise Wrong(f"there is no ticket {number} in {instance!r}")
    touch_at = None if age is None else seeding.stamp(seeding.now_minus(float(age)))
    world.change("ticket", instance=instance, id=number, values=values, touch_at=touch_at)
    return {"ok": True, "updated_at": world.instances[instance].ticket(number).updated_at}


def _account(world, faults, tokens, request, given):
    """Change an account by id or name; owner and csm are addresses; `unreadable` hides fields from every query."""
    if "unreadable" in given:
        world.change("fields", unreadable=list(given.pop("unreadable")))
    if not given:
        return {"ok": True, "unreadable": sorted(world.unreadable_fields)}
    account = world.account(str(given.get("id", "")))
    account = account or next((a for a in world.accounts.values() if a.name == given.get("customer")), None)
    if account is None:
        raise Wrong("there is no such account: give its id, or customer with its name")
    values = _values(given, ACCOUNT_FIELDS, ("id", "customer"))
    for role in ("owner", "csm"):
        if values.get(role) and values[role] not in BY_EMAIL:
            raise Wrong(f"nobody has the address {values[role]!r}")
    world.change("account", id=account.id, values=values)
    return {"ok": True, "id": account.id}


def _find_channel(world, wanted):
    named = (channel for channel in world.channels.values() if channel.name == str(wanted).removeprefix("#"))
    channel = world.channel(str(wanted)) or next(named, None)
    if channel is None:
        raise Wrong(f"there is no channel {wanted!r}")
    return channel


def _message(world, faults, tokens, request, given):
    """Let somebody else write in a channel, by address; their message is not the portal's, so it is no effect."""
    author = BY_EMAIL.get(given.get("user", ""))
    if author is None or not author.slack:
        raise Wrong(f"nobody in Slack has the address {given.get('user')!r}")
    channel, ts = _find_channel(world, given.get("channel", "")), world.next_ts()
    said = {"text": str(given.get("text", "")), "thread_ts": given.get("thread_ts")}
    world.change("message", channel=channel.id, ts=ts, user=author.slack_id, **said)
    return {"ok": True, "channel": channel.id, "ts": ts}


def _channel(world, faults, tokens, request, given):
    """Change a channel by id or name."""
    channel = _find_channel(world, given.get("id", ""))
    world.change("channel", id=channel.id, values=_values(given, CHANNEL_FIELDS))
    return {"ok": True, "id": channel.id}


ROUTES = {
    ("GET", "/ledger.json"): _ledger,
    ("POST", "/control/reset"): _reset,
    ("GET", "/control/faults"): _faults,
    ("POST", "/control/faults"): _add_faults,
    ("DELETE", "/control/faults"): _clear_faults,
    ("POST", "/control/latency"): _latency,
    ("POST", "/control/revoke"): _revoke,
    ("POST", "/control/ticket"): _ticket,
    ("POST", "/control/account"): _account,
    ("POST", "/control/channel"): _channel,
    ("POST", "/control/message"): _message,
}
