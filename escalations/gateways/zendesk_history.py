"""Reading a ticket's history completely, or failing: a part of it must never look like the whole."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from escalations.gateways.base import LookupFailed

MOST_PAGES = 100


def audits(door, tickets, ticket_id: int) -> Iterator[dict]:
    """Yield every audit of the ticket, newest first."""
    path, asked, read = f"/api/v2/tickets/{ticket_id}/audits.json?sort_order=desc&per_page=100", set(), set()
    while path:
        if path in asked or len(asked) >= MOST_PAGES:
            raise incomplete("sent the same page of the history twice")
        asked.add(path)
        answer = door.get(tickets, path).json()
        yield from answer["audits"]
        read |= {audit["id"] for audit in answer["audits"]}
        path = next_path(answer, door.host)
    if len(read) < int(answer.get("count") or 0):
        raise incomplete("sent a part of the history only")


def next_path(answer: dict, host: str) -> str:
    """Return the path of the next page, "" after the last; the host is compared first, since our token goes with the request."""
    more = (answer.get("meta") or {}).get("has_more")
    url = answer.get("next_page") or ((answer.get("links") or {}).get("next") if more else None)
    if more and not url:
        raise incomplete("sent a part of the history only")
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.netloc.lower() != host.lower():
        raise incomplete("pointed to another host for the next page")
    return f"{parts.path}?{parts.query}"


def portal_key(audit: dict) -> str | None:
    """Return the key that a note of ours carries in its audit."""
    return ((audit.get("metadata") or {}).get("custom") or {}).get("portal_key")


def incomplete(words: str) -> LookupFailed:
    """What to raise for a part that looks like the whole; `words` go on after "Zendesk"."""
    return LookupFailed("zendesk", "malformed", words, cause="incomplete")
