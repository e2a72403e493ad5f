"""The laptop's events. Each kind is handled separately, as by its own function on AWS."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from adapters.local.events import LocalEvents

PATIENCE_SECONDS = 60


def test_a_transcript_does_not_wait_for_a_document_that_is_read() -> None:
    is_heard, is_read = threading.Event(), threading.Event()

    def read(event: dict[str, Any]) -> None:
        if is_heard.wait(PATIENCE_SECONDS):
            is_read.set()

    events = LocalEvents()
    events.connect(
        {"raw-files/": read, "transcripts/": lambda event: is_heard.set()},
        lambda: None,
        {"raw-files/": 1, "transcripts/": 1},
    )
    events.object_created("raw-files/a", 1, "e")
    events.object_created("raw-files/b", 1, "e")
    events.object_created("transcripts/c", 1, "e")
    assert is_heard.wait(PATIENCE_SECONDS)
    assert is_read.wait(PATIENCE_SECONDS)
    events.stop()


def test_work_passed_to_later_waits_for_all_events_of_its_prefix() -> None:
    done: list[str] = []
    all_have_come, all_is_done = threading.Event(), threading.Event()

    def follow(key: str) -> None:
        done.append(f"{key} followed")
        if len(done) == 4:
            all_is_done.set()

    def hear(event: dict[str, Any]) -> None:
        assert all_have_come.wait(PATIENCE_SECONDS)
        key = event["Records"][0]["s3"]["object"]["key"]
        done.append(key)
        events.later("transcripts/", partial(follow, key))

    events = LocalEvents()
    events.connect({"transcripts/": hear}, lambda: None, {"transcripts/": 1})
    events.object_created("transcripts/a", 1, "e")
    events.object_created("transcripts/b", 1, "e")
    all_have_come.set()
    assert all_is_done.wait(PATIENCE_SECONDS)
    events.stop()
    assert done == ["transcripts/a", "transcripts/b", "transcripts/a followed", "transcripts/b followed"]


def test_a_failed_piece_of_work_does_not_stop_others() -> None:
    def fail() -> None:
        raise LookupError

    is_done = threading.Event()
    events = LocalEvents()
    events.connect({"transcripts/": lambda event: is_done.set()}, lambda: None, {"transcripts/": 1})
    events.later("transcripts/", fail)
    events.object_created("transcripts/a", 1, "e")
    assert is_done.wait(PATIENCE_SECONDS)
    events.stop()
