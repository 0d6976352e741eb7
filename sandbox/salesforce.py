"""The Salesforce REST API: signing in, queries, describe. Nothing can be written."""

import re

from sandbox import salesforce_schema, soql, soql_run
from sandbox.hosts import SALESFORCE
from sandbox.salesforce_schema import OBJECTS
from sandbox.tokens import bearer
from sandbox.web import json_answer

GRANTS = ("client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer")
NO_SESSION = ("INVALID_SESSION_ID", "Session expired or invalid")


def failure(code, message, status):
    """Return an error the way Salesforce writes it: a list of one."""
    return json_answer([{"message": message, "errorCode": code}], status)


def answer(world, tokens, request):
    """Return the Answer to one request."""
    path = request.path.rstrip("/")
    if path == "/services/oauth2/token" and request.method == "POST":
        return _token(tokens, request)
    if not tokens.is_good("salesforce", bearer(request.headers)):
        return failure(*NO_SESSION, 401)
    found = re.fullmatch(r"/services/data/(v\d{2}\.\d)/(query|queryAll|sobjects/(\w+)/(\w+))", path)
    if not found or request.method != "GET":
        return failure("NOT_FOUND", "The requested resource does not exist", 404)
    version, what, kind, rest = found.groups()
    with world.lock:
        if kind is None:
            return _query(world, request.query.get("q", ""), version)
        return _object(world, kind, rest, version)


def _token(tokens, request):
    given = request.fields()
    if given.get("grant_type") not in GRANTS:
        return json_answer({"error": "unsupported_grant_type", "error_description": "grant type not supported"}, 400)
    if given["grant_type"] == GRANTS[0] and not _basic(request) and given.get("client_secret") in (None, "", "wrong"):
        return json_answer({"error": "invalid_client", "error_description": "invalid client credentials"}, 401)
    if given["grant_type"] == GRANTS[1] and given.get("assertion", "").count(".") != 2:
        return json_answer({"error": "invalid_grant", "error_description": "invalid assertion"}, 400)
    return json_answer({
        "access_token": tokens.mint("salesforce", 7200),
        "instance_url": f"https://{SALESFORCE}",
        "id": "https://login.salesforce.com/id/00D5e000000TEST/0055e000000TEST",
        "token_type": "Bearer",
        "scope": "api",
        "issued_at": "0",
        "signature": "sandbox",
    })  # fmt: skip


def _basic(request):
    """simple-salesforce sends key and secret of client credentials as basic authentication."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return kind.lower() == "basic" and bool(value)


def _query(world, text, version):
    try:
        query = soql.parse(text)
        ids = query.wanted_ids()
        if any(not isinstance(one, str) or not re.fullmatch(r"\w{15}(\w{3})?", one) for one in ids or ()):
            return failure("INVALID_QUERY_FILTER_OPERATOR", "invalid ID field", 400)
        rows = salesforce_schema.rows(world, query.source, ids) if query.source in OBJECTS else []
        return json_answer(soql_run.run(query, rows, world.unreadable_fields, version))
    except soql.Malformed as problem:
        return failure("MALFORMED_QUERY", str(problem), 400)
    except soql_run.InvalidField as problem:
        return failure("INVALID_FIELD", str(problem), 400)
    except soql_run.InvalidType as problem:
        return failure("INVALID_TYPE", str(problem), 400)


def _object(world, kind, rest, version):
    if kind not in OBJECTS:
        return failure("NOT_FOUND", "The requested resource does not exist", 404)
    if rest == "describe":
        return json_answer(salesforce_schema.describe(kind, world.unreadable_fields))
    row = next(iter(row for row in salesforce_schema.rows(world, kind, [rest]) if row["Id"].startswith(rest)), None)
    if row is None or len(rest) not in (15, 18):
        return failure("NOT_FOUND", "The requested resource does not exist", 404)
    plain = {name: row[name] for name in OBJECTS[kind]["fields"] if name not in world.unreadable_fields}
    url = f"/services/data/{version}/sobjects/{kind}/{row['Id']}"
    return json_answer({"attributes": {"type": kind, "url": url}, **plain})
