"""From a clean clone to a usable page, in seconds: `python -m bench.first_start`. Packages come from the caches that are there.

Ends with 1 when it takes longer than 90 s.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOUND_SECONDS = 90
READY = re.compile(r"http://127\.0\.0\.1:\d+")
OURS = ("VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "VAR_DIR")


def main() -> int:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    with tempfile.TemporaryDirectory(prefix="portal-first-start-") as folder:
        began = time.monotonic()
        subprocess.run(["git", "clone", "-q", str(ROOT), f"{folder}/portal"], check=True)
        running = subprocess.Popen(
            ["make", "run", "PORT=8390", "SANDBOX_PORT=8391"], cwd=f"{folder}/portal", env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            address = _address(running)
            with urllib.request.urlopen(f"{address}/sign-in/", timeout=30) as answer:
                usable = answer.status == 200 and b"Ana Lima" in answer.read()
            took = time.monotonic() - began
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(30)
    print(f"clean clone to a usable page: {took:.0f} s (bound {BOUND_SECONDS}){'' if usable else ', but the page is not usable'}")
    return 0 if usable and took <= BOUND_SECONDS else 1


def _address(running) -> str:
    """What `make run` prints once everything answers; its last words when it ends before."""
    said = []
    for line in running.stdout:
        said.append(line)
        if "ready" in line and (found := READY.search(line)):
            return found.group()
    raise SystemExit("make run ended without an address:\n" + "".join(said[-20:]))


if __name__ == "__main__":
    sys.exit(main())
