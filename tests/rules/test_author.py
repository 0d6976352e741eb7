"""Whoever is told can answer: the author is mentioned, or, where Slack does not know them, named with their address."""

from escalations.rules.author import Author

from .factories import DANA, MAPPING, OMAR, account, around, facts, known, ticket
from .test_plan import plan


def made(author):
    seen = facts(ticket=ticket(priority="urgent"), account=account(), **known(DANA, OMAR))
    return plan(MAPPING, MAPPING.scenario("pass-lead"), {"license-kind": "renewal"}, seen, around(author=author))


def test_the_author_is_mentioned_in_slack_and_named_elsewhere():
    slack, note = made(Author("Ana Lima", "ana.lima@example.com", "U0ANALIMA")).legs
    assert slack.content["blocks"][1]["text"]["text"].endswith("*From:* <@U0ANALIMA> Ana Lima, Support")
    assert note.content["body"].endswith("From: Ana Lima, Support")


def test_whoever_slack_does_not_know_is_named_with_their_address():
    plan = made(Author("Ana Lima", "ana.lima@example.com"))
    for text in (plan.legs[0].content["blocks"][1]["text"]["text"], plan.legs[1].content["body"], plan.copy_text):
        assert text.endswith("Ana Lima, Support, ana.lima@example.com")
