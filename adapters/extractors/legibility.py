"""Whether what a PDF's fonts tell of its letters is a text that can be read."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

_NOISE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
"""Characters that stand for a glyph whose letter is not known."""
_GLYPH_NAMES = re.compile(r"/(?:[a-zA-Z]{1,5}\d{1,5}|uni[0-9A-F]{4})(?![\w/.:-]*[:.])|\(cid:\d+\)")
_TRUSTED_NOISE = 0.02
_TOLERATED_NOISE = 0.06
"""Signs of formulas, which no reader knows: not worth another reading of the page."""
_UNREADABLE_NOISE = 0.15
_UNREADABLE_LINES = 0.3
"""If a larger share of a page's characters stands in noisy lines, only clean lines of words are kept."""
_FEWEST_LETTERS = 40
_WORD = re.compile(r"[^\W\d_]+")
_FEWEST_IN_WORDS = 0.4
"""If a smaller share of a page's letters stands next to a letter, its words are spaced apart."""
_SAMPLE = 4000
_SHORT_SAMPLE = 1000
_MOST_BLOCKS = 6
_USUAL_BLOCKS = frozenset((0x00, 0x01, 0x03, 0x04, 0x1E, 0x1F, 0xFB, 0xFE, 0xFF))
"""Of 256 characters: Latin, Greek, Cyrillic, ligatures and forms. A text in several other ones is made up."""
_FIRST_CJK, _LAST_CJK = 0x2E, 0xD7
_COMMON = frozenset(
    "the of and to in is that for with as are was on by this from or be an at it not "
    "der die das und ist ein eine zu mit den von im auf des nicht "
    "le la les de des du et un une que est dans pour par sur qui il "
    "el los las y en una por con se del al su "
    "di che il per non sono della il na do da em um uma com para os ao "
    "het een van en op te dat och att det som en av på og til er "
    "nie na się do jest to se je na za že "
    "ja on ei että se ve bir bu da için ne és az egy nem hogy si la cu pe".split()
)
"""Words of which every text of some sentences has several, in European languages."""
_SHIFTS = [
    {code: code + shift for code in range(max(33, 33 - shift), min(127, 127 - shift))}
    for shift in range(-31, 32)
    if shift
]
_MOST_COMMON = 0.05
"""A shifted text has less than this share of known words."""
_FEWEST_WORDS = 8
_FEWEST_COMMON = 0.2
"""A shifted text has at least this share of known words once it is shifted back."""


@lru_cache(maxsize=1)  # of a page, it is asked for several times
def noise_in(text: str) -> float:
    """The share of characters that are no letters but noise, of all that are not white space."""
    ink = len(text) - text.count(" ") - text.count("\n") - text.count("\r")
    if not ink:
        return 0.0
    noise = len(_NOISE.findall(text))
    if "/" in text or "(cid:" in text:
        noise += sum(map(len, _GLYPH_NAMES.findall(text))) if _GLYPH_NAMES.search(text) else 0
    return min(1.0, noise / ink)


def may_be_read_better(text: str) -> bool:
    """Whether another reader should try: some letters are unknown, or stand apart, or are others."""
    return noise_in(text) > _TOLERATED_NOISE or _stand_apart(text) or _is_made_up(text)


def readable_part(text: str) -> tuple[str, bool]:
    """The lines of ``text`` that can be read, and whether so much cannot that a reader should be told."""
    if _is_made_up(text):
        return "", True
    if noise_in(text) <= _TRUSTED_NOISE:
        return text, False
    lines = text.splitlines()
    unreadable = [line for line in lines if noise_in(line) > _UNREADABLE_NOISE]
    lost = sum(map(len, unreadable))
    if not unreadable:
        return text, False
    if lost <= _UNREADABLE_LINES * len(text):
        return "\n".join(
            line for line in lines if noise_in(line) <= _UNREADABLE_NOISE
        ), lost > _FEWEST_LETTERS
    # What is left between such lines may be letters by chance: it must look like words.
    kept = "\n".join(line for line in lines if noise_in(line) <= _TRUSTED_NOISE and _has_words(line))
    return ("" if _is_made_up(kept) else kept), True


def is_better(other: str, text: str) -> bool:
    """Whether ``other`` is the better reading of the same page."""
    ours, theirs = _worth(text), _worth(other)
    return theirs > 1.05 * ours + 5


def _worth(text: str) -> float:
    """Letters that make words."""
    if _is_made_up(text):
        return 0.0
    lines = [line for line in text.splitlines() if noise_in(line) <= _UNREADABLE_NOISE]
    return float(sum(len(word) for line in lines for word in _WORD.findall(line) if len(word) > 1))


def _has_words(line: str) -> bool:
    return sum(len(word) >= 3 for word in _WORD.findall(line)) >= 2


def _stand_apart(text: str) -> bool:
    """Whether spaces stand between the letters of words: ``w o r d s``."""
    sample = text[:_SHORT_SAMPLE]
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    if letters < _FEWEST_LETTERS or ord(max(sample)) >> 8 >= _FIRST_CJK:
        return False
    single = sum(len(word) == 1 for word in words)
    return letters - single < _FEWEST_IN_WORDS * letters


@lru_cache(maxsize=1)
def _is_made_up(text: str) -> bool:
    """Whether the letters are others than those that are seen: numbers of glyphs, or a shifted alphabet."""
    sample = text[:_SAMPLE]
    if not sample.isascii() and _is_of_many_scripts(sample):
        return True
    return _is_shifted(sample)


def _is_of_many_scripts(text: str) -> bool:
    blocks = Counter(ord(character) >> 8 for character in text if character.isalpha())
    letters = sum(blocks.values())
    rare = [
        count
        for block, count in blocks.items()
        if block not in _USUAL_BLOCKS and not _FIRST_CJK <= block <= _LAST_CJK
    ]
    return letters >= _FEWEST_LETTERS and len(rare) >= _MOST_BLOCKS and sum(rare) > 0.2 * letters


def _is_shifted(text: str) -> bool:
    """Whether every letter is some code points away from what is seen, as ``7KH`` is from ``The``."""
    text = text[:_SHORT_SAMPLE]
    words = text.lower().split()
    own = sum(map(_COMMON.__contains__, words))
    if len(words) < _FEWEST_WORDS or own >= _MOST_COMMON * len(words):
        return False
    fewest = max(_FEWEST_COMMON * len(words), 4 * own)
    for moved in map(text.translate, _SHIFTS):
        common = [word for word in moved.lower().split() if word.strip(".,;:()") in _COMMON]
        if len(common) >= fewest and any(len(word) > 2 for word in common):
            return True
    return False
