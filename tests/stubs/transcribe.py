"""Amazon Transcribe on 127.0.0.1: batch jobs on the sounds of one bucket, within AWS's limits.

https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
https://docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html
"""

from __future__ import annotations

import json
import re
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from botocore.session import Session

from ports.errors import Throttled, TimedOut, UpstreamError
from ports.object_store import ObjectNotFound, ObjectStore
from ports.transcriber import Recording, Transcript, UnreadableRecording
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer, json_error

CHECK_FILE = ".write_access_check_file.temp"
"""The object that Transcribe leaves beside an outcome after it has checked that it may write there."""
LEAST_SECONDS = 0.5
MEDIA_TOO_SHORT = "The media is shorter than 500 milliseconds."
MEDIA_OF_ANOTHER_FORMAT = "The media format provided does not match the detected media format."
TOO_MANY_CHANNELS = "Invalid number of channels: number of channels too large."
_BAD_RATE = "Invalid sample rate for audio file."

_NAME = re.compile(r"[0-9a-zA-Z._-]{1,200}")
_BUCKET = re.compile(r"[a-z0-9][.a-z0-9-]{1,61}[a-z0-9]")
_OUTPUT_KEY = re.compile(r"[a-zA-Z0-9_.!*'()/-]{1,1024}")
_BEGINNINGS = {
    "wav": (b"RIFF",),
    "webm": (b"\x1a\x45\xdf\xa3",),
    "ogg": (b"OggS",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "flac": (b"fLaC",),
    "mp4": (b"\0\0\0",),
}
_MODEL = Session().get_service_model("transcribe")
LANGUAGES = frozenset(_MODEL.shape_for("LanguageCode").enum)
_FORMATS = frozenset(_MODEL.shape_for("MediaFormat").enum)

Hearing: TypeAlias = str | Transcript | Exception
"""The outcome of a sound: its words; ``UnreadableRecording`` for a job that fails; an ``UpstreamError`` if no job
begins."""


class Refusal(Exception):
    def __init__(self, code: str, status: int = 400) -> None:
        self.answer = json_error(code, status)


def _check(holds: Any) -> None:
    if not holds:
        raise Refusal("BadRequestException")


@dataclass
class Job:
    recording: Recording
    hearing: str | UnreadableRecording
    confidence: float = 0.998
    status: str = "IN_PROGRESS"

    def described(self) -> dict[str, Any]:
        recording = self.recording
        told: dict[str, Any] = {
            "TranscriptionJobName": recording.job_id,
            "TranscriptionJobStatus": self.status,
            "LanguageCode": recording.language,
            "MediaFormat": recording.media_format,
            "CreationTime": 1789372800.0,
        }
        if self.status == "FAILED":
            told["FailureReason"] = str(self.hearing)
        return {"TranscriptionJob": told}


@dataclass
class TranscribeEndpoint(AwsEndpoint):
    """Transcribe over HTTP: scripted answers first, then Transcribe's behaviour. ``objects`` are the bucket's.

    A job ends at once. While ``is_slow``, it ends at ``finish``. Its outcome is the first of ``to_hear``. If that is
    empty, ``hears`` gives it for the sound and format.
    """

    bucket: str = "lms-documents"
    objects: ObjectStore | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    """The jobs by name, in order."""
    to_hear: deque[Hearing | Callable[[bytes], Hearing]] = field(default_factory=deque)
    refusals: dict[str, Answer] = field(default_factory=dict)
    """Answers to requests about a job, by its name. A job gets its answer as long as it is listed."""
    is_slow: bool = False
    hears: Callable[[bytes, str], Hearing] = field(default_factory=lambda: words_of)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._one_at_a_time = threading.Lock()

    def forget(self) -> None:
        super().forget()
        self.jobs.clear()
        self.to_hear.clear()
        self.refusals.clear()
        self.is_slow = False
        self.hears = words_of

    def finish(self) -> None:
        """Let the jobs end."""
        for job in self.jobs.values():
            if job.status == "IN_PROGRESS":
                self._end(job)

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        if scripted != Answer():
            return scripted
        if "/transcribe/aws4_request" not in request.headers.get("authorization", ""):
            return json_error("MissingAuthenticationTokenException")
        answers = {
            "Transcribe.StartTranscriptionJob": self._start,
            "Transcribe.GetTranscriptionJob": self._get,
            "Transcribe.DeleteTranscriptionJob": self._delete,
        }
        answer = answers.get(request.headers.get("x-amz-target", ""))
        if request.headers.get("content-type") != "application/x-amz-json-1.1" or answer is None:
            return json_error("UnknownOperationException")
        asked = request.json
        try:
            _check(_NAME.fullmatch(asked["TranscriptionJobName"]))
            with self._one_at_a_time:
                return self.refusals.get(asked["TranscriptionJobName"]) or answer(asked)
        except Refusal as refused:
            return refused.answer

    def _start(self, asked: dict[str, Any]) -> Answer:
        assert self.objects is not None
        name = asked["TranscriptionJobName"]
        _check(asked["LanguageCode"] in LANGUAGES)
        _check(asked["MediaFormat"] in _FORMATS)
        _check(_BUCKET.fullmatch(asked["OutputBucketName"]) and asked["OutputBucketName"] == self.bucket)
        _check(_OUTPUT_KEY.fullmatch(asked["OutputKey"]))
        address = asked["Media"]["MediaFileUri"]
        _check(address.startswith(f"s3://{self.bucket}/") and len(address) <= 2000)
        key = address.removeprefix(f"s3://{self.bucket}/")
        try:
            sound = self.objects.get(key)
        except ObjectNotFound:
            raise Refusal("BadRequestException") from None
        if name in self.jobs:
            raise Refusal("ConflictException")
        hearing = self.to_hear.popleft() if self.to_hear else self.hears(sound, asked["MediaFormat"])
        if callable(hearing):
            hearing = hearing(sound)
        if isinstance(hearing, UpstreamError):
            return self.refusals.setdefault(name, refusal_of(hearing))
        confidence = 0.998
        if isinstance(hearing, Transcript):
            confidence = 0.2 if hearing.is_doubtful else confidence
            hearing = hearing.text
        assert isinstance(hearing, str | UnreadableRecording)
        outcome = asked["OutputKey"]
        if not outcome.endswith(".json"):
            outcome = f"{outcome.rstrip('/')}/{name}.json"
        folder = outcome.rpartition("/")[0]
        self.objects.put(f"{folder}/{CHECK_FILE}" if folder else CHECK_FILE, b"", "application/octet-stream")
        recording = Recording(name, key, outcome, asked["MediaFormat"], asked["LanguageCode"])
        job = self.jobs[name] = Job(recording, hearing, confidence)
        answer = json_answer(job.described())
        if not self.is_slow:
            self._end(job)
        return answer

    def _get(self, asked: dict[str, Any]) -> Answer:
        job = self.jobs.get(asked["TranscriptionJobName"])
        if job is None:
            raise Refusal("NotFoundException")
        return json_answer(job.described())

    def _delete(self, asked: dict[str, Any]) -> Answer:
        if self.jobs.pop(asked["TranscriptionJobName"], None) is None:
            raise Refusal("BadRequestException")
        return Answer(200, b"{}")

    def _end(self, job: Job) -> None:
        assert self.objects is not None
        if isinstance(job.hearing, UnreadableRecording):
            job.status = "FAILED"
            return
        outcome = json.dumps(outcome_of(job.recording.job_id, job.hearing, job.confidence))
        self.objects.put(job.recording.result_key, outcome.encode(), "application/json")
        job.status = "COMPLETED"


def refusal_of(failure: UpstreamError) -> Answer:
    """An answer that the adapter reports as ``failure``, however often it asks."""
    if isinstance(failure, Throttled):
        return json_error("LimitExceededException")
    if isinstance(failure, TimedOut):
        return json_error("InternalFailureException", 500)
    return json_error("AccessDeniedException")


def outcome_of(name: str, words: str, confidence: float = 0.998) -> dict[str, Any]:
    """The outcome of a job: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-output.

    Each word takes 0.4 s. The first begins at 0.1 s.
    """
    items: list[dict[str, Any]] = []
    time = 0.1
    for content in re.findall(r"[\w']+|[^\w\s]", words):
        is_word = bool(re.match(r"\w", content))
        item: dict[str, Any] = {
            "id": len(items),
            "type": "pronunciation" if is_word else "punctuation",
            "alternatives": [{"confidence": str(confidence) if is_word else "0.0", "content": content}],
        }
        if is_word:
            item |= {"start_time": f"{time:.2f}", "end_time": f"{time + 0.4:.2f}"}
            time += 0.4
        items.append(item)
    segment = {
        "id": 0,
        "transcript": words,
        "start_time": "0.0",
        "end_time": f"{time:.2f}",
        "items": [item["id"] for item in items],
    }
    return {
        "jobName": name,
        "accountId": "123456789012",
        "status": "COMPLETED",
        "results": {
            "transcripts": [{"transcript": words}],
            "items": items,
            "audio_segments": [segment] if items else [],
        },
    }


def spoken(words: str, seconds: float = 2.0, *, rate: int = 16_000, channels: int = 1) -> bytes:
    """A silent WAV file with a comment that holds the words to hear."""
    comment = words.encode() + b"\0" * (2 - len(words.encode()) % 2)
    information = b"INFO" + b"ICMT" + struct.pack("<I", len(comment)) + comment
    sample = 2 * channels
    sound = bytes(round(seconds * rate) * sample)
    chunks = (
        (b"fmt ", struct.pack("<HHIIHH", 1, channels, rate, rate * sample, sample, 16)),
        (b"LIST", information),
        (b"data", sound),
    )
    body = b"WAVE" + b"".join(name + struct.pack("<I", len(data)) + data for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def words_of(sound: bytes, media_format: str) -> Hearing:
    """The outcome of a sound: the words that ``spoken`` put into a WAV file. Of other files only the first bytes are
    checked.
    """
    if not sound.startswith(_BEGINNINGS[media_format]):
        return UnreadableRecording(MEDIA_OF_ANOTHER_FORMAT)
    if media_format != "wav":
        return ""
    try:
        chunks = dict(_chunks(sound))
        _, channels, rate, bytes_per_second, _, _ = struct.unpack("<HHIIHH", chunks[b"fmt "][:16])
        seconds = len(chunks[b"data"]) / bytes_per_second
    except (struct.error, KeyError, ZeroDivisionError):
        return UnreadableRecording(MEDIA_OF_ANOTHER_FORMAT)
    if not 8_000 <= rate <= 48_000:
        return UnreadableRecording(_BAD_RATE)
    if channels > 2:
        return UnreadableRecording(TOO_MANY_CHANNELS)
    if seconds < LEAST_SECONDS:
        return UnreadableRecording(MEDIA_TOO_SHORT)
    return chunks.get(b"LIST", b"").removeprefix(b"INFOICMT")[4:].rstrip(b"\0").decode()


def _chunks(sound: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place < len(sound):
        name, size = struct.unpack_from("<4sI", sound, place)
        yield name, sound[place + 8 : place + 8 + size]
        place += 8 + size + size % 2
