"""Privacy: export and erasure of everything that is stored about a learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.library import LibraryServices
from chalicelib.composition.capabilities.teaching import TeachingServices
from chalicelib.composition.capabilities.tutoring import TutoringServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.privacy.erasing import Erasing
    from domain.privacy.erasures import Erasures
    from domain.privacy.exporting import Exporting
    from domain.privacy.holdings import Holdings


class PrivacyServices(TutoringServices, TeachingServices, LibraryServices):
    @lazy
    def holdings(self) -> Holdings:
        from domain.privacy.holdings import Holdings

        return Holdings(self.ports.key_values, self.tables)

    @lazy
    def erasures(self) -> Erasures:
        from domain.privacy.erasures import Erasures

        return Erasures(self.ports.key_values)

    @lazy
    def erasing(self) -> Erasing:
        from domain.privacy.erasing import Erasing

        ports = self.ports
        return Erasing(
            self.holdings,
            self.erasures,
            self.documents,
            self.conversations,
            self.quizzes,
            self.interviews,
            self.ledger,
            self.decisions,
            self.library,
            self.knowledge_bases,
            self.recordings,
            ports.objects,
            ports.vectors,
            self.clock,
        )

    @lazy
    def exporting(self) -> Exporting:
        from domain.privacy.exporting import Exporting

        kept = (self.documents, self.conversations, self.quizzes, self.interviews, self.ledger)
        return Exporting(self.holdings, *kept, self.knowledge_bases, self.ports.objects, self.clock)
