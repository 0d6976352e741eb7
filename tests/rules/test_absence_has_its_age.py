"""Who is away by what Slack said has the age of that, wherever the step itself looked; in the chain, the note and the message."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalations.rules.explanation import explain
from escalations.rules.facts import Facts, Seen
from escalations.rules.mapping import Template
from escalations.rules.plan import differences, plan, shown

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


def made(slack, at, *more, mapping=MAPPING, **of_account):
    items = [Seen("zendesk", "ticket", ticket(), NOON), Seen("salesforce", "account", account(**of_account), NOON)]
    items += [Seen("slack", f"person:{DANA['email']}", slack_person(DANA, **slack), at), *more]
    items += [Seen("slack", f"person:{person['email']}", value, NOON) for person, value in known(OMAR)["slack"]]
    seen = Facts.of(items)
    planned = plan(mapping, mapping.scenario("emergency"), {}, seen, around())
    return planned, [link.text for link in explain(planned, None, seen, 7, "engineer")]


@pytest.mark.parametrize(("slack", "at", "whole", "short"), TABLE)
def test_the_absence_is_as_old_as_slacks_word(slack, at, whole, short):
    planned, chain = made(slack, at)
    assert whole in chain
    assert f"(before that: {whole})" in planned.legs[1].content["body"]
    assert f"\nFor: Omar Haddad, Account Owner ({short})\n" in planned.copy_text


def test_whom_two_steps_name_is_said_once_with_the_age_that_one_of_them_has():
    """A correction names her, read when Slack was; the account's CSM is she as well, read days later."""
    said = {
        "key": "1", "account_id": "0015e0000000001AAA", "instead": "person", "use_email": DANA["email"], "use_name": DANA["name"],
        "reason": "She is back", "said_by": "Mia Berg",
    }  # fmt: skip
    planned, chain = made({"status_text": "Out of office"}, OLD, Seen("portal", "corrections", [said], OLD))
    assert f"(before that: Dana Reyes is away (Slack: “Out of office”{READ}))" in planned.legs[1].content["body"]
    assert [text for text in chain if text.startswith("Dana")] == [
        "Dana Reyes is away (Slack: “Out of office”)", f"Dana Reyes is away (Slack: “Out of office”{READ})"
    ], "each step says what it found"


def test_a_pause_is_as_old_as_slacks_word():
    planned, chain = made({}, NOON, Seen("slack", "pauses", PAUSED, OLD))
    assert any(text.startswith("Dana Reyes is away (Slack: notifications are paused") and text.endswith(f"{READ})") for text in chain)


def test_what_salesforce_says_of_them_has_the_age_of_the_step():
    assert "Dana Reyes has left (inactive in Salesforce)" in made({}, OLD, csm={**DANA, "active": False})[1]


def test_the_same_word_read_again_is_no_change():
    assert made({"status_text": "Out of office"}, OLD)[0].digest == made({"status_text": "Out of office"}, NOON)[0].digest


def test_who_has_paused_their_notifications_is_away_in_what_is_compared_as_well():
    """Whether a pause is an absence hangs on when it was read: 1970 it was none."""
    paused, free = made({}, NOON, Seen("slack", "pauses", PAUSED, OLD))[0], made({}, NOON)[0]
    assert paused.contact.name == paused.timeless.contact.name == "Omar Haddad"
    assert paused.digest == made({}, NOON, Seen("slack", "pauses", PAUSED, NOON))[0].digest != free.digest
    assert "Dana Reyes" not in str(paused.timeless.legs[0].content["text"])


# With the age of what Slack said neither fits: 120 characters of why it is not the CSM, 300 of what was looked at before.
LONG, LONG_STATUS = f"Dana {'R' * 105}", f"Out of office {'x' * 140}"
CUT = "{{ contact.instead }}" + " so that nobody else can be told" * 2
# the template, or none | its words
TEMPLATES = [
    (None, ""),
    ("situation", "It is urgent. {{ contact.instead }}."),
    ("no_ask", "Nothing is asked, because {{ contact.instead }}."),
    ("previous", "None: {{ contact.instead | upcase }}."),
    ("opening_aware", "FYI: {{ contact.instead | replace: ',', ';' }}."),
    ("opening_aware", CUT),
]


@pytest.mark.parametrize(("name", "status"), [("Dana Reyes", "Out of office"), (LONG, LONG_STATUS)], ids=["short", "long"])
@pytest.mark.parametrize(("part", "words"), TEMPLATES)
def test_it_is_no_change_wherever_a_template_says_it_and_whatever_is_cut(part, words, name, status):
    rows = tuple(replace(row, situation=words) if part == "situation" else row for row in MAPPING.scenarios)
    parts = tuple(Template(one.key, words) if one.key == part else one for one in MAPPING.templates)
    own = replace(MAPPING, scenarios=rows, templates=parts)
    csm, off = {**DANA, "name": name}, {"status_text": status}
    old, new, other = (made(*said, mapping=own, csm=csm)[0] for said in ((off, OLD), (off, NOON), ({"active": False}, NOON)))
    assert old.legs[1].content != new.legs[1].content
    assert old.digest == new.digest and differences(shown(old), shown(new)) == ()
    assert other.digest != new.digest and differences(shown(old), shown(other))
