"""Many interviews at the same time on the real server: each learner gets only the responses to their own answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.many_connections import TURNS, run

CONNECTIONS = 20


@pytest.mark.slow
def test_no_message_is_lost_or_crossed_between_connections(tmp_path: Path) -> None:
    report = run(tmp_path, CONNECTIONS)
    assert report.faults == []
    assert [len(heard.latencies) for heard in report.crowd] == [TURNS] * CONNECTIONS
    assert len({heard.session_id for heard in report.crowd}) == CONNECTIONS
