"""A message of an interview passes through few files, whatever its kind."""

from __future__ import annotations

import pytest

from benchmarks.message_trip import MOST_FILES, Call, Journey, Trip, stays_of


@pytest.fixture(scope="module")
def trips() -> dict[str, Trip]:
    return Journey().trips()


def test_a_message_of_an_interview_passes_through_at_most_fifteen_files(trips: dict[str, Trip]) -> None:
    assert MOST_FILES == 15
    assert {kind: trip.files for kind, trip in trips.items() if len(trip.files) > MOST_FILES} == {}


def test_each_kind_of_message_is_counted_from_the_edge_to_the_repository(trips: dict[str, Trip]) -> None:
    kinds = ("start_interview", "resume_interview", "text_answer", "audio_chunk", "end_interview")
    assert set(kinds) <= trips.keys()
    way = {
        "chalicelib/websocket.py",
        "domain/interviews/interviewing.py",
        "domain/interviews/decisions.py",
        "domain/interviews/interviews.py",
    }
    for trip in trips.values():
        assert way <= trip.files
        assert trip.files <= trip.ran
        assert trip.returns > 0


def test_another_capability_counts_only_the_files_on_the_way_to_a_port() -> None:
    store = Call("domain/progress/ledger.py", leads_to_a_port=True)
    service = Call("domain/progress/progress.py", [store], leads_to_a_port=True)
    rule = Call("domain/progress/mastery.py")
    shared = Call("domain/base/retrying.py", [service, rule], leads_to_a_port=True)
    edge = Call("chalicelib/websocket.py", [shared, store], leads_to_a_port=True)
    assert stays_of(Call("chalicelib/observed.py", [edge])) == [
        "chalicelib/websocket.py",
        "domain/progress/progress.py",
        "chalicelib/websocket.py",
        "domain/progress/ledger.py",
        "chalicelib/websocket.py",
    ]
