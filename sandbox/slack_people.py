"""Slack methods about who is there: auth.test, users.*, dnd.teamInfo."""

from sandbox.channels import APP_ID, BOT_ID, BOT_NAME, BOT_USER, TEAM_ID
from sandbox.hosts import SLACK_WORKSPACE
from sandbox.slack_errors import Refused, argument
from sandbox.slack_paging import page

MOST_PAUSES = 50


def auth_test(world, fields):
    """Say who the token belongs to."""
    return {"url": f"https://{SLACK_WORKSPACE}/", "team": "Portal Demo", "user": "escalation_portal", "team_id": TEAM_ID,
            "user_id": BOT_USER, "bot_id": BOT_ID, "is_enterprise_install": False}  # fmt: skip


def bot_user():
    """Return the JSON of our own bot's user."""
    return {"id": BOT_USER, "team_id": TEAM_ID, "name": "escalation_portal", "real_name": BOT_NAME, "deleted": False,
            "is_bot": True, "is_app_user": False, "tz": "Etc/UTC", "tz_offset": 0,
            "profile": {"real_name": BOT_NAME, "display_name": BOT_NAME, "api_app_id": APP_ID, "bot_id": BOT_ID}}  # fmt: skip


def profile(person):
    """Return the JSON of a profile; being away is a status text with the palm tree."""
    return {
        "real_name": person.name,
        "real_name_normalized": person.name,
        "display_name": person.name.split()[0],
        "email": person.email,
        "title": person.title,
        "status_text": person.away,
        "status_emoji": ":palm_tree:" if person.away else "",
        "status_expiration": 0,
        "team": TEAM_ID,
    }


def user(person):
    """Return the JSON of a user; somebody who left is `deleted`."""
    return {
        "id": person.slack_id,
        "team_id": TEAM_ID,
        "name": person.email.split("@")[0],
        "real_name": person.name,
        "deleted": person.slack == "inactive",
        "is_bot": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_stranger": False,
        "tz": person.tz,
        "tz_label": person.tz,
        "profile": profile(person),
    }


def find(world, user_id):
    """Return the Person of a Slack user id, or refuse."""
    person = world.slack_users.get(user_id)
    if person is None:
        raise Refused("user_not_found")
    return person


def name_of(world, user_id):
    """Return the name behind a user id, the id itself when nobody has it."""
    if user_id == BOT_USER:
        return BOT_NAME
    person = world.slack_users.get(user_id)
    return person.name if person else user_id


def users_lookup_by_email(world, fields):
    """Find an active user by address; who left is not found, as with the real method."""
    email = argument(fields, "email").lower()
    found = [p for p in world.slack_users.values() if p.email.lower() == email and p.slack == "active"]
    if not found:
        raise Refused("users_not_found")
    return {"user": user(found[0])}


def users_info(world, fields):
    """Return one user."""
    user_id = argument(fields, "user", "user_not_found")
    return {"user": bot_user() if user_id == BOT_USER else user(find(world, user_id))}


def users_list(world, fields):
    """Return all users, in pages when a limit is given."""
    chosen, more = page([bot_user(), *map(user, world.slack_users.values())], fields, 1000)
    return {"members": chosen, "cache_ts": 0, **more}


def users_profile_get(world, fields):
    """Return the profile of a user (default: the bot)."""
    user_id = fields.get("user") or BOT_USER
    return {"profile": bot_user()["profile"] if user_id == BOT_USER else profile(find(world, user_id))}


def dnd_team_info(world, fields):
    """Say of each of these people whether their notifications are paused, from when until when; of who is not there, nothing."""
    wanted = argument(fields, "users").split(",")
    if len(wanted) < 2:
        raise Refused("no_users_provided")  # "must provide more than one user", says the reference
    if len(wanted) > MOST_PAUSES:
        raise Refused("too_many_users")
    return {"users": {user_id: dnd(world, world.slack_users[user_id]) for user_id in wanted if user_id in world.slack_users}}


def dnd(world, person):
    """Return the do-not-disturb of one person; without any, start and end are 1."""
    begins = int(world.seeded_at.timestamp())
    start, end = (begins, begins + 3600 * person.paused_hours) if person.paused_hours else (1, 1)
    return {"dnd_enabled": bool(person.paused_hours), "next_dnd_start_ts": start, "next_dnd_end_ts": end}


METHODS = {
    "auth.test": auth_test,
    "users.lookupByEmail": users_lookup_by_email,
    "users.info": users_info,
    "users.list": users_list,
    "users.profile.get": users_profile_get,
    "dnd.teamInfo": dnd_team_info,
}
