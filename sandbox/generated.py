"""Any ticket from 100000 up exists: a plausible one with a customer of its own, the same on every machine.

Load and fault runs need thousands of different tickets. Everything is derived from the number, so nothing is stored
until somebody asks, and a Salesforce or Slack id that belongs to such a ticket leads back to its number.
"""

from sandbox import ids, seeding
from sandbox.channels import BOT_USER
from sandbox.people import CROWD_CSMS, CROWD_OWNERS, POOLS, SCALE
from sandbox.records import Account, Channel, Opportunity, Organization, Ticket

FIRST, LAST = 100_000, 99_999_999
SERIES, CHANNEL_PREFIX = "9g", "C0GEN"
ORG_BASE = 370000000000
FORMS = ("Self-Managed", "SaaS", "SaaS", "Self-Managed", "License and Renewals", "General")
TOPICS = {
    "Self-Managed": (("Node does not come back after a restart", ()), ("Upgrade plan for next month", ("upgrade_assistance",)),
                     ("Which architecture fits 5,000 users?", ("architecture",)), ("Disk latency on the primary", ())),
    "SaaS": (("Pipelines are slow since this morning", ()), ("Please escalate our SSO problem", ("escalation_requested",)),
             ("Training for new administrators", ("training",)), ("Not what we were told", ("expectations_mismatch",)),
             ("We would pay for help with a migration", ("professional_services",)), ("How do others do this?", ("adoption",))),
    "License and Renewals": (("Quote for more seats", ("new_business",)), ("Renewal by purchase order", ("renewal",)),
                             ("Question about our invoice", ())),
    "General": (("A question about the product", ()), ("Where do I find the release notes?", ())),
}  # fmt: skip
WORDS = (
    "Amber",
    "Basalt",
    "Copper",
    "Delta",
    "Ember",
    "Flint",
    "Granite",
    "Hazel",
    "Indigo",
    "Jasper",
    "Larch",
    "Maple",
)
TRADES = ("Foods", "Systems", "Airways", "Bank", "Media", "Motors", "Health", "Labs")


def is_generated(number):
    """Say whether a ticket number of the main instance is one of these."""
    return FIRST <= number <= LAST


def number_of_account(account_id):
    """Return the ticket number an account id belongs to, or None."""
    prefix = f"001{SERIES}"
    number = ids.from_base(account_id[len(prefix) : 15], ids.BASE62) if account_id.startswith(prefix) else None
    return number if number is not None and len(account_id) >= 15 and is_generated(number) else None


def number_of_channel(channel_id):
    """Return the ticket number a channel id belongs to, or None."""
    digits = channel_id[len(CHANNEL_PREFIX) :]
    number = ids.from_base(digits, ids.BASE36) if channel_id.startswith(CHANNEL_PREFIX) and digits else None
    if number is None or not is_generated(number) or channel_id_of(number) != channel_id:
        return None
    return number if has_channel(number) else None


def channel_id_of(number):
    """Return the id of the account channel of ticket `number`, whether or not it has one."""
    return CHANNEL_PREFIX + ids.in_base(number, ids.BASE36, 6)


def has_channel(number):
    """Say whether that customer has an internal channel: two of three do."""
    return number % 3 != 2


def customer_name(number):
    """Return the customer's name; the number in it keeps names apart."""
    return f"{ids.pick(number, 'word', WORDS)} {ids.pick(number, 'trade', TRADES)} {number}"


def account(number):
    """Return the Salesforce account of ticket `number`."""
    owner = ids.pick(number, "owner", CROWD_OWNERS)
    deal_owner = ids.pick(number, "deal", CROWD_OWNERS)
    kind = ids.pick(number, "csm", ("named", "named", "named", "none", "scale"))
    csm = {"named": ids.pick(number, "who", CROWD_CSMS), "scale": SCALE}.get(kind)
    name = customer_name(number)
    return Account(
        id=ids.salesforce_id("001", number, SERIES),
        name=name,
        owner=ids.pick(number, "pool", POOLS) if ids.pick(number, "pooled", range(8)) == 0 else owner,
        csm=csm,
        csm_text=csm and csm.name,
        channel=channel_id_of(number) if has_channel(number) else None,
        region=ids.pick(number, "region", ("AMER", "EMEA", "APAC")),
        domain=f"customer{number}.example.net",
        opportunities=[Opportunity(ids.salesforce_id("006", number, SERIES), f"{name} renewal", deal_owner, -30, 60)],
    )


def channel(number):
    """Return the account's channel; our bot is in every other one."""
    owner, csm = account(number).owner, account(number).csm
    members = [p.slack_id for p in (owner, csm) if p and p.slack]
    members += [BOT_USER] if number % 2 == 0 else []
    return Channel(channel_id_of(number), f"a_customer-{number}-internal", "private", members, listed=False)


def organization(number):
    """Return the Zendesk organization of ticket `number`."""
    own = account(number)
    return Organization(
        ORG_BASE + number, own.name, own.id, f"Customer Success Manager: {own.csm_text or ''}", "", (own.domain,),
        {"salesforce_id": own.id, "account_owner": own.owner.name, "technical_account_manager": own.csm_text,
         "region": own.region},
    )  # fmt: skip


def ticket(number, seeded_at):
    """Return (ticket, requester) for a number."""
    form = ids.pick(number, "form", FORMS)
    subject, tags = ids.pick(number, "topic", TOPICS[form])
    user = seeding.requester("main", number, f"customer{number}.example.net", ORG_BASE + number)
    made = Ticket(
        "main", number, f"{subject} ({number})", ids.pick(number, "priority", ("urgent", "high", "normal", "normal", "low")),
        form, user.id, user.organization_id, seeding.agent_id("main", number), "", "", sorted(tags),
        shows="Made from its number",
    )  # fmt: skip
    said = [
        ("agent", True, "Thank you, we are looking into it."),
        ("customer", True, f"Any news on {subject.lower()}?"),
    ]
    seeding.conversation(made, f"{subject}. Please help.", said, seeded_at)
    return made, user
