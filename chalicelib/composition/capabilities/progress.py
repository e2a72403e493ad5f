"""Progress: evidence of learning, the mastery that follows from it, and a teacher's reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.allowances import AllowanceServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.progress.decks import Decks
    from domain.progress.desk import Desk
    from domain.progress.ledger import Ledger
    from domain.progress.progress import Progress
    from domain.progress.reporting import Reporting


class ProgressServices(AllowanceServices):
    @lazy
    def ledger(self) -> Ledger:
        from domain.progress.ledger import Ledger

        return Ledger(self.ports.key_values)

    @lazy
    def decks(self) -> Decks:
        from domain.progress.decks import Decks

        return Decks(self.ports.key_values)

    @lazy
    def desk(self) -> Desk:
        from domain.progress.desk import Desk

        return Desk(self.ports.key_values)

    @lazy
    def progress(self) -> Progress:
        from domain.progress.progress import Progress

        ports = self.ports
        return Progress(self.ledger, self.decks, ports.scheduler, ports.vectors, ports.embedder, self.clock)

    @lazy
    def reporting(self) -> Reporting:
        from domain.progress.reporting import Reporting

        return Reporting(self.ledger, self.ports.directory, self.clock)
