"""FSRS and the fake pass the contract."""

from __future__ import annotations

import pytest

from adapters.fsrs_scheduler import FsrsScheduler
from fakes.scheduler import DoublingScheduler
from ports.scheduler import Scheduler
from tests.contracts.scheduler.contract import SchedulerContract


class TestFsrsScheduler(SchedulerContract):
    @pytest.fixture
    def scheduler(self) -> Scheduler:
        return FsrsScheduler()

    def test_a_wrong_first_answer_is_due_the_next_day(self) -> None:
        fsrs = FsrsScheduler()
        assert fsrs.interval(fsrs.answered(None, 0, "forgotten")) == 1


class TestDoublingScheduler(SchedulerContract):
    @pytest.fixture
    def scheduler(self) -> Scheduler:
        return DoublingScheduler()
