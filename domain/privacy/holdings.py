"""All that the tables hold of a learner, whatever it is: for export and erasure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from domain.base.moments import after, from_text, to_text
from domain.base.tables import (
    ACTIVE_SESSIONS,
    CONVERSATIONS,
    FILES,
    INTERVIEW_SESSIONS,
    LEARNING_EVIDENCE,
    PENDING_INDEX,
    QUIZ_RESULTS,
    QUIZZES,
    WEBSOCKET_CONNECTIONS,
)
from ports.key_value_store import Item, KeyValueStore, Table

_PENDING = "erasures"
_SORT_KEY = "erasure"
REPEAT_SECONDS = 900
"""After an erasure it is done again: indexes lag, and a request that was under way may have written since."""

_WRITTEN_AT = {
    QUIZZES: "created_at",
    QUIZ_RESULTS: "submitted_at",
    ACTIVE_SESSIONS: "created_at",
    WEBSOCKET_CONNECTIONS: "connected_at",
}
"""What tells when a row was written; a row without it counts as old."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """``moment``: what was written by then is to go."""

    user_id: str
    moment: str


_STAMPS = {
    FILES: ("upload_timestamp",),
    CONVERSATIONS: ("created_at",),
    INTERVIEW_SESSIONS: ("started_at",),
    LEARNING_EVIDENCE: ("occurred_at", "began_at", "latest_at"),
} | {table: (name,) for table, name in _WRITTEN_AT.items()}
"""By what an erasure tells what was there before it."""


class Holdings:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def rows(self, table: Table, owner: str) -> Iterator[Item]:
        """The owner's rows of a table that has a ``user-id-index``."""
        cursor = None
        while True:
            page = self._store.query(table, owner, index="user-id-index", limit=1000, cursor=cursor)
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                return

    def remove(self, table: Table, owner: str, moment: str) -> int:
        """Remove the owner's rows that were written by the moment. Answers how many there were."""
        keys = [table.key_of(row) for row in self.rows(table, owner)]
        # The index may lag and show what stood under a key before: the row itself tells.
        rows = zip(keys, self._store.get_many(table, keys), strict=True)
        doomed = [
            key for key, row in rows if row is not None and str(row.get(_WRITTEN_AT[table], "")) <= moment
        ]
        self._store.delete_many(table, doomed)
        return len(doomed)

    def remove_stray_results(self, owner: str) -> int:
        """Remove the results of quizzes that are gone, whenever they came. Answers how many there were."""
        results = list(self.rows(QUIZ_RESULTS, owner))
        quizzes = self._store.get_many(QUIZZES, [QUIZZES.key_of(row) for row in results])
        strays = [row for row, quiz in zip(results, quizzes, strict=True) if quiz is None]
        self._store.delete_many(QUIZ_RESULTS, [QUIZ_RESULTS.key_of(row) for row in strays])
        return len(strays)

    def latest(self, owner: str) -> str:
        """The latest moment at which anything of what is there of the owner's was written; "" for nothing."""
        moments = (
            str(row[name])
            for table, names in _STAMPS.items()
            for row in self.rows(table, owner)
            for name in names
            if row.get(name) is not None
        )
        return max(moments, default="")

    def begin(self, erasure: Erasure) -> None:
        """Note that the erasure is to be finished, should it be cut short, and repeated."""
        self._store.put(
            LEARNING_EVIDENCE,
            {
                "user_subject": _partition(erasure),
                "sort_key": _SORT_KEY,
                "erased_user": erasure.user_id,
                "moment": erasure.moment,
                "pending": _PENDING,
                "sweep_at": to_text(after(from_text(erasure.moment), REPEAT_SECONDS)),
            },
        )

    def end(self, erasure: Erasure) -> None:
        self._store.delete(LEARNING_EVIDENCE, {"user_subject": _partition(erasure), "sort_key": _SORT_KEY})

    def due(self, now: datetime) -> Iterator[Erasure]:
        """The erasures to be repeated, of every learner: for the sweeper."""
        cursor = None
        while True:
            page = self._store.query(
                LEARNING_EVIDENCE, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
            yield from (Erasure(item["erased_user"], item["moment"]) for item in page.items)
            cursor = page.cursor
            if cursor is None:
                return


BY_OWNER = {
    "quizzes": QUIZZES,
    "quiz_results": QUIZ_RESULTS,
    "active_sessions": ACTIVE_SESSIONS,
    "websocket_connections": WEBSOCKET_CONNECTIONS,
}
"""The tables whose rows go as they are, by the name that a manifest has for them."""


def _partition(erasure: Erasure) -> str:
    return f"erasure#{quote(erasure.user_id, safe='')}"
