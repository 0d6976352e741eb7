"""The portal in a real Chromium: a live server over the test's own database, the sandbox, and somebody who is signed in.

Whatever a page complains about (console errors, uncaught errors, violations of the policy, dialogs) fails the test.
"""

import os
import shutil
from pathlib import Path

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

from tests.browser.hand import PATIENCE, Watch, address_of

# Playwright's event loop lives in the thread of the test, where Django would otherwise refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

HERE = Path(__file__).parent
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str:
    for name in (os.environ.get("CHROME", ""), "chromium", "google-chrome", "chromium-browser"):
        found = name and shutil.which(name)
        if found:
            return found
    pytest.fail("No Chromium: install it (Debian: apt-get install chromium) or name it with CHROME=", pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": find_chromium(), "args": list(SWITCHES)}


@pytest.fixture(scope="session")
def base_url():
    """The address of the portal: served in a thread until the end, each request on the database of the test of the hour."""
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True  # or an open connection of a browser holds up the end
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://{server.host}:{server.port}"
    server.terminate()


@pytest.fixture(autouse=True)
def portal(own_database, mapping, sandbox, settings, base_url):
    """What every test starts with: demo people, the default mapping, a fresh sandbox."""
    settings.PORTAL_URL = base_url
    return base_url


@pytest.fixture
def watch():
    """Collects what pages complain about; the test fails unless it said that it expects it (`watch.expect("409")`)."""
    watching = Watch()
    yield watching
    assert not watching.complaints, watching.complaints


@pytest.fixture
def as_person(browser, base_url, people, watch):
    """A page of somebody's own browser, signed in by cookie: `as_person("engineer", java_script_enabled=False)`."""
    contexts = []

    def page_of(username: str | None = "engineer", **options):
        context = browser.new_context(base_url=base_url, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        watch.over(context)
        if username:
            context.add_cookies([{"name": "sessionid", "value": session_of(people[username]), "url": base_url}])
        return context.new_page()

    yield page_of
    for context in contexts:
        context.close()


def session_of(user) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def page(as_person):
    """Ana's browser: a support engineer, signed in."""
    return as_person("engineer")


@pytest.fixture
def work():
    """Everything that is due is delivered, by a worker in this process."""
    from escalations.actions.working import deliver_due
    from escalations.gateways.wiring import gateways

    return lambda: deliver_due(gateways())


@pytest.fixture
def link():
    """The public address of a ticket, as somebody copies it from Zendesk."""
    return address_of
