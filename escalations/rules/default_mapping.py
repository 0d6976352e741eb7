"""The mapping a new portal starts with: the ten rows of the process, in our own words. Editors change it from there on."""

from .calendar import Calendar
from .mapping import (
    Alias,
    Channel,
    Choice,
    FallbackStep,
    LegRule,
    Link,
    Mapping,
    Prose,
    Question,
    Queue,
    Role,
    Scenario,
    Signal,
    Template,
)

HANDBOOK = "https://handbook.gitlab.com/handbook"
ANYWHERE = ("thread", "account_channel", "group_message", "channel")


def _tell_the_csm(key: str) -> tuple[LegRule, ...]:
    """Rows 4 to 8: the CSM follows the ticket, and is mentioned where the account is talked about."""
    return (
        LegRule(f"{key}-zendesk", "zendesk", cc_mode="follower"),
        LegRule(f"{key}-slack", "slack", mention="contact", places=ANYWHERE, channel="account-management"),
    )


def _post(key: str, channel: str, mention: str = "none", only_if: tuple[str, str] | None = None) -> LegRule:
    return LegRule(key, "slack", mention=mention, places=("channel",), channel=channel, only_if=only_if)


ROLES = (
    Role(
        "ao",
        "Account Owner",
        "AO",
        intro="The customer's main contact for renewal and expansion.",
        former_names=("Account Manager", "AM", "AE"),
        steps=(
            FallbackStep("ao-owner", "salesforce_owner"),
            FallbackStep("ao-opportunity", "latest_opportunity"),
            FallbackStep("ao-nobody", "nobody"),
        ),
        links=(
            Link(
                "Finding the customer's account owner",
                f"{HANDBOOK}/support/workflows/looking_up_customer_account_details#finding-the-customers-account-owner",
            ),
        ),
    ),
    Role(
        "csm",
        "Customer Success Manager",
        "CSM",
        intro="Manages the relationship with the customer. Not every customer has one.",
        former_names=("Technical Account Manager", "TAM"),
        steps=(
            FallbackStep("csm-field", "salesforce_csm"),
            FallbackStep("csm-organization", "organization_csm"),
            FallbackStep("csm-notes", "organization_notes"),
            FallbackStep("csm-owner", "salesforce_owner"),
            FallbackStep("csm-opportunity", "latest_opportunity"),
            FallbackStep("csm-nobody", "nobody"),
        ),
        links=(
            Link("What a CSM does", f"{HANDBOOK}/customer-success/csm/services/#responsibilities-and-services"),
            Link("Who gets a CSM", f"{HANDBOOK}/customer-success/csm/services/#csm-alignment"),
        ),
    ),
    Role(
        "cse",
        "Scale Customer Success Engineer",
        "Scale CSE",
        intro="Customer Success Engineers shared by accounts without a CSM of their own. The Account Owner asks for them.",
        former_names=("Success On-Demand", "TAM Scale"),
        steps=(
            FallbackStep("cse-owner", "salesforce_owner"),
            FallbackStep("cse-opportunity", "latest_opportunity"),
            FallbackStep("cse-nobody", "nobody"),
        ),
    ),
)

QUEUES = (
    Queue("all", "All queues"),
    Queue("needs-org", "Needs Org", ("Needs Org",)),
    Queue("license-renewals", "License and Renewals", ("License and Renewals",)),
    Queue("self-managed", "Self-Managed", ("Self-Managed",)),
)

CHANNELS = (
    Channel("account-management", "account-management", "C0ACCTMGMT1", purpose="Account Owners and renewals"),
    Channel("sales", "sales", "C0SALES0001", purpose="New business"),
)

# Slack's own presets and what people write; whoever has one of these in their status does not answer today.
AWAY = tuple(
    Alias("away", pattern)
    for pattern in (
        "out of office", "out of the office", "ooo", "o.o.o", "on leave", "annual leave", "parental leave", "maternity leave",
        "paternity leave", "medical leave", "family leave", "vacation*", "holiday*", "away", "sick", "sabbatical", "pto", "day off",
        "abwesend", "urlaub", ":palm_tree:", ":face_with_thermometer:", ":beach_with_umbrella:", ":desert_island:", ":no_entry:",
        ":airplane:",
    )
)  # fmt: skip

# In a name: words that no person has in theirs, and pools and vacancies have.
LOOK_ALIKES = tuple(
    Alias("look_alike", pattern)
    for pattern in (
        "sales team", "account team", "success team", "support team", "queue", "sales user", "sales pool", "account pool", "lead pool",
        "unassigned", "house account*", "integration user", "system user", "api user", "placeholder", "vacant", "tbd", "tba",
        "open headcount", "backfill", "do not use",
    )
)  # fmt: skip

ALIASES = (
    Alias("placeholder", "CSM Scale", "Served by Scale: no named CSM"),
    Alias("placeholder", "TAM Scale", "The old name of CSM Scale"),
    Alias("placeholder", "Scale", "Served by Scale: no named CSM"),
    Alias("pool", "AMER * User", "Pool of the Americas"),
    Alias("pool", "EMEA * User", "Pool of Europe, Middle East and Africa"),
    Alias("pool", "APAC * User", "Pool of Asia-Pacific"),
    Alias("pool", "APJ * User", "Pool of Asia-Pacific and Japan"),
    Alias("role", "TAM", "csm"),
    Alias("role", "AM", "ao"),
    Alias("role", "AE", "ao"),
    *AWAY,
    *LOOK_ALIKES,
)

TEMPLATES = (
    Template("opening_aware", "FYI: {{ situation }} No action asked."),
    Template("opening_involve", "{{ customer.name }}, ticket {{ ticket.id }}: {{ ask }}"),
    Template("to", "{{ contact.name }}, {{ contact.as_what }}{% if contact.instead %} ({{ contact.instead }}){% endif %}"),
    Template("to_nobody", "No {{ role.name }} or opportunity owner was found for this customer, so nobody is tagged."),
    Template("to_channel", "Whoever looks after this as {{ role.name }}"),
    Template("no_ask", "For your awareness; no action asked."),
    Template(
        "told",
        "{% if reply.at %}Support last wrote to the customer {{ reply.at }} (public comment by {{ reply.by }})."
        "{% elsif reply.known %}Support has not written to the customer on this ticket yet."
        "{% else %}It is not known here whether Support has written to the customer; the ticket shows it.{% endif %}",
    ),
    Template("previous", "{% if earlier %}{{ earlier }}{% else %}None that the portal knows of.{% endif %}"),
    Template("now_ask", "Please answer in this thread by {{ ask_by }}."),
)

_NEEDS_ORG = {
    "tone": "involve",
    "situation": "{{ ticket.requester }} wrote ticket {{ ticket.id }} and belongs to no organization.",
    "ask": "Please name their organization by {{ ask_by }}.",
    "choose_when": "The person who wrote is not connected to any organization, and the account team has to confirm where they belong.",
    "choose_when_not": "The organization is known and only details of the contact need changing.",
    "queues": ("needs-org",),
    "answer_days": 1,
    "signals": (
        Signal("organization", "unknown", True, "the ticket has no organization"),
        Signal("form", "Needs Org", False, "the ticket is in the Needs Org queue"),
    ),
    "not_done": "Posts in the channel; mentions nobody.",
    "keeper": "Mia Berg",
    "verified_on": "2026-09-01",
}

SCENARIOS = (
    Scenario(
        "ao-add-to-organization", "ao", "Add a customer to an organization",
        legs=(_post("ao-add-to-organization-slack", "account-management"),),
        examples=("A new colleague of the customer writes from a private address.",),
        **_NEEDS_ORG,
    ),
    Scenario(
        "pass-lead", "ao", "Pass a lead to Sales", "involve",
        "{{ customer.name }} asks on ticket {{ ticket.id }} for something that Sales has to answer.",
        "Please contact the customer by {{ ask_by }}. Tell us who does.",
        choose_when="The customer wants to buy or renew and needs a person: a quote or purchase order, payment other than by card, "
        "a reseller, a discount, a product transfer, or new business.",
        choose_when_not="They can upgrade or add seats by themselves, ask about the product, or we do not yet know what they need.",
        examples=("Can you send us a quote for 200 seats?", "Our renewal needs a purchase order."),
        queues=("license-renewals",),
        questions=(
            Question(
                "license-kind", "Is it new business or a renewal?",
                "It decides the channel: new business goes to #sales, renewals to #account-management.",
                "license_kind",
                (Choice("new_business", "New business"), Choice("renewal", "Renewal", if_unknown=True)),
                "It is not known yet whether this is new business or a renewal.",
            ),
        ),
        legs=(
            LegRule("pass-lead-zendesk", "zendesk", cc_mode="email_cc"),
            _post("pass-lead-slack-new", "sales", only_if=("license-kind", "new_business")),
            _post("pass-lead-slack-renewal", "account-management", only_if=("license-kind", "renewal")),
        ),
        signals=(
            Signal("tag", "new_business", True, "the ticket is tagged as new business"),
            Signal("tag", "renewal", True, "the ticket is tagged as a renewal"),
            Signal("form", "License and Renewals", False, "the ticket is in License and Renewals"),
            Signal("subject", "quote", False, "the subject asks for a quote"),
            Signal("renewal", "30", False, "a renewal of this customer closes within 30 days"),
        ),
        links=(Link("Workflows to pass to Sales", f"{HANDBOOK}/support/license-and-renewals/workflows/working_with_sales#specific-workflows-to-pass-to-sales"),),
        answer_days=1,
        not_done="The owner becomes visible to the customer on the ticket; the channel mentions nobody.",
        keeper="Leo Brandt", verified_on="2026-11-11",
    ),
    Scenario(
        "professional-services", "ao", "Professional Services engagement request", "involve",
        "{{ customer.name }} needs Professional Services, as ticket {{ ticket.id }} shows.",
        "Please take up the engagement by {{ ask_by }}.",
        choose_when="The customer needs hands-on work that Support does not do: a migration, an implementation, a health check.",
        choose_when_not="A question that Support can answer, or a training need (there is a row for it).",
        examples=("Could somebody do the migration for us?",),
        queues=("all",),
        legs=(_post("professional-services-slack", "account-management", mention="contact"),),
        signals=(
            Signal("tag", "professional_services", True, "the ticket is tagged Professional Services"),
            Signal("subject", "professional services", False, "the subject names Professional Services"),
        ),
        links=(Link("Professional Services", "https://about.gitlab.com/services/"),),
        answer_days=1,
        not_done="Tells the Account Owner in the channel; opens no engagement by itself.",
        keeper="Leo Brandt", verified_on="2026-08-20",
    ),
    Scenario(
        "emergency", "csm", "Make the CSM aware of an emergency or a high-priority ticket", "aware",
        "{{ customer.name }} has {{ ticket.priority_words }} on ticket {{ ticket.id }}{% if ticket.opened %}, opened {{ ticket.opened }}{% endif %}.",
        choose_when="The agent's priority is Urgent or High, and the relationship should know before the customer calls.",
        choose_when_not="You want the CSM to do something: “The customer asked for an escalation” asks for it.",
        examples=("Production is down at a customer with a CSM.",),
        queues=("all",),
        legs=_tell_the_csm("emergency"),
        signals=(
            Signal("priority", "urgent", True, "the priority is Urgent"),
            Signal("priority", "high", True, "the priority is High"),
        ),
        not_done="Tells the CSM; pages nobody.",
        keeper="Leo Brandt", verified_on="2026-11-11",
    ),
    Scenario(
        "customer-asked", "csm", "The customer asked for an escalation", "involve",
        "{{ customer.name }} asked for an escalation of ticket {{ ticket.id }}.",
        "Please talk to the customer by {{ ask_by }}. Tell us what they expect.",
        choose_when="The customer said in the ticket, or on a call, that they want it escalated.",
        choose_when_not="Only we think that it is urgent: use the emergency row.",
        examples=("We want to escalate this to management.",),
        queues=("all",),
        legs=_tell_the_csm("customer-asked"),
        signals=(
            Signal("tag", "escalation_requested", True, "the ticket is tagged: the customer asked for an escalation"),
            Signal("comment", "escalate", False, "a recent comment speaks of escalating"),
        ),
        answer_days=1,
        not_done="Asks the CSM; does not change who works the ticket.",
        keeper="Leo Brandt", verified_on="2026-11-11",
    ),
    Scenario(
        "upgrade-assistance", "csm", "Upgrade assistance without an internal issue", "involve",
        "{{ customer.name }} asks for upgrade assistance on ticket {{ ticket.id }}{% unless not_known %}, and no internal issue exists{% endunless %}.",
        "Please confirm the upgrade plan by {{ ask_by }}.",
        choose_when="The customer asks for help with an upgrade, and nobody has opened the internal issue for it.",
        choose_when_not="The internal issue exists: the CSM knows already.",
        examples=("We upgrade on Saturday and would like somebody at hand.",),
        queues=("self-managed",),
        questions=(
            Question(
                "internal-issue", "Does an internal issue for this upgrade exist?",
                "With one, the CSM knows already and nothing needs to be sent.", "internal_issue",
                (
                    Choice("no", "No, there is none", if_unknown=True),
                    Choice(
                        "yes", "Yes, there is one",
                        stop="An internal issue exists, so the CSM already knows. Link the issue in the ticket and follow the upgrade "
                        "assistance workflow.",
                        stop_link=Link("Upgrade assistance workflow", f"{HANDBOOK}/support/workflows/upgrade-assistance#the-process"),
                    ),
                ),
                "It was not checked whether an internal issue for this upgrade exists.",
            ),
        ),
        legs=_tell_the_csm("upgrade-assistance"),
        signals=(Signal("tag", "upgrade_assistance", True, "the ticket is tagged upgrade assistance"),),
        links=(Link("Upgrade assistance", f"{HANDBOOK}/support/workflows/upgrade-assistance#the-process"),),
        answer_days=1,
        not_done="Asks the CSM; schedules no upgrade call.",
        keeper="Mia Berg", verified_on="2026-06-02",
    ),
    Scenario(
        "training", "csm", "The customer's users need training", "involve",
        "A user at {{ customer.name }} needs training, as ticket {{ ticket.id }} shows.",
        "Please offer a training by {{ ask_by }}.",
        choose_when="You see that a user lacks the basics, or the customer asks for training.",
        choose_when_not="A link to the documentation is enough.",
        examples=("The same how-to questions come every week.", "Do you offer training for our admins?"),
        queues=("all",),
        legs=_tell_the_csm("training"),
        signals=(
            Signal("tag", "training", True, "the ticket is tagged training"),
            Signal("subject", "training", False, "the subject speaks of training"),
        ),
        answer_days=2,
        not_done="Asks the CSM; books no training.",
        keeper="Mia Berg", verified_on="2026-10-05",
    ),
    Scenario(
        "expectations-mismatch", "csm", "Make the CSM aware of mismatched expectations", "aware",
        "{{ customer.name }} expects something else than Support provides: ticket {{ ticket.id }}.",
        choose_when="What the customer expects and what we provide differ, and the relationship needs managing.",
        choose_when_not="The customer asked for an escalation: there is a row for it.",
        examples=("The customer expects a fix within the hour on a feature request.",),
        queues=("all",),
        legs=_tell_the_csm("expectations-mismatch"),
        signals=(Signal("tag", "expectations_mismatch", True, "the ticket is tagged expectations mismatch"),),
        not_done="Tells the CSM; pages nobody.",
        keeper="Mia Berg", verified_on="2026-10-05",
    ),
    Scenario(
        "csm-add-to-organization", "csm", "Add a customer to an organization",
        twin_of="ao-add-to-organization",
        legs=(_post("csm-add-to-organization-slack", "account-management"),),
        **_NEEDS_ORG,
    ),
    Scenario(
        "scale-engagement", "cse", "Suggest a Scale CSE engagement to the Account Owner", "involve",
        "{{ customer.name }} is served by Scale and could benefit from Customer Success, as ticket {{ ticket.id }} shows.",
        "Please consider a CSE engagement by {{ ask_by }}. Only Account Owners may request it.",
        choose_when="The account has no CSM of its own (CSM Scale) and a conversation with Customer Success would help it.",
        choose_when_not="The account has a named CSM: tell them instead.",
        examples=(
            "Architectural best practice",
            "How organizations like theirs use the product",
            "A migration, or SaaS against Self-Managed",
            "Growth, or what keeps them from adopting features",
        ),
        queues=("all",),
        only_csm="scale",
        legs=(LegRule("scale-engagement-slack", "slack", mention="contact", places=ANYWHERE, channel="account-management"),),
        signals=(
            Signal("tag", "architecture", True, "the ticket is tagged architecture and the account is served by Scale"),
            Signal("tag", "adoption", True, "the ticket is tagged adoption and the account is served by Scale"),
            Signal("tag", "migration", True, "the ticket is tagged migration and the account is served by Scale"),
            Signal("csm", "scale", False, "the account is served by Scale"),
        ),
        links=(Link("CSE engagement request", f"{HANDBOOK}/customer-success/csm/segment/cse/cse-operating-rhythm/#cse-engagement-request-process"),),
        answer_days=2,
        not_done="Suggests it to the Account Owner; files no engagement request.",
        keeper="Leo Brandt", verified_on="2026-07-14",
    ),
)  # fmt: skip

PROSE = (
    Prose(
        "purpose",
        "Purpose",
        "When a ticket needs Sales or Customer Success, or they should know of it: the usual situations, and what to do.",
    ),
    Prose(
        "scale",
        "Scale Customer Success Engineer (CSE) engagement",
        "Some organizations have no CSM of their own and could still benefit from Customer Success.",
    ),
)

LINKS = (
    Link("CSM responsibilities and services", f"{HANDBOOK}/customer-success/csm/services/#csm-alignment"),
    Link("Customer Success escalations process", f"{HANDBOOK}/customer-success/csm/escalations/"),
)

CALENDARS = (
    Calendar(
        "everywhere", "Everybody, in their own time",
        act_now="The Support manager on call, if it cannot wait; page them as for any emergency.",
    ),
)  # fmt: skip

DEFAULT_MAPPING = Mapping(ROLES, SCENARIOS, QUEUES, CHANNELS, ALIASES, TEMPLATES, PROSE, LINKS, CALENDARS)
