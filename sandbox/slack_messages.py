"""Slack methods that write: chat.postMessage, chat.update, chat.delete; and chat.getPermalink."""

import json
import re

from sandbox.channels import APP_ID, BOT_ID, BOT_NAME, BOT_USER
from sandbox.effects import portal_key
from sandbox.hosts import SLACK_WORKSPACE
from sandbox.slack_blocks import problem
from sandbox.slack_conversations import inside, message_shape, open_with
from sandbox.slack_errors import Refused, argument
from sandbox.slack_people import name_of
from sandbox.web import truth

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
BROADCAST = re.compile(r"<!(?:channel|here|everyone)(?:\|[^>]*)?>|<!subteam\^")


def destination(world, fields):
    """Return the channel to post in, by id, by #name, or by user id (a direct message). Refuses as Slack does."""
    wanted = argument(fields, "channel", "channel_not_found")
    if wanted in world.slack_users:
        return open_with(world, [wanted])[0]
    if world.channel(wanted) is None:
        name = wanted.removeprefix("#")
        wanted = next((c.id for c in world.channels.values() if c.name == name and c.listed), wanted)
    channel = inside(world, {**fields, "channel": wanted})
    if channel.archived:
        raise Refused("is_archived")
    return channel


def target_name(channel):
    """Return a name a person recognises: #sales, or the people of a direct conversation."""
    return f"#{channel.name}" if channel.kind in ("public", "private") else channel.name


def _checked(fields):
    found = problem(fields)
    if found:
        code, messages = found
        raise Refused(code, **({"errors": messages, "response_metadata": {"messages": messages}} if messages else {}))


def _entry(world, channel, kind, fields, **more):
    """Return the ledger's entry for a message, with who is mentioned anywhere in text or blocks."""
    text, blocks, metadata = str(fields.get("text") or ""), fields.get("blocks"), fields.get("metadata") or None
    everything = f"{text}\n{json.dumps(blocks, ensure_ascii=False) if blocks else ''}"
    linked = truth(fields.get("link_names")) and re.search(r"@(channel|here|everyone)\b", everything)
    return {
        "system": "slack",
        "instance": None,
        "kind": kind,
        "target": channel.id,
        "target_name": target_name(channel),
        "text": text,
        "blocks": blocks,
        "metadata": metadata,
        "key": portal_key((metadata or {}).get("event_payload")),
        "public": None,
        "user": BOT_USER,
        "user_name": BOT_NAME,
        "mentions": [{"id": one, "name": name_of(world, one)} for one in dict.fromkeys(MENTION.findall(everything))],
        "broadcast": bool(BROADCAST.search(everything) or linked),
        "unfurl_links": truth(fields.get("unfurl_links", True)),
        **more,
    }


def _own(channel, fields, refusal):
    """Return the message meant by `ts`; a bot may change and delete what it wrote itself and nothing else."""
    message = channel.messages.find(argument(fields, "ts", "message_not_found"))
    if message is None:
        raise Refused("message_not_found")
    if message.user != BOT_USER:
        raise Refused(refusal)
    return message


def _key_of(message):
    return portal_key((message.metadata or {}).get("event_payload"))


def chat_post_message(world, fields):
    """Post one message, in a thread when thread_ts is given."""
    channel = destination(world, fields)
    _checked(fields)
    thread_ts = fields.get("thread_ts") or None
    if thread_ts and channel.messages.find(thread_ts) is None:
        raise Refused("thread_not_found")
    ts, broadcast = world.next_ts(), truth(fields.get("reply_broadcast"))
    world.record(_entry(world, channel, "message", fields, ts=ts, thread_ts=thread_ts, reply_broadcast=broadcast))
    message = {
        **message_shape(channel.messages.find(ts), True),
        "app_id": APP_ID,
        "bot_profile": {"id": BOT_ID, "name": BOT_NAME},
    }
    return {"channel": channel.id, "ts": ts, "message": message}


def chat_update(world, fields):
    """Put other text, blocks and metadata in the place of one of our messages. Text without blocks takes the blocks away."""
    channel = inside(world, fields)
    message = _own(channel, fields, "cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    _checked(fields)
    more = {
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "edited_ts": world.next_ts(),
        "previous_key": _key_of(message),
    }
    world.record(_entry(world, channel, "message_updated", fields, **more))
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message_shape(message, True)}


def chat_delete(world, fields):
    """Delete one of our messages."""
    channel = inside(world, fields)
    message = _own(channel, fields, "cant_delete_message")
    gone = {"text": message.text, "metadata": message.metadata}
    world.record(_entry(world, channel, "message_deleted", gone, ts=message.ts, thread_ts=message.thread_ts))
    return {"channel": channel.id, "ts": message.ts}


def permalink(channel, message):
    """Return the public address of a message."""
    link = f"https://{SLACK_WORKSPACE}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    in_thread = message.thread_ts and message.thread_ts != message.ts
    return f"{link}?thread_ts={message.thread_ts}&cid={channel.id}" if in_thread else link


def chat_get_permalink(world, fields):
    """Return the public address of a message."""
    channel = inside(world, fields)
    message = channel.messages.find(argument(fields, "message_ts", "message_not_found"))
    if message is None:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": permalink(channel, message)}


METHODS = {
    "chat.postMessage": chat_post_message,
    "chat.update": chat_update,
    "chat.delete": chat_delete,
    "chat.getPermalink": chat_get_permalink,
}
