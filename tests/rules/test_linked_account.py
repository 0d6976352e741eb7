"""Which account an organization names: the first of its two fields that is meant as an id, mistyped or not. Written by hand."""

import pytest

from escalations.rules.facts import Organization, Seen
from tests.rules import factories as seen

ACME, LUMEN, SHORT = "0015e0000000001AAA", "0015e0000000002AAA", "0015e0000000001"

# salesforce_id | external_id | as it is written | the account
TABLE = [
    (ACME, None, ACME, ACME),
    (ACME, LUMEN, ACME, ACME),
    (SHORT, None, SHORT, ACME),
    (None, LUMEN, LUMEN, LUMEN),
    ("", LUMEN, LUMEN, LUMEN),
    ("   ", LUMEN, LUMEN, LUMEN),
    ("N/A", LUMEN, LUMEN, LUMEN),
    ("none", f" {LUMEN} ", LUMEN, LUMEN),
    ("N/A", None, "N/A", ""),
    ("0015e0000000001BBB", LUMEN, "0015e0000000001BBB", ""),  # mistyped
    *((typed, LUMEN, typed, "") for typed in (ACME[:10], ACME[:13], ACME[:14], ACME[:16], ACME[:17], f"{ACME}A", f"{ACME}AA")),
    (f"{ACME}.", LUMEN, f"{ACME}.", ""),
    (f"https://acme.my.salesforce.com/{ACME}", LUMEN, f"https://acme.my.salesforce.com/{ACME}", ""),
    *((typed, LUMEN, typed, "") for typed in ("0015e00", "0015e 0000000001AAA", "001 5e0000000001AAA", f"{ACME} (Acme)", f"Id: {ACME}")),
    ("0015e\n0000000001AAA", LUMEN, "0015e\n0000000001AAA", ""),
    ("N/A", f"{ACME} (Acme)", f"{ACME} (Acme)", ""),
    ("001", LUMEN, LUMEN, LUMEN),
    ("see 2001 list", LUMEN, LUMEN, LUMEN),
    ("unknown", LUMEN, LUMEN, LUMEN),
    ("none yet", LUMEN, LUMEN, LUMEN),
    ("notyetavailable", LUMEN, LUMEN, LUMEN),  # as long as an id
    ("TBD in 2027", LUMEN, LUMEN, LUMEN),
    ("N/A", ACME[:17], ACME[:17], ""),
    ("   ", "   ", "", ""),
    (None, "crm-77", "crm-77", ""),
    ("N/A", "crm-77", "N/A", ""),
    (" ", "crm-77", "crm-77", ""),
    (None, None, "", ""),
]


@pytest.mark.parametrize(("salesforce_id", "external_id", "written", "account"), TABLE)
def test_which_account_an_organization_names(salesforce_id, external_id, written, account):
    named = Organization.read({"id": "9", "name": "Acme", "salesforce_id": salesforce_id, "external_id": external_id})
    assert (named.linked, named.linked_id) == (written, account)


# what is kept of the choice | salesforce_id now | whether it stands
CHOSEN = [
    ({"named": ""}, None, True),
    ({"named": ACME}, SHORT, True),
    ({"named": ACME[:17]}, ACME[:17], True),
    ({"named": ""}, ACME[:17], False),
    ({"named": ACME[:17]}, LUMEN, False),
    # From before: an id, or nothing.
    ({"linked": ""}, None, True),
    ({"linked": ACME}, SHORT, True),
    ({"linked": ""}, ACME[:17], True),
    ({"linked": ""}, LUMEN, False),
]


@pytest.mark.parametrize(("kept", "written", "stands"), CHOSEN)
def test_a_choice_counts_as_it_did_when_it_was_made(kept, written, stands):
    ticket = seen.ticket(organization={**seen.ORGANIZATION, "salesforce_id": written, "external_id": None})
    choice = {"id": "0015e000000000LAAQ", "name": "Kestrel", "by": "Ana Lima", "organization": seen.ORGANIZATION["id"], **kept}
    facts = seen.facts(ticket=ticket).having([Seen("portal", "account_choice", choice, seen.NOON)])
    assert (facts.account_id == choice["id"]) == stands
