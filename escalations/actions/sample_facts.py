"""Invented customers and tickets for the samples: the facts that a look-up would have stored for each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from escalations.rules.facts import Facts, Seen
from escalations.rules.mapping import Mapping, Scenario
from escalations.rules.salesforce_ids import account_id

REGIONS = ("EMEA", "AMER", "APAC")
NAMES = (
    "Amberline Rail", "Basalt Credit Union", "Calder Optics", "Driftwood Studios", "Eastgate Hospitals", "Fathom Marine",
    "Glasshouse Growers", "Highmoor Energy", "Inkwell Press", "Jasper Payments", "Kiln & Clay", "Larkspur Airways",
    "Mistral Semiconductors", "Northfold Insurance", "Oakhaven Council", "Paperboat Games", "Quillon Security",
    "Redfern Pharma", "Saltmarsh Telecom", "Thornbury Motors", "Uplift Learning", "Verdigris Mining",
)  # fmt: skip
OWNERS = ("Omar Haddad", "Grace Molina", "Ben Foster", "Ingrid Solberg", "Rafael Duarte", "Yuki Arai")
CSMS = ("Dana Reyes", "Joel Sandberg", "Amara Nwosu", "Hana Kovac")
REQUESTERS = (
    "Rin Sato",
    "Paula Becker",
    "Idris Cole",
    "Lena Fischer",
    "Marco Rossi",
    "Sofia Alvarez",
    "Noor Aziz",
    "Theo Grant",
)
SUBJECTS = (
    "Runners stay in the queue since this morning", "Pages return 502 after the update", "Sign-in loops for half of our users",
    "Disk of the second node fills up", "Search finds nothing in one group", "Mirror stopped at a large file",
    "Backups take longer than the night", "Invoice shows the wrong number of seats", "Pipelines start twice",
)  # fmt: skip
EDITS = (
    "They wrote three times today and ask who is responsible on our side.",
    "Their release is on Thursday and depends on this.",
    "The new administrator does not know yet how we work together.",
)


@dataclass(frozen=True)
class Customer:
    """`csm`: a name, "CSM Scale", or ""; `owner_trouble`: "", left, away or pool; `deal_owner`: of the latest opportunity, or ""."""

    name: str
    number: int
    region: str
    owner: str
    csm: str
    owner_trouble: str = ""
    deal_owner: str = ""
    channel: str = ""


def _customer(number: int, name: str) -> Customer:
    csm = "CSM Scale" if number % 5 == 2 else "" if number % 5 == 4 else CSMS[number % len(CSMS)]
    trouble = {4: "pool", 7: "left", 9: "pool", 14: "away", 19: "left"}.get(number, "")
    deal_owner = "" if number in (9, 19) else OWNERS[(number + 2) % len(OWNERS)]
    channel = f"C0SAMPLE{number:03}" if number % 3 == 0 else ""
    return Customer(name, number, REGIONS[number % 3], OWNERS[number % len(OWNERS)], csm, trouble, deal_owner, channel)


CUSTOMERS = tuple(_customer(number, name) for number, name in enumerate(NAMES))


def customer_for(scenario: Scenario, random: Random) -> Customer:
    """Some customer that the row is meant for."""
    return random.choice([c for c in CUSTOMERS if scenario.only_csm != "scale" or c.csm == "CSM Scale"])


def email_of(name: str) -> str:
    return f"{name}@example.com".replace(" ", ".").lower()


def slack_id_of(name: str) -> str:
    return "U0S" + "".join(ch for ch in name.upper() if ch.isalpha())[:8]


def facts_of(
    mapping: Mapping, scenario: Scenario, ticket_id: int, customer: Customer, author: str, at: datetime, random: Random
) -> Facts:
    """What was seen of a ticket that fits the scenario by one of its signals. Addresses are empty: they would lead nowhere."""
    signal = random.choice(scenario.signals) if scenario.signals else None
    signals = {signal.kind: signal.pattern} if signal else {}
    known = not any((item.kind, item.pattern) == ("organization", "unknown") for item in scenario.signals)
    forms = [form for queue in map(mapping.queue, scenario.queues) if queue for form in queue.forms]
    ticket = _ticket(ticket_id, customer if known else None, forms, signals, at, random)
    said = "Please escalate this to a manager." if "comment" in signals else "Thank you for looking into it."
    seen = [
        Seen("zendesk", "ticket", ticket, at),
        Seen("zendesk", "comments", _comments(ticket, said, author), at),
    ]
    people = [author]
    if known:
        seen.append(Seen("salesforce", "account", _account(customer, at), at))
        people += [name for name in (customer.csm, customer.owner, customer.deal_owner) if name and name != "CSM Scale"]
    for name in dict.fromkeys(people):
        away = customer.owner_trouble == "away" and name == customer.owner
        seen += _handles(name, "On leave until Monday" if away else "", at)
    if known and customer.channel:
        channel = {
            "id": customer.channel,
            "name": _channel_name(customer),
            "private": True,
            "archived": False,
            "bot_is_member": True,
            "readers": 14,
        }
        seen.append(Seen("slack", f"channel:{customer.channel}", channel, at))
    return Facts.of(seen)


def _ticket(
    ticket_id: int, customer: Customer | None, forms: list[str], signals: dict, at: datetime, random: Random
) -> dict:
    opened = at - timedelta(minutes=random.randint(20, 5000))
    subject = random.choice(SUBJECTS)
    usual = "high" if random.random() < 0.15 else "normal"
    return {
        "instance": "main", "id": ticket_id, "subject": f"{subject}: {signals['subject']}" if "subject" in signals else subject,
        "priority": signals.get("priority", usual), "state": "open",
        "form": signals.get("form") or random.choice(forms or ["Self-Managed", "SaaS"]),
        "tags": [signals["tag"]] if "tag" in signals else [], "created_at": _iso(opened),
        "updated_at": _iso(at - timedelta(minutes=random.randint(1, 15))), "requester": random.choice(REQUESTERS),
        "end_users": random.choice((1, 1, 1, 2, 4)), "followers": [], "url": "",
        "organization": _organization(customer) if customer else None,
    }  # fmt: skip


def _comments(ticket: dict, said: str, author: str) -> list[dict]:
    """The customer's last words; on two of three tickets the author had answered the first ones."""
    opened = datetime.fromisoformat(ticket["created_at"])
    customer = {"author": ticket["requester"], "public": True, "from_support": False}
    answer = {"author": author, "public": True, "from_support": True, "at": _iso(opened + timedelta(minutes=4)), "body": "We are on it."}
    return [
        {**customer, "at": ticket["updated_at"], "body": said},
        *([answer] if ticket["id"] % 3 else []),
        {**customer, "at": ticket["created_at"], "body": ticket["subject"]},
    ]


def _organization(customer: Customer) -> dict:
    return {
        "id": str(510000000000 + customer.number), "name": customer.name, "salesforce_id": _account_id(customer),
        "external_id": None, "notes": "Customer Success Manager: CSM Scale" if customer.csm == "CSM Scale" else "",
        "region": customer.region, "account_owner": customer.owner, "csm": customer.csm,
    }  # fmt: skip


def _account(customer: Customer, at: datetime) -> dict:
    pool = customer.owner_trouble == "pool"
    owner = _person(
        f"{customer.region} Commercial Sales User" if pool else customer.owner, active=customer.owner_trouble != "left"
    )
    deal = {
        "id": account_id(f"006SAMPLE{customer.number:06}"), "name": f"{customer.name} renewal", "created_at": _iso(at - timedelta(days=70)),
        "close_on": (at + timedelta(days=45)).date().isoformat(), "stage": "3-Technical Evaluation",
        "owner": _person(customer.deal_owner),
    }  # fmt: skip
    return {
        "id": _account_id(customer), "name": customer.name, "type": "Customer", "region": customer.region, "url": "",
        "channel_id": customer.channel, "owner": owner, "csm": _person(customer.csm) if customer.csm else None,
        "csm_name": None, "unreadable": [], "opportunities": [deal] if customer.deal_owner else [],
    }  # fmt: skip


def _person(name: str, active: bool = True) -> dict:
    return {"id": "", "name": name, "email": email_of(name), "active": active}


def _handles(name: str, away: str, at: datetime) -> list[Seen]:
    slack = {"id": slack_id_of(name), "name": name, "timezone": "Europe/Amsterdam", "status_text": away, "active": True}
    zendesk = {"id": 900000 + sum(map(ord, name)), "name": name, "role": "agent", "active": True}
    key = f"person:{email_of(name)}"
    return [Seen("slack", key, slack, at), Seen("zendesk", key, zendesk, at)]


def _account_id(customer: Customer) -> str:
    return account_id(f"001SAMPLE{customer.number:06}")


def _channel_name(customer: Customer) -> str:
    return "a_" + "".join(ch for ch in customer.name.lower() if ch.isalnum()) + "-internal"


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
