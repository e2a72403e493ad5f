"""An error has a code and the request's id. The log names no person and quotes nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from chalicelib import events, websocket
from chalicelib.logs import JsonLines
from chalicelib.settings import Settings
from ports.errors import TimedOut, Unavailable
from tests.security.requests import GOOD_MESSAGES, messages
from tests.support.examples import body_of, path_of
from tests.support.interviews import begun, by_the_book, connected, prepared
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World

CANARY = "quetzalcoatl"
PORTS = {
    "key_values": "key_value_store",
    "objects": "object_store",
    "vectors": "vector_store",
    "embedder": "embedder",
    "agent": "agent",
    "extractor": "text_recogniser",
    "identity": "identity_provider",
    "directory": "directory",
    "gateway": "connection_gateway",
    "transcriber": "transcriber",
}
"""For each adapter's name: the capability that its errors name."""


def caused(error: Exception) -> Exception:
    """An error as adapters raise it: the vendor's words are in its cause only."""
    error.__cause__ = RuntimeError(f"{CANARY} of ada@school.example")
    return error


FAILURES: dict[str, Callable[[str], Exception]] = {
    "a bug": lambda _: KeyError(f"{CANARY} of ada@school.example"),
    "an outage": lambda capability: caused(Unavailable(capability, "500")),
    "a time-out": lambda capability: caused(TimedOut(capability, "no answer")),
}


@dataclass
class Sabotaged:
    """A port whose calls all fail while ``failure`` is set."""

    port: Any
    capability: str
    failure: Callable[[str], Exception] | None = None
    raised: int = 0

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.port, name)
        if not callable(value):
            return value

        def call(*args: Any, **options: Any) -> Any:
            if self.failure is not None:
                self.raised += 1
                raise self.failure(self.capability)
            return value(*args, **options)

        return call


@dataclass
class SabotagedWorld(World):
    ports: dict[str, Sabotaged] = field(default_factory=dict)

    def make_adapters(self, settings: Settings) -> Any:
        adapters = super().make_adapters(settings)
        for name, capability in PORTS.items():
            self.ports[name] = Sabotaged(getattr(adapters, name), capability)
            setattr(adapters, name, self.ports[name])
        return adapters


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger = logging.getLogger("lyceum")
    was, logger.propagate = logger.propagate, True
    with caplog.at_level(logging.DEBUG, logger="lyceum"):
        yield caplog
    logger.propagate = was


def written(log: pytest.LogCaptureFixture) -> str:
    return "\n".join(map(JsonLines("test").format, log.records))


@pytest.fixture
def world() -> SabotagedWorld:
    return SabotagedWorld()


@pytest.fixture
def paths(world: SabotagedWorld, ada: User) -> dict[str, str]:
    prepared(world, ada)
    world.ports["agent"].port.otherwise = by_the_book
    return {
        "file_id": ada.get("/api/files").body["items"][0]["file_id"],
        "conversation_id": ada.ask("What does the second law say?").body["conversation_id"],
        "quiz_id": ada.make_quiz(num_questions=1)["quiz_id"],
        "subject_id": "physics_101",
        "assignment_id": "assignment_1",
        "index": "0",
    }


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(failure, id=name, marks=[pytest.mark.slow] if at else [])
        for at, (name, failure) in enumerate(FAILURES.items())
    ],
)
@pytest.mark.parametrize("port", PORTS)
def test_a_failing_port_reveals_only_an_error_code(
    world: SabotagedWorld,
    ada: User,
    paths: dict[str, str],
    log: pytest.LogCaptureFixture,
    port: str,
    failure: Callable[[str], Exception],
) -> None:
    socket, newcomer = connected(world, ada), Socket(world, "bmV3Q29ubmVjdGk=")
    begun(socket)
    sabotaged = world.ports[port]
    sabotaged.failure = failure
    raised: list[str] = []
    handlers: list[Callable[[], Any]] = [
        partial(socket.send, {"type": kind, **GOOD_MESSAGES[kind]}) for kind in messages()
    ]
    handlers += [
        lambda: newcomer.connect("any ticket"),
        lambda: websocket.disconnect(world.services, socket.event()),
        lambda: world.tell_of_object("raw-files/user_ada/x_original.txt"),
        lambda: events.schedule_struck(world.services),
    ]
    for handle in handlers:
        try:
            assert CANARY not in json.dumps(handle())
        except Exception as error:  # Lambda writes this into its log, and AWS delivers the event again
            raised.append(str(error))
    failed = 0
    answers = [ada.upload_in_request("more.txt", b"More words.")]
    answers += [
        ada.send(route.method, path_of(route, paths), body_of(route, paths)) for route in world.api.routes
    ]
    for answer in answers:
        assert CANARY not in answer.text
        assert CANARY not in json.dumps(dict(answer.headers))
        if answer.status >= 500:
            failed += 1
            assert set(answer.body["error"]) == {"code", "message", "field", "request_id"}
            assert answer.body["error"]["request_id"] == answer.headers["X-Request-Id"]
    assert CANARY not in "".join(raised)
    assert CANARY not in written(log)
    assert "school.example" not in written(log)
    assert sabotaged.raised > 0
    assert failed > 0 or port in ("extractor", "gateway", "transcriber")


def test_no_log_line_contains_names_or_texts_of_people(
    log: pytest.LogCaptureFixture,
) -> None:
    """Each canary comes in by the route or message that real data would use."""
    world = World()
    ada = world.user("ada")
    names = {what: f"{CANARY}-{what}" for what in ("name", "text", "tag", "question", "title", "key", "said")}
    ada.upload(f"{names['name']}.txt", f"{PHYSICS} {names['text']}.", tags=[names["tag"]])
    conversation = ada.ask(names["question"]).body["conversation_id"]
    ada.patch(f"/api/chat/conversations/{conversation}", {"title": names["title"]})
    ada.post("/api/chat", {"message": "hello"}, headers={"Idempotency-Key": names["key"]})
    ada.post("/api/chat", {"message": 5, names["key"]: 1})
    ada.get(f"/api/files/{names['name']}?cursor={names['key']}")
    ada.make_quiz(num_questions=1)
    world.adapters.agent.otherwise = by_the_book
    socket = connected(world, ada)
    begun(socket, topic=None, subject_id=None)
    socket.send({"type": "text_answer", "text": f"{names['said']} stays at rest."})
    socket.send({"type": names["said"]})
    socket.send(f"{{{names['said']}")
    world.adapters.embedder.fail_next(ValueError(CANARY))
    ada.ask("An accident?")
    ada.get("/api/me")
    ada.get("/api/me/export")
    ada.delete("/api/me/data")
    lines = written(log)
    assert len(log.records) > 15
    assert CANARY not in lines
    for personal in ("school.example", "Lovelace", str(ada.token), "second law", "stays at rest"):
        assert personal not in lines


def test_answers_are_json_and_never_spreadsheet_formulas(world: SabotagedWorld, ada: User) -> None:
    """Nothing is exported as CSV here. A cell that begins with = + - @ or a tab is text in JSON, and is sent as JSON."""
    for title in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        name = f"{title.strip()}.txt"
        ada.upload(name, PHYSICS)
    ada.ask("=cmd|' /C calc'!A0")
    for route in world.api.routes:
        if (
            route.method == "GET" and "text/html" not in route.files
        ):  # the page of the contract holds nobody's data
            answer = ada.get(path_of(route, {"subject_id": "physics_101", "index": "0"}))
            assert answer.headers["Content-Type"] == "application/json", route.operation
            assert "Content-Disposition" not in answer.headers
            json.loads(answer.text)
