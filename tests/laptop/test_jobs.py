"""The background thread of transcripts and scans: each job once, one after the other, and an end when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest

from adapters.local.jobs import MAX_JOBS, BackgroundJobs
from ports.errors import Throttled, Unavailable

PATIENCE_SECONDS = 60.0


@dataclass
class Job:
    job_id: str


@dataclass
class Work:
    """The work of the thread: each job waits until the test lets it continue, and fails if the test wants that."""

    done: list[str] = field(default_factory=list)
    may_go_on: Event = field(default_factory=Event)
    has_begun: Event = field(default_factory=Event)
    failing: set[str] = field(default_factory=set)

    def do(self, job: Job) -> None:
        self.has_begun.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        if job.job_id in self.failing:
            raise Unavailable("recogniser", "broken")
        self.done.append(job.job_id)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def jobs(work: Work) -> Iterator[BackgroundJobs[Job]]:
    jobs = BackgroundJobs("recogniser", work.do)
    yield jobs
    jobs.close(work.may_go_on.set)


def test_jobs_are_done_in_order_and_a_job_that_waits_or_runs_is_not_begun_twice(
    jobs: BackgroundJobs[Job], work: Work
) -> None:
    for name in ("one", "two", "one", "two"):
        jobs.begin(Job(name))
    was_idle = jobs.is_idle
    work.may_go_on.set()
    jobs.finish()
    assert work.done == ["one", "two"]
    assert (was_idle, jobs.is_idle) == (False, True)


def test_a_job_that_failed_can_be_begun_again(jobs: BackgroundJobs[Job], work: Work) -> None:
    work.may_go_on.set()
    work.failing.add("one")
    jobs.begin(Job("one"))
    jobs.begin(Job("two"))
    jobs.finish()
    assert work.done == ["two"]
    work.failing.clear()
    jobs.begin(Job("one"))
    jobs.finish()
    assert work.done == ["two", "one"]


def test_a_job_beyond_the_most_that_may_wait_is_refused_and_can_be_begun_later(
    jobs: BackgroundJobs[Job], work: Work
) -> None:
    jobs.begin(Job("first"))
    assert work.has_begun.wait(PATIENCE_SECONDS)
    for number in range(MAX_JOBS):
        jobs.begin(Job(f"job-{number}"))
    with pytest.raises(Throttled):
        jobs.begin(Job("late"))
    work.may_go_on.set()
    jobs.finish()
    jobs.begin(Job("late"))
    jobs.finish()
    assert work.done == ["first", *(f"job-{number}" for number in range(MAX_JOBS)), "late"]


def test_closing_interrupts_the_job_that_runs_and_does_no_other(
    jobs: BackgroundJobs[Job], work: Work
) -> None:
    for number in range(MAX_JOBS):
        jobs.begin(Job(f"job-{number}"))
    assert work.has_begun.wait(PATIENCE_SECONDS)
    jobs.close(work.may_go_on.set)
    assert work.done == ["job-0"]
    assert jobs.is_closing
    jobs.close()
