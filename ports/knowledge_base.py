"""A vendor's knowledge bases, which read documents directly from the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ports.errors import PortError

MAX_NAME_CHARACTERS = 60
MAX_PREFIX_CHARACTERS = 300


class NoKnowledgeBase(PortError):
    """The knowledge base does not exist, or was removed."""


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    knowledge_base_id: str
    data_source_id: str


class KnowledgeBases(Protocol):
    """Every method starts its work and does not wait for it. Call it again to learn whether the work has ended.

    A name is 1-60 ASCII letters, digits, ``-`` and ``_``. It starts with a letter or digit, and ``-`` and ``_`` never
    follow each other. Every method may raise ``UpstreamError``.
    """

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        """The knowledge base with this name over the objects under ``prefix`` (1-300 characters). It is created if
        needed.

        Returns None while it is being created or removed: call again in a minute. Calls with the same ``token``
        create it at most once: after ``remove``, only a new token creates it again.
        """
        ...

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        """Start to read the objects that were added, changed or removed.

        Returns False, and starts nothing, while an earlier reading is running: call again. Calls with the same
        ``token`` start one reading. Raises ``NoKnowledgeBase``.
        """
        ...

    def remove(self, name: str) -> bool:
        """Remove the knowledge base and everything that it has read.

        Returns True when it is gone, also if there was none; False while the removal is running: call again in a
        minute.
        """
        ...
