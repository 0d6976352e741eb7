"""`python -m tests.faults.killing`: every mutant must turn a fault run red, in a count that it is meant for; the control must stay green."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.mutants import MUTANTS

ROOT = Path(__file__).resolve().parents[2]
STORM = ("--n", "20", "--clicks", "10")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.killing")
    parser.add_argument("names", nargs="*", help="mutants; none: all of them, and the control")
    parser.add_argument("--n", default="40")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", default="20261124")
    given = parser.parse_args(arguments)
    weather = ("--n", given.n, "--kills", "12", "--stops", "0", "--gap", "2")
    common = ("--db", given.db, "--seed", given.seed)
    failed = []
    print(
        f"### Mutants, {given.db}, N = {given.n}, seed {given.seed}\n\n| mutant | what | red in | seconds | |\n|--|--|--|--|--|"
    )
    for name in given.names or ["", *MUTANTS]:
        mutant = MUTANTS.get(name)
        setting = STORM if mutant and mutant.storm else weather
        code, counts, took = one([*setting, *common, *(("--mutant", name) if name else ())])
        reds = {count: many for count, many in counts.items() if many}
        as_meant = code == 1 and bool(set(reds) & set(mutant.reds)) if mutant else code in (0, 2) and not reds
        failed += [] if as_meant else [name or "control"]
        said = ", ".join(f"{count} {many}" for count, many in reds.items()) or "-"
        verdict = ("found" if mutant else "green") if as_meant else f"NOT AS MEANT ({code})"
        print(
            f"| {name or 'control'} | {mutant.what if mutant else 'nothing changed'} | {said} | {took:.0f} | {verdict} |",
            flush=True,
        )
    print(f"\nNot as meant: {', '.join(failed)}" if failed else "\nEvery mutant was found, and the control is green.")
    return bool(failed)


def one(arguments: list[str]) -> tuple[int, dict[str, int], float]:
    """Exit code, the eight counts, seconds of one run in a process of its own."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-mutants-") as folder:
        counts = Path(folder) / "counts.json"
        command = [sys.executable, "-m", "tests.faults.run", *arguments, "--counts", str(counts)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if not counts.exists():
            print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
            return done.returncode, {}, time.monotonic() - began
        return done.returncode, json.loads(counts.read_text()), time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
