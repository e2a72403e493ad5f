"""Finds denials in a text (*not*, *nobody*, *hardly* …). Words that only look like denials are left out: *not only*,
*no fewer than*, *No, …*.

The rules are for English. ``OF_LANGUAGE`` has the words that deny in other languages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ports.grammar import Word
from ports.text.regexes import regex

OF_LANGUAGE = {
    "en": frozenset(
        "not never no none neither nor cannot without nobody nothing nowhere hardly scarcely barely".split()
    ),
    "es": frozenset("no nunca sin jamas ningun ninguna ninguno tampoco".split()),
    "fr": frozenset("sans aucun aucune".split()),
    "de": frozenset("nicht nie niemals kein keine keinen keinem keiner ohne".split()),
    "pt": frozenset("nao nunca sem jamais nenhum nenhuma".split()),
    "it": frozenset("non mai senza nessun nessuno nessuna".split()),
    "ru": frozenset("не без никогда нет ни нельзя".split()),
    "ar": frozenset("لا لم لن ليس ليست غير بدون".split()),
}
"""By language, the words that deny what follows them, as ``ports.text.words`` folds them."""
LIMITING = frozenset(
    "only just merely simply solely exclusively purely alone solo solamente seulement nur bloss".split()
)
"""Words for *only*. A negation before such a word denies nothing: *not only* adds something."""

_WORDS = "|".join(sorted(OF_LANGUAGE["en"]))
_CONTRACTED = r"n[’']t\b|\bnt\b|\b(?:do|does|did|is|are|was|were|could|would|should|have|has|had|must|need|might|ca|wo|sha)n ?t\b"
_NOT = rf"(?:\b(?:not|never|cannot)\b|{_CONTRACTED})"
_NOBODY = r"\b(?:nobody|nothing|none|no[ -]one)"
_STEP = r"(?!(?:but|and|or|because|that|which|who|if|when|than|as|at|in|on|of|with|an?|the|any)\b)\w+ "
_LIMITS = "|".join(
    (
        rf"{_NOT} (?:be |been |being )?(?:only|just|merely|simply|solely|exclusively|purely|(?:limited|restricted|confined) to)\b",
        rf"{_NOT} (?:the |{_STEP})(?:only|solely|exclusively)\b|\bnot (?:\w+ )?(?:by|from|through|because of) (?:\w+ ){{1,3}}alone\b",
        r"\b(?:no|never|not) (?:more|less|fewer|later|earlier|sooner|longer) than (?=about|around|\d|an?\b|half|"
        r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b)",
        r"\bno (?:more|less|fewer|later|earlier|sooner|longer) than\b",
    )
)
_DENIES_NOTHING = "|".join(
    (
        _LIMITS,
        r"\bcan ?not (?:but\b|help (?:but\b|\w+ing\b))",
        r"\bno (?:doubt|question|wonder)\b|\bwithout (?:an?y? )?(?:doubt|question|exception|fail)\b",
        r"\bno matter (?=how|what|who|where|which|when|whether|if)|\b(?:or|why) not\b|\bnot (?:to mention|least)\b|\bin no time\b",
        rf"{_NOBODY} (?:else )?but\b|(?:{_NOBODY}|\bno (?:\w+ )?\w+) (?:else )?(?:except|besides|other than)\b|\bno other (?:\w+ ){{0,3}}(?:than|but|except)\b",
        r"\bno\b(?=\s*[,.;:!…]|,? wait\b)",
    )
)
_TURNED_LIMIT = regex(_LIMITS, re.IGNORECASE)
_PLAIN_LIMIT = regex(
    rf"\b(?:{'|'.join(sorted(LIMITING))})\b|\b(?:more|less|fewer|later|earlier|sooner|longer) than\b",
    re.IGNORECASE,
)
_FOUND = regex(rf"(?:{_DENIES_NOTHING})|(?P<denial>{_CONTRACTED}|\b(?:{_WORDS})\b)", re.IGNORECASE)
_EMPTY = regex(rf"{_CONTRACTED}|\b(?:{_WORDS})\b", re.IGNORECASE)
_SPLIT = regex(r"[.;!?]|\b(?:and|or|nor|but)\b", re.IGNORECASE)


def denials(text: str) -> list[tuple[int, int]]:
    """The ``start`` and ``end`` of each denial in the text, in order."""
    return [found.span("denial") for found in _FOUND.finditer(text) if found["denial"]]


def without_empty_denials(text: str) -> str:
    """The text, equally long, with spaces instead of the negations that deny nothing, such as the *not* of *not only*."""
    return _FOUND.sub(
        lambda found: found[0] if found["denial"] else _EMPTY.sub(lambda one: " " * len(one[0]), found[0]),
        text,
    )


def turn_a_limit(one: str, other: str) -> bool:
    """Whether one text denies a limit that the other text states: *not only* and *only*, *no fewer than* and *fewer
    than*.
    """
    limits = [(_TURNED_LIMIT.search(text), _PLAIN_LIMIT.search(text)) for text in (one, other)]
    return any(turned and plain and not beside for (turned, _), (beside, plain) in (limits, limits[::-1]))


def denies(text: str) -> bool:
    """Whether the text denies something. Two denials in the same part of it cancel each other.

    A new part begins after a sentence's end and with *and*, *or*, *nor* and *but*. So both *neither ears nor legs* and
    *no ears and no legs* deny.
    """
    found = denials(text)
    start = 0
    for end in [*(one.start() for one in _SPLIT.finditer(text)), len(text)]:
        if sum(start <= place < end for place, _ in found) % 2:
            return True
        start = end
    return False


def denying(words: Sequence[str]) -> frozenset[int]:
    """The indices of the words that deny.

    ``words`` are a parser's (of *do*, *n't*, the second denies), or those of ``ports.text.words`` (of *don*, *t*, the
    index of the first is returned).
    """
    places = list(accumulate((len(word) + 1 for word in words), initial=0))
    return frozenset(bisect_right(places, start) - 1 for start, _ in denials(" ".join(words)))


def denied_in(words: Sequence[Word]) -> frozenset[int]:
    """The indices of the words that are denied: directly, or because their subject or object is denied (*no plant*
    grows). Two denials of a word cancel each other.

    *Without* denies the thing after it, and not the verb: *without a force, a body stays at rest*.
    """
    times = Counter(
        at for place in denying([word.text for word in words]) for at in {*_denied_by(words, place)}
    )
    return frozenset(at for at, number in times.items() if number % 2)


def _denied_by(words: Sequence[Word], place: int) -> Iterator[int]:
    """The indices of the words that the denial at ``place`` denies: its head, the phrase of its head, and words that
    *or* joins to them.
    """
    denial = words[place]
    beside = [at for at, word in enumerate(words) if word.head == denial.head and word.relation == "conj"]
    match denial.text.lower():
        case "without":
            yield from _phrase_below(words, place)
            return
        case "nor" if beside:
            yield from beside
            return
    at = place
    while words[at].head != at and (at == place or _passes_on(words, at)) and denial.relation != "intj":
        at = words[at].head
        yield at
        if words[at].lemma in _LEADING:  # who does not have to pay does not pay
            yield from (one for one, word in enumerate(words) if word.head == at and word.relation == "xcomp")
        if words[at].lemma == "do":  # in *never do bats attack*, some parsers take *do* for the verb
            yield from (one for one, word in enumerate(words) if word.head == at and word.relation == "ccomp")
        if any(word.head == at and word.relation == "cc" and word.text.lower() == "or" for word in words):
            yield from (one for one, word in enumerate(words) if word.head == at and word.relation == "conj")


def _phrase_below(words: Sequence[Word], place: int) -> Iterator[int]:
    """The indices of the words that depend on a preposition, with the words that describe them: *without a net force*."""
    for at, word in enumerate(words):
        if word.head == place != at:
            yield at
            yield from (
                one for one, other in enumerate(words) if other.head == at and other.relation in _DESCRIBING
            )


_LEADING = frozenset("have need able tend seem appear".split())
"""Words with little meaning of their own before another verb."""
_DESCRIBING = frozenset("amod compound nummod nmod poss".split())


def _passes_on(words: Sequence[Word], at: int) -> bool:
    """Whether a denial of the word denies its head too: *no snake* has …, *hardly any* …, in *no way*."""
    word = words[at]
    head = words[word.head]
    if word.relation == "pobj":
        return head.text.lower() != "with" and words[head.head].part in ("VERB", "AUX")
    return word.relation in _PASSING


_PASSING = frozenset(
    "nsubj nsubjpass dobj attr acomp oprd agent det predet advmod npadvmod quantmod prep".split()
)
