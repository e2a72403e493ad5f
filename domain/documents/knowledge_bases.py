"""Keeps each learner's knowledge base at the vendor in step with their documents. A deployment may switch it on.

A change of the documents only writes a note to the learner's row. The sweeper does the rest, because creating,
synchronising or removing a knowledge base takes minutes. A repeated note or an interrupted sweep does no harm: in the
end there is one knowledge base, and it contains all documents.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.access.classes import is_class_owner
from domain.base.moments import to_text
from domain.documents.keys import originals_prefix
from domain.documents.knowledge import Knowledge
from domain.documents.knowledge_rows import KnowledgeRows, Overtaken
from ports.errors import UpstreamError
from ports.knowledge_base import KnowledgeBase, KnowledgeBases, NoKnowledgeBase
from ports.system import Clock

log = logging.getLogger("lyceum.knowledge")


class KnowledgeBaseUpkeep:
    def __init__(
        self,
        rows: KnowledgeRows,
        bases: Callable[[], KnowledgeBases],
        clock: Clock,
        *,
        is_on: bool,
    ) -> None:
        """``bases`` is called before a knowledge base is created, synchronised or removed. Without ``is_on``, knowledge
        bases are only removed.
        """
        self._rows = rows
        self._bases = bases
        self._clock = clock
        self._is_on = is_on

    def document_added(self, owner: str) -> None:
        """Note that a document of the owner was stored. The next sweep adds it to their knowledge base.

        If there is no knowledge base, it is created. Class materials have none.
        """
        if not self._is_on or is_class_owner(owner):
            return
        now = self._clock.now()
        self._rows.change(owner, lambda row: _changed(row or Knowledge(owner, to_text(now)), now))

    def document_removed(self, owner: str) -> None:
        """Note that a document of the owner was removed. The next sweep removes it from their knowledge base, if any."""
        if not self._is_on or is_class_owner(owner):
            return
        now = self._clock.now()

        def changed(row: Knowledge | None) -> Knowledge | None:
            return None if row is None or row.removing else _changed(row, now)

        self._rows.change(owner, changed)

    def find(self, owner: str) -> Knowledge | None:
        return self._rows.find(owner)

    def erase(self, owner: str, moment: str | None) -> int:
        """Remove the owner's knowledge base, unless it was created after ``moment``. Returns how many: 0 or 1.

        If ``moment`` is None, it is removed in any case: a worker may have noted a document that was removed meanwhile.
        The sweeper finishes a removal that takes long.
        """
        now = self._clock.now()

        def marked(row: Knowledge | None) -> Knowledge | None:
            if row is None or row.removing or (moment is not None and row.created_at > moment):
                return None
            return row.marked_removing(now)

        row = self._rows.change(owner, marked)
        if row is None:
            return 0
        self._try(row)
        return 1

    def sweep(self) -> int:
        """Continue the work on all due knowledge bases. Returns how many it worked on."""
        looked_at = 0
        for row in list(self._rows.due(self._clock.now())):
            try:
                self._try(self._rows.save(row.claimed(self._clock.now())))
            except Overtaken:
                continue  # another worker has it, or the index lags
            except Exception:  # one failure must not stop the others
                log.exception("knowledge_base_interrupted")
            looked_at += 1
        return looked_at

    def _try(self, row: Knowledge) -> None:
        try:
            if row.removing:
                self._remove(row)
            elif self._is_on:
                self._synchronise(row)
            else:
                self._rows.save(replace(row, sweep_at=None))
        except Overtaken:
            pass  # the row stays due, and the next sweep reads the change
        except UpstreamError as failed:
            log.warning("knowledge_base_postponed", extra={"capability": failed.capability})
            now = self._clock.now()
            self._rows.change(row.user_id, lambda current: current and current.failed(now))

    def _synchronise(self, row: Knowledge) -> None:
        bases = self._bases()
        if row.knowledge_base_id is None or row.data_source_id is None:
            opened = bases.open(row.name, originals_prefix(row.user_id), row.token)
            if opened is None:
                return
            row = self._rows.save(row.opened(opened.knowledge_base_id, opened.data_source_id))
        else:
            opened = KnowledgeBase(row.knowledge_base_id, row.data_source_id)
        try:
            begun = bases.sync(opened, row.reading_token)
        except NoKnowledgeBase:  # somebody removed it in the vendor's console
            self._rows.save(row.renewed(self._clock.now()))
            return
        if begun:
            self._rows.save(row.read())

    def _remove(self, row: Knowledge) -> None:
        if not self._bases().remove(row.name):
            return
        if row.changes:
            self._rows.save(row.renewed(self._clock.now()))
        else:
            self._rows.remove(row)


def _changed(row: Knowledge, now: datetime) -> Knowledge | None:
    """The row with one more change. None if the row is already due, so that many simultaneous uploads do not compete
    for it.
    """
    return None if row.will_be_read(now) else row.changed(now)
