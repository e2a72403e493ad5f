"""Keeps each learner's knowledge base up to date with their documents. A deployment may switch it on.

A change of the documents is noted in the learner's row, which costs one write. The sweeper does the rest,
because to create, read or remove a knowledge base takes minutes. Noting a change twice or interrupting a
sweep does no harm: in the end there is one knowledge base, which has read all documents.
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
        """``bases`` is called before a knowledge base is created, read or removed. Unless ``is_on``, it may only be
        removed."""
        self._rows = rows
        self._bases = bases
        self._clock = clock
        self._is_on = is_on

    def document_added(self, owner: str) -> None:
        """Note that a document of the owner's was stored: their knowledge base will read it.

        The knowledge base is created if there is none. Class materials have none.
        """
        if not self._is_on or is_class_owner(owner):
            return
        now = self._clock.now()
        self._rows.change(owner, lambda row: _changed(row or Knowledge(owner, to_text(now)), now))

    def document_removed(self, owner: str) -> None:
        """Note that a document of the owner's was removed: their knowledge base, if any, will forget it."""
        if not self._is_on or is_class_owner(owner):
            return
        now = self._clock.now()

        def changed(row: Knowledge | None) -> Knowledge | None:
            return None if row is None or row.removing else _changed(row, now)

        self._rows.change(owner, changed)

    def find(self, owner: str) -> Knowledge | None:
        return self._rows.find(owner)

    def erase(self, owner: str, moment: str | None) -> int:
        """Remove the owner's knowledge base, unless it was begun after the moment. Returns how many: 0 or 1.

        Without a moment it is removed whenever it was begun: a worker whose document was removed meanwhile
        may have noted it. The sweeper finishes a removal that takes long.
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
        """Go on with the knowledge bases that are due. Returns how many there were."""
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
                self._keep_up(row)
            else:
                self._rows.save(replace(row, sweep_at=None))
        except Overtaken:
            pass  # the row stays due, and the next sweep reads the change
        except UpstreamError as failed:
            log.warning("knowledge_base_postponed", extra={"capability": failed.capability})
            now = self._clock.now()
            self._rows.change(row.user_id, lambda current: current and current.failed(now))

    def _keep_up(self, row: Knowledge) -> None:
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
    """None if the row is due for a reading anyway, so that many uploads at a time do not contend for it."""
    return None if row.will_be_read(now) else row.changed(now)
