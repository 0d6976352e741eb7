"""The first line: who, what is wanted and by when, in 120 characters as they are read, whatever the names are."""

import re
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from escalations.rules import first_line
from escalations.rules.calendar import short_day, spoken_day
from escalations.rules.clocks import in_words
from escalations.rules.facts import Facts
from escalations.rules.plan import plan

from .factories import DANA, MAPPING, ORGANIZATION, account, around, facts, slack_person, ticket

DAY = date(2026, 9, 23)  # Wednesday 23 September: no day's name is longer
LONG = "Wolfeschlegelsteinhausenbergerdorff von Hohenstein und zu Guttenberg, Herrin auf Schwarzenau und Nieder-Weidbach"
ARABIC = "شركة النهر للتجارة والخدمات " * 8
NAMES = st.text(max_size=250) | st.sampled_from(
    [LONG * 2, ARABIC, "*" * 200, "<!channel>" * 20, "&" * 200, "https://evil.example/" * 9, "by Tuesday 3 March " * 10, "a", "。" * 200]
)  # fmt: skip
ROWS = [(row.key, answers) for row in MAPPING.scenarios for answers in ({"license-kind": "renewal", "internal-issue": "no"},)]


def first_lines(row, answers, *, customer="Acme Corp", person="Dana Reyes", number=1001, requester="Rin Sato", edits=(), restricted=False):
    who = {**DANA, "name": person}
    seen: Facts = facts(
        ticket=ticket(id=number, priority="high", requester=requester, organization={**ORGANIZATION, "name": customer}),
        account=account(name=customer, csm=who, owner=who), slack=[(who, slack_person(who, id="U0DANAREYES"))],
    )  # fmt: skip
    made = plan(MAPPING, MAPPING.scenario(row), answers, seen, around(edits=tuple(edits), restricted=restricted))
    assert made.legs
    for leg in made.legs:
        text = leg.content["text"] if leg.system == "slack" else leg.content["body"].split("\n")[0]
        if leg.system == "slack":
            assert leg.content["blocks"][0]["text"]["text"] == text
        yield as_read(text, made.contact.name)
    yield as_read(made.copy_text.split("\n")[0], made.contact.name)


def as_read(text, name):
    """A mention is read as the name, of which Slack shows 80 characters."""
    text = re.sub(r"<@\w+>", lambda _: "@" + first_line.one_line(name, 80), text)
    text = in_words(text)
    for token, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("\u2060", "")):
        text = text.replace(token, sign)
    return text


@settings(deadline=None)  # a busy machine takes its time
@given(row=st.sampled_from(ROWS), customer=NAMES, person=NAMES.filter(str.strip), number=st.integers(1, 10**12), requester=NAMES, restricted=st.booleans())
@example(row=ROWS[5], customer=LONG * 2, person=LONG * 2, number=10**12, requester=LONG, restricted=False)
def test_it_is_never_longer_than_a_phone_shows(row, customer, person, number, requester, restricted):
    involve = MAPPING.scenario(row[0]).tone == "involve"
    for line in first_lines(*row, customer=customer, person=person, number=number, requester=requester, restricted=restricted):
        assert len(line) <= 120, line
        if involve:
            assert re.search(r"\b[Bb]y (Tuesday 3 March|Wednesday 4 March|Tue 3 Mar|Wed 4 Mar)\b", line), line
        else:
            assert "FYI" in line


@settings(deadline=None)
@given(words=st.text(min_size=1, max_size=600), customer=NAMES)
def test_nor_with_words_of_the_engineers_own(words, customer):
    for row in ("customer-asked", "emergency"):
        for part in ("situation", "ask"):
            edits = ((f"{row}.{part}", words),)
            assert all(len(line) <= 120 for line in first_lines(row, {}, customer=customer, edits=edits))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ao-add-to-organization", "For Dana Reyes: Acme Corp, ticket 1001: Please name their organization by Tuesday 3 March."),
        ("pass-lead", "For Dana Reyes: Acme Corp, ticket 1001: Please contact the customer by Tuesday 3 March."),
        ("professional-services", "@Dana Reyes Acme Corp, ticket 1001: Please take up the engagement by Tuesday 3 March."),
        ("emergency", "@Dana Reyes FYI: Acme Corp has a high-priority problem on ticket 1001, opened 2 Mar, 10:00 UTC. No action asked."),
        ("customer-asked", "@Dana Reyes Acme Corp, ticket 1001: Please talk to the customer by Tuesday 3 March."),
        ("upgrade-assistance", "@Dana Reyes Acme Corp, ticket 1001: Please confirm the upgrade plan by Tuesday 3 March."),
        ("training", "@Dana Reyes Acme Corp, ticket 1001: Please offer a training by Wednesday 4 March."),
        ("expectations-mismatch", "@Dana Reyes FYI: Acme Corp expects something else than Support provides: ticket 1001. No action asked."),
        ("scale-engagement", "@Dana Reyes Acme Corp, ticket 1001: Please consider a CSE engagement by Wednesday 4 March."),
    ],
)  # fmt: skip
def test_of_each_row(row, said):
    assert next(first_lines(row, dict(ROWS)["pass-lead"])) == said


def test_where_nobody_was_found_it_names_the_role():
    made = plan(MAPPING, MAPPING.scenario("customer-asked"), {}, facts(ticket=ticket(), account=account(csm=None, owner=None)), around())
    assert made.legs[0].content["text"] == "For the CSM: Acme Corp, ticket 1001: Please talk to the customer by Tuesday 3 March."


def test_a_long_customer_is_shortened_before_any_word_is():
    [line, *_] = first_lines("customer-asked", {}, customer=LONG)
    assert line == "@Dana Reyes Wolfeschlegelsteinhausenbergerdorff von…, ticket 1001: Please talk to the customer by Tue 3 Mar."
    assert len(line) <= 120


def test_before_that_the_hour_at_which_the_ticket_was_opened_goes():
    [line, *_] = first_lines("emergency", {}, customer="Acme Corp International")
    said = "has a high-priority problem on ticket 1001, opened 2 Mar. No action asked."
    assert as_read(line, "Dana Reyes") == f"@Dana Reyes FYI: Acme Corp International {said}"


@pytest.mark.parametrize(
    ("line", "most", "fitted"),
    [
        ("Acme Corp: Please call by Wednesday 23 September.", 60, "Acme Corp: Please call by Wednesday 23 September."),
        ("Acme Corp: Please call by Wednesday 23 September.", 40, "Acme Corp: Please call by Wed 23 Sep."),
        ("Acme Corp: Please call all of them by Wednesday 23 September.", 30, "By Wed 23 Sep: Acme Corp: Ple…"),
        ("Acme Corp: By Wednesday 23 September please call all of them.", 30, "Acme Corp: By Wed 23 Sep plea…"),
    ],
)
def test_the_day_stays(line, most, fitted):
    assert first_line.fitted(line, most, "Acme Corp", DAY) == fitted
    assert len(fitted) <= most


def test_only_what_is_wanted_stands_in_it_and_the_rest_below():
    ask = f"Please call by {spoken_day(DAY)}. Tell us what they said."
    assert first_line.first_sentence(ask, DAY) == f"Please call by {spoken_day(DAY)}."
    assert first_line.first_sentence(f"They wait. Please call by {spoken_day(DAY)}.", DAY).endswith(f"{spoken_day(DAY)}.")
    assert short_day(DAY) == "Wed 23 Sep"
