"""Transcribe passes the contract, with real botocore and a stub. Further tests concern only Transcribe."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from adapters.aws.transcribe import LANGUAGES, TranscribeTranscriber
from adapters.upstream.calls import Retries
from fakes.object_store import InMemoryObjectStore
from fakes.system import FrozenClock
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.transcriber import MEDIA_FORMATS, Recording, Transcript, UnreadableRecording
from tests.contracts.transcriber.contract import Sounds, TranscriberContract
from tests.stubs import transcribe as stub
from tests.stubs.aws import client_of
from tests.stubs.aws_endpoint import Answer, json_answer, json_error
from tests.stubs.transcribe import CHECK_FILE, TranscribeEndpoint, outcome_of, spoken

WORDS = "Force equals mass, times acceleration."
SPEECH = spoken(WORDS)
SOUNDS = Sounds(
    speech=SPEECH,
    words="mass, times acceleration",
    silence=spoken("", 0.5),
    unreadable=(
        b"",
        b"no sound at all",
        b"OggS" + SPEECH,
        SPEECH[:30],
        spoken("x", 0.499),
        spoken("x", channels=3),
        spoken("x", rate=4_000),
    ),
)
START, GET = "Transcribe.StartTranscriptionJob", "Transcribe.GetTranscriptionJob"


@pytest.fixture(scope="module")
def server() -> Iterator[TranscribeEndpoint]:
    with TranscribeEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def objects() -> InMemoryObjectStore:
    return InMemoryObjectStore(FrozenClock())


@pytest.fixture
def endpoint(server: TranscribeEndpoint, objects: InMemoryObjectStore) -> TranscribeEndpoint:
    server.forget()
    server.objects = objects
    return server


@cache
def client_at(url: str, read_seconds: float) -> Any:
    return client_of("transcribe", endpoint_url=url, read_seconds=read_seconds)


def adapter(
    endpoint: TranscribeEndpoint, *, read_seconds: float = 60, **options: Any
) -> TranscribeTranscriber:
    client = client_at(endpoint.url, read_seconds)
    clock = FrozenClock()
    retries = Retries(clock, sleep=clock.advance, jitter=lambda: 1.0, **options)
    return TranscribeTranscriber(lambda: client, endpoint.bucket, retries=retries)


@pytest.fixture
def transcriber(endpoint: TranscribeEndpoint) -> TranscribeTranscriber:
    return adapter(endpoint)


@pytest.fixture
def recording(objects: InMemoryObjectStore) -> Recording:
    recording = SOUNDS.as_recording()
    objects.put(recording.key, SPEECH, "audio/wav")
    return recording


def operations(endpoint: TranscribeEndpoint) -> list[str]:
    return [request.headers["x-amz-target"] for request in endpoint.asked]


class TestTranscribeTranscriber(TranscriberContract):
    @pytest.fixture(params=["at once", "in the background"])
    def transcriber(
        self, endpoint: TranscribeEndpoint, request: pytest.FixtureRequest
    ) -> TranscribeTranscriber:
        endpoint.is_slow = request.param == "in the background"
        return adapter(endpoint)

    @pytest.fixture
    def sounds(self) -> Sounds:
        return SOUNDS

    @pytest.fixture
    def finish(self, endpoint: TranscribeEndpoint) -> Callable[[], None]:
        return endpoint.finish


def test_its_request_contains_the_expected_values(
    endpoint: TranscribeEndpoint, transcriber: TranscribeTranscriber, recording: Recording
) -> None:
    transcriber.begin(recording)
    assert [request.json for request in endpoint.asked] == [
        {
            "TranscriptionJobName": "session-1.turn-1",
            "LanguageCode": "en-US",
            "MediaFormat": "wav",
            "Media": {"MediaFileUri": "s3://lms-documents/voice-interviews/session-1/turn-1.wav"},
            "OutputBucketName": "lms-documents",
            "OutputKey": "transcripts/session-1/turn-1.json",
        }
    ]


def test_the_check_file_beside_the_outcome_is_not_read_as_an_outcome(
    objects: InMemoryObjectStore, transcriber: TranscribeTranscriber, recording: Recording
) -> None:
    transcriber.begin(recording)
    folder = "transcripts/session-1/"
    assert list(objects.keys(folder)) == [f"{folder}{CHECK_FILE}", f"{folder}turn-1.json"]
    with pytest.raises(Unavailable):
        transcriber.read(objects.get(f"{folder}{CHECK_FILE}"))


def test_a_failed_job_leaves_nothing(
    endpoint: TranscribeEndpoint,
    objects: InMemoryObjectStore,
    transcriber: TranscribeTranscriber,
    recording: Recording,
) -> None:
    endpoint.to_hear.append(UnreadableRecording("vendor's words"))
    transcriber.begin(recording)
    assert objects.info(recording.result_key) is None
    with pytest.raises(UnreadableRecording) as failed:
        transcriber.begin(recording)
    assert "vendor" not in str(failed.value)
    assert operations(endpoint) == [START, START, GET]


@pytest.mark.parametrize("media_format", MEDIA_FORMATS)
def test_transcribe_supports_every_format(
    endpoint: TranscribeEndpoint,
    objects: InMemoryObjectStore,
    transcriber: TranscribeTranscriber,
    media_format: Any,
) -> None:
    recording = replace(SOUNDS, media_format=media_format).as_recording()
    objects.put(recording.key, b"a sound", "audio/any")
    endpoint.to_hear.append("heard")
    transcriber.begin(recording)
    assert transcriber.read(objects.get(recording.result_key)).text == "heard"
    assert endpoint.jobs[recording.job_id].recording == recording
    assert media_format in transcriber.formats


def test_the_languages_are_those_that_botocore_lists() -> None:
    assert LANGUAGES == stub.LANGUAGES


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize("lost", [1, 3])
def test_a_job_whose_answer_was_lost_is_begun_once(
    endpoint: TranscribeEndpoint,
    transcriber: TranscribeTranscriber,
    recording: Recording,
    lost: int,
    is_slow: bool,
) -> None:
    endpoint.is_slow = is_slow
    transcriber.begin(recording)
    endpoint.asked.clear()
    endpoint.script(*[Answer(dropped=True)] * lost)
    transcriber.begin(recording)
    assert operations(endpoint) == [START] * (lost + 1) + [GET]
    assert len(endpoint.jobs) == 1


def test_a_transient_failure_is_retried(
    endpoint: TranscribeEndpoint, transcriber: TranscribeTranscriber, recording: Recording
) -> None:
    endpoint.script(json_error("LimitExceededException"), json_error("InternalFailureException", 500))
    transcriber.begin(recording)
    assert operations(endpoint) == [START] * 3
    assert len(endpoint.jobs) == 1


FAILURES: list[tuple[Answer, type[UpstreamError], type[UpstreamError], int]] = [
    (json_error("LimitExceededException"), Throttled, Throttled, 4),
    (json_error("ThrottlingException"), Throttled, Throttled, 4),
    (json_error("InternalFailureException", 500), TimedOut, Unavailable, 4),
    (json_error("ServiceUnavailable", 503), TimedOut, Unavailable, 4),
    (json_error("AccessDeniedException"), Unavailable, Unavailable, 1),
    (json_error("BadRequestException"), Unavailable, Unavailable, 1),
    (json_error("NotFoundException"), Unavailable, Unavailable, 1),
    (Answer(200, b"<html>"), TimedOut, Unavailable, 4),
    (Answer(200, b'{"TranscriptionJob": {}}', cut=True), TimedOut, Unavailable, 4),
    (Answer(dropped=True), TimedOut, Unavailable, 4),
    (Answer(silent=True), TimedOut, TimedOut, 4),
]
NAMES = "limit,throttling,500,503,denied,bad request,not found,no JSON,cut,dropped,silent".split(",")


@pytest.mark.parametrize(("answer", "begun", "looked_up", "asked"), FAILURES, ids=NAMES)
def test_each_failure_raises_its_own_error(
    endpoint: TranscribeEndpoint,
    recording: Recording,
    answer: Answer,
    begun: type[UpstreamError],
    looked_up: type[UpstreamError],
    asked: int,
) -> None:
    transcriber = adapter(endpoint, read_seconds=0.5 if answer.silent else 60)
    for before, expected in (([], begun), ([json_error("ConflictException")], looked_up)):
        endpoint.asked.clear()
        endpoint.script(*before, *[answer] * asked)
        with pytest.raises(expected) as failed:
            transcriber.begin(recording)
        assert type(failed.value) is expected
        assert failed.value.capability == "transcriber"
        assert "vendor" not in str(failed.value)
        assert len(endpoint.asked) == len(before) + asked
    assert endpoint.jobs == {}


@pytest.mark.parametrize(
    "lie",
    [
        {},
        {"TranscriptionJob": None},
        {"TranscriptionJob": {}},
        {"TranscriptionJob": {"TranscriptionJobStatus": "DONE"}},
        {"TranscriptionJob": {"TranscriptionJobStatus": None}},
    ],
)
def test_an_answer_without_a_job_is_an_outage(
    endpoint: TranscribeEndpoint,
    transcriber: TranscribeTranscriber,
    recording: Recording,
    lie: dict[str, Any],
) -> None:
    answer = replace(json_answer(lie), headers=(("x-amzn-requestid", "1"),))  # {} alone gives no text
    for before in ([], [json_error("ConflictException")]):
        endpoint.script(*before, answer)
        with pytest.raises(Unavailable):
            transcriber.begin(recording)


def test_the_state_of_a_job_decides(
    endpoint: TranscribeEndpoint, transcriber: TranscribeTranscriber, recording: Recording
) -> None:
    for status in ("QUEUED", "IN_PROGRESS", "COMPLETED"):
        known = json_answer({"TranscriptionJob": {"TranscriptionJobStatus": status}})
        endpoint.script(json_error("ConflictException"), known)
        transcriber.begin(recording)
    failed = json_answer({"TranscriptionJob": {"TranscriptionJobStatus": "FAILED"}})
    endpoint.script(json_error("ConflictException"), failed)
    with pytest.raises(UnreadableRecording):
        transcriber.begin(recording)


def test_words_that_transcribe_is_not_sure_of_are_doubtful(transcriber: TranscribeTranscriber) -> None:
    heard = json.dumps(outcome_of("job", WORDS, 0.3)).encode()
    assert transcriber.read(heard).is_doubtful
    assert not transcriber.read(json.dumps(outcome_of("job", WORDS)).encode()).is_doubtful


def test_the_length_of_a_recording_comes_from_the_end_of_its_last_word(
    transcriber: TranscribeTranscriber,
) -> None:
    outcome = outcome_of("job", WORDS)
    assert transcriber.read(json.dumps(outcome).encode()) == Transcript(WORDS, 2.1)
    for absent in ("items", "audio_segments"):
        told = {name: value for name, value in outcome["results"].items() if name != absent}
        assert transcriber.read(json.dumps({"results": told}).encode()).seconds == 2.1
    bare = {"results": {"transcripts": [{"transcript": "Yes."}]}}
    assert transcriber.read(json.dumps(bare).encode()) == Transcript("Yes.", None)
    assert transcriber.read(json.dumps(outcome_of("job", "")).encode()) == Transcript("", None)


@pytest.mark.parametrize(
    "results",
    [
        None,
        {},
        {"transcripts": None},
        {"transcripts": []},
        {"transcripts": [{}]},
        {"transcripts": [{"transcript": None}]},
        {"transcripts": [{"transcript": 7}]},
        {"transcripts": ["text"]},
        {"transcripts": [{"transcript": "x"}], "items": 7},
        {"transcripts": [{"transcript": "x"}], "items": [{"end_time": "soon"}]},
    ],
)
def test_an_outcome_of_the_wrong_shape_is_an_outage(transcriber: TranscribeTranscriber, results: Any) -> None:
    with pytest.raises(Unavailable) as failed:
        transcriber.read(json.dumps({"jobName": "job", "results": results}).encode())
    assert failed.value.capability == "transcriber"


def test_it_makes_no_partial_transcripts(transcriber: TranscribeTranscriber) -> None:
    assert transcriber.partial(SPEECH, "wav", "en-US") is None


def test_without_time_left_no_request_is_sent(endpoint: TranscribeEndpoint, recording: Recording) -> None:
    with pytest.raises(TimedOut):
        adapter(endpoint, seconds=lambda: 0.0).begin(recording)
    assert endpoint.asked == []
