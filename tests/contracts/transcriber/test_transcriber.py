"""The scripted transcriber passes the contract, and has the features that tests rely on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from fakes.transcriber import ScriptedTranscriber
from ports.errors import Throttled
from ports.transcriber import Recording, UnreadableRecording
from tests.contracts.transcriber.contract import Sounds, TranscriberContract

TEXTS = Sounds(
    speech=b"Force equals mass times acceleration.",
    words="mass times acceleration",
    silence=b"",
    unreadable=(b"\xff\xfe\xfd",),
)


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore(FrozenClock())


@pytest.fixture
def transcriber(objects: InMemoryObjectStore) -> ScriptedTranscriber:
    return ScriptedTranscriber(objects)


@pytest.fixture
def recording(objects: InMemoryObjectStore) -> Recording:
    recording = TEXTS.as_recording()
    objects.put(recording.key, TEXTS.speech, "audio/wav")
    return recording


class TestScriptedTranscriber(TranscriberContract):
    @pytest.fixture(params=["silent about failures", "telling of failures"])
    def transcriber(
        self, objects: InMemoryObjectStore, request: pytest.FixtureRequest
    ) -> ScriptedTranscriber:
        transcriber = ScriptedTranscriber(objects)
        transcriber.formats = frozenset({"wav", "webm"})
        transcriber.languages = frozenset({"en-US", "de-DE"})
        transcriber.tells_of_failures = request.param == "telling of failures"
        return transcriber

    @pytest.fixture
    def sounds(self) -> Sounds:
        return TEXTS

    @pytest.fixture
    def finish(self) -> Callable[[], None]:
        return lambda: None


def test_scripted_transcripts_are_used_in_order(
    transcriber: ScriptedTranscriber, objects: InMemoryObjectStore, recording: Recording
) -> None:
    transcriber.enqueue("the script")
    transcriber.enqueue(lambda sound: f"{len(sound)} bytes")
    heard = []
    for name in ("turn-1", "turn-2", "turn-3"):
        one = TEXTS.as_recording(name)
        objects.put(one.key, TEXTS.speech, "audio/wav")
        transcriber.begin(one)
        transcriber.begin(one)
        heard.append(transcriber.read(objects.get(one.result_key)).text)
    assert heard == ["the script", "37 bytes", TEXTS.speech.decode()]
    assert [begun.job_id for begun in transcriber.begun] == [f"session-1.turn-{n}" for n in (1, 2, 3)]


def test_the_store_reports_the_outcome_like_any_new_object(
    transcriber: ScriptedTranscriber, objects: InMemoryObjectStore, recording: Recording
) -> None:
    told: list[str] = []
    objects.created = lambda key, size, etag: told.append(key)
    transcriber.begin(recording)
    assert told == [recording.result_key]


def test_a_scripted_failure_affects_only_the_next_job(
    transcriber: ScriptedTranscriber, objects: InMemoryObjectStore, recording: Recording
) -> None:
    transcriber.enqueue(Throttled("transcriber"))
    with pytest.raises(Throttled):
        transcriber.begin(recording)
    assert transcriber.begun == []
    transcriber.begin(recording)
    assert transcriber.begun == [recording]


@pytest.mark.parametrize("tells", [False, True])
def test_a_job_that_fails_has_been_begun(
    transcriber: ScriptedTranscriber, objects: InMemoryObjectStore, recording: Recording, tells: bool
) -> None:
    transcriber.tells_of_failures = tells
    transcriber.enqueue(UnreadableRecording())
    transcriber.begin(recording)
    assert transcriber.begun == [recording]
    assert (objects.info(recording.result_key) is not None) is tells
    with pytest.raises(UnreadableRecording):
        transcriber.begin(recording)
