"""The simulated world: the app on the fakes. The weather decides at each call of a port whether it fails."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, quote, urlsplit

from chalice.local import RouteMatcher

from chalicelib import events
from chalicelib.api import build_app, declare_routes
from chalicelib.composition.adapters import Adapters
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.composition.lazily import lazy
from chalicelib.composition.services import Services
from chalicelib.settings import read_settings
from domain.access.allowances import AllowanceKind
from domain.base.moments import from_text
from domain.base.tables import TABLES
from domain.documents.keys import RAW_FILES, RECOGNISED
from domain.interviews.interview_words import TRANSCRIPTS
from fakes.agent import ScriptedAgent
from fakes.card_package import JsonCardPackage
from fakes.connection_gateway import RecordingGateway
from fakes.directory import InMemoryDirectory
from fakes.embedder import HashingEmbedder
from fakes.grammar import ScriptedGrammar
from fakes.identity_provider import MintedTokens
from fakes.item_package import JsonItemPackages
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.knowledge_base import SlowKnowledgeBases
from fakes.object_store import InMemoryObjectStore
from fakes.scheduler import DoublingScheduler
from fakes.text_extractor import ScriptedTextExtractor
from fakes.text_recogniser import ScriptedTextRecogniser
from fakes.transcriber import ScriptedTranscriber
from fakes.vector_store import InMemoryVectorStore
from ports.errors import Throttled, TimedOut, Unavailable
from ports.key_value_store import Put, Table, Write
from ports.text_extractor import Extraction
from ports.vector_store import Vector
from tests.simulation.minds import Minds
from tests.simulation.scheduling import Process, Scheduler, SimulatedWorkers, Stopped
from tests.simulation.texts import SHOWN
from tests.simulation.watch import Watch
from tests.simulation.weather import Fault, Weather
from tests.support.faults import Crash

BEGINNING = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
INTERVIEWS_A_DAY = 3
A_DAY = 500
"""The daily limit of messages, and of questions, for each learner."""
_SETTINGS = {
    "LYCEUM_PROFILE": "memory",
    "LYCEUM_KNOWLEDGE_BASES": "on",
    "LYCEUM_INTERVIEWS_A_DAY": str(INTERVIEWS_A_DAY),
    "LYCEUM_MESSAGES_A_DAY": str(A_DAY),
    "LYCEUM_QUESTIONS_A_DAY": str(A_DAY),
}
_CAPABILITIES = {
    "key_values": "key_value_store",
    "objects": "object_store",
    "vectors": "vector_store",
    "embedder": "embedder",
    "agent": "agent",
    "extractor": "text_extractor",
    "recogniser": "text_recogniser",
    "identity": "identity_provider",
    "directory": "directory",
    "gateway": "connection_gateway",
    "transcriber": "transcriber",
    "knowledge_bases": "knowledge_bases",
}
_WITHOUT_CALL = frozenset(
    {"dimension", "model", "scale", "formats", "media_types", "hears_partially", "speaks", "read"}
)
"""Attributes and methods of ports that need no call to a service."""
_CALL_SECONDS = 8.0
"""How many seconds an adapter tries before it raises ``TimedOut``."""
_LONGEST = 15.0
"""The longest duration of a call, as a multiple of the mean."""
_LAG_SECONDS = 6.0


class Clock:
    """A clock that shows the time of the running process, which may differ from the true time. With ``is_true``, the
    true time.
    """

    def __init__(self, scheduler: Scheduler, *, is_true: bool = False) -> None:
        self._scheduler = scheduler
        self._is_true = is_true

    def now(self) -> datetime:
        strand = None if self._is_true else self._scheduler.current
        skew = 0.0 if strand is None else strand.process.skew
        return BEGINNING + timedelta(seconds=self._scheduler.seconds + skew)

    def monotonic(self) -> float:
        return self._scheduler.seconds


class Ids:
    def __init__(self, random: Random) -> None:
        self._random = random

    def new(self) -> str:
        return f"id-{self._random.getrandbits(64):016x}"


class Objects(InMemoryObjectStore):
    def bodies(self) -> dict[str, bytes]:
        """All objects in the bucket by key."""
        return self._bodies


class Vectors(InMemoryVectorStore):
    """A vector store that can lag. ``true`` also has what stale reads do not show yet."""

    def __init__(self, dimension: int) -> None:
        super().__init__(dimension)
        self.true: dict[str, dict[str, Vector]] = {}

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        super().upsert(namespace, vectors)
        self.true.setdefault(namespace, {}).update({vector.id: vector for vector in vectors})

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        super().delete(namespace, ids)
        for id in ids:
            self.true.get(namespace, {}).pop(id, None)


class Fakes:
    """The fakes behind the ports."""

    def __init__(self, clock: Clock, ids: Ids, minds: Minds) -> None:
        self.key_values = InMemoryKeyValueStore(TABLES, clock)
        self.objects = Objects(clock)
        self.embedder = HashingEmbedder(16)
        self.vectors = Vectors(self.embedder.dimension)
        self.agent = ScriptedAgent()
        self.agent.otherwise = minds.reply
        self.extractor = ScriptedTextExtractor()
        self.recogniser = ScriptedTextRecogniser(self.objects)
        self.identity = MintedTokens(clock)
        self.directory = InMemoryDirectory(DEMO_SCHOOL)
        self.gateway = RecordingGateway()
        self.transcriber = ScriptedTranscriber(self.objects)
        self.knowledge_bases = SlowKnowledgeBases()
        self.clock = clock
        self.ids = ids


class _Front:
    """A port of the present world."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage = stage
        self._name = name

    def __getattr__(self, method: str) -> Any:
        stage, name = self._stage, self._name
        if method in _WITHOUT_CALL:
            return getattr(getattr(stage.world.fakes, name), method)

        def call(*args: Any, **options: Any) -> Any:
            return stage.world.call(name, method, args, options)

        setattr(self, method, call)
        return call


class _Fronts:
    """The adapters of the app. The app keeps them from world to world; each one calls the present world."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.clock = _LocalPort(lambda: stage.world.clock)
        self.ids = _LocalPort(lambda: stage.world.ids)
        self.workers = _LocalPort(lambda: stage.world.workers)
        self.grammar = ScriptedGrammar()
        self.scheduler = DoublingScheduler()
        self.card_package = JsonCardPackage()
        self.item_packages = JsonItemPackages()

    def __getattr__(self, name: str) -> _Front:
        if name not in _CAPABILITIES:
            raise AttributeError(name)
        front = _Front(self._stage, name)
        setattr(self, name, front)
        return front


class _LocalPort:
    """A port that calls no service: the clock, the ids, or the workers."""

    def __init__(self, whose: Callable[[], Any]) -> None:
        self._whose = whose

    def __getattr__(self, method: str) -> Any:
        return getattr(self._whose(), method)


class Step(NamedTuple):
    """A call of a port."""

    seconds: float
    strand: str
    port: str
    method: str
    args: tuple[Any, ...]
    fault: Fault | None

    def __str__(self) -> str:
        line = f"{self.seconds:9.3f} {self.strand:12} {self.port}.{self.method} {self._subject()}"
        return f"{line}  *** {self.fault} ***" if self.fault else line

    def _subject(self) -> str:
        """A short text for the row, object or vectors that the call is about."""
        match self.args:
            case [Table() as table, dict() as item, *_]:
                key = item if self.method in ("get", "delete") else table.key_of(item)
                state = item.get("status") or item.get("state") or ""
                return f"{table.name} {'/'.join(map(str, key.values()))} {state}"
            case [Table() as table, str() as partition, *_]:
                return f"{table.name} {partition}"
            case [[*writes]] if self.method == "transact":
                return " + ".join(f"{write.table.name} {_key_of(write)}" for write in writes)
            case [str() as key, [*batch]]:
                return f"{key} {[getattr(one, 'id', one) for one in batch]}"
            case [str() as key, *_]:
                return key[:120]
        return ""


def _key_of(write: Write) -> str:
    key = write.table.key_of(write.item) if isinstance(write, Put) else write.key
    return "/".join(key.values())


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])


class _Context:
    aws_request_id = "of-the-simulation"


class _Listener(logging.Handler):
    """A log handler that passes each record to the present world."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def emit(self, record: logging.LogRecord) -> None:
        self._stage.world.watch.logged(record)


class Stage:
    """The app, which is built once and used in one world after another."""

    world: World

    def __init__(self) -> None:
        self.keeps_trail = False
        """Whether calls are recorded, so that a person can read them."""
        self.services = Services(read_settings(_SETTINGS), cast(Adapters, _Fronts(self)))
        self.app = build_app()
        declare_routes(self.app, self.services)
        logger = logging.getLogger("lyceum")
        logger.addHandler(_Listener(self))
        logger.setLevel(logging.INFO)
        logger.propagate = False
        self.matcher = RouteMatcher(list(self.app.routes))

    def forget(self) -> None:
        """Let the services be built anew on first use. Otherwise their caches would change the calls of the next world."""
        built = vars(self.services)
        for name in [one for one in built if isinstance(getattr(Services, one, None), lazy)]:
            del built[name]

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: str, *, is_base64: bool
    ) -> Reply:
        """Pass a request to the app as API Gateway does, and return the response."""
        split = urlsplit(path)
        matched = self.matcher.match_route(split.path)
        event = {
            "requestContext": {"httpMethod": method, "resourcePath": matched.route},
            "headers": dict(headers),
            "multiValueQueryStringParameters": parse_qs(split.query) or None,
            "pathParameters": matched.captured,
            "stageVariables": {},
            "body": body,
            "isBase64Encoded": is_base64,
        }
        response = self.app(event, _Context())
        return Reply(response["statusCode"], response["body"])


class World:
    def __init__(self, stage: Stage, seed: str, weather: Weather) -> None:
        stage.world = self
        stage.forget()
        self.stage = stage
        self.services = stage.services
        self.random = Random(f"{seed}/world")
        self.scheduler = Scheduler(Random(f"{seed}/order"), copy_context())
        self.clock = Clock(self.scheduler)
        self.true_clock = Clock(self.scheduler, is_true=True)
        self.workers = SimulatedWorkers(self.scheduler)
        self.ids = Ids(Random(f"{seed}/ids"))
        self.minds = Minds(Random(f"{seed}/minds"))
        self.fakes = Fakes(self.true_clock, self.ids, self.minds)
        self.fakes.objects.created = self._created
        self.watch = Watch(self.fakes, self.scheduler)
        self.trail: list[Step] = []
        self.calls = 0
        self.strikes = 0
        self._processes = 0
        self._lags_until: float | None = None
        self.is_ended = False
        """True once the schedule runs the sweeper no more."""
        self.allowed: dict[tuple[str, AllowanceKind], int] = {}
        """For an owner and an allowance, what is left of the day, if most of it was used before the schedule began."""
        self.change(weather)

    def change(self, weather: Weather) -> None:
        self.weather = weather
        self.minds.madness = weather.madness
        self.watch.skew = max(self.watch.skew, weather.skew)

    def use_up(self, owner: str, kind: AllowanceKind, left: int) -> None:
        """Set the owner's budget so that only ``left`` of the day's allowance remains."""
        self.allowed[owner, kind] = left
        self.services.allowances.take(owner, kind, A_DAY - left)

    def process(self, name: str, acts_for: str | None = None) -> Process:
        self._processes += 1
        skew = self.weather.skew
        return Process(
            f"{name}-{self._processes}", self.random.uniform(-skew, skew) if skew else 0.0, acts_for
        )

    # What happens at a call of a port.

    def call(self, port: str, method: str, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        target = getattr(getattr(self.fakes, port), method)
        if self.scheduler.is_over:
            raise Stopped
        strand = self.scheduler.current
        if strand is None:  # the caller is no strand, for example the audit
            return target(*args, **options)
        process = strand.process
        if process.is_dead:
            raise Crash
        weather, scheduler = self.weather, self.scheduler
        self.calls += 1
        scheduler.sleep(weather.latency * min(self.random.expovariate(1.0), _LONGEST))
        if process.is_dead:
            raise Crash
        if self._lags_until is not None and scheduler.seconds >= self._lags_until:
            self.catch_up()
        fault = weather.strikes(port, method)
        if self.stage.keeps_trail:
            self.trail.append(Step(scheduler.seconds, strand.name, port, method, args, fault))
        if fault is None:
            answer = self._done(target, port, method, args, options)
        else:
            self.strikes += 1
            answer = self._struck(fault, target, port, method, args, options)
        if method == "reply":
            return self._given(answer, None)
        return answer

    def _done(
        self,
        target: Callable[..., Any],
        port: str,
        method: str,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        self.watch.before(port, method, args)
        answer = target(*args, **options)
        self.watch.after(port, method, args, options)
        return answer

    def _struck(
        self,
        fault: Fault,
        target: Callable[..., Any],
        port: str,
        method: str,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        scheduler = self.scheduler
        match fault:
            case Fault.CRASH:
                self._die()
            case Fault.LATE_CRASH:
                self._done(target, port, method, args, options)
                self._die()
            case Fault.UNAVAILABLE:
                raise Unavailable(_CAPABILITIES[port], "struck")
            case Fault.THROTTLED:
                raise Throttled(_CAPABILITIES[port], "struck")
            case Fault.TIMED_OUT:
                scheduler.sleep(_CALL_SECONDS)
                raise TimedOut(_CAPABILITIES[port], "struck")
            case Fault.LATE_TIME_OUT:
                self._done(target, port, method, args, options)
                scheduler.sleep(_CALL_SECONDS)
                raise TimedOut(_CAPABILITIES[port], "struck")
            case Fault.STALL:
                answer = self._done(target, port, method, args, options)
                scheduler.sleep(self.random.uniform(25.0, 80.0))
                return answer
            case Fault.RIVALS_FIRST:
                scheduler.sleep(self.random.uniform(0.2, _CALL_SECONDS))
            case Fault.LAG:
                self._lag()
            case Fault.PARTLY | Fault.PARTLY_CRASH:
                return self._partly(fault, target, port, method, args, options)
        return self._done(target, port, method, args, options)

    def _partly(
        self,
        fault: Fault,
        target: Callable[..., Any],
        port: str,
        method: str,
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        match method:
            case "put_many" | "delete_many" | "upsert" | "delete":
                where, batch = args
                some = [one for one in batch if self.random.random() < 0.5]
                if some:
                    self._done(target, port, method, (where, some), options)
            case "extract":
                extraction: Extraction = target(*args, **options)
                return Extraction(
                    extraction.page_count, self._given(extraction.pages, fault), extraction.title
                )
            case "keys" | "reply":
                return self._given(target(*args, **options), fault, _CAPABILITIES[port])
        return self._end(fault, _CAPABILITIES[port])

    def _given(self, pieces: Iterator[Any], fault: Fault | None, capability: str = "") -> Iterator[Any]:
        """A stream that lets other strands run between its pieces. If a fault strikes it, it ends after the first
        piece.
        """
        strand = self.scheduler.current
        for piece in pieces:
            yield piece
            if strand is not None and strand.process.is_dead:
                raise Crash
            if fault is not None:
                self._end(fault, capability)
            if strand is not None:
                self.scheduler.sleep(self.weather.latency * self.random.random())
        if fault is not None:
            self._end(fault, capability)

    def _end(self, fault: Fault, capability: str) -> None:
        if fault is Fault.PARTLY_CRASH:
            self._die()
        raise Unavailable(capability, "struck midway")

    def _die(self) -> None:
        strand = self.scheduler.current
        if strand is not None:
            strand.process.is_dead = True
        raise Crash

    def _lag(self) -> None:
        self.watch.has_lagged = True
        self._lags_until = self.scheduler.seconds + _LAG_SECONDS
        self.fakes.key_values.lag_indexes()
        self.fakes.vectors.lag()

    def catch_up(self) -> None:
        self._lags_until = None
        self.fakes.key_values.catch_up()
        self.fakes.vectors.catch_up()

    # What AWS does.

    def _created(self, key: str, size: int, etag: str) -> None:
        """Deliver the event of a new object: usually once, sometimes twice, late, and in any order. Sometimes it is
        lost, although S3 promises that it never is.
        """
        handlers = {
            RAW_FILES: events.objects_created,
            RECOGNISED: events.recognition_stored,
            TRANSCRIPTS: events.transcript_created,
        }
        handle = handlers.get(key[: key.index("/") + 1])
        if handle is None:
            return
        event = {"Records": [{"s3": {"object": {"key": quote(key, safe="/"), "size": size, "eTag": etag}}}]}
        weather, random = self.weather, self.random
        times = 0 if random.random() < weather.lost_events else 1
        times += random.random() < weather.repeated_events
        for _ in range(times):
            delay = random.choice((0.05, 0.3, 2.0, 30.0)) if weather.repeated_events else 0.05
            self.invoke("event", lambda: handle(self.services, event, within=50.0), after=delay)

    def invoke(self, name: str, work: Callable[[], object], *, after: float = 0.0) -> None:
        """Run the work as AWS does. If it fails, it is repeated up to twice."""

        def invoked() -> None:
            for pause in (2.0, 20.0, None):
                strand = self.scheduler.current
                assert strand is not None
                strand.process = self.process(name)
                try:
                    work()
                    return
                except Crash:
                    if self.scheduler.is_over:
                        raise
                except Exception as failed:
                    self.watch.failed(name, failed)
                if pause is None:
                    return
                self.scheduler.sleep(pause)

        self.scheduler.begin(name, self.process(name), invoked, after=after)

    def sweep(self) -> None:
        events.schedule_struck(self.services, within=50.0)

    def sweep_now(self) -> None:
        """Run the sweeper, and wait until it ends. Its error is recorded."""
        try:
            self.within("sweep", "", self.sweep)
        except Exception as failed:
            self.watch.failed("sweep", failed)

    def keep_sweeping(self, every: float) -> None:
        """Run the sweeper at this interval in seconds, even if its last run has not ended."""

        def tick() -> None:
            while not self.is_ended:
                self.scheduler.sleep(every)
                if self.random.random() < 0.5:
                    self.fakes.knowledge_bases.finish()
                if not self.is_ended:
                    self._sweep_once()

        self.scheduler.begin("schedule", Process("schedule"), tick)

    def _sweep_once(self) -> None:
        def swept() -> None:
            try:
                self.sweep()
            except Exception as failed:
                self.watch.failed("sweep", failed)

        self.scheduler.begin("sweep", self.process("sweep"), swept)

    # What clients do.

    def request(
        self,
        name: str,
        token: str,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        content_type: str = "application/json",
        key: str | None = None,
    ) -> Reply | None:
        """The response to a request. None if there is none: the process died, or the connection was lost."""
        headers = {"authorization": f"Bearer {token}"}
        if key is not None:
            headers["idempotency-key"] = key
        is_base64 = content_type != "application/json"
        if body is not None:
            headers["content-type"] = content_type
        text = "" if body is None else base64.b64encode(body).decode() if is_base64 else body.decode()

        def ask() -> Reply:
            return self.stage.request(method, path, headers, text, is_base64=is_base64)

        reply: Reply | None = self.within("api", name, ask)
        if reply is not None:
            self.watch.answered(name, f"{method} {path}", reply.status, reply.text)
            if self.weather.repeated_events and self.random.random() < 0.02:
                return None  # lost on its way
        return reply

    def within(self, name: str, acts_for: str, work: Callable[[], Any]) -> Any:
        """Run the work in a new process, and return its result. None if the process dies."""
        strand = self.scheduler.current
        assert strand is not None
        before = strand.process
        strand.process = self.process(name, acts_for)
        try:
            return work()
        except Crash:
            if self.scheduler.is_over:
                raise
            return None
        finally:
            strand.process = before

    # Running.

    def run(self) -> None:
        """Run all strands until they end, or until the first violation."""
        self.scheduler.run(lambda: bool(self.watch.violations))

    def are_clients_done(self) -> bool:
        return not any(strand.name in SHOWN for strand in self.scheduler.strands)

    def seconds_of(self, moment: str) -> float:
        """The moment in seconds since the beginning."""
        return (from_text(moment) - BEGINNING).total_seconds()
