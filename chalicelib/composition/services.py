"""The use cases, on the adapters that the wiring chose: each imported and built on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from chalicelib.composition.lazily import lazy
from chalicelib.deadline import Deadline
from chalicelib.settings import Settings
from chalicelib.tally import WatchedAdapters
from domain.base.tables import ACTIVE_SESSIONS, TABLES

if TYPE_CHECKING:
    from domain.access.admission import Admission
    from domain.access.allowances import Allowances
    from domain.access.budgets import Budgets
    from domain.access.receipts import Receipts
    from domain.access.subjects import Subjects
    from domain.access.teaching import Teaching
    from domain.documents.contents import Contents
    from domain.documents.documents import Documents
    from domain.documents.ingestion import Ingestion
    from domain.documents.knowledge_bases import KnowledgeBases
    from domain.documents.library import Library
    from domain.documents.materials import Materials
    from domain.documents.retrieval import Retrieval
    from domain.documents.sources import Sources
    from domain.health.health import Health, Probe
    from domain.interviews.connecting import Connecting
    from domain.interviews.connections import Connections
    from domain.interviews.interviewer import Interviewer
    from domain.interviews.interviewing import Interviewing
    from domain.interviews.interviews import Interviews
    from domain.interviews.recordings import Recordings
    from domain.privacy.erasing import Erasing
    from domain.privacy.exporting import Exporting
    from domain.privacy.holdings import Holdings
    from domain.progress.ledger import Ledger
    from domain.progress.progress import Progress
    from domain.progress.reporting import Reporting
    from domain.quizzes.grading import Grading
    from domain.quizzes.quizzes import Quizzes
    from domain.quizzes.quizzing import Quizzing
    from domain.tutoring.conversations import Conversations
    from domain.tutoring.tutoring import Tutoring
    from ports.agent import Agent
    from ports.connection_gateway import ConnectionGateway
    from ports.directory import Directory
    from ports.embedder import Embedder
    from ports.identity_provider import IdentityProvider
    from ports.key_value_store import KeyValueStore, Table
    from ports.knowledge_base import KnowledgeBases as KnowledgeBasesPort
    from ports.object_store import ObjectStore
    from ports.system import Clock, IdGenerator
    from ports.text_extractor import TextExtractor
    from ports.transcriber import Transcriber
    from ports.vector_store import VectorStore
    from ports.workers import Workers


_SIGNED_BY_NOBODY = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImhlYWx0aCJ9.e30.AA"
"""A token that names a key, ``health``: whoever knows that there is none of that name has had the keys."""


class Adapters(Protocol):
    """One adapter a port."""

    @property
    def clock(self) -> Clock: ...
    @property
    def ids(self) -> IdGenerator: ...
    @property
    def workers(self) -> Workers: ...
    @property
    def key_values(self) -> KeyValueStore: ...
    @property
    def objects(self) -> ObjectStore: ...
    @property
    def vectors(self) -> VectorStore: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def agent(self) -> Agent: ...
    @property
    def extractor(self) -> TextExtractor: ...
    @property
    def identity(self) -> IdentityProvider: ...
    @property
    def directory(self) -> Directory: ...
    @property
    def gateway(self) -> ConnectionGateway: ...
    @property
    def transcriber(self) -> Transcriber: ...
    @property
    def knowledge_bases(self) -> KnowledgeBasesPort: ...


class Services:
    """The use cases, on the adapters of one profile."""

    def __init__(self, settings: Settings, adapters: Adapters, tables: Sequence[Table] = TABLES) -> None:
        """``tables`` are those that the key-value store was made with."""
        self.settings = settings
        self.adapters = adapters
        self.tables = tables
        self._ports = cast(Adapters, WatchedAdapters(adapters))
        self.deadline = Deadline(lambda: adapters.clock)

    @property
    def clock(self) -> Clock:
        return self.adapters.clock

    @property
    def ids(self) -> IdGenerator:
        return self.adapters.ids

    @property
    def gateway(self) -> ConnectionGateway:
        return self._ports.gateway

    def _agent_seconds(self) -> float:
        return self.deadline.for_reply(self.settings.agent_seconds)

    @lazy
    def documents(self) -> Documents:
        from domain.documents.documents import Documents

        return Documents(self._ports.key_values)

    @lazy
    def contents(self) -> Contents:
        from domain.documents.contents import Contents

        return Contents(self._ports.objects, self._ports.vectors)

    @lazy
    def receipts(self) -> Receipts:
        from domain.access.receipts import Receipts

        # The laptop's server is alone: whatever an earlier one was answering when it was killed, it answers no more.
        is_alone = self.settings.profile == "local"
        return Receipts(self._ports.key_values, since=self.clock.now() if is_alone else None)

    @lazy
    def connections(self) -> Connections:
        from domain.interviews.connections import Connections

        return Connections(self._ports.key_values)

    @lazy
    def conversations(self) -> Conversations:
        from domain.tutoring.conversations import Conversations

        return Conversations(self._ports.key_values)

    @lazy
    def quizzes(self) -> Quizzes:
        from domain.quizzes.quizzes import Quizzes

        return Quizzes(self._ports.key_values)

    @lazy
    def interviews(self) -> Interviews:
        from domain.interviews.interviews import Interviews

        return Interviews(self._ports.key_values)

    @lazy
    def budgets(self) -> Budgets:
        from domain.access.budgets import Budgets

        return Budgets(self._ports.key_values)

    @lazy
    def allowances(self) -> Allowances:
        from domain.access.allowances import Allowances

        settings = self.settings
        return Allowances(
            self.budgets,
            self.clock,
            a_day={
                "messages": settings.messages_a_day,
                "questions": settings.questions_a_day,
                "pages": settings.pages_a_day,
            },
            requests_a_minute=settings.requests_a_minute,
        )

    @lazy
    def connecting(self) -> Connecting:
        from domain.interviews.connecting import Connecting

        return Connecting(
            self.connections,
            lambda: self.gateway,
            self.clock,
            self.ids,
            most=self.settings.max_connections,
        )

    @lazy
    def interviewer(self) -> Interviewer:
        from domain.interviews.interviewer import Interviewer

        return Interviewer(
            self.ledger,
            self.sources,
            self.retrieval,
            self.subjects,
            self._ports.agent,
            agent_seconds=self._agent_seconds,
        )

    @lazy
    def interviewing(self) -> Interviewing:
        from domain.interviews.concluding import Concluding
        from domain.interviews.hearing import Hearing
        from domain.interviews.interviewing import Interviewing
        from domain.interviews.recounting import Recounting

        ports, settings = self._ports, self.settings
        recounting = Recounting(self.interviews, self.ledger, self.progress)
        concluding = Concluding(
            self.interviews,
            self.interviewer,
            self.ledger,
            self.progress,
            self.recordings,
            recounting,
            self.clock,
            self._ports.workers,
        )
        hearing = Hearing(
            self.interviews,
            self.recordings,
            lambda: ports.transcriber,
            concluding,
            recounting,
            self.budgets,
            self.clock,
            self.ids,
            minutes_a_day=settings.audio_minutes_a_day,
        )
        return Interviewing(
            self.interviews,
            self.connections,
            self.interviewer,
            hearing,
            concluding,
            recounting,
            self.recordings,
            self.budgets,
            self.clock,
            self.ids,
            interviews_a_day=settings.interviews_a_day,
        )

    @lazy
    def recordings(self) -> Recordings:
        from domain.interviews.recordings import Recordings

        return Recordings(self._ports.objects, self._ports.workers)

    @lazy
    def ledger(self) -> Ledger:
        from domain.progress.ledger import Ledger

        return Ledger(self._ports.key_values)

    @lazy
    def admission(self) -> Admission:
        from domain.access.admission import Admission

        return Admission(self._ports.identity, self._ports.directory)

    @lazy
    def subjects(self) -> Subjects:
        from domain.access.subjects import Subjects

        return Subjects(self._ports.directory)

    @lazy
    def ingestion(self) -> Ingestion:
        from domain.documents.ingestion import Ingestion
        from ports.text_extractor import ExtractionLimits

        a, settings = self._ports, self.settings
        limits = ExtractionLimits(
            max_bytes=settings.max_upload_bytes,
            max_pages=settings.max_pages,
            max_characters=settings.max_pages * 10_000,
            max_seconds=600,
        )
        return Ingestion(
            self.documents,
            self.contents,
            a.objects,
            a.extractor,
            a.embedder,
            a.clock,
            self.knowledge_bases,
            self.allowances,
            self.receipts,
            a.workers,
            limits=limits,
            batches_at_once=settings.ingest_workers,
        )

    @lazy
    def library(self) -> Library:
        from domain.documents.library import Library

        return Library(
            self.documents,
            self.contents,
            self._ports.objects,
            self.ingestion,
            self.subjects,
            self.receipts,
            self.clock,
            self.knowledge_bases,
            self.allowances,
            max_upload_bytes=self.settings.max_upload_bytes,
            inline_seconds=self.settings.inline_seconds,
            inline_bytes=self.settings.inline_bytes,
        )

    @lazy
    def knowledge_bases(self) -> KnowledgeBases:
        from domain.documents.knowledge_bases import KnowledgeBases
        from domain.documents.knowledge_rows import KnowledgeRows

        ports = self._ports
        return KnowledgeBases(
            KnowledgeRows(ports.key_values),
            lambda: ports.knowledge_bases,
            self.clock,
            is_on=self.settings.knowledge_bases,
        )

    @lazy
    def teaching(self) -> Teaching:
        from domain.access.teaching import Teaching

        return Teaching(self._ports.directory)

    @lazy
    def materials(self) -> Materials:
        from domain.documents.materials import Materials

        return Materials(self.library, self.documents, self.teaching)

    @lazy
    def retrieval(self) -> Retrieval:
        from domain.documents.retrieval import Retrieval

        return Retrieval(self.documents, self._ports.vectors, self._ports.embedder)

    @lazy
    def sources(self) -> Sources:
        from domain.documents.sources import Sources

        return Sources(self.documents, self.contents, self._ports.workers)

    @lazy
    def progress(self) -> Progress:
        from domain.progress.progress import Progress

        return Progress(self.ledger, self._ports.vectors, self._ports.embedder, self.clock)

    @lazy
    def quizzing(self) -> Quizzing:
        from domain.quizzes.quizzing import Quizzing

        return Quizzing(
            self.quizzes,
            self.documents,
            self.sources,
            self.ledger,
            self.retrieval,
            self.subjects,
            self._ports.agent,
            self.clock,
            self.allowances,
            agent_seconds=self._agent_seconds,
        )

    @lazy
    def grading(self) -> Grading:
        from domain.quizzes.grading import Grading

        return Grading(self.quizzes, self.ledger, self.progress, self.clock)

    @lazy
    def reporting(self) -> Reporting:
        from domain.progress.reporting import Reporting

        return Reporting(self.ledger, self._ports.directory, self.clock)

    @lazy
    def holdings(self) -> Holdings:
        from domain.privacy.holdings import Holdings

        return Holdings(self._ports.key_values, self.tables)

    @lazy
    def erasing(self) -> Erasing:
        from domain.privacy.erasing import Erasing
        from domain.privacy.erasures import Erasures

        a = self._ports
        return Erasing(
            self.holdings,
            Erasures(a.key_values),
            self.documents,
            self.conversations,
            self.quizzes,
            self.interviews,
            self.ledger,
            self.library,
            self.knowledge_bases,
            self.recordings,
            a.objects,
            a.vectors,
            a.clock,
        )

    @lazy
    def exporting(self) -> Exporting:
        from domain.privacy.exporting import Exporting

        a = self._ports
        return Exporting(
            self.holdings,
            self.documents,
            self.conversations,
            self.quizzes,
            self.interviews,
            self.ledger,
            self.knowledge_bases,
            a.objects,
            a.clock,
        )

    @lazy
    def tutoring(self) -> Tutoring:
        from domain.tutoring.tutoring import Tutoring

        a = self._ports
        return Tutoring(
            self.conversations,
            self.ledger,
            self.retrieval,
            self.subjects,
            self.receipts,
            a.agent,
            a.clock,
            self.allowances,
            a.workers,
            agent_seconds=self._agent_seconds,
        )

    @lazy
    def health(self) -> Health:
        from domain.health.health import Health

        return Health(self._probes, self.clock, self._ports.workers)

    def _probes(self) -> Mapping[str, Probe]:
        """How to reach each adapter, and a cheap call of it where calls cost nothing."""
        from domain.documents.keys import DOCUMENTS, RAW_FILES
        from ports.text_extractor import ExtractionLimits

        a = self.adapters
        absent = {ACTIVE_SESSIONS.partition: "health"}
        limits = ExtractionLimits(max_bytes=100, max_pages=1, max_characters=100, max_seconds=5)
        return {
            "key_value_store": (lambda: a.key_values, lambda: a.key_values.get(ACTIVE_SESSIONS, absent)),
            "object_store": (lambda: a.objects, lambda: a.objects.info(RAW_FILES + "health")),
            "vector_store": (lambda: a.vectors, lambda: a.vectors.fetch(DOCUMENTS, ["health"])),
            "directory": (lambda: a.directory, lambda: a.directory.subject("health")),
            "identity_provider": (lambda: a.identity, lambda: _is_refused(a.identity, _SIGNED_BY_NOBODY)),
            "connection_gateway": (lambda: a.gateway, lambda: a.gateway.is_open("health")),
            "text_extractor": (lambda: a.extractor, lambda: a.extractor.extract(b"health", "txt", limits)),
            "embedder": (lambda: a.embedder, None),
            "agent": (lambda: a.agent, None),
            "transcriber": (lambda: a.transcriber, None),
        }


def _is_refused(identity: IdentityProvider, token: str) -> None:
    """Raises ``UpstreamError`` where that could not be told."""
    from ports.identity_provider import InvalidToken

    try:
        identity.verify(token)
    except InvalidToken:
        return
    raise ValueError("a token that nobody signed was taken")
