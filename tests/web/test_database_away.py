"""The database is stopped or busy while somebody works: an answer that says so, asks it for nothing, and takes the press again."""

import logging
import sqlite3
from contextlib import contextmanager

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from escalations.models import Escalation
from escalations.web.away import is_away
from tests.actions.factories import make_delivery, make_draft
from tests.databases import used

AWAY = "The portal’s database is not answering"
LOST = "Nothing that you wrote was lost"


@contextmanager
def away(error=OperationalError):
    """Every question to the database ends like this."""

    def refuse(*_):
        raise error("the connection is lost: customer Acme")

    with connection.execute_wrapper(refuse):
        yield


@contextmanager
def locked(name: str):
    """Somebody else writes to the SQLite file, for longer than the portal waits."""
    writer = sqlite3.connect(name, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        yield
    finally:
        writer.close()


@contextmanager
def ended():
    """The PostgreSQL server ends the connection, as it does when it is stopped at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    yield


@pytest.fixture
def ana(client, people, mapping):
    client.raise_request_exception = False
    client.force_login(people["engineer"])
    return client


@pytest.fixture
def lines():
    """Everything that is logged, as (logger, level, message)."""
    found = []

    class Kept(logging.Handler):
        def emit(self, record):
            found.append((record.name, record.levelname, record.getMessage()))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def addresses(people) -> dict[str, str]:
    row = make_delivery(people["engineer"]).escalation.get_absolute_url()
    draft = make_draft(people["engineer"], ticket_id=7).get_absolute_url()
    return {
        "a page": "/", "the list": "/history/", "the status": "/status/", "one": row, "a draft": draft, "nothing there": "/nothing/",
        "the sign-in": "/sign-in/", "the admin": "/admin/", "a file": "/reports/escalations-by-week.csv", "a method": f"{draft}send/",
    }  # fmt: skip


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("part", [False, True], ids=["page", "part"])
def test_every_address_says_so(ana, people, part, error):
    headers = {"HX-Request": "true"} if part else {}
    for name, address in addresses(people).items():
        with away(error):
            answer = ana.get(address, headers=headers)
        text = answer.content.decode()
        assert (answer.status_code, answer["Retry-After"]) == (503, "30"), name
        assert AWAY in text and LOST in text and 'id="alert"' in text, name
        assert ("<h1" in text) is not part, name
        assert "Acme" not in text, name
        assert "no-store" in answer["Cache-Control"], name
        assert "default-src 'none'" in answer["Content-Security-Policy"], name
    assert ana.get("/").status_code == 200, "and they are still signed in"


def test_it_is_one_event_in_the_log(ana, lines):
    with away():
        ana.get("/")
    assert lines == [
        ("escalations.database", "WARNING", "the database is away or busy (OperationalError)"),
        ("portal.access", "ERROR", "answered"),
    ]


def test_a_part_that_is_posted_says_so_as_well(ana, people):
    draft = make_draft(people["engineer"])
    with away():
        answer = ana.post(f"{draft.get_absolute_url()}words/", {"ask": "Mine"}, headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert AWAY in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_undo_says_that_it_may_be_sent_all_the_same(visit, client, settings):
    settings.SEND_HOLD_SECONDS = 8.0
    client.raise_request_exception = False
    page = visit().look_up("1001").send()
    with away():
        page.submit("/undo/")
    assert page.status == 503
    assert "Undo was not taken. When the time is up it may be sent all the same: then withdraw it from the escalation’s page." in page.text
    page.submit("/undo/")
    assert "Undone, nothing was sent" in page.text


def test_send_can_be_pressed_again_with_all_that_the_form_held(visit, client):
    client.raise_request_exception = False
    page = visit().look_up("1001")
    given = page.form("/send/")["fields"]
    with away():
        page.submit("/send/")
    assert page.status == 503
    assert "Press again in a minute: however often, it is sent once." in page.text
    assert page.form("/send/")["fields"] == given
    form = page.form("/send/")
    for _ in range(2):
        page._seen(client.post(form["action"], form["fields"], follow=True))
        assert page.address == Escalation.objects.get().get_absolute_url()


def test_what_was_typed_is_in_the_form_and_is_text(ana, people):
    words = '"><script>alert(1)</script>\n& more'
    row = make_delivery(people["engineer"], state="delivered", remote_id="C1:1", settled_at="2026-03-02T12:00Z").escalation
    with away():
        text = ana.post(f"{row.get_absolute_url()}withdraw/", {"reason": "other", "words": words}).content.decode()
    assert "<script" not in text
    assert 'name="words" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\n&amp; more"' in text


@pytest.mark.parametrize("name", ["password", "old_password", "new_password1"])
def test_a_password_is_not_repeated(ana, name):
    with away():
        text = ana.post("/history/", {"username": "ana", name: "s3cret"}).content.decode()
    assert "s3cret" not in text and "<form" not in text
    assert "go back" in text.lower()


def test_what_did_not_come_from_a_form_of_ours_is_not_repeated(people, mapping):
    from django.test import Client

    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(people["engineer"])
    with away():
        answer = client.post("/escalate/", {"ticket": "from elsewhere"})
    assert answer.status_code == 503
    assert "from elsewhere" not in answer.content.decode()


def test_a_database_that_is_not_there(ana):
    with used("nowhere/db.sqlite3"):
        answer = ana.get("/")
    assert answer.status_code == 503


def test_a_real_outage_in_the_middle_of_send(own_database, visit, client):
    """PostgreSQL stops at once, or another process holds the SQLite file; afterwards one more press sends once."""
    client.raise_request_exception = False
    page = visit().look_up("1001")
    with locked(own_database.name) if connection.vendor == "sqlite" else ended():
        page.submit("/send/")
        assert page.status == 503, page.text
    connection.close_if_unusable_or_obsolete()  # as at the end of every request of the real server
    page.submit("/send/")
    assert page.address == Escalation.objects.get().get_absolute_url()


def test_a_mistake_of_ours_is_not_its_absence(db):
    for statement in ("SELECT * FROM nowhere", "SELECT nothing", "SELEC"):
        with pytest.raises(DatabaseError) as found, connection.cursor() as cursor:
            cursor.execute("SAVEPOINT here")
            try:
                cursor.execute(statement)
            finally:
                cursor.execute("ROLLBACK TO SAVEPOINT here")
        assert not is_away(found.value), statement
    assert not is_away(get_user_model().DoesNotExist())


def test_a_table_that_is_missing_is_still_a_fault_of_the_portal(ana):
    def without_table(execute, sql, *rest):
        return execute(sql.replace("django_session", "no_such_table"), *rest)

    with connection.execute_wrapper(without_table):
        answer = ana.get("/")
    assert answer.status_code == 500
    assert "Something broke here" in answer.content.decode()
