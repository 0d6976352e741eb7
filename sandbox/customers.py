"""The customers of the curated tickets: a Salesforce account, the Zendesk organization beside it, and its channel."""

from sandbox import ids
from sandbox.channels import BOT_USER
from sandbox.people import person
from sandbox.records import Account, Channel, Opportunity, Organization

HOSTILE_NAME = (
    "<!channel> <script>alert('customer')</script> {{ticket.id}} & Söhne \u202b\u05d7\u05d1\u05e8\u05d4\u202c 🚀 "
    + "Very-Long-Name" * 8
)

# key: name, then what differs from a customer with owner Omar Haddad, no CSM, no channel and both ids in place.
CUSTOMERS = {
    "acme": {"name": "Acme Corp", "csm": "dana.reyes", "channel": ("a_acme-internal", "private", True, "dana.reyes")},
    "borealis": {
        "name": "Borealis Freight",
        "csm": "joel.sandberg",
        "channel": ("a_borealis-internal", "public", False, "joel.sandberg"),
    },
    "cobalt": {"name": "Cobalt Insurance", "csm": "dana.reyes", "channel": ("a_cobalt-internal", "private", False, "")},
    "dunmore": {"name": "Dunmore Health", "csm": "dana.reyes", "region": "AMER"},
    "elmira": {"name": "Elmira Software", "csm": "joel.sandberg"},
    "fenwick": {"name": "Fenwick University", "csm": "dana.reyes"},
    "galena": {"name": "Galena Bank", "csm": "joel.sandberg", "region": "APAC"},
    "harlow": {"name": "Harlow Games", "type": "Prospect", "support_level": "Standard"},
    "iolite": {"name": "Iolite Media"},
    "juniper": {"name": "Juniper Logistics", "owner": "grace.molina"},
    "marlow": {"name": "Marlow Foods", "csm": "csm-scale", "csm_text": "CSM Scale"},
    "nimbus": {"name": "Nimbus Retail", "notes": "Plan: Premium\nCustomer Success Manager: CSM Scale\nTime zone: CET"},
    "orchard": {"name": "Orchard Energy", "owner": "grace.molina", "region": "AMER"},
    "pinnacle": {"name": "Pinnacle Textiles", "owner": "amer-smb-sales", "region": "AMER", "deals": ["ben.foster"]},
    "quarry": {
        "name": "Quarry Stone Works",
        "owner": "emea-commercial-sales",
        "deals": ["piotr.nowak", "emea-commercial-sales"],
    },
    "rowan": {"name": "Rowan Aviation", "owner": "piotr.nowak", "deals": ["grace.molina", "piotr.nowak"]},
    "sable": {"name": "Sable Robotics", "csm": "dana.reyes"},
    "tarn": {"name": "Tarn Water Utilities"},
    "umber": {"name": "Umber Pharma", "csm": "joel.sandberg"},
    "vesper": {"name": "Vesper Hotels", "csm": "dana.reyes"},
    "kestrel": {"name": "Kestrel Robotics", "owner": "omar.haddad", "unmatched": True},
    "willow": {"name": "Willow Publishing", "closes": 21},
    "hostile": {"name": HOSTILE_NAME, "csm": "dana.reyes"},
    "xenon": {"name": "Xenon Labs", "csm_text": "Maria Silva"},
    "yarrow": {"name": "Yarrow Shipping", "owner": "keiko.tanaka", "region": "APAC", "deals": ["ben.foster"]},
    "zephyr": {"name": "Zephyr Motors", "csm": "elif.kaya", "owner": "ruth.adler"},
    "alder": {"name": "Alder Telecom", "csm": "carlos.pinto"},
    "birch": {
        "name": "Birch Analytics",
        "csm": "priya.raman",
        "channel": ("a_birch-internal", "private", True, "priya.raman", "archived"),
    },
    "cedar": {"name": "Cedar Airlines", "csm": "noah.weiss"},
    "harbor": {"name": "Harbor Point Agency", "csm": "dana.reyes", "region": "PUBSEC", "instance": "usgov"},
    "ridge": {"name": "Ridge County Bureau", "csm": "joel.sandberg", "region": "PUBSEC", "instance": "usgov"},
    "dahlia": {
        "name": "Dahlia Shipyards",
        "csm": "dana.reyes",
        "channel": ("a_dahlia-and-us", "private", True, "dana.reyes", "shared"),
    },
    "elder": {
        "name": "Elder Grove Schools",
        "csm": "hanna.virtanen",
        "channel": ("a_elder-grove-internal", "private", True, ""),
    },
    "foxglove": {"name": "Foxglove Pharma", "csm": "rafael.ortiz", "region": "AMER"},
    "lighthouse": {
        "name": "Lighthouse Coast Agency",
        "csm": "dana.reyes",
        "region": "PUBSEC",
        "instance": "usgov",
        "channel": ("a_lighthouse-internal", "private", True, "dana.reyes"),
    },
    "gentian": {"name": "Gentian Dairies", "csm": "bea.novak"},
    "hazel": {"name": "Hazel Press", "csm": "luis.ferrer"},
}
ORG_BASE = {"main": 360000002000, "usgov": 420000002000}


def build():
    """Return what a fresh world starts with: accounts, organizations by instance and key, account channels."""
    accounts, organizations, channels = {}, {"main": {}, "usgov": {}}, []
    for number, (key, seed) in enumerate(CUSTOMERS.items(), 1):
        channel = _channel(number, *seed["channel"]) if "channel" in seed else None
        if channel:
            channels.append(channel)
        accounts[key] = _account(number, seed, channel)
        instance = seed.get("instance", "main")
        organizations[instance][key] = _organization(ORG_BASE[instance] + number, seed, accounts[key])
    return accounts, organizations, channels


def domain_of(name):
    """Return a mail domain for a customer: example.net and example.org are reserved, so no mail can go anywhere."""
    letters = "".join(c for c in name.split(" ")[0].lower() if "a" <= c <= "z") or "customer"
    return f"{letters}.example.net"


def _channel(number, name, kind, bot_in, member, *more):
    members = [BOT_USER] if bot_in else []
    members += [person("omar.haddad").slack_id] + ([person(member).slack_id] if member else [])
    shared = "shared" in more
    purpose = "Shared with the customer" if shared else "Internal, one customer"
    return Channel(f"C0ACCT{number:04d}", name, kind, members, "archived" in more, shared, purpose=purpose)


def _account(number, seed, channel):
    deals = seed.get("deals", [seed.get("owner", "omar.haddad")])
    return Account(
        id=ids.salesforce_id("001", number),
        name=seed["name"],
        owner=person(seed.get("owner", "omar.haddad")),
        csm=person(seed.get("csm")),
        csm_text=seed.get("csm_text") or (person(seed["csm"]).name if seed.get("csm") else None),
        channel=channel and channel.id,
        region=seed.get("region", "EMEA"),
        type=seed.get("type", "Customer"),
        support_level=seed.get("support_level", "Premium"),
        domain=domain_of(seed["name"]),
        opportunities=[
            Opportunity(
                ids.salesforce_id("006", number * 10 + place),
                f"{seed['name'][:60]} renewal {place + 1}",
                person(owner),
                created=-20 - 40 * place,
                closes=seed.get("closes", 70) - 90 * place,
                stage="3-Technical Evaluation" if place == 0 else "Closed Won",
            )
            for place, owner in enumerate(deals)
        ],
    )


def _organization(org_id, seed, account):
    matched = not seed.get("unmatched")
    csm = seed.get("csm_text") or (account.csm.name if account.csm else None)
    notes = seed.get("notes")
    if notes is None:
        notes = f"Plan: {account.support_level}" + (f"\nCustomer Success Manager: {csm}" if csm else "")
    return Organization(
        id=org_id,
        name=account.name,
        external_id=account.id if matched and org_id % 2 else None,
        notes=notes,
        details=f"{account.region} customer",
        domains=(account.domain,),
        fields={
            "salesforce_id": (account.id[:15] if org_id % 3 == 0 else account.id) if matched else None,
            "account_owner": account.owner.name,
            "technical_account_manager": csm,
            "region": account.region,
        },
    )
