"""How Zendesk writes its records down as JSON."""

import html

from sandbox import seeding
from sandbox.hosts import ZENDESK_HOST

ROLE_TYPES = {"admin": 4, "agent": 0, "light": 1, "end-user": None}


def _url(instance_name, rest):
    return f"https://{ZENDESK_HOST[instance_name]}/api/v2/{rest}.json"


def ticket(ticket):
    """Return the JSON of a ticket."""
    name = ticket.instance
    fields = [{"id": number, "value": value} for number, value in ticket.custom_fields.items()]
    return {
        "url": _url(name, f"tickets/{ticket.id}"),
        "id": ticket.id,
        "external_id": None,
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "generated_timestamp": int(seeding.moment(ticket.updated_at).timestamp()),
        "type": "incident",
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.comments[0].body,
        "priority": ticket.priority,
        "status": ticket.status,
        "recipient": None,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.requester_id,
        "assignee_id": ticket.assignee_id,
        "organization_id": ticket.organization_id,
        "group_id": 360000007001,
        "collaborator_ids": [*ticket.follower_ids, *ticket.email_cc_ids],
        "follower_ids": list(ticket.follower_ids),
        "email_cc_ids": list(ticket.email_cc_ids),
        "forum_topic_id": None,
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": list(ticket.tags),
        "custom_fields": fields,
        "fields": fields,
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "ticket_form_id": seeding.form_id(name, ticket.form),
        "brand_id": 360000006001,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def user(instance, user):
    """Return the JSON of a user; light agents are agents of role type 1."""
    agent = user.role in ("agent", "light", "admin")
    return {
        "id": user.id,
        "url": _url(instance.name, f"users/{user.id}"),
        "name": user.name,
        "email": user.email,
        "role": "agent" if user.role == "light" else user.role,
        "role_type": ROLE_TYPES[user.role],
        "custom_role_id": 360000005001 if user.role == "light" else None,
        "active": user.active,
        "suspended": False,
        "verified": True,
        "shared": False,
        "restricted_agent": user.role == "light" or bool(agent and user.sees),
        "ticket_restriction": user.sees if agent else "requested",
        "only_private_comments": user.role == "light",
        "moderator": agent,
        "organization_id": user.organization_id,
        "time_zone": user.tz,
        "iana_time_zone": user.tz,
        "locale": "en-US",
        "phone": None,
        "tags": [],
        "external_id": None,
        "user_fields": {},
        "created_at": "2021-03-01T09:00:00Z",
        "updated_at": "2024-03-01T09:00:00Z",
    }


def organization(instance, own):
    """Return the JSON of an organization."""
    return {
        "url": _url(instance.name, f"organizations/{own.id}"),
        "id": own.id,
        "name": own.name,
        "shared_tickets": True,
        "shared_comments": False,
        "external_id": own.external_id,
        "created_at": "2021-03-01T09:00:00Z",
        "updated_at": seeding.stamp(instance.seeded_at),
        "domain_names": list(own.domains),
        "details": own.details,
        "notes": own.notes,
        "group_id": None,
        "tags": [],
        "organization_fields": dict(own.fields),
    }


def comment(ticket, entry):
    """Return the JSON of one entry of the conversation."""
    rich = entry.html or '<div class="zd-comment" dir="auto"><p dir="auto">{}</p></div>'.format(
        html.escape(entry.body).replace("\n", "<br>")
    )
    return {
        "id": entry.id,
        "type": "Comment",
        "author_id": entry.author_id,
        "body": entry.body,
        "html_body": rich,
        "plain_body": entry.body,
        "public": entry.public,
        "attachments": [],
        "audit_id": entry.audit_id,
        "via": {"channel": entry.via, "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": entry.at,
        "metadata": {"system": {}, "custom": _custom(ticket, entry.audit_id)},
    }


def _custom(ticket, audit_id):
    return next((row["metadata"] for row in ticket.audits if row["id"] == audit_id), {})


def audit(ticket, row):
    """Return the JSON of one audit; what the caller gave as metadata is under metadata.custom."""
    said = next((entry for entry in ticket.comments if entry.id == row["comment_id"]), None)
    events = [event for event in row["events"] if event["type"] != "Comment"]
    if said:
        shape = comment(ticket, said)
        shape.pop("created_at")
        shape.pop("metadata")
        events.insert(0, shape)
    return {
        "id": row["id"],
        "ticket_id": ticket.id,
        "created_at": row["at"],
        "author_id": row["author_id"],
        "metadata": {"system": {"client": "sandbox", "ip_address": "192.0.2.1"}, "custom": dict(row["metadata"])},
        "events": events,
        "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
    }


def forms(instance):
    """Return the JSON of every ticket form."""
    return [
        {
            "id": seeding.form_id(instance.name, name),
            "url": _url(instance.name, f"ticket_forms/{seeding.form_id(instance.name, name)}"),
            "name": name,
            "raw_name": name,
            "display_name": name,
            "raw_display_name": name,
            "position": place,
            "active": True,
            "end_user_visible": True,
            "default": place == 0,
            "in_all_brands": True,
            "restricted_brand_ids": [],
            "ticket_field_ids": [seeding.ISSUE_FIELD[instance.name]],
            "created_at": "2021-03-01T09:00:00Z",
            "updated_at": "2021-03-01T09:00:00Z",
        }
        for place, name in enumerate(seeding.FORMS)
    ]


def ticket_fields(instance):
    """Return the JSON of the only custom ticket field: the link to an internal issue."""
    number = seeding.ISSUE_FIELD[instance.name]
    return [{"id": number, "type": "text", "title": "Internal issue", "active": True, "required": False}]


def organization_fields(instance):
    """Return the JSON of the organization fields."""
    keys = ("salesforce_id", "account_owner", "technical_account_manager", "region")
    return [
        {
            "id": 360000008001 + place,
            "key": key,
            "type": "text",
            "title": key.replace("_", " ").capitalize(),
            "description": "Synchronised from Salesforce every hour",
            "active": True,
            "position": place,
            "system": False,
        }
        for place, key in enumerate(keys)
    ]
