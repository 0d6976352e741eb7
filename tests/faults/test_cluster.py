"""What a fault run starts never outlives it."""

import contextlib
import signal
import subprocess

from tests.faults.cluster import Guard


def test_the_guard_kills_what_is_left_and_nothing_else():
    mine = [subprocess.Popen(["sleep", "60"], start_new_session=True) for _ in range(2)]
    try:
        with contextlib.ExitStack() as stack:
            guard = Guard(stack)
            for process in mine:
                guard.tell("+", process.pid)
            guard.tell("-", mine[0].pid)
        assert mine[1].wait(5) == -signal.SIGKILL
        assert mine[0].poll() is None
    finally:
        for process in mine:
            process.kill()
            process.wait()
