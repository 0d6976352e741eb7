"""Instants in messages: Slack's own token, made of the numbers alone; elsewhere the words, in UTC."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalations.rules import escaping
from escalations.rules.clocks import TOKEN, in_words, slack_times, without_reading_times
from escalations.rules.withdrawal import replaced_message

from .factories import DANA, MAPPING, account, around, comment, facts, known, ticket
from .test_plan import plan

MARCH = "<!date^1772460120^{date_short_pretty} at {time}|2 Mar, 14:02 UTC>"


@pytest.mark.parametrize(
    ("text", "slack"),
    [
        ("2 Mar, 14:02 UTC", MARCH),
        ("on 2 Mar, 14:02 UTC (Tom)", f"on {MARCH} (Tom)"),
        ("31 Dec 2025, 23:59 UTC", "<!date^1767225540^{date_short_pretty} at {time}|31 Dec 2025, 23:59 UTC>"),
        ("29 Feb, 10:00 UTC", "29 Feb, 10:00 UTC"),
        ("2 Mar, 24:00 UTC", "2 Mar, 24:00 UTC"),
        ("29 Feb 2028, 10:00 UTC", "<!date^1835431200^{date_short_pretty} at {time}|29 Feb 2028, 10:00 UTC>"),
        ("2 Mar 0000, 10:00 UTC", "2 Mar 0000, 10:00 UTC"),
        ("x2 Mar, 14:02 UTC", "x2 Mar, 14:02 UTC"),
        ("٢ Mar, 14:02 UTC", "٢ Mar, 14:02 UTC"),
    ],
)
def test_the_token(text, slack):
    assert slack_times(text, 2026) == slack
    assert in_words(slack) == text


@given(st.text(max_size=80) | st.just("<!date^1^{time}|x>") | st.just("2 Mar, 14:02 UTC|<!channel>"))
def test_no_text_makes_another_token(text):
    said = slack_times(escaping.slack(text), 2026)
    assert all(TOKEN.fullmatch(token) for token in re.findall(r"<[^>]*>?", said))


def test_slack_has_the_readers_time_and_the_note_says_utc():
    made = plan(
        MAPPING, MAPPING.scenario("emergency"), {},
        facts(ticket=ticket(), account=account(), comments=[comment(from_support=True, author="Tom Okafor")], **known(DANA)), around(),
    )  # fmt: skip
    slack = "\n".join(block["text"]["text"] for block in made.legs[0].content["blocks"])
    assert len(TOKEN.findall(slack)) == 3  # why you, opened, told
    assert not re.search(r"\d\d:\d\d UTC(?!>)", slack)
    for text in (made.legs[1].content["body"], made.copy_text):
        assert "<!date" not in text and "last wrote to the customer 2 Mar, 11:00 UTC" in text


def test_a_message_that_was_taken_back_says_when_as_well():
    at = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
    message = replaced_message("Ana Lima", "Wrong account", at, "ESC-1", "https://portal.example.com/escalations/1/")
    assert message["text"] == f"Withdrawn {MARCH} by Ana Lima: Wrong account"
    assert message["blocks"][0]["text"]["text"].startswith(f"_{message['text']}_ (")


def test_when_it_was_read_is_no_part_of_what_is_compared():
    assert without_reading_times(f"a, read {MARCH}; b, read 2 Mar, 14:02 UTC, c") == "a; b, c"
    assert without_reading_times("as they read 2 Mar, 14:02 UTC") == "as they read 2 Mar, 14:02 UTC"


def test_an_instant_before_slacks_time_stays_as_it_is_written():
    for text in ("3 Mar 1950, 10:12 UTC", "31 Dec 1969, 23:59 UTC", "1 Jan 0001, 00:00 UTC"):
        assert slack_times(text, 2026) == text
    assert TOKEN.fullmatch(slack_times("1 Jan 1970, 00:00 UTC", 2026))
