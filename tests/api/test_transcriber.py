"""The transcriber is scripted in the same way on the fakes and on the stub of Transcribe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.transcriber import Recording, UnreadableRecording
from tests.support.world import World


@pytest.fixture
def record(world: World) -> Callable[[str, bytes], Recording]:
    def record(name: str, sound: bytes) -> Recording:
        result = f"transcripts/session-1/{name}.json"
        recording = Recording(
            f"session-1.{name}", f"voice-interviews/session-1/{name}.webm", result, "webm", "en-US"
        )
        world.adapters.objects.put(recording.key, sound, "audio/webm")
        return recording

    return record


def test_a_job_has_the_scripted_transcript_or_else_the_recordings_own_text(
    world: World, record: Callable[[str, bytes], Recording]
) -> None:
    hearing = world.adapters.transcriber
    hearing.enqueue("as it was scripted")
    hearing.enqueue(lambda sound: sound.decode().upper())
    recordings = [record(f"turn-{number}", b"as it reads") for number in range(3)]
    for recording in recordings:
        hearing.begin(recording)
        hearing.begin(recording)
    outcomes = [world.adapters.objects.get(recording.result_key) for recording in recordings]
    heard = [hearing.read(outcome).text for outcome in outcomes]
    assert heard == ["as it was scripted", "AS IT READS", "as it reads"]
    assert hearing.begun == recordings


def test_a_failed_job_leaves_no_object_and_raises_when_it_is_begun_again(
    world: World, record: Callable[[str, bytes], Recording]
) -> None:
    hearing = world.adapters.transcriber
    hearing.enqueue(UnreadableRecording())
    failing, undecodable = record("turn-1", b"speech"), record("turn-2", b"\xff\xfe\xfd")
    for recording in (failing, undecodable):
        hearing.begin(recording)
        assert world.adapters.objects.info(recording.result_key) is None
        with pytest.raises(UnreadableRecording):
            hearing.begin(recording)
    assert hearing.begun == [failing, undecodable]


@pytest.mark.parametrize("failure", [Throttled, TimedOut, Unavailable])
def test_a_scripted_error_is_raised_once(
    world: World, record: Callable[[str, bytes], Recording], failure: type[UpstreamError]
) -> None:
    hearing = world.adapters.transcriber
    hearing.enqueue(failure("transcriber"))
    recording = record("turn-1", b"speech")
    with pytest.raises(failure) as failed:
        hearing.begin(recording)
    assert type(failed.value) is failure
    assert hearing.begun == []
    hearing.begin(recording)
    assert hearing.begun == [recording]
    assert hearing.read(world.adapters.objects.get(recording.result_key)).text == "speech"


def test_formats_languages_and_partial_transcripts_can_be_set(
    world: World, record: Callable[[str, bytes], Recording]
) -> None:
    hearing = world.adapters.transcriber
    assert hearing.partial(b"speech", "webm", "en-US") is None
    hearing.hears_partially = True
    assert hearing.partial(b"speech", "webm", "en-US") == "speech"
    assert hearing.speaks("en-US")
    recording = record("turn-1", b"speech")
    hearing.languages = frozenset({"de-DE"})
    assert not hearing.speaks("en-US")
    with pytest.raises(ValueError, match="is not supported"):
        hearing.begin(recording)
    hearing.languages, hearing.formats = None, frozenset()
    with pytest.raises(ValueError, match="is not supported"):
        hearing.begin(recording)
    assert hearing.begun == []
