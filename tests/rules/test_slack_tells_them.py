"""Why somebody is not put on the ticket, and whether Slack reaches them instead: only where it does. Written by hand."""

import pytest

from escalations.rules.plan import plan

from .factories import CHANNEL, DANA, MAPPING, OMAR, account, around, facts, slack_person, ticket, zendesk_person

TELLS, TELLS_NOT = "Slack tells them.", "no message in Slack reaches them."
END_USER = "is an end user in Zendesk, so they are not added and cannot read the note"
NOT_ACTIVE = "'s account in Zendesk is not active, so they are not added and cannot read the note"
ONLY_THEIRS = " may see only tickets assigned to them in Zendesk, so they are not added as follower and cannot read the note"
NO_ACCOUNT = " has no agent account in Zendesk, so they are not added and cannot read the note"
LATE = "Zendesk took too long to answer, so it is not known whether {} has an agent account there: they are not added and may not be able to read the note"

# row | who is found | what Zendesk says of them ("late": nothing) | what Slack says | why they are not added | whether Slack tells them
TABLE = [
    ("emergency", DANA, {"role": "end-user"}, {}, f"Dana Reyes {END_USER}", TELLS),
    ("emergency", DANA, {"active": False}, {}, f"Dana Reyes{NOT_ACTIVE}", TELLS),
    ("emergency", DANA, {"may_follow": False}, {}, f"Dana Reyes{ONLY_THEIRS}", TELLS),
    ("emergency", DANA, None, {}, f"Dana Reyes{NO_ACCOUNT}", TELLS),
    ("emergency", DANA, "late", {}, LATE.format("Dana Reyes"), TELLS),
    ("emergency", DANA, None, None, f"Dana Reyes{NO_ACCOUNT}", TELLS_NOT),
    ("emergency", DANA, "late", "late", LATE.format("Dana Reyes"), TELLS_NOT),
    ("emergency", DANA, {"role": "end-user"}, "late", f"Dana Reyes {END_USER}", TELLS_NOT),
    ("pass-lead", OMAR, {"role": "end-user"}, {}, f"Omar Haddad {END_USER}", TELLS_NOT),
    ("pass-lead", OMAR, None, {}, f"Omar Haddad{NO_ACCOUNT}", TELLS_NOT),
    ("pass-lead", OMAR, "late", {}, LATE.format("Omar Haddad"), TELLS_NOT),
]  # fmt: skip


def told(person, service, make, value):
    key = f"person:{person['email']}"
    if value == "late":
        return {"errors": [(service, key, "late")]}
    return {service: [(person, value if value is None else make(person, **value))]}


@pytest.mark.parametrize(("row", "person", "zendesk", "slack", "why", "tells"), TABLE)
def test_slack_tells_whoever_it_mentions(row, person, zendesk, slack, why, tells):
    both = [told(person, "zendesk", zendesk_person, zendesk), told(person, "slack", slack_person, slack)]
    errors = [error for one in both for error in one.pop("errors", ())]
    seen = facts(ticket=ticket(priority="urgent"), account=account(channel_id="C0ACME"), channel=CHANNEL, errors=errors, **both[0], **both[1])
    planned = plan(MAPPING, MAPPING.scenario(row), {"license-kind": "new_business"}, seen, around())
    [note] = [leg for leg in planned.legs if leg.system == "zendesk"]
    assert note.note == f"{why}{'; ' if tells == TELLS else ', and '}{tells}"
    assert any(leg.mentions for leg in planned.legs) is (tells == TELLS)


@pytest.mark.parametrize(("there", "tells"), [(True, TELLS), (False, TELLS_NOT)])
def test_slack_tells_nobody_by_a_mention_in_a_channel_they_are_not_in(there, tells):
    seen = facts(
        ticket=ticket(priority="urgent"), account=account(channel_id="C0ACME"), channel=CHANNEL, members={"C0ACME": {"U0DANAREYES": there}},
        slack=[(DANA, slack_person(DANA))], zendesk=[(DANA, None)],
    )  # fmt: skip
    planned = plan(MAPPING, MAPPING.scenario("emergency"), {}, seen, around())
    assert planned.legs[1].note.endswith(tells)
