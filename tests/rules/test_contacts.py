"""Who is told: the fallback steps, as a truth table written by hand."""

from dataclasses import replace

import pytest

from escalations.rules import contacts
from escalations.rules.mapping import Alias, FallbackStep
from escalations.rules.sources import csm_state

from .factories import (
    DANA,
    GRACE,
    LEFT,
    MAPPING,
    NOON,
    OMAR,
    ORGANIZATION,
    POOL,
    SCALE,
    account,
    facts,
    known,
    opportunity,
    slack_person,
    ticket,
)

AO, CSM, CSE = (MAPPING.role(key) for key in ("ao", "csm", "cse"))


def find_contact(mapping, role, facts):
    return contacts.find_contact(mapping, role, facts, NOON.date())


NO_EMAIL = {**OMAR, "email": None}

# role, what Salesforce says, who is told, as what
TABLE = [
    (AO, {}, "Omar Haddad", "Account Owner"),
    (AO, {"owner": None}, "", ""),
    (AO, {"owner": LEFT}, "", ""),
    (AO, {"owner": POOL}, "", ""),
    (AO, {"owner": NO_EMAIL}, "", ""),
    (AO, {"owner": POOL, "opportunities": [opportunity(GRACE)]}, "Grace Molina", "owner of the latest opportunity"),
    (AO, {"owner": None, "opportunities": [opportunity(LEFT, "006B", "2026-02-01"), opportunity(GRACE)]}, "Grace Molina", "owner of an earlier opportunity"),
    (AO, {"owner": None, "opportunities": [opportunity(None, "006B", "2026-02-01"), opportunity(GRACE)]}, "Grace Molina", "owner of an earlier opportunity"),
    (AO, {"owner": None, "opportunities": [opportunity(POOL), opportunity(None, "006C")]}, "", ""),
    (AO, {"owner": None, "opportunities": [opportunity(GRACE, "006A", "2026-01-01"), opportunity(OMAR, "006B", "2026-01-02")]}, "Omar Haddad", "owner of the latest opportunity"),
    (CSM, {}, "Dana Reyes", "CSM"),
    (CSM, {"csm": None}, "Omar Haddad", "Account Owner"),
    (CSM, {"csm": SCALE}, "Omar Haddad", "Account Owner"),
    (CSM, {"csm": LEFT}, "Omar Haddad", "Account Owner"),
    (CSM, {"csm": None, "csm_name": "Dana Reyes"}, "Omar Haddad", "Account Owner"),
    (CSM, {"csm": None, "owner": None, "opportunities": [opportunity(GRACE)]}, "Grace Molina", "owner of the latest opportunity"),
    (CSM, {"csm": None, "owner": None}, "", ""),
    (CSM, {"csm": None, "unreadable": ["csm"]}, "Omar Haddad", "Account Owner"),
    (CSE, {"csm": SCALE}, "Omar Haddad", "Account Owner"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "values", "name", "as_what"), TABLE)
def test_who_is_told(role, values, name, as_what):
    contact = find_contact(MAPPING, role, facts(ticket=ticket(), account=account(**values)))
    assert (contact.name, contact.as_what) == (name, as_what)


def test_the_latest_opportunities_are_no_more_than_were_read():
    ownerless = [opportunity(None, id=f"006{n}") for n in range(5)]
    for opportunities, why in ((ownerless[:4], "no opportunity has an owner"), (ownerless, "none of the 5 newest opportunities has an owner")):
        contact = find_contact(MAPPING, AO, facts(ticket=ticket(), account=account(owner=None, opportunities=opportunities)))
        assert contact.trace[1].why == why


def test_what_is_not_known_was_not_found_to_be_nobody():
    role = replace(AO, steps=(FallbackStep("renewal", "open_renewal"), FallbackStep("nobody", "nobody")))
    for bare, why in ((BARE, "is not kept"), (renewal(GRACE, ""), "does not say")):
        contact = find_contact(MAPPING, role, facts(ticket=ticket(), account=account(opportunities=[bare])))
        assert why in contact.unread


def test_every_step_tried_says_why_it_was_refused():
    contact = find_contact(
        MAPPING, CSM, facts(ticket=ticket(), account=account(csm=SCALE, owner=LEFT, opportunities=[opportunity(GRACE)]))
    )
    assert [(step.source, step.outcome) for step in contact.trace] == [
        ("salesforce_csm", "refused"),
        ("organization_csm", "empty"),
        ("organization_notes", "empty"),
        ("salesforce_owner", "refused"),
        ("latest_opportunity", "chosen"),
    ]
    assert "placeholder" in contact.trace[0].why
    assert "has left" in contact.trace[3].why


def renewal(owner, close_on, stage="Proposal", id="006A"):
    return {**opportunity(owner, id=id, stage=stage), "close_on": close_on}


# Of a US Government ticket nothing else is kept of one.
BARE = {**renewal(GRACE, ""), "name": "", "stage": ""}


@pytest.mark.parametrize(
    ("opportunities", "who", "said"),
    [
        ([renewal(GRACE, "2026-06-30"), renewal(OMAR, "2026-04-30", id="006B")], "Omar Haddad", "Renewal 2026"),
        ([renewal(GRACE, "2026-02-28"), renewal(OMAR, "2026-04-30", id="006B")], "Omar Haddad", ""),
        ([renewal(GRACE, "2026-03-02")], "Grace Molina", ""),
        ([renewal(GRACE, "2026-06-30", "Closed Won")], "", "no opportunity is open"),
        ([renewal(GRACE, "2026-06-30", "10-Duplicate")], "", "no opportunity is open"),
        ([renewal(GRACE, "2026-02-28")], "", "no opportunity is open"),
        ([renewal(LEFT, "2026-04-30"), renewal(GRACE, "2026-06-30", id="006B")], "Grace Molina", "has left"),
        ([renewal(None, "2026-04-30")], "", "no opportunity has an owner"),
        ([renewal(GRACE, "")], "", "Salesforce does not say when an opportunity closes"),
        ([renewal(GRACE, "", "")], "", "Salesforce does not say when an opportunity closes"),
        ([renewal(GRACE, ""), renewal(GRACE, "2026-02-28", "Closed Won")], "", "Salesforce does not say when an opportunity closes"),
        ([renewal(GRACE, "", "Closed Won")], "", "no opportunity is open"),
        ([renewal(GRACE, ""), renewal(OMAR, "2026-04-30", id="006B")], "Omar Haddad", ""),
        ([], "", "no opportunity is open"),
        ([renewal(GRACE, "2026-02-28")] * 4, "", "no opportunity is open"),
        ([renewal(GRACE, "2026-02-28")] * 5, "", "none of the 5 newest opportunities is open"),
        ([renewal(None, "2026-04-30")] * 5, "", "none of the 5 newest opportunities has an owner"),
        ([BARE], "", "when an opportunity closes is not kept for tickets of this Zendesk instance"),
        ([BARE] * 5, "", "when an opportunity closes is not kept for tickets of this Zendesk instance"),
    ],
)
def test_a_role_may_go_to_the_owner_of_the_renewal_that_closes_next(opportunities, who, said):
    role = replace(AO, steps=(FallbackStep("renewal", "open_renewal"),))
    contact = find_contact(MAPPING, role, facts(ticket=ticket(), account=account(opportunities=opportunities)))
    part = "owner of a later open renewal" if said == "has left" else "owner of the open renewal"
    assert (contact.name, contact.as_what) == (who, part if who else "")
    assert said in f"{contact.trace[0].found} {contact.trace[0].why}"


@pytest.mark.parametrize(
    ("name", "flagged"),
    [
        ("Enterprise Sales Team", True),
        ("Unassigned", True),
        ("House Account - EMEA", True),
        ("Inbound queue", True),
        ("Marc Pool", False),
        ("Ann Team", False),
        ("Poole Queueing", False),
        ("Teamara Integra", False),
        ("Dana Reyes", False),
    ],
)
def test_a_name_that_looks_like_a_pool_is_flagged(name, flagged):
    found = find_contact(MAPPING, AO, facts(ticket=ticket(), account=account(owner={**OMAR, "name": name})))
    assert (found.name == "", "looks like a pool" in found.trace[0].why) == (flagged, flagged)


def test_a_person_may_be_called_like_a_pool():
    own = replace(MAPPING, aliases=(*MAPPING.aliases, Alias("person", "Kim Queue")))
    pool = facts(ticket=ticket(), account=account(owner={**OMAR, "name": "Kim Queue"}))
    assert [find_contact(mapping, AO, pool).name for mapping in (MAPPING, own)] == ["", "Kim Queue"]


def test_a_version_from_before_flags_nobody_by_the_name():
    old = replace(MAPPING, aliases=tuple(alias for alias in MAPPING.aliases if alias.kind != "look_alike"))
    pool = facts(ticket=ticket(), account=account(owner={**OMAR, "name": "Kim Queue"}))
    assert find_contact(old, AO, pool).name == "Kim Queue"


AWAY = [
    ("Out of office until Monday", ""), ("Vacationing", ":palm_tree:"), ("Out sick", ":face_with_thermometer:"), ("On holidays", ""),
    ("Parental leave", ""), ("Annual leave", ""), ("Sick", ""), ("OOO", ""), ("", ":palm_tree:"), ("On sabbatical", ""),
]  # fmt: skip
THERE = [
    ("In a meeting", ":calendar:"), ("Working remotely", ":house_with_garden:"), ("Commuting", ":bus:"), ("", ""), ("Seasick of meetings", ""),
    ("Poo-poo", ""), ("Back from leave, ask me", ":palm_tree_2:"), ("giveaway today", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "emoji"), AWAY)
def test_somebody_away_is_not_silently_pinged(text, emoji):
    away = facts(
        ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text=text, status_emoji=emoji))]
    )
    contact = find_contact(MAPPING, CSM, away)
    assert contact.name == "Omar Haddad"
    assert "is away" in contact.trace[0].why


STATUSES = [
    ("ferien", "Ferien bis Montag", True),
    ("ferien", "ferienhaus", False),
    ("ferien*", "Im Ferienhaus", True),
    ("at a customer", "At  a\nCustomer, back at 5", True),
    (":hospital:", ":hospital: soon back", True),
    ("o.o.o", "oxoxo", False),
    ("(away)", "I am (AWAY).", True),
    ("ferien", "", False),
]


@pytest.mark.parametrize(("pattern", "status", "away"), STATUSES)
def test_the_words_are_the_mappings(pattern, status, away):
    own = replace(MAPPING, aliases=(Alias("away", pattern),))
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text=status))])
    assert (find_contact(own, CSM, seen).name == "Omar Haddad") is away


def test_a_mapping_that_has_words_of_its_own_has_no_others():
    own = replace(MAPPING, aliases=(Alias("away", "ferien"),))
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text="Vacationing"))])
    assert find_contact(own, CSM, seen).name == "Dana Reyes"


def test_a_version_from_before_they_were_rows_knows_the_default_ones():
    old = replace(MAPPING, aliases=tuple(alias for alias in MAPPING.aliases if alias.kind != "away"))
    seen = facts(ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text="Vacationing"))])
    assert find_contact(old, CSM, seen).name == "Omar Haddad"


@pytest.mark.parametrize(("text", "emoji"), THERE)
def test_somebody_busy_is_still_there(text, emoji):
    seen = facts(
        ticket=ticket(), account=account(), slack=[(DANA, slack_person(DANA, status_text=text, status_emoji=emoji))]
    )
    assert find_contact(MAPPING, CSM, seen).name == "Dana Reyes"


def test_an_unreadable_field_is_never_called_no_csm():
    contact = find_contact(MAPPING, CSM, facts(ticket=ticket(), account=account(csm=None, unreadable=["csm"])))
    assert contact.trace[0].outcome == "unavailable"
    assert "may not read" in contact.trace[0].why


def test_a_service_that_is_down_is_named_in_the_trace():
    contact = find_contact(MAPPING, CSM, facts(ticket=ticket(), errors=[("salesforce", "account", "late")]))
    assert contact.person is None
    assert "took too long" in contact.trace[0].why


def test_handles_come_by_email_from_slack_and_zendesk():
    contact = find_contact(MAPPING, CSM, facts(ticket=ticket(), account=account(), **known(DANA)))
    assert contact.slack_id == "U0DANAREYES"
    assert contact.zendesk_role == "agent"


NOTES = {**ORGANIZATION, "notes": "Region: APJ\nCustomer Success Manager: CSM Scale\nother"}
SPLIT = {**ORGANIZATION, "notes": "Customer Success Manager:\nAccount Owner: Bob"}
BOLD = {**ORGANIZATION, "notes": "**Customer Success Manager**: `CSM Scale`"}
STATES = [
    (account(csm=None), SPLIT, "none"),
    (account(csm=None), BOLD, "scale"),
    (account(), ORGANIZATION, "named"),
    (account(csm=None), ORGANIZATION, "none"),
    (account(csm=SCALE), ORGANIZATION, "scale"),
    (account(csm=None, csm_name="TAM Scale"), ORGANIZATION, "scale"),
    (account(csm=None), NOTES, "scale"),
    (account(), NOTES, "named"),
    (account(csm=None), {**ORGANIZATION, "csm": "Dana Reyes"}, "named"),
    (account(csm=None, unreadable=["csm"]), ORGANIZATION, "unknown"),
    (None, ORGANIZATION, "unknown"),
]


@pytest.mark.parametrize(("found", "organization", "state"), STATES)
def test_what_kind_of_csm_the_customer_has(found, organization, state):
    assert csm_state(MAPPING, facts(ticket=ticket(organization=organization), account=found)) == state


NAME_ONLY = {**ORGANIZATION, "csm": "Priya Raman"}
PRIYA = {"id": "005PRIYA", "name": "Priya Raman", "email": "priya.raman@example.com", "active": True}
# the CSM in Salesforce, their Slack status, what the Account Owner reads
INSTEAD = [
    (PRIYA, "Out of office", "Priya Raman is away"),
    ({**PRIYA, "active": False}, "", "Priya Raman has left"),
    (None, "", "the CSM is only a name, “Priya Raman”"),
]


@pytest.mark.parametrize(("csm", "status", "says"), INSTEAD)
def test_the_owner_reads_why_it_is_not_the_csm_also_where_zendesk_has_the_same_name(csm, status, says):
    """What Salesforce said of the person comes first; the name in the organization is the same person."""
    seen = facts(
        ticket=ticket(organization=NAME_ONLY), account=account(csm=csm),
        slack=[(PRIYA, slack_person(PRIYA, status_text=status)), (OMAR, slack_person(OMAR))], zendesk=known(OMAR)["zendesk"],
    )  # fmt: skip
    found = find_contact(MAPPING, CSM, seen)
    assert (found.name, found.instead) == ("Omar Haddad", says)
