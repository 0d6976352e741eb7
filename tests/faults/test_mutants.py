"""Each mutant must still be a change to the product as it is; whether the fault run notices it is for `make faults-mutants`."""

import importlib.util
from pathlib import Path

import pytest

from tests.faults.checker import COUNTS
from tests.faults.mutants import MUTANTS
from tests.faults.mutated import Finder

# The mistakes that a delivery like ours is known to make; more are welcome.
AT_LEAST = {
    "retry-on-unknown", "clients-retry", "wall-clock-lease", "delivered-before-send", "public-left-out",
    "recipients-resolved-again", "no-draft-key",
}  # fmt: skip


def test_the_known_mistakes_are_all_there():
    assert set(MUTANTS) >= AT_LEAST


def test_together_they_turn_every_count_red():
    assert {red for mutant in MUTANTS.values() for red in mutant.reds} == set(COUNTS)


@pytest.mark.parametrize("name", MUTANTS)
def test_it_still_fits_the_product(name):
    for module in MUTANTS[name].patches:
        before = Path(importlib.util.find_spec(module).origin).read_text()
        loader = Finder(MUTANTS[name].patches).find_spec(module, path_of(module)).loader
        assert loader.get_code(module) != compile(before, loader.path, "exec", dont_inherit=True)


def path_of(module: str):
    return importlib.util.find_spec(module.rpartition(".")[0]).submodule_search_locations


def test_one_that_does_not_fit_any_more_is_an_error():
    module = "escalations.rules.backoff"
    loader = Finder({module: [("not in there", "")]}).find_spec(module, path_of(module)).loader
    with pytest.raises(ImportError, match="does not fit"):
        loader.get_code(module)
