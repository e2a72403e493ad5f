"""The sound of answers, in the bucket: the parts as they come, the recording made of them, its transcript."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from domain.interviews.interview import INTERVIEW_OBJECTS, RecordingId, interview_prefix
from domain.interviews.recording import MediaFormat, ReceivedPart, final_number, joined, received_through
from ports.errors import UpstreamError
from ports.object_store import ObjectNotFound, ObjectStore
from ports.workers import Workers

_AT_ONCE = 8

log = logging.getLogger("lyceum.recordings")


class Recordings:
    def __init__(self, objects: ObjectStore, workers: Workers) -> None:
        self._objects = objects
        self._workers = workers

    def keep(self, recording: RecordingId, part: ReceivedPart, sound: bytes) -> None:
        """Store a part, before anybody is told that it came."""
        self._objects.put(recording.part_key(part.sequence, part.digest), sound, "application/octet-stream")

    def sound(
        self, recording: RecordingId, parts: Sequence[ReceivedPart], media_format: MediaFormat
    ) -> bytes:
        """What the parts come to, up to the first gap or the one that says it is the last."""
        end, final = received_through(parts), final_number(parts)
        last = end if final is None else min(end, final)
        keys = [recording.part_key(part.sequence, part.digest) for part in parts[: last + 1]]
        with self._workers.pool(_AT_ONCE) as pool:
            pieces = list(pool.map(self._objects.get, keys))
        return joined(pieces, media_format)

    def put_together(
        self, recording: RecordingId, parts: Sequence[ReceivedPart], media_format: MediaFormat
    ) -> bytes:
        """Store the recording of all the parts, where a transcriber finds it; answers it."""
        sound = self.sound(recording, parts, media_format)
        self._objects.put(recording.recording_key(media_format), sound, f"audio/{media_format}")
        return sound

    def outcome(self, recording: RecordingId) -> bytes | None:
        """What a transcriber stored of it, if it did."""
        try:
            return self._objects.get(recording.transcript_key)
        except ObjectNotFound:
            return None

    def clear(self, recording: RecordingId) -> bool:
        """Remove all of a recording that was understood, or never will be. Whether that could be done."""
        return self._remove(recording.prefixes)

    def clear_session(self, session_id: str) -> bool:
        """As ``clear``, all recordings of an interview."""
        return self._remove([f"{kind}{session_id}/" for kind in INTERVIEW_OBJECTS])

    def keys_of(self, owner: str) -> Iterator[tuple[str, str]]:
        """What the bucket holds of all the owner's interviews: each key with its session's id."""
        for kind in INTERVIEW_OBJECTS:
            for key in self._objects.keys(kind + interview_prefix(owner)):
                yield key, key.split("/")[1]

    def remove(self, key: str) -> None:
        self._objects.delete(key)

    def _remove(self, prefixes: Sequence[str]) -> bool:
        """What cannot be removed now goes when the interview is over."""
        try:
            for prefix in prefixes:
                for key in list(self._objects.keys(prefix)):
                    self._objects.delete(key)
        except UpstreamError as failed:
            log.warning("recordings_left", extra={"reason": type(failed).__name__})
            return False
        return True
