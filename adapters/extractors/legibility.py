"""Decides whether the letters that a PDF gives for its glyphs are a readable text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

_NOISE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
"""Characters that stand for a glyph whose letter is unknown."""
_GLYPH_NAMES = re.compile(
    r"(?<![^\W_])(?<![)\]}])(?:/(?:[a-zA-Z]{1,5}\d[0-9A-F]{0,4}|[gG][0-9A-F]{2}|uni[0-9A-F]{4})(?![\w.:-]*[:.]))+"
)
"""Matches the names of a word's glyphs, such as ``/G54/G68/G65``."""
_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)")
_FEWEST_NAMES = 3
"""If most names stand alone or in pairs, they are no names of glyphs: fractions, units, paths and options look alike."""
_SLASHED_NAME = re.compile(r"/[A-Za-z][\w.]*")
_HARMED = re.compile(rf"[^\W\d_]{_NOISE.pattern}+[^\W\d_]")
_FEWEST_HARMED = 5
_LACKING = 0.05
"""The least share of words with an unknown letter of which the learner is told. Signs of formulas stand alone."""
_TRUSTED_NOISE = 0.02
_TOLERATED_NOISE = 0.06
"""A page with at most this share of noise is not read by another reader: the noise is signs of formulas, which the
other reader does not know either.
"""
_UNREADABLE_NOISE = 0.15
_UNREADABLE_LINES = 0.3
"""If a larger share of a page's characters is in noisy lines, only clean lines that look like words are kept."""
_FEWEST_LETTERS = 40
_WORD = re.compile(r"[^\W\d_]+")
_EASTERN_WORDS = re.compile("[\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]{4}")
"""A line that matches looks like words. Chinese and Japanese have no spaces between words, so words are not counted
there.
"""
_FEWEST_IN_WORDS = 0.4
"""If a smaller share of a page's letters is in words of several letters, spaces stand between the letters of its words.
"""
_SAMPLE = 4000
_HALF_SAMPLE = 2000
_SHORT_SAMPLE = 1000
_MOST_BLOCKS = 6
_USUAL_BLOCKS = frozenset((0x00, 0x01, 0x03, 0x04, 0x1E, 0x1F, 0xFB, 0xFE, 0xFF))
"""Blocks of 256 characters each: Latin, Greek, Cyrillic, ligatures and forms. A text in several other blocks is no real
text.
"""
_USUAL_SCRIPTS = frozenset(
    "LATIN GREEK CYRILLIC CJK HIRAGANA KATAKANA KATAKANA-HIRAGANA HANGUL FULLWIDTH HALFWIDTH MATHEMATICAL MODIFIER"
    " FEMININE MASCULINE MICRO DOUBLE-STRUCK SCRIPT BLACK-LETTER OHM KELVIN ANGSTROM".split()
)
_FEWEST_MIXED = 0.3
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
"""Common words of European languages. A text of a few sentences contains several of them."""
_COMMON_CHINESE = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日"
    "者意无力它与长把十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见"
    "利什二等产或新己制身個們來為國說時會對後過發經麼學現當沒動還進樣開從實無與長關點業將兩間問應戰頭體見"
    "產於語書名月内"
)
"""Every Chinese text has many of these characters. A text of random Chinese characters has few."""
_FEWEST_CHINESE = 80
"""A text with fewer Chinese characters is not judged by them."""
_MOSTLY = 0.9
"""The least share of Chinese characters among the letters of a Chinese text. Japanese mixes them with other letters."""
_FEWEST_COMMON_CHINESE = 0.06
"""The least share of common characters among the Chinese characters of a legible text."""
_RUNNING_CHINESE = re.compile("[\u4e00-\u9fff，。；：？！、]{16,}")
"""Chinese characters in a row, with the marks between them. Lists of words and names have spaces or ends of lines
between fewer of them.
"""
_CHINESE_MARKS = re.compile("[，。；：？！、]+")
_LONGEST_NAMES = 4.5
"""The largest average length, in characters, of the names in a list with marks between them. The parts of a sentence
between marks are longer.
"""
_AFTER_FULL_LINE = re.compile("(?<=[\u4e00-\u9fff，。；：？！、]{16})\r?\n")
_MOST_DIFFERENT = 0.9
"""If the number of different letters is at least this share of all letters, the text is a list of letters. Prose
repeats its letters.
"""
_TRIGRAMS = re.compile(
    "the|and|ing|ion|ent|her|der|die|sch|ein|und|que|les|est|con|del|ado|ment|ati|pre|pro|sta|ter"
)
"""Common letter sequences of European languages. They identify a text that has no spaces between its words."""
_SHIFTS = [
    {code: code + shift for code in range(max(32 - shift, 33), min(127, 127 - shift))}
    for shift in range(-31, 32)
    if shift
]
"""Tables that shift characters by -31 to 31 code points. A space stays a space, because some fonts shift only the
letters.
"""
_MOST_COMMON = 0.15
"""A text with at least this share of common words is not shifted. A shifted text has some of them by chance."""
_TIMES_COMMON = 3
"""Shifted back, a text must have at least this many times the common words or trigrams that it had before."""
_FEWEST_COMMON = 0.2
"""Shifted back, a text must have at least this share of common words."""
_FEWEST_TRIGRAMS = 0.04
"""Shifted back, a text without spaces between words must have this many trigrams per character."""
_FEWEST_WORDS = 8
_LONGEST_WORDS = 15
"""In characters. If words are longer on average, spaces between words are missing."""
_FEWEST_SIGNS = 16
"""The least number of different characters in a text of words. A table of numbers has fewer."""
_FEWEST_DIFFERENT = 4
_USUAL_LETTERS = "eatinosr"
_FEWEST_USUAL = 0.4
"""The least share of these eight letters in prose. Usually they are about half of all characters."""
_FEWEST_OF_ONE = 0.5
_MOST_OF_LETTERS = 0.1
_USUAL_PAIRS = frozenset(
    (
        "ac ad ag ai ak al am an ap ar as at av ba be bi bo bu ca ce ch ci co da de di do ec ed ei ek el em en er "
        "es et fi fo ga ge gi ha he hi ia ic id ie ig ik il im in io ir is it ja je ka ke ki ko ku la le li ll lo "
        "lu ma me mi mo na nd ne ng ni no ns nt nu od ok ol om on op or os ot ou pa pe po pr pu ra re ri ro rt ru "
        "sa se si sk so ss st su ta te th ti to tr tu ul um un ur us ut va ve vi ya"
    ).split()
)
"""The 130 most common pairs of neighbouring letters in 39 languages with Latin letters, accents left out."""
_FEWEST_USUAL_PAIRS = 0.42
"""The least share of usual pairs in the words of a text. It is .5 or more in 77 languages. Where each letter stands for
another one, it is .4 or less in 97 of 100 texts.
"""
_FEWEST_REPEATED = 0.05
"""The least share of words in running text that stood there before."""
_FEWEST_PAIRS = 100
"""The fewest pairs of letters from which a text is judged as substituted."""
_MOST_COMMON_BY_CHANCE = 0.02
_MOSTLY_WORDS = 0.4
"""The least share of words among the parts of a text between white space. Formulas and listings have fewer."""
_WHOLE_WORD = re.compile(r"(?<![^\s(\"'“‘¿¡])[^\W\d_]{3,}(?=[\s.,;:!?)\"'”’-]|$)")
"""Matches a word of at least three letters between white space, perhaps with punctuation marks."""
_ACCENT = re.compile("[\u0300-\u036f]")
_NO_LETTERS = ("So", "Cc", "Cf", "Cn", "Co")
"""The Unicode categories of characters that replace an unknown letter. Dashes and dots are not among them, because
authors draw lines of them.
"""


@lru_cache(maxsize=1)  # of a page, it is asked for several times
def noise_in(text: str) -> float:
    """The share of characters that stand for unknown letters, 0 to 1. White space does not count."""
    ink = len(text) - text.count(" ") - text.count("\n") - text.count("\r")
    if not ink:
        return 0.0
    is_clean = text.isascii() and "".join(text.splitlines()).isprintable()  # this is faster than the pattern
    noise = 0 if is_clean else len(_NOISE.findall(text))
    if "(cid:" in text:
        noise += sum(map(len, _GLYPH_NUMBER.findall(text)))
    if "/" in text:
        named = _GLYPH_NAMES.findall(text)
        letters = sum(map(len, named))
        words = sum(len(names) for names in named if names.count("/") >= _FEWEST_NAMES)
        noise += letters if 2 * words >= letters else 0
    return min(1.0, noise / ink)


def may_be_read_better(text: str) -> bool:
    """Whether another reader should try the page: letters are unknown, wrong, or spaced apart."""
    if noise_in(text) > _TOLERATED_NOISE:
        return True
    return not _is_surely_prose(text) and (_is_spaced_apart(text) or _has_wrong_letters(text))


def readable_part(text: str) -> tuple[str, bool]:
    """The readable lines of ``text``, and whether the lost part, lines or letters, is so large that the learner should
    be warned.
    """
    if not _is_surely_prose(text) and _has_wrong_letters(text):
        return "", True
    if noise_in(text) <= _TRUSTED_NOISE:
        return text, False
    lines = text.splitlines()
    unreadable = [line for line in lines if noise_in(line) > _UNREADABLE_NOISE]
    lost = sum(map(len, unreadable))
    if not unreadable:
        return text, _lacks_letters(text)
    if lost <= _UNREADABLE_LINES * len(text):
        kept = "\n".join(line for line in lines if noise_in(line) <= _UNREADABLE_NOISE)
        return kept, lost > _FEWEST_LETTERS or _lacks_letters(kept)
    # Clean lines between many noisy ones may be letters by chance. They are kept only if they look like words.
    kept = "\n".join(line for line in lines if noise_in(line) <= _TRUSTED_NOISE and _has_words(line))
    return ("" if _has_wrong_letters(kept) else kept), True


def _lacks_letters(text: str) -> bool:
    """Whether letters within many words are unknown, as where a font has no map for those of Turkish or Polish."""
    harmed = len(_HARMED.findall(text))
    return harmed >= _FEWEST_HARMED and harmed >= _LACKING * len(_WORD.findall(text))


def is_better(other: str, text: str) -> bool:
    """Whether ``other`` is clearly a better reading of the page than ``text``."""
    old, new = _letters_in_words(text), _letters_in_words(other)
    return new > 1.05 * old + 5


def without_glyph_names(other: str, text: str) -> str:
    """``other``, pypdf's reading of a page, without the names of glyphs, such as ``/noteheads.s0``. ``text`` is pdfium's
    reading. A name that is in both readings is a path that the page shows, and stays.
    """
    return _SLASHED_NAME.sub(lambda name: name[0] if name[0] in text else "", other)


def _letters_in_words(text: str) -> float:
    """The number of letters in words of at least two letters; 0 if the letters are wrong ones."""
    if _has_wrong_letters(text):
        return 0.0
    lines = [line for line in text.splitlines() if noise_in(line) <= _UNREADABLE_NOISE]
    return float(sum(len(word) for line in lines for word in _WORD.findall(line) if len(word) > 1))


def _has_words(line: str) -> bool:
    return sum(len(word) >= 3 for word in _WORD.findall(line)) >= 2 or _EASTERN_WORDS.search(line) is not None


@lru_cache(maxsize=1)
def _is_surely_prose(text: str) -> bool:
    """Whether the first words are common words of a European language. If so, most pages need no slower check."""
    words = text[:_SHORT_SAMPLE].lower().split()
    common = sum(len(word) > 1 for word in filter(_COMMON.__contains__, words))
    return len(words) >= _FEWEST_WORDS and common >= _FEWEST_COMMON * len(words) and text.isascii()


def _is_spaced_apart(text: str) -> bool:
    """Whether spaces stand between the letters of words: ``w o r d s``."""
    sample = text[:_SHORT_SAMPLE]
    lengths = list(map(len, _WORD.findall(sample)))
    letters, single = sum(lengths), lengths.count(1)
    if letters < _FEWEST_LETTERS or ord(max(sample)) >> 8 >= _FIRST_CJK:
        return False
    return letters - single < _FEWEST_IN_WORDS * letters


@lru_cache(maxsize=1)
def _has_wrong_letters(text: str) -> bool:
    """Whether the letters of the text differ from those on the page: they are numbers of glyphs, or a shifted alphabet."""
    sample = text[:_SAMPLE]
    if not sample.isascii() and (
        _is_of_many_scripts(sample) or _mixes_scripts(sample) or _is_of_rare_letters(sample)
    ):
        return True
    return _repeats_one_sign(sample) or _is_shifted(sample) or _is_substituted(sample)


def _is_of_rare_letters(text: str) -> bool:
    """Whether most letters are letters that languages use only beside others, such as those of phonetic scripts, or
    whether running Chinese text has hardly any of the commonest characters. A list of letters or words is not judged.
    """
    letters = list(filter(str.isalpha, text))
    if len(letters) < _FEWEST_LETTERS or len(set(letters)) >= _MOST_DIFFERENT * len(letters):
        return False
    if sum("\u0180" <= letter <= "\u02ff" for letter in letters) > _FEWEST_OF_ONE * len(letters):
        return True
    chinese = sum("\u4e00" <= letter <= "\u9fff" for letter in letters)
    return (
        chinese >= max(_FEWEST_CHINESE, _MOSTLY * len(letters))
        and sum(map(_COMMON_CHINESE.__contains__, letters)) < _FEWEST_COMMON_CHINESE * chinese
        and _running_chinese(text) > _FEWEST_OF_ONE * chinese
    )


def _running_chinese(text: str) -> int:
    """The number of Chinese characters that stand in sentences rather than in lists of names."""
    found = 0
    for run in _RUNNING_CHINESE.findall(_AFTER_FULL_LINE.sub("", text)):
        parts = list(map(len, filter(None, _CHINESE_MARKS.split(run))))
        if sum(parts) > _LONGEST_NAMES * len(parts):
            found += sum(parts)
    return found


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
    """Whether every letter is shifted by the same number of code points: ``7KH`` instead of ``The``."""
    text = text[:_SHORT_SAMPLE]
    if len(text) < _FEWEST_LETTERS or len(set(text)) < _FEWEST_SIGNS:
        return False
    words = text.lower().split()
    own = sum(map(_COMMON.__contains__, words))
    if len(words) >= _FEWEST_WORDS and own >= _MOST_COMMON * len(words):
        return False
    chance = len(_TRIGRAMS.findall(text.lower()))
    return any(
        _is_prose(moved, own=own, chance=chance)
        for moved in map(text.translate, _SHIFTS)
        if sum(map(moved.count, _USUAL_LETTERS)) >= _FEWEST_USUAL * len(moved)
    )


def _is_substituted(text: str) -> bool:
    """Whether each letter stands for another one: in no language are the words' pairs of letters so frequent.
    Words in capitals are not judged: they may be codes of airports or currencies. A list is not judged either: its words
    may be rare ones, but it repeats hardly any, as running text does in every alphabet.
    """
    text = text[:_HALF_SAMPLE]
    parts = text.lower().split()
    if sum(len(part) > 2 for part in filter(_COMMON.__contains__, parts)) > _MOST_COMMON_BY_CHANCE * len(
        parts
    ):
        return False  # nearly all pages end here, before the slower check
    words = [word.lower() for word in _WHOLE_WORD.findall(text) if not word.isupper()]
    if len(words) < max(1.0, _MOSTLY_WORDS * len(parts)):
        return False
    letters = _WORD.findall(text.lower())
    if len(letters) - len(set(letters)) < _FEWEST_REPEATED * len(letters):
        return False
    own = " ".join(set(words))
    if not own.isascii():
        own = _ACCENT.sub("", unicodedata.normalize("NFD", own))
    pairs = [
        f"{first}{second}" for first, second in pairwise(own) if "a" <= first <= "z" and "a" <= second <= "z"
    ]
    usual = sum(map(_USUAL_PAIRS.__contains__, pairs))
    return len(pairs) >= _FEWEST_PAIRS and usual < _FEWEST_USUAL_PAIRS * len(pairs)


def _is_prose(text: str, *, own: int, chance: int) -> bool:
    """Whether ``text`` (shifted back) is prose. Before the shift it had ``own`` common words and ``chance`` trigrams;
    now it must have far more.
    """
    words = [word.strip(".,;:()") for word in text.lower().split()]
    common = [word for word in words if word in _COMMON]
    if (
        len(words) >= _FEWEST_WORDS
        and len(common) >= max(_FEWEST_COMMON * len(words), _TIMES_COMMON * own)
        and len(set(common)) >= _FEWEST_DIFFERENT
        and any(len(word) > 2 for word in common)
    ):
        return True
    trigrams = len(_TRIGRAMS.findall(text.lower()))
    return len(text) > _LONGEST_WORDS * len(words) and trigrams >= max(
        _FEWEST_TRIGRAMS * len(text), _TIMES_COMMON * chance
    )


def _repeats_one_sign(text: str) -> bool:
    """Whether the text has hardly any letter or digit, and mostly repeats one sign, such as a box or a question mark."""
    ink = "".join(text.split())
    if len(ink) < _FEWEST_LETTERS or sum(map(str.isalnum, ink)) > _MOST_OF_LETTERS * len(ink):
        return False
    sign, count = Counter(ink).most_common(1)[0]
    return count > _FEWEST_OF_ONE * len(ink) and (sign == "?" or unicodedata.category(sign) in _NO_LETTERS)


def _mixes_scripts(text: str) -> bool:
    """Whether many words (at least 30 %) mix letters of scripts that are never written together."""
    words = [word for word in text.split() if sum(map(str.isalpha, word)) > 2]
    mixed = sum(len({*map(_script, filter(str.isalpha, word))} - _USUAL_SCRIPTS) > 1 for word in words)
    return len(words) >= _FEWEST_WORDS and mixed > _FEWEST_MIXED * len(words)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
