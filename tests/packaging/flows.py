"""Journeys of people through a stage's functions. Together they use every function and every route."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from chalicelib.http import Route
from domain.interviews.connections import HANDSHAKE_SECONDS
from tests.packaging.cloud import Cloud
from tests.packaging.frontend import Frontend, Functions, Reply, Socket, event_of, post_form
from tests.support.examples import NOT_THERE, Things, body_of, parameters_of, with_what_routes_make
from tests.support.world import PHYSICS, PHYSICS_ITEMS, World

SECOND_LAW = "the net force on a body equals its mass times its acceleration"
ANSWER = f'It relates force and acceleration [1 "{SECOND_LAW}"].'


def upload_to_answer(cloud: Cloud, functions: Functions, learner: Frontend) -> str:
    """Upload a document, wait until it is read, and get an answer with a citation. Returns the file id."""
    assert learner.get("/api/me").body["user_id"] == "ada"
    file_id = learner.upload("laws.txt", PHYSICS.encode(), subject_id="physics_101")
    document = learner.get("/api/files/{file_id}", file_id=file_id)
    assert document.body["status"] == "completed", document.text
    cloud.will_say(ANSWER[:20], ANSWER[20:])
    asked = learner.post(
        "/api/chat", {"message": "What does the second law say?", "subject_id": "physics_101"}
    )
    assert asked.status == 200, asked.text
    [citation] = asked.body["citations"]
    assert (citation["file_id"], citation["quote"]) == (file_id, SECOND_LAW)
    chunk = learner.get("/api/files/{file_id}/chunks/{index}", file_id=file_id, index="0").body
    assert SECOND_LAW in chunk["text"]
    return file_id


def quiz_to_mastery(cloud: Cloud, learner: Frontend) -> None:
    """Make a quiz from an uploaded document, answer it and get a score."""
    quiz = quiz_made(cloud, learner)
    scored = submitted(learner, quiz)
    assert scored.status == 200, scored.text
    assert scored.body["total_questions"] == len(quiz["questions"])
    assert learner.get("/api/profile", query={"subject_id": "physics_101"}).body["concepts"]


def quiz_made(cloud: Cloud, learner: Frontend) -> Any:
    """Make a quiz from one document, ``PHYSICS``."""
    cloud.will_say(json.dumps({"questions": [item | {"passage": 1} for item in PHYSICS_ITEMS]}))
    quiz = learner.post("/api/quizzes", {"num_questions": 3, "subject_id": "physics_101"})
    assert quiz.status == 200, quiz.text
    return quiz.body


def submitted(learner: Frontend, quiz: Any) -> Reply:
    answers = {question["question_id"]: "A" for question in quiz["questions"]}
    return learner.post("/api/quizzes/{quiz_id}/submit", {"answers": answers}, quiz_id=quiz["quiz_id"])


def no_time(_seconds: float) -> None:
    """Moves no clock: for functions that use the system's clock."""


def chat_over_the_websocket(
    cloud: Cloud, functions: Functions, learner: Frontend, advance: Callable[[float], None] = no_time
) -> None:
    ticket = learner.post("/api/ws-ticket").body["ticket"]
    socket = Socket(functions)
    cloud.upstreams.connections.open(socket.connection_id)
    assert socket.connect(ticket) == 200
    assert Socket(functions, "another=").connect(ticket) == 401
    socket.send(type="ping", request_id="1")
    cloud.will_say(ANSWER[:20], ANSWER[20:])
    socket.send(type="chat_message", message="What does the second law say?", subject_id="physics_101")
    told = [json.loads(text) for text in cloud.upstreams.connections.received[socket.connection_id]]
    assert told[0] == {"type": "pong", "request_id": "1"}
    assert "".join(one["text"] for one in told if one["type"] == "chat_delta") == told[-1]["response"]
    assert told[-1]["type"] == "chat_done"
    assert told[-1]["citations"][0]["quote"] == SECOND_LAW
    cloud.will_say(ANSWER)
    socket.send(type="chat_message", message="And the third?", conversation_id=told[-1]["conversation_id"])
    cloud.upstreams.connections.drop(socket.connection_id)
    advance(HANDSHAKE_SECONDS + 1)
    socket.send(type="ping")  # the answer has no receiver
    socket.disconnect()


def schedule(functions: Functions) -> None:
    functions.invoke("OnSchedule", event_of("schedule"))


def everything_else_over_rest(
    cloud: Cloud, functions: Functions, learner: Frontend, teacher: Frontend
) -> None:
    """Call every other route that stores, changes or removes something."""
    anyone = Frontend(functions)
    assert anyone.get("/api/health", query={"deep": "1"}).body["status"] == "ok"
    page = Socket(functions, "aW5UaGVSZXF1ZXM=")
    cloud.upstreams.connections.open(page.connection_id)
    assert page.connect(learner.post("/api/ws-ticket").body["ticket"]) == 200
    sent = learner.upload_in_request("more.txt", PHYSICS.encode(), subject_id="physics_101")
    assert sent.status == 200, sent.text
    assert "document_updated" in cloud.upstreams.connections.received[page.connection_id][-1]
    page.disconnect()
    file_id = sent.body["file_id"]
    learner.get("/api/files", query={"subject_id": "physics_101"})
    assert learner.get("/api/files/{file_id}/download-url", file_id=file_id).status == 200
    cloud.will_say(ANSWER)
    asked = learner.post(
        "/api/chat/subjects/{subject_id}", {"message": "And today?"}, subject_id="physics_101"
    )
    conversation = asked.body["conversation_id"]
    one = "/api/chat/conversations/{conversation_id}"
    assert learner.get(one, conversation_id=conversation).body["items"]
    assert learner.send("PATCH", one, {"title": "Laws"}, path={"conversation_id": conversation}).status == 200
    for path in (
        "/api/chat/conversations",
        "/api/quizzes",
        "/api/quiz-results",
        "/api/interviews",
        "/api/subjects",
    ):
        assert learner.get(path).status == 200
    assert learner.send("DELETE", one, path={"conversation_id": conversation}).status == 200
    found = learner.post("/api/search/cross-subject", {"query": "second law", "subjects": ["physics_101"]})
    assert found.body["results"]
    notes = "class notes: " + PHYSICS
    offer = teacher.post(
        "/api/teacher/subjects/{subject_id}/materials/upload-url",
        {"file_name": "class.txt", "content_type": "", "file_size": len(notes)},
        subject_id="physics_101",
    )
    assert offer.status == 200, offer.text
    analytics = teacher.get("/api/teacher/subjects/{subject_id}/ai-analytics", subject_id="physics_101")
    assert analytics.body["total_students"] == 2
    assert learner.get("/api/me/export").status == 200
    assert learner.send("DELETE", "/api/files/{file_id}", path={"file_id": file_id}).status == 200


_LAST = ("DELETE", "POST")
"""The methods whose routes come last: DELETE removes something, and POST makes something new that an erasure must find."""


def every_other_route(
    learner: Frontend, teacher: Frontend, asked: Collection[tuple[str, str]], things: Things
) -> None:
    """Call every REST route that was not called before, with the example of its request. So a new route is called
    without a change of this test.

    ``things`` are the learner's ids by name. If an id is missing, a POST route that makes such a thing is called
    first.
    """
    routes = World().api.routes
    others = [route for route in routes if (route.method, route.path) not in asked]

    def send(route: Route, had: Things) -> Reply:
        path = {name: had.get(name, NOT_THERE) for name in parameters_of(route)}
        who = teacher if "/teacher/" in route.path else learner
        return who.send(route.method, route.path, body_of(route, had), path=path)

    nothing_due = {"item_id": NOT_THERE, "question_id": "1", **things}  # a review is due after a day
    had = with_what_routes_make(
        [name for route in others for name in parameters_of(route)], routes, send, nothing_due
    )
    changing = [route for method in _LAST for route in others if route.method == method]
    for route in [*(one for one in others if one not in changing), *changing]:
        reply = send(route, had)
        assert reply.status < 500, f"{route.operation}: {reply.text}"


def one_document_too_many(learner: Frontend) -> None:
    """Upload two documents, although the learner's allowance is one page a day."""
    offers = [offered(learner, f"{name}.txt") for name in ("first", "second")]
    for offer in offers:
        send(offer)
        learner.tell_of(offer["file_key"])
    read, refused = (learner.get("/api/files/{file_id}", file_id=offer["file_id"]).body for offer in offers)
    assert read["status"] == "completed"
    assert refused["status"] == "failed"


def offered(learner: Frontend, name: str) -> Any:
    """Get permission to upload ``PHYSICS``."""
    asked = {"file_name": name, "content_type": "", "file_size": len(PHYSICS)}
    return learner.post("/api/files/upload-url", asked).body


def send(offer: Any) -> None:
    post_form(offer["upload"]["url"], offer["upload"]["fields"], "laws.txt", PHYSICS.encode())


def erasure(learner: Frontend) -> None:
    erased = learner.send("DELETE", "/api/me/data")
    assert erased.status == 200, erased.text
    assert learner.get("/api/files").body["items"] == []


def uploads_that_come_to_nothing(functions: Functions, learner: Frontend) -> None:
    """Upload a document that cannot be read, and bytes whose document was deleted before they came."""
    unreadable = learner.upload("empty.pdf", b"%PDF-1.4 and nothing else")
    assert learner.get("/api/files/{file_id}", file_id=unreadable).body["status"] == "failed"
    offer = offered(learner, "late.txt")
    learner.send("DELETE", "/api/files/{file_id}", path={"file_id": offer["file_id"]})
    send(offer)
    learner.tell_of(offer["file_key"])


def upload_without_event(learner: Frontend) -> None:
    """Upload a document whose S3 event is lost."""
    send(offered(learner, "lost.txt"))


def conversation_begun_and_deleted(cloud: Cloud, learner: Frontend) -> None:
    cloud.will_say(ANSWER)
    asked = learner.post("/api/chat", {"message": "What does the second law say?"}).body
    named = {"conversation_id": asked["conversation_id"]}
    learner.send("DELETE", "/api/chat/conversations/{conversation_id}", path=named)
