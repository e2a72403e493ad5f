"""The cost of one learner's month on AWS, by service: the calls of a scripted month, times a table of prices.

``python -m benchmarks.month [nova-lite|nova-2-lite] [titan-v1|titan-v2]``, or ``python -m benchmarks.month record``,
which writes the amounts to ``recorded.json``. docs/costs.md shows those amounts times the prices, and a test holds
it to them. The month runs through the whole app on the fakes, which make the same calls as on AWS. Meters count what
the services would bill (``meters.py``). ``prices.json`` has the prices, each with its source and its date. Tokens
are estimated from characters. How long requests wait for the models, and how long answers are, is assumed
(``SECONDS``, ``ANSWER_SECONDS``) and printed. It also prints the cost of a stage that nobody uses: its schedule,
which runs each minute.
"""

from __future__ import annotations

import base64
import json
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from benchmarks.month.meters import Meter, metered
from chalicelib import events
from chalicelib.settings import Settings
from fakes.agent import ScriptedAgent
from infrastructure.functions import FUNCTIONS, Name
from ports.agent import Chat, Role, Task, WriteQuestions
from ports.text.sentences import sentence_spans
from tests.support.interviews import ANSWERS, begun, by_the_book, connected
from tests.support.socket_client import Socket
from tests.support.world import PHYSICS, User, World

DOCUMENTS, PAGES, PAGE_CHARACTERS = 30, 40, 2_500
CHATS, QUIZZES, QUIZ_QUESTIONS, INTERVIEWS = 300, 20, 10, 10
SOUND_BYTES_A_SECOND = 4_000
"""The bytes of a second of sound: Opus at 32 kbit/s."""
ANSWER_SECONDS = 45.0
SECONDS: Mapping[Role, float] = {"chat": 3.0, "quiz": 12.0, "interview": 4.0, "analysis": 4.0}
"""How many seconds a model's reply takes. Lambda bills the waiting."""
COMPUTING: Mapping[str, tuple[Name, float]] = {
    "request": ("APIHandler", 0.05),
    "authorizer": ("Authorize", 0.05),
    "message": ("WebsocketMessage", 0.05),
    "document": ("OnObjectCreated", 30.0),
    "transcript": ("OnTranscriptCreated", 0.3),
    "schedule": ("OnSchedule", 0.15),
}
"""For each kind of event: the function, and the seconds that it takes without waiting for models."""
MINUTES = 30 * 24 * 60
_PART_SECONDS = 20
_FRAME_BYTES = 32 * 1024
_PRICES = Path(__file__).parent / "prices.json"
RECORDED = Path(__file__).parent / "recorded.json"
TENTH = "a tenth of a month"
_MEMORY = {function.name: function.memory / 1024 for function in FUNCTIONS}


@dataclass
class Month:
    """A learner who uploads documents, asks questions, takes quizzes and holds interviews."""

    world: MeteredWorld
    meter: Meter
    share: float = 1.0
    """The share of a month's activities that the learner does, 0 to 1."""

    @property
    def ada(self) -> User:
        """The learner, with a token that was just issued."""
        return self.world.user("ada")

    def requests(self, count: int = 1) -> None:
        """Count requests of the REST API. API Gateway calls the authorizer once in five minutes; here, for every fifth
        request.
        """
        self.meter.used["api requests"] += count
        self._ran("request", count)
        self._ran("authorizer", count / 5)

    def _share_of(self, count: int) -> int:
        return ceil(count * self.share)

    def _ran(self, kind: str, count: float) -> None:
        name, seconds = COMPUTING[kind]
        self.meter.used["lambda requests"] += count
        self.meter.used["lambda computing"] += count * seconds * _MEMORY[name]

    def bring_documents(self) -> None:
        for number in range(self._share_of(DOCUMENTS)):
            self.ada.upload(f"lesson-{number}.txt", lesson(number), subject_id="physics_101")
            self.requests(4)
            self._ran("document", 1)
        self.ada.upload("notes.txt", PHYSICS, subject_id="physics_101")

    def ask(self) -> None:
        conversation = None
        for number in range(self._share_of(CHATS)):
            fields = {} if number % 10 == 0 else {"conversation_id": conversation}
            answer = self.ada.ask(
                f"What does unit {number * 7} of lesson {number % self._share_of(DOCUMENTS)} hold?", **fields
            )
            assert answer.status == 200, answer.text
            conversation = answer.body["conversation_id"]
            self.requests(2)
            self.world.adapters.clock.advance(60)

    def be_quizzed(self) -> None:
        for number in range(self._share_of(QUIZZES)):
            wanted = {"num_questions": QUIZ_QUESTIONS, "kinds": ["cloze"], "topic": f"lesson {number}"}
            quiz = self.ada.post("/api/quizzes", wanted)
            assert quiz.status == 200, quiz.text
            answers = {one["question_id"]: "mass" for one in quiz.body["questions"]}
            assert self.ada.submit(quiz.body, answers).status == 200
            self.requests(4)
            self.world.adapters.clock.advance(3600)

    def be_interviewed(self) -> None:
        self.world.model.otherwise = by_the_book
        for number in range(self._share_of(INTERVIEWS)):
            socket = connected(self.world, self.ada, f"connection-{number}=")
            self.requests(2)
            question = begun(socket, max_questions=3, topic="Newton's laws")["question"]
            while question is not None:
                question = self._answer(socket, question)
            socket.disconnect()
            self.world.adapters.clock.advance(86_400)

    def _answer(self, socket: Socket, question: str) -> str | None:
        self.world.adapters.transcriber.enqueue(ANSWERS[question])
        left, sequence = ANSWER_SECONDS, 0
        while left > 0:
            # Each answer has a different sound, because the same sound would count as the same recording.
            sound = f"OggS {question} {sequence}".encode().ljust(
                int(min(left, _PART_SECONDS) * SOUND_BYTES_A_SECOND)
            )
            left -= _PART_SECONDS
            data = base64.b64encode(sound).decode()
            part = {
                "type": "audio_chunk",
                "audio_data": data,
                "sequence": sequence,
                "media_format": "ogg",
                "is_final": left <= 0,
            }
            socket.send(part)
            self._pushed(len(data))
            sequence += 1
        socket.take()
        keys = list(self.world.adapters.objects.keys("transcripts/"))
        events.transcript_created(
            self.world.services, {"Records": [{"s3": {"object": {"key": key}}} for key in keys]}
        )
        self._ran("transcript", 1)
        responses = [one for one in socket.take() if one["type"] == "response_processed"]
        self._pushed(4000)
        next_question: str | None = responses[-1]["next_question"]
        return next_question

    def _pushed(self, size: int) -> None:
        self.meter.used["websocket messages"] += ceil(size / _FRAME_BYTES) + 1
        self._ran("message", 1)


def lesson(number: int) -> bytes:
    """Pages of a text in which no two sentences are the same."""
    pages = []
    for page in range(PAGES):
        sentences: list[str] = []
        size = 0
        while size < PAGE_CHARACTERS:
            unit = (number * PAGES + page) * 100 + len(sentences)
            sentence = f"Unit {unit} of lesson {number} holds {unit * 3 + 1} grams of compound{unit}, which a steady process makes."
            sentences.append(sentence)
            size += len(sentence) + 1
        pages.append(" ".join(sentences))
    return "\f".join(pages).encode()


def as_a_model(task: Task) -> str:
    """Replies that are as long as a model's: prose with quotes, and as many quiz questions as the task asks for."""
    if isinstance(task, WriteQuestions):
        return json.dumps({"questions": list(_questions(task))})
    if isinstance(task, Chat):
        quotes = [
            (passage.number, passage.text[start:end])
            for passage in task.passages[:4]
            for start, end in sentence_spans(passage.text)[:1]
        ]
        return " ".join(
            f'The material says so at some length here. [{number} "{quote}"]' for number, quote in quotes
        )
    return ""


def _questions(task: WriteQuestions) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for passage in task.passages:
        for start, end in sentence_spans(passage.text):
            sentence = passage.text[start:end]
            word = next((word for word in sentence.split() if word.startswith("compound")), "").strip(".,")
            if word and sentence.startswith("Unit") and len(found) < task.wanted:
                found.append(
                    {
                        "kind": "cloze",
                        "passage": passage.number,
                        "question": sentence.replace(word, "_____"),
                        "options": [],
                        "answers": [word],
                        "explanation": "The lesson says so.",
                        "quote": sentence,
                        "concept": word,
                    }
                )
                break
    return found


class MeteredWorld(World):
    def __init__(self, model: str, embedding: str) -> None:
        self.meter = Meter()
        self._model, self._embedding = model, embedding
        super().__init__()

    def make_adapters(self, settings: Settings) -> Any:
        fakes = super().make_adapters(settings)
        self.model: ScriptedAgent = fakes.agent
        return metered(
            fakes,
            self.meter,
            model=self._model,
            embedding=self._embedding,
            answer=ANSWER_SECONDS,
            seconds=SECONDS,
        )


def lived(model: str, embedding: str, share: float = 1.0) -> tuple[Meter, Meter]:
    """The meter of a share of the month, and the meter of one run of the schedule without any work."""
    world = MeteredWorld(model, embedding)
    world.model.otherwise = as_a_model
    month = Month(world, world.meter, share)
    for step in (month.bring_documents, month.ask, month.be_quizzed, month.be_interviewed):
        step()
    used = world.meter.used
    used["lambda computing"] += used.pop("waiting") * _MEMORY["APIHandler"]
    used["s3 storage"] += sum(world.adapters.objects.sizes().values()) / 1e9
    used["pinecone storage"] += sum(world.adapters.vectors.bytes.values()) / 1e9
    nobody = MeteredWorld(model, embedding)
    nobody.sweep()
    return world.meter, nobody.meter


def a_stage(idle: Mapping[str, float]) -> dict[str, float]:
    """The amounts that an unused stage takes in a month. ``idle`` has the amounts of one run of its schedule."""
    name, seconds = COMPUTING["schedule"]
    used = {what: amount * MINUTES for what, amount in idle.items()}
    return used | {"lambda requests": MINUTES, "lambda computing": MINUTES * seconds * _MEMORY[name]}


def snapshots() -> dict[str, float]:
    """The units that the functions' snapshots use in a month."""
    kept = sum(_MEMORY[function.name] for function in FUNCTIONS if function.starts_from_snapshot)
    return {"snapshots kept": kept * MINUTES * 60}


def record() -> None:
    """Write the amounts of a month, of a tenth of one, and of a run of the schedule, with the default models."""
    found: dict[str, Mapping[str, float]] = {}
    for name, share in (("month", 1.0), (TENTH, 0.1)):
        month, idle = lived("nova-lite", "titan-v1", share)
        found |= {name: month.used, "a run of the schedule": idle.used}
        found |= {f"calls of {name}": month.calls, "calls of a run of the schedule": idle.calls}
    rounded = {
        name: {what: round(amount, 6) for what, amount in sorted(used.items())}
        for name, used in sorted(found.items())
    }
    RECORDED.write_text(json.dumps(rounded, indent=1) + "\n")


def cost(used: Mapping[str, float], prices: Mapping[str, Any]) -> dict[str, float]:
    """The cost in dollars by service and unit."""
    return {what: amount * prices[what]["price"] / prices[what]["per"] for what, amount in used.items()}


def show(title: str, used: Mapping[str, float], prices: Mapping[str, Any]) -> None:
    costs = cost(used, prices)
    print(f"\n{title}: {sum(costs.values()):.3f} USD a month")
    by_service: dict[str, list[str]] = defaultdict(list)
    for what in costs:
        by_service[prices[what]["service"]].append(what)
    for service, whats in sorted(by_service.items(), key=lambda one: -sum(costs[what] for what in one[1])):
        print(f"  {service:<14}{sum(costs[what] for what in whats):9.4f}")
        for what in sorted(whats, key=lambda one: -costs[one]):
            print(f"    {what:<22}{used[what]:14,.3f} × {prices[what]['unit']:<26}{costs[what]:9.4f}")


def main(model: str, embedding: str) -> None:
    table = json.loads(_PRICES.read_text())
    prices = table["prices"]
    if f"{model} input" not in prices or embedding not in prices:
        sys.exit(f"{_PRICES} has no price of {model} or of {embedding}")
    month, idle = lived(model, embedding)
    print(
        f"A learner's month in {table['region']}, prices read on {min(one['read'] for one in prices.values())}: {DOCUMENTS * PAGES:,} pages of "
        f"{PAGE_CHARACTERS:,} characters, {CHATS} questions, {QUIZZES} quizzes of {QUIZ_QUESTIONS} questions, {INTERVIEWS} "
        f"interviews of 3 answers of {ANSWER_SECONDS:.0f} s. {table['note']}"
    )
    waits = ", ".join(f"{role} {seconds:.0f} s" for role, seconds in SECONDS.items())
    print(f"Assumed: a reply takes {waits}; a request {COMPUTING['request'][1] * 1000:.0f} ms beside that.")
    show(f"One learner, {model} and {embedding}", month.used, prices)
    show(
        f"A stage that nobody uses: the schedule, each minute, {idle.calls.total()} calls a run",
        a_stage(idle.used),
        prices,
    )
    show("SnapStart, for as long as it is on", snapshots(), prices)
    print(
        "\nCalls of the learner's month: "
        + ", ".join(f"{n:,} {call}" for call, n in sorted(month.calls.items()))
    )


if __name__ == "__main__":
    chosen = sys.argv[1:]
    if chosen == ["record"]:
        record()
    else:
        main(chosen[0] if chosen else "nova-lite", chosen[1] if len(chosen) > 1 else "titan-v1")
