"""Turns the seeds into records: users, organizations and tickets of one Zendesk instance on the seeded day."""

from datetime import UTC, datetime, timedelta

from sandbox.people import CAST, NUMBERS, SUPPORT
from sandbox.records import Comment, Ticket, ZendeskUser
from sandbox.tickets import SEEDS

FORMS = ("Self-Managed", "SaaS", "License and Renewals", "Needs Org", "General")
FORM_BASE = {"main": 360000001000, "usgov": 420000001000}
USER_BASE = {"main": 361000000000, "usgov": 421000000000}
REQUESTER_BASE = {"main": 362000000000, "usgov": 422000000000}
EVENT_BASE = {"main": 380000000000, "usgov": 440000000000}
ISSUE_FIELD = {"main": 360000009001, "usgov": 420000009001}
ROBOT = "escalation.portal@example.com"


def stamp(moment):
    """Return a moment the way Zendesk writes it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text):
    """Read an ISO 8601 time; one without a zone is UTC. Raises ValueError."""
    value = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace(" UTC", "+00:00"))
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def now_minus(seconds):
    """Return the moment that many seconds ago."""
    return datetime.now(UTC) - timedelta(seconds=seconds)


def form_id(instance, name):
    """Return the id of a ticket form by its name."""
    return FORM_BASE[instance] + FORMS.index(name)


def staff(instance):
    """Return the users that are not customers: the cast, and the service account the portal signs in with."""
    base = USER_BASE[instance]
    users = [ZendeskUser(base, "Escalation Portal", ROBOT, "admin", tz="Etc/UTC")]
    for person in CAST:
        if person.zendesk:
            active = person.slack != "inactive"
            users.append(
                ZendeskUser(
                    base + NUMBERS[person.email],
                    person.name,
                    person.email,
                    person.zendesk,
                    None,
                    person.tz,
                    active,
                    person.sees,
                )
            )
    return users


def agent_id(instance, number):
    """Return the id of a support engineer who handles ticket `number`."""
    pool = SUPPORT[6:7] if instance == "usgov" else SUPPORT[:2]
    return USER_BASE[instance] + NUMBERS[pool[number % len(pool)].email]


def requester(instance, number, domain, organization_id):
    """Return the customer's user who opened ticket `number`."""
    names = ("Alex Winter", "Bea Sommer", "Chris Novak", "Devi Rao", "Eli Stone", "Farah Aydin", "Goran Ilic")
    name = names[number % len(names)]
    email = f"{name.lower().replace(' ', '.')}.{number}@{domain}"
    return ZendeskUser(REQUESTER_BASE[instance] + number, name, email, "end-user", organization_id)


def conversation(ticket, first, said, seeded_at):
    """Give a ticket its conversation: the first words half a day before seeding, then one entry every 40 minutes."""
    start = seeded_at - timedelta(hours=12, minutes=ticket.id % 240)
    for place, (who, public, text) in enumerate([("customer", True, first), *said]):
        at = stamp(start + timedelta(minutes=40 * place))
        event = EVENT_BASE[ticket.instance] + ticket.id * 100 + place * 2
        author = ticket.requester_id if who == "customer" else ticket.assignee_id
        ticket.comments.append(Comment(event, author, text, public, at, event + 1))
        ticket.audits.append(
            {"id": event + 1, "at": at, "author_id": author, "metadata": {}, "comment_id": event, "events": []}
        )
        ticket.updated_at = at
    ticket.created_at = ticket.comments[0].at


def curated(instance, organizations, seeded_at):
    """Yield (ticket, requester) for every curated ticket of the instance."""
    for seed in (seed for seed in SEEDS if seed.instance == instance):
        organization = organizations.get(seed.customer)
        domain = organization.domains[0] if organization else "unknown.example.net"
        user = requester(instance, seed.id, domain, organization and organization.id)
        ticket = Ticket(
            instance, seed.id, seed.subject, seed.priority, seed.form, user.id, user.organization_id,
            agent_id(instance, seed.id), "", "", sorted(seed.tags), seed.status, shows=seed.shows, deleted=seed.deleted,
            custom_fields={ISSUE_FIELD[instance]: seed.issue},
        )  # fmt: skip
        conversation(ticket, seed.first, seed.said, seeded_at)
        yield ticket, user
