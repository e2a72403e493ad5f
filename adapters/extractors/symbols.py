"""The signs of the fonts Symbol and Wingdings, which files of Office contain as private characters from U+F000 on."""

from __future__ import annotations

import re

_NONE = "\0"
SYMBOL_FONT = {
    code: sign
    for code, sign in enumerate(
        " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_\0αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
        + 34 * _NONE
        + "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…|—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑"
        + 11 * _NONE
        + "⟩∫",
        0x20,
    )
    if sign != _NONE
}
"""The signs of the font Symbol by their codes there, without the pieces that tall brackets are drawn of."""
_WRITTEN_BY_WORD = {0xF04A: "☺", 0xF0E0: "→", 0xF0E8: "→"}
"""Signs of Wingdings that Word puts in place of the typed ``:-)``, ``-->`` and ``==>``."""
_SIGNS = {0xF000 + code: sign for code, sign in SYMBOL_FONT.items()} | _WRITTEN_BY_WORD
_BOXES = {0xF06F: "□", 0xF0A7: "▪", 0xF0A8: "□"}
"""Signs of Wingdings whose codes are also codes of Symbol. On a line with other signs of Symbol, they are read as signs
of Symbol.
"""
_WITH_BOX = re.compile("^.*[\uf06f\uf0a7\uf0a8].*$", re.MULTILINE)
_OF_SYMBOL = _SIGNS.keys() - _WRITTEN_BY_WORD.keys() - _BOXES.keys() - {0xF020, 0xF0B7}
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_BULLET = re.compile(
    "^([^\\S\n]*)(?:[\uf06c-\uf078\uf07d\uf09f\uf0a7\uf0a8\uf0b2\uf0b7\uf0d8\uf0e8\uf0fb-\uf0fe](?=[^\\S\n])"
    "|[\uf06f\uf0a7\uf0a8\uf0d8](?=[^\\W\\d_]{2}))",
    re.MULTILINE,
)
"""A bullet of Wingdings: a sign at the start of a line, before a space. Four of the signs may also stand before a word.
Elsewhere some of these codes are signs of Symbol.
"""
_WORDS = re.compile("[\uf041-\uf05a\uf061-\uf07a]{2,}")
"""Codes of letters in a row. They are words in some other font whose file does not name its letters, and not
signs.
"""


def with_symbols(text: str) -> str:
    """The text with signs in place of the private characters that are known. The others stay."""
    if text.isascii() or not _PRIVATE.search(text):
        return text
    text = _BULLET.sub("\\1•", text)
    text = _WITH_BOX.sub(_with_boxes, text)
    at = 0
    parts: list[str] = []
    for word in _WORDS.finditer(text):
        parts += text[at : word.start()].translate(_SIGNS), word[0]
        at = word.end()
    return "".join([*parts, text[at:].translate(_SIGNS)])


def _with_boxes(line: re.Match[str]) -> str:
    return line[0] if any(ord(sign) in _OF_SYMBOL for sign in line[0]) else line[0].translate(_BOXES)
