"""Knowledge bases that read documents where they are stored, kept by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ports.errors import PortError

MAX_NAME_CHARACTERS = 60
MAX_PREFIX_CHARACTERS = 300


class NoKnowledgeBase(PortError):
    """There is no such knowledge base, or not any more."""


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    knowledge_base_id: str
    data_source_id: str


class KnowledgeBases(Protocol):
    """What takes a while is begun and asked after: nothing here waits for it.

    A name is 1-60 ASCII letters, digits, ``-`` and ``_``, no two of those together and none first.
    """

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        """The knowledge base of that name, over the objects under ``prefix`` (1-300 characters).

        It is made if there is none; None while that is going on: ask again in a minute. Repeating it, with
        the same ``token``, makes one. After a ``remove``, another token makes another, and the same one none.
        """
        ...

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        """Begin to read what came, changed or went. False while an earlier reading goes on: ask again.

        Repeating it with the same ``token`` begins one. Raises ``NoKnowledgeBase``.
        """
        ...

    def remove(self, name: str) -> bool:
        """Remove the knowledge base with everything that it read; that there is none is no error.

        False while that is going on: ask again in a minute.
        """
        ...
