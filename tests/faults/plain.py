"""Run the portal as it is, by the same way as a mutant: the control run differs in the mistake and in nothing else."""

import sys

from tests.faults.mutated import run

if __name__ == "__main__":
    run(sys.argv[1:])
