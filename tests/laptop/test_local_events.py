"""The laptop's events: each kind by itself, as each has its own function on AWS."""

from __future__ import annotations

import threading
from typing import Any

from adapters.local.events import LocalEvents

PATIENCE_SECONDS = 10


def test_a_transcript_does_not_wait_for_a_document_that_is_read() -> None:
    is_heard, is_read = threading.Event(), threading.Event()

    def read(event: dict[str, Any]) -> None:
        if is_heard.wait(PATIENCE_SECONDS):
            is_read.set()

    events = LocalEvents(workers=1)
    events.connect({"raw-files/": read, "transcripts/": lambda event: is_heard.set()}, lambda: None)
    events.object_created("raw-files/a", 1, "e")
    events.object_created("raw-files/b", 1, "e")
    events.object_created("transcripts/c", 1, "e")
    assert is_heard.wait(PATIENCE_SECONDS)
    assert is_read.wait(PATIENCE_SECONDS)
    events.stop()
