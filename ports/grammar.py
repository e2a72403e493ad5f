"""How the words of a sentence hang together: who does what to whom, and what is denied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Word:
    """One word or mark of a sentence."""

    text: str
    lemma: str
    """The dictionary form, in lower case unless it is a name."""
    part: str
    """The part of speech, by Universal Dependencies: ``NOUN``, ``VERB``, ``PROPN``, ``ADP``, ``PUNCT`` …"""
    relation: str
    """What it is to its head, by ClearNLP's labels for English: ``nsubj``, ``dobj``, ``neg``, ``amod`` …"""
    head: int
    """The place of its head among the sentence's words; its own place, if it is the root."""
    start: int
    end: int
    """Where it stands in the text, in code points."""
    entity: str = ""
    """The kind of name or quantity it is part of, by OntoNotes: ``PERSON``, ``ORG``, ``DATE`` …; "" for none."""


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    words: tuple[Word, ...]


class Grammar(Protocol):
    def parse(self, text: str) -> Sequence[ParsedSentence] | None:
        """The sentences of the text, in order, each word once; None in a language that it does not know.

        Repeatable: the same text has the same answer. A text without words has no sentences. Raises
        ``UpstreamError`` where there is a parser that cannot be used.
        """
        ...
