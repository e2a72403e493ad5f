"""Spoken interviews through a stage's functions, with everything that can happen between question and answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from domain.interviews.connections import HANDSHAKE_SECONDS
from domain.interviews.interview import RecordingId
from ports.transcriber import Recording, UnreadableRecording
from tests.packaging.cloud import Cloud
from tests.packaging.flows import no_time
from tests.packaging.frontend import Frontend, Functions, Socket, event_of
from tests.stubs.transcribe import MEDIA_TOO_SHORT, Job, spoken
from tests.support.interviews import ANSWERS, QUESTIONS

_SOUND_SECONDS = 0.6


@dataclass
class Talk:
    """A learner with a microphone and uploaded notes on physics, and the scripted models that interview them."""

    cloud: Cloud
    functions: Functions
    learner: Frontend
    socket: Socket
    advance: Callable[[float], None] = no_time

    def connect(self) -> None:
        self.cloud.upstreams.connections.open(self.socket.connection_id)
        assert self.socket.connect(self.learner.post("/api/ws-ticket").body["ticket"]) == 200

    def begin(self, **wish: Any) -> Any:
        """Start the interview. Returns ``interview_started``, which has the first question."""
        self.cloud.will_say(said_of(0))
        self.socket.send(type="start_interview", subject_id="physics_101", **wish)
        return self.last("interview_started")

    def say(self, words: str, *, parts: int = 2) -> None:
        """Send an answer in two parts, or only the first part."""
        sound = spoken(words, _SOUND_SECONDS)
        for number, piece in enumerate((sound[:9999], sound[9999:])[:parts]):
            self.socket.send(
                type="audio_chunk",
                audio_data=base64.b64encode(piece).decode(),
                sequence=number,
                is_final=number == 1,
                media_format="wav",
            )
        self.last("audio_received")

    def hear_of_transcripts(self) -> None:
        """Send S3's events of Transcribe's outcomes.

        Before that, script the models' verdicts on question 1 and their next question.
        """
        for key in self.cloud.keys("transcripts/"):
            event = event_of("s3_object_created")
            event["Records"][0]["s3"]["object"]["key"] = quote(key, safe="/")
            self.functions.invoke("OnTranscriptCreated", event)

    def fail(self) -> None:
        """Send EventBridge's event that the last job failed."""
        event = event_of("transcription_failed")
        event["detail"]["TranscriptionJobName"] = list(self.cloud.upstreams.transcribe.jobs)[-1]
        self.functions.invoke("OnTranscriptionFailed", event)

    def models_know_what_to_say(self, question: int) -> None:
        """Script the models' replies.

        Judging an answer and making the next question run at the same time, so either request may come first.
        """
        for _ in range(2):
            self.cloud.will_say(said_of(question))

    def last(self, kind: str) -> Any:
        told = [
            json.loads(text) for text in self.cloud.upstreams.connections.received[self.socket.connection_id]
        ]
        found = [one for one in told if one["type"] == kind]
        assert found, told
        return found[-1]


def said_of(number: int) -> str:
    """A reply that is valid both as a verdict on the answer and as the next question."""
    answered = QUESTIONS[number]
    sentences = [one.strip() for one in ANSWERS[str(answered["question"])].split(".") if one.strip()]
    facts = [
        {"number": place, "verdict": "stated", "quote": sentence}
        for place, sentence in enumerate(sentences, start=1)
    ]
    return json.dumps(
        {
            "questions": [question | {"passage": 1} for question in QUESTIONS],
            "facts": facts,
            "strengths": ["Clearly said."],
            "improvements": [],
            "follow_up": "",
        }
    )


def interviewed_aloud(talk: Talk) -> None:
    """An interview of two questions, one answered aloud and one in text, up to the summary. It is read again
    afterwards."""
    started = talk.begin(max_questions=2)
    talk.say(ANSWERS[started["question"]])
    talk.models_know_what_to_say(0)
    talk.hear_of_transcripts()
    first = talk.last("response_processed")
    assert first["score"] == 100
    talk.models_know_what_to_say(1)
    talk.socket.send(type="text_answer", text=ANSWERS[first["next_question"]])
    assert talk.last("interview_summary")["overall_score"] == 100
    looked_up = talk.learner.get("/api/interviews/{session_id}", session_id=started["session_id"])
    assert looked_up.body["state"] == "ended"
    talk.hear_of_transcripts()  # the event comes once more, after the interview ended


def resumed_on_another_connection(talk: Talk) -> None:
    started = talk.begin()
    before = talk.socket.connection_id
    talk.socket.disconnect()
    talk.socket = Socket(talk.functions, "aGFpbkNvbm5lY3Q=")
    talk.connect()
    talk.socket.send(
        type="resume_interview", session_id=started["session_id"], resume_token=started["resume_token"]
    )
    assert talk.last("interview_resumed")["question"] == started["question"]
    talk.say("The body", parts=1)
    talk.socket.send(type="end_interview")
    assert talk.last("interview_summary")
    talk.socket = Socket(talk.functions, before)


def given_up_unasked(talk: Talk) -> None:
    """The model makes no question that the documents support, so the interview does not begin."""
    talk.cloud.unsay()
    for _ in range(8):
        talk.cloud.will_say(json.dumps({"questions": []}))
    talk.socket.send(type="start_interview", subject_id="physics_101")
    assert talk.last("error")["code"] == "not_enough_material"
    talk.cloud.unsay()


def gone_when_judged(talk: Talk) -> None:
    started = talk.begin()
    talk.say(ANSWERS[started["question"]])
    talk.cloud.upstreams.connections.drop(talk.socket.connection_id)
    talk.advance(HANDSHAKE_SECONDS + 1)
    talk.models_know_what_to_say(0)
    talk.hear_of_transcripts()


def not_understood(talk: Talk) -> None:
    """No recording can be read. The learner ends the interview and disconnects."""
    transcribe = talk.cloud.upstreams.transcribe
    talk.begin()
    transcribe.to_hear.append(UnreadableRecording(MEDIA_TOO_SHORT))
    talk.say("nothing")
    talk.fail()
    assert talk.last("transcription_partial")["code"] == "unreadable_audio"
    transcribe.to_hear.append(UnreadableRecording(MEDIA_TOO_SHORT))
    talk.say("nothing again")
    talk.socket.send(type="end_interview")
    talk.cloud.upstreams.connections.drop(talk.socket.connection_id)
    talk.advance(HANDSHAKE_SECONDS + 1)
    talk.fail()


def transcribed_before(talk: Talk) -> None:
    """The answer to the first request for a transcription is lost. The second request finds the job that exists."""
    started = talk.begin()
    named = RecordingId(started["session_id"], 1, 1)
    recording = Recording(named.job_id, named.recording_key("wav"), named.transcript_key, "wav", "en-US")
    talk.cloud.upstreams.transcribe.jobs[named.job_id] = Job(recording, "The body stays at rest.")
    talk.say("The body stays at rest.")
    talk.socket.send(type="end_interview")


def left_while_heard(talk: Talk) -> None:
    """A learner leaves; the answer is transcribed, and the event about it is lost."""
    started = talk.begin()
    talk.say(ANSWERS[started["question"]])
    talk.models_know_what_to_say(0)
