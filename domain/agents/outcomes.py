"""The kinds of answers, and how the sentences of an answer are supported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Support = Literal["quoted", "unsupported"]
Outcome = Literal["answered", "partial", "not_found", "overview", "conversation"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and the numbers of its citations.

    ``start`` and ``end`` are its place in the answer, in UTF-16 code units, as JavaScript counts.
    """

    start: int
    end: int
    citations: tuple[int, ...]
    support: Support
