"""A file of flashcards for a program that learners have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PackagedCard:
    card_id: str
    """The same in each file, so that a program that knows the card updates it."""
    front: str
    back: str
    """Both are plain text: what looks like markup is shown as it is written."""


class CardPackage(Protocol):
    def packed(self, title: str, cards: Sequence[PackagedCard]) -> bytes:
        """The file, with the cards in one deck of that title, in their order. There may be none."""
        ...
