"""No rule of a style sheet is about a class that no page has."""

import re

import pytest

from tests.conftest import ROOT

SHEETS = sorted((ROOT / "static").rglob("*.css"))
HTMX = {"htmx-indicator", "htmx-request"}
DJANGOS_OWN = {
    "addlink", "breadcrumbs", "button", "errornote", "field-text", "field-why", "form-row", "inline-group", "inline-related", "module",
    "original", "submit-row", "tabular", "vTextField",
}  # fmt: skip
SERIES = {f"s{number}" for number in range(1, 9)}  # of a chart; given by report_tables


def classes(sheet) -> set[str]:
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", " ", sheet.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\.([a-zA-Z_][\w-]*)", rules))


@pytest.fixture(scope="module")
def used() -> set[str]:
    """What stands in the class of an element, in a template or in Python, and every word of the scripts."""
    found = set()
    for source in [*(ROOT / "templates").rglob("*.*"), *(ROOT / "escalations").rglob("*.py")]:
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source.read_text())
        found.update(*(names.split() for names in re.findall(r"""class"?(?:=|: )"([^"]*)""", text)))
    for script in (ROOT / "static").rglob("*.js"):
        found.update(re.findall(r"[\w-]+", script.read_text()))
    return found


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_class_is_one_that_a_page_may_have(sheet, used):
    assert classes(sheet) - used - HTMX - DJANGOS_OWN - SERIES == set()


def test_there_is_something_to_look_at(used):
    assert len(set().union(*map(classes, SHEETS))) > 100
    assert "panel" in used and "no-page-has-this-class" not in used
