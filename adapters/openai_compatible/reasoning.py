"""Removes a model's reasoning from its reply, if the server left it in the text.

Reasoning stands before the reply, either between tags that differ by model, or in channels. Some templates write the
opening tag themselves, so that only the closing tag is in the text. For such a model, the reply is held back until the
closing tag has arrived.
"""

from __future__ import annotations

import re

_TAGS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel>", "<channel|>"),
)
_FINAL_CHANNEL = re.compile(
    r"<\|channel\|>\s*final[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>", re.IGNORECASE
)
_CHANNELS = ("<|channel|>", "<|start|>")
_FINAL_WORD = re.compile(r"assistant\s?final")
_ANALYSIS = re.compile(r"analysis(?=[A-Z\"'(])")
"""Matches the beginning of a reply in channels if the server has removed the marks of the channels."""
_CHANNEL_ENDS = re.compile(r"<\|(?:return|end|start|channel|call)\|>")

_OPENINGS = [
    *((opening.casefold(), re.compile(re.escape(closing), re.IGNORECASE)) for opening, closing in _TAGS),
    *((opening, _FINAL_CHANNEL) for opening in _CHANNELS),
]
_ANY_OPENING = re.compile("|".join(re.escape(opening) for opening, _ in _TAGS), re.IGNORECASE)
_ANY_CLOSING = re.compile("|".join(re.escape(closing) for _, closing in _TAGS), re.IGNORECASE)
_LONGEST_MARK = 80
"""The most characters that are kept because they may be the beginning of a mark. No mark above is longer."""


class UnmarkedReasoning(Exception):
    """Raised if text that was already shown as the reply is reasoning: a closing tag came, but its opening tag never
    did.
    """


class ReasoningFilter:
    """Filters one reply, piece by piece, so that only the part without reasoning is shown.

    ``held`` means that the reply may begin with reasoning without an opening tag. Then nothing is shown before the
    reasoning or the reply has ended. Afterwards, ``unmarked`` says whether there was such reasoning.
    """

    def __init__(self, *, held: bool) -> None:
        self.unmarked = False
        self._held = held
        self._head = ""
        self._is_begun = False
        self._closing: re.Pattern[str] | None = None
        self._is_stripped = False
        self._tail = ""
        self._opened = False
        self._waiting: list[str] = []
        self._in_channel = False
        self._has_ended = False

    def feed(self, piece: str) -> list[str]:
        """Add a piece of the reply, and return the pieces that can be shown now. Raises ``UnmarkedReasoning``."""
        if self._has_ended or not piece:
            return []
        if self._closing is not None:
            return self._inside(piece, self._closing)
        if not self._is_begun:
            return self._at_head(piece)
        if self._in_channel:
            return self._of_channel(piece)
        return self._watched(piece)

    def end(self, *, with_held: bool = True) -> list[str]:
        """End the reply, and return the remaining pieces to show. If ``with_held`` is false, pieces that were held back
        are dropped.
        """
        waiting = self._waiting if with_held else []
        tail = self._tail if self._in_channel and not self._has_ended else ""
        rest = [piece for piece in [*waiting, self._head, tail] if piece]
        self._waiting, self._head, self._has_ended = [], "", True
        return rest

    def _at_head(self, piece: str) -> list[str]:
        self._head += piece
        text = self._head.lstrip()
        folded = text.casefold()
        for opening, closing in _OPENINGS:
            if folded.startswith(opening):
                return self._reasoning(text if opening in _CHANNELS else text[len(opening) :], closing)
        if _ANALYSIS.match(text):
            return self._reasoning(text, _FINAL_WORD)
        if any(opening.startswith(folded) for opening, _ in _OPENINGS) or "analysis".startswith(text):
            return []
        head = text if self._is_stripped else self._head
        self._head, self._is_begun = "", True
        return self._watched(head)

    def _reasoning(self, text: str, closing: re.Pattern[str]) -> list[str]:
        self._closing, self._head, self._tail = closing, "", ""
        return self._inside(text, closing)

    def _inside(self, piece: str, closing: re.Pattern[str]) -> list[str]:
        text = self._tail + piece
        closed = closing.search(text)
        if closed is None:
            self._tail = text[-_LONGEST_MARK:]
            return []
        self._closing, self._tail = None, ""
        if closing is _FINAL_CHANNEL:
            self._is_begun, self._in_channel = True, True
            return self._of_channel(text[closed.end() :])
        return self._after_reasoning(text[closed.end() :])

    def _after_reasoning(self, text: str) -> list[str]:
        self._is_begun, self._is_stripped, self._held = False, True, False
        return self._at_head(text) if text else []

    def _of_channel(self, piece: str) -> list[str]:
        """The text of the final channel, up to the mark that ends the channel."""
        text = self._tail + piece
        ended = _CHANNEL_ENDS.search(text)
        if ended is not None:
            self._tail, self._has_ended = "", True
            return [text[: ended.start()]] if ended.start() else []
        mark = text.rfind("<")
        cut = mark if mark >= 0 and len(text) - mark <= _LONGEST_MARK else len(text)
        shown, self._tail = text[:cut], text[cut:]
        return [shown] if shown else []

    def _watched(self, piece: str) -> list[str]:
        text = self._tail + piece
        opened, closed = _ANY_OPENING.search(text), _ANY_CLOSING.search(text)
        if opened is not None and (closed is None or opened.start() < closed.start()):
            self._opened = True
        if closed is not None and not self._opened:
            self.unmarked = True
            if not self._held:
                raise UnmarkedReasoning
            self._waiting, self._tail = [], ""
            return self._after_reasoning(text[closed.end() :])
        self._tail = text[-_LONGEST_MARK:]
        if self._held:
            self._waiting.append(piece)
            return []
        return [piece]
