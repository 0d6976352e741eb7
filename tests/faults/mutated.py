"""Run the portal with one small mistake in it: `FAULTS_MUTANT=name python -m tests.faults.mutated manage worker`.

The named patch replaces text in a module while it is imported, in this process only. Text that is not there exactly once
is an error: a mutant that no longer changes anything would prove nothing.
"""

import os
import runpy
import sys
import threading
import time
from importlib.machinery import PathFinder, SourceFileLoader


class Patched(SourceFileLoader):
    """Loads a module with its replacements made; its compiled form is never kept."""

    replacements = ()

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        text = self.get_data(path).decode()
        for before, after in self.replacements:
            if text.count(before) != 1:
                raise ImportError(
                    f"the mutant does not fit {fullname} any more: {before!r} is there {text.count(before)} times"
                )
            text = text.replace(before, after)
        return compile(text, path, "exec", dont_inherit=True)


class Finder:
    """Comes before Python's own finders, for the modules of the mutant."""

    def __init__(self, patches: dict[str, list[tuple[str, str]]]):
        self.patches = patches

    def find_spec(self, name, path=None, target=None):
        if name not in self.patches:
            return None
        spec = PathFinder.find_spec(name, path, target)
        spec.loader = Patched(spec.loader.name, spec.loader.path)
        spec.loader.replacements = self.patches[name]
        return spec


def run(arguments: list[str]) -> None:
    """`gunicorn ...` or `manage ...`, in this process."""
    if (
        "FAKETIME" in os.environ
    ):  # faketime 0.9.10 breaks the system call behind time.sleep when it leaves the other clock alone
        time.sleep = lambda seconds: threading.Event().wait(seconds)
    sys.argv = [f"{arguments[0]}.py" if arguments[0] == "manage" else arguments[0], *arguments[1:]]
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    from tests.faults.mutants import MUTANTS

    sys.meta_path.insert(0, Finder(MUTANTS[os.environ["FAULTS_MUTANT"]].patches))
    run(sys.argv[1:])
