"""Every upstream with every kind of fault: the response, how soon it comes, and what is stored afterwards.

A row is a fault, the client's action, and the expected response. For every row, the response comes before API Gateway's
time limit and contains no words of the vendor. The action is then done completely or not at all. When the upstream
works again and the client has repeated its request, the action is done exactly once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ports.agent import CutShort, Refused
from ports.errors import TimedOut, Unavailable
from tests.stubs.api_gateway import refusal
from tests.stubs.aws_endpoint import Answer, json_answer, json_error, xml_error
from tests.stubs.event_stream import event, exception, stream
from tests.stubs.pinecone_server import Fault, answering, failing
from tests.support.aws_world import DIMENSION, Upstreams
from tests.support.client_actions import (
    ASK,
    CHUNK,
    CITE,
    ERASE,
    FILES,
    FORGET,
    ME,
    OFFER,
    QUIZ,
    SUBJECTS,
    SUBMIT,
    UPLOAD,
    ClientAction,
    ask,
    conversations,
    counted,
    finished,
    more,
    renew,
    repeated,
)
from tests.support.faulty_world import CANARY, GARBAGE, SILENT, FaultyWorld, assert_discreet
from tests.support.world import User

# What goes wrong


@dataclass(frozen=True)
class Row:
    capability: str
    what: str
    action: ClientAction
    strike: Callable[[FaultyWorld], None]
    status: int
    requests: int | None = None
    """How many requests the upstream received. None where that does not matter."""
    asked: Callable[[FaultyWorld], int] = lambda world: 0

    @property
    def name(self) -> str:
        return f"{self.capability} {self.what} ({self.action.name})"

    @property
    def code(self) -> str:
        if (self.capability, self.what) == ("object_store", "talks nonsense"):
            return "object_store_damaged"  # nonsense from the object store counts as damaged data: it returns the stored bytes
        return {502: f"{self.capability}_unavailable", 504: f"{self.capability}_timed_out"}.get(
            self.status, ""
        )


def by_wire(capability: str, wire: str, rows: Sequence[Any], *, later: float = 0.0) -> Iterator[Row]:
    """Rows for an upstream called by botocore: ``(what, action, reply, status, requests[, how])``."""
    for what, action, reply, status, requests, *rest in rows:

        def strike(world: FaultyWorld, reply: Any = reply, how: Any = rest) -> None:
            world.adapters.clock.advance(later)
            world.wires[wire].fail(reply, **(how[0] if how else {}))

        yield Row(
            capability, what, action, strike, status, requests, lambda world: len(world.wires[wire].asked)
        )


def unread(request: bytes) -> Answer:
    return json_answer({"Responses": {}, "UnprocessedKeys": json.loads(request)["RequestItems"]})


def unwritten(request: bytes) -> Answer:
    return json_answer({"UnprocessedItems": json.loads(request)["RequestItems"]})


def cancelled(reason: str) -> Answer:
    reasons = [{"Code": reason, "Message": CANARY}, {"Code": "None"}]
    return json_error("TransactionCanceledException", CancellationReasons=reasons)


DYNAMODB_500 = json_error("InternalServerError", 500)
TRANSACT: dict[str, Any] = {"on": "TransactWriteItems"}
CLAIM: dict[str, Any] = {"on": "PutItem"}
PUT_AFTER_CLAIM: dict[str, Any] = {"on": "PutItem", "after": 1}
DONE: dict[str, Any] = {"after_effect": True}
KEY_VALUE_STORE = by_wire(
    "key_value_store",
    "key_values",
    [
        ("throttles", FILES, json_error("ThrottlingException"), 502, 4),
        ("fails", FILES, DYNAMODB_500, 502, 4),
        ("is lost", FILES, Answer(dropped=True), 502, 4),
        ("says nothing", FILES, SILENT, 504, 3),
        ("talks nonsense", FILES, GARBAGE, 502, 4),
        ("stops half-way", FILES, Answer(200, b'{"Items": []}', cut=True), 502, 4),
        ("refuses", FILES, json_error("AccessDeniedException"), 502, 1),
        ("lies", FILES, json_answer({"Items": [{"file_id": {"X": "?"}}]}), 502, 1),
        ("leaves keys unread", CITE, unread, 502, 4, {"on": "BatchGetItem"}),
        ("leaves items unwritten", FORGET, unwritten, 502, 4, {"on": "BatchWriteItem"}),
        *(
            row
            for action in (ASK, SUBMIT)
            for row in (
                ("sees a conflict", action, cancelled("TransactionConflict"), 502, 4, TRANSACT),
                ("fails to write", action, DYNAMODB_500, 504, 4, TRANSACT),
                ("says nothing, having not written", action, SILENT, 504, 3, TRANSACT),
                ("says nothing, having written", action, SILENT, 504, 3, TRANSACT | DONE),
                (
                    "says nothing at first, having written",
                    action,
                    SILENT,
                    200,
                    2,
                    TRANSACT | DONE | {"only": 1},
                ),
            )
        ),
        ("says nothing of the claim, not made", ASK, SILENT, 504, 1, CLAIM),
        ("says nothing of the claim, made", ASK, SILENT, 504, 1, CLAIM | DONE),
        ("fails to keep the answer", ASK, DYNAMODB_500, 200, 2, PUT_AFTER_CLAIM),
        ("says nothing, having the quiz", QUIZ, SILENT, 504, 2, PUT_AFTER_CLAIM | DONE),
        ("says nothing, having the row", UPLOAD, SILENT, 504, 2, PUT_AFTER_CLAIM | DONE),
        ("says nothing, having the row", OFFER, SILENT, 504, 2, PUT_AFTER_CLAIM | DONE),
    ],
)

S3_500 = xml_error("InternalError", 500)
PUT, GET = {"on": "PutObject"}, {"on": "GetObject"}
OBJECT_STORE = by_wire(
    "object_store",
    "objects",
    [
        ("throttles", UPLOAD, xml_error("SlowDown", 503), 502, 4, PUT),
        ("fails", UPLOAD, S3_500, 504, 4, PUT),
        ("says nothing, having not written", UPLOAD, SILENT, 504, 3, PUT),
        ("says nothing, having written", UPLOAD, SILENT, 504, 3, PUT | DONE),
        ("says nothing at first, having written", UPLOAD, SILENT, 200, 5, PUT | DONE | {"only": 1}),
        ("refuses", UPLOAD, xml_error("AccessDenied", 403), 502, 1, PUT),
        ("fails after the original", UPLOAD, S3_500, 202, 5, PUT | {"after": 1}),
        ("throttles", CHUNK, xml_error("SlowDown", 503), 502, 4, GET),
        ("fails", CHUNK, S3_500, 502, 4, GET),
        ("says nothing", CHUNK, SILENT, 504, 3, GET),
        ("stops half-way", CHUNK, Answer(200, b'{"chunks": []}', cut=True), 502, 4, GET),
        ("refuses", CHUNK, xml_error("AccessDenied", 403), 502, 1, GET),
        ("talks nonsense", CHUNK, GARBAGE, 502, 1, GET),
        ("fails", QUIZ, S3_500, 502, 4, GET),
    ],
)


def titan(vector: Sequence[float]) -> Answer:
    return json_answer({"embedding": vector, "note": CANARY})


EMBEDDER = by_wire(
    "embedder",
    "embedder",
    [
        ("throttles", ASK, json_error("ThrottlingException", 429), 502, 4),
        ("fails", ASK, json_error("InternalServerException", 500), 502, 4),
        ("times out by itself", ASK, json_error("ModelTimeoutException", 408), 504, 4),
        ("says nothing", ASK, SILENT, 504, 3),
        ("talks nonsense", ASK, GARBAGE, 502, 1),
        ("stops half-way", ASK, Answer(200, b'{"embedding": []}', cut=True), 502, 4),
        ("has another dimension", ASK, titan([0.1] * (DIMENSION - 1)), 502, 1),
        ("has no numbers", ASK, titan([float("nan")] * DIMENSION), 502, 1),
        ("has no vector", ASK, titan([]), 502, 1),
        ("throttles", UPLOAD, json_error("ThrottlingException", 429), 202, 4),
        ("says nothing", UPLOAD, SILENT, 202, 3),
    ],
)

START = event("messageStart", {"role": "assistant"})
SAID = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": CANARY}})
BLANK = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": " \n"}})
NONSENSE = stream(f"<html>{CANARY}</html>".encode())


def stopped(reason: str, *before: bytes) -> Answer:
    return stream(START, *before, event("messageStop", {"stopReason": reason}))


CONVERSE = by_wire(
    "agent",
    "agent",
    [
        ("throttles", ASK, json_error("ThrottlingException", 429), 502, 3),
        ("is not ready", ASK, json_error("ModelNotReadyException", 429), 502, 3),
        ("fails", ASK, json_error("InternalServerException", 500), 502, 3),
        ("refuses", ASK, json_error("AccessDeniedException", 403), 502, 1),
        ("breaks off at once", ASK, stream(START, exception("throttlingException")), 502, 3),
        ("breaks off midway", ASK, stream(START, SAID, exception("modelStreamErrorException")), 502, 1),
        ("ends without an end", ASK, stream(START, SAID), 502, 1),
        ("ends within a message", ASK, stream(START, SAID, b"\0\0\0\x7f"), 502, 1),
        ("talks nonsense", ASK, NONSENSE, 502, 1),
        ("says an empty reply", ASK, stopped("end_turn"), 502, 1),
        ("says blanks", ASK, stopped("end_turn", BLANK), 502, 1),
        ("meets its limit", ASK, stopped("max_tokens", SAID), 502, 1),
        ("meets a guardrail", ASK, stopped("guardrail_intervened", SAID), 502, 1),
        ("says it is malformed", ASK, stopped("malformed_model_output", SAID), 502, 1),
    ],
)


def scripted(what: str, action: ClientAction, script: Any, status: int) -> Row:
    """A row for an agent that streams the script, up to its end or its failure."""
    return Row("agent", what, action, lambda world: world.adapters.agent.enqueue(script), status)


def falls_silent(world: FaultyWorld) -> None:
    world.wires["agent"].fail(SILENT, seconds=lambda: world.adapters.agent.timeouts[-1])


AGENT = [
    *CONVERSE,
    Row("agent", "says nothing", ASK, falls_silent, 504, 1, lambda world: len(world.wires["agent"].asked)),
    scripted("stalls midway", ASK, [f"{CANARY} ", TimedOut("agent")], 504),
    scripted("is cut short", ASK, [f"{CANARY} ", CutShort("agent")], 502),
    scripted("declines", ASK, Refused("agent"), 502),
    scripted("breaks off", ASK, [f"{CANARY} ", Unavailable("agent")], 502),
    scripted("breaks off", QUIZ, [f"{CANARY} ", Unavailable("agent")], 502),
    # test_quizzes.py tests which questions a quiz keeps from a reply that is cut off.
    scripted("is cut short at once", QUIZ, CutShort("agent"), 502),
]


def by_pinecone(rows: Sequence[tuple[str, ClientAction, Fault, int, int]]) -> Iterator[Row]:
    for what, action, fault, status, requests in rows:

        def strike(world: FaultyWorld, fault: Fault = fault) -> None:
            world.pinecone_fails(fault)

        yield Row(
            "vector_store",
            what,
            action,
            strike,
            status,
            requests,
            lambda world: len(world.upstreams.pinecone.requests),
        )


SOMEBODY_ELSES = {"id": "x", "score": 1.0, "metadata": {"user_id": "mallory", "text": CANARY}}
VECTOR_STORE = by_pinecone(
    [
        ("throttles", ASK, failing(429, CANARY), 502, 4),
        ("fails", ASK, failing(500, CANARY), 502, 4),
        ("times out by itself", ASK, failing(504, CANARY), 504, 4),
        ("says nothing", ASK, Fault(silent=True), 504, 1),
        ("is lost", ASK, Fault(dropped=True), 502, 4),
        ("talks nonsense", ASK, Fault(body=GARBAGE.body), 502, 1),
        ("refuses", ASK, failing(401, CANARY), 502, 1),
        ("answers with another's text", ASK, answering({"matches": [SOMEBODY_ELSES]}), 502, 1),
        ("throttles", UPLOAD, failing(429, CANARY), 202, 4),
        ("fails", UPLOAD, failing(500, CANARY), 202, 4),
        ("writes nothing and says so", UPLOAD, answering({"upsertedCount": 0}), 202, 1),
        ("writes and is lost", UPLOAD, Fault(dropped=True, after_effect=True), 202, 4),
        ("says nothing", UPLOAD, Fault(silent=True), 202, 1),
    ]
)


def by_supabase(
    capability: str, action: ClientAction, prepare: Callable[[FaultyWorld], None], rows: Sequence[Any]
) -> Iterator[Row]:
    """Rows of ``(what, status, requests, answer[, answers before it])``."""
    for what, status, requests, answer, *before in rows:

        def strike(world: FaultyWorld, answer: Answer = answer, before: Any = before) -> None:
            prepare(world)
            world.supabase_answers(answer, *before)

        yield Row(
            capability,
            what,
            action,
            strike,
            status,
            requests,
            lambda world: len(world.upstreams.supabase.asked),
        )


def says(status: int) -> Answer:
    return json_answer({"code": "XX000", "message": CANARY}, status)


def rows_of_five(value: object) -> Answer:
    headers = (("content-type", "application/json"), ("content-range", "0-0/5"))
    return Answer(200, json.dumps(value).encode(), headers)


NO_SUCH_PERSON = json_answer([])


def with_fresh_keys(world: FaultyWorld) -> None:
    """Read the keys first, so that the next question goes to the directory alone."""
    assert world.newcomer().get("/api/me").status == 200


def without_keys(world: FaultyWorld) -> None:
    """Move the clock until the published keys are too old to be used."""
    world.adapters.clock.advance(7 * 3600.0)


DIRECTORY = by_supabase(
    "directory",
    SUBJECTS,
    with_fresh_keys,
    [
        ("throttles", 502, 3, says(429)),
        ("fails", 502, 3, says(500)),
        ("times out by itself", 504, 3, says(504)),
        ("says nothing", 504, 1, SILENT),
        ("is lost", 502, 3, Answer(dropped=True)),
        ("refuses", 502, 1, says(401)),
        ("talks nonsense", 502, 1, GARBAGE),
        ("tells of somebody else", 502, 1, json_answer([{"auth_user_id": CANARY}])),
        ("gives a page without end", 502, None, rows_of_five([{"subject_id": CANARY}]), NO_SUCH_PERSON),
        ("gives no rows of many", 502, None, rows_of_five([]), NO_SUCH_PERSON),
        ("gives rows without ids", 502, None, rows_of_five([{"name": CANARY}]), NO_SUCH_PERSON),
    ],
)
BAD_KEY = {"kty": "EC", "crv": "P-256", "kid": "another", "x": "AA", "y": "AA"}
IDENTITY_PROVIDER = by_supabase(
    "identity_provider",
    ME,
    without_keys,
    [
        ("throttles", 502, 3, says(429)),
        ("fails", 502, 3, says(500)),
        ("says nothing", 504, None, SILENT),
        ("talks nonsense", 502, 1, GARBAGE),
        ("publishes no key", 502, 1, json_answer({"keys": []})),
        ("publishes no good key", 502, 1, json_answer({"keys": [BAD_KEY]})),
    ],
)
SECRETS = by_wire(
    "secrets",
    "secrets",
    [("fail", SUBJECTS, DYNAMODB_500, 502, 4), ("say nothing", SUBJECTS, SILENT, 504, 3)],
    later=301.0,
)

TABLE = [
    *KEY_VALUE_STORE,
    *OBJECT_STORE,
    *EMBEDDER,
    *AGENT,
    *VECTOR_STORE,
    *DIRECTORY,
    *IDENTITY_PROVIDER,
    *SECRETS,
]


@pytest.fixture
def world(faulty: FaultyWorld) -> Iterator[FaultyWorld]:
    yield faulty
    faulty.heal()


@pytest.fixture(scope="module")
def reader(faulty: FaultyWorld) -> User:
    return faulty.reader()


def who_does(action: ClientAction, world: FaultyWorld, reader: User) -> User:
    if action.by == "reader":
        return replace(reader, token=world.user(reader.name).token)
    return world.newcomer() if action.by == "newcomer" else world.reader()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_fault_gets_the_documented_answer_and_a_repeated_request_is_done_once(
    world: FaultyWorld, reader: User, caplog: pytest.LogCaptureFixture, row: Row
) -> None:
    action, user = row.action, who_does(row.action, world, reader)
    if action.after is not None:
        assert action.after.does(user, "before").status == 200
    before = counted(action, user)
    done = more(before, action.adds)
    row.strike(world)
    renew(user)

    with world.in_time():
        told = action.does(user, row.name)

    assert (told.status, told.code if told.status >= 400 else "") == (row.status, row.code), told.text
    assert_discreet(told.text, caplog.records)
    assert row.requests in (None, row.asked(world))
    world.heal()
    assert finished(counted(action, user)) in (finished(before), finished(done))
    again = repeated(user, action, row.name)
    assert again.status == (told.status if told.status < 300 else 200), again.text
    assert counted(action, user) == done


def test_known_keys_are_used_while_new_ones_cannot_be_read(world: FaultyWorld, reader: User) -> None:
    renew(reader)
    assert reader.get("/api/me").status == 200
    world.adapters.clock.advance(601.0)
    world.upstreams.supabase.script(*[says(500)] * 3)  # the directory is asked next, and answers
    assert reader.get("/api/me").status == 200


def test_a_token_signed_with_an_unpublished_key_is_refused(world: FaultyWorld) -> None:
    user = world.newcomer()
    without_keys(world)
    renew(user)
    other = dict(world.upstreams.supabase.jwks[0]) | {"kid": "another"}
    world.supabase_answers(json_answer({"keys": [other]}))
    assert user.get("/api/me").code == "invalid_token"


def test_a_citation_whose_quote_is_not_in_the_document_is_left_out(world: FaultyWorld, reader: User) -> None:
    renew(reader)
    world.adapters.agent.enqueue('It is light. [1 "words that stand nowhere"]')
    told = reader.post("/api/chat", {"message": "Is it heavy?"})
    assert (told.status, told.body["citations"], told.body["response"]) == (200, [], "It is light.")


SICK: dict[str, Callable[[FaultyWorld], None]] = {
    "key_value_store": lambda world: world.wires["key_values"].fail(json_error("AccessDeniedException")),
    "object_store": lambda world: world.wires["objects"].fail(xml_error("AccessDenied", 403)),
    "connection_gateway": lambda world: world.wires["gateway"].fail(refusal("ForbiddenException", 403)),
    "vector_store": lambda world: world.pinecone_fails(Fault(silent=True)),
    "directory": lambda world: world.supabase_answers(says(500)),
}


@pytest.mark.parametrize("capability", SICK)
def test_health_names_what_does_not_answer_and_waits_only_briefly(
    world: FaultyWorld, caplog: pytest.LogCaptureFixture, capability: str
) -> None:
    SICK[capability](world)
    with world.in_time():
        told = world.anyone().get("/api/health?deep=1")
    silent = {name for name, one in told.body["adapters"].items() if one["answers"] is False}
    both = {"directory", "identity_provider"}  # one Supabase project serves both
    assert (told.status, told.body["status"]) == (200, "degraded")
    assert silent == (both if capability in both else {capability})
    assert_discreet(told.text, caplog.records)
    world.heal()
    assert world.anyone().get("/api/health?deep=1").body["status"] == "ok"


SLOW_SECONDS = 2.9
"""A slow answer that still comes before the adapter gives up."""


@pytest.mark.parametrize("wire", ["key_values", "objects"])
@pytest.mark.parametrize("action", [ASK, UPLOAD, ERASE], ids=lambda action: action.name)
def test_a_slow_upstream_gets_no_more_time_than_the_gateway_allows(
    world: FaultyWorld, wire: str, action: ClientAction
) -> None:
    user = world.reader()
    before = counted(action, user)
    world.wires[wire].fail(None, seconds=lambda: SLOW_SECONDS)

    with world.in_time():
        told = action.does(user, "slowly")

    assert told.status in (200, 202) or told.code.endswith("_timed_out"), told.text
    world.heal()
    assert repeated(user, action, "slowly").status in (200, 202)
    assert counted(action, user) == (
        dict.fromkeys(before, 0) if action is ERASE else more(before, action.adds)
    )


# Bedrock's Agents, where a deployment has them


ALL_AGENTS = {
    f"LYCEUM_AGENT_{role}": "ABCDE12345/LIVE01" for role in ("CHAT", "QUIZ", "INTERVIEW", "ANALYSIS")
}


@pytest.fixture(scope="module")
def world_of_agents(servers: Upstreams, faulty: FaultyWorld) -> Iterator[FaultyWorld]:
    """The same account, in which other agents are configured."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME", servers.bedrock.url)
        other = FaultyWorld(servers, LYCEUM_AGENT="agents", **ALL_AGENTS)
        other.adapters.ids = faulty.adapters.ids
        yield other
        other.adapters.close()


def chunk(text: str) -> bytes:
    return event("chunk", {"bytes": base64.b64encode(text.encode()).decode()})


AGENTS_FAULTS: dict[str, tuple[Answer, int, int]] = {
    "throttle": (json_error("ThrottlingException", 429), 502, 3),
    "fail": (json_error("InternalServerException", 500), 502, 3),
    "have no model": (json_error("DependencyFailedException", 424), 502, 3),
    "refuse": (json_error("AccessDeniedException", 403), 502, 1),
    "say nothing": (SILENT, 504, 1),
    "break off at once": (stream(exception("throttlingException")), 502, 3),
    "break off midway": (stream(chunk(CANARY), exception("dependencyFailedException")), 502, 1),
    "end within a message": (stream(chunk(CANARY), b"\0\0\0\x7f"), 502, 1),
    "say an empty reply": (stream(), 502, 1),
    "say blanks": (stream(chunk(" ")), 502, 1),
    "want an action": (stream(event("returnControl", {"invocationId": CANARY})), 502, 1),
    "talk nonsense": (NONSENSE, 502, 1),
}


@pytest.mark.parametrize("what", AGENTS_FAULTS)
def test_faults_of_bedrock_agents_are_answered_like_those_of_other_agents(
    world_of_agents: FaultyWorld, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    world, (reply, status, requests) = world_of_agents, AGENTS_FAULTS[what]
    user, wire = world.newcomer(), world.wires["agent"]
    wire.fail(reply, seconds=(lambda: world.adapters.agent.timeouts[-1]) if reply.silent else None)

    with world.in_time():
        told = ask(user, what)

    row = Row("agent", what, ASK, lambda world: None, status)
    assert (told.status, told.code) == (status, row.code)
    assert_discreet(told.text, caplog.records)
    assert len(wire.asked) == requests
    assert conversations(user)["messages"] == 0
    wire.fail(stream(chunk("Force is mass times acceleration.")))
    assert repeated(user, ASK, what).status == 200
    assert conversations(user)["messages"] == 2
