"""What each recorded effect does to the world. The same code runs when it happens and when a ledger is read again."""

from sandbox import seeding
from sandbox.people import BY_EMAIL
from sandbox.records import Channel, Comment, Message, ZendeskUser


def replay(world, line):
    """Apply one line of a ledger: an effect, or a change made by the control API."""
    if "n" in line:
        EFFECTS[line["kind"]](world, line)
        world.ledger.entries.append(line)
    elif "control" in line:
        CHANGES[line["control"]](world, line)


def portal_key(metadata):
    """Return the portal's own key out of Zendesk metadata or a Slack event payload, or None."""
    for name in ("portal_key", "key", "delivery_key"):
        if isinstance(metadata, dict) and metadata.get(name) not in (None, ""):
            return str(metadata[name])
    return None


# Slack


def _message(world, entry):
    broadcast = bool(entry.get("reply_broadcast"))
    message = Message(
        entry["ts"],
        entry["user"],
        entry["text"],
        entry["blocks"],
        entry["metadata"],
        entry["thread_ts"],
        broadcast=broadcast,
    )
    _say(world, entry["target"], message)


def _say(world, channel_id, message):
    world.channel(channel_id).messages.add(message)
    world.last_ts = max(world.last_ts, message.micros)


def _message_updated(world, entry):
    message = world.channel(entry["target"]).messages.find(entry["ts"])
    message.text, message.blocks, message.edited_ts = entry["text"], entry["blocks"], entry["edited_ts"]
    if entry["metadata"] is not None:
        message.metadata = entry["metadata"]


def _message_deleted(world, entry):
    world.channel(entry["target"]).messages.drop(entry["ts"])


def _conversation_opened(world, entry):
    world.channels[entry["target"]] = Channel(
        entry["target"], entry["target_name"], entry["conversation"], list(entry["members"]), listed=False
    )


def _joined(world, entry):
    world.channel(entry["target"]).members.append(entry["user"])


# Zendesk


def _ticket(world, entry):
    ticket = world.instances[entry["instance"]].ticket(entry["target"])
    ticket.updated_at = seeding.stamp(seeding.moment(entry["at"]))
    return ticket


def _audit(world, ticket, entry, event):
    if not ticket.audits or ticket.audits[-1]["id"] != entry["audit_id"]:
        ticket.audits.append(
            {"id": entry["audit_id"], "at": ticket.updated_at, "author_id": entry["by"], "metadata": entry["metadata"],
             "comment_id": None, "events": []}
        )  # fmt: skip
        world.serial = max(world.serial, entry["audit_id"] % 10_000_000_000)
    audit = ticket.audits[-1]
    audit["events"].append({"id": entry["audit_id"] * 10 + len(audit["events"]), **event})
    return audit


def _comment(world, entry):
    ticket = _ticket(world, entry)
    ticket.comments.append(
        Comment(entry["comment_id"], entry["user"], entry["text"], entry["public"], ticket.updated_at, entry["audit_id"],
                entry["html"], "api")
    )  # fmt: skip
    audit = _audit(world, ticket, entry, {"type": "Comment"})
    audit["comment_id"] = entry["comment_id"]
    world.serial = max(world.serial, entry["comment_id"] % 10_000_000_000)


def _people(attribute, event_type, word):
    def apply(world, entry):
        ticket = _ticket(world, entry)
        before = list(getattr(ticket, attribute))
        after = [number for number in before if number != entry["user"]]
        if entry["action"] == "put":
            after.append(entry["user"])
        setattr(ticket, attribute, after)
        users = world.instances[entry["instance"]].users
        _audit(
            world,
            ticket,
            entry,
            {
                "type": event_type,
                f"previous_{word}": [users[number].email for number in before],
                f"current_{word}": [users[number].email for number in after],
            },
        )

    return apply


def _user_created(world, entry):
    world.instances[entry["instance"]].add_user(ZendeskUser(entry["user"], entry["user_name"], entry["user_email"]))
    world.serial = max(world.serial, entry["user"] % 10_000_000_000)


def _ticket_changed(world, entry):
    ticket = _ticket(world, entry)
    for name, value in entry["changes"].items():
        event = {"type": "Change", "field_name": name, "value": value, "previous_value": getattr(ticket, name, None)}
        _audit(world, ticket, entry, event)
        _set_ticket_field(ticket, name, value)


def _set_ticket_field(ticket, name, value):
    if name == "custom_fields":
        value = {**ticket.custom_fields, **{int(number): text for number, text in value.items()}}
    setattr(ticket, name, value)


# Changes made by hand


def _change_ticket(world, line):
    ticket = world.instances[line["instance"]].ticket(line["id"])
    for name, value in line["values"].items():
        _set_ticket_field(ticket, name, value)
    if line.get("touch_at"):
        ticket.updated_at = line["touch_at"]


def _change_account(world, line):
    account = world.account(line["id"])
    for name, value in line["values"].items():
        setattr(account, name, BY_EMAIL[value] if name in ("owner", "csm") and value else value)


def _change_channel(world, line):
    channel = world.channel(line["id"])
    for name, value in line["values"].items():
        setattr(channel, name, value)


def _change_message(world, line):
    """Somebody in the workspace says something."""
    _say(world, line["channel"], Message(line["ts"], line["user"], line["text"], thread_ts=line["thread_ts"]))


def _change_fields(world, line):
    world.unreadable_fields = set(line["unreadable"])


def _email(world, entry):
    """A mail changes nothing but the ledger."""


EFFECTS = {
    "message": _message,
    "message_updated": _message_updated,
    "message_deleted": _message_deleted,
    "conversation_opened": _conversation_opened,
    "joined": _joined,
    "note": _comment,
    "public_comment": _comment,
    "follower": _people("follower_ids", "FollowerChange", "followers"),
    "email_cc": _people("email_cc_ids", "EmailCcChange", "email_ccs"),
    "user_created": _user_created,
    "ticket_changed": _ticket_changed,
    "email": _email,
}
CHANGES = {
    "ticket": _change_ticket,
    "account": _change_account,
    "channel": _change_channel,
    "message": _change_message,
    "fields": _change_fields,
}
