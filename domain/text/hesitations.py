"""Takes hesitations out of an English sentence, because a grammar takes them for words: it finds no verb in *the er heart
um pumps*.
"""

from __future__ import annotations

import re

from ports.text.regexes import regex

_SOUNDS = r"u+m+|u+h+m*|e+r+m*|e+h+|a+h+|h+m+|m+h*m+"
_PHRASES = (
    r"like|(?<!\bas )(?<!\bless )(?<!\bmore )(?<!\bvery )(?<!\bhow )well"
    r"|(?<!, )(?<!\band )so(?! (?:that|as|much|many|far|few|little)\b)"
    "|okay|ok|yeah|you know|you see|i mean|i guess|sort of|kind of|basically|actually|literally"
)
"""*Less well* and *, so* have a meaning."""
_ALONE = r"(?<![\w'’\0-])(?:{words})(?![\w'’-])"
_MEANT = "\0"
"""Stands before a word that is no hesitation."""


def _runs(words: str) -> re.Pattern[str]:
    """Finds one or several of the words in a row, with the commas around them."""
    one = _ALONE.format(words=words)
    return regex(rf"(,?) ?{one}(?:[, ]+{one})*(,?)", re.IGNORECASE)


_HESITATIONS = _runs(_SOUNDS)
_FILLERS = _runs(f"{_SOUNDS}|{_PHRASES}")
_ANY = regex(_ALONE.format(words=f"{_SOUNDS}|{_PHRASES}"), re.IGNORECASE)
_UNIT = regex(rf"(?<=\d )(?:{_SOUNDS})(?![\w'’-])", re.IGNORECASE)
"""A sound after a number is a unit: *5 mm*."""
_WORD = regex(r"[\w'’-]+")


def without_hesitations(sentence: str, known: str = "") -> str:
    """The sentence without *um*, *er* and the like, but with those of them that the ``known`` text has too: there, *ER*
    is a name.
    """
    return _without(_HESITATIONS, sentence, known)


def without_fillers(sentence: str, known: str = "") -> str:
    """The sentence also without words that mostly fill a pause, such as *like* and *well*, if the ``known`` text does not
    have them too. Some of them may have had a meaning.
    """
    return _without(_FILLERS, sentence, known)


def _without(found: re.Pattern[str], sentence: str, known: str) -> str:
    words = f" {' '.join(_WORD.findall(known.lower()))} "
    marked = _ANY.sub(
        lambda one: f"{_MEANT}{one[0]}" if f" {one[0].lower()} " in words else one[0],
        " ".join(sentence.split()),
    )
    marked = _UNIT.sub(lambda one: f"{_MEANT}{one[0]}", marked)
    # A hesitation between two commas was put in; one comma may separate what stands around it.
    bare = found.sub(lambda one: "," if bool(one[1]) is not bool(one[2]) else "", marked)
    return bare.replace(_MEANT, "").strip(" ,") if bare != marked else sentence
