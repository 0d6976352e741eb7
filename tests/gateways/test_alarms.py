"""What ends a call at its deadline: one thread that calls what was asked for, when its time has come."""

import threading

import pytest

from escalations.gateways.watchdog import Alarms

PATIENCE = 10.0  # seconds; nothing here takes a tenth of one


@pytest.fixture
def alarms():
    return Alarms()


class Called(list):
    """What went off, in its order; `wait` until so many have."""

    def __init__(self):
        super().__init__()
        self._more = threading.Condition()

    def by(self, name: str):
        def call():
            with self._more:
                self.append(name)
                self._more.notify()

        return call

    def wait(self, many: int) -> list[str]:
        with self._more:
            assert self._more.wait_for(lambda: len(self) >= many, PATIENCE), list(self)
        return list(self)


def test_a_sooner_one_that_is_set_later_goes_off_first(alarms):
    called = Called()
    alarms.set(0.06, called.by("late"))
    alarms.set(0.01, called.by("soon"))
    assert called.wait(2) == ["soon", "late"]


def test_one_that_is_set_after_the_last_has_gone_off_goes_off_as_well(alarms):
    called = Called()
    for n in range(3):
        alarms.set(0.0, called.by(str(n)))
        called.wait(n + 1)
    assert called == ["0", "1", "2"]


def test_a_cancelled_one_stays_silent_and_may_be_cancelled_again(alarms):
    called = Called()
    silent = alarms.set(0.01, called.by("silent"))
    alarms.cancel(silent)
    alarms.cancel(silent)
    alarms.set(0.02, called.by("after it"))
    assert called.wait(1) == ["after it"]


def test_a_mistake_in_one_does_not_silence_the_others(alarms, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    gone = threading.Event()

    def mistaken():
        gone.set()
        raise RuntimeError

    alarms.set(0.0, mistaken)
    assert gone.wait(PATIENCE)
    alarms._thread.join(PATIENCE)
    called = Called()
    alarms.set(0.0, called.by("the next"))
    assert called.wait(1) == ["the next"]


def test_many_threads_need_no_thread_each(alarms):
    called, before = Called(), threading.active_count()
    for n in range(50):
        alarms.set(0.02, called.by(str(n)))
    assert threading.active_count() <= before + 1
    assert len(called.wait(50)) == 50
