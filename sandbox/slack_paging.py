"""Slack's cursors: an opaque text that says where the next page starts."""

import base64

from sandbox.slack_errors import Refused
from sandbox.web import whole


def page(rows, fields, most, default=100):
    """Return (rows of this page, the part of the answer with the next cursor).

    Three faults live here: `partial_page` gives one row although more are wanted, `repeated_cursor` leads to this same page
    again, `cut_page` gives half of the rows, says that there are more and forgets the cursor.
    """
    twist = fields.get("_twist", {})
    start = _start(fields.get("cursor"))
    size = 1 if twist.get("partial_page") else whole(fields.get("limit"), default, 1, most)
    chosen, cursor = rows[start : start + size], _cursor(start + size) if start + size < len(rows) else ""
    if twist.get("repeated_cursor"):
        cursor = fields.get("cursor") or _cursor(start)
    if twist.get("cut_page"):
        return chosen[: len(chosen) // 2], {"response_metadata": {"next_cursor": ""}, "has_more": True}
    return chosen, {"response_metadata": {"next_cursor": cursor}, "has_more": bool(cursor)}


def _cursor(start):
    return base64.b64encode(f"next:{start}".encode()).decode()


def _start(cursor):
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(str(cursor)).decode().removeprefix("next:"))
    except ValueError:
        raise Refused("invalid_cursor") from None
