"""Whatever the text, the answer is a page or one clear error, and every line is accounted for."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalations.handbook.changes import compare
from escalations.handbook.page import HandbookError
from escalations.handbook.parse import parse
from escalations.handbook.write import write
from escalations.rules.default_mapping import DEFAULT_MAPPING
from escalations.rules.mapping import Mapping, content_hash

from .conftest import DAY

SAMPLE = (Path(__file__).parent / "pages" / "sample.md").read_text(encoding="utf-8").split("\n")
ODD = [
    "|", "||", "|--|--|--|", "|a|b|", "|a|b|c|d|", "a|b|c", "```", "~~~", "---", "===", "> |x|y|z|", "- |x|y|z|", "<!--",
    "-->", "<div>", "### Role: New (N)", "### **Role: Customer Success Manager (CSM)**", "## Scale", "# Title", "#### deep",
    "|[x](javascript:alert)|Slack: #a|All queues|", "|{{ ticket.id }} {% if %}|Zendesk: cc @X, Slack: #b for {{ x }}|Q|",
    "|x \\| y|Slack: #a|All queues|", "|Escalation Scenario|Channel|Relevancy|", "\t|x|y|z|", "\0", "\u2028", "text",
]  # fmt: skip
LINES = st.one_of(st.sampled_from(SAMPLE), st.sampled_from(ODD), st.text(max_size=40))
EDITS = st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 3), LINES), max_size=8)
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def edited(edits) -> str:
    lines = list(SAMPLE)
    for at, dropped, line in edits:
        lines[at : at + dropped] = [line]
    return "\n".join(lines)


def page_of(text: str):
    try:
        return parse(text)
    except HandbookError:
        return None


@QUICK
@given(EDITS)
def test_every_line_is_in_the_page_or_reported(edits):
    text = edited(edits)
    page = page_of(text)
    if page:
        read = dict(page.numbered())
        reported = {one.line: one.text for one in page.unread}
        for number, line in enumerate(
            text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n"), 1
        ):
            if line.strip():
                assert read.get(number, reported.get(number)) == line


@QUICK
@given(EDITS)
def test_an_import_never_fails_and_a_second_one_changes_nothing(edits):
    page = page_of(edited(edits))
    if page:
        first = compare(DEFAULT_MAPPING, page, on=DAY)
        second = compare(first.mapping, page, on=DAY)
        assert second.changes.summary() == "no changes"
        assert content_hash(second.mapping) == content_hash(first.mapping)
        assert {row.key for row in DEFAULT_MAPPING.scenarios} <= {row.key for row in first.mapping.scenarios}
        assert len({row.key for row in first.mapping.scenarios}) == len(first.mapping.scenarios)
        matched = [match.scenario for match in first.matches]
        assert len(set(matched)) == len(matched)


@QUICK
@given(EDITS)
def test_an_unread_line_retires_nothing(edits):
    page = page_of(edited(edits))
    if page and page.unread:
        assert not compare(DEFAULT_MAPPING, page, on=DAY).changes.of_kind("retired")


@QUICK
@given(EDITS)
def test_a_page_can_always_be_written(edits):
    page = page_of(edited(edits))
    if page:
        mapping = compare(DEFAULT_MAPPING, page, on=DAY).mapping
        assert page_of(write(mapping))


@QUICK
@given(st.text())
def test_any_text_is_answered(text):
    assert page_of(text) is None or parse(text)


@QUICK
@given(st.binary())
def test_binary_junk_is_answered(data):
    assert page_of(data.decode("utf-8", errors="replace")) is None


@QUICK
@given(EDITS)
def test_rows_that_were_read_are_written_again(edits):
    page = page_of(edited(edits))
    if page and not page.unread:
        written = parse(write(compare(Mapping(), page, on=DAY).mapping))
        before, after = (
            [(row.scenario_raw, row.channel.structure(), row.queues) for row in one.rows] for one in (page, written)
        )
        assert sorted(after) == sorted(before)
