"""Reading a conversation completely, or failing: a part of it must never look like the whole."""

from collections.abc import Iterator

from escalations.gateways.base import LookupFailed
from escalations.gateways.slack_codes import PASSING
from escalations.gateways.slack_session import SlackSaid
from escalations.gateways.troubles import Broken, NotJson, NotSent, Refused

PAGE = 15  # what Slack gives apps outside its directory
MOST_PAGES = 200


def pages(client, channel: str, oldest: str, thread_ts: str | None = None, latest: str | None = None) -> Iterator[dict]:
    """Yield the messages from `oldest` to `latest` (both included, default: now), of the channel or of one thread."""
    cursor, seen = None, set()
    options = {"channel": channel, "oldest": oldest, "limit": PAGE, "include_all_metadata": True, "inclusive": True}
    options |= {"latest": latest} if latest else {}
    while True:
        answer = _page(client, {**options, "cursor": cursor}, thread_ts)
        yield from answer["messages"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            if answer.get("has_more"):
                raise LookupFailed("slack", "malformed", "sent a part of the conversation only", cause="incomplete")
            return
        if cursor in seen or len(seen) >= MOST_PAGES:
            raise LookupFailed("slack", "malformed", "sent the same page of the conversation twice", cause="incomplete")
        seen.add(cursor)


def _page(client, options, thread_ts):
    """One page; a passing failure is asked again once, from the same place."""
    try:
        return _asked(client, options, thread_ts)
    except (NotSent, Broken, NotJson, Refused, SlackSaid) as trouble:
        passing = trouble.status >= 500 if isinstance(trouble, Refused) else True
        if not passing or (isinstance(trouble, SlackSaid) and trouble.code not in PASSING):
            raise
        return _asked(client, options, thread_ts)


def _asked(client, options, thread_ts):
    if thread_ts:
        return client.conversations_replies(ts=thread_ts, **options)
    return client.conversations_history(**options)
