"""The sandbox's own API: the ledger, everything that makes it behave badly, and changes made by hand.

Only for programs on this machine: the client's address and the Host header must both be loopback, and a browser page of
another site is turned away by its Origin header.
"""

from urllib.parse import urlsplit

from sandbox import control_changes, fault_mix, hosts
from sandbox.web import json_answer, whole


def answer(box, request):
    """Return the Answer to a request for the ledger or a control endpoint."""
    if not _allowed(request):
        return json_answer({"error": "only for this machine: use http://127.0.0.1"}, 403)
    handler = ROUTES.get((request.method, request.path))
    if handler is None:
        return json_answer(
            {"error": f"no {request.method} {request.path} here", "known": sorted(map(" ".join, ROUTES))}, 404
        )
    try:
        given = {**request.query, **value} if isinstance(value := request.json(), dict) else value
        with box.world.lock:
            told = handler(box, given)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return json_answer({"error": f"{problem}"}, 400)
    return json_answer(told)  # a long ledger takes a while to write down; nobody has to wait for that


def _allowed(request):
    local = request.client.startswith("127.") or request.client in ("::1", "::ffff:127.0.0.1")
    origin = request.headers.get("origin")
    return (
        local
        and request.host in hosts.LOOPBACK
        and (not origin or urlsplit(origin).hostname in ("127.0.0.1", "localhost", "::1"))
    )


def _ledger(box, given):
    """Return the effects after number `after`, at most `limit` of them."""
    after, limit = (whole(given.get(name), default, 0, 10**12) for name, default in (("after", 0), ("limit", 10**12)))
    return box.world.ledger.after(after, limit)


def _counts(box, given):
    """Tell what a judge needs: how often each fault fired, how many calls there were, and whether anything is still to come."""
    told = {
        "effects": len(box.world.ledger.entries),
        "pending": box.pending,
        "refused": box.limits.as_json()["refused"],
    }
    return {**told, **box.faults.counts()}


def _reset(box, given):
    box.world.reset()
    if not given.get("keep_faults"):
        box.forget()
    return {"ok": True}


def _faults(box, given):
    return {**box.faults.as_json(), "latency": box.delays.given}


def _add_faults(box, given):
    rules = given if isinstance(given, list) else [given]
    return {"ok": True, "added": [box.faults.add(rule).as_json() for rule in rules]}


def _clear_faults(box, given):
    box.faults.clear()
    return {"ok": True}


def _mix(box, given):
    """Add a mix of faults; a late one is applied within `late` seconds after its connection was cut."""
    rules = fault_mix.rules(given)
    box.limits.set({"late_seconds": given.get("late", fault_mix.OPTIONS["late"])})
    return _add_faults(box, rules)


def _latency(box, given):
    box.delays.set(given)
    return {"ok": True, "latency": box.delays.given}


def _limits(box, given):
    box.limits.set(given)
    return {"ok": True, **box.limits.as_json()}


def _revoke(box, given):
    if given.get("service") not in ("zendesk", "salesforce"):
        raise control_changes.Wrong("service must be zendesk or salesforce")
    box.tokens.withdraw(given["service"])
    return {"ok": True}


def _clock(box, given):
    """Set Slack's clock so many seconds ahead of ours; behind, with a minus. Until the next reset."""
    box.world.slack_ahead = float(given["slack"])
    return {"ok": True, "slack": box.world.slack_ahead}


def _change(change):
    return lambda box, given: change(box.world, given)


ROUTES = {
    ("GET", "/ledger.json"): _ledger,
    ("GET", "/control/counts"): _counts,
    ("POST", "/control/reset"): _reset,
    ("GET", "/control/faults"): _faults,
    ("POST", "/control/faults"): _add_faults,
    ("DELETE", "/control/faults"): _clear_faults,
    ("POST", "/control/mix"): _mix,
    ("POST", "/control/latency"): _latency,
    ("GET", "/control/limits"): lambda box, given: box.limits.as_json(),
    ("POST", "/control/limits"): _limits,
    ("POST", "/control/revoke"): _revoke,
    ("POST", "/control/clock"): _clock,
    ("POST", "/control/ticket"): _change(control_changes.ticket),
    ("POST", "/control/account"): _change(control_changes.account),
    ("POST", "/control/channel"): _change(control_changes.channel),
    ("POST", "/control/message"): _change(control_changes.message),
}
