"""Turns speech into text: a job reads a stored recording and stores its result in the same store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ports.errors import PortError
from ports.lifecycle import Closeable
from ports.media_formats import MEDIA_FORMATS as MEDIA_FORMATS
from ports.media_formats import MediaFormat as MediaFormat
from ports.text.regexes import regex

# The forms are Transcribe's: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
_JOB_ID = regex(r"[0-9a-zA-Z._-]{1,200}")
_RESULT_KEY = regex(r"(?=.{1,1024}$)[0-9a-zA-Z_.!*'()/-]*\.json")
_LANGUAGE = regex(r"[a-z]{2,3}-[A-Z]{2}")


class UnreadableRecording(PortError):
    """The recording can never be transcribed.

    It is not sound in its format, is shorter than half a second, or its job failed for another reason.
    """


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording and its job. ``job_id`` (1-200 characters of ``[0-9a-zA-Z._-]``) belongs to exactly this recording.

    ``key`` is the recording's key in the object store. ``result_key`` is the key for the result: up to 1,024 characters
    of ``[0-9a-zA-Z_.!*'()/-]``, ending in ``.json``. ``language`` has the form ``en-US``.
    """

    job_id: str
    key: str
    result_key: str
    media_format: MediaFormat
    language: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """``text`` is "" if no speech was found.

    ``seconds`` is the length of the sound, at least up to the end of the last word; None if unknown. ``is_doubtful``
    means that the words are probably not those that were said: another language was spoken, or the speech is hardly
    understandable.
    """

    text: str
    seconds: float | None = None
    is_doubtful: bool = False


class Transcriber(Closeable, Protocol):
    """``begin``, ``read`` and ``partial`` may raise an ``UpstreamError``."""

    @property
    def formats(self) -> frozenset[MediaFormat]:
        """The formats that the transcriber reads; empty if no speech recogniser is installed."""
        ...

    @property
    def hears_partially(self) -> bool:
        """Whether ``partial`` ever returns text. If not, callers need not collect the sound for it."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether the transcriber understands the language, a code such as ``en-US``."""
        ...

    def begin(self, recording: Recording) -> None:
        """Start the transcription, and do not wait for its end.

        The result is an object under ``result_key``; the object store announces it like any other new object. Other
        objects may appear beside it. A failed job may store no result; then only another ``begin`` shows that it
        failed. A repeated ``begin`` with the same ``job_id`` starts nothing again, whether the job is running or has
        ended.

        Raises ``UnreadableRecording`` if the job is known to have failed. Raises ``ValueError`` if the recording does
        not have the form above or has a format that this transcriber does not read, and ``Unavailable`` if there is no
        object under ``key``; in both cases no job was started.
        """
        ...

    def read(self, outcome: bytes) -> Transcript:
        """The transcript in the object that a job stored under ``result_key``.

        Raises ``UnreadableRecording``, and ``Unavailable`` if the bytes are not a result.
        """
        ...

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        """The text so far of an answer that is still being spoken; ``sound`` is all of its sound so far.

        None if this transcriber cannot transcribe before the end, or cannot at this moment.
        """
        ...


def check_recording(recording: Recording) -> None:
    """Raise ``ValueError`` for a recording that ``begin`` does not accept."""
    if not _JOB_ID.fullmatch(recording.job_id):
        raise ValueError("job_id must be 1-200 characters of [0-9a-zA-Z._-]")
    if recording.media_format not in MEDIA_FORMATS:
        raise ValueError(f"unknown format {recording.media_format!r}")
    if not _LANGUAGE.fullmatch(recording.language):
        raise ValueError(f"not a language: {recording.language!r}")
    if not _RESULT_KEY.fullmatch(recording.result_key):
        raise ValueError(f"the outcome cannot be under {recording.result_key!r}")
    if recording.key == recording.result_key:
        raise ValueError("the outcome would replace the recording")
