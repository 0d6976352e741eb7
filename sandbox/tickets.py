"""The curated tickets: one for each way an escalation can go. The numbers are relied on elsewhere; never change them."""

from dataclasses import dataclass

UPGRADE, NEEDS_ORG, LICENSE = "upgrade_assistance", "Needs Org", "License and Renewals"
ISSUE_LINK = "https://issues.example.com/support/upgrades/-/issues/481"
HOSTILE_SUBJECT = (
    "<!channel> <script>alert(1)</script> {{ticket.id}} & <@U0ANALIMA> *not bold* \u202bשלום עולם\u202c 🚨🔥 </p> "
    + "a very long subject that goes on and on " * 4
)


@dataclass(frozen=True)
class Seed:
    """`customer` None means a requester without organization; `said` is (who, public, text) after the first words."""

    id: int
    shows: str
    subject: str
    customer: str | None
    priority: str = "normal"
    form: str = "SaaS"
    tags: tuple = ()
    said: tuple = ()
    status: str = "open"
    first: str = "Hello, please have a look at this."
    instance: str = "main"
    deleted: bool = False
    issue: str | None = None


# A table is easier to read than a formatter's one argument a line.
# fmt: off
SEEDS = [
    Seed(1001, "Urgent, named CSM, own channel: the whole way", "Production is down after a disk failure", "acme", "urgent",
         "Self-Managed", ("production_down",), (("agent", True, "We are on it and will call you in ten minutes."),
         ("customer", True, "Thank you. 3,000 developers cannot work."), ("agent", False, "Database volume lost, restoring."))),
    Seed(1002, "High priority, named CSM, account channel without our bot: group direct message",
         "Pipelines wait 40 minutes for a runner", "borealis", "high", said=(("agent", True, "Which region are you in?"),)),
    Seed(1003, "The customer asks for an escalation", "Third week without an answer on SSO", "cobalt",
         tags=("escalation_requested",), said=(("agent", True, "We are still waiting for the logs."),
         ("customer", True, "This takes too long. Please escalate this ticket to our account team."))),
    Seed(1004, "Upgrade assistance, no internal issue anywhere", "Upgrade from 16.11 to 18.2 planned for Saturday", "dunmore",
         form="Self-Managed", tags=(UPGRADE,), said=(("agent", True, "Please send us your upgrade plan."),)),
    Seed(1005, "Upgrade assistance with an internal issue: do not escalate", "Upgrade of the secondary site", "elmira",
         form="Self-Managed", tags=(UPGRADE, "internal_issue"), issue=ISSUE_LINK,
         said=(("agent", False, f"Tracked in {ISSUE_LINK}"),)),
    Seed(1006, "Training needed", "Our new admins ask how permissions work", "fenwick", tags=("training",),
         said=(("customer", True, "Is there a course for twelve new administrators?"),)),
    Seed(1007, "Expectations mismatch", "We were promised a feature that does not exist", "galena",
         tags=("expectations_mismatch",), said=(("customer", True, "This was part of what we were told before we signed."),)),
    Seed(1008, "New business: a lead for #sales", "Quote for 250 additional seats on a second tenant", "harlow", form=LICENSE,
         tags=("new_business",), said=(("customer", True, "We need a quote and will pay by purchase order."),)),
    Seed(1009, "Renewal: a lead for #account-management", "Renewal through our reseller", "iolite", form=LICENSE,
         tags=("renewal",), said=(("customer", True, "Whom do we talk to about the renewal in March?"),)),
    Seed(1010, "Professional Services", "Help wanted to migrate 400 repositories", "juniper", tags=("professional_services",),
         said=(("customer", True, "We would pay for somebody to do this with us."),)),
    Seed(1011, "Needs Org, requester without an organization", "Please add me to our organization", None, form=NEEDS_ORG),
    Seed(1012, "Needs Org, and their CSM asked for it", "Adding a colleague to the support contacts", None, form=NEEDS_ORG,
         said=(("customer", True, "Our CSM asked me to open a ticket so that you add me to the organization."),)),
    Seed(1013, "CSM Scale in Salesforce: architecture advice", "Reference architecture for 2,000 users?", "marlow",
         form="Self-Managed", tags=("architecture",), said=(("customer", True, "What is best practice for our size?"),)),
    Seed(1014, "CSM Scale only in the organization's notes", "How do similar companies use merge trains?", "nimbus",
         tags=("adoption",), said=(("customer", True, "We are stuck at ten teams and want to grow."),)),
    Seed(1015, "Urgent, no CSM at all: goes to the Account Owner", "Sign-in fails for everybody", "orchard", "urgent"),
    Seed(1016, "Owner is a pool user: owner of the latest opportunity", "Consulting for a move to the cloud", "pinnacle",
         tags=("professional_services",)),
    Seed(1017, "Pool owner and no usable opportunity owner: channel without a tag", "On-site workshop", "quarry",
         tags=("professional_services",)),
    Seed(1018, "Owner has left: owner of the latest opportunity", "Implementation package", "rowan",
         tags=("professional_services",)),
    Seed(1019, "Closed ticket: cannot be updated", "Disk alert, solved", "sable", "high", status="closed"),
    Seed(1020, "Deleted ticket: not found", "Deleted by the requester", "tarn", deleted=True),
    Seed(1021, "No signal at all", "Question about the e-mail footer", "umber", "low"),
    Seed(1022, "Urgent and an escalation asked for: a tie", "Data missing after import", "vesper", "urgent",
         tags=("escalation_requested",), said=(("customer", True, "Please escalate this now."),)),
    Seed(1023, "Organization without a Salesforce id", "Backups fail since Friday", "kestrel", "high", "Self-Managed"),
    Seed(1024, "License ticket, new business or renewal unknown", "Question about our subscription", "willow", form=LICENSE),
    Seed(1025, "Hostile subject and customer name, very long", HOSTILE_SUBJECT, "hostile", "urgent", "Self-Managed",
         first="<b>bold?</b> <!here> @channel [link](javascript:alert(1)) <script>alert(2)</script>"),
    Seed(1026, "CSM is a text name that two people have", "Audit events are delayed", "xenon", "urgent"),
    Seed(1027, "Owner is out of office", "Statement of work for an integration", "yarrow", tags=("professional_services",)),
    Seed(1028, "CSM and owner are not in Slack", "Cluster unreachable", "zephyr", "urgent", "Self-Managed"),
    Seed(1029, "CSM is only an end user in Zendesk", "Webhook storm", "alder", "high"),
    Seed(1030, "CSM out of office, account channel archived", "Search returns nothing", "birch", "urgent"),
    Seed(1031, "CSM has left the company", "Replication lag of six hours", "cedar", "high", "Self-Managed"),
    Seed(1032, "Account channel is shared with the customer: nothing internal belongs there", "Merge queue stalls every hour",
         "dahlia", "high", said=(("agent", True, "Please send us the queue's log."),)),
    Seed(1033, "CSM is in Slack but not in the account channel", "School portal down before exams", "elder", "urgent"),
    Seed(1034, "CSM may see only tickets assigned to them in Zendesk: cannot follow", "Audit export misses a week",
         "foxglove", "high", "Self-Managed"),
    Seed(1035, "CSM has paused notifications in Slack for ten days: away", "Milk routes are not planned", "gentian", "urgent"),
    Seed(1036, "CSM has paused notifications until the evening: told all the same", "Print queue is stuck", "hazel", "urgent"),
    Seed(5001, "The number exists in both instances: asked, nothing shown", "API rate limit question", "umber"),
    Seed(7001, "US Government, urgent, named CSM: links only", "Harbor Point signing service is down", "harbor", "urgent",
         "Self-Managed", ("production_down",), (("customer", True, "The harbor pilots cannot sign their releases."),),
         instance="usgov"),
    Seed(7002, "US Government, the account has an internal Slack channel: links only there too",
         "Lighthouse beacon telemetry is lost", "lighthouse", "high", "Self-Managed",
         said=(("customer", True, "Keepers read the beacons by hand since midnight."),), instance="usgov"),
    Seed(5001, "US Government, the number exists in both instances", "Ridge County badge printing fails", "ridge", "high",
         instance="usgov"),
]
# fmt: on


def listing(customers):
    """Return the curated tickets for `/tickets.json`; nothing of a US Government ticket is told."""
    return [
        {
            "instance": seed.instance,
            "id": seed.id,
            "customer": customers[seed.customer]["name"] if seed.customer and seed.instance == "main" else None,
            "subject": seed.subject if seed.instance == "main" else None,
            "shows": seed.shows,
        }
        for seed in SEEDS
    ]
