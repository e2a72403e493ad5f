"""The world holds in some schedules and cases, and a seed says all that happens in it; ``make simulate`` runs more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def simulated(*arguments: str) -> tuple[int, str]:
    """Its status, and what it prints but for the time it took."""
    command = [sys.executable, "-m", "tests.simulation", "--processes", "1", *arguments]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.partition(";")[0] + run.stderr


@pytest.mark.slow
def test_some_schedules_and_cases_break_nothing() -> None:
    status, told = simulated("--schedules", "150", "--every", "50")
    assert status == 0, told
    assert told.startswith("150 schedules and ")
    assert told.endswith(" faults, 0 with a violation")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_run() -> None:
    first, again = (simulated("--seed", "7") for _ in range(2))
    assert first == again
    assert first[0] == 0, first
