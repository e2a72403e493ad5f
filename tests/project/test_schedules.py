"""Each schedule is as rare as the promises of its sweepers allow (docs/costs.md says the same for readers)."""

from __future__ import annotations

import re
from math import inf
from types import SimpleNamespace
from typing import Any

from chalicelib.events import schedule_struck
from domain.documents.document import LEASE_SECONDS
from domain.documents.knowledge import LOOK_AGAIN_SECONDS
from domain.interviews.interview import TRANSCRIPT_CHECK_SECONDS
from domain.privacy.erasures import REPEAT_SECONDS
from domain.teaching.regrading import SECONDS_IN_TURN
from fakes.system import FrozenClock
from infrastructure.chalice_project import PROJECT

LEAST_SECONDS = 60.0
"""EventBridge's shortest interval:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""
NEEDS = {
    "on_schedule": {
        "interviewing": TRANSCRIPT_CHECK_SECONDS,  # a lost transcript is noticed while the learner waits
        "ingestion": LEASE_SECONDS,  # a document whose worker died is processed further
        "regrading": SECONDS_IN_TURN,  # the next turn continues where a turn ended
        "knowledge_bases": LOOK_AGAIN_SECONDS,  # Bedrock does not say when a base is ready
        "erasing": REPEAT_SECONDS,  # a second pass erases what was written meanwhile
        "progress": inf,  # no time is promised for these three: they run because the others do
        "tutoring": inf,
        "snapshot_taking": inf,
    }
}
"""For each schedule, its sweepers and the seconds that each may wait between two turns."""
_SECONDS = {"MINUTES": 60, "HOURS": 3600, "DAYS": 86_400}


class Sweepers:
    """Stands for the services, and records whose ``sweep`` is called. ``due`` is what each store says is due."""

    def __init__(self, due: list[object]) -> None:
        self.clock = FrozenClock()
        self.due = due
        self.swept: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        def sweep(**how: float | None) -> list[object]:
            self.swept.add(name)
            return []

        return SimpleNamespace(sweep=sweep, due=lambda _: self.due, wanted=lambda _: self.due)


def test_a_schedule_runs_no_more_often_than_a_promise_needs_and_no_less() -> None:
    source = (PROJECT / "app.py").read_text(encoding="utf-8")
    found = {
        name: int(amount) * _SECONDS[unit]
        for amount, unit, name in re.findall(
            r"@app\.schedule\(Rate\((\d+), unit=Rate\.(\w+)\)\)\ndef (\w+)", source
        )
    }
    assert source.count(".schedule(") == len(found)
    assert found == {name: max(LEAST_SECONDS, min(needs.values())) for name, needs in NEEDS.items()}


def test_the_sweepers_of_the_schedule_are_those_whose_needs_are_known() -> None:
    services: Any = Sweepers(due=["a row"])
    schedule_struck(services)
    assert services.swept == NEEDS["on_schedule"].keys()


def test_a_minute_without_due_work_uses_no_service_that_would_do_it() -> None:
    """To import and build these services takes longer than to ask whether anything is due."""
    services: Any = Sweepers(due=[])
    schedule_struck(services)
    assert services.swept == {"knowledge_bases"}  # it asks only its own rows, and needs little else
