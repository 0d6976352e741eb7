"""Who is put on a ticket or taken off it together with a note: the wish, the change it makes, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class People:
    """The wish: addresses or Zendesk user ids; `email_cc` is a user id."""

    follower: str | int | None = None
    remove_follower: str | int | None = None
    email_cc: str | int | None = None

    def known(self, person: Callable[[str], dict | None]) -> "Ids":
        """Look up their ids. Only an active agent can be put on, and nobody is created; anybody can be taken off."""
        return Ids(
            follower=_id_of(self.follower, person, _is_agent),
            remove_follower=_id_of(self.remove_follower, person, bool),
            email_cc=int(self.email_cc) if self.email_cc else None,
        )

    def came_of_it(self, ids: "Ids", before: dict, after: dict) -> dict:
        """Compare the ids that came back: they are ignored where the account has followers or cc switched off."""
        was, now = (set(ticket.get("follower_ids") or ()) for ticket in (before, after))
        detail = {}
        if self.follower:
            detail |= {"follower_added": ids.follower in now, "follower_was_there": ids.follower in was}
        if self.remove_follower:
            detail["follower_removed"] = ids.remove_follower in was - now
        if self.email_cc:
            detail["email_cc_added"] = ids.email_cc in (after.get("email_cc_ids") or ())
        return detail

    def told_by(self, audit: dict) -> dict:
        """Return the same of an earlier update, as far as its audit tells: it names addresses, and only who changed."""
        added, removed = set(), set()
        for event in audit.get("events") or ():
            if event.get("type") == "FollowerChange":
                was, now = (_addresses(event.get(f"{when}_followers")) for when in ("previous", "current"))
                added, removed = added | now - was, removed | was - now
        detail = {}
        if str(self.follower).lower() in added:
            detail |= {"follower_added": True, "follower_was_there": False}
        if str(self.remove_follower).lower() in removed:
            detail["follower_removed"] = True
        return detail


@dataclass(frozen=True)
class Ids:
    """The people as user ids; None is left out."""

    follower: int | None = None
    remove_follower: int | None = None
    email_cc: int | None = None

    def change(self) -> dict:
        """Return the part of the update that is about people."""
        wishes = ((self.follower, "put"), (self.remove_follower, "delete"))
        followers = [{"user_id": user_id, "action": action} for user_id, action in wishes if user_id]
        email_ccs = [{"user_id": self.email_cc, "action": "put"}] if self.email_cc else []
        return {name: rows for name, rows in (("followers", followers), ("email_ccs", email_ccs)) if rows}


def _id_of(who, person, may):
    if not who or "@" not in str(who):
        return int(who) if who else None
    found = person(who)
    return found["id"] if may(found) else None


def _is_agent(person):
    return bool(person and person["active"] and person["role"] != "end-user")


def _addresses(values):
    return {str(value).lower() for value in values or ()}
