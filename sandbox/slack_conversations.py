"""Slack methods about conversations: finding, listing, opening, joining and reading them."""

import time

from sandbox import ids
from sandbox.channels import BOT_ID, BOT_USER, TEAM_ID
from sandbox.conversation import between, micros
from sandbox.slack_errors import Refused, argument
from sandbox.slack_paging import page
from sandbox.slack_people import find, name_of
from sandbox.web import truth

TYPES = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}


def visible(world, fields, name="channel"):
    """Return the channel the bot may know of: a private one it is not in does not exist for it."""
    channel = world.channel(argument(fields, name, "channel_not_found"))
    if channel is None or (channel.kind != "public" and BOT_USER not in channel.members):
        raise Refused("channel_not_found")
    return channel


def inside(world, fields):
    """Return a channel the bot is in."""
    channel = visible(world, fields)
    if BOT_USER not in channel.members:
        raise Refused("not_in_channel")
    return channel


def shape(channel, with_members=False):
    """Return the JSON of a conversation."""
    body = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.archived,
        "is_member": BOT_USER in channel.members,
        "is_general": channel.name == "general",
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_org_shared": False,
        "created": 1614589200,
        "creator": BOT_USER,
        "context_team_id": TEAM_ID,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
    }
    if channel.kind == "im":
        body["user"] = next((member for member in channel.members if member != BOT_USER), BOT_USER)
    return {**body, "num_members": len(channel.members)} if with_members else body


def message_shape(message, with_metadata, replies=()):
    """Return the JSON of a message as history gives it."""
    body = {
        "type": "message",
        "user": message.user,
        "team": TEAM_ID,
        "text": message.text,
        "ts": message.ts,
    }
    if message.user == BOT_USER:
        body["bot_id"] = BOT_ID
    if message.blocks:
        body["blocks"] = message.blocks
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata and with_metadata:
        body["metadata"] = message.metadata
    if message.thread_ts or replies:
        body["thread_ts"] = message.thread_ts or message.ts
    if replies:
        body.update(reply_count=len(replies), latest_reply=replies[-1].ts, reply_users_count=1, reply_users=[BOT_USER])
    return body


def conversations_info(world, fields):
    """Return one conversation."""
    return {"channel": shape(visible(world, fields), truth(fields.get("include_num_members")))}


def conversations_list(world, fields):
    """Return what the bot can see, in pages. Made-up account channels are left out: there are millions."""
    wanted = {TYPES.get(one.strip()) for one in (fields.get("types") or "public_channel").split(",")}
    if None in wanted:
        raise Refused("invalid_types")
    rows = [
        shape(channel, True)
        for channel in world.channels.values()
        if channel.kind in wanted
        and channel.listed
        and (channel.kind == "public" or BOT_USER in channel.members)
        and not (channel.archived and truth(fields.get("exclude_archived")))
    ]
    chosen, more = page(rows, fields, 1000)
    more.pop("has_more")
    return {"channels": chosen, **more}


def conversations_members(world, fields):
    """Return the user ids of a conversation."""
    chosen, more = page(visible(world, fields).members, fields, 1000)
    more.pop("has_more")
    return {"members": chosen, **more}


def _recent(messages, fields):
    """Keep what lies between oldest and latest, and what a `delayed_visibility` fault lets through."""
    low, high = _micros(fields.get("oldest") or "0"), _micros(fields.get("latest") or "99999999999")
    edge = 1 if truth(fields.get("inclusive")) else 0
    hidden = fields.get("_twist", {}).get("delayed_visibility")
    if hidden is not None:
        high = min(high, int((time.time() - hidden) * 1_000_000))
    return between(messages, low - edge, high + edge)


def _micros(ts):
    try:
        return micros(ts)
    except ValueError:
        raise Refused("invalid_ts_oldest") from None


def _shapes(channel, messages, fields):
    with_metadata = truth(fields.get("include_all_metadata"))
    replies = channel.messages.replies
    return [message_shape(message, with_metadata, replies.get(message.ts, ())) for message in messages]


def conversations_history(world, fields):
    """Return messages of the channel itself, newest first; replies are only in their thread."""
    channel = inside(world, fields)
    chosen, more = page(_recent(channel.messages.top, fields)[::-1], fields, 999)
    return {"messages": _shapes(channel, chosen, fields), "pin_count": 0, **more}


def conversations_replies(world, fields):
    """Return a thread, parent first, oldest first."""
    channel = inside(world, fields)
    parent = channel.messages.find(argument(fields, "ts", "thread_not_found"))
    if parent is None:
        raise Refused("thread_not_found")
    thread = channel.messages.thread(parent.thread_ts or parent.ts)
    chosen, more = page(_recent(thread, fields), fields, 1000)
    return {"messages": _shapes(channel, chosen, fields), **more}


def open_with(world, user_ids):
    """Return (the direct conversation of the bot with these users, whether it was there already)."""
    for user_id in user_ids:
        if find(world, user_id).slack == "inactive":
            raise Refused("user_disabled")
    kind = "im" if len(user_ids) == 1 else "mpim"
    channel_id = ids.slack_digest_id("D" if kind == "im" else "G", ",".join(sorted(user_ids)))
    known = channel_id in world.channels
    if not known:
        names = ", ".join(sorted(name_of(world, one) for one in user_ids))
        world.record({"system": "slack", "instance": None, "kind": "conversation_opened", "target": channel_id,
                      "target_name": names, "conversation": kind, "members": [BOT_USER, *user_ids], "key": None,
                      "public": None, "text": None, "user": BOT_USER, "user_name": name_of(world, BOT_USER)})  # fmt: skip
    return world.channels[channel_id], known


def conversations_open(world, fields):
    """Open a direct or group conversation, or return the one these people have."""
    given = fields.get("users") or ""
    wanted = given if isinstance(given, list) else [one.strip() for one in given.split(",")]
    user_ids = list(dict.fromkeys(one for one in wanted if one and one != BOT_USER))
    if not user_ids:
        raise Refused("users_list_not_supplied")
    if len(user_ids) > 8:
        raise Refused("too_many_users")
    channel, known = open_with(world, user_ids)
    more = {"already_open": True, "no_op": True} if known else {}
    return {**more, "channel": shape(channel) if truth(fields.get("return_im")) else {"id": channel.id}}


def conversations_join(world, fields):
    """Join a public channel."""
    channel = visible(world, fields)
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if BOT_USER in channel.members:
        return {"channel": shape(channel), "warning": "already_in_channel"}
    world.record({"system": "slack", "instance": None, "kind": "joined", "target": channel.id, "target_name": f"#{channel.name}",
                  "key": None, "public": None, "text": None, "user": BOT_USER, "user_name": name_of(world, BOT_USER)})  # fmt: skip
    return {"channel": shape(channel)}


METHODS = {
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.history": conversations_history,
    "conversations.replies": conversations_replies,
    "conversations.open": conversations_open,
    "conversations.join": conversations_join,
}
