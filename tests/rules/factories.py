"""Plain factories of facts, by keyword: what a test does not name is ordinary."""

from datetime import UTC, datetime

from escalations.rules.author import Author
from escalations.rules.circumstances import Circumstances
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.facts import Facts, Seen

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
MAPPING = DEFAULT_MAPPING
ANA = Author("Ana Lima", "ana.lima@example.com", "U0ANALIMA")
DANA = {"id": "005DANA", "name": "Dana Reyes", "email": "dana.reyes@example.com", "active": True}
OMAR = {"id": "005OMAR", "name": "Omar Haddad", "email": "omar.haddad@example.com", "active": True}
GRACE = {"id": "005GRACE", "name": "Grace Molina", "email": "grace.molina@example.com", "active": True}
LEFT = {"id": "005PIOTR", "name": "Piotr Nowak", "email": "piotr.nowak@example.com", "active": False}
POOL = {"id": "005POOL", "name": "AMER SMB Sales User", "email": "amer@example.com", "active": True}
SCALE = {"id": "005SCALE", "name": "CSM Scale", "email": "scale@example.com", "active": True}
ORGANIZATION = {
    "id": "9", "name": "Acme Corp", "salesforce_id": "0015e0000000001AAA", "external_id": None, "notes": "", "region": "APJ",
    "account_owner": "", "csm": "",
}  # fmt: skip
CHANNEL = {
    "id": "C0ACME",
    "name": "a_acme-internal",
    "private": True,
    "archived": False,
    "bot_is_member": True,
    "readers": 14,
}


def opportunity(owner, id="006A", created_at="2026-01-05", stage="Proposal", name="Renewal 2026"):
    return {"id": id, "name": name, "created_at": created_at, "close_on": "2026-06-30", "stage": stage, "owner": owner}


def ticket(**values):
    return {
        "instance": "main", "id": 1001, "subject": "Production is down", "priority": "normal", "state": "open", "form": "SaaS",
        "tags": [], "created_at": "2026-03-02T10:00:00Z", "updated_at": "2026-03-02T11:00:00Z", "requester": "Rin Sato",
        "end_users": 2, "followers": [], "url": "https://portal-demo.zendesk.com/agent/tickets/1001", "organization": ORGANIZATION,
        **values,
    }  # fmt: skip


def account(**values):
    return {
        "id": "0015e0000000001AAA", "name": "Acme Corp", "type": "Customer", "region": "APJ", "url": "https://portal-demo.my.salesforce.com/x",
        "channel_id": None, "owner": OMAR, "csm": DANA, "csm_name": None, "unreadable": [], "opportunities": [], **values,
    }  # fmt: skip


def comment(**values):
    """A public comment of the customer, unless it is said otherwise."""
    return {"author": "Rin Sato", "public": True, "from_support": False, "at": "2026-03-02T11:00:00Z", "body": "", **values}


def slack_person(person, **values):
    return {
        "id": "U0" + person["name"].replace(" ", "").upper(),
        "name": person["name"],
        "timezone": "UTC",
        "status_text": "",
        "active": True,
        **values,
    }


def zendesk_person(person, **values):
    return {"id": 700 + len(person["name"]), "name": person["name"], "role": "agent", "active": True, **values}


def facts(
    *, ticket=None, comments=(), account=None, slack=(), zendesk=(), channel=None, rows=None, members=None, errors=()
):
    """Facts as seen at NOON; `rows` are channels by id, `members` who is in one, by id; `errors` are (source, key, code)."""
    items = []
    if ticket:
        items += [Seen("zendesk", "ticket", ticket, NOON), Seen("zendesk", "comments", list(comments), NOON)]
    if account:
        items.append(Seen("salesforce", "account", account, NOON))
    for person, value in slack:
        items.append(Seen("slack", f"person:{person['email']}", value, NOON))
    for person, value in zendesk:
        items.append(Seen("zendesk", f"person:{person['email']}", value, NOON))
    if channel:
        items.append(Seen("slack", f"channel:{channel['id']}", channel, NOON))
    items += [Seen("slack", f"channel:{key}", value, NOON) for key, value in (rows or {}).items()]
    items += [Seen("slack", f"members:{key}", value, NOON) for key, value in (members or {}).items()]
    items += [Seen(source, key, None, NOON, code) for source, key, code in errors]
    return Facts.of(items)


def known(*people):
    """Everybody is known to Slack and an agent in Zendesk."""
    return {"slack": [(p, slack_person(p)) for p in people], "zendesk": [(p, zendesk_person(p)) for p in people]}


def around(**values):
    return Circumstances(**{"author": ANA, "day": NOON.date(), "since": NOON, **values})
