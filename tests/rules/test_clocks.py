"""Instants in messages: Slack's own token, for those alone that the template wrote; elsewhere the words, in UTC."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.rules import escaping
from escalations.rules.calendar import spoken_instant
from escalations.rules.clocks import TOKEN, in_words, own, slack_times
from escalations.rules.facts import Facts
from escalations.rules.plan import differences, shown
from escalations.rules.withdrawal import replaced_message

from .factories import DANA, MAPPING, account, around, comment, facts, known, ticket
from .test_plan import plan

AT = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
MARCH = "<!date^1772460120^{date_short_pretty} at {time}|2 Mar, 14:02 UTC>"
LEAP = datetime(2028, 2, 29, 10, 0, tzinfo=UTC)
OWN = {"2 Mar, 14:02 UTC": AT, "29 Feb 2028, 10:00 UTC": LEAP, "29 Feb 2028, 10:00 UTC and more": LEAP}


@pytest.mark.parametrize(
    ("text", "slack"),
    [
        ("2 Mar, 14:02 UTC", MARCH),
        ("on 2 Mar, 14:02 UTC (Tom)", f"on {MARCH} (Tom)"),
        ("29 Feb 2028, 10:00 UTC", "<!date^1835431200^{date_short_pretty} at {time}|29 Feb 2028, 10:00 UTC>"),
        ("3 Mar, 14:02 UTC", "3 Mar, 14:02 UTC"),
        ("12 Mar, 14:02 UTC", "12 Mar, 14:02 UTC"),
        ("2 Mar, 14:02 UTC+1", "2 Mar, 14:02 UTC+1"),
        ("2 Mar, 14:02 UTCs", "2 Mar, 14:02 UTCs"),
    ],
)
def test_the_token(text, slack):
    assert slack_times(text, OWN) == slack
    assert in_words(slack) == text


def test_without_an_instant_of_its_own_nothing_changes():
    assert slack_times("2 Mar, 14:02 UTC", {}) == "2 Mar, 14:02 UTC"


@given(st.text(max_size=80) | st.just("<!date^1^{time}|x>") | st.just("2 Mar, 14:02 UTC|<!channel>"))
def test_no_text_makes_another_token(text):
    said = slack_times(escaping.slack(text), OWN)
    assert all(TOKEN.fullmatch(token) for token in re.findall(r"<[^>]*>?", said))


DOWN = "Down since 23 Dec, 14:02 UTC"


def made(subject=DOWN, *, edits=(), later=0):
    """In January 2027 of a ticket that was opened on the day before."""
    now = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
    opened = datetime(2027, 1, 4, 8, 0, tzinfo=UTC).isoformat()
    seen = facts(
        ticket=ticket(subject=subject, created_at=opened), account=account(), comments=[comment(from_support=True, author="Tom", at=opened)],
        **known(DANA),
    )  # fmt: skip
    seen = Facts.of(replace(item, seen_at=now + timedelta(minutes=later)) for item in seen.seen.values())
    return plan(MAPPING, MAPPING.scenario("customer-asked"), {}, seen, around(day=now.date(), since=now, now=now, edits=edits))


def test_what_somebody_wrote_is_no_instant_of_ours():
    """Whose December it was nobody can tell; it stands there as they wrote it."""
    slack = _words_in_slack(made(edits=(("customer-asked.situation", "Since 23 Dec, 14:02 UTC, or 31 Dec 2025, 23:59 UTC."),)))
    assert DOWN in slack and "Since 23 Dec, 14:02 UTC, or 31 Dec 2025, 23:59 UTC." in slack
    assert {found[0] for found in TOKEN.findall(slack)} == {"1799049600", "1799139600"}, "opened and told, and when it was read"


def _words_in_slack(plan):
    return "\n".join(block["text"]["text"] for block in plan.legs[0].content["blocks"])


@pytest.mark.parametrize("part", ["customer-asked.situation", "customer-asked.ask", "told", "previous"])
def test_own_words_that_differ_in_a_reading_time_are_other_words(part):
    own = [made(edits=((part, f"We wait{more}."),)) for more in ("", ", read 23 Nov, 14:02 UTC", ", read 5 Jan, 09:00 UTC")]
    assert len({one.digest for one in own}) == 3
    assert differences(shown(own[0]), shown(own[1]))


def test_so_is_another_subject():
    assert made("Disk").digest != made("Disk, read 23 Nov, 14:02 UTC").digest


def test_when_the_portal_read_it_is_no_part_of_what_is_compared():
    first, second = made(), made(later=5)
    assert "read 5 Jan, 09:05 UTC" in second.copy_text and first.digest == second.digest
    assert differences(shown(first), shown(second)) == ()


def test_slack_has_the_readers_time_and_the_note_says_utc():
    made = plan(
        MAPPING, MAPPING.scenario("emergency"), {},
        facts(ticket=ticket(), account=account(), comments=[comment(from_support=True, author="Tom Okafor")], **known(DANA)), around(),
    )  # fmt: skip
    slack = "\n".join(block["text"]["text"] for block in made.legs[0].content["blocks"])
    assert len(TOKEN.findall(slack)) == 4  # opened, in the first line and below; why you; told
    assert not re.search(r"\d\d:\d\d UTC(?!>)", slack)
    for text in (made.legs[1].content["body"], made.copy_text):
        assert "<!date" not in text and "last wrote to the customer 2 Mar, 11:00 UTC" in text


def test_a_message_that_was_taken_back_says_when_as_well():
    message = replaced_message("Ana Lima", "Wrong account", AT, "ESC-1", "https://portal.example.com/escalations/1/")
    assert message["text"] == f"Withdrawn {MARCH} by Ana Lima: Wrong account"
    assert message["blocks"][0]["text"]["text"].startswith(f"_{message['text']}_ (")


def test_an_instant_before_slacks_time_stays_as_it_is_written():
    for at in (datetime(1950, 3, 3, 10, 12, tzinfo=UTC), datetime(1969, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)):
        assert slack_times(spoken_instant(at, AT), own([at], AT)) == spoken_instant(at, AT)
    assert TOKEN.fullmatch(slack_times("1 Jan 1970, 00:00 UTC", own([datetime(1970, 1, 1, tzinfo=UTC)], AT)))
