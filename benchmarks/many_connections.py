"""Many interviews at the same time on the laptop's gateway: does each learner get all their messages, and no others?

``python -m benchmarks.many_connections [CONNECTIONS]``. It starts a server process of its own (``scripted_server``).
Every answer contains a sign that no other answer has. The parts of an answer are sent at the same time and out of
order. It prints the server's memory, and the time from the last part of an answer to ``response_processed``: when all
learners answer at the same moment, and for a single learner.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from adapters.local.stores.school import LocalTokens, SQLiteDirectory, local_secret
from adapters.system import SystemClock
from demo.play import Person as Client
from demo.play import Server, post_form, running_server
from ports.directory import Person, School, Subject
from tests.support.interviews import ANSWERS
from tests.support.world import PHYSICS

CONNECTIONS = 200
TURNS = 3
PARTS = 3
PATIENCE_SECONDS = 300
SUBJECT = "physics_101"
WEAK_ANSWER = "There is no more to say."
"""The answer to an unknown question. Such a question appears only after an error."""
TEACHER = Person("teacher", "auth-teacher", None, "A teacher", "teacher")
_SIGN = re.compile(r"sign (\d+)-(\d)")


@dataclass(frozen=True, slots=True)
class Learner:
    number: int
    client: Client

    def answer(self, question: str, turn: int) -> str:
        """A right answer with the sign of this learner and turn. It begins like an Ogg file, so it is accepted as a
        recording.
        """
        return f"OggS sign {self.number}-{turn}. {ANSWERS.get(question, WEAK_ANSWER)}"


@dataclass
class Heard:
    """Everything that one learner received."""

    learner: Learner
    session_id: str = ""
    transcripts: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    """The seconds from the last part of each answer to its response."""
    messages: int = 0
    faults: list[str] = field(default_factory=list)
    """Messages that were lost, mixed up between learners, or wrong."""

    def check(self, as_it_should: bool, what: str, message: Any) -> None:
        if not as_it_should:
            self.faults.append(f"learner {self.learner.number}: {what}: {json.dumps(message)[:300]}")


async def receive(socket: ClientConnection, heard: Heard, turn: int) -> Any:
    """The next message. If it contains a sign of another learner or of a later turn, that is recorded as a fault."""
    text = str(await socket.recv())
    heard.messages += 1
    own = all(int(number) == heard.learner.number and int(of) <= turn for number, of in _SIGN.findall(text))
    heard.check(own, "another's words", json.loads(text))
    return json.loads(text)


async def be_interviewed(
    server: Server, learner: Learner, together: asyncio.Barrier, all_are_connected: Callable[[], None]
) -> Heard:
    """Hold an interview of ``TURNS`` answers. All learners send each answer at the same time."""
    heard = Heard(learner)
    ticket = (await asyncio.to_thread(learner.client.post, "/api/ws-ticket", {}))["ticket"]
    async with connect(f"{server.ws_url}?ticket={ticket}") as socket:
        if await together.wait() == 0:
            all_are_connected()
        await socket.send(
            json.dumps({"type": "start_interview", "subject_id": SUBJECT, "max_questions": TURNS})
        )
        started = await receive(socket, heard, 0)
        heard.check(started["type"] == "interview_started", "it did not start", started)
        heard.session_id, question = started["session_id"], started["question"]
        for turn in range(1, TURNS + 1):
            await together.wait()
            question = await take_turn(socket, heard, question, turn)
        summary = await receive(socket, heard, TURNS)
        heard.check(summary["type"] == "interview_summary", "no summary", summary)
        heard.check(summary["session_id"] == heard.session_id, "another's summary", summary)
        told = [turn["transcription"] for turn in summary["transcript"]]
        heard.check(told == heard.transcripts, "not what was said", summary)
        await socket.send('{"type": "ping"}')
        last = await receive(socket, heard, TURNS)
        heard.check(last["type"] == "pong", "more than was asked for", last)
    return heard


async def take_turn(socket: ClientConnection, heard: Heard, question: str, turn: int) -> Any:
    """Give a spoken answer and wait for everything that the server must push. Returns the next question."""
    words = heard.learner.answer(question, turn)
    for message in shuffled_parts(words, turn, seed=heard.learner.number):
        await socket.send(json.dumps(message))
    sent_at = time.perf_counter()
    acknowledged, response = [], None
    while response is None or len(acknowledged) < PARTS:
        message = await receive(socket, heard, turn)
        match message["type"]:
            case "audio_received":
                heard.check(message["question_number"] == turn, "another question's part", message)
                acknowledged.append(message["received_through"])
            case "response_processed":
                heard.latencies.append(time.perf_counter() - sent_at)
                heard.check(response is None, "processed twice", message)
                heard.check(message["transcription"] == words, "not what was said", message)
                heard.check(message["answered_question_number"] == turn, "another turn's", message)
                heard.check(message["score"] == 100, "a right answer", message)
                response = message
            case "transcription_partial":
                heard.check("code" not in message, "not understood", message)
            case _:
                raise RuntimeError(f"learner {heard.learner.number}: {message}")
    heard.check(max(acknowledged) == PARTS - 1, "a part was lost", acknowledged)
    heard.transcripts.append(words)
    return response["next_question"]


def shuffled_parts(words: str, turn: int, *, seed: int) -> list[dict[str, object]]:
    sound = words.encode()
    size = -(-len(sound) // PARTS)
    parts: list[dict[str, object]] = [
        {
            "type": "audio_chunk",
            "audio_data": base64.b64encode(sound[at * size : (at + 1) * size]).decode(),
            "sequence": at,
            "is_final": at == PARTS - 1,
            "media_format": "ogg",
            "question_number": turn,
        }
        for at in range(PARTS)
    ]
    random.Random(f"{seed}-{turn}").shuffle(parts)
    return parts


async def interview_all(
    server: Server, learners: Sequence[Learner], all_are_connected: Callable[[], None]
) -> list[Heard]:
    """Hold all interviews at the same time, and then compare them with what is stored."""
    together = asyncio.Barrier(len(learners))
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(be_interviewed(server, learner, together, all_are_connected))
            for learner in learners
        ]
    heard = [task.result() for task in tasks]
    for one in heard:
        kept = one.learner.client.send("GET", f"/api/interviews/{one.session_id}")
        told = [turn["transcription"] for turn in kept["turns"]]
        one.check(kept["state"] == "ended" and told == one.transcripts, "kept is something else", kept)
    return heard


def enrolled(data: Path, count: int) -> list[Person]:
    """Store a school in ``data`` with ``count`` learners of one subject, and a teacher. Returns the learners."""
    people = [
        Person(f"learner-{number}", f"auth-{number}", None, f"Learner {number}", "student")
        for number in range(count)
    ]
    school = School(
        people=(*people, TEACHER),
        subjects=(Subject(SUBJECT, "Physics 101", TEACHER.user_id),),
        sessions=(),
        assignments=(),
        enrolments=tuple((person.user_id, SUBJECT) for person in people),
    )
    SQLiteDirectory(data / "school.sqlite", school).close()
    return people


def share_notes(teacher: Client) -> None:
    """Upload the notes for the interviews and wait until they are processed. Raises ``TimeoutError``."""
    content = PHYSICS.encode()
    materials = f"/api/teacher/subjects/{SUBJECT}/materials"
    asked = {"file_name": "notes.txt", "content_type": "", "file_size": len(content)}
    offer = teacher.post(f"{materials}/upload-url", asked)
    post_form(offer["upload"]["url"], offer["upload"]["fields"], "notes.txt", content)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while teacher.send("GET", materials)["items"][0]["status"] != "completed":
        if time.monotonic() > deadline:
            raise TimeoutError("the notes were not read")
        time.sleep(0.1)


def megabytes_of(server: Server) -> float | None:
    """The memory of the server's process; None if the system does not report it."""
    try:
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@dataclass
class Report:
    """The figures of a run. ``alone`` is one learner without the others. ``megabytes`` is the server's memory at
    several moments.
    """

    alone: list[Heard] = field(default_factory=list)
    crowd: list[Heard] = field(default_factory=list)
    megabytes: dict[str, float | None] = field(default_factory=dict)
    seconds: float = 0.0
    """The seconds that the interviews of all learners took."""

    @property
    def faults(self) -> list[str]:
        return [fault for heard in (*self.alone, *self.crowd) for fault in heard.faults]


def run(data: Path, connections: int) -> Report:
    report = Report()
    people = enrolled(data, connections + 1)
    tokens = LocalTokens(local_secret(data / "secret"), SystemClock())
    with running_server(data, module="benchmarks.scripted_server") as server:
        share_notes(Client(server.url, tokens.mint(TEACHER)))
        learners = [
            Learner(number, Client(server.url, tokens.mint(person))) for number, person in enumerate(people)
        ]

        def weigh(moment: str) -> None:
            report.megabytes[moment] = megabytes_of(server)

        report.alone = asyncio.run(interview_all(server, learners[:1], lambda: None))
        weigh("after one interview")
        began_at = time.perf_counter()
        report.crowd = asyncio.run(
            interview_all(server, learners[1:], lambda: weigh(f"with {connections} connections"))
        )
        report.seconds = time.perf_counter() - began_at
        weigh(f"after {connections} interviews")
    return report


def show_latencies(who: str, heard: Sequence[Heard], baseline: float | None = None) -> float:
    """Print the latencies. Returns their median, in milliseconds."""
    latencies = sorted(seconds * 1000 for one in heard for seconds in one.latencies)
    median = statistics.median(latencies)
    late = latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))]
    times = "" if baseline is None else f"   p50 {median / baseline:.0f} times that of one"
    print(f"  {who:<22} p50 {median:7.0f}   p95 {late:7.0f}   max {latencies[-1]:7.0f} ms{times}")
    return median


def main(arguments: Sequence[str]) -> int:
    connections = int(arguments[0]) if arguments else CONNECTIONS
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), connections)
    answers = sum(len(heard.latencies) for heard in report.crowd)
    messages = sum(heard.messages for heard in report.crowd)
    print(f"{connections} connections, {TURNS} turns each in {PARTS} parts: {messages} messages pushed")
    print(f"lost, mixed up or wrong: {len(report.faults)}")
    for fault in report.faults[:20]:
        print(f"  {fault}")
    print("memory of the server:")
    for moment, megabytes in report.megabytes.items():
        print(f"  {moment:<28} {'unknown' if megabytes is None else f'{megabytes:7.0f} MB'}")
    print("from the last part of an answer to response_processed:")
    baseline = show_latencies("one learner alone", report.alone)
    show_latencies(f"{connections} at the same time", report.crowd, baseline)
    print(f"  {answers / report.seconds:.0f} answers per second, including starts and summaries")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
