"""Who may import whom. A new import that this refuses belongs somewhere else, or into EXCEPTIONS with its reason."""

import sys

import pytest

from tests.house.code import calls, imports, modules

DJANGO = ("django",)
# The first layer whose name begins a module's name is its layer, and may import the names listed, with what is below them.
# Everybody may import the standard library and their own layer.
LAYERS = {
    "escalations.rules.templates": ("escalations.rules", "liquid"),
    "escalations.rules": (),
    "escalations.handbook": ("escalations.rules", "markdown_it"),
    "escalations.models": (*DJANGO, "escalations.rules"),
    "escalations.gateways": (
        "escalations.rules.facts", "escalations.rules.messages", "zenpy", "simple_salesforce", "slack_sdk", "requests", "urllib3",
    ),
    "escalations.actions": (*DJANGO, "escalations.models", "escalations.rules", "escalations.gateways.base"),
    "escalations.reading": (*DJANGO, "escalations.models", "escalations.rules", "escalations.gateways.base"),
    "escalations.web": (
        *DJANGO, "escalations.actions", "escalations.reading", "escalations.models", "escalations.rules", "escalations.handbook",
        "escalations.gateways.wiring",
    ),
    "escalations.templatetags": (*DJANGO, "escalations.rules", "escalations.gateways.wiring"),
    "escalations.admin": (
        *DJANGO, "escalations.actions", "escalations.reading", "escalations.models", "escalations.rules", "escalations.handbook",
        "escalations.web.guards",
    ),
    "escalations.management": (
        *DJANGO, "escalations.actions", "escalations.reading", "escalations.models", "escalations.rules", "escalations.handbook",
        "escalations.gateways.wiring",
    ),
    "escalations.apps": DJANGO,
    "escalations": (),
    "sandbox": ("aiosmtpd",),
    "portal": (*DJANGO, "csp", "dj_database_url"),
}  # fmt: skip
EXCEPTIONS = {
    ("escalations.apps", "escalations.models.triggers"): "puts the triggers back after every migrate",
    ("escalations.gateways.mail", "django.core.mail"): "Django's own client for mail servers",
    ("escalations.gateways.mail", "django.core.mail.backends.smtp"): "the same, with its connection under watch",
    ("escalations.gateways.wiring", "django.conf"): "the one module of the gateways that reads the settings",
    ("escalations.gateways.salesforce", "escalations.rules.salesforce_ids"): "what an id is, is one pure rule for both",
    ("escalations.web.looking", "escalations.gateways.base"): "hands the budget (Deadline) on to the reader; says why Slack lets the portal join no channel",
    ("escalations.management.commands.run", "honcho"): "starts sandbox, worker and web together, nothing else",
    ("escalations.management.commands.run", "honcho.printer"): "starts sandbox, worker and web together, nothing else",
    ("escalations.management.commands.run", "portal.logs"): "what the processes print becomes a log line",
    ("portal.gunicorn", "escalations.gateways.wiring"): "imports the client libraries before the first person waits for them",
}
STANDARD = set(sys.stdlib_module_names) | {"__future__"}


def below(name: str, allowed: str) -> bool:
    return name == allowed or name.startswith(f"{allowed}.")


def layer_of(module: str) -> str:
    if module == "escalations.admin_site":
        return "escalations.admin"
    return next(layer for layer in LAYERS if below(module, layer))


def refused(module: str) -> set[str]:
    layer = layer_of(module)
    allowed = (*LAYERS[layer], layer)
    return {
        name
        for name in imports(module)
        if name.split(".")[0] not in STANDARD and not any(below(name, one) for one in allowed)
    }


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_imports_only_what_its_layer_may(module):
    unexpected = {name for name in refused(module) if (module, name) not in EXCEPTIONS}
    assert not unexpected, f"{module} ({layer_of(module)}) imports {sorted(unexpected)}"


def test_every_exception_is_still_needed():
    assert not [pair for pair in EXCEPTIONS if pair[0] not in modules() or pair[1] not in imports(pair[0])]


def test_nothing_imports_the_sandbox():
    assert not [
        name for name in modules() if layer_of(name) != "sandbox" and any(below(n, "sandbox") for n in imports(name))
    ]


def test_the_table_refuses_what_it_should():
    """The checker itself: a rule that imports the database is found."""
    assert not any(below("escalations.models", one) for one in (*LAYERS["escalations.rules"], "escalations.rules"))
    assert layer_of("escalations.rules.templates") == "escalations.rules.templates"
    assert layer_of("escalations.gateways.zendesk") == "escalations.gateways"
    assert refused("escalations.gateways.wiring") == {"django.conf"}


CLOCKS = {"now", "today", "utcnow", "monotonic", "localtime", "perf_counter"}
WRITES = {
    "save", "create", "update_or_create", "get_or_create", "bulk_create", "bulk_update", "delete", "update", "select_for_update",
}  # fmt: skip


def with_layer(*names: str) -> list[str]:
    return sorted(module for module in modules() if any(below(module, name) for name in names))


@pytest.mark.parametrize("module", with_layer("escalations.rules", "escalations.handbook"))
def test_rules_and_handbook_look_at_no_clock(module):
    assert not [name for name, _ in calls(module) if name in CLOCKS]
    assert not imports(module) & {"time", "random", "socket", "urllib.request", "os"}


@pytest.mark.parametrize("module", with_layer("escalations.web", "escalations.reading", "escalations.templatetags"))
def test_pages_and_readers_write_nothing(module):
    found = [f"{name} in line {node.lineno}" for name, node in calls(module) if name in WRITES]
    assert not found, f"{module}: {found}. Writing is for actions."


@pytest.mark.parametrize("library", ["zenpy", "simple_salesforce", "slack_sdk", "requests"])
def test_a_services_library_stays_in_the_gateways(library):
    users = {name for name in modules() if any(below(one, library) for one in imports(name))}
    assert users and all(layer_of(name) == "escalations.gateways" for name in users)
