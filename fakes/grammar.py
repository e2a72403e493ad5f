"""A grammar that knows only the sentences that a test gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ports.grammar import ParsedSentence


class ScriptedGrammar:
    """Implements ``Grammar``. Returns the parse that a test gave for the text, or None. ``asked`` records the texts."""

    def __init__(self, parses: Mapping[str, Sequence[ParsedSentence]] | None = None) -> None:
        self._parses = {text: tuple(sentences) for text, sentences in (parses or {}).items()}
        self.asked: list[str] = []

    def parse(self, text: str, *, with_names: bool = True) -> Sequence[ParsedSentence] | None:
        self.asked.append(text)
        return self._parses.get(text)
