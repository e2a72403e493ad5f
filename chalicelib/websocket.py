"""The edge of the WebSocket: connections, the messages that clients send, and the messages that are pushed to them.

A message is JSON with a ``type``. A message that is wrong in any respect gets an ``error`` message as its answer, and
the connection stays open.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.composition.services import Services
from chalicelib.http import decode
from chalicelib.interview_messages import (
    AudioChunk,
    DiscardRecording,
    EndInterview,
    EndSession,
    InterviewMessage,
    Pushed,
    RequestId,
    ResumeInterview,
    StartInterview,
    TextAnswer,
    message_of,
)
from chalicelib.observed import observed
from chalicelib.origins import is_allowed
from chalicelib.routes.chat import ChatAnswer, MessageText, chat_answer
from chalicelib.routes.files import ProgressBody, VisibleStatus, file_body
from chalicelib.schemas import Identifier
from domain.base.errors import InvalidRequest, LyceumError, TokenExpired
from domain.base.learner import Learner
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone
from ports.errors import PortError, UpstreamError

if TYPE_CHECKING:  # requests of the REST API do not pay for these imports
    from domain.documents.document import Document
    from domain.interviews.connections import LearnerConnection
    from domain.interviews.interviewing import Interviewing
    from domain.interviews.messages import Push

_SECONDS_TO_TELL = 3.0
"""The most seconds that all pushes about one step of a document may take together."""

log = logging.getLogger("lyceum.websocket")


class Ping(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="ping"):
    request_id: RequestId | None = None


class ChatMessage(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="chat_message"):
    message: MessageText
    conversation_id: Identifier | None = None
    subject_id: Identifier | None = None
    request_id: RequestId | None = None


class Pong(Pushed, tag="pong"):
    """The answer to ``ping``."""


class ChatDelta(Pushed, tag="chat_delta"):
    """The next piece of an answer. All pieces together are the ``response`` of ``chat_done``."""

    text: str


class ChatDone(ChatAnswer, kw_only=True, omit_defaults=True, tag_field="type", tag="chat_done"):
    """The whole answer, in the form of ``POST /api/chat``."""

    request_id: RequestId | None = None


class DocumentUpdated(Pushed, tag="document_updated"):
    """A document of the person became searchable, was finished (also by a failure), or is one step further."""

    file_id: str
    status: VisibleStatus
    searchable: bool
    progress: ProgressBody


class ErrorMessage(Pushed, tag="error"):
    """A message was refused and changed nothing. ``retry_after`` is in seconds; it is absent if waiting does not help."""

    code: str
    message: str
    field: str | None
    retry_after: int | None = None


class _Envelope(msgspec.Struct):
    """The part of a message that its error message needs, even if the rest of the message is wrong."""

    request_id: RequestId | None = None


Incoming = (
    Ping
    | ChatMessage
    | StartInterview
    | ResumeInterview
    | AudioChunk
    | DiscardRecording
    | TextAnswer
    | EndInterview
    | EndSession
)


Outgoing = Pong | ChatDelta | ChatDone | DocumentUpdated | ErrorMessage | InterviewMessage


@observed("$connect", behind_gateway=True)
def connect(services: Services, event: Mapping[str, Any]) -> dict[str, int]:
    """Accept the connection if the ticket is valid and the Origin header is allowed or absent."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = headers.get("origin", "")
    if origin and not is_allowed(origin, services.settings):
        return {"statusCode": 403}
    ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
    try:
        services.connecting.open(ticket, _connection_id(event))
    except (LyceumError, UpstreamError) as refused:
        from chalicelib.errors import problem_of

        return {"statusCode": problem_of(refused).status}
    return {"statusCode": 200}


@observed("$disconnect", behind_gateway=True)
def disconnect(services: Services, event: Mapping[str, Any]) -> dict[str, int]:
    """Remove the connection. Work that has begun goes on; the client can read its result over REST."""
    services.connections.close(_connection_id(event))
    return {"statusCode": 200}


@observed("message", behind_gateway=True)
def receive(services: Services, event: Mapping[str, Any]) -> dict[str, int]:
    """Carry out a client's message, and push the result."""
    client = Client(services, _connection_id(event))
    body = event.get("body") or ""
    request_id = None
    try:
        if event.get("isBase64Encoded") or len(body.encode()) > MAX_MESSAGE_BYTES:
            raise InvalidRequest("invalid_message", "A message is JSON text of at most 128 KB.")
        request_id = _request_id(body)
        message: Incoming = decode(body, Incoming)  # type: ignore[arg-type]
        connection = services.connections.get(client.connection_id, services.clock.now())
        match message:
            case Ping():
                client.push(Pong(), request_id)
            case ChatMessage():
                _push_chat_answer(services, client, connection.learner, message)
            case _:
                push_all(services, _pushes_of(services.interviewing, connection, message))
    except Exception as error:
        from chalicelib.errors import problem_of

        problem = problem_of(error)
        known = isinstance(error, LyceumError)
        log.log(
            logging.INFO if known or problem.status < 500 else logging.ERROR,
            "message_refused",
            extra={"code": problem.code},
            exc_info=None if known else error,
        )
        refusal = ErrorMessage(
            code=problem.code,
            message=problem.message,
            field=problem.field,
            retry_after=problem.retry_after,
        )
        client.push(refusal, request_id)
        if isinstance(error, TokenExpired):
            client.hang_up()
    return {"statusCode": 200}


def push_all(services: Services, pushes: Iterable[Push]) -> None:
    """Send the pushes of an interview in order. A push without a connection is skipped."""
    for push in pushes:
        if push.connection_id is not None:
            Client(services, push.connection_id).push(message_of(push.content), push.request_id)


def push_document(services: Services, document: Document) -> None:
    """Push the document's progress to all connections of its owner, within 3 seconds. A failure is logged and changes
    nothing: the owner can read the progress over REST.
    """
    seconds = min(_SECONDS_TO_TELL, services.deadline.left())
    try:
        with services.deadline.within(seconds):
            for connection_id in services.connections.of(document.user_id):
                body = file_body(document)
                message = DocumentUpdated(
                    file_id=body.file_id,
                    status=body.status,
                    searchable=body.searchable,
                    progress=body.progress,
                )
                Client(services, connection_id).push(message, None)
    except UpstreamError as failed:
        log.warning("document_push_failed", extra={"capability": failed.capability})


def _pushes_of(
    interviewing: Interviewing,
    connection: LearnerConnection,
    message: StartInterview
    | ResumeInterview
    | AudioChunk
    | DiscardRecording
    | TextAnswer
    | EndInterview
    | EndSession,
) -> Iterator[Push]:
    match message:
        case StartInterview():
            return interviewing.start(connection, message.wanted(), message.request_id)
        case ResumeInterview():
            return interviewing.resume(
                connection, message.session_id, message.resume_token, message.request_id
            )
        case AudioChunk():
            return interviewing.receive_part(connection, message.part(), message.request_id)
        case DiscardRecording():
            return interviewing.discard(connection, message.recording_id or "", message.request_id)
        case TextAnswer():
            return interviewing.answer(connection, message.answer(), message.request_id)
        case EndInterview() | EndSession():
            return interviewing.end(connection, message.request_id)


def _push_chat_answer(services: Services, client: Client, learner: Learner, message: ChatMessage) -> None:
    """Push each piece of the answer as soon as it is made, and then the whole answer. If the client leaves, it finds
    the answer in the conversation.
    """
    from domain.tutoring.conversation import ChatQuestion

    question = ChatQuestion(
        turn_id=services.ids.new(),
        message=message.message,
        conversation_id=message.conversation_id,
        subject_id=message.subject_id,
    )
    pieces = services.tutoring.ask_streaming(learner, question)
    is_there = True
    while True:
        try:
            piece = next(pieces)
            is_there = is_there and client.push(ChatDelta(text=piece), message.request_id)
        except StopIteration as ended:
            answer = msgspec.structs.asdict(chat_answer(ended.value.message))
            client.push(ChatDone(**answer), message.request_id)
            return


class Client:
    """The client at the other end of a connection."""

    def __init__(self, services: Services, connection_id: str) -> None:
        self._services = services
        self.connection_id = connection_id

    def push(self, message: Outgoing, request_id: str | None) -> bool:
        """Send a message, with the ``request_id`` of the message that it answers. Returns whether it was sent.

        If the client is gone, its connection is removed (``Connections.close_gone``). A failure is logged and
        changes nothing else: the client can read the result over REST.
        """
        message.request_id = request_id
        try:
            self._services.gateway.send(self.connection_id, msgspec.json.encode(message).decode())
        except Gone:
            with suppress(UpstreamError):  # its row expires anyway
                self._services.connections.close_gone(self.connection_id, self._services.clock.now())
            return False
        except PortError as failed:
            log.warning(
                "push_failed", extra={"type": type(message).__name__, "error": type(failed).__qualname__}
            )
            return False
        return True

    def hang_up(self) -> None:
        """Close the connection. If that fails, the client's next message is refused anyway."""
        with suppress(PortError):
            self._services.connecting.end(self.connection_id)


def _connection_id(event: Mapping[str, Any]) -> str:
    return str(event["requestContext"]["connectionId"])


def _request_id(body: str) -> str | None:
    try:
        envelope: _Envelope = decode(body, _Envelope)
    except LyceumError:
        return None
    return envelope.request_id
