"""The repository of erasures. Each is noted until it was repeated and found complete."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from domain.base.moments import after, from_text, to_text
from domain.base.tables import LEARNING_EVIDENCE, PENDING_INDEX
from ports.key_value_store import KeyValueStore
from ports.paging import every

REPEAT_SECONDS = 900
"""The time between an erasure and its repetition. Meanwhile an index may list a row late, and a running request may
write one.
"""
_PENDING = "erasures"
_SORT_KEY = "erasure"


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure of everything about the user that was written up to ``moment``."""

    user_id: str
    moment: str


class Erasures:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def begin(self, erasure: Erasure) -> None:
        """Note the erasure, so that it is repeated even if this worker dies. A repeated call does no harm."""
        self._store.put(
            LEARNING_EVIDENCE,
            {
                **_key(erasure),
                "erased_user": erasure.user_id,
                "moment": erasure.moment,
                "pending": _PENDING,
                "sweep_at": to_text(after(from_text(erasure.moment), REPEAT_SECONDS)),
            },
        )

    def end(self, erasure: Erasure) -> None:
        """Delete the note, unless a later erasure has replaced it. A repeated call does no harm."""
        noted = self._store.get(LEARNING_EVIDENCE, _key(erasure))
        if noted is not None and noted["moment"] == erasure.moment:
            self._store.delete(LEARNING_EVIDENCE, _key(erasure))

    def due(self, now: datetime) -> Iterator[Erasure]:
        """The erasures of all users whose repetition is due. Only the sweeper may call this."""
        notes = every(
            lambda cursor: self._store.query(
                LEARNING_EVIDENCE, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return (Erasure(note["erased_user"], note["moment"]) for note in notes)


def _key(erasure: Erasure) -> dict[str, str]:
    return {"user_subject": f"erasure#{quote(erasure.user_id, safe='')}", "sort_key": _SORT_KEY}
