"""A Slack conversation with its threads; a permalink highlights its message."""

from datetime import UTC, datetime

from sandbox.markup import badge, fill, when
from sandbox.page_text import slack_blocks, slack_text
from sandbox.slack_messages import target_name
from sandbox.slack_people import name_of

SHOWN = 200
KINDS = {
    "public": "public channel",
    "private": "private channel",
    "im": "direct message",
    "mpim": "group direct message",
}


def page(world, channel_id, wanted):
    """Return (title, body) or None; `wanted` is the last part of a permalink, such as p1700000000000100."""
    channel = world.channel(channel_id)
    if channel is None:
        return None
    wanted_ts = f"{wanted[1:-6]}.{wanted[-6:]}" if wanted else None
    name = target_name(channel)
    wanted_message = wanted_ts and channel.messages.find(wanted_ts)
    members = [name_of(world, one) for one in channel.members]
    tops = _newest(channel, wanted_message)
    return name, fill(
        "<h1>{name}</h1><p>{badges}</p>{missing}{messages}<h2>{n} members</h2><p class='quiet'>{members}</p>",
        name=name,
        badges=[
            badge(KINDS[channel.kind]),
            " ",
            badge("archived", "alarm") if channel.archived else "",
            badge("shared with another company", "alarm") if channel.ext_shared else "",
        ],
        missing=fill('<p class="empty">The message of this link is not here; it may have been deleted.</p>')
        if wanted_ts and not wanted_message
        else "",
        messages=[_thread(world, channel, message, wanted_ts) for message in reversed(tops)]
        or fill('<p class="empty">No messages yet.</p>'),
        n=len(members),
        members=", ".join(members[:40]) + (" …" if len(members) > 40 else ""),
    )


def _newest(channel, wanted):
    """Return the newest messages that begin a thread, and in any case the one the link leads to."""
    tops = [message for message in channel.messages.top[-SHOWN:] if message.thread_ts in (None, message.ts)]
    root = wanted and (channel.messages.find(wanted.thread_ts or wanted.ts) or wanted)
    return tops if root is None or root in tops else [root, *tops]


def _thread(world, channel, message, wanted_ts):
    replies = channel.messages.replies.get(message.ts, ())
    inner = (
        fill('<div class="thread">{replies}</div>', replies=[_message(world, m, wanted_ts) for m in replies])
        if replies
        else ""
    )
    return fill("{first}{inner}", first=_message(world, message, wanted_ts), inner=inner)


def _message(world, message, wanted_ts):
    at = datetime.fromtimestamp(int(message.ts.split(".")[0]), UTC).isoformat().replace("+00:00", "Z")
    payload = (message.metadata or {}).get("event_payload") or {}
    wanted = message.ts == wanted_ts
    return fill(
        '<article class="entry{mark}" id="p{id}"{current}><header><strong>{who}</strong> {edited} <span class="quiet">{at}</span></header>'
        "{body}{metadata}</article>",
        mark=" wanted" if wanted else "",
        current=fill(' aria-current="true"') if wanted else "",
        id=message.ts.replace(".", ""),
        who=name_of(world, message.user),
        edited=[
            badge("replaced") if message.edited_ts else "",
            badge("the message of your link", "wanted") if wanted else "",
        ],
        at=when(at),
        body=fill('<div class="body">{blocks}</div>', blocks=slack_blocks(world, message.blocks))
        if message.blocks
        else fill('<div class="body"><p class="said">{text}</p></div>', text=slack_text(world, message.text)),
        metadata=fill(
            "<footer>{pairs}</footer>",
            pairs=[fill("<span>{k} <code>{v}</code></span> ", k=k, v=str(v)) for k, v in payload.items()],
        )
        if message.metadata
        else "",
    )
