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
# What is done to a mutant, and without a mutant to the product as it is.
MIXED, LATE, STORM, EARLY, KILLS = "mixed weather", "late answers", "a storm of clicks", "early answers", "many kills"
SETTINGS = {
    MIXED: ("--n", "40", "--kills", "12", "--stops", "0", "--gap", "2"),
    LATE: ("--n", "40", "--kills", "4", "--stops", "0", "--gap", "2", "--weather", "late"),
    KILLS: ("--n", "80", "--kills", "48", "--stops", "0", "--gap", "1"),
    EARLY: ("--n", "60", "--kills", "12", "--stops", "0", "--gap", "2", "--stopped", "4"),
    STORM: ("--n", "20", "--clicks", "10"),
}


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.killing")
    parser.add_argument("names", nargs="*", help="mutants; none: all of them, and the control")
    parser.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--seed", default="20261124")
    given = parser.parse_args(arguments)
    wanted = [(name, MUTANTS[name].seen_in) for name in given.names or MUTANTS]
    if not given.names:
        wanted = [("", setting) for setting in SETTINGS] + wanted
    print(f"### Mutants, {given.db}, seed {given.seed}\n\n| mutant | what | in | red in | seconds | |\n|--|--|--|--|--|--|")
    failed = [name or f"control in {setting}" for name, setting in wanted if not _as_meant(name, setting, given)]
    print(f"\nNot as meant: {', '.join(failed)}" if failed else "\nEvery mutant was found, and the control is green.")
    return bool(failed)


def _as_meant(name: str, setting: str, given) -> bool:
    """One run and its line. A mutant must be red in a count that it is meant for; so short a control may prove nothing."""
    mutant = MUTANTS.get(name)
    code, counts, took = one([*SETTINGS[setting], "--db", given.db, "--seed", given.seed, *(("--mutant", name) if name else ())])
    reds = {count: many for count, many in counts.items() if many}
    fine = code == 1 and bool(set(reds) & set(mutant.reds)) if mutant else code in (0, 2) and bool(counts) and not reds
    said = ", ".join(f"{count} {many}" for count, many in reds.items()) or "-"
    verdict = ("found" if mutant else "green") if fine else f"NOT AS MEANT ({code})"
    what = mutant.what if mutant else "nothing changed"
    print(f"| {name or 'control'} | {what} | {setting} | {said} | {took:.0f} | {verdict} |", flush=True)
    return fine


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
