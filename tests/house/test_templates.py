"""No template lies about unused, and none is asked for that is not there."""

import ast
import re
from functools import cache
from pathlib import Path

import django
import pytest
from django.template import engines

from tests.house.code import ROOT, modules, strings, tree

FOLDER = ROOT / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in (".html", ".svg"))
IN_TEMPLATES = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
DJANGOS = Path(django.__file__).parent / "contrib" / "admin" / "templates"  # a name of Django's is used by Django


@cache
def named() -> dict[str, str]:
    """Every template that something names, and one place that does."""
    found = {}
    for path in TEMPLATES:
        for name in IN_TEMPLATES.findall((FOLDER / path).read_text()):
            found[name] = path
    for module in (name for name in modules() if not name.startswith("sandbox")):
        found |= {text: module for text in strings(module) if re.fullmatch(r"\w.*\.(html|svg)", text)}
        found |= dict.fromkeys(built(module), module)
    return found


def built(module: str) -> set[str]:
    """Names put together as f"wizard/_{part}.html": every template that fits, if its part is a string of that folder."""
    words = set().union(*(strings(name) for name in modules() if name.rpartition(".")[0] == module.rpartition(".")[0]))
    names = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.JoinedStr):
            pattern = "".join(re.escape(v.value) if isinstance(v, ast.Constant) else "(.+)" for v in node.values)
            if pattern.endswith(r"\.html"):
                found = ((name, re.fullmatch(pattern, name)) for name in TEMPLATES)
                names |= {name for name, match in found if match and set(match.groups()) <= words}
    return names


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_used(name):
    assert name in named() or (DJANGOS / name).exists(), f"{name} is rendered, included and extended by nothing"


@pytest.mark.parametrize("name", sorted(name for name in named() if "{" not in name))
def test_every_template_that_is_named_exists(name):
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_read(name):
    engines["django"].get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_switches_escaping_off(name):
    source = (FOLDER / name).read_text()
    assert "|safe" not in source and "autoescape off" not in source


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_htmx_does_a_plain_form_or_link_does_as_well(name):
    """Every hx-post has a form with the same action in its template."""
    source = (FOLDER / name).read_text()
    posts = set(re.findall(r'hx-post="([^"]+)"', source))
    actions = set(re.findall(r'\baction="([^"]+)"', source))
    assert posts <= actions
