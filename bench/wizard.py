"""What the wizard costs, as ratios measured in one run: `python -m bench.wizard`. Ends with 1 when a bound is passed.

Everything is its own: a temporary folder with the database, and a sandbox process on a free port. Nothing is left behind.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GETS = 80
TICKET = 1001
SECOND_LOOK = (1021, 5001)  # two tickets of one customer
NEVER_LOOKED_UP = 1035
MOST_RATIO, MOST_QUERIES, MOST_BEFORE = 6.0, 8, 3
MOST_OF_THREE_TRIPS, MOST_RULES_MS = 1.2, 5.0
LOOKS = 5  # of each kind; the quickest counts, since a busy machine only adds


@contextmanager
def surroundings():
    """A fresh database and sandbox, gone afterwards; yields the sandbox's address."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        command = [sys.executable, "-m", "sandbox", "--port", "0"]
        sandbox = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            address = sandbox.stdout.readline().split()[-1]
            os.environ.update(
                VAR_DIR=folder, PORTAL_MODE="sandbox", SANDBOX_URL=address, DJANGO_SETTINGS_MODULE="portal.settings",
                DATABASE_URL=f"sqlite:///{folder}/bench.sqlite3",
            )  # fmt: skip
            yield address
        finally:
            sandbox.terminate()
            sandbox.wait(10)
            sandbox.stdout.close()


def prepare():
    """Migrations, people, the default mapping; the client of a signed-in engineer."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from escalations.actions import colleagues, people, setting_up
    from escalations.gateways.wiring import gateways

    call_command("migrate", verbosity=0)
    people.make_groups()
    people.make_demo_people()
    setting_up.publish_default_mapping(now=timezone.now())
    assert colleagues.refresh(gateways()), "as the worker does when it begins"
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(get_user_model().objects.get(username="engineer"))
    return client


def draft_at_review(client) -> str:
    """The address of a draft that could be sent now."""
    response = client.post("/escalate/", {"ticket": str(TICKET)}, follow=True)
    assert response.status_code == 200 and 'name="seal" value="' in response.content.decode()
    assert 'name="seal" value=""' not in response.content.decode(), "the draft cannot be sent"
    return response.request["PATH_INFO"]


def measured(client, *addresses) -> list[float]:
    """Median seconds of a GET of each address, taken in turn so that a busy moment falls on all of them."""
    took = {address: [] for address in addresses}
    for _ in range(GETS):
        for address in addresses:
            began = time.perf_counter()
            assert client.get(address).status_code == 200
            took[address].append(time.perf_counter() - began)
    return [statistics.median(took[address]) for address in addresses]


def queries(client, address) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    return len(seen)


class Sandbox:
    """The sandbox's control: how many requests it saw, and how slow it is."""

    def __init__(self, address: str):
        import requests

        self.address, self.session = address, requests.Session()
        self.session.trust_env = False

    def count_from_now(self):
        self.session.delete(f"{self.address}/control/faults", timeout=5)
        for service in ("zendesk", "salesforce", "slack"):
            rule = {"service": service, "kind": "delayed_visibility", "seconds": 0}  # matches, and changes nothing
            self.session.post(f"{self.address}/control/faults", json=rule, timeout=5)

    def counted(self) -> int:
        rules = self.session.get(f"{self.address}/control/faults", timeout=5).json()["faults"]
        return sum(rule["matched"] for rule in rules)

    def slow(self, milliseconds: int):
        delay = dict.fromkeys(("zendesk", "salesforce", "slack"), milliseconds)
        self.session.post(f"{self.address}/control/latency", json=delay, timeout=5)


def trips(draft) -> dict[str, float]:
    """Make the three trips of a look-up; seconds by trip."""
    from escalations.gateways.wiring import gateways
    from escalations.web import looking

    took, revision = {}, None
    for trip in looking.TRIPS:
        began = time.perf_counter()
        looking.look_up(draft, trip, gateways(), revision=revision)
        took[trip] = time.perf_counter() - began
        draft.refresh_from_db()
        revision = draft.revision
    return took


def cold() -> dict[str, float]:
    """The same of a customer whom nobody has looked up before: everybody there is met for the first time."""
    from escalations.models import Draft, FactSnapshot

    warm = Draft.objects.first()
    FactSnapshot.objects.all().delete()
    draft = Draft.objects.create(
        author=warm.author, instance="main", ticket_id=NEVER_LOOKED_UP, created_at=warm.created_at, updated_at=warm.updated_at
    )
    took = trips(draft)
    assert draft.snapshots.filter(key="pauses", error="").exists(), "whose notifications are paused was read as well"
    draft.delete()
    return took


def requests_of(sandbox, draft) -> tuple[int, int, int, int]:
    """(requests to the situation, requests after it, people asked after, channels asked after)."""
    from escalations.gateways.wiring import gateways
    from escalations.models.facts import facts_of
    from escalations.web import looking

    sandbox.count_from_now()
    looking.look_up(draft, "ticket", gateways(), revision=None)
    draft.refresh_from_db()
    looking.look_up(draft, "account", gateways(), revision=draft.revision)
    before = sandbox.counted()
    looking.look_up(draft, "people", gateways(), revision=draft.revision)
    after, seen = sandbox.counted() - before, facts_of(draft).seen
    people, channels = ({key for _, key in seen if key.startswith(kind)} for kind in ("person:", "channel:"))
    return before, after, len(people), len(channels)


def second_look(client, sandbox) -> int:
    """Requests of a first look at a ticket whose customer was looked up a moment ago."""
    first, second = SECOND_LOOK
    client.post("/escalate/", {"ticket": str(first)})
    sandbox.count_from_now()
    client.post("/escalate/", {"ticket": str(second)})
    return sandbox.counted()


def rules(draft) -> float:
    """Median seconds of what the rules do for one ticket, without rendering: rank, find the person, fold the questions."""
    from escalations.models.active import active
    from escalations.models.facts import facts_of
    from escalations.rules import contacts, flow, suggest
    from escalations.rules.facts import Facts

    mapping, seen, day, took = active().mapping, facts_of(draft).seen, draft.created_at.date(), []
    scenario = mapping.scenario(draft.scenario_key)
    for _ in range(200):
        facts = Facts(seen)  # nothing is remembered of the time before
        began = time.perf_counter()
        suggest.rank(mapping, facts, day)
        contacts.find_contact(mapping, mapping.role(scenario.role), facts, day)
        flow.resolve(scenario, {}, facts)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> int:
    sys.path.insert(0, str(ROOT))  # also when run as a file
    with surroundings() as address:
        client = prepare()
        page, start = draft_at_review(client), "/escalate/"
        from escalations.models import Draft

        draft, sandbox = Draft.objects.get(), Sandbox(address)
        measured(client, page, start)  # warm
        on_page, on_start = measured(client, page, start)
        rows = [
            ("wizard page, server time", f"{on_page * 1000:.1f} ms", ""),
            ("signed-in page on the same base (/escalate/)", f"{on_start * 1000:.1f} ms", ""),
            ("wizard page / that page", f"{on_page / on_start:.2f}", _bound(on_page / on_start, MOST_RATIO)),
            ("queries of the wizard page", *_both(queries(client, page), MOST_QUERIES)),
            ("queries of that page", f"{queries(client, start)}", ""),
        ]
        before, after, people, channels = requests_of(sandbox, draft)
        rows += [
            ("requests to the situation", *_both(before, MOST_BEFORE)),
            (f"requests after it, for {people} people and {channels} channels", *_both(after, 3 * people + channels)),
        ]
        rows.append(("requests of a second look at a customer", *_both(second_look(client, sandbox), 2)))
        ms = 1000 * rules(draft)
        rows.append(("rules on one ticket, without rendering", f"{ms:.2f} ms", _bound(ms, MOST_RULES_MS)))
        for milliseconds in (100, 300, 1000):
            sandbox.slow(milliseconds)
            for kind, look in (("", lambda: trips(draft)), (", nobody known", cold)):
                whole = min(sum(look().values()) for _ in range(LOOKS)) / (3 * milliseconds / 1000)
                rows.append((f"facts at {milliseconds} ms a request / 3 delays{kind}", f"{whole:.2f}", _bound(whole, MOST_OF_THREE_TRIPS)))
        for name, value, verdict in rows:
            print(f"{name:<56} {value:>10}  {verdict}")
        return any("ABOVE" in row[2] for row in rows)


def _both(value: int, most: int) -> tuple[str, str]:
    return str(value), _bound(value, most)


def _bound(value: float, most: float) -> str:
    return f"ok, at most {most:g}" if value <= most else f"ABOVE {most:g}"


if __name__ == "__main__":
    sys.exit(main())
