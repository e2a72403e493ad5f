"""Splits texts of any script into words. The core, the adapters and the fakes use it.

A word is a run of letters, digits and their marks. Words are compared in a folded form: letter case, accents and the
optional vowel signs of Arabic and Hebrew are removed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ports.text.regexes import regex

_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0970-\u0df3\u0f35-\u0fbc"
)
_ABUGIDAS = "\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u1049\u1780-\u17d3"
"""Thai, Lao, Burmese and Khmer are written without spaces. Three characters are about one syllable. Two different texts
often share two characters by chance.
"""
_PAIRED = (
    "\u1100-\u11ff\u3005-\u3007\u3041-\u3096"
    "\u3099-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003134f"
)
"""Kana and Han are written without spaces. Hangul has spaces, but its particles are joined to the noun."""
_ASCII_WORD = regex(r"[a-z0-9]+")
_RUN = regex(f"[\\w{_MARKS}{_ABUGIDAS}{_PAIRED}]+")
_BY_SCRIPT = regex(f"([{_ABUGIDAS}]+)|([{_PAIRED}]+)|[^{_ABUGIDAS}{_PAIRED}]+")
_UNSPACED = regex(f"[{_ABUGIDAS}{_PAIRED}]")
_ABUGIDA = regex(f"[{_ABUGIDAS}]")
_FOLDED_AWAY = regex(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)
"""Accents, the optional vowel signs of Arabic and Hebrew, and the stroke that lengthens an Arabic word. The vowel signs
of Indic scripts and of Thai are letters and stay.
"""


def words(text: str) -> list[str]:
    """The words of ``text`` in order, folded. Empty if it has neither letters nor digits.

    A run of a script without spaces is one word; so is a run of Hangul. ``pieces`` splits such a word.
    """
    folded = text.lower() if text.isascii() else _folded(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    found: list[str] = []
    for run in _RUN.findall(folded.replace("_", " ")):
        if run.isascii():
            found.append(run)
        else:
            found += [word.group() for word in _BY_SCRIPT.finditer(run)]
    return found


def placed_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Each word of ``text`` with its ``start`` and ``end``. The word is folded; the positions are those in ``text``."""
    spaced = text.replace("_", " ")
    for run in _RUN.finditer(spaced):
        for found in _BY_SCRIPT.finditer(run.group()):
            folded = "".join(words(found.group()))
            if folded:
                yield folded, run.start() + found.start(), run.start() + found.end()


def is_unspaced(text: str) -> bool:
    """Whether ``text`` has a character of a script that is written without spaces, or of Hangul."""
    return _UNSPACED.search(text) is not None


def pieces(word: str) -> list[str]:
    """The overlapping pieces of a word of a script without spaces, each of ``piece_length`` characters. A shorter word
    is one piece.
    """
    length = piece_length(word)
    return [word[at : at + length] for at in range(max(1, len(word) - length + 1))]


def piece_length(word: str) -> int:
    """The number of characters, 2 or 3, that carry about as much meaning as a short word, in the script of this word."""
    return 3 if _ABUGIDA.match(word) else 2


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _FOLDED_AWAY.sub("", decomposed))
