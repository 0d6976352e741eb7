"""A ticket as an agent sees it."""

from sandbox.hosts import SALESFORCE
from sandbox.markup import badge, bullets, facts, fill, when
from sandbox.seeding import ISSUE_FIELD


def page(world, name, number):
    """Return (title, body) or None."""
    instance = world.instances[name]
    ticket = instance.ticket(int(number)) if number.isdigit() and len(number) < 13 else None
    if ticket is None:
        return None
    if ticket.deleted:
        return f"Ticket {number}", fill('<h1>Ticket {n}</h1><p class="empty">This ticket was deleted.</p>', n=number)
    users = instance.users
    return f"Ticket {ticket.id}", fill(
        '<p class="quiet">Ticket {id} {gov}</p><h1 dir="auto">{subject}</h1><p>{badges}</p><div class="columns"><section aria-label="Conversation">'
        "{conversation}</section><aside>{facts}<h2>Followers</h2>{followers}<h2>E-mail CCs</h2>{ccs}{organization}</aside></div>",
        id=ticket.id,
        gov=badge("US Government", "alarm") if name == "usgov" else "",
        subject=ticket.subject,
        badges=[badge(ticket.status, "alarm" if ticket.status == "closed" else ""), " ",
                badge(f"priority {ticket.priority or 'none'}", "alarm" if ticket.priority == "urgent" else "")],
        conversation=[_comment(ticket, users, entry) for entry in reversed(ticket.comments)],
        facts=facts([
            ("Form", ticket.form),
            ("Requester", _person(users[ticket.requester_id])),
            ("Assignee", _person(users[ticket.assignee_id])),
            ("Tags", [fill("{tag} ", tag=badge(tag)) for tag in ticket.tags]),
            ("Internal issue", ticket.custom_fields.get(ISSUE_FIELD[name])),
            ("Created", when(ticket.created_at)),
            ("Updated", when(ticket.updated_at)),
        ]),
        followers=bullets([_person(users[one]) for one in ticket.follower_ids], "Nobody follows."),
        ccs=bullets([_person(users[one]) for one in ticket.email_cc_ids], "Nobody is on CC."),
        organization=_organization(instance.organizations.get(ticket.organization_id)),
    )  # fmt: skip


def _person(user):
    role = {"end-user": "end user", "light": "light agent"}.get(user.role, user.role)
    return fill(
        '<bdi>{name}</bdi> <span class="quiet">{email}, {role}</span>', name=user.name, email=user.email, role=role
    )


def _organization(own):
    if own is None:
        return fill('<h2>Organization</h2><p class="quiet">The requester has no organization.</p>')
    account = own.fields.get("salesforce_id")
    link = account and fill('<a href="/{host}/lightning/r/Account/{id}/view">{id}</a>', host=SALESFORCE, id=account)
    return fill(
        '<h2>Organization</h2><p class="wrap"><bdi>{name}</bdi></p>{facts}<h3>Notes</h3><p class="said">{notes}</p>',
        name=own.name,
        facts=facts([
            ("Salesforce id", link),
            ("External id", own.external_id),
            ("Account owner", own.fields.get("account_owner")),
            ("Technical account manager", own.fields.get("technical_account_manager")),
            ("Region", own.fields.get("region")),
            ("Domains", ", ".join(own.domains)),
        ]),
        notes=own.notes or "–",
    )  # fmt: skip


def _comment(ticket, users, entry):
    audit = next((row for row in ticket.audits if row["id"] == entry.audit_id), None)
    metadata = audit["metadata"] if audit else {}
    author = users.get(entry.author_id)
    return fill(
        '<article class="entry {kind}" id="c{id}"><header><strong>{who}</strong> {label} <span class="quiet">{at}</span></header>'
        '<div class="body"><p class="said" dir="auto">{text}</p></div>{foot}</article>',
        kind="" if entry.public else "internal",
        id=entry.id,
        who=author.name if author else entry.author_id,
        label=badge("public reply") if entry.public else badge("internal note", "internal"),
        at=when(entry.at),
        text=entry.body,
        foot=fill(
            "<footer>{pairs}</footer>",
            pairs=[fill("<span>{k} <code>{v}</code></span> ", k=k, v=str(v)) for k, v in metadata.items()],
        )
        if metadata
        else "",
    )
