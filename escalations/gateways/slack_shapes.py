"""From Slack's JSON to the shapes of rules.facts, and the marks by which a message is known as ours. Pure functions."""

import hashlib
from datetime import UTC, datetime

EVENT_TYPE = "escalation"
FAR = 4_102_444_800  # the year 2100, in seconds since 1970: "until further notice" is any number


def person_facts(user: dict) -> dict:
    """Return the slack person of rules.facts."""
    profile = user.get("profile") or {}
    return {
        "id": user["id"],
        "name": profile.get("real_name") or user.get("real_name") or user.get("name"),
        "timezone": user["tz"] if isinstance(user.get("tz"), str) else None,
        "status_text": profile.get("status_text") or "",
        "status_emoji": profile.get("status_emoji") or "",
        "active": not user.get("deleted"),
        "guest": any(user.get(kind) for kind in ("is_restricted", "is_ultra_restricted", "is_stranger")),
    }


def named_facts(user: dict) -> dict:
    """Return the same with what tells two people of one name apart."""
    profile = user.get("profile") or {}
    return {**person_facts(user), "email": profile.get("email") or "", "title": profile.get("title") or ""}


def pause_facts(said: dict) -> list[str] | None:
    """Return [from, until] in UTC of the pause of somebody's notifications that holds or comes next; None when there is none."""
    begins, ends = (min(max(0, int(said[f"next_dnd_{which}_ts"])), FAR) for which in ("start", "end"))
    return [datetime.fromtimestamp(at, UTC).isoformat() for at in (begins, ends)] if said["dnd_enabled"] else None


def is_colleague(user: dict) -> bool:
    """Return whether it is somebody of ours: nobody who has left, is a guest or is no person."""
    person = person_facts(user)
    return person["active"] and not person["guest"] and not user.get("is_bot") and user["id"] != "USLACKBOT"


def names_of(user: dict) -> set[str]:
    """Return how a colleague is called in Slack; nothing of anybody else."""
    if not is_colleague(user):
        return set()
    profile = user.get("profile") or {}
    names = (user.get("real_name"), profile.get("real_name"), profile.get("display_name"))
    return {name for name in names if isinstance(name, str) and name}


def channel_facts(found: dict) -> dict:
    """Return the channel of rules.facts."""
    return {
        "id": found["id"],
        "name": found.get("name"),
        "private": bool(found.get("is_private")),
        "archived": bool(found.get("is_archived")),
        "bot_is_member": bool(found.get("is_member")),
        "readers": int(found.get("num_members") or 0),
        "external": any(found.get(key) for key in ("is_ext_shared", "is_pending_ext_shared")),
    }


def metadata(key: str) -> dict:
    """Return what a message of ours carries: the key and nothing else, since everybody in the workspace can read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def is_ours(message: dict, key: str, bot_id: str) -> bool:
    found = message.get("metadata") or {}
    same = found.get("event_type") == EVENT_TYPE and (found.get("event_payload") or {}).get("key") == key
    return same and message.get("bot_id") == bot_id


def mark(key: str) -> str:
    """Return what tells the replacement with this key from the message itself and from other replacements."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def edited_at(message: dict) -> datetime | None:
    """Return when a message was changed last, if Slack tells."""
    stamp = (message.get("edited") or {}).get("ts")
    return instant(stamp) if stamp else None


def instant(ts: str) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC)
