"""What a spoken or typed statement says, word by word, for comparing it with what should have been said.

Fillers are passed over; numbers said in words are numbers; each word
knows whether a negation bears on it, where it stands, and which sentence it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from adapters.local.agent.text.words import is_stopword, likeness, stem
from ports.text.sentences import sentence_ends
from ports.text.words import is_unspaced, piece_length, placed_words

_FILLERS = re.compile(
    r"\b(?:u+m+|u+h+|e+rm*|a+h+|h+m+|m+m+|eu+h|ä+h+m*|e+hm*|like|you know|i mean|you see|sort of|kind of|i guess|"
    r"basically|actually|literally|really|okay|ok|well)\b|[嗯呃]|えっと|えーと|あのー",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"(?<![^\W_])\d+(?:[.,’]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,’]\d{3})+")
_APOSTROPHES = "'’"
_BEGINNING = re.compile(r"[.!?…]\s+[a-z]")

_NEGATORS: dict[str, str] = {
    "en": "not never no without unless neither nor cannot none nobody nothing cant dont doesnt didnt isnt arent wasnt "
    "werent wont wouldnt couldnt doesn didn isn aren wasn weren hasn haven hadn shouldn wouldn couldn",
    "es": "no nunca sin jamas ningun ninguna ninguno tampoco",
    "fr": "sans aucun aucune",
    "de": "nicht nie niemals kein keine keinen keinem keiner ohne",
    "pt": "nao nunca sem jamais nenhum nenhuma",
    "it": "non mai senza nessun nessuno nessuna",
    "ru": "не без никогда нет ни нельзя",
    "ar": "لا لم لن ليس ليست غير بدون",
}
"""Words that negate the next word of content."""
_NEGATORS_BEHIND: dict[str, str] = {"fr": "pas jamais", "hi": "नहीं न"}
"""Words that negate the word of content before them."""
_NO_NEGATION = frozenset(("only", "just", "merely", "simply", "solo", "seulement", "nur", "solamente"))
"""After "not" these add something rather than deny it; nor does "or not" deny what comes next."""
_NEGATED_PAIRS = re.compile("[不没沒無无非未]|ない|ません|なかった|않|없|못|아니|ไม่|มิ")
_REACH = 4
"""Tokens after a negation among which the word of content is sought that it bears on."""

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {
    word: 20 + 10 * place for place, word in enumerate(_TENS)
}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of content, a number or, of scripts without spaces, a piece of a word.

    ``term`` is what is compared; it stands at ``start:end`` of the text, in sentence ``sentence`` (from 0).
    """

    term: str
    kind: Literal["word", "number", "piece"]
    start: int
    end: int
    sentence: int
    is_negated: bool = False

    def is_like(self, other: Word) -> bool:
        """Whether it is the same word in some form, or one slip of a recogniser apart."""
        if self.term == other.term:
            return True
        return self.kind == other.kind == "word" and likeness(self.term, other.term) > 0


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    sentence: int
    number: str | None = None


def words_of(text: str, language: str) -> list[Word]:
    """The words of content in order. ``language`` (ISO 639-1, or "") says what negates in it."""
    bare = _FILLERS.sub(lambda found: " " * len(found.group()), text)
    ahead = frozenset(_NEGATORS.get(language, "").split())
    behind = frozenset(_NEGATORS_BEHIND.get(language, "").split())
    found: list[Word] = []
    reach = 0
    sentence = -1
    heard = list(_tokens(bare))
    for place, token in enumerate(heard):
        if token.sentence != sentence:
            sentence, reach = token.sentence, 0
        reach -= 1
        if is_unspaced(token.text):
            found.extend(_pieces(token, bare))
        elif token.text in ahead or _is_not(token, bare):
            following = heard[place + 1].text if place + 1 < len(heard) else ""
            denies = following not in _NO_NEGATION and (place == 0 or heard[place - 1].text != "or")
            reach = _REACH if denies and not _is_interjection(token, bare) else 0
        elif token.text in behind and found and found[-1].sentence == sentence:
            found[-1] = replace(found[-1], is_negated=True)
        elif token.number is not None or not is_stopword(token.text):
            found.append(_word(token, is_negated=reach > 0))
            reach = 0
    return found


def _word(token: _Token, *, is_negated: bool) -> Word:
    if token.number is not None:
        return Word(token.number, "number", token.start, token.end, token.sentence, is_negated=is_negated)
    return Word(stem(token.text), "word", token.start, token.end, token.sentence, is_negated=is_negated)


def _is_not(token: _Token, text: str) -> bool:
    """The end of "can't"."""
    return token.text == "t" and token.start > 0 and text[token.start - 1] in _APOSTROPHES


def _is_interjection(token: _Token, text: str) -> bool:
    """The "no" of "No, it was …", which denies what somebody else said."""
    return token.text in ("no", "non", "nao", "нет", "لا") and text[token.end : token.end + 1] in (
        ",",
        ".",
        "!",
    )


def _pieces(token: _Token, text: str) -> Iterator[Word]:
    negations = [
        (token.start + n.start(), token.start + n.end()) for n in _NEGATED_PAIRS.finditer(token.text)
    ]
    length = piece_length(token.text)
    last = max(token.start + 1, token.end - length + 1)
    for start in range(token.start, last):
        end = min(start + length, token.end)
        near = any(start <= stop + 1 and end >= begin - 1 for begin, stop in negations)
        yield Word(text[start:end].casefold(), "piece", start, end, token.sentence, is_negated=near)


def _tokens(text: str) -> Iterator[_Token]:
    # Where a sentence ends is not left to whether a recogniser, or the learner, writes capitals.
    small = text.lower() if len(text.lower()) == len(text) else text
    ends = sentence_ends(_BEGINNING.sub(lambda found: found[0].upper(), small), 0, len(text))
    numerals = {found.start(): found for found in _NUMERAL.finditer(text)}
    taken = 0
    sentence = 0
    run: list[_Token] = []
    for token, start, end in _with_numerals(text, numerals):
        if start < taken:
            continue
        taken = end
        while sentence < len(ends) and ends[sentence] <= start:
            sentence += 1
            yield from _counted(run)
            run = []
        heard = _Token(token, start, end, sentence, _canonical(token) if start in numerals else None)
        if _goes_on_counting(run, heard):
            run.append(heard)
            continue
        yield from _counted(run)
        run = [heard] if token in _SMALL or token in _LARGE else []
        if not run:
            yield heard
    yield from _counted(run)


def _with_numerals(text: str, numerals: dict[int, re.Match[str]]) -> Iterator[tuple[str, int, int]]:
    found = [(token, start, end) for token, start, end in placed_words(text) if not token[:1].isdigit()]
    found.extend((numeral.group(), numeral.start(), numeral.end()) for numeral in numerals.values())
    return iter(sorted(found, key=lambda token: (token[1], -token[2])))


def _canonical(numeral: str) -> str:
    """One spelling of a number: no separators between thousands, a point before decimals."""
    if _THOUSANDS.fullmatch(numeral):
        return re.sub(r"\D", "", numeral).lstrip("0") or "0"
    whole, *rest = re.split(r"[.,’]", numeral)
    if len(rest) != 1:
        return ".".join([whole, *rest])
    return f"{whole.lstrip('0') or '0'}.{rest[0]}".rstrip("0").rstrip(".")


def _goes_on_counting(run: Sequence[_Token], token: _Token) -> bool:
    if not run:
        return False
    if token.text in ("point", "and", "oh"):
        return run[-1].text not in ("point", "and", "oh")
    return token.text in _SMALL or token.text in _LARGE


def _counted(run: Sequence[_Token]) -> Iterator[_Token]:
    """Number words as one number, with what follows them that turned out to be none ("two and")."""
    counted = list(run)
    trailing: list[_Token] = []
    while counted and counted[-1].text in ("point", "and", "oh"):
        trailing.insert(0, counted.pop())
    if counted:
        first, last = counted[0], counted[-1]
        number = None if [t.text for t in counted] == ["one"] else _value([t.text for t in counted])
        yield _Token(first.text, first.start, last.end, first.sentence, number)
    yield from trailing


def _value(words: Sequence[str]) -> str:
    """``seventeen ninety nine`` is 1799, ``one point six`` is 1.6, ``three hundred and five`` is 305."""
    total = current = 0
    for place, word in enumerate(words):
        if word == "point":
            decimals = "".join(str(_SMALL.get(digit, 0)) for digit in words[place + 1 :])
            return f"{total + current}.{decimals}".rstrip("0").rstrip(".")
        if word == "oh":
            current *= 100
        elif word in _LARGE:
            scaled = max(current, 1) * _LARGE[word]
            total, current = (total, scaled) if word == "hundred" else (total + scaled, 0)
        elif word in _SMALL:
            value = _SMALL[word]
            is_year = 10 <= current < 100 and value >= 10
            current = current * 100 + value if is_year else current + value
    return str(total + current)
