"""Runs many schedules and cases in several processes."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.simulation.journeys import PLANS
from tests.simulation.search import Case, Outcome, calls_of, run_case, run_schedule
from tests.simulation.world import Stage

_CHUNK = 25
Job = int | Case
"""The seed of a schedule, or a case of the other search."""


@dataclass
class Found:
    schedules: int = 0
    cases: int = 0
    calls: int = 0
    strikes: int = 0
    failed: list[tuple[Job, list[str]]] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.schedules += other.schedules
        self.cases += other.cases
        self.calls += other.calls
        self.strikes += other.strikes
        self.failed += other.failed


_stage: Stage | None = None


def _on_stage() -> Stage:
    global _stage  # one for each process
    if _stage is None:
        _stage = Stage()
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)
    return _stage


def run(job: Job, *, keeps_trail: bool = False) -> Outcome:
    stage = _on_stage()
    stage.keeps_trail = keeps_trail
    return run_case(stage, job) if isinstance(job, Case) else run_schedule(stage, job)


def _run_all(jobs: Sequence[Job]) -> Found:
    found = Found()
    for job in jobs:
        try:
            outcome = run(job)
        except Exception as failure:
            found.failed.append((job, [f"the simulation itself failed: {failure!r}"]))
            continue
        found.calls += outcome.calls
        found.strikes += outcome.strikes
        found.cases += isinstance(job, Case)
        found.schedules += not isinstance(job, Case)
        if outcome.violations:
            found.failed.append((job, outcome.violations))
    return found


def cases(every: int) -> list[Case]:
    """Every case of the Nth-call search, or every ``every``-th one."""
    found = [
        Case(plan.name, fault, number)
        for plan in PLANS
        for fault, calls in calls_of(_on_stage(), plan).items()
        for number in range(1, calls + 1)
    ]
    return found[::every]


def _chunks(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (jobs[first : first + _CHUNK] for first in range(0, len(jobs), _CHUNK))


def search(jobs: Sequence[Job], processes: int, *, at_first: bool) -> Found:
    """Run the jobs. With ``at_first``, stop soon after the first one that fails."""
    found = Found()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for part in pool.imap_unordered(_run_all, _chunks(jobs)):
            found.add(part)
            if at_first and found.failed:
                break
    return found
