"""Who is who in Slack, read by the worker before anybody asks: an address leads to an id, of colleagues alone."""

import threading
import time

import pytest

from escalations.actions import colleagues, working
from escalations.gateways.wiring import gateways
from escalations.models import Colleague
from escalations.reading import memory

pytestmark = pytest.mark.usefixtures("db")
DANA, U_DANA = "dana.reyes@example.com", "U0DANAREYES"


def test_the_list_is_kept_by_address_in_small_letters(sandbox):
    assert colleagues.refresh(gateways())
    assert memory.slack_ids(["Dana.Reyes@Example.com", "nobody@example.com"]) == {U_DANA}
    assert not Colleague.objects.filter(email="").exists()


def test_what_changed_is_read_again_and_who_is_gone_is_forgotten(sandbox):
    Colleague.objects.create(email=DANA, slack_id="U0OLD")
    Colleague.objects.create(email="left@example.com", slack_id="U0LEFT")
    colleagues.refresh(gateways())
    assert Colleague.objects.get(email=DANA).slack_id == U_DANA
    assert memory.slack_ids(["left@example.com"]) == set()


@pytest.mark.parametrize("kind", ["500", "hang", "malformed", "cut_page"])
def test_a_list_that_cannot_be_read_whole_leaves_what_is_known(sandbox, kind, monkeypatch):
    Colleague.objects.create(email="left@example.com", slack_id="U0LEFT")
    monkeypatch.setattr(colleagues, "READ_SECONDS", 1.0)
    sandbox.fault("slack", kind, match="users.list")
    assert not colleagues.refresh(gateways())
    assert memory.slack_ids(["left@example.com"]) == {"U0LEFT"}


def test_a_worker_reads_it_when_it_begins_and_soon_again_where_it_could_not(monkeypatch):
    worker, read = working.Working(None, None, threading.Event()), []

    def refresh(gateways):
        read.append(gateways)
        if len(read) == 3:
            worker.stop.set()
        return False

    monkeypatch.setattr(colleagues, "refresh", refresh)
    monkeypatch.setattr(working, "ROSTER_AGAIN_SECONDS", 0.01)
    began = time.monotonic()
    worker._know_colleagues()
    assert len(read) == 3 and time.monotonic() - began < 5
