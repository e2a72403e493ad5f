"""The grammar of a sentence: who does what to whom, and what is denied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Word:
    """One word or punctuation mark of a sentence."""

    text: str
    lemma: str
    """The dictionary form, in lower case unless it is a name."""
    part: str
    """The part of speech, by Universal Dependencies: ``NOUN``, ``VERB``, ``PROPN``, ``ADP``, ``PUNCT`` …"""
    relation: str
    """The relation to its head, by ClearNLP's labels for English: ``nsubj``, ``dobj``, ``neg``, ``amod`` …"""
    head: int
    """The index of its head among the sentence's words. The root has its own index."""
    start: int
    end: int
    """``start`` and ``end`` are the place of the word in the text, in code points."""
    entity: str = ""
    """The kind of name or quantity that it is part of, by OntoNotes: ``PERSON``, ``ORG``, ``DATE`` …; "" for none."""


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """The words of a sentence, in order."""

    words: tuple[Word, ...]


class Grammar(Protocol):
    def parse(self, text: str, *, with_names: bool = True) -> Sequence[ParsedSentence] | None:
        """The sentences of the text, in order, with each word once; None if the grammar does not know the language.

        Without ``with_names``, which may take half of the time, ``entity`` is "" for every word.

        The same text always gives the same result. A text without words has no sentences. Raises ``UpstreamError`` if a
        parser is installed but does not work.
        """
        ...
