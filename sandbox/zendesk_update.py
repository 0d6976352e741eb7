"""`PUT /api/v2/tickets/{id}`: what Zendesk checks, what it ignores without a word, and the effects it has."""

import html
import json
import re

from sandbox import seeding, zendesk_shapes
from sandbox.effects import portal_key
from sandbox.web import json_answer, truth

NEW_USER_BASE, NEW_EVENT_BASE = 400000000000, 500000000000
CC_LIMIT, METADATA_LIMIT = 48, 1024
NOT_FOUND = {"error": "RecordNotFound", "description": "Not found"}
CONFLICT = {
    "error": "UpdateConflict",
    "description": "Safe Update prevented the update due to outdated ticket data. "
    "Please fetch the latest ticket data and try again.",
}


def update(world, instance, request, number):
    """Apply one update and answer with ticket and audit. All its effects carry the same audit id."""
    ticket = instance.ticket(number)
    if ticket is None or ticket.deleted:
        return json_answer(NOT_FOUND, 404)
    try:
        given = request.json()["ticket"]
        refusal = _refusal(ticket, given)
    except (ValueError, KeyError, TypeError, AttributeError):
        return json_answer({"error": "Unprocessable Entity", "message": "Server could not parse JSON"}, 422)
    if refusal:
        return refusal
    entries = _effects(world, instance, ticket, given)
    recorded = world.record(*entries)
    body = {"ticket": zendesk_shapes.ticket(ticket)}
    row = ticket.audits[-1] if recorded else {"id": None, "at": ticket.updated_at, "author_id": instance.robot.id,
                                              "metadata": {}, "comment_id": None, "events": []}  # fmt: skip
    return json_answer({**body, "audit": zendesk_shapes.audit(ticket, row)})


def _invalid(name, text):
    details = {name: [{"description": text}]}
    return json_answer({"error": "RecordInvalid", "description": "Record validation errors", "details": details}, 422)


def _refusal(ticket, given):
    """Return the Answer that refuses the update, or None."""
    if ticket.status == "closed":
        return _invalid("status", "Status: closed prevents ticket update")
    if truth(given.get("safe_update")):
        if not given.get("updated_stamp"):
            return _invalid("safe_update", "updated_stamp is required when safe_update is true")
        if seeding.moment(str(given["updated_stamp"])).replace(microsecond=0) != seeding.moment(ticket.updated_at):
            return json_answer(CONFLICT, 409)
    comment = given.get("comment")
    if comment is not None and not (comment.get("body") or comment.get("html_body")):
        return _invalid("comment", "Comment: cannot be blank")
    if len(json.dumps(given.get("metadata") or {})) > METADATA_LIMIT:
        return _invalid("metadata", "Metadata is too large")
    if len(given.get("email_ccs") or []) > CC_LIMIT:
        return _invalid("email_ccs", f"Email CCs: at most {CC_LIMIT} are allowed")
    return None


def _effects(world, instance, ticket, given):
    metadata = given.get("metadata") or {}
    metadata = metadata.get("custom", metadata)
    base = {
        "system": "zendesk",
        "instance": instance.name,
        "target": ticket.id,
        # A checker looks for leaks in the ledger, so the ledger must not bring the words itself.
        "target_name": ticket.subject if instance.name == "main" else f"Ticket {ticket.id}",
        "key": portal_key(metadata),
        "metadata": metadata,
        "by": instance.robot.id,
        "audit_id": world.next_id(NEW_EVENT_BASE),
    }
    return [
        *_comment_effects(world, instance, base, given.get("comment")),
        *_people_effects(world, instance, ticket, base, "follower", given.get("followers")),
        *_people_effects(world, instance, ticket, base, "email_cc", given.get("email_ccs")),
        *_field_effects(ticket, base, given),
    ]


def _comment_effects(world, instance, base, comment):
    if comment is None:
        return
    public = truth(comment.get("public", True))
    rich = comment.get("html_body")
    author = instance.users.get(comment.get("author_id"), instance.robot)
    yield {
        **base,
        "kind": "public_comment" if public else "note",
        "public": public,
        "text": comment.get("body")
        or html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<(br|/p|/li)\b[^>]*>", "\n", rich))).strip(),
        "html": rich,
        "user": author.id,
        "user_name": author.name,
        "user_email": author.email,
        "comment_id": world.next_id(NEW_EVENT_BASE),
    }


def _people_effects(world, instance, ticket, base, kind, asked):
    """Yield who is added or removed. A follower must be an agent; an unknown cc address makes a new end user."""
    present = set(ticket.follower_ids if kind == "follower" else ticket.email_cc_ids)
    if kind == "email_cc" and not instance.accepts_email_ccs:
        return
    for wish in asked or []:
        user, created = _wished(world, instance, base, kind, wish)
        removing = wish.get("action") == "delete"
        if user is None or (user["id"] in present) != removing or not _allowed(ticket, kind, user):
            continue
        if created:
            yield created
        (present.discard if removing else present.add)(user["id"])
        yield {
            **base,
            "kind": kind,
            "action": "delete" if removing else "put",
            "public": kind == "email_cc",
            "text": None,
            "user": user["id"],
            "user_name": user["name"],
            "user_email": user["email"],
            "user_role": user["role"],
        }


def _wished(world, instance, base, kind, wish):
    """Return (user as a dictionary or None, the effect that creates the user or None)."""
    email = str(wish.get("user_email") or "").strip()
    number = wish.get("user_id")
    user = instance.users.get(int(number)) if str(number or "").isdigit() else instance.by_email.get(email.lower())
    if user is not None:
        return (
            {"id": user.id, "name": user.name, "email": user.email, "role": user.role} if user.active else None
        ), None
    if kind == "follower" or "@" not in email or wish.get("action") == "delete":
        return None, None
    made = {"id": world.next_id(NEW_USER_BASE), "name": wish.get("user_name") or email.split("@")[0], "email": email}
    created = {
        **base,
        "kind": "user_created",
        "text": None,
        "user": made["id"],
        "user_name": made["name"],
        "user_email": email,
    }
    return {**made, "role": "end-user"}, created


def _allowed(ticket, kind, user):
    if kind == "follower":
        return user["role"] in ("agent", "light", "admin")
    return user["id"] != ticket.requester_id


def _field_effects(ticket, base, given):
    tags = (set(given.get("tags", ticket.tags)) | set(given.get("additional_tags") or ())) - set(
        given.get("remove_tags") or ()
    )
    wanted = {name: given[name] for name in ("status", "priority", "subject", "assignee_id") if name in given}
    wanted["tags"] = sorted(tags)
    changes = {name: value for name, value in wanted.items() if value != getattr(ticket, name)}
    if given.get("custom_fields"):
        changes["custom_fields"] = {str(field["id"]): field["value"] for field in given["custom_fields"]}
    if changes:
        yield {**base, "kind": "ticket_changed", "text": None, "public": None, "changes": changes}
