"""Takes hesitations out of an English sentence, because a grammar takes them for words: it finds no verb in *the er heart
um pumps*.
"""

from __future__ import annotations

import re

from ports.text.regexes import regex

_SOUNDS = "u+m+|u+h+m*|e+r+m*|e+h+|a+h+|h+m+|m+h*m+"
_PHRASES = (
    r"like|(?<!\bas )(?<!\bless )(?<!\bmore )(?<!\bvery )(?<!\bhow )well"
    r"|(?<!, )(?<!\band )so(?! (?:that|as|much|many|far|few|little)\b)"
    "|okay|ok|yeah|you know|you see|i mean|i guess|sort of|kind of|basically|actually|literally"
)
"""*Less well* and *, so* have a meaning."""


def _runs(words: str) -> re.Pattern[str]:
    """Finds one or several of the words in a row, with the commas around them."""
    one = rf"(?<![\w'’-])(?:{words})(?![\w'’-])"
    return regex(rf"(,?)\s*{one}(?:[,\s]+{one})*(,?)", re.IGNORECASE)


_HESITATIONS = _runs(_SOUNDS)
_FILLERS = _runs(f"{_SOUNDS}|{_PHRASES}")


def without_hesitations(sentence: str) -> str:
    """The sentence without *um*, *er* and the like."""
    return _without(_HESITATIONS, sentence)


def without_fillers(sentence: str) -> str:
    """The sentence also without words that mostly fill a pause, such as *like* and *well*. Some of them may have had a
    meaning.
    """
    return _without(_FILLERS, sentence)


def _without(found: re.Pattern[str], sentence: str) -> str:
    # A hesitation between two commas was put in; one comma may separate what stands around it.
    bare = found.sub(lambda one: "," if bool(one[1]) is not bool(one[2]) else "", sentence)
    return bare.strip(" ,") if bare != sentence else sentence
