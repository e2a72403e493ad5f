"""Progress: mastery computed from evidence, class snapshots, and a teacher's reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.learning_records import LearningRecordServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.progress.class_shares import SnapshotTaking
    from domain.progress.progress import Progress
    from domain.progress.reporting import Reporting


class ProgressServices(LearningRecordServices):
    @lazy
    def progress(self) -> Progress:
        from domain.progress.progress import Progress

        ports = self.ports
        kept = (self.ledger, self.decks, self.class_shares)
        return Progress(*kept, ports.scheduler, ports.vectors, ports.embedder, self.clock)

    @lazy
    def snapshot_taking(self) -> SnapshotTaking:
        from domain.progress.class_shares import SnapshotTaking

        return SnapshotTaking(self.class_shares, self.ledger, self.ports.directory, self.clock)

    @lazy
    def reporting(self) -> Reporting:
        from domain.progress.reporting import Reporting

        return Reporting(self.ledger, self.ports.directory, self.clock)
