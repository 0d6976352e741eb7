"""Why you: the field, the system and when it was read, or who said so; in Slack, the note and the text to copy."""

from datetime import timedelta

import pytest

from escalations.rules.facts import Facts, Seen
from escalations.rules.mapping import STEP_SOURCES
from escalations.rules.names import customer_of
from escalations.rules.plan import differences, plan, shown
from escalations.rules.why_you import ARE

from .factories import DANA, LEFT, MAPPING, NOON, OMAR, account, around, facts, known, opportunity, ticket

SAID = {
    "key": "1", "account_id": "0015e0000000001AAA", "role": "", "email": "", "name": "", "instead": "person", "use_email": OMAR["email"],
    "use_name": OMAR["name"], "valid_from": "2026-01-05", "valid_until": "", "reason": "Acme is Omar's now", "said_by": "Mia Berg",
    "recorded_on": "2026-02-27",
}  # fmt: skip
READ = "read 2 Mar, 12:00 UTC"


def made(row="emergency", *, later=0, restricted=False, said=(), named=None, **of_account):
    seen = facts(ticket=ticket(), account=account(**of_account), **known(DANA, OMAR))
    items = [Seen(s.source, s.key, s.value, s.seen_at + timedelta(minutes=later), s.error) for s in seen.seen.values()]
    if said:
        items.append(Seen("portal", "corrections", list(said), NOON))
    if named:
        items.append(Seen("portal", "person_choice:dana reyes", {**named, "of": customer_of(seen)}, NOON))
    return plan(MAPPING, MAPPING.scenario(row), {"license-kind": "renewal"}, Facts.of(items), around(restricted=restricted))


def slack(plan):
    return "\n".join(block["text"]["text"] for block in plan.legs[0].content["blocks"])


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({}, f"Customer Success Manager in Salesforce, {READ}"),
        ({"csm": None}, f"Account Owner in Salesforce, {READ}"),
        ({"csm": None, "owner": None, "opportunities": [opportunity(OMAR)]}, f"owner of the latest opportunity in Salesforce, {READ}"),
        (
            {"csm": None, "owner": None, "opportunities": [opportunity(LEFT, id="006Z", created_at="2026-02-05"), opportunity(OMAR)]},
            f"owner of an earlier opportunity in Salesforce, {READ}",
        ),
    ],
)
def test_the_field_the_system_and_the_time(found, reason):
    plan = made(**found)
    name = plan.contact.name
    assert f"*Why you:* you are {reason.partition(', read')[0]}, read <!date^" in slack(plan)
    assert f"\nWhy {name}: {reason}" in plan.legs[1].content["body"]
    assert f"\nWhy {name}: {reason}\n" in plan.copy_text


def test_who_said_so_and_when():
    plan = made(said=[SAID])
    assert "*Why you:* Mia Berg said so on Friday 27 February\n" in slack(plan)
    assert "\nWhy Omar Haddad: Mia Berg said so on Friday 27 February\n" in plan.legs[1].content["body"]


def test_a_day_of_another_year_names_it():
    """On 2 March 2026."""
    plan = made(said=[{**SAID, "recorded_on": "2025-03-03", "valid_until": "2028-03-01"}])
    assert "*Why you:* Mia Berg said so on Monday 3 March 2025\n" in slack(plan)
    assert "until Wednesday 1 March 2028 (UTC)" in next(step.why for step in plan.contact.trace if step.outcome == "chosen")


def test_so_does_the_one_before_which_nobody_is_told():
    plan = made(said=[{**SAID, "instead": "nobody", "valid_until": "2028-03-01"}])
    assert "until Wednesday 1 March 2028 (UTC)" in plan.contact.trace[0].why
    this_year = made(said=[{**SAID, "valid_until": "2026-12-31"}])
    assert this_year.contact.trace[0].why.endswith("until Thursday 31 December (UTC)")


def test_the_first_day_of_a_cover_is_not_the_day_on_which_it_was_said():
    before = {name: value for name, value in SAID.items() if name != "recorded_on"}
    assert "*Why you:* Mia Berg said so\n" in slack(made(said=[before]))


def test_whoever_is_not_mentioned_is_named():
    assert "*Why Omar Haddad:* Account Owner in Salesforce, read" in slack(made("pass-lead"))


def test_the_note_says_what_was_looked_at_before():
    body = made(csm=LEFT).legs[1].content["body"]
    assert "Why Omar Haddad: Account Owner in Salesforce, read 2 Mar, 12:00 UTC (before that: Piotr Nowak " in body


def test_the_same_owner_of_several_opportunities_is_passed_over_once():
    plan = made(csm=None, owner=None, opportunities=[opportunity(LEFT, id=f"006{n}", created_at="2026-02-05") for n in range(3)] + [opportunity(OMAR)])
    assert plan.contact.trace[-1].why == "passed over: Piotr Nowak has left (inactive in Salesforce)"
    assert "(before that: Piotr Nowak has left (inactive in Salesforce))" in plan.legs[1].content["body"]


def test_of_a_restricted_ticket_neither_who_said_it_nor_when_it_was_read():
    assert "*Why you:* you are Customer Success Manager in Salesforce\n" in slack(made(restricted=True))
    assert "*Why you:* a colleague said so\n" in slack(made(restricted=True, said=[SAID]))


def test_nobody_found_needs_no_reason():
    assert "Why" not in slack(made(csm=None, owner=None))


def test_reading_the_same_again_is_no_change():
    before, after = made(), made(later=20)
    assert slack(before) != slack(after)
    assert before.digest == after.digest
    assert differences(shown(before), shown(after)) == ()


def test_every_step_that_can_find_a_person_has_its_words():
    assert set(ARE) == set(STEP_SOURCES) - {"nobody"}


def test_a_name_says_who_settled_whom_it_means():
    choice = {"name": "Dana Reyes", "email": DANA["email"], "written": "Dana Reyes", "among": 2, "by": "Ana Lima"}
    plan = made(csm=None, csm_name="Dana Reyes", named=choice)
    assert plan.contact.name == "Dana Reyes"
    reason = f"Customer Success Manager in Salesforce by name (Ana Lima said who that is), {READ}"
    assert f"\nWhy Dana Reyes: {reason}" in plan.legs[1].content["body"]
