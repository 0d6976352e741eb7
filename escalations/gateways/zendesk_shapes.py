"""From Zendesk's JSON to the shapes of rules.facts. Pure functions."""

import re

from escalations.rules.facts import MOST_COMMENTS, Organization

EMAIL = re.compile(r"[^\s\"'<>(),:;\\\[\]@]+@[^\s\"'<>(),:;\\\[\]@]+")


def ticket_facts(instance: str, url: str, answer: dict, *, links_only: bool) -> dict:
    """Return the ticket of rules.facts from one answer with its sideloads.

    `links_only` (US Government) keeps instance, id, priority, form, state, url and the organization's two ids.
    """
    ticket = answer["ticket"]
    kept = {
        "instance": instance,
        "id": int(ticket["id"]),
        "priority": ticket.get("priority"),
        "state": ticket.get("status"),
        "form": _form(answer),
        "url": url,
        "organization": _organization(answer, links_only),
    }
    return NOTHING | kept if links_only else NOTHING | kept | _told(answer)


NOTHING = {
    "subject": None,
    "tags": [],
    "created_at": None,
    "updated_at": None,
    "requester": None,
    "domain": None,
    "end_users": 0,
    "followers": [],
}


def _told(answer):
    ticket, users = answer["ticket"], _by_id(answer, "users")
    copied = ticket.get("email_cc_ids", ticket.get("collaborator_ids"))  # the older name, where cc is the old one
    readers = {ticket.get("requester_id"), *(copied or ())} - {None}
    outside = [one for one in readers if users.get(one, {}).get("role", "end-user") == "end-user"]
    followers = (users.get(one, {}).get("email") for one in ticket.get("follower_ids") or ())
    return {
        "subject": ticket.get("subject"),
        "tags": list(ticket.get("tags") or ()),
        "created_at": ticket.get("created_at"),
        "updated_at": ticket.get("updated_at"),
        "requester": users.get(ticket.get("requester_id"), {}).get("name"),
        "domain": (users.get(ticket.get("requester_id"), {}).get("email") or "").rpartition("@")[2].lower() or None,
        "end_users": len(outside),
        "followers": [email for email in followers if email],
    }


def _by_id(answer, kind):
    return {item["id"]: item for item in answer.get(kind) or ()}


def _form(answer):
    return _by_id(answer, "ticket_forms").get(answer["ticket"].get("ticket_form_id"), {}).get("name")


def _organization(answer, links_only):
    found = _by_id(answer, "organizations").get(answer["ticket"].get("organization_id"))
    if found is None:
        return None
    fields = found.get("organization_fields") or {}
    texts = {"salesforce_id": fields.get("salesforce_id"), "external_id": found.get("external_id")}
    if links_only:
        # Either field may hold any text; only what is a Salesforce id is kept.
        texts = {name: Organization("", "", str(value or "")).linked_id or None for name, value in texts.items()}
        empty = dict.fromkeys(("notes", "region", "account_owner", "csm"))
        return {"id": "", "name": "", **texts, **empty}
    return {
        "id": found["id"],
        "name": found.get("name"),
        **texts,
        "notes": found.get("notes"),
        "region": fields.get("region"),
        "account_owner": fields.get("account_owner"),
        "csm": fields.get("customer_success_manager") or fields.get("technical_account_manager"),
    }


def comment_facts(answer: dict) -> list[dict]:
    """Return the comments of rules.facts, newest first."""
    users = _by_id(answer, "users")
    newest = sorted(answer["comments"], key=lambda one: (one["created_at"], one["id"]), reverse=True)
    told = [_comment(one, users.get(one.get("author_id"), {})) for one in newest]
    kept, older = told[:MOST_COMMENTS], told[MOST_COMMENTS:]
    if not any(_may_be_a_reply(one) for one in kept):
        kept += [one for one in older if _may_be_a_reply(one)][:1]
    return kept


def _comment(comment, author):
    return {
        "author": author.get("name"),
        "public": comment["public"] is not False,
        "from_support": {"agent": True, "admin": True, "end-user": False}.get(author.get("role")),
        "at": comment["created_at"],
        "body": comment.get("plain_body") or comment.get("body") or "",
    }


def _may_be_a_reply(comment):
    return comment["public"] and comment["from_support"] is not False


def person_facts(answer: dict, email: str) -> dict | None:
    """Return who has exactly this address among the users found; an active one first."""
    same = [user for user in answer["users"] if (user.get("email") or "").lower() == email.lower()]
    people = [
        {
            "id": user["id"],
            "name": user.get("name"),
            "role": user.get("role") if user.get("role") in ("end-user", "admin") else "agent",
            "active": _active(user),
            "may_follow": may_follow(user),
        }
        for user in same
    ]
    return min(people, key=lambda one: not one["active"], default=None)


# Which tickets an agent may see: all, or only some. `groups` and `organization` depend on the ticket.
SEES_ANY = {None: True, "assigned": False, "requested": False}


def may_follow(user: dict) -> bool | None:
    """Whether somebody may see a ticket as its follower; None when that depends on the ticket, or is not told."""
    if not _active(user) or user.get("role") == "end-user":
        return False
    if user.get("role") == "admin":
        return True
    return SEES_ANY.get(user["ticket_restriction"]) if "ticket_restriction" in user else None


def _active(user):
    return user.get("active") is not False and not user.get("suspended")


def plain(body: str) -> str:
    """Break up `{{` and `{%`: Zendesk fills in placeholders in comments, whoever wrote them."""
    return re.sub(r"\{(?=[{%])", "{ ", body)
