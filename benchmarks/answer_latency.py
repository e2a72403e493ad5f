"""The time from the last part of a spoken answer to ``response_processed``, compared with the calls that it contains.

``python -m benchmarks.answer_latency``; ``benchmarks.voice`` runs it at its end. The real handlers run on the fakes,
whose calls take as long as ``SECONDS`` says. It prints each call with its time, the whole time, the sum of the calls,
the longest chain of calls that ran one after another, and the chain that no program can shorten (``NEEDED``).
"""

from __future__ import annotations

import base64
import json
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.workers import ThreadWorkers
from chalicelib import events, websocket
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.settings import Settings
from domain.base.tables import INTERVIEW_SESSIONS, TABLES
from domain.interviews.interview_words import TRANSCRIPTS
from fakes.agent import ScriptedAgent
from fakes.connection_gateway import RecordingGateway
from fakes.profile import MemoryAdapters
from fakes.transcriber import ScriptedTranscriber
from ports.agent import Task, TokenUsage
from ports.object_store import ObjectStore
from ports.transcriber import Recording
from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.socket_client import Socket
from tests.support.world import World

SECONDS = {
    "transcription": 1.5,
    "agent.analysis": 1.2,
    "agent.interview": 0.9,
    "transcriber.begin": 0.02,
    "key_values.get": 0.005,
    "key_values.get_many": 0.008,
    "key_values.query": 0.006,
    "key_values.put": 0.008,
    "key_values.put_many": 0.012,
    "key_values.add": 0.008,
    "key_values.delete": 0.008,
    "key_values.delete_many": 0.012,
    "key_values.transact": 0.02,
    "objects.put": 0.02,
    "objects.get": 0.015,
    "objects.keys": 0.015,
    "objects.info": 0.01,
    "objects.delete": 0.01,
    "vectors.fetch": 0.02,
    "vectors.query": 0.02,
    "vectors.upsert": 0.03,
    "vectors.delete": 0.02,
    "embedder.embed": 0.05,
    "directory.subjects_of": 0.02,
    "gateway.send": 0.01,
}
"""The seconds of each call: about as many as with AWS, Pinecone and a small model. Other calls take no time."""

NEEDED = (
    "objects.put",  # the part
    "key_values.transact",  # the note that the part has come
    "objects.put",  # the recording
    "transcriber.begin",
    "transcription",
    "objects.get",  # the transcript
    "key_values.transact",  # the lease for judging the answer
    "agent.analysis",
    "key_values.transact",  # the verdict and the next question
    "gateway.send",
)
"""The calls that must run one after another. Each needs the result of the one before, or must end before the next may
begin.
"""

PARTS = 3
MAX_QUESTIONS = 3
_PATIENCE_SECONDS = 60
_BAR = 40


@dataclass(frozen=True, slots=True)
class Called:
    name: str
    what: str
    started: float
    ended: float

    @property
    def seconds(self) -> float:
        return self.ended - self.started


class Calls:
    """Records the calls while ``is_on`` is true. Only then do calls take time."""

    def __init__(self) -> None:
        self.is_on = False
        self.made: list[Called] = []
        self._lock = threading.Lock()

    def take(self, name: str, what: str = "") -> None:
        """Sleep as long as the call takes, and record it."""
        if not self.is_on or name not in SECONDS:
            return
        started = time.perf_counter()
        time.sleep(SECONDS[name])
        with self._lock:
            self.made.append(Called(name, what, started, time.perf_counter()))


class Slow:
    """Wraps an adapter: the calls that ``SECONDS`` names take time."""

    def __init__(self, port: str, adapter: Any, calls: Calls) -> None:
        self._port, self._adapter, self._calls = port, adapter, calls

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._adapter, name)
        if f"{self._port}.{name}" not in SECONDS:
            return value

        def call(*arguments: Any, **options: Any) -> Any:
            self._calls.take(f"{self._port}.{name}", _what(*arguments))
            return value(*arguments, **options)

        return call


def _what(*arguments: Any) -> str:
    """The subject of a call: a table, a kind of row, or a kind of object."""
    match arguments:
        case [table, {"sort_key": str(row)}, *_] if table == INTERVIEW_SESSIONS:
            return f"{table.name} {row.split('#')[0]}"
        case [[*writes], *_] if writes and hasattr(writes[0], "table"):
            return " + ".join(sorted({write.table.name for write in writes}))
        case [str(text), *_]:
            return text.split("/")[0]
        case [table, *_]:
            return str(getattr(table, "name", ""))
    return ""


class SlowAgent(ScriptedAgent):
    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        self._calls.take(f"agent.{task.role}")
        return super().reply(task, timeout=timeout, used=used)


class SlowGateway(RecordingGateway):
    """Sets ``processed`` and ``processed_at`` when a client gets its ``response_processed``."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self._calls = calls
        self.processed = threading.Event()
        self.processed_at = 0.0

    def send(self, connection_id: str, message: str) -> None:
        kind = json.loads(message)["type"]
        self._calls.take("gateway.send", kind)
        super().send(connection_id, message)
        if kind == "response_processed":
            self.processed_at = time.perf_counter()
            self.processed.set()


class SlowTranscriber(ScriptedTranscriber):
    """A transcriber that runs its jobs in the background, as Transcribe does. ``jobs`` are their threads."""

    def __init__(self, objects: ObjectStore, calls: Calls) -> None:
        super().__init__(objects)
        self._calls = calls
        self.jobs: list[threading.Thread] = []

    def begin(self, recording: Recording) -> None:
        self._calls.take("transcriber.begin")
        self.jobs.append(threading.Thread(target=self._transcribe, args=(recording,)))
        self.jobs[-1].start()

    def _transcribe(self, recording: Recording) -> None:
        self._calls.take("transcription")
        super().begin(recording)


class SlowAdapters(MemoryAdapters):
    def __init__(self, calls: Calls) -> None:
        super().__init__(TABLES, DEMO_SCHOOL, ThreadWorkers())
        self.bucket = self.objects
        """The object store without delays, for the jobs: their time already contains their reads and writes."""
        self.agent: SlowAgent = SlowAgent(calls)
        self.gateway: SlowGateway = SlowGateway(calls)
        self.transcriber: SlowTranscriber = SlowTranscriber(self.bucket, calls)
        for port in ("key_values", "objects", "vectors", "embedder", "directory"):
            vars(self)[port] = Slow(port, vars(self)[port], calls)


class SlowWorld(World):
    def __init__(self) -> None:
        self.calls = Calls()
        super().__init__()
        self.adapters.bucket.created = self._created

    def make_adapters(self, settings: Settings) -> SlowAdapters:
        return SlowAdapters(self.calls)

    def _created(self, key: str, size: int, etag: str) -> None:
        """Deliver the event of a new object immediately. S3's own delay is not measured."""
        if key.startswith(TRANSCRIPTS):
            events.transcript_created(self.services, {"Records": [{"s3": {"object": {"key": key}}}]})


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: when its last part was sent, when its response came, and the calls in between."""

    began_at: float
    ended_at: float
    calls: list[Called]
    later: list[Called]
    """The calls after the response was pushed."""

    @property
    def seconds(self) -> float:
        return self.ended_at - self.began_at


def answer_aloud(world: SlowWorld, socket: Socket, question: str, number: int) -> Answered:
    """Send a spoken answer and wait for its response. The parts before the last one take no time, because they are sent
    while the learner speaks. Raises ``TimeoutError``.
    """
    sound = f"OggS {ANSWERS[question]}".encode()
    size = -(-len(sound) // PARTS)
    parts = [
        {
            "type": "audio_chunk",
            "audio_data": base64.b64encode(sound[at * size : (at + 1) * size]).decode(),
            "sequence": at,
            "is_final": at == PARTS - 1,
            "media_format": "ogg",
            "question_number": number,
        }
        for at in range(PARTS)
    ]
    for part in parts[:-1]:
        socket.send(part)
    gateway, transcriber, calls = world.adapters.gateway, world.adapters.transcriber, world.calls
    gateway.processed.clear()
    calls.made, calls.is_on = [], True
    began_at = time.perf_counter()
    websocket.receive(world.services, socket.event(body=json.dumps(parts[-1]), isBase64Encoded=False))
    if not gateway.processed.wait(_PATIENCE_SECONDS):
        raise TimeoutError("the answer was not processed")
    ended_at: float = gateway.processed_at
    for job in transcriber.jobs:
        job.join()
    calls.is_on = False
    made = sorted(calls.made, key=lambda call: call.started)
    told = [call for call in made if call.started < ended_at]
    return Answered(began_at, ended_at, told, [call for call in made if call.started >= ended_at])


def longest_chain(calls: Sequence[Called]) -> float:
    """The seconds of the longest chain of calls in which each call begins after the one before it has ended."""
    by_end = sorted(calls, key=lambda call: call.ended)
    ends = [call.ended for call in by_end]
    longest = [0.0]
    for at, call in enumerate(by_end):
        before = bisect_right(ends, call.started, hi=at)
        longest.append(max(longest[-1], longest[before] + call.seconds))
    return longest[-1]


def print_calls(answered: Answered) -> None:
    span = answered.seconds
    for call in answered.calls:
        start, end = call.started - answered.began_at, call.ended - answered.began_at
        first, last = int(start / span * _BAR), int(min(end, span) / span * _BAR)
        bar = " " * first + "█" * max(1, last - first)
        print(
            f"  {start * 1000:5.0f} {call.seconds * 1000:5.0f} ms  {bar:{_BAR + 1}} {call.name} {call.what}"
        )


def print_ratios(answered: Answered) -> None:
    for name, seconds in (
        ("the sum of its calls", sum(call.seconds for call in answered.calls)),
        ("their longest chain", longest_chain(answered.calls)),
        ("what cannot be shortened", sum(SECONDS[name] for name in NEEDED)),
    ):
        print(f"    {name:<26} {seconds:.2f} s: {answered.seconds / seconds:.2f} of it")


def print_latency() -> None:
    world = SlowWorld()
    ada = world.user("ada")
    prepared(world, ada)
    socket = connected(world, ada)
    question, number = begun(socket, max_questions=MAX_QUESTIONS)["question"], 1
    while number < MAX_QUESTIONS:
        answered = answer_aloud(world, socket, question, number)
        (response,) = (told for told in socket.take() if told["type"] == "response_processed")
        if response["score"] is None or response["next_question"] is None:
            raise RuntimeError(f"the answer was not scored, or no question follows: {response}")
        print(
            f"from the last part of answer {number} to response_processed: {answered.seconds:.2f} s"
            f" with {len(answered.calls)} calls; {len(answered.later)} calls follow"
        )
        print_ratios(answered)
        question, number = response["next_question"], response["question_number"]
    print("the calls, with their start and their duration:")
    print_calls(answered)


if __name__ == "__main__":
    print_latency()
