"""Speech into text: whole answers as jobs that end later, what is said so far at once where that can be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from ports.errors import PortError

MediaFormat = Literal["wav", "webm", "ogg", "mp3", "flac"]


class Untranscribable(PortError):
    """The recording will never be understood: damaged, too short, of another format. Trying again is no use."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One spoken answer, kept whole in the object store."""

    job: str
    """Names the work: 1-200 characters of ``[0-9a-zA-Z._-]``. The same name is the same work."""
    audio_key: str
    result_key: str
    """Where the transcriber's own result goes, within ``transcripts/``; its event tells that the work is done."""
    media_format: MediaFormat
    language: str
    """BCP 47 with a region, e.g. ``en-US``."""


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    """What was said; "" if nothing was."""
    confidence: float | None = None
    """The recogniser's own, 0 to 1, the mean over its words; None where it tells none or nothing was said."""


class Transcriber(Protocol):
    """Every method may raise an ``UpstreamError``."""

    def begin(self, recording: Recording) -> None:
        """Have the recording transcribed, without waiting for it. Beginning it again changes nothing.

        When it is done an object lies at ``result_key``; when it cannot be, there may be none.
        """
        ...

    def outcome(self, recording: Recording) -> Transcript | None:
        """What was said, or None while the work goes on or was never begun. Raises ``Untranscribable``."""
        ...

    def so_far(self, audio: bytes, media_format: MediaFormat, language: str) -> Transcript | None:
        """What can be heard in the beginning of a recording, at once; None where there are only jobs.

        Raises ``Untranscribable``.
        """
        ...
