"""One request for each function of a package, for ``cold_start``. The requests are those of the packaging tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.interviews.interview import RecordingId
from infrastructure.functions import Name
from ports.transcriber import UnreadableRecording
from tests.packaging.cloud import Cloud
from tests.packaging.deployed import Deployed
from tests.packaging.flows import ANSWER
from tests.packaging.frontend import Frontend, Reply, Socket, event_of
from tests.packaging.interview_flows import Talk
from tests.stubs.transcribe import MEDIA_TOO_SHORT
from tests.support.interviews import ANSWERS
from tests.support.world import PHYSICS

Act = Callable[[], object]
DOCUMENTS = Path(__file__).parent.parent / "demo" / "documents"
SUBJECT = "physics_101"
QUESTION = {"message": "What does the second law say?", "subject_id": SUBJECT}


@dataclass
class Switchboard:
    """Sends requests to functions that already run. Requests to the functions ``measured`` go to the new process
    instead.
    """

    running: Deployed
    measured: Name | None = None
    new: Deployed | None = None

    def invoke(self, name: Name, event: Mapping[str, Any]) -> Any:
        if name == self.measured and self.new is not None:
            return self.new.invoke(name, event)
        return self.running.invoke(name, event)


@dataclass(frozen=True, slots=True)
class School:
    cloud: Cloud
    functions: Switchboard
    ada: Frontend
    """A learner who has uploaded ``PHYSICS``."""

    def socket(self) -> Socket:
        """A new WebSocket connection of ada. Raises ``RuntimeError`` if it is refused."""
        socket = Socket(self.functions)
        self.cloud.upstreams.connections.open(socket.connection_id)
        status = socket.connect(self.ada.post("/api/ws-ticket").body["ticket"])
        if status != 200:
            raise RuntimeError(f"a connection was answered {status}")
        return socket

    def talk(self) -> Talk:
        return Talk(self.cloud, self.functions, self.ada, self.socket())


@dataclass(frozen=True, slots=True)
class Case:
    """A request to measure. ``prepare`` does the necessary preparations and returns the request, which can be repeated."""

    label: str
    function: Name
    prepare: Callable[[School], Act]


def _good(reply: Reply) -> Reply:
    if reply.status != 200:
        raise RuntimeError(reply.text)
    return reply


def _health(school: School) -> Act:
    return lambda: _good(Frontend(school.functions).get("/api/health"))


def _files(school: School) -> Act:
    return lambda: _good(school.ada.get("/api/files"))


def _upload_url(school: School) -> Act:
    asked = {"file_name": "laws.txt", "content_type": "", "file_size": 100}
    return lambda: _good(school.ada.post("/api/files/upload-url", asked))


def _chat(school: School) -> Act:
    def ask() -> None:
        school.cloud.will_say(ANSWER)
        _good(school.ada.post("/api/chat", QUESTION))

    return ask


def _authorizer(school: School) -> Act:
    event = event_of("authorizer") | {"authorizationToken": f"Bearer {school.ada.token}"}
    return lambda: school.functions.invoke("Authorize", event)


def _connect(school: School) -> Act:
    return school.socket


def _disconnect(school: School) -> Act:
    return lambda: school.socket().disconnect()


def _ping(school: School) -> Act:
    socket = school.socket()
    return lambda: socket.send(type="ping")


def _chat_message(school: School) -> Act:
    talk = school.talk()

    def ask() -> None:
        school.cloud.will_say(ANSWER)
        talk.socket.send(type="chat_message", **QUESTION)
        talk.last("chat_done")

    return ask


def _text_answer(school: School) -> Act:
    talk = school.talk()
    talk.begin(max_questions=3)
    numbers = iter(range(3))

    def answer() -> None:
        number = next(numbers)
        talk.models_know_what_to_say(number)
        talk.socket.send(type="text_answer", text=list(ANSWERS.values())[number])
        talk.last("response_processed")
        school.cloud.unsay()

    return answer


def _uploaded(name: str, content: bytes) -> Callable[[School], Act]:
    def prepare(school: School) -> Act:
        def upload() -> None:
            file_id = school.ada.upload(name, content, subject_id=SUBJECT)
            document = school.ada.get("/api/files/{file_id}", file_id=file_id)
            if document.body["status"] != "completed":
                raise RuntimeError(document.text)
            # The models' scripted replies fit only ada's notes.
            _good(school.ada.send("DELETE", "/api/files/{file_id}", path={"file_id": file_id}))

        return upload

    return prepare


def _transcript(school: School) -> Act:
    """The event of a new transcript. It belongs to the answer to the next question."""
    talk = school.talk()
    started = talk.begin(max_questions=3)
    numbers = iter(range(3))

    def hear() -> None:
        number = next(numbers)
        talk.say(list(ANSWERS.values())[number])
        talk.models_know_what_to_say(number)
        event = event_of("s3_object_created")
        key = RecordingId(started["session_id"], number + 1, 1).transcript_key
        event["Records"][0]["s3"]["object"]["key"] = key
        school.functions.invoke("OnTranscriptCreated", event)
        talk.last("response_processed")
        school.cloud.unsay()

    return hear


def _no_transcript(school: School) -> Act:
    """The event of a failed transcription. Each event belongs to another interview."""

    def fail() -> None:
        talk = school.talk()
        talk.begin(max_questions=3)
        school.cloud.upstreams.transcribe.to_hear.append(UnreadableRecording(MEDIA_TOO_SHORT))
        talk.say("nothing")
        talk.fail()
        talk.last("transcription_partial")

    return fail


def _schedule(school: School) -> Act:
    return lambda: school.functions.invoke("OnSchedule", event_of("schedule"))


CASES = (
    Case("GET /api/health", "APIHandler", _health),
    Case("GET /api/files", "APIHandler", _files),
    Case("POST /api/files/upload-url", "APIHandler", _upload_url),
    Case("POST /api/chat", "APIHandler", _chat),
    Case("authorizer", "Authorize", _authorizer),
    Case("WebSocket connect", "WebsocketConnect", _connect),
    Case("WebSocket ping", "WebsocketMessage", _ping),
    Case("WebSocket chat_message", "WebsocketMessage", _chat_message),
    Case("WebSocket text_answer", "WebsocketMessage", _text_answer),
    Case("WebSocket disconnect", "WebsocketDisconnect", _disconnect),
    Case("S3, a text", "OnObjectCreated", _uploaded("laws.txt", PHYSICS.encode())),
    Case(
        "S3, a PDF", "OnObjectCreated", _uploaded("laws.pdf", (DOCUMENTS / "newtons-laws.pdf").read_bytes())
    ),
    Case(
        "S3, a Word document",
        "OnObjectCreated",
        _uploaded("work.docx", (DOCUMENTS / "work-and-energy.docx").read_bytes()),
    ),
    Case("S3, a transcript", "OnTranscriptCreated", _transcript),
    Case("EventBridge, no transcript", "OnTranscriptionFailed", _no_transcript),
    Case("schedule", "OnSchedule", _schedule),
)
