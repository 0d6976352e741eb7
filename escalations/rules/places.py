"""Where a Slack leg goes: the leg's places in order, and why not the earlier ones."""

from dataclasses import dataclass, replace

from .author import Author
from .contacts import Contact
from .escaping import one_line
from .facts import LOOKUP_ERRORS, Facts
from .mapping import LegRule, Mapping
from .sources import account_unread


@dataclass(frozen=True)
class Thread:
    """A delivered Slack message of ours about the same ticket; `kind` is the place it was posted to, `reference` its escalation's.

    `group`: of a direct message, the target that names its people.
    """

    channel: str
    ts: str
    label: str
    kind: str = "channel"
    reference: str = ""
    group: str = ""


IN_CHANNELS = ("thread", "account_channel", "channel")
MOST_OF_A_CHANNEL = 80  # as Slack has it
_THREAD_IN = "the thread in "


@dataclass(frozen=True)
class PassedOver:
    """Why a place was not taken, as a clause; `join` is (id, label) of a public channel that only our bot's absence spoils.

    `read`: the source and the key of the fact that says so; () where it is no fact.
    """

    why: str
    join: tuple[str, str] = ()
    read: tuple[str, str] = ()


@dataclass(frozen=True)
class Place:
    """`target`: "C123", "C123:170.1" for a thread, "group:U1,U2" for a group direct message, "" when there is none.

    `refused`: each earlier place that was not taken, with its reason; `join` is the first of them that could be mended.
    `read`: the fact that the place was looked up in. `direct`: it is a direct message, or a thread in one.
    """

    kind: str
    target: str
    label: str
    note: str = ""
    refused: tuple[PassedOver, ...] = ()
    join: tuple[str, str] = ()
    read: tuple[str, str] = ()
    direct: bool = False

    @property
    def passed_over(self) -> tuple[str, ...]:
        """One clause for each earlier place that was not taken."""
        return tuple(item.why for item in self.refused)

    @property
    def channel_id(self) -> str:
        """The channel in which it is, or ""."""
        return self.target.split(":")[0] if self.kind in IN_CHANNELS and not self.direct else ""

    @property
    def channel_label(self) -> str:
        return self.label.removeprefix(_THREAD_IN)


def find_place(
    leg: LegRule, mapping: Mapping, facts: Facts, contact: Contact, author: Author, thread: Thread | None
) -> Place:
    refused: list[PassedOver] = []
    place = Place("none", "", "no place")
    for kind in leg.places:
        found = _READERS[kind](leg, mapping, facts, contact, author, thread)
        if isinstance(found, Place):
            place = found
            break
        refused.append(found)
    join = next((item.join for item in refused if item.join), ())
    return replace(place, refused=tuple(item for item in refused if item.why), join=join)


def channels_to_look_up(mapping: Mapping, facts: Facts) -> tuple[str, ...]:
    """Every channel that something could be posted in: the account's own first, then those of the rows."""
    return _channels(mapping, facts, lambda leg: "channel" in leg.places)


def channels_to_mention_in(mapping: Mapping, facts: Facts) -> tuple[str, ...]:
    """Those of them in which somebody could be mentioned: a mention reaches only who is there."""
    return _channels(mapping, facts, lambda leg: "channel" in leg.places and leg.mention == "contact")


def _channels(mapping: Mapping, facts: Facts, wanted) -> tuple[str, ...]:
    legs = [leg for scenario in mapping.scenarios if not scenario.retired_on for leg in scenario.legs if wanted(leg)]
    rows = (mapping.channel(leg.channel) for leg in legs)
    own = facts.customer.channel_id if facts.customer else ""
    return tuple(dict.fromkeys(filter(None, (own, *(channel.slack_id for channel in rows if channel)))))


def cannot_post_in(channel: dict | None, label: str) -> PassedOver | None:
    """Why nothing can be posted in a channel that was read; None when it can."""
    if not channel:
        return PassedOver(f"{label} does not exist or is hidden from the portal")
    if channel.get("archived"):
        return PassedOver(f"{label} is archived")
    if channel.get("external"):
        return PassedOver(f"{label} is shared with people outside the company")
    if not channel.get("bot_is_member"):
        join = () if channel.get("private") else (channel["id"], label)
        return PassedOver(f"the portal is not a member of {label}", join)
    return None


def _thread(leg, mapping, facts, contact, author, thread):
    if thread is None:
        return PassedOver("")
    if thread.kind == "group_message":
        # Never into a direct message of other people: theirs is gone on with by nobody else.
        own = direct_message(contact, author)
        if not isinstance(own, Place) or own.target != thread.group:
            return PassedOver("the earlier direct message was to others")
        return Place("thread", f"{thread.channel}:{thread.ts}", f"{_THREAD_IN}{own.label}", own.note, read=own.read, direct=True)
    if thread.kind == "account_channel":
        # The ticket may belong to another customer by now: only the channel of today's account is gone back to.
        channel = _account_channel(leg, mapping, facts, contact, author, thread)
        if not isinstance(channel, Place) or channel.target != thread.channel:
            return PassedOver(f"the earlier thread is in {thread.label}, which is not usable now")
    elif thread.channel not in channels_to_look_up(mapping, facts):
        # Slack is not asked about it: it may be archived by now, or shared with people outside the company.
        return PassedOver(f"the earlier thread is in {thread.label}, which the mapping does not name any more")
    refused = _known_refusal(facts, thread.channel, thread.label)
    if refused:
        return replace(refused, why=f"the earlier thread cannot be gone on with: {refused.why}")
    return Place("thread", f"{thread.channel}:{thread.ts}", f"{_THREAD_IN}{thread.label}", read=_channel_read(thread.channel))


def _account_channel(leg, mapping, facts, contact, author, thread):
    customer = facts.customer
    if customer is None:
        why, read = account_unread(facts)
        return PassedOver(f"the account's channel is not known: {why}", read=read)
    if "channel_id" in customer.unreadable:
        return PassedOver("the portal may not read which internal channel the account has", read=("salesforce", "account"))
    if not customer.channel_id:
        return PassedOver("the account names no internal channel", read=("salesforce", "account"))
    read = _channel_read(customer.channel_id)
    seen = facts.channel(customer.channel_id)
    if seen is None or not seen.known:
        why = LOOKUP_ERRORS.get(seen.error, "was not read") if seen else "was not read"
        return PassedOver(f"the account's channel {why}", read=read)
    channel = seen.value
    name = one_line(channel.get("name") or "", MOST_OF_A_CHANNEL) if channel else ""
    label = f"#{name}" if name else "the account's own channel"
    refused = cannot_post_in(channel, label)
    if refused:
        return replace(refused, read=read)
    note = f"{'private' if channel.get('private') else 'public'}, {channel.get('readers') or 0} readers"
    return Place("account_channel", channel["id"], label, note, read=read)


def _group_message(leg, mapping, facts, contact, author, thread):
    return direct_message(contact, author)


def direct_message(contact: Contact, author: Author) -> Place | PassedOver:
    """The group direct message of the person and the author."""
    if not contact.person:
        return PassedOver("there is nobody to write a direct message to")
    read = ("slack", f"person:{contact.person.email.lower()}")
    if not contact.slack_id:
        return PassedOver(contact.slack_unread or f"{contact.name} was not found in Slack", read=read)
    if not author.slack_id:
        return PassedOver("you were not found in Slack, and would not see the answer")
    if contact.slack_id == author.slack_id:
        return PassedOver("you would write to yourself")
    return Place(
        "group_message",
        f"group:{contact.slack_id},{author.slack_id}",
        f"a direct message to {contact.name} and {author.name}",
        "private",
        read=read,
        direct=True,
    )


def _channel(leg, mapping, facts, contact, author, thread):
    channel = mapping.channel(leg.channel)
    if channel is None or not channel.slack_id:
        named = f"the row's channel {'#' + channel.name if channel else ''}".strip()
        return PassedOver(f"{named} has no Slack id in the mapping")
    label = f"#{channel.name}"
    return _known_refusal(facts, channel.slack_id, label) or Place(
        "channel", channel.slack_id, label, channel.purpose, read=_channel_read(channel.slack_id)
    )  # fmt: skip


def _known_refusal(facts: Facts, channel_id: str, label: str) -> PassedOver | None:
    """Why not, as far as Slack told; a channel that could not be read is tried, as its name stands in the mapping."""
    seen = facts.channel(channel_id)
    refused = cannot_post_in(seen.value, label) if seen and seen.known else None
    return replace(refused, read=_channel_read(channel_id)) if refused else None


def _channel_read(channel_id: str) -> tuple[str, str]:
    return "slack", f"channel:{channel_id}"


# One reader for each key of mapping.PLACE_KINDS: the place, or why it is passed over.
_READERS = {
    "thread": _thread,
    "account_channel": _account_channel,
    "group_message": _group_message,
    "channel": _channel,
}
