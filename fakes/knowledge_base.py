"""Knowledge bases in memory. They read no document, but record what they should read."""

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
    """Implements ``KnowledgeBases``. Work that was started ends when the test calls ``finish``.

    ``prefixes`` has the prefix of each existing base by its name. ``syncs`` has the name of the base for each reading,
    oldest first.
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
        """Make the next call raise ``failure``. If this is called several times, each of the next calls raises one
        failure, in order.
        """
        self._failures.append(failure)

    def finish(self) -> None:
        """Finish all creations, readings and removals that were started."""
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
                return None  # as Bedrock: the base of this token was removed, and it makes no second one
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
            raise ValueError("name is not a valid name of a knowledge base")

    def _fail(self) -> None:
        if self._failures:
            raise self._failures.popleft()
