"""Speech into text: a job on a stored recording, whose outcome comes as an object of the same store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from ports.errors import PortError
from ports.lifecycle import Closeable

MediaFormat = Literal["wav", "webm", "ogg", "mp3", "flac"]
MEDIA_FORMATS: tuple[MediaFormat, ...] = get_args(MediaFormat)

# Transcribe's: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
_JOB_ID = re.compile(r"[0-9a-zA-Z._-]{1,200}")
_RESULT_KEY = re.compile(r"(?=.{1,1024}$)[0-9a-zA-Z_.!*'()/-]*\.json")
_LANGUAGE = re.compile(r"[a-z]{2,3}-[A-Z]{2}")


class UnreadableRecording(PortError):
    """The recording is no sound of its format, or shorter than half a second, or its job failed otherwise: it
    will never be transcribed."""


@dataclass(frozen=True, slots=True)
class Recording:
    """``job_id`` (1-200 of ``[0-9a-zA-Z._-]``) names this recording and no other.

    ``key`` is where its bytes lie in the object store, ``result_key`` where the outcome shall: up to 1,024 of
    ``[0-9a-zA-Z_.!*'()/-]`` that end in ``.json``. ``language`` is written as in ``en-US``.
    """

    job_id: str
    key: str
    result_key: str
    media_format: MediaFormat
    language: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """``text`` is "" where no speech was found. ``seconds`` of sound, at least to the end of the last word,
    where they are known."""

    text: str
    seconds: float | None = None


class Transcriber(Closeable, Protocol):
    """Every method but those that tell what it can may raise an ``UpstreamError``."""

    @property
    def formats(self) -> frozenset[MediaFormat]:
        """The formats that it reads; none at all where nothing that listens is installed."""
        ...

    @property
    def hears_partially(self) -> bool:
        """Whether ``partial`` can tell anything: its callers must have all of the sound at hand."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether it knows a language, written as in ``en-US``."""
        ...

    def begin(self, recording: Recording) -> None:
        """Begin to transcribe. Nothing is waited for: the outcome is an object under ``result_key``, of
        whose making the object store tells as of any other's. Other objects may appear beside it.

        Repeating it with the same ``job_id`` is harmless: what goes on goes on, and what has ended is not
        done again. Raises ``UnreadableRecording`` where the job is known to have failed: of a job that
        failed there may be no outcome, and then a repeated ``begin`` alone tells of it. Raises
        ``ValueError`` for a recording that is not of the form above or that it does not read, and
        ``Unavailable`` where no object lies under ``key``; nothing has begun then.
        """
        ...

    def read(self, outcome: bytes) -> Transcript:
        """What the object under ``result_key`` says. Raises ``UnreadableRecording``, and ``Unavailable`` for
        bytes that are no outcome."""
        ...

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        """What can be understood of an answer that still goes on, ``sound`` being all of it so far; None
        where this transcriber cannot tell before the end, or not at this moment."""
        ...


def check_recording(recording: Recording) -> None:
    """Raises ``ValueError`` for what ``begin`` does not take."""
    if not _JOB_ID.fullmatch(recording.job_id):
        raise ValueError("job_id must be 1-200 characters of [0-9a-zA-Z._-]")
    if recording.media_format not in MEDIA_FORMATS:
        raise ValueError(f"the format {recording.media_format!r}")
    if not _LANGUAGE.fullmatch(recording.language):
        raise ValueError(f"the language {recording.language!r}")
    if not _RESULT_KEY.fullmatch(recording.result_key):
        raise ValueError(f"the outcome cannot be under {recording.result_key!r}")
    if recording.key == recording.result_key:
        raise ValueError("the outcome would replace the recording")
