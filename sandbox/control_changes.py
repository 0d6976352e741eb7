"""Changes made by hand to tickets, accounts and channels: no effects of the portal, so they are not in the ledger."""

from sandbox import seeding
from sandbox.people import BY_EMAIL

TICKET_FIELDS = {
    "subject",
    "priority",
    "status",
    "form",
    "tags",
    "deleted",
    "follower_ids",
    "email_cc_ids",
    "custom_fields",
    "organization_id",
}
ACCOUNT_FIELDS = {"name", "owner", "csm", "csm_text", "channel", "region", "type", "support_level"}
CHANNEL_FIELDS = {"name", "archived", "members", "kind", "ext_shared"}


class Wrong(ValueError):
    """A change that cannot be made; the text says why."""


def _values(given, allowed, keep=("id", "instance")):
    values = {name: value for name, value in given.items() if name not in keep}
    unknown = set(values) - allowed
    if unknown:
        raise Wrong(f"cannot change {', '.join(sorted(unknown))}; possible: {', '.join(sorted(allowed))}")
    return values


def ticket(world, given):
    """Change a ticket; `touch` also sets updated_at to now, as another agent's change would, `age` to so many seconds ago."""
    age = 0 if given.pop("touch", False) else given.pop("age", None)
    values, instance, number = _values(given, TICKET_FIELDS), given.get("instance", "main"), int(given["id"])
    if instance not in world.instances or world.instances[instance].ticket(number) is None:
        raise Wrong(f"there is no ticket {number} in {instance!r}")
    touch_at = None if age is None else seeding.stamp(seeding.now_minus(float(age)))
    world.change("ticket", instance=instance, id=number, values=values, touch_at=touch_at)
    return {"ok": True, "updated_at": world.instances[instance].ticket(number).updated_at}


def account(world, given):
    """Change an account by id or name; owner and csm are addresses; `unreadable` hides fields from every query."""
    if "unreadable" in given:
        world.change("fields", unreadable=list(given.pop("unreadable")))
    if not given:
        return {"ok": True, "unreadable": sorted(world.unreadable_fields)}
    account = world.account(str(given.get("id", "")))
    account = account or next((a for a in world.accounts.values() if a.name == given.get("customer")), None)
    if account is None:
        raise Wrong("there is no such account: give its id, or customer with its name")
    values = _values(given, ACCOUNT_FIELDS, ("id", "customer"))
    for role in ("owner", "csm"):
        if values.get(role) and values[role] not in BY_EMAIL:
            raise Wrong(f"nobody has the address {values[role]!r}")
    world.change("account", id=account.id, values=values)
    return {"ok": True, "id": account.id}


def _find_channel(world, wanted):
    named = (channel for channel in world.channels.values() if channel.name == str(wanted).removeprefix("#"))
    channel = world.channel(str(wanted)) or next(named, None)
    if channel is None:
        raise Wrong(f"there is no channel {wanted!r}")
    return channel


def message(world, given):
    """Let somebody else write in a channel, by address; their message is not the portal's, so it is no effect."""
    author = BY_EMAIL.get(given.get("user", ""))
    if author is None or not author.slack:
        raise Wrong(f"nobody in Slack has the address {given.get('user')!r}")
    channel, ts = _find_channel(world, given.get("channel", "")), world.next_ts()
    said = {"text": str(given.get("text", "")), "thread_ts": given.get("thread_ts")}
    world.change("message", channel=channel.id, ts=ts, user=author.slack_id, **said)
    return {"ok": True, "channel": channel.id, "ts": ts}


def channel(world, given):
    """Change a channel by id or name."""
    channel = _find_channel(world, given.get("id", ""))
    world.change("channel", id=channel.id, values=_values(given, CHANNEL_FIELDS))
    return {"ok": True, "id": channel.id}
