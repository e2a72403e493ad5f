"""The whole app in memory, and people who use it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapters.workers import ThreadWorkers
from chalicelib import events
from chalicelib.api import build_app, declare_routes
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.composition.services import Services
from chalicelib.settings import Settings, read_settings
from domain.base.tables import TABLES
from fakes.profile import MemoryAdapters
from ports.agent import SolveQuestions, Task, WriteQuestions
from ports.directory import Person
from ports.key_value_store import Table
from tests.support.contract import check_reply
from tests.support.http_client import HttpClient

PHYSICS = (
    "Newton's first law says that a body stays at rest or moves uniformly unless a force acts on it. "
    "Newton's second law says that the net force on a body equals its mass times its acceleration. "
    "Newton's third law says that every action has an equal and opposite reaction."
)
HISTORY = (
    "The Rosetta Stone was found in 1799 near the town of Rashid in the Nile Delta. "
    "It bears one decree in three scripts: hieroglyphic, Demotic and Greek."
)


PHYSICS_ITEMS = [
    {
        "question": "What does Newton's second law say that the net force on a body equals?",
        "options": [
            "its mass times its acceleration",
            "its weight divided by its speed",
            "its energy over its volume",
            "the sum of its charges",
        ],
        "correct": "A",
        "explanation": "The second law relates force, mass and acceleration.",
        "quote": "the net force on a body equals its mass times its acceleration",
        "concept": "Newton's second law",
    },
    {
        "question": "According to Newton's third law, what does every action have?",
        "options": [
            "a delayed echo",
            "an equal and opposite reaction",
            "a larger cause elsewhere",
            "no consequence at all",
        ],
        "correct": "B",
        "explanation": "Forces come in pairs.",
        "quote": "every action has an equal and opposite reaction",
        "concept": "Newton's third law",
    },
    {
        "question": "How does a body that is in motion keep going when nothing acts on it, by the first law?",
        "options": ["ever faster", "in circles", "uniformly", "backwards"],
        "correct": "C",
        "explanation": "Without a force there is no change of motion.",
        "quote": "a body stays at rest or moves uniformly unless a force acts on it",
        "concept": "Newton's first law",
    },
]


PHYSICS_ITEMS_OF_OTHER_KINDS: list[dict[str, Any]] = [
    {
        "kind": "true_false",
        "question": "Newton's third law says that every action has an equal and opposite reaction.",
        "options": [],
        "answers": ["true"],
        "explanation": "It is the third law.",
        "quote": "Newton's third law says that every action has an equal and opposite reaction.",
        "concept": "Newton's third law",
    },
    {
        "kind": "cloze",
        "question": "Newton's second law says that the net force on a body equals its _____ times its acceleration.",
        "options": [],
        "answers": ["mass"],
        "explanation": "The second law relates force, mass and acceleration.",
        "quote": "Newton's second law says that the net force on a body equals its mass times its acceleration.",
        "concept": "Newton's second law",
    },
    {
        "kind": "multiple_answer",
        "question": "By Newton's first law, which of these may a body do without a force?",
        "options": ["stay at rest", "move uniformly", "turn in circles", "grow heavier"],
        "answers": ["A", "B"],
        "explanation": "Without a force there is no change of motion.",
        "quote": "a body stays at rest or moves uniformly unless a force acts on it",
        "concept": "Newton's first law",
    },
    {
        "kind": "short_answer",
        "question": "What does every action have, as the law of pairs says?",
        "options": [],
        "answers": ["Every action has an equal and opposite reaction."],
        "explanation": "Forces come in pairs.",
        "quote": "every action has an equal and opposite reaction",
        "concept": "pairs of forces",
    },
]


def physics_quiz(task: Task) -> str:
    """The reply of an agent that writes all the questions it can about ``PHYSICS``."""
    assert isinstance(task, WriteQuestions)
    number = next((one.number for one in task.passages if "second law" in one.text), 1)
    return json.dumps({"questions": [item | {"passage": number} for item in PHYSICS_ITEMS]})


def solved(task: SolveQuestions) -> str:
    """The reply of a solver that finds the key of every question about ``PHYSICS``, and no other right option."""
    right: dict[str, str] = {
        str(item["question"]): item["options"]["ABCD".index(str(item["correct"]))] for item in PHYSICS_ITEMS
    }
    others = {str(item["question"]): item for item in PHYSICS_ITEMS_OF_OTHER_KINDS}
    items = []
    for one in task.candidates:
        item = others.get(one.question)
        wanted = {right.get(one.question, "True")}
        if item is not None and item["kind"] == "multiple_answer":
            wanted = {item["options"]["ABCD".index(letter)] for letter in item["answers"]}
        letters = [letter for letter, option in zip("ABCDEF", one.options, strict=False) if option in wanted]
        items.append({"number": one.number, "supported": letters})
    return json.dumps({"items": items})


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.body["error"]["code"])

    def but_for_the_request_id(self) -> tuple[int, Any]:
        body = self.body
        if "error" in body:
            body["error"]["request_id"] = ""
        return self.status, body


@dataclass
class World:
    """The app in memory. ``adapters`` are the fakes, which tests script and inspect."""

    environment: dict[str, str] = field(default_factory=dict)
    tables: Sequence[Table] = TABLES

    def __post_init__(self) -> None:
        self.settings = read_settings({"LYCEUM_PROFILE": "memory", **self.environment})
        self.adapters = self.make_adapters(self.settings)
        self.services = Services(self.settings, self.adapters, self.tables)
        self.app = build_app()
        self.api = declare_routes(self.app, self.services)
        self.http = HttpClient(self.app)

    def make_adapters(self, settings: Settings) -> Any:
        return MemoryAdapters(self.tables, DEMO_SCHOOL, ThreadWorkers())

    def person(self, name: str) -> Person:
        return next(person for person in DEMO_SCHOOL.people if person.user_id == name)

    def user(self, name: str) -> User:
        return User(self, name, self.adapters.identity.mint(self.person(name)))

    def stranger(self) -> User:
        """A person with a valid token whom the directory does not know."""
        unknown = Person("nobody", "0000-unknown", "nobody@school.example", "Nobody", "teacher")
        return User(self, "0000-unknown", self.adapters.identity.mint(unknown))

    def anyone(self) -> User:
        return User(self, "", None)

    def tell_of_object(self, key: str) -> None:
        """Send S3's notification of a new object."""
        stored = {"key": quote(key, safe="/"), "size": 1, "eTag": "e"}
        events.objects_created(self.services, {"Records": [{"s3": {"object": stored}}]})

    def sweep(self) -> None:
        events.schedule_struck(self.services)


@dataclass
class User:
    world: World
    name: str
    token: str | None

    def send(
        self,
        method: str,
        path: str,
        json_body: Any = None,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        sent = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        data = body or b""
        if json_body is not None:
            sent["Content-Type"] = "application/json"
            data = json.dumps(json_body).encode()
        response = self.world.http.request(method, path, headers={**sent, **(headers or {})}, body=data)
        reply = Reply(response.status_code, response.headers, response.body.decode(errors="replace"))
        check_reply(self.world.api.routes, method, path, reply.status, reply.text)
        return reply

    def get(self, path: str, **options: Any) -> Reply:
        return self.send("GET", path, **options)

    def post(self, path: str, json_body: Any = None, **options: Any) -> Reply:
        return self.send("POST", path, json_body, **options)

    def patch(self, path: str, json_body: Any = None, **options: Any) -> Reply:
        return self.send("PATCH", path, json_body, **options)

    def delete(self, path: str, **options: Any) -> Reply:
        return self.send("DELETE", path, **options)

    def offer(self, name: str, content: bytes, **fields: Any) -> Reply:
        request = {"file_name": name, "content_type": "", "file_size": len(content), **fields}
        return self.post("/api/files/upload-url", request)

    def put_bytes(self, offer: Reply, content: bytes) -> str:
        """Post the bytes to the address in the offer. Returns the key."""
        from ports.object_store import PresignedPost

        upload = PresignedPost(offer.body["upload"]["url"], offer.body["upload"]["fields"])
        self.world.adapters.objects.post(upload, content, upload.fields["Content-Type"])
        return str(offer.body["file_key"])

    def upload(self, name: str, text: str | bytes, **fields: Any) -> str:
        """Upload as the frontend does, until the document is processed. Returns the file id."""
        content = text.encode() if isinstance(text, str) else text
        offer = self.offer(name, content, **fields)
        assert offer.status == 200, offer.text
        self.world.tell_of_object(self.put_bytes(offer, content))
        return str(offer.body["file_id"])

    def upload_in_request(
        self, name: str, content: bytes, fields: dict[str, str] | None = None, key: str | None = None
    ) -> Reply:
        boundary = "a-boundary-of-the-test"
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in (fields or {}).items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + b"\r\n"
        )
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        sent = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            **({"Idempotency-Key": key} if key else {}),
        }
        return self.post("/api/files", body=body, headers=sent)

    def share(self, subject_id: str, name: str, text: str, **fields: Any) -> str:
        """Upload class materials as a teacher. Returns the file id."""
        content = text.encode()
        request = {"file_name": name, "content_type": "", "file_size": len(content), **fields}
        offer = self.post(f"/api/teacher/subjects/{subject_id}/materials/upload-url", request)
        assert offer.status == 200, offer.text
        self.world.tell_of_object(self.put_bytes(offer, content))
        return str(offer.body["file_id"])

    def make_quiz(self, **wanted: Any) -> Any:
        """A quiz of up to three questions about ``PHYSICS``, which must be uploaded before."""
        self.world.adapters.agent.enqueue(physics_quiz)
        reply = self.post("/api/quizzes", {"num_questions": 3, **wanted})
        assert reply.status == 200, reply.text
        return reply.body

    def right_answers(self, quiz: Any) -> dict[str, str]:
        """The right answers to a quiz. A client cannot know them."""
        right = {
            item["question"]: item["options"]["ABCD".index(str(item["correct"]))] for item in PHYSICS_ITEMS
        }
        return {
            question["question_id"]: "ABCD"[question["options"].index(right[question["question"]])]
            for question in quiz["questions"]
        }

    def wrong_answers(self, quiz: Any) -> dict[str, str]:
        return {number: "B" if key == "A" else "A" for number, key in self.right_answers(quiz).items()}

    def submit(self, quiz: Any, answers: dict[str, Any]) -> Reply:
        return self.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers})

    def ask(self, message: str, **fields: Any) -> Reply:
        return self.post("/api/chat", {"message": message, **fields})
