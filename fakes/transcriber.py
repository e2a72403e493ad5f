"""A transcriber whose transcripts a test scripts. It records the recordings that it got."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from typing import TypeAlias

from ports.errors import Unavailable
from ports.object_store import ObjectNotFound, ObjectStore
from ports.transcriber import (
    MEDIA_FORMATS,
    MediaFormat,
    Recording,
    Transcript,
    UnreadableRecording,
    check_recording,
)

Script: TypeAlias = str | Transcript | Exception
"""A script for a job: the transcript, or its text; ``UnreadableRecording``, to make the job fail; or another error,
which ``begin`` raises.
"""

_FAILED = "failed"


class ScriptedTranscriber:
    """Implements ``Transcriber`` over an object store. ``begin`` stores the outcome before it returns.

    If nothing is enqueued, the transcript of a recording is its bytes as text. ``begun`` has the recordings whose jobs
    were started, each once, in order. A test may set ``formats``, ``languages`` (None: all), ``hears_partially`` and
    ``tells_of_failures``. Unless ``tells_of_failures`` is True, a job that fails stores no outcome, as with Transcribe.
    """

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._queue: deque[Script | Callable[[bytes], Script]] = deque()
        self._lock = threading.Lock()
        self._failed: set[str] = set()
        self.begun: list[Recording] = []
        self.formats: frozenset[MediaFormat] = frozenset(MEDIA_FORMATS)
        self.languages: frozenset[str] | None = None
        self.hears_partially = False
        self.tells_of_failures = False

    def enqueue(self, heard: Script | Callable[[bytes], Script]) -> None:
        """Add a script. Each job takes the oldest one. A function is called with the recording's bytes."""
        self._queue.append(heard)

    def speaks(self, language: str) -> bool:
        return self.languages is None or language in self.languages

    def begin(self, recording: Recording) -> None:
        check_recording(recording)
        if recording.media_format not in self.formats or not self.speaks(recording.language):
            raise ValueError("the format or the language is not supported")
        try:
            sound = self._objects.get(recording.key)
        except ObjectNotFound:
            raise Unavailable("transcriber", "no such recording") from None
        with self._lock:
            if recording.job_id in self._failed:
                raise UnreadableRecording
            if any(known.job_id == recording.job_id for known in self.begun):
                return
            heard = self._queue.popleft() if self._queue else text_of
            if callable(heard):
                heard = heard(sound)
            if isinstance(heard, Exception) and not isinstance(heard, UnreadableRecording):
                raise heard
            self.begun.append(recording)
            if isinstance(heard, Exception):
                self._failed.add(recording.job_id)
        if isinstance(heard, Exception) and not self.tells_of_failures:
            return
        outcome = {_FAILED: True} if isinstance(heard, Exception) else asdict(_transcript(heard))
        self._objects.put(recording.result_key, json.dumps(outcome).encode(), "application/json")

    def read(self, outcome: bytes) -> Transcript:
        try:
            result = json.loads(outcome)
            if result.get(_FAILED):
                raise UnreadableRecording
            return Transcript(**result)
        except (ValueError, LookupError, AttributeError, TypeError):
            raise Unavailable("transcriber", "no outcome") from None

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        return sound.decode(errors="ignore") if self.hears_partially else None

    def close(self) -> None:
        """Does nothing: a fake holds nothing open."""


def _transcript(heard: str | Transcript) -> Transcript:
    return Transcript(heard) if isinstance(heard, str) else heard


def text_of(sound: bytes) -> str | Exception:
    """The recording's bytes as text. Returns ``UnreadableRecording`` if they are not UTF-8."""
    try:
        return sound.decode()
    except UnicodeDecodeError:
        return UnreadableRecording()
