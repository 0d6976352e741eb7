"""Who is away by what Slack said has the age of that, wherever the step itself looked; in the chain, the note and the message."""

from datetime import timedelta

import pytest

from escalations.rules.explanation import explain
from escalations.rules.facts import Facts, Seen
from escalations.rules.plan import plan

from .factories import DANA, MAPPING, NOON, OMAR, account, around, known, slack_person, ticket

OLD = NOON - timedelta(days=5)
PAUSED = {"U0DANAREYES": [(OLD - timedelta(days=1)).isoformat(), (NOON + timedelta(days=10)).isoformat()]}
READ = ", read 25 Feb, 12:00 UTC"
# what Slack said | when | in the chain and the note | in the message
TABLE = [
    ({"status_text": "Out of office"}, OLD, f"Dana Reyes is away (Slack: “Out of office”{READ})", f"Dana Reyes is away{READ}"),
    ({"status_text": "Out of office"}, NOON - timedelta(seconds=59), "Dana Reyes is away (Slack: “Out of office”)", "Dana Reyes is away"),
    ({"status_text": "Out of office"}, OLD - timedelta(days=60), "Dana Reyes is away (Slack: “Out of office”, read 27 Dec 2025, 12:00 UTC)",
     "Dana Reyes is away, read 27 Dec 2025, 12:00 UTC"),
    ({"active": False}, OLD, f"Dana Reyes is deactivated in Slack{READ}", f"Dana Reyes is deactivated in Slack{READ}"),
    ({"guest": True}, OLD, f"Dana Reyes is a guest in Slack, not a colleague{READ}", f"Dana Reyes is a guest in Slack, not a colleague{READ}"),
]  # fmt: skip


def made(slack, at, *more, **of_account):
    items = [Seen("zendesk", "ticket", ticket(), NOON), Seen("salesforce", "account", account(**of_account), NOON)]
    items += [Seen("slack", f"person:{DANA['email']}", slack_person(DANA, **slack), at), *more]
    items += [Seen("slack", f"person:{person['email']}", value, NOON) for person, value in known(OMAR)["slack"]]
    seen = Facts.of(items)
    planned = plan(MAPPING, MAPPING.scenario("emergency"), {}, seen, around())
    return planned, [link.text for link in explain(planned, None, seen, 7, "engineer")]


@pytest.mark.parametrize(("slack", "at", "whole", "short"), TABLE)
def test_the_absence_is_as_old_as_slacks_word(slack, at, whole, short):
    planned, chain = made(slack, at)
    assert whole in chain
    assert f"(before that: {whole})" in planned.legs[1].content["body"]
    assert f"\nFor: Omar Haddad, Account Owner ({short})\n" in planned.copy_text


def test_a_pause_is_as_old_as_slacks_word():
    planned, chain = made({}, NOON, Seen("slack", "pauses", PAUSED, OLD))
    assert any(text.startswith("Dana Reyes is away (Slack: notifications are paused") and text.endswith(f"{READ})") for text in chain)


def test_what_salesforce_says_of_them_has_the_age_of_the_step():
    assert "Dana Reyes has left (inactive in Salesforce)" in made({}, OLD, csm={**DANA, "active": False})[1]


def test_the_same_word_read_again_is_no_change():
    assert made({"status_text": "Out of office"}, OLD)[0].digest == made({"status_text": "Out of office"}, NOON)[0].digest
