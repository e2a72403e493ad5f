"""Finds reversed statements by words alone: exchanged sides of a comparison, exchanged roles, and missing denials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.quizzes.options import are_denied_after, is_negative
from domain.text.lexical import tokens
from domain.text.opposites import folded
from domain.text.wording import content_words
from ports.text.denials import without_empty_denials
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

_PART = regex(
    r"[;:()—]|,? \b(?:while|whereas|but|although|because|since)\b|, (?:and|so|yet|which|who)\b", re.IGNORECASE
)
_PASSIVE = regex(r"\bby\b", re.IGNORECASE)
_FAR = 3
"""The largest number of words between a denial and what it denies."""
_HELPS = r"(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|must|may)"
_ASKS_WHO = regex(rf"^(?:who|what|which(?: \w+){{1,2}}?)\s+(?!(?:\w+ ){{0,4}}{_HELPS}\b)", re.IGNORECASE)
"""Matches a stem that asks for the subject. The option can replace its question word."""
_Sides = tuple[frozenset[str], frozenset[str]]
_COMPARES = regex(r"\b(?:more|less|fewer|[a-z]{2,}er)\b", re.IGNORECASE)
_MORE_OR_LESS = {"more": "more", "less": "less", "fewer": "less"}


def turns_a_comparison(stem: str, option: str, context: str) -> bool:
    """Whether stem and option reverse the comparison of the context: it says that A is larger than B, they say the
    opposite.

    Words that both sides share do not count, so that "the left ventricle" and "the right ventricle" are not confused.
    If the stem asks which is larger, an option that names the smaller one reverses it. If the stem ends with the
    choices, as in "which is larger, A or B", only comparisons of these two count.
    """
    told = _sides(option) or _sides(f"{stem} {option}")
    known = [
        (sides, _compared_by(context[start:end]))
        for start, end in sentence_spans(context)
        if (sides := _sides(context[start:end]))
    ]
    if told is not None:
        is_told = any(_is_turned(told[::-1], one) for one, _ in known)
        return not is_told and any(_is_turned(told, one) for one, _ in known)
    named, choices = content_words(option), _content_of(stem.rpartition(", ")[2])
    for (first, second), by in known:
        is_smaller = named - first <= second and named & second - first and not named & first - second
        is_beside = named <= choices and not (first - second) & choices
        if is_smaller and not is_beside and _asks_which(stem, by, first | second):
            # Another sentence may say the same about the named thing: that it is larger than the same other thing.
            return not any(
                named & one - other and (first - second) & (other - one) and _is_same_measure(by, its)
                for (one, other), its in known
            )
    return False


@dataclass(frozen=True, slots=True)
class _Measure:
    """The quality that a comparison is about: "faster", or "more" with the words after it ("more moons")."""

    word: str
    of: frozenset[str] = frozenset()


def _compared_by(sentence: str) -> _Measure | None:
    """The quality that the sentence compares: *more* or *less* with the words up to *than*, otherwise the last
    comparative before *than*.
    """
    before = re.split(r"\bthan\b", sentence, maxsplit=1, flags=re.IGNORECASE)[0]
    found = list(_COMPARES.finditer(before))
    more = [one for one in found if one.group().lower() in _MORE_OR_LESS]
    if more:
        return _Measure(_MORE_OR_LESS[more[-1].group().lower()], _content_of(before[more[-1].end() :]))
    known = [one for one in found if folded(one.group()) != one.group().lower()]
    last = (known or found)[-1:]
    return _Measure(last[0].group().lower()) if last else None


def _content_of(text: str) -> frozenset[str]:
    return content_words(text) if text.strip(" ?.,") else frozenset()


def _is_same_measure(one: _Measure | None, other: _Measure | None) -> bool:
    if one is None or other is None or one.word != other.word:
        return False
    return one.of == other.of or bool(one.of & other.of)


def _is_turned(told: _Sides, known: _Sides) -> bool:
    """Whether ``told`` reverses the comparison ``known`` of the same things. The comparing words may be on either side."""
    (left, right), (first, second) = told, known
    is_turned = right - left <= first - second and second - first <= left - right
    return bool(is_turned and right - left and second - first and len((left | right) ^ (first | second)) <= 1)


def turns_a_change(option: str, context: str) -> bool:
    """Whether the option says that B turns into A, although the context only says that A turns into B."""
    told = _INTO.search(option)
    if told is None:
        return False
    before, after = _nearest_words(option, told)
    known = [_nearest_words(context, one) for one in _INTO.finditer(context)]
    if not before or not after:
        return False
    if any(before <= first - second and after <= second - first for first, second in known):
        return False
    return any(after <= first - second and before <= second - first for first, second in known)


_INTO = regex(r"\b(?:in)?to\b", re.IGNORECASE)
_CHANGES = frozenset(
    map(folded, "turn turns turned change changes changed convert converts become make".split())
)
_NEXT = 3


def _nearest_words(text: str, border: re.Match[str]) -> _Sides:
    """The content words directly before and after the border, up to the next punctuation mark or *and*. Verbs of change
    are left out.
    """
    before = re.split(r"[,;:.]|\band\b", text[: border.start()])[-1]
    after = re.split(r"[,;:.]|\band\b", text[border.end() :], maxsplit=1)[0]
    told = [[word for word in _words(side) if word not in _CHANGES] for side in (before, after)]
    return frozenset(told[0][-_NEXT:]), frozenset(told[1][:_NEXT])


def _sides(sentence: str) -> _Sides | None:
    """The content words on each side of the sentence's only *than*; None if it has none or several.

    The second side ends where another statement begins.
    """
    sides = re.split(r"\bthan\b", sentence, flags=re.IGNORECASE)
    if len(sides) != 2 or not all(side.strip() for side in sides):
        return None
    after = re.split(
        r"[,;:()]|\b(?:and|but|because|since|although|while|does|did|do)\b", sides[1], maxsplit=1
    )[0]
    if not after.strip():
        return None
    return content_words(sides[0]), content_words(after)


def _asks_which(stem: str, by: _Measure | None, compared: frozenset[str]) -> bool:
    """Whether the stem asks which of two things has more of the quality that the context compares."""
    if by is None or not re.match(r"(?:which|who|what)\b", stem, re.IGNORECASE):
        return False
    words = [match.group().lower() for match in _COMPARES.finditer(stem)]
    more = [word for word in words if word in _MORE_OR_LESS]
    if more:
        after = stem.lower().rpartition(more[-1])[2]
        return _MORE_OR_LESS[more[-1]] == by.word and bool(_content_of(after) & compared)
    return by.word in words


def swaps_sides(stem: str, option: str, context: str) -> bool:
    """Whether stem and option state a part of the context with its two things exchanged, such as *krill feeds
    plankton*, and no part of the context states them in that order.

    Passives and mutual actions are left out, because both orders can state the same.
    """
    parts = [(part, _words(part)) for part in _parts(context)]
    for said in _statements(stem, option):
        if _PASSIVE.search(said):
            continue
        claimed = _words(said)
        if any(_are_in_order(claimed, held) for _, held in parts):
            continue
        for part, held in parts:
            if not _PASSIVE.search(part) and any(
                _is_swapped(claimed, at, held) and not _is_mutual(claimed[at], part)
                for at in range(1, len(claimed) - 1)
            ):
                return True
    return False


def _are_in_order(claimed: Sequence[str], held: Sequence[str]) -> bool:
    """Whether ``held`` has all words of ``claimed``, in the same order."""
    rest = iter(held)
    return all(word in rest for word in claimed)


def _statements(stem: str, option: str) -> Iterator[str]:
    yield option
    if _ASKS_WHO.match(stem):
        yield f"{option} {_ASKS_WHO.sub('', stem).rstrip('? ')}"


def _is_mutual(pivot: str, part: str) -> bool:
    """Whether the two things act on each other: sugars react with acids."""
    words = tokens(part)
    return any(folded(word) == pivot and after == "with" for word, after in pairwise(words))


def _is_swapped(claimed: Sequence[str], at: int, held: Sequence[str]) -> bool:
    pivot = claimed[at]
    if claimed.count(pivot) != 1 or held.count(pivot) != 1:
        return False
    left, right = set(claimed[:at]), set(claimed[at + 1 :])
    place = held.index(pivot)
    before, after = set(held[:place]), set(held[place + 1 :])
    mine, theirs = left - right, right - left
    moved = mine and mine <= after - before and theirs & before - after
    return bool(moved) and theirs <= before | after


def affirms_what_is_denied(stem: str, option: str, context: str) -> bool:
    """Whether the option affirms what the context denies in the same words and affirms nowhere else."""
    said, context = _words(option), without_empty_denials(context)
    if len(said) < 2 or is_negative(option) or is_negative(stem):
        return False
    denied = affirmed = False
    for part in _parts(context):
        held = _words(part)
        for at in range(len(held) - len(said) + 1):
            if held[at : at + len(said)] == said:
                is_denied = _is_denied_before(part, at)
                denied, affirmed = denied or is_denied, affirmed or not is_denied
    return denied and not affirmed


def _is_denied_before(part: str, number: int) -> bool:
    """Whether there is a denial at most ``_FAR`` words before the content word with this number (from 0)."""
    words, wanted = tokens(part), content_words(part)
    place = [at for at, word in enumerate(words) if word in wanted][number]
    return are_denied_after(words[max(0, place - _FAR - 1) : place])


def parts_with(quote: str, context: str) -> str:
    """The parts of the context's sentences that the quote touches; the whole context if it does not contain the quote."""
    at = context.find(quote)
    if at < 0:
        return context
    found, start = [], 0
    for border in [*(match.start() for match in _borders(context)), len(context)]:
        if start < at + len(quote) and at < border:
            found.append(context[start:border])
        start = border
    return " ".join(found)


def _parts(context: str) -> Iterator[str]:
    start = 0
    for match in _borders(context):
        yield context[start : match.start()]
        start = match.end()
    yield context[start:]


def _borders(context: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"{_PART.pattern}|[.!?](?=\s)", context, re.IGNORECASE))


def _words(text: str) -> list[str]:
    """The folded content words in order."""
    wanted = content_words(text) if text.strip() else frozenset()
    return [folded(word) for word in tokens(text) if word in wanted]
