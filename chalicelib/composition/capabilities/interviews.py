"""Interviews: the stored sessions, the connections, and the makers of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.answers import AnswerServices
from chalicelib.composition.capabilities.documents import DocumentServices
from chalicelib.composition.capabilities.progress import ProgressServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.interviews.connecting import Connecting
    from domain.interviews.connections import Connections
    from domain.interviews.interviewer import Interviewer
    from domain.interviews.interviews import Interviews
    from domain.interviews.recordings import Recordings


class InterviewServices(AnswerServices, DocumentServices, ProgressServices):
    @lazy
    def interviews(self) -> Interviews:
        from domain.interviews.interviews import Interviews

        return Interviews(self.ports.key_values)

    @lazy
    def recordings(self) -> Recordings:
        from domain.interviews.recordings import Recordings

        return Recordings(self.ports.objects, self.ports.workers)

    @lazy
    def connections(self) -> Connections:
        from domain.interviews.connections import Connections

        return Connections(self.ports.key_values)

    @lazy
    def connecting(self) -> Connecting:
        from domain.interviews.connecting import Connecting

        most = self.settings.max_connections
        return Connecting(self.connections, lambda: self.gateway, self.clock, self.ids, most=most)

    @lazy
    def interviewer(self) -> Interviewer:
        from domain.interviews.interviewer import Interviewer

        sources, retrieval, subjects = self.sources, self.retrieval, self.subjects
        ports, seconds = self.ports, self.agent_seconds
        return Interviewer(
            self.ledger,
            sources,
            retrieval,
            subjects,
            ports.agent,
            self.answer_judging,
            agent_seconds=seconds,
        )
