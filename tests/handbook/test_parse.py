"""What is read from a page, and that nothing is skipped in silence."""

import pytest

from escalations.handbook.page import HandbookError
from escalations.handbook.parse import MAX_CHARACTERS, parse

HEAD = "|Escalation Scenario|Channel|Relevancy|\n|--|--|--|\n"


def role(*rows: str, head: str = HEAD, name: str = "Customer Success Manager (CSM)") -> str:
    return f"### Role: {name}\n\n{head}" + "\n".join(rows)


def test_everything_on_the_page_is_read(text):
    page = parse(text)
    assert page.unread == ()
    assert page.scenarios == 10
    assert [(one.name, one.short, len(one.rows)) for one in page.roles] == [
        ("Account Owner", "AO", 3),
        ("Customer Success Manager", "CSM", 6),
    ]
    assert page.note_link.url == "/handbook/support/internal-support/#i-want-to-escalate-a-ticket"
    assert page.scale.placeholder == "CSM Scale"
    assert page.scale.reach == "Account Owner"
    assert len(page.resources.links) == 2
    assert all(one.links for one in page.roles)


def test_the_real_page(real):
    page = parse(real)
    assert page.title == "Sales and Customer Success Escalations"
    assert [row.line for row in page.rows] == [23, 24, 25, 35, 36, 37, 38, 39, 40]
    assert page.scale.examples[0] == "Architectural best practices"
    assert len(page.scale.examples) == 4
    assert page.rows[1].links[0].label == "Pass a lead to Sales"


def test_quirks_are_kept_as_they_stand(text):
    rows = parse(text).rows
    assert rows[0].scenario_raw.endswith(" ")
    assert rows[0].scenario == rows[0].scenario_raw.strip()
    assert rows[2].scenario_raw.startswith(" [")
    assert rows[7].channel.raw == "Zendesk: cc @CSM Slack: @mention CSM"
    assert rows[7].channel.same_as(rows[6].channel)
    assert rows[8].channel.raw == "Slack: #account-management"
    assert rows[8].channel.same_as(rows[0].channel)


def test_no_line_of_the_page_is_lost(text):
    read = dict(parse(text).numbered())
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            assert read[number] == line


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_do_not_matter(text, ending):
    assert parse(text.replace("\n", ending)) == parse(text)


def test_a_byte_order_mark_does_not_matter(sample):
    assert parse("\ufeff" + sample) == parse(sample)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "\0\x01\x02\ufffd",
        "# Another page\n\nwith prose",
        "|a|b|\n|--|--|\n|1|2|",
        "### Role: AO\n\nno table",
        "### Role:\n\n" + HEAD + "|a|Slack: #a|All queues|",
        "---\ntitle: x",
        "x" * (MAX_CHARACTERS + 1),
    ],
)
def test_what_is_no_such_page_at_all_is_refused(text):
    with pytest.raises(HandbookError, match="not the handbook page"):
        parse(text)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("|a|Slack: #a|", "2 cells where the table has 3 columns"),
        ("|a|Slack: #a|All queues|more|", "4 cells where the table has 3 columns"),
        ("||Slack: #a|All queues|", "a row without a scenario"),
        ("|a||All queues|", "the channel cell is empty"),
        ("|a|by pigeon|All queues|", "not understood: by pigeon"),
        ("|a|Slack: #a||", "no queue"),
        ("a sentence right below", "1 cells where the table has 3 columns"),
        ("\n|a|Slack: #a|All queues|", "looks like a line of a table"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(row, why):
    good = "|good|Slack: #a|All queues|"
    page = parse(role(good, row))
    found = [one for one in page.unread if why in one.why]
    assert found
    assert found[0].text == row.strip("\n")
    assert found[0].line == (7 if row.startswith("\n") else 6)
    assert page.rows[0].scenario == "good"
    assert row.strip() in found[0].words()


def test_a_table_elsewhere_is_not_taken_for_a_role(sample):
    page = parse(sample + "\n## Else\n\n" + HEAD + "|a|Slack: #a|All queues|\n")
    assert {one.why for one in page.unread} == {"a table under a heading that names no role"}
    assert len(page.rows) == 9


def test_a_table_without_the_three_columns_is_not_guessed(sample):
    page = parse(sample + "\n### Role: Else (E)\n\n|x|y|z|\n|--|--|--|\n|a|b|c|\n")
    assert len(page.unread) == 3


def test_columns_may_stand_in_another_order():
    text = role("|All queues|x|Slack: #a|", head="|Relevancy|Scenario|Channel|\n|--|--|--|\n")
    assert [(row.scenario, row.queues, row.channel.channels[0].name) for row in parse(text).rows] == [
        ("x", ("All queues",), "a")
    ]


def test_five_thousand_rows():
    page = parse(role(*(f"|row {n}|Slack: #a|All queues|" for n in range(5000))))
    assert len(page.rows) == 5000
    assert page.unread == ()


def test_a_code_block_left_open_does_not_swallow_rows_in_silence(sample):
    line = next(line for line in sample.split("\n") if "Hand a lead" in line)
    page = parse(sample.replace(line, f"```\n{line}"))
    assert len(page.rows) == 1
    assert len(page.unread) >= 8
