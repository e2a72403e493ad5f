"""A vendor's knowledge bases, which read documents in the bucket where they are stored."""

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
    """Every method starts its work and does not wait for it: call it again to learn whether it has ended.

    A name is 1-60 ASCII letters, digits, ``-`` and ``_``. It starts with a letter or digit, and no two of
    ``-`` and ``_`` stand side by side. Every method may raise an ``UpstreamError``.
    """

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        """Return the knowledge base of that name over the objects under ``prefix`` (1-300 characters).

        Creates it if there is none. Returns None while it is being created or removed: ask again in a minute.
        Calls with the same ``token`` create it once at most: after ``remove``, only a new token creates it
        again.
        """
        ...

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        """Start to read the objects that were added, changed or removed.

        Returns False, and starts nothing, while an earlier reading goes on: ask again. Calls with the same
        ``token`` start one reading. Raises ``NoKnowledgeBase``.
        """
        ...

    def remove(self, name: str) -> bool:
        """Remove the knowledge base and everything that it has read.

        Returns True when it is gone, also if there was none; False while the removal goes on: ask again in
        a minute.
        """
        ...
