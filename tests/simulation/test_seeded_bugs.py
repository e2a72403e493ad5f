"""The simulator finds bugs. Each patch puts a bug into a copy of the project; the search must then fail, and the
printed command must fail too.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patched import apply, copy_of_the_project

BUGS = Path(__file__).parent / "bugs"
MOST_SCHEDULES = "4000"

FOUND_AS = {
    "correction-without-fence": "the desk has|the mark .* is GradedAnswer|the ledger counts|was decided (over|last)",
    "double-scoring": "was overwritten",
    "evidence-counted-again": "made the evidence",
    "fact-decided-without-evidence": "the ledger counts|was judged .* and shows",
    "fact-left-on-the-desk": "and the desk has",
    "key-in-a-log-line": "a line of the log tells too much",
    "lost-wake-up": "is processing for good",
    "message-overwrite": "was overwritten",
    "missing-lease-check": "was taken while it ran",
    "random-chunk-ids": "is searchable with",
    "regrade-done-at-once": "is by an old key",
    "result-without-evidence": "made the evidence",
    "unfenced-delete": "belongs to no document|is searchable without chunks",
    "unscoped-read": "answered 200 to|showed .* what is .*'s",
    "vectors-left-on-failure": "has failed and leaves",
}
"""For each bug, a regular expression that the simulator's output must match."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_of_the_project(tmp_path)


def patch_of(bug: str) -> Path:
    return BUGS / f"{bug}.patch"


def test_there_is_a_patch_for_each_bug_and_it_applies(copy: Path) -> None:
    assert {patch.stem for patch in BUGS.glob("*.patch")} == FOUND_AS.keys()
    for bug in FOUND_AS:
        apply(patch_of(bug), copy, "--check")


@pytest.mark.slow
@pytest.mark.parametrize("bug", sorted(FOUND_AS))
def test_the_simulator_finds_each_seeded_bug(bug: str, copy: Path) -> None:
    apply(patch_of(bug), copy)
    searched = simulated(
        copy, "--at-first", "--schedules", MOST_SCHEDULES, "--every", "5", "--processes", "1"
    )
    assert re.search(FOUND_AS[bug], searched), searched
    again = re.search("make simulate (SEED|CASE)=(.+)\n", searched)
    assert again is not None, searched
    replayed = simulated(copy, f"--{again[1].lower()}", again[2])
    assert "\nVIOLATION " in replayed, replayed


def simulated(folder: Path, *arguments: str) -> str:
    """The output of the simulator in the copy. It must fail there."""
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stdout
