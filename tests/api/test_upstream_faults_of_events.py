"""Upstream faults outside of REST requests: in messages and connections of the WebSocket, and in bucket events."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib import events, websocket
from domain.documents.document import LEASE_SECONDS
from ports.errors import UpstreamError
from tests.stubs.api_gateway import refusal
from tests.stubs.aws_endpoint import Answer, json_answer, json_error, xml_error
from tests.stubs.event_stream import event, exception, stream
from tests.stubs.pinecone_server import Fault, answering, failing
from tests.support.aws_world import DIMENSION
from tests.support.client_actions import conversations, files, renew, results
from tests.support.faulty_world import CANARY, GARBAGE, SILENT, FaultyWorld, assert_discreet
from tests.support.interviews import ANSWERS, begun, by_the_book, connected
from tests.support.socket_client import Socket
from tests.support.world import HISTORY, User

CONNECTION = "d6wF7cYkoAMCJ3g="
THROTTLED = json_error("ThrottlingException", 429)
DYNAMODB_500 = json_error("InternalServerError", 500)


@pytest.fixture
def world(faulty: FaultyWorld) -> Iterator[FaultyWorld]:
    yield faulty
    faulty.heal()


# The WebSocket: there is no status, but a message, and a handler that must not fail


def connect(world: FaultyWorld, user: User) -> int:
    ticket = user.post("/api/ws-ticket").body["ticket"]
    world.adapters.gateway.open(CONNECTION)
    about = {"connectionId": CONNECTION}
    told = {"requestContext": about, "queryStringParameters": {"ticket": ticket}}
    return websocket.connect(world.services, told)["statusCode"]


def answers_to_a_question(world: FaultyWorld) -> list[Any]:
    """The messages pushed to the connection after a question to the tutor."""
    pushed = world.adapters.gateway.sent[CONNECTION]
    pushed.clear()
    body = json.dumps({"type": "chat_message", "message": "What does the second law say?"})
    told = {"requestContext": {"connectionId": CONNECTION}, "body": body}
    assert websocket.receive(world.services, told) == {"statusCode": 200}
    return [json.loads(text) for text in pushed]


@dataclass(frozen=True)
class Row:
    name: str
    wire: str
    reply: Answer
    requests: int | None
    """The number of requests that the upstream received; None where other requests may be repeated too."""
    last: str | None
    """The code of the last message that the client received; its type if it has no code."""
    messages: int
    """The number of messages in the conversation after the fault."""
    how: dict[str, Any] = field(default_factory=dict)


BROKEN_STREAM = stream(event("messageStart", {"role": "assistant"}), exception("modelStreamErrorException"))
AT_FIRST = {"only": 1}
KEEPING = {"on": "TransactWriteItems"}
ROWS = [
    Row("the client is gone", "gateway", refusal("GoneException", 410), 2, None, 2),
    Row("pushes are throttled", "gateway", refusal("LimitExceededException", 429), 8, None, 2),
    Row(
        "a push is throttled",
        "gateway",
        refusal("LimitExceededException", 429),
        None,
        "chat_done",
        2,
        AT_FIRST,
    ),
    Row("pushes are said to be large", "gateway", refusal("PayloadTooLargeException", 413), 2, None, 2),
    Row("pushes fail", "gateway", refusal("InternalServerErrorException", 500), 2, None, 2),
    Row(
        "a push fails",
        "gateway",
        refusal("InternalServerErrorException", 500),
        None,
        "chat_done",
        2,
        AT_FIRST,
    ),
    Row("nobody says whether pushes arrived", "gateway", SILENT, 2, None, 2),
    Row("pushes are forbidden", "gateway", refusal("ForbiddenException", 403), 2, None, 2),
    Row("the agent throttles", "agent", THROTTLED, 3, "agent_unavailable", 0),
    Row("the agent breaks off", "agent", BROKEN_STREAM, 3, "agent_unavailable", 0),
    Row("the embedder throttles", "embedder", THROTTLED, 4, "embedder_unavailable", 0),
    Row("the database fails", "key_values", DYNAMODB_500, 4, "key_value_store_unavailable", 0),
    Row("the database says nothing", "key_values", SILENT, 3, "key_value_store_timed_out", 0),
    Row(
        "the answer may be kept, and is not", "key_values", SILENT, 3, "key_value_store_timed_out", 0, KEEPING
    ),
    Row(
        "the answer may be kept, and is",
        "key_values",
        SILENT,
        3,
        "key_value_store_timed_out",
        2,
        {**KEEPING, "after_effect": True},
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_failure_is_pushed_as_a_message_and_a_finished_answer_is_kept(
    world: FaultyWorld, caplog: pytest.LogCaptureFixture, row: Row
) -> None:
    user, wire = world.newcomer(), world.wires[row.wire]
    assert connect(world, user) == 200
    wire.fail(row.reply, **row.how)

    with world.in_time():
        got = answers_to_a_question(world)

    assert (got[-1].get("code", got[-1]["type"]) if got else None) == row.last
    assert row.requests in (None, len(wire.asked))
    assert_discreet(json.dumps(got), caplog.records)
    world.heal()
    assert conversations(user)["messages"] == row.messages
    assert connect(world, user) == 200
    assert answers_to_a_question(world)[-1]["type"] == "chat_done"
    assert conversations(user)["messages"] == row.messages + 2


@pytest.mark.parametrize("on", ["GetItem", "DeleteItem", "PutItem"])
@pytest.mark.parametrize(("reply", "status"), [(THROTTLED, 502), (SILENT, 504)])
def test_a_connection_that_cannot_be_kept_is_refused_with_the_reason_s_status(
    world: FaultyWorld, on: str, reply: Answer, status: int
) -> None:
    user = world.newcomer()
    ticket = user.post("/api/ws-ticket").body["ticket"]
    told = {"requestContext": {"connectionId": CONNECTION}, "queryStringParameters": {"ticket": ticket}}
    world.wires["key_values"].fail(reply, on=on)
    with world.in_time():
        assert websocket.connect(world.services, told)["statusCode"] == status
    world.heal()
    assert connect(world, user) == 200


# An interview: the words are kept and judged once, whatever happens to the transcriber


START: dict[str, Any] = {"on": "StartTranscriptionJob"}
TRANSCRIBE_500 = json_error("InternalFailureException", 500)
DEAF: dict[str, tuple[Answer, int, str, dict[str, Any]]] = {
    "throttles": (json_error("LimitExceededException"), 4, "unavailable", START),
    "fails": (TRANSCRIBE_500, 4, "timed_out", START),
    "refuses": (json_error("AccessDeniedException"), 1, "unavailable", START),
    "talks nonsense": (GARBAGE, 4, "timed_out", START),
    "says nothing, having begun nothing": (SILENT, 3, "timed_out", START),
    "says nothing, having begun": (SILENT, 3, "timed_out", {**START, "after_effect": True}),
}


@pytest.fixture
def judged(world: FaultyWorld) -> Iterator[FaultyWorld]:
    """Script verdicts by words."""
    agent = world.adapters.agent
    before, agent.otherwise = agent.otherwise, by_the_book
    yield world
    agent.otherwise = before


def interviewed(world: FaultyWorld, user: User) -> tuple[Socket, str, dict[str, Any]]:
    """A learner in an interview: their connection, the session, and the answer that they will give."""
    socket = connected(world, user)
    started = begun(socket, subject_id=None)
    sound = b"OggS" + ANSWERS[started["question"]].encode()
    world.upstreams.transcribe.hears = lambda sound, media_format: sound[4:].decode()
    said = {"type": "audio_chunk", "audio_data": base64.b64encode(sound).decode(), "sequence": 0}
    return socket, started["session_id"], {**said, "media_format": "ogg"}


def transcripts_are_there(world: FaultyWorld) -> None:
    """Send the bucket's events of the transcripts."""
    records = [{"s3": {"object": {"key": key}}} for key in world.adapters.objects.keys("transcripts/")]
    events.transcript_created(world.services, {"Records": records})


def first_score(user: User, session_id: str) -> float | None:
    renew(user)
    score: float | None = user.get(f"/api/interviews/{session_id}").body["turns"][0]["score"]
    return score


@pytest.mark.parametrize("what", DEAF)
def test_an_answer_whose_transcription_fails_at_first_is_later_scored_once(
    judged: FaultyWorld, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    world, (reply, requests, code, how) = judged, DEAF[what]
    user, wire = world.reader(), world.wires["transcriber"]
    socket, session_id, said = interviewed(world, user)
    begun_before = len(world.upstreams.transcribe.jobs)
    wire.fail(reply, **how)

    with world.in_time():
        received, refused = socket.send(said)

    assert (received["received_through"], refused["code"]) == (0, f"transcriber_{code}")
    assert len(wire.asked) == requests
    assert_discreet(json.dumps(refused), caplog.records)
    world.heal()
    socket.send(said)
    for _ in range(2):
        world.adapters.clock.advance(LEASE_SECONDS + 1)
        world.sweep()
        transcripts_are_there(world)
    assert first_score(user, session_id) == 100
    assert results(user) == {"results": 0, "evidence": 1}
    assert len(world.upstreams.transcribe.jobs) == begun_before + 1


def test_a_transcription_result_of_the_wrong_shape_is_not_scored(judged: FaultyWorld) -> None:
    world, user = judged, judged.reader()
    socket, session_id, said = interviewed(world, user)
    socket.send(said)
    (key,) = (
        key for key in world.adapters.objects.keys("transcripts/") if session_id in key and ".json" in key
    )
    outcome = world.adapters.objects.get(key)
    world.adapters.objects.put(key, GARBAGE.body, "application/json")
    with pytest.raises(UpstreamError):
        transcripts_are_there(world)
    assert first_score(user, session_id) is None
    world.adapters.objects.put(key, outcome, "application/json")
    transcripts_are_there(world)
    assert first_score(user, session_id) == 100


# The bucket: AWS delivers an event again after an error, and the sweeper continues interrupted work


@dataclass(frozen=True)
class Delivery:
    name: str
    strike: Callable[[FaultyWorld], None]
    raises: bool
    """Whether the handler raises an error, so that AWS delivers the event again."""


def by_wire(wire: str, what: str, reply: Answer, raises: bool, **how: Any) -> Delivery:
    return Delivery(f"{wire} {what}", lambda world: world.wires[wire].fail(reply, **how), raises)


def by_pinecone(what: str, fault: Fault) -> Delivery:
    return Delivery(f"vectors {what}", lambda world: world.pinecone_fails(fault), False)


NO_VECTOR = json_answer({"embedding": [0.0] * DIMENSION, "note": CANARY})
DELIVERIES = [
    by_wire("key_values", "throttle", THROTTLED, True),
    by_wire("key_values", "say nothing of the lease, taken", SILENT, True, on="PutItem", after_effect=True),
    by_wire("key_values", "say nothing of the lease, not taken", SILENT, True, on="PutItem"),
    by_wire("key_values", "fail at the last step", DYNAMODB_500, True, on="PutItem", after=2),
    by_wire(
        "key_values", "say nothing of the last step", SILENT, True, on="PutItem", after=2, after_effect=True
    ),
    by_wire("objects", "fail to tell of the upload", xml_error("InternalError", 500), True, on="HeadObject"),
    by_wire("objects", "give half of it", Answer(200, HISTORY.encode(), cut=True), False, on="GetObject"),
    by_wire("objects", "throttle", xml_error("SlowDown", 503), False, on="PutObject"),
    by_wire("objects", "say nothing", SILENT, False, on="PutObject", after_effect=True),
    by_wire("embedder", "throttle", THROTTLED, False),
    by_wire("embedder", "lie", NO_VECTOR, False),
    by_pinecone("throttle", failing(429, CANARY)),
    by_pinecone("write nothing and say so", answering({"upsertedCount": 0})),
    by_pinecone("say nothing", Fault(silent=True)),
]


@pytest.mark.parametrize("row", DELIVERIES, ids=lambda row: row.name)
def test_an_upload_whose_event_failed_is_processed_once(
    world: FaultyWorld, caplog: pytest.LogCaptureFixture, row: Delivery
) -> None:
    user = world.newcomer()
    key = user.put_bytes(user.offer("more.txt", HISTORY.encode()), HISTORY.encode())
    row.strike(world)
    if row.raises:
        with pytest.raises(UpstreamError):
            world.tell_of_object(key)
    else:
        world.tell_of_object(key)
    assert_discreet("", caplog.records)
    world.heal()
    for _ in range(2):
        world.tell_of_object(key)
        world.adapters.clock.advance(LEASE_SECONDS + 1)
        world.sweep()
    renew(user)
    assert files(user) == {"completed": 1, "files": 1, "originals": 1, "vectors": 1}
