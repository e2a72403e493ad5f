"""Everything that a client sends has a limit, and is refused before anything is paid for."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import NoneType
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from domain.base.errors import OverLimit
from domain.base.tables import ACTIVE_SESSIONS
from domain.interviews.interview_words import MAX_PARTS
from domain.tutoring.conversation import ChatQuestion
from ports.agent import Refused
from ports.errors import Throttled, TimedOut, Unavailable
from ports.text_extractor import PageText
from tests.security.requests import GOOD_MESSAGES, forms, messages
from tests.security.state import spent, stored
from tests.support.examples import body_of, path_of, with_bodies
from tests.support.faults import AtCallOf, worker
from tests.support.interviews import begun, connected, prepared
from tests.support.world import HISTORY, PHYSICS, Reply, User, World, physics_quiz

BOUNDED = (inspect.LiteralType, inspect.EnumType, inspect.BoolType, NoneType, inspect.NoneType)


def unbounded(kind: inspect.Type, place: str) -> Iterator[str]:
    """The places of a schema without a limit on what a client sends."""
    match kind:
        case inspect.Metadata(type=inner):
            yield from unbounded(inner, place)
        case inspect.StrType(max_length=None):
            yield place
        case inspect.IntType() | inspect.FloatType():
            if (kind.le is None and kind.lt is None) or (kind.ge is None and kind.gt is None):
                yield place
        case inspect.ListType() | inspect.SetType() | inspect.VarTupleType():
            if kind.max_length is None:
                yield place
            yield from unbounded(kind.item_type, f"{place}[]")
        case inspect.DictType():
            if kind.max_length is None:
                yield place
            yield from unbounded(kind.key_type, f"{place}{{}}")
            yield from unbounded(kind.value_type, f"{place}{{}}")
        case inspect.UnionType():
            for one in kind.types:
                yield from unbounded(one, place)
        case inspect.StructType():
            for field in kind.fields:
                yield from unbounded(field.type, f"{place}.{field.encode_name}")
        case inspect.StrType():
            pass
        case _ if not isinstance(kind, BOUNDED):
            yield f"{place}: {type(kind).__name__}"


def test_every_string_list_and_number_that_a_client_sends_is_bounded(world: World) -> None:
    schemas = {f"message {name}": kind for name, kind in messages().items()}
    for route in world.api.routes:
        schemas[f"body of {route.operation}"] = route.body
        schemas[f"query of {route.operation}"] = route.query
    for route in forms(world):
        assert route.form is not None
        schemas[f"form of {route.operation}"] = route.form
    found = [place for name, kind in schemas.items() for place in unbounded(inspect.type_info(kind), name)]
    assert found == []
    assert len(schemas) > 60


def test_the_check_finds_fields_without_bounds() -> None:
    class Careless(msgspec.Struct):
        name: str
        count: int
        tags: list[str]
        notes: dict[str, float | None]

    assert list(unbounded(inspect.type_info(Careless), "x")) == [
        "x.name",
        "x.count",
        "x.tags",
        "x.tags[]",
        "x.notes",
        "x.notes{}",
        "x.notes{}",
    ]


def leaves(schema: Any, document: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The strings, numbers, lists and objects of a schema of the OpenAPI document."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for part in ("anyOf", "allOf", "oneOf"):
        for one in schema.get(part, []):
            yield from leaves(one, document, place)
    for name, one in schema.get("properties", {}).items():
        yield from leaves(one, document, f"{place}.{name}")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from leaves(schema["additionalProperties"], document, f"{place}{{}}")
    if "items" in schema:
        yield from leaves(schema["items"], document, f"{place}[]")
    if "type" in schema:
        yield place, schema


def test_the_api_contract_states_every_bound(world: World) -> None:
    document = world.anyone().get("/api/openapi.json").body
    wanted = {"string": {"maxLength"}, "array": {"maxItems"}, "integer": {"minimum", "maximum"}}
    silent, seen = [], 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            sent = [(one["name"], one["schema"]) for one in operation.get("parameters", [])]
            sent += [
                ("body", one["schema"])
                for one in operation.get("requestBody", {}).get("content", {}).values()
            ]
            for name, schema in sent:
                for place, leaf in leaves(schema, document, f"{method} {path} {name}"):
                    seen += 1
                    needed = wanted.get(leaf["type"], set())
                    if "enum" not in leaf and leaf.get("format") != "binary" and not needed <= leaf.keys():
                        silent.append(place)
    assert silent == []
    assert seen > 60


HUGE: dict[str, Callable[[User], Reply]] = {
    "1 MB message": lambda ada: ada.ask("x" * 1_000_000),
    "a message of 4,001 characters": lambda ada: ada.ask("x" * 4001),
    "10,000 document ids": lambda ada: ada.post("/api/quizzes", {"document_ids": ["x"] * 10_000}),
    "a billion questions": lambda ada: ada.post("/api/quizzes", {"num_questions": 10**9}),
    "no questions": lambda ada: ada.post("/api/quizzes", {"num_questions": 0}),
    "a billion billion questions": lambda ada: ada.post("/api/quizzes", {"num_questions": 10**18}),
    "a float of questions": lambda ada: ada.post("/api/quizzes", {"num_questions": 1e308}),
    "a million passages": lambda ada: ada.post(
        "/api/search/cross-subject", {"query": "x", "subjects": ["physics_101"], "top_k": 10**6}
    ),
    "10,000 subjects": lambda ada: ada.post(
        "/api/search/cross-subject", {"query": "x", "subjects": ["s"] * 10_000}
    ),
    "10,000 answers": lambda ada: ada.post(
        "/api/quizzes/q/submit", {"answers": {str(number): "A" for number in range(10_000)}}
    ),
    "a deep body": lambda ada: ada.post(
        "/api/chat",
        body=b'{"message":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        headers={"Content-Type": "application/json"},
    ),
    "a limit of a million": lambda ada: ada.get("/api/files?limit=1000000"),
    "a number of 5,000 digits": lambda ada: ada.get(f"/api/files?limit={'9' * 5000}"),
    "a cursor of 1 MB": lambda ada: ada.get(f"/api/files?cursor={'A' * 1_000_000}"),
    "an id of 1 MB": lambda ada: ada.get(f"/api/files/{'A' * 1_000_000}"),
    "a key of 1 MB": lambda ada: ada.post(
        "/api/chat", {"message": "hello"}, headers={"Idempotency-Key": "k" * 1_000_000}
    ),
    "a token of 1 MB": lambda ada: User(ada.world, "ada", "t" * 1_000_000).get("/api/me"),
    "10,000 tags": lambda ada: ada.offer("n.txt", b"x", tags=["t"] * 10_000),
    "a terabyte": lambda ada: ada.post(
        "/api/files/upload-url", {"file_name": "n.txt", "content_type": "", "file_size": 10**12}
    ),
}


@pytest.mark.parametrize("send", HUGE.values(), ids=HUGE)
def test_too_large_requests_are_refused_before_any_paid_call(
    world: World, ada: User, send: Callable[[User], Reply]
) -> None:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    before, paid = stored(world), spent(world)
    answer = send(ada)
    assert answer.status in (400, 401, 404, 413, 429), answer.text
    assert spent(world) == paid
    assert stored(world) == before


def test_every_bound_of_a_body_holds(world: World, ada: User) -> None:
    """Every string and list of every body is made one longer than its limit, and every number one greater."""
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    paid, tried = spent(world), 0
    for route in with_bodies(world.api.routes):
        for field in inspect.type_info(route.body).fields:  # type: ignore[attr-defined]
            for value in beyond(field.type):
                sent = {**(body_of(route, {}) or {}), field.encode_name: value}
                answer = ada.send(route.method, path_of(route, {}), sent)
                assert answer.status in (400, 404), (route.operation, field.encode_name)
                tried += 1
    assert tried >= 25
    assert spent(world) == paid


def test_every_bound_of_a_message_holds(world: World, ada: User) -> None:
    prepared(world, ada)
    socket = connected(world, ada)
    begun(socket)
    paid, tried = spent(world), 0
    for name, schema in messages().items():
        for field in inspect.type_info(schema).fields:  # type: ignore[attr-defined]
            for value in beyond(field.type):
                (refused,) = socket.send({"type": name, **GOOD_MESSAGES[name], field.encode_name: value})
                assert refused["type"] == "error", (name, field.encode_name)
                tried += 1
    assert tried >= 12
    assert spent(world) == paid


def beyond(kind: inspect.Type) -> Iterator[Any]:
    match kind:
        case inspect.Metadata(type=inner):
            yield from beyond(inner)
        case inspect.UnionType():
            for one in kind.types:
                yield from beyond(one)
        case inspect.StrType(max_length=int(most)):
            yield "x" * (most + 1)
        case inspect.IntType():
            yield (kind.le + 1) if kind.le is not None else kind.lt
            yield (kind.ge - 1) if kind.ge is not None else kind.gt
        case inspect.ListType(max_length=int(most)):
            yield ["x"] * (most + 1)
        case inspect.DictType(max_length=int(most)):
            yield {str(number): "A" for number in range(most + 1)}


def test_thousands_of_frames_of_sound_are_one_recording_at_most(world: World, ada: User) -> None:
    prepared(world, ada)
    socket = connected(world, ada)
    begun(socket)
    sound = base64.b64encode(b"RIFF" + b"\0" * 60).decode()
    codes = []
    for number in range(MAX_PARTS - 100, MAX_PARTS + 100):
        told = socket.send(
            {
                "type": "audio_chunk",
                "audio_data": sound,
                "sequence": number + 1,
                "media_format": "wav",
                "is_final": False,
            }
        )
        codes += [one["code"] for one in told if one["type"] == "error"]
    assert len(codes) == 101
    assert set(codes) == {"invalid_request"}
    assert world.adapters.transcriber.begun == []


def unavailable() -> None:
    raise Unavailable("key_value_store", "down")


class TestAllowances:
    """Limits by day and by minute. They count before anything is paid for, and give back what an upstream's failure
    took."""

    @pytest.fixture
    def world(self) -> World:
        limits = {"MESSAGES": "3", "QUESTIONS": "5", "PAGES": "2"}
        return World(
            {f"LYCEUM_{name}_A_DAY": limit for name, limit in limits.items()}
            | {"LYCEUM_REQUESTS_A_MINUTE": "4"}
        )

    def refused(self, world: World, send: Callable[[], Reply], code: str) -> Reply:
        before = spent(world)
        answer = send()
        assert (answer.status, answer.code) == (429, code)
        assert spent(world) == before
        return answer

    @pytest.mark.parametrize(
        "send",
        [
            lambda ada: ada.ask("And now?"),
            lambda ada: ada.post("/api/chat/subjects/physics_101", {"message": "And now?"}),
            lambda ada: ada.post(
                "/api/search/cross-subject", {"query": "And now?", "subjects": ["physics_101"]}
            ),
        ],
        ids=["chat", "chat in a subject", "search"],
    )
    def test_messages_are_limited_per_day_and_searches_count_as_messages(
        self, world: World, ada: User, send: Callable[[User], Reply]
    ) -> None:
        for _ in range(3):
            assert send(ada).status == 200
        answer = self.refused(world, lambda: send(ada), "daily_messages_used")
        assert answer.headers["Retry-After"] == str(16 * 3600 + 1)  # it is eight in the morning
        assert world.user("alan").ask("Mine is my own?").status == 200
        world.adapters.clock.advance(16 * 3600)
        assert send(world.user("ada")).status == 200

    def test_messages_over_the_websocket_count_as_well(self, world: World, ada: User) -> None:
        socket = connected(world, ada)
        for _ in range(3):
            assert socket.send({"type": "chat_message", "message": "Hello?"})[-1]["type"] == "chat_done"
        (refused,) = socket.send({"type": "chat_message", "message": "Hello?", "request_id": "r"})
        assert (refused["type"], refused["code"]) == ("error", "daily_messages_used")
        assert refused["retry_after"] > 0
        assert len(world.adapters.agent.tasks) == 3

    def test_questions_are_limited_per_day(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        ada.make_quiz(num_questions=3)
        answer = self.refused(
            world, lambda: ada.post("/api/quizzes", {"num_questions": 3}), "daily_questions_used"
        )
        assert int(answer.headers["Retry-After"]) > 3600
        assert ada.post("/api/quizzes", {"num_questions": 2}).status != 429

    def test_assignment_questions_count_but_an_existing_quiz_does_not(self, world: World, ada: User) -> None:
        world.user("grace").share("physics_101", "lecture.txt", PHYSICS, session_id="session_1")
        path = "/api/assignments/assignment_1/generate-quiz"
        self.refused(world, lambda: ada.post(path, {"num_questions": 6}), "daily_questions_used")
        world.adapters.agent.enqueue(physics_quiz)
        made = ada.post(path, {"num_questions": 5})
        assert made.status == 200
        assert ada.post(path, {"num_questions": 5}).body == made.body

    def test_pages_are_limited_per_day(self, world: World, ada: User) -> None:
        for name in ("one.txt", "two.txt"):
            assert ada.upload_in_request(name, PHYSICS.encode()).status == 200
        answer = self.refused(
            world, lambda: ada.upload_in_request("three.txt", HISTORY.encode()), "daily_pages_used"
        )
        assert int(answer.headers["Retry-After"]) > 3600
        self.refused(world, lambda: ada.offer("three.txt", HISTORY.encode()), "daily_pages_used")
        assert len(ada.get("/api/files").body["items"]) == 2

    def test_a_document_over_the_allowance_fails_and_leaves_nothing(self, world: World, ada: User) -> None:
        offers = [ada.offer(name, PHYSICS.encode()) for name in ("1.txt", "2.txt", "3.txt")]
        for offer in offers:  # all were offered while pages were left
            world.tell_of_object(ada.put_bytes(offer, PHYSICS.encode()))
        told = [ada.get(f"/api/files/{offer.body['file_id']}").body for offer in offers]
        assert [one["status"] for one in told] == ["completed", "completed", "failed"]
        assert told[2]["error_code"] == "daily_pages_used"
        assert "tomorrow" in told[2]["error_message"]
        assert len(world.adapters.embedder.calls) == 2
        assert not [key for key in world.adapters.objects.keys("") if told[2]["file_id"] in key]

    def test_an_upload_in_the_request_over_the_allowance_is_refused_at_once(
        self, world: World, ada: User
    ) -> None:
        world.services.allowances.take("ada", "pages")
        world.adapters.extractor.script(b"two pages", [PageText(1, "One."), PageText(2, "Two.")])
        answer = self.refused(
            world, lambda: ada.upload_in_request("two.txt", b"two pages"), "daily_pages_used"
        )
        assert int(answer.headers["Retry-After"]) > 3600
        assert ada.get("/api/files").body["items"] == []

    def test_requests_are_limited_per_minute(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS)
        world.adapters.clock.advance(20)
        sends: list[Callable[[], Reply]] = [
            lambda: ada.ask("One?"),
            lambda: ada.post("/api/search/cross-subject", {"query": "Two?", "subjects": ["physics_101"]}),
            lambda: ada.ask("Three?"),
        ]
        for send in sends:
            assert send().status == 200
        ada.make_quiz(num_questions=1)
        answer = self.refused(
            world, lambda: ada.post("/api/quizzes", {"num_questions": 1}), "too_many_requests"
        )
        assert answer.headers["Retry-After"] == "40"
        assert world.user("alan").ask("Mine is my own?").status == 200
        world.adapters.clock.advance(40)
        assert ada.post("/api/quizzes", {"num_questions": 1}).status != 429

    @pytest.mark.parametrize("failure", [TimedOut("agent"), Unavailable("agent")], ids=["time", "outage"])
    def test_the_allowance_is_given_back_when_an_upstream_fails(
        self, world: World, ada: User, failure: Exception
    ) -> None:
        ada.upload("notes.txt", PHYSICS)
        for _ in range(2):
            world.adapters.agent.enqueue(failure)
            assert ada.ask("Anyone there?").status >= 500
        world.adapters.embedder.fail_next(Unavailable("embedder"))
        assert ada.ask("Anyone there?").status == 502
        world.adapters.agent.enqueue(failure)
        assert ada.post("/api/quizzes", {"num_questions": 5}).status >= 500
        world.adapters.clock.advance(60)
        for _ in range(3):
            assert ada.ask("And now?").status == 200
        assert ada.ask("And now?").code == "daily_messages_used"
        world.adapters.clock.advance(60)
        assert ada.post("/api/quizzes", {"num_questions": 5}).status != 429

    def test_a_refusal_of_the_model_uses_up_allowance(self, world: World, ada: User) -> None:
        for _ in range(3):
            world.adapters.agent.enqueue(Refused("agent", "guardrail"))
            assert ada.ask("Something bad?").status == 502
        self.refused(world, lambda: ada.ask("Something good?"), "daily_messages_used")

    def test_an_answer_that_could_not_be_stored_uses_up_allowance(self, world: World, ada: User) -> None:
        learner = world.services.admission.admit(ada.token or "").learner
        for number in range(3):
            lost = AtCallOf(method="transact", happens=unavailable)
            with pytest.raises(Unavailable):
                worker(world, lost).tutoring.ask(learner, ChatQuestion(f"t{number}", "Hello?"))
        self.refused(world, lambda: ada.ask("Hello?"), "daily_messages_used")

    def test_a_request_refused_for_another_reason_uses_no_allowance(self, world: World, ada: User) -> None:
        for _ in range(5):
            assert ada.ask("Hello?", conversation_id="none").status == 404
            assert ada.ask("Hello?", subject_id="history_201").status == 404
            assert ada.post("/api/quizzes", {"document_ids": ["none"]}).status == 404
        assert ada.ask("Hello?").status == 200

    def test_parallel_requests_cannot_exceed_the_allowance(self, world: World, ada: User) -> None:
        def take(_: int) -> bool:
            try:
                world.services.allowances.take("ada", "messages")
            except OverLimit:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(take, range(50))) == 3

    def test_an_erasure_does_not_reset_the_allowance(self, world: World, ada: User) -> None:
        ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
        for _ in range(3):
            ada.ask("Hello?")
        ada.delete("/api/me/data")
        world.adapters.clock.advance(3600)
        world.sweep()
        ada = world.user("ada")
        self.refused(world, lambda: ada.ask("Hello?"), "daily_messages_used")

    def test_only_anonymous_counts_survive_an_erasure_for_two_days(self, world: World, ada: User) -> None:
        prepared(world, ada)
        ada.ask("Hello?")
        socket = connected(world, ada)
        begun(socket)
        ada.delete("/api/me/data")
        world.adapters.clock.advance(3600)
        world.sweep()
        rows = world.adapters.key_values.items(ACTIVE_SESSIONS)
        kept = [row for row in rows if row["session_id"].startswith("budget#")]
        assert len(kept) == 2
        assert "ada" not in json.dumps(kept)
        for row in kept:
            assert all(
                isinstance(value, int | float | dict) for name, value in row.items() if name != "session_id"
            )
            ends = datetime.fromtimestamp(row["ttl"], UTC)
            assert (ends - datetime(2026, 9, 14, 8, tzinfo=UTC)).days == 2

    def test_interviews_of_a_day_outlive_an_erasure_too(self) -> None:
        world = World({"LYCEUM_INTERVIEWS_A_DAY": "1"})
        ada = world.user("ada")
        prepared(world, ada)
        begun(connected(world, ada))
        ada.delete("/api/me/data")
        world.adapters.clock.advance(1200)
        world.sweep()
        ada = world.user("ada")
        ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
        (refused,) = connected(world, ada, "YWdhaW5BZGFTb2M=").send({"type": "start_interview"})
        assert refused["code"] == "daily_interviews_used"


def test_the_counts_cost_one_round_trip(either: World) -> None:
    """*wire*: The counts are written in one conditional update, and only work that costs money waits for it."""
    ada = either.user("ada")
    ada.upload("notes.txt", PHYSICS)
    either.adapters.key_values.calls.clear()
    assert ada.ask("What does the second law say?").status == 200
    assert [method for method, *_ in either.adapters.key_values.calls].count("add") == 1


def test_the_limits_hold_on_the_wire(aws: World) -> None:
    """*wire*"""
    allowances = aws.services.allowances
    allowances._a_day = {"messages": 2, "questions": 1, "pages": 1}
    ada = aws.user("ada")
    assert [ada.ask("Hello?").status for _ in range(3)] == [200, 200, 429]
    assert ada.ask("Hello?").code == "daily_messages_used"
    aws.adapters.clock.advance(16 * 3600)
    assert aws.user("ada").ask("Hello?").status == 200


def test_the_wait_that_a_model_asks_for_reaches_the_client(world: World, ada: User) -> None:
    world.adapters.agent.enqueue(Throttled("agent", retry_after=7))
    answer = ada.ask("What does the second law say?")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (502, "agent_unavailable", "7")
