"""Reading a conversation, or all pages of anything, completely, or failing: a part of it must never look like the whole."""

from collections.abc import Callable, Iterator

from escalations.gateways.base import LookupFailed
from escalations.gateways.slack_codes import PASSING
from escalations.gateways.slack_session import SlackSaid
from escalations.gateways.troubles import Broken, NotJson, NotSent, Refused

PAGE = 15  # what Slack gives apps outside its directory
MOST_PAGES = 200


def pages(client, channel: str, oldest: str, thread_ts: str | None = None, latest: str | None = None) -> Iterator[dict]:
    """Yield the messages from `oldest` to `latest` (both included, default: now), of the channel or of one thread."""
    options = {"channel": channel, "oldest": oldest, "limit": PAGE, "include_all_metadata": True, "inclusive": True}
    options |= {"latest": latest} if latest else {}
    options |= {"ts": thread_ts} if thread_ts else {}
    method = client.conversations_replies if thread_ts else client.conversations_history
    for answer in answers(lambda cursor: method(cursor=cursor, **options)):
        yield from answer["messages"]


def answers(ask: Callable, of: str = "the conversation") -> Iterator[dict]:
    """Yield one answer after the other; the cursor leads from each to the next. `of` names what they are pages of."""
    cursor, seen = None, set()
    while True:
        answer = _asked(ask, cursor)
        yield answer
        cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            if answer.get("has_more"):
                raise _incomplete(f"sent a part of {of} only")
            return
        if cursor in seen or len(seen) >= MOST_PAGES:
            raise _incomplete(f"sent the same page of {of} twice")
        seen.add(cursor)


def _asked(ask, cursor):
    """One page; a passing failure is asked again once, from the same place."""
    try:
        return ask(cursor)
    except (NotSent, Broken, NotJson, Refused, SlackSaid) as trouble:
        passing = trouble.status >= 500 if isinstance(trouble, Refused) else True
        if not passing or (isinstance(trouble, SlackSaid) and trouble.code not in PASSING):
            raise
        return ask(cursor)


def _incomplete(words):
    return LookupFailed("slack", "malformed", words, cause="incomplete")
