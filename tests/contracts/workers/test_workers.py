from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from random import Random

from adapters.workers import ThreadWorkers
from ports.workers import Workers
from tests.contracts.workers.contract import LONG, Gate, WorkersContract
from tests.simulation.scheduling import Process, Scheduler, SimulatedWorkers


class TestThreadWorkers(WorkersContract):
    def run(self, work: Callable[[Workers, Callable[[], Gate]], None]) -> None:
        copy_context().run(work, ThreadWorkers(), ThreadGate)


class TestSimulatedWorkers(WorkersContract):
    def run(self, work: Callable[[Workers, Callable[[], Gate]], None]) -> None:
        scheduler = Scheduler(Random(1), copy_context())
        workers = SimulatedWorkers(scheduler)
        scheduler.begin("test", Process("test"), lambda: work(workers, lambda: SimulatedGate(scheduler)))
        scheduler.run()


class ThreadGate:
    def __init__(self) -> None:
        self._is_open = threading.Event()

    def wait(self) -> None:
        assert self._is_open.wait(LONG)

    def open(self) -> None:
        self._is_open.set()


class SimulatedGate:
    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_open = False

    def wait(self) -> None:
        self._scheduler.wait_for(lambda: self._is_open)

    def open(self) -> None:
        self._is_open = True
