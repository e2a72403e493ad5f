"""The WebSocket's edge: who connects, what they send, what is pushed back.

A message is JSON with a ``type``. Whatever is wrong with it is answered by an ``error`` message, and the
connection stays open.
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
    EndInterview,
    EndSession,
    RequestId,
    ResumeInterview,
    StartInterview,
    TextAnswer,
    message_of,
)
from chalicelib.observed import observed
from chalicelib.routes.chat import MessageText, chat_answer
from chalicelib.schemas import Identifier
from domain.base.errors import InvalidRequest, LyceumError, TokenExpired
from domain.base.learner import Learner
from domain.tutoring.conversation import Question
from ports.connection_gateway import MAX_MESSAGE_BYTES, Gone
from ports.errors import PortError, UpstreamError

if TYPE_CHECKING:  # a request that is no message should not pay for their import
    from domain.interviews.connections import Connection
    from domain.interviews.interviewing import Interviewing
    from domain.interviews.messages import Push

log = logging.getLogger("lyceum.websocket")


class Ping(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="ping"):
    request_id: RequestId | None = None


class ChatMessage(msgspec.Struct, forbid_unknown_fields=True, tag_field="type", tag="chat_message"):
    message: MessageText
    conversation_id: Identifier | None = None
    subject_id: Identifier | None = None
    request_id: RequestId | None = None


class _Envelope(msgspec.Struct):
    """What can be said of a message that is wrong otherwise."""

    request_id: RequestId | None = None


Incoming = (
    Ping
    | ChatMessage
    | StartInterview
    | ResumeInterview
    | AudioChunk
    | TextAnswer
    | EndInterview
    | EndSession
)


@observed("$connect", behind_gateway=True)
def connect(services: Services, event: Mapping[str, Any]) -> dict[str, int]:
    """Let a connection in that shows a good ticket and comes from one of our pages, or from no page at all."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = headers.get("origin", "").rstrip("/")
    if origin and origin not in services.settings.allowed_origins:
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
    """Forget the connection. What was under way goes on; its outcome is found over REST."""
    services.connections.close(_connection_id(event))
    return {"statusCode": 200}


@observed("message", behind_gateway=True)
def receive(services: Services, event: Mapping[str, Any]) -> dict[str, int]:
    """Do what a message asks; its outcome is pushed."""
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
                client.push("pong", request_id)
            case ChatMessage():
                _tell(services, client, connection.learner, message)
            case _:
                tell(services, _asked(services.interviewing, connection, message))
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
        told: dict[str, object] = {"code": problem.code, "message": problem.message, "field": problem.field}
        if problem.retry_after is not None:
            told["retry_after"] = problem.retry_after
        client.push("error", request_id, **told)
        if isinstance(error, TokenExpired):
            client.hang_up()
    return {"statusCode": 200}


def tell(services: Services, telling: Iterable[Push]) -> None:
    """Push each event of an interview to where it is to go, in order."""
    for told in telling:
        if told.connection_id is not None:
            content = message_of(told.event)
            Client(services, told.connection_id).push(content.pop("type"), told.request_id, **content)


def _asked(
    interviewing: Interviewing,
    connection: Connection,
    message: StartInterview | ResumeInterview | AudioChunk | TextAnswer | EndInterview | EndSession,
) -> Iterator[Push]:
    match message:
        case StartInterview():
            return interviewing.start(connection, message.wish(), message.request_id)
        case ResumeInterview():
            return interviewing.resume(
                connection, message.session_id, message.resume_token, message.request_id
            )
        case AudioChunk():
            return interviewing.hear(connection, message.chunk(), message.request_id)
        case TextAnswer():
            return interviewing.answer(connection, message.text, message.question_number, message.request_id)
        case EndInterview() | EndSession():
            return interviewing.end(connection, message.request_id)


def _tell(services: Services, client: Client, learner: Learner, message: ChatMessage) -> None:
    """The answer in pieces as it is made, then whole. A client that leaves finds it in the conversation."""
    question = Question(
        turn_id=services.ids.new(),
        message=message.message,
        conversation_id=message.conversation_id,
        subject_id=message.subject_id,
    )
    telling = services.tutoring.tell(learner, question)
    is_there = True
    while True:
        try:
            piece = next(telling)
            is_there = is_there and client.push("chat_delta", message.request_id, text=piece)
        except StopIteration as told:
            answer = msgspec.to_builtins(chat_answer(told.value.message))
            client.push("chat_done", message.request_id, **answer)
            return


class Client:
    """The other end of a connection."""

    def __init__(self, services: Services, connection_id: str) -> None:
        self._services = services
        self.connection_id = connection_id

    def push(self, kind: str, request_id: str | None, **content: object) -> bool:
        """Send a message, and whether that went well. A client that is gone is forgotten.

        What could not be pushed undoes nothing: a client finds the outcome over REST.
        """
        body = {"type": kind, **content}
        if request_id is not None:
            body["request_id"] = request_id
        try:
            self._services.gateway.send(self.connection_id, msgspec.json.encode(body).decode())
        except Gone:
            with suppress(UpstreamError):  # its row ends by itself
                self._services.connections.close(self.connection_id)
            return False
        except PortError as failed:
            log.warning("push_failed", extra={"type": kind, "error": type(failed).__qualname__})
            return False
        return True

    def hang_up(self) -> None:
        """End the connection. Where that fails, what comes by it is refused all the same."""
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
