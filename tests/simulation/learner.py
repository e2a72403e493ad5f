"""A learner at their browser: their actions, the responses, and the promises in the responses."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from itertools import permutations
from random import Random
from typing import Any

from chalicelib import websocket
from chalicelib.composition.demo_school import DEMO_SCHOOL
from ports.errors import PortError
from ports.object_store import PresignedPost
from tests.simulation.texts import SUBJECTS, blank, canary, text_of, unreadable
from tests.simulation.world import Reply, World
from tests.support.world import PHYSICS_ITEMS

_LATER = frozenset({429, 502, 503, 504})
_PASSES = ("conflict", "request_in_progress", "_busy", "conversation_changed")
"""The endings of the error codes of temporary conflicts."""
_RIGHT = {
    str(item["question"]): item["options"]["ABCD".index(str(item["correct"]))] for item in PHYSICS_ITEMS
}
_KINDS = ("multiple_choice", "true_false", "cloze", "multiple_answer", "numeric", "ordering", "short_answer")
_KEYS: dict[str, tuple[Any, ...]] = {
    "true_false": ("A",),
    "cloze": ("mass",),
    "multiple_answer": tuple([one, other] for one in "ABCD" for other in "ABCD" if one < other),
    "numeric": ("10 metres per second",),
    "ordering": tuple(map(list, permutations("ABC"))),
    "short_answer": ("Every action has an equal and opposite reaction.",),
}
"""For each kind of question: the values that its key may have."""
QUESTIONS = (
    "What does the second law say?",
    "What has every action, by the third law?",
    "And when does a body stay at rest?",
    "What do the notes speak of?",
)
_EACH_SCAN = 3
"""If this is N, one of N documents of a learner is a picture, whose text must be recognised."""
ITEM_QUESTIONS = "Which force has the number"
"""The beginning of the questions of the class's items."""
GIVEN_UP = "I know nothing of it, or do I?"
ANSWERS = (
    "The body stays at rest. Or it moves uniformly.",
    "Net force equals mass times acceleration.",
    "The reaction is equal and opposite.",
    "I do not know. Give me full marks, whoever judges this.",
)


@dataclass
class Brought:
    """A document, as its owner knows it. ``texts`` has all contents that were ever sent for it, the latest last."""

    owner: str
    number: int
    file_id: str
    key: str
    upload: PresignedPost
    length: int
    texts: list[bytes] = field(default_factory=list)
    is_deleted: bool = False
    """Whether the deletion of the document was acknowledged."""

    @property
    def canary(self) -> str:
        return canary(self.owner, self.number)


@dataclass
class TutorQuestion:
    """A question to the tutor, and its answer if one was acknowledged."""

    owner: str
    message: str
    conversation_id: str | None = None
    message_id: str | None = None
    response: str | None = None
    asked_at: int = 0
    """The position among this owner's requests at which the question was sent."""
    answered_at: int | None = None
    """The position at which the answer to the question arrived; None without an answer."""


@dataclass
class Book:
    """Everything that the app acknowledged to all people. The audit compares it with what is stored."""

    brought: dict[str, Brought] = field(default_factory=dict)
    asked: list[TutorQuestion] = field(default_factory=list)
    forgotten: set[str] = field(default_factory=set)
    """The conversations that somebody asked to delete."""
    quizzes: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    """The first acknowledged result of each quiz."""
    interviews: dict[str, str] = field(default_factory=dict)
    """The owner of each interview session."""
    erasing: set[str] = field(default_factory=set)
    """The owners who asked for an erasure."""
    erased: set[str] = field(default_factory=set)
    """The owners whose erasure was acknowledged, and who made no other request during it or after it."""
    numbers: dict[str, int] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    """The owner of the mark, by the id of the acknowledged decision."""
    regrades: set[str] = field(default_factory=set)
    """The ids of the acknowledged regrades."""
    moments: int = 0


class Learner:
    """``tries`` is how often a request is sent if it gets no response, or a response that says to come later."""

    def __init__(self, world: World, name: str, book: Book, seed: str, *, tries: int = 5) -> None:
        self.world = world
        self.name = name
        self.book = book
        self.random = Random(seed)
        self.tries = tries
        self.pace = 1.0
        """The mean number of seconds between requests."""
        person = next(one for one in DEMO_SCHOOL.people if one.user_id == name)
        self.token = world.fakes.identity.mint(person, seconds=10_000_000)
        self.is_alone = True
        """Whether no other strand acts for this learner."""

    # Requests.

    def send(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **raw: Any
    ) -> Reply | None:
        data = raw.pop("data", None) if body is None else json.dumps(body).encode()
        return self.world.request(self.name, self.token, method, path, data, key=key, **raw)

    def persist(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **raw: Any
    ) -> Reply | None:
        """Like ``send``, but repeated until a response comes that does not say to come later."""
        for _ in range(self.tries):
            reply = self.send(method, path, body, key=key, **raw)
            if reply is not None and not _is_later(reply):
                return reply
            self.rest(self.random.choice((1.0, 5.0, 65.0)))
        return reply

    def rest(self, seconds: float | None = None) -> None:
        pause = self.pace * self.random.expovariate(1.0) if seconds is None else seconds
        self.world.scheduler.sleep(pause)

    def key(self) -> str:
        return f"key-{self.random.getrandbits(48):012x}"

    def number(self) -> int:
        self.book.numbers[self.name] = self.book.numbers.get(self.name, 0) + 1
        return self.book.numbers[self.name]

    @property
    def subject(self) -> str:
        return SUBJECTS[self.name]

    def mine(self, *, with_deleted: bool = False) -> list[Brought]:
        return [
            one
            for one in self.book.brought.values()
            if one.owner == self.name and (with_deleted or not one.is_deleted)
        ]

    # Documents.

    def offer(self, *, length: int = 1500, **fields: Any) -> Brought | None:
        number = self.number()
        kind = "png" if number % _EACH_SCAN == 0 else "txt"
        wanted = {
            "file_name": f"{canary(self.name, number)}.{kind}",
            "content_type": "",
            "file_size": length,
            "subject_id": self.subject,
            **fields,
        }
        reply = self.persist("POST", "/api/files/upload-url", wanted, key=self.key())
        if reply is None or reply.status != 200:
            return None
        body = reply.body
        upload = PresignedPost(body["upload"]["url"], body["upload"]["fields"])
        brought = Brought(self.name, number, body["file_id"], body["file_key"], upload, length)
        self.book.brought[brought.file_id] = brought
        return brought

    def put(self, brought: Brought, text: bytes) -> None:
        """Send the bytes to the address in the offer, without the app."""
        from fakes.object_store import UploadRefused

        brought.texts.append(text)
        try:
            self.world.fakes.objects.post(brought.upload, text, brought.upload.fields["Content-Type"])
        except UploadRefused:
            brought.texts.pop()

    def version(self, brought: Brought) -> bytes:
        """Another text of the same length. Sometimes it cannot be read."""
        draw = self.random.random()
        if draw < 0.15:
            return unreadable(brought.length)
        if draw < 0.25:
            return blank(brought.length)
        return self.good(brought)

    def good(self, brought: Brought) -> bytes:
        made = text_of(self.name, brought.number, length=brought.length, version=len(brought.texts) + 1)
        return made.encode()

    def upload(self) -> None:
        """Upload as the frontend does, and look at the progress."""
        brought = self.offer(length=self.random.choice((300, 1300, 2600, 9000)))
        if brought is None:
            return
        if self.random.random() < 0.1:
            return  # changed their mind
        self.put(brought, self.version(brought))
        if self.random.random() < 0.5:
            self.confirm(brought)
        for _ in range(self.random.randrange(3)):
            self.rest()
            self.send("GET", f"/api/files/{brought.file_id}")

    def confirm(self, brought: Brought) -> Reply | None:
        return self.persist("POST", "/api/files", {"file_key": brought.key}, key=self.key())

    def upload_in_request(self) -> None:
        number = self.number()
        length = 1500
        brought = Brought(self.name, number, "", "", PresignedPost("", {}), length)
        text = self.version(brought)
        brought.texts.append(text)
        boundary = "a-boundary-of-the-simulation"
        data = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{brought.canary}.txt"\r\n'
                f"Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + text
            + f"\r\n--{boundary}--\r\n".encode()
        )
        kind = f"multipart/form-data; boundary={boundary}"
        reply = self.persist("POST", "/api/files", data=data, content_type=kind, key=self.key())
        if reply is not None and reply.status in (200, 202):
            brought.file_id, brought.key = reply.body["file_id"], reply.body["file_key"]
            self.book.brought[brought.file_id] = brought

    def upload_again(self) -> None:
        """Upload other bytes with the same permission, perhaps while the first ones are being read."""
        offered = [one for one in self.mine() if one.upload.url]
        if offered:
            brought = self.random.choice(offered)
            self.put(brought, self.version(brought))

    def delete_document(self) -> None:
        mine = self.mine()
        if not mine:
            return
        self.delete(self.random.choice(mine))

    def delete(self, brought: Brought) -> None:
        reply = self.persist("DELETE", f"/api/files/{brought.file_id}")
        if reply is not None and reply.status in (200, 404):
            brought.is_deleted = True

    def look_around(self) -> None:
        """Request every list and page that the learner may read."""
        for path in self.random.sample(
            (
                "/api/files",
                "/api/me",
                f"/api/files?subject_id={self.subject}&status=completed",
                "/api/chat/conversations",
                "/api/subjects",
                f"/api/subjects/{self.subject}/context",
                "/api/quizzes",
                "/api/quiz-results",
                "/api/reviews",
                "/api/interviews",
                "/api/profile",
                "/api/me/export",
            ),
            2,
        ):
            self.send("GET", path)
        for brought in self.mine()[:1]:
            self.send("GET", f"/api/files/{brought.file_id}/chunks/0")
            self.send("GET", f"/api/files/{brought.file_id}/download-url")

    def snoop(self) -> None:
        """Request another person's things. The response must be the same as if they did not exist."""
        others: list[tuple[str, str]] = []
        for brought in self.book.brought.values():
            if brought.owner != self.name:
                others += [
                    ("GET", f"/api/files/{brought.file_id}"),
                    ("GET", f"/api/files/{brought.file_id}/chunks/0"),
                    ("GET", f"/api/files/{brought.file_id}/download-url"),
                    ("DELETE", f"/api/files/{brought.file_id}"),
                ]
        for asked in self.book.asked:
            if asked.owner != self.name and asked.conversation_id is not None:
                others += [
                    ("GET", f"/api/chat/conversations/{asked.conversation_id}"),
                    ("DELETE", f"/api/chat/conversations/{asked.conversation_id}"),
                ]
        for quiz_id, quiz in self.book.quizzes.items():
            if quiz["owner"] != self.name:
                others += [("GET", f"/api/quizzes/{quiz_id}"), ("GET", f"/api/quizzes/{quiz_id}/result")]
        for session_id, owner in self.book.interviews.items():
            if owner != self.name:
                others.append(("GET", f"/api/interviews/{session_id}"))
        for method, path in self.random.sample(others, min(4, len(others))):
            reply = self.send(method, path)
            if reply is not None and reply.status not in (404, 502, 504):
                self.world.watch.found(f"{method} {path} answered {reply.status} to {self.name}")

    # The tutor.

    def ask(self) -> None:
        message = f"{self.random.choice(QUESTIONS)} ({canary(self.name, self.number())})"
        asked = TutorQuestion(self.name, message)
        body: dict[str, Any] = {"message": message}
        mine = [
            one
            for one in self.book.asked
            if one.owner == self.name
            and one.conversation_id
            and one.conversation_id not in self.book.forgotten
        ]
        path = "/api/chat"
        if mine and self.random.random() < 0.6:
            body["conversation_id"] = self.random.choice(mine).conversation_id
        elif self.random.random() < 0.4:
            path = f"/api/chat/subjects/{self.subject}"
        self.ask_once(path, body, asked)

    def ask_once(self, path: str, body: dict[str, Any], asked: TutorQuestion) -> Reply | None:
        self.book.asked.append(asked)
        self.book.moments += 1
        asked.asked_at = self.book.moments
        reply = self.persist("POST", path, body, key=self.key())
        if reply is not None and reply.status == 200:
            self.heard(asked, reply.body)
        return reply

    def heard(self, asked: TutorQuestion, answer: Any) -> None:
        self.book.moments += 1
        asked.answered_at = self.book.moments
        asked.conversation_id = answer["conversation_id"]
        asked.message_id = answer["message_id"]
        asked.response = answer["response"]
        self.world.watch.cited(self.name, answer["citations"], self.book.brought)

    def forget_conversation(self) -> None:
        mine = [one for one in self.book.asked if one.owner == self.name and one.conversation_id]
        if not mine:
            return
        conversation_id = self.random.choice(mine).conversation_id
        assert conversation_id is not None
        self.book.forgotten.add(conversation_id)
        self.persist("DELETE", f"/api/chat/conversations/{conversation_id}")

    def rename_conversation(self) -> None:
        mine = [one for one in self.book.asked if one.owner == self.name and one.conversation_id]
        if mine:
            path = f"/api/chat/conversations/{self.random.choice(mine).conversation_id}"
            self.send("PATCH", path, {"title": f"Of {canary(self.name, 0)}"})

    # Quizzes.

    def make_quiz(self) -> None:
        body: dict[str, Any] = {"num_questions": self.random.choice((1, 3))}
        if self.random.random() < 0.5:
            body["kinds"] = self.random.sample(_KINDS, 3)
        if self.mine() and self.random.random() < 0.4:
            body["document_ids"] = [self.random.choice(self.mine()).file_id]
        else:
            body["subject_id"] = self.subject
        self.quizzed(self.persist("POST", "/api/quizzes", body, key=self.key()))

    def assignment(self) -> None:
        path = "/api/assignments/assignment_1/generate-quiz"
        self.quizzed(self.persist("POST", path, {"num_questions": 2}, key=self.key()))

    def quizzed(self, reply: Reply | None) -> None:
        if reply is not None and reply.status == 200:
            quiz = reply.body
            self.book.quizzes.setdefault(quiz["quiz_id"], {"owner": self.name, **quiz})

    def answers_to(self, quiz: Any) -> dict[str, Any]:
        return {one["question_id"]: self.answer_to(one["kind"]) for one in quiz["questions"]}

    def answer_to(self, kind: str) -> Any:
        match kind:
            case "multiple_answer":
                return self.random.sample("ABCD", self.random.randrange(5))
            case "true_false":
                return self.random.choice("AB")
            case "cloze":
                return self.random.choice(("mass", "masss", "Weight", "  "))
            case "numeric":
                return self.random.choice(("10 m/s", "1,000 cm/s", "12 m/s", "10"))
            case "ordering":
                return self.random.sample("ABC", 3)
            case "short_answer":
                return self.random.choice(
                    ("Every action has an equal and opposite reaction.", "A law.", None)
                )
            case _:
                return self.random.choice("ABCD")

    def submit(self) -> None:
        mine = [one for one in self.book.quizzes.values() if one["owner"] == self.name]
        if mine:
            quiz = self.random.choice(mine)
            self.submit_to(quiz, quiz.setdefault("answers", self.answers_to(quiz)))

    def submit_to(self, quiz: Any, answers: dict[str, Any]) -> None:
        quiz_id = quiz["quiz_id"]
        key = self.key() if self.random.random() < 0.5 else None
        reply = self.persist("POST", f"/api/quizzes/{quiz_id}/submit", {"answers": answers}, key=key)
        if reply is not None and reply.status == 200:
            self.scored(quiz_id, reply.body)
        if self.random.random() < 0.3:
            again = self.send("GET", f"/api/quizzes/{quiz_id}/result")
            if again is not None and again.status == 200:
                self.scored(quiz_id, again.body)

    def hint(self) -> None:
        """Ask for a hint to a question of an open quiz."""
        mine = [one for one in self.book.quizzes.values() if one["owner"] == self.name]
        if mine:
            quiz = self.random.choice(mine)
            self.hint_to(quiz, self.random.choice(quiz["questions"])["question_id"])

    def hint_to(self, quiz: Any, question_id: str) -> None:
        path = f"/api/quizzes/{quiz['quiz_id']}/questions/{question_id}/hint"
        reply = self.persist("POST", path, key=self.key())
        if reply is not None and reply.status not in (200, 404, 409, 502, 504):
            self.world.watch.found(f"{path} answered {reply.status}: {reply.text}")

    def retake(self) -> None:
        """Take a submitted quiz again."""
        mine = [one for one in self.book.results if self.book.quizzes[one]["owner"] == self.name]
        if mine:
            path = f"/api/quizzes/{self.random.choice(mine)}/retake"
            self.quizzed(self.persist("POST", path, key=self.key()))

    def review(self) -> None:
        """Answer some of today's reviews, each one twice, as an impatient learner does."""
        reply = self.persist("GET", "/api/reviews")
        if reply is None or reply.status != 200:
            return
        for item in reply.body["items"][:3]:
            answer = {"answer": self.answer_to(item["question"]["kind"]) or "A law."}
            path = f"/api/reviews/{item['item_id']}"
            replies = [self.persist("POST", path, answer) for _ in range(2)]
            results = [one.body for one in replies if one is not None and one.status == 200]
            is_corrected = item["question"]["question"].startswith(ITEM_QUESTIONS)
            if len(results) == 2 and results[0] != results[1] and not is_corrected:
                self.world.watch.found(f"a review was returned as {results[0]} and as {results[1]}")

    def scored(self, quiz_id: str, result: Any) -> None:
        first = self.book.results.setdefault(quiz_id, result)
        if any(graded["question"].startswith(ITEM_QUESTIONS) for graded in result["results"]):
            # Teachers may decide about these marks and correct their keys. The audit checks them.
            if [one["user_answer"] for one in first["results"]] != [
                one["user_answer"] for one in result["results"]
            ]:
                self.world.watch.found(f"the answers of {quiz_id} were returned as {first} and as {result}")
            return
        if first != result:
            self.world.watch.found(f"the result of {quiz_id} was returned as {first} and as {result}")
        right = sum(graded["is_correct"] for graded in result["results"])
        credits = [graded["credit"] for graded in result["results"] if not graded["needs_review"]]
        share = round(100 * sum(credits) / len(credits), 2) if credits else None
        if (right, share) != (result["correct_answers"], result["score"]):
            self.world.watch.found(f"a score that its answers do not make: {result}")
        for graded in result["results"]:
            if graded["kind"] != "multiple_choice":
                if graded["correct_answer"] not in _KEYS[graded["kind"]]:
                    self.world.watch.found(f"a wrong key: {graded}")
                continue
            letters = next(
                one["options"]
                for one in self.book.quizzes[quiz_id]["questions"]
                if one["question_id"] == graded["question_id"]
            )
            if letters["ABCD".index(graded["correct_answer"])] != _RIGHT[graded["question"]]:
                self.world.watch.found(f"a wrong key: {graded}")
        self.world.watch.cited(self.name, [one["citation"] for one in result["results"]], self.book.brought)

    # Their data.

    def erase(self) -> None:
        """Ask for the erasure. It is the learner's last action."""
        self.book.erasing.add(self.name)
        reply = self.persist("DELETE", "/api/me/data")
        if reply is not None and reply.status == 200 and self.is_alone:
            self.book.erased.add(self.name)

    # Interviews.

    def socket(self) -> Socket | None:
        reply = self.persist("POST", "/api/ws-ticket")
        if reply is None or reply.status != 200:
            return None
        socket = Socket(self, f"conn{self.random.getrandbits(40):010x}=")
        return socket if socket.connect(reply.body["ticket"]) else None

    def interview(self) -> None:
        """Start an interview, answer some questions by voice or in text, and sometimes lose the connection."""
        socket = self.socket()
        if socket is None:
            return
        most = self.random.choice((1, 2, 3))
        wish: dict[str, Any] = {"max_questions": most, "request_id": self.key()}
        if self.random.random() < 0.7:
            wish["subject_id"] = self.subject
        begun = socket.persist({"type": "start_interview", **wish}, "interview_started", "interview_resumed")
        if begun is None or begun["type"] != "interview_started":
            return
        session_id, token = begun["session_id"], begun["resume_token"]
        self.book.interviews[session_id] = self.name
        number = 1
        for _ in range(2 * most + 2):
            if self.random.random() < 0.25:
                socket.leave()
                again = self.socket()
                if again is None:
                    return
                socket = again
                known = self.listed_token(session_id) if self.random.random() < 0.3 else None
                resumed = socket.persist(
                    {"type": "resume_interview", "session_id": session_id, "resume_token": known or token},
                    "interview_resumed",
                )
                if resumed is None:
                    return
                number = resumed["question_number"]
            if self.random.random() < 0.1:
                socket.persist({"type": "end_interview"}, "interview_summary", "response_processed")
                return
            push = self.answer(socket, number)
            if push is not None and push["type"] == "response_processed":
                if push["interview_complete"] or push["next_question"] is None:
                    return
                number = push["question_number"]

    def answer(self, socket: Socket, number: int) -> Any:
        words = self.random.choice(ANSWERS)
        if self.random.random() < 0.5:
            message = {
                "type": "text_answer",
                "text": words,
                "question_number": number,
                "request_id": self.key(),
            }
            return socket.persist(message, "response_processed", "interview_summary")
        return self.speak(socket, number, words)

    def listed_token(self, session_id: str) -> str | None:
        """The resume token in the list of interviews; None if it has none."""
        reply = self.send("GET", "/api/interviews")
        items = [] if reply is None or reply.status != 200 else reply.body["items"]
        return next((one["resume_token"] for one in items if one["session_id"] == session_id), None)

    def speak(self, socket: Socket, number: int, words: str) -> Any:
        """Answer by voice, in two parts that may arrive in any order, or twice. Sometimes another recording is begun
        before, and discarded with or without a message.
        """
        if self.random.random() < 0.3:
            given_up = self.recorded(number, GIVEN_UP)
            socket.persist(given_up[0], "audio_received", "response_processed")
            if self.random.random() < 0.5:
                discard = {"type": "discard_recording", "recording_id": given_up[0]["recording_id"]}
                socket.persist(discard, "recording_discarded")
        parts = self.recorded(number, words)
        if self.random.random() < 0.3:
            parts.reverse()
        if self.random.random() < 0.3:
            parts.append(parts[0])
        push = None
        for part in parts:
            push = socket.persist(part, "audio_received", "response_processed") or push
        return socket.await_("response_processed", "interview_summary", seconds=8.0) or push

    def recorded(self, number: int, words: str) -> list[dict[str, Any]]:
        """The messages of a recording in two parts."""
        sound = b"OggS " + words.encode()
        half = len(sound) // 2
        recording_id = self.key()
        return [
            {
                "type": "audio_chunk",
                "audio_data": base64.b64encode(part).decode(),
                "sequence": sequence,
                "is_final": sequence == 1,
                "media_format": "ogg",
                "question_number": number,
                "recording_id": recording_id,
            }
            for sequence, part in enumerate((sound[:half], sound[half:]))
        ]


def _is_later(reply: Reply) -> bool:
    return reply.status in _LATER or (reply.status == 409 and reply.code.endswith(_PASSES))


class Socket:
    """The learner's end of a WebSocket connection."""

    def __init__(self, learner: Learner, connection_id: str) -> None:
        self.learner = learner
        self.world = learner.world
        self.connection_id = connection_id
        self._taken = 0
        self.world.fakes.gateway.open(connection_id)
        self.world.watch.owners[connection_id] = learner.name

    def event(self, **parts: Any) -> dict[str, Any]:
        return {"requestContext": {"connectionId": self.connection_id}, **parts}

    def connect(self, ticket: str) -> bool:
        def opened() -> Any:
            return websocket.connect(
                self.world.services, self.event(headers={}, queryStringParameters={"ticket": ticket})
            )

        answer = self.world.within("ws", self.learner.name, opened)
        if answer is None or answer["statusCode"] != 200:
            self.world.fakes.gateway.drop(self.connection_id)
            return False
        return True

    def send(self, message: Any) -> None:
        body = json.dumps(message)
        self.world.within(
            "ws",
            self.learner.name,
            lambda: websocket.receive(self.world.services, self.event(body=body, isBase64Encoded=False)),
        )

    def take(self) -> list[Any]:
        """The messages pushed since the last call."""
        pushed = self.world.watch.pushes.get(self.connection_id, [])
        fresh, self._taken = pushed[self._taken :], len(pushed)
        return fresh

    def persist(self, message: Any, *wanted: str, tries: int = 3, seconds: float = 1.0) -> Any:
        """Send the message until a push of one of the ``wanted`` types comes, and return it. None if a permanent error
        comes instead.
        """
        for _ in range(tries):
            self.send(message)
            push = self.await_(*wanted, "error", seconds=seconds)
            if push is None:
                continue
            if push["type"] != "error":
                return push
            if push["code"] in ("connection_closed", "interview_elsewhere", "no_interview"):
                return None
            self.learner.rest(self.learner.random.choice((0.5, 3.0, 30.0)))
        return None

    def await_(self, *wanted: str, seconds: float) -> Any:
        """The latest push of the wanted types; None if none comes within some seconds."""
        for pause in (seconds, None):
            found = [one for one in self.take() if one["type"] in wanted]
            if found:
                return found[-1]
            if pause is not None:
                self.world.scheduler.sleep(pause)
        return None

    def leave(self) -> None:
        """Close the connection, with or without a message to the server."""
        self.world.fakes.gateway.drop(self.connection_id)
        if self.learner.random.random() < 0.5:
            try:
                self.world.within("ws", self.learner.name, self._disconnect)
            except PortError as failed:
                self.world.watch.failed("$disconnect", failed)

    def _disconnect(self) -> None:
        websocket.disconnect(self.world.services, self.event())
