"""Chooses the passages of a quiz so that they cover all documents, all parts of each document, and many concepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.base.ids import derived_id
from domain.documents.passage import Passage

MAX_PASSAGES = 24
_MIN_CHARACTERS = 120
"""The least length of a passage to ask about, in characters. A shorter chunk is a heading or the end of a text."""


@dataclass(frozen=True, slots=True)
class Material:
    """A document's passages in order, and its concepts."""

    passages: tuple[Passage, ...]
    concepts: tuple[str, ...]


def passages_needed(questions: int) -> int:
    """The number of passages from which a quiz with this many questions is made."""
    return min(MAX_PASSAGES, 2 * questions + 2)


def spread(materials: Sequence[Material], count: int, *, focus: Sequence[str], seed: str) -> list[Passage]:
    """Up to ``count`` passages, spread evenly over the documents.

    Each document is divided into as many parts as it contributes passages. From each part comes the passage that
    mentions the most concepts. A concept of ``focus`` counts three more. ``seed`` decides between equal passages, so
    that two quizzes from the same documents differ.
    """
    worth = [_worthwhile(material.passages) for material in materials]
    shares = _fair_shares([len(passages) for passages in worth], count, seed)
    chosen: list[Passage] = []
    for material, passages, share in zip(materials, worth, shares, strict=True):
        wanted = [concept.casefold() for concept in material.concepts]
        sought = [concept.casefold() for concept in focus]
        for number in range(share):
            first, last = len(passages) * number // share, len(passages) * (number + 1) // share
            chosen.append(
                max(
                    passages[first:last],
                    key=lambda passage: (
                        _mentions(passage, wanted) + 3 * _mentions(passage, sought),
                        derived_id(seed, passage.file_id, str(passage.chunk_index)),
                    ),
                )
            )
    return chosen


def _worthwhile(passages: Sequence[Passage]) -> list[Passage]:
    kept = [passage for passage in passages if len(passage.text.strip()) >= _MIN_CHARACTERS]
    return kept or list(passages)


def _fair_shares(available: Sequence[int], count: int, seed: str) -> list[int]:
    """The number of passages to take from each document, ``count`` in all if there are enough. The documents take
    turns.
    """
    shares = [0] * len(available)
    order = sorted(range(len(available)), key=lambda index: derived_id(seed, str(index)))
    left = min(count, sum(available))
    while left:
        for index in order:
            if left and shares[index] < available[index]:
                shares[index] += 1
                left -= 1
    return shares


def _mentions(passage: Passage, concepts: Sequence[str]) -> int:
    text = passage.text.casefold()
    return sum(concept in text for concept in concepts)
