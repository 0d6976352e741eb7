"""Pages must name only what exists: a variable that a template asks for and nobody gave fails the test."""

import logging

import pytest
from django.template.base import VariableDoesNotExist
from django.template.context import BaseContext
from django.utils import timezone

from escalations.actions.working import deliver_due
from escalations.gateways.wiring import gateways
from escalations.models import Escalation
from tests.actions.factories import make_delivery
from tests.conftest import NOON
from tests.web.pages import Page

# Flags and words that a part is given by some of its callers only; nothing else may be missing.
OPTIONAL = {
    "oob": "whether the part replaces itself out of band",
    "refusal": "why a form step was refused",
    "error": "why a pasted ticket was refused",
    "value": "what stands in the ticket field", "pasted": "what stands in the ticket field", "start": "start the look-up at once",
    "autofocus": "whether the ticket field has the focus",
    "form": "the sign-in form, outside sandbox mode",
    "tickets": "the sandbox's tickets, for who escalates",
    "attention_request_url": "not for who is not signed in", "user": "not on the page of a broken request",
}  # fmt: skip
DJANGOS_OWN = ("admin/", "auth/", "django/", "registration/")


class Missing(logging.Filter):
    """Collects failed look-ups of names. A look-up on None or "" is an empty value, not a mistake."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def filter(self, record):
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, VariableDoesNotExist) and len(record.args) == 2 and error.params[1] not in (None, ""):
            name, template = record.args
            optional = isinstance(error.params[1], BaseContext) and name in OPTIONAL
            if not optional and not str(template).startswith(DJANGOS_OWN):
                self.found.append(f"{name} in {template}")
        return False


@pytest.fixture(autouse=True)
def no_missing_variables():
    logger, missing = logging.getLogger("django.template"), Missing()
    before = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addFilter(missing)
    yield missing
    logger.removeFilter(missing)
    logger.setLevel(before)
    assert not missing.found, sorted(set(missing.found))


@pytest.fixture
def visit(client, people, mapping, sandbox):
    """A person at the portal without JavaScript: `visit("engineer")`."""

    def of(username="engineer") -> Page:
        client.force_login(people[username])
        return Page(client)

    return of


@pytest.fixture
def work():
    """The worker, in this process: sends what is due."""
    return lambda: deliver_due(gateways())


@pytest.fixture
def sent(visit, work):
    """Ana has told Dana about ticket 1001, in Acme's own channel."""
    seen = visit().look_up("1001").choose("customer-asked")
    seen.send()
    work()
    return Escalation.objects.get()


@pytest.fixture
def asked(visit, work):
    """Ana has asked Dana about ticket 1001, and it has arrived."""
    page = visit().look_up("1001").choose("customer-asked").send()
    work()
    return page


@pytest.fixture
def stuck(people, mapping):
    """`stuck("dead")`: a delivery of Ana's that waits for a person."""

    def make(state="needs_a_person", **values):
        settled = {"settled_at": NOON} if state == "dead" else {}
        said = {"trouble": "http_503", "trouble_at": timezone.now(), "last_words": "Slack answered with error 503."}
        return make_delivery(people["engineer"], state=state, **{**settled, **said, **values})

    return make
