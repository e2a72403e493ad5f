"""A grammar that knows the sentences it was given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ports.grammar import ParsedSentence


class ScriptedGrammar:
    """Implements ``Grammar``: answers what it was given for a text, else None, and keeps what it was ``asked``."""

    def __init__(self, parses: Mapping[str, Sequence[ParsedSentence]] | None = None) -> None:
        self._parses = {text: tuple(sentences) for text, sentences in (parses or {}).items()}
        self.asked: list[str] = []

    def parse(self, text: str) -> Sequence[ParsedSentence] | None:
        self.asked.append(text)
        return self._parses.get(text)
