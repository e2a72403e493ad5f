"""Writes files of flashcards for programs that learners use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PackagedCard:
    """A flashcard in a file."""

    card_id: str
    """The id of the card. It is the same in each file, so that a program that has the card updates it."""
    front: str
    back: str
    """Front and back are plain text: what looks like markup is shown as it is written."""


class CardPackage(Protocol):
    def packed(self, title: str, cards: Sequence[PackagedCard]) -> bytes:
        """A file with the cards in one deck with this title, in the given order. ``cards`` may be empty."""
        ...
