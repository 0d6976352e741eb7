"""The Slack Web API: finds the method, reads the arguments as JSON or form, answers in Slack's own way.

Slack says most errors with HTTP 200 and `ok: false`; a handler raises `Refused` for those.
"""

import json

from sandbox import slack_conversations, slack_messages, slack_people
from sandbox.slack_errors import Refused
from sandbox.tokens import bearer
from sandbox.web import json_answer

METHODS = {**slack_people.METHODS, **slack_conversations.METHODS, **slack_messages.METHODS}
STRUCTURED = ("blocks", "metadata", "attachments")
SCOPES = (
    "chat:write,users:read,users:read.email,channels:read,groups:read,channels:history,groups:history,im:history,mpim:history,"
    "metadata.message:read,im:write,mpim:write,users.profile:read,dnd:read,channels:join"
)


def method_of(request):
    """Return the method a request calls: `/api/chat.postMessage` is chat.postMessage."""
    return request.path.removeprefix("/api/").strip("/")


def answer(world, tokens, request):
    """Return the Answer to one request."""
    try:
        fields = _fields(request)
        _check_token(fields.pop("token", None) or bearer(request.headers))
        handler = METHODS.get(method_of(request))
        if handler is None:
            raise Refused("unknown_method", req_method=method_of(request))
        fields["_twist"] = request.twist
        with world.lock:
            body = {"ok": True, **handler(world, fields)}
    except Refused as refused:
        body = {"ok": False, "error": refused.code, **refused.more}
    return json_answer(body, X_OAuth_Scopes=SCOPES, X_Slack_Req_Id="sandbox")


def _check_token(token):
    if not token:
        raise Refused("not_authed")
    if not token.startswith("xoxb-") or token == "xoxb-wrong":
        raise Refused("invalid_auth")


def _fields(request):
    try:
        fields = request.fields()
    except ValueError:
        raise Refused("invalid_json") from None
    for name in STRUCTURED:
        if isinstance(fields.get(name), str) and fields[name]:
            try:
                fields[name] = json.loads(fields[name])
            except ValueError:
                raise Refused("invalid_blocks_format" if name == "blocks" else "invalid_metadata_format") from None
    return fields
