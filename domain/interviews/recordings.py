"""The recordings of answers in the object store: their parts, the joined recordings, and the transcripts."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from domain.interviews.interview import RecordingId, interview_prefix
from domain.interviews.interview_words import INTERVIEW_OBJECTS
from domain.interviews.recording import ReceivedPart, final_number, joined, received_through
from ports.errors import UpstreamError
from ports.media_formats import MediaFormat
from ports.object_store import ObjectNotFound, ObjectStore
from ports.workers import Workers

_AT_ONCE = 8

log = logging.getLogger("lyceum.recordings")


class Recordings:
    def __init__(self, objects: ObjectStore, workers: Workers) -> None:
        self._objects = objects
        self._workers = workers

    def keep(self, recording: RecordingId, part: ReceivedPart, sound: bytes) -> None:
        """Store the sound of a part. The caller does this before it stores or announces that the part has arrived."""
        self._objects.put(recording.part_key(part.sequence, part.digest), sound, "application/octet-stream")

    def sound(
        self, recording: RecordingId, parts: Sequence[ReceivedPart], media_format: MediaFormat
    ) -> bytes:
        """The joined parts, up to the final part or the first gap."""
        end, final = received_through(parts), final_number(parts)
        last = end if final is None else min(end, final)
        keys = [recording.part_key(part.sequence, part.digest) for part in parts[: last + 1]]
        with self._workers.pool(_AT_ONCE) as pool:
            others = pool.map(self._objects.get, keys[1:])
            pieces = [*map(self._objects.get, keys[:1]), *others]
        return joined(pieces, media_format)

    def put_together(
        self, recording: RecordingId, parts: Sequence[ReceivedPart], media_format: MediaFormat
    ) -> bytes:
        """Store the joined recording for the transcriber, and return it."""
        sound = self.sound(recording, parts, media_format)
        self._objects.put(recording.recording_key(media_format), sound, f"audio/{media_format}")
        return sound

    def outcome(self, recording: RecordingId) -> bytes | None:
        """The result that the transcriber stored; None if there is none yet."""
        try:
            return self._objects.get(recording.transcript_key)
        except ObjectNotFound:
            return None

    def clear(self, recording: RecordingId) -> bool:
        """Remove all objects of a recording that is no longer needed. Returns False if an upstream failed."""
        return self._remove(recording.prefixes)

    def clear_session(self, session_id: str) -> bool:
        """Remove the objects of all recordings of an interview. Returns False if an upstream failed."""
        return self._remove([f"{kind}{session_id}/" for kind in INTERVIEW_OBJECTS])

    def keys_of(self, owner: str) -> Iterator[tuple[str, str]]:
        """The keys of all objects of the owner's interviews, each with the id of its session."""
        for kind in INTERVIEW_OBJECTS:
            for key in self._objects.keys(kind + interview_prefix(owner)):
                yield key, key.split("/")[1]

    def remove(self, key: str) -> None:
        self._objects.delete(key)

    def _remove(self, prefixes: Sequence[str]) -> bool:
        """Remove all objects with these prefixes. Returns False if an upstream failed.

        Objects that remain then are removed when the interview has ended.
        """
        try:
            for prefix in prefixes:
                for key in list(self._objects.keys(prefix)):
                    self._objects.delete(key)
        except UpstreamError as failed:
            log.warning("recordings_left", extra={"reason": type(failed).__name__})
            return False
        return True
