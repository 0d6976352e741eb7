"""Where a Slack leg goes: the leg's places in order, and why not the earlier ones."""

from dataclasses import dataclass

from .contacts import Contact
from .facts import LOOKUP_ERRORS, Facts
from .mapping import LegRule, Mapping


@dataclass(frozen=True)
class Thread:
    """A delivered Slack message of ours about the same ticket; `kind` is the place it was posted to."""

    channel: str
    ts: str
    label: str
    kind: str = "channel"


@dataclass(frozen=True)
class Place:
    """`target`: "C123", "C123:170.1" for a thread, "group:U1,U2" for a group direct message, "" when there is none.

    `passed_over`: one clause for each earlier place that was not taken.
    """

    kind: str
    target: str
    label: str
    note: str = ""
    passed_over: tuple[str, ...] = ()


def find_place(
    leg: LegRule, mapping: Mapping, facts: Facts, contact: Contact, author_slack_id: str, thread: Thread | None
) -> Place:
    passed_over: list[str] = []
    for kind in leg.places:
        found = _READERS[kind](leg, mapping, facts, contact, author_slack_id, thread)
        if isinstance(found, Place):
            return Place(found.kind, found.target, found.label, found.note, tuple(passed_over))
        if found:
            passed_over.append(found)
    return Place("none", "", "no place", passed_over=tuple(passed_over))


def _thread(leg, mapping, facts, contact, author_slack_id, thread):
    if thread is None:
        return ""
    if thread.kind == "account_channel":
        # The ticket may belong to another customer by now: only the channel of today's account is gone back to.
        channel = _account_channel(leg, mapping, facts, contact, author_slack_id, thread)
        if not isinstance(channel, Place) or channel.target != thread.channel:
            return f"the earlier thread is in {thread.label}, which is not usable now"
    return Place("thread", f"{thread.channel}:{thread.ts}", f"the thread in {thread.label}")


def _account_channel(leg, mapping, facts, contact, author_slack_id, thread):
    customer = facts.customer
    if customer is None or not customer.channel_id:
        return "the account names no internal channel"
    seen = facts.channel(customer.channel_id)
    if seen is None or not seen.known:
        return f"the account's channel {LOOKUP_ERRORS.get(seen.error, 'was not read') if seen else 'was not read'}"
    channel = seen.value
    if not channel:
        return "the account's channel does not exist or is hidden from the portal"
    label = f"#{channel['name']}" if channel.get("name") else "the account's own channel"
    if channel.get("archived"):
        return f"{label} is archived"
    if channel.get("external"):
        return f"{label} is shared with people outside the company"
    if not channel.get("bot_is_member"):
        return f"the portal is not a member of {label}"
    note = f"{'private' if channel.get('private') else 'public'}, {channel.get('readers') or 0} readers"
    return Place("account_channel", channel["id"], label, note)


def _group_message(leg, mapping, facts, contact, author_slack_id, thread):
    if not contact.person:
        return "there is nobody to write a direct message to"
    if not contact.slack_id:
        return contact.slack_unread or f"{contact.name} was not found in Slack"
    if not author_slack_id:
        return "you were not found in Slack, and would not see the answer"
    if contact.slack_id == author_slack_id:
        return "you would write to yourself"
    return Place(
        "group_message",
        f"group:{contact.slack_id},{author_slack_id}",
        f"a direct message to {contact.name} and you",
        "private",
    )


def _channel(leg, mapping, facts, contact, author_slack_id, thread):
    channel = mapping.channel(leg.channel)
    if channel is None or not channel.slack_id:
        return f"the row's channel {('#' + channel.name) if channel else ''} has no Slack id in the mapping".replace(
            "  ", " "
        )
    return Place("channel", channel.slack_id, f"#{channel.name}", channel.purpose)


# One reader for each key of mapping.PLACE_KINDS.
_READERS = {
    "thread": _thread,
    "account_channel": _account_channel,
    "group_message": _group_message,
    "channel": _channel,
}
