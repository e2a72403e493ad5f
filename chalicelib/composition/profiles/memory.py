"""The memory profile: a fake for every port except the workers. Only tests use it."""

from __future__ import annotations

from adapters.workers import ThreadWorkers
from chalicelib.composition.demo_school import DEMO_SCHOOL
from domain.base.tables import TABLES
from fakes.profile import MemoryAdapters


def memory_adapters() -> MemoryAdapters:
    return MemoryAdapters(TABLES, DEMO_SCHOOL, ThreadWorkers())
