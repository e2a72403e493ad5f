"""Some schedules and cases run without a violation, and the same seed gives the same run. ``make simulate`` runs more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def simulated(*arguments: str) -> tuple[int, str]:
    """The exit status and the output, without the time that the run took."""
    command = [sys.executable, "-m", "tests.simulation", "--processes", "1", *arguments]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.partition(";")[0] + run.stderr


@pytest.mark.slow
def test_some_schedules_and_cases_have_no_violation() -> None:
    status, printed = simulated("--schedules", "150", "--every", "50")
    assert status == 0, printed
    assert printed.startswith("150 schedules and ")
    assert printed.endswith(" faults, 0 with a violation")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_run() -> None:
    first, again = (simulated("--seed", "7") for _ in range(2))
    assert first == again
    assert first[0] == 0, first
