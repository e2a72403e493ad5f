"""Knowledge bases in memory: nothing is read, but it is known what was to be."""

from __future__ import annotations

import re
from collections import deque
from itertools import count

from ports.knowledge_base import (
    MAX_NAME_CHARACTERS,
    MAX_PREFIX_CHARACTERS,
    KnowledgeBase,
    NoKnowledgeBase,
)

_NAME = re.compile(r"([0-9a-zA-Z][_-]?)+")


class SlowKnowledgeBases:
    """Implements ``KnowledgeBases``: what was begun is done when the test calls ``finish``.

    ``prefixes`` are those of the open bases by name; ``syncs`` the names of those read, one a reading.
    """

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.syncs: list[str] = []
        self._bases: dict[str, KnowledgeBase] = {}
        self._making: set[str] = set()
        self._reading: set[str] = set()
        self._removing: set[str] = set()
        self._tokens: set[str] = set()
        self._failures: deque[Exception] = deque()
        self._numbers = count(1)

    def fail_next(self, failure: Exception) -> None:
        """Raise ``failure`` at the next call not yet provided for."""
        self._failures.append(failure)

    def finish(self) -> None:
        """What goes on comes to its end."""
        for name in self._removing:
            del self._bases[name], self.prefixes[name]
        self._making.clear()
        self._reading.clear()
        self._removing.clear()

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        self._check(name)
        if not 0 < len(prefix) <= MAX_PREFIX_CHARACTERS:
            raise ValueError("prefix must have 1 to 300 characters")
        if name not in self._bases:
            if token in self._tokens:
                return None  # as Bedrock: what it made was removed, and it makes no other
            self._tokens.add(token)
            number = next(self._numbers)
            self._bases[name] = KnowledgeBase(f"KB{number:08}", f"DS{number:08}")
            self.prefixes[name] = prefix
            self._making.add(name)
        return None if name in self._making | self._removing else self._bases[name]

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        self._fail()
        name = next((name for name, known in self._bases.items() if known == base), None)
        if name is None:
            raise NoKnowledgeBase
        if token in self._tokens:
            return True
        if name in self._reading:
            return False
        self._tokens.add(token)
        self._reading.add(name)
        self.syncs.append(name)
        return True

    def remove(self, name: str) -> bool:
        self._check(name)
        if name in self._bases:
            self._removing.add(name)
        return name not in self._bases

    def _check(self, name: str) -> None:
        self._fail()
        if not _NAME.fullmatch(name) or len(name) > MAX_NAME_CHARACTERS:
            raise ValueError("a name that no knowledge base may have")

    def _fail(self) -> None:
        if self._failures:
            raise self._failures.popleft()
