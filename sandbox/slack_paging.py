"""Slack's cursors: an opaque text that says where the next page starts."""

import base64

from sandbox.slack_errors import Refused
from sandbox.web import whole


def page(rows, fields, most, default=100):
    """Return (rows of this page, the part of the answer with the next cursor).

    Two faults live here: `partial_page` gives one row although more are wanted, `repeated_cursor` gives the caller the
    cursor it came with.
    """
    twist = fields.get("_twist", {})
    start = _start(fields.get("cursor"))
    size = 1 if twist.get("partial_page") else whole(fields.get("limit"), default, 1, most)
    more = start + size < len(rows)
    cursor = base64.b64encode(f"next:{start + size}".encode()).decode() if more else ""
    if twist.get("repeated_cursor") and fields.get("cursor"):
        cursor = fields["cursor"]
    return rows[start : start + size], {"response_metadata": {"next_cursor": cursor}, "has_more": bool(cursor)}


def _start(cursor):
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(str(cursor)).decode().removeprefix("next:"))
    except ValueError:
        raise Refused("invalid_cursor") from None
