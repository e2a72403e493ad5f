"""Find where a sentence that says nearly the same as a fact differs from it: another term, two exchanged terms, a
reversal.

The words of both are aligned in order. The words between two shared words fill the same place in both. Most wrong
answers of learners are right sentences with one wrong place, and an embedder cannot tell one gas or one organ from
another. So a place with another thing or quality makes an answer uncertain, however similar the rest is. A place with
an opposite, a denial or an exchanged term contradicts the fact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Literal

from domain.text.claims import ParsedClaim
from domain.text.lexical import STOP_TOKENS
from domain.text.opposites import are_opposite, folded
from ports.grammar import ParsedSentence
from ports.text.quantities import Quantity, quantities, same_quantity

Departure = Literal["contradicted", "unsure"]

AreAlike = Callable[[str, str], bool]
"""Whether two words mean the same."""

_SHARED = 0.5
"""The share of a fact's words that a sentence must have to be about that fact, rightly or wrongly."""
_NEARLY_ALL = 0.8
_ADDED = 1
"""The most words that a sentence may add and still be the fact in its own words."""
_OTHERWISE = 0.5
"""The share of words that only one of the two has, up to which the sentence is about the fact and differs in a place.
"""
_GAP = 3
"""The most words in one place. A longer stretch says the thing in other words."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_TELLING = frozenset(
    "from to into onto out away toward towards before after above below under over without against for up down"
    " only more less fewer most least all none no not never first last both neither each many few single one".split()
)
"""Small words that tell a statement from its opposite."""
_EMPTY = (
    STOP_TOKENS
    | frozenset(
        "the a an is are was were be been being has have had do does did can could may might will would shall should"
        " it its he she they them their this that these those which who whom what there here and or but so then as of"
        " in on at by with than when if because while very really just also too actually basically well um uh er okay"
        " such some any one's get gets got make makes made called means mean known say says thing things kind sort"
        " us we our you your i my me us own other another same part parts".split()
    )
) - _TELLING
_ENDINGS = tuple(
    "ization ations ation ingly ings ing edly ment ness ies ied ers ion ors or er ed es al ic ly s e y".split()
)
_SAME_BEGINNING = 0.7
_LEAST_BEGINNING = 4


@dataclass(frozen=True, slots=True)
class _Term:
    lemma: str
    text: str
    is_telling: bool
    is_thing: bool
    """Whether the word is known to be a thing, a name or a quality."""
    is_name: bool


def departure(
    sentence: str,
    fact: str,
    parsed: Sequence[ParsedSentence] | None = None,
    fact_parsed: Sequence[ParsedSentence] | None = None,
    *,
    are_alike: AreAlike,
) -> Departure | None:
    """How the sentence differs from the fact. None if it does not differ, or is about something else.

    Give both parses, or neither. Without parses, only opposites, denials and exchanged terms are found.
    """
    said, wanted = _terms(sentence, parsed), _terms(fact, fact_parsed)
    full = _full(wanted)
    shared = sum(_is_in(term, said) for term in full)
    if not full or shared < _SHARED * len(full) or shared < min(2, len(full)):
        return None
    added = [term for term in _full(said) if not _is_in(term, wanted)]
    if not added and _denials(sentence) % 2 != _denials(fact) % 2:
        return "contradicted"
    if len(added) + len(full) - shared > _OTHERWISE * (len(full) + len(added)):
        return None
    gaps = list(_gaps(_aligned(said, wanted), said, wanted))
    exchanged, has_opposite = _exchanged(gaps), _has_opposite(said, wanted)
    if exchanged:
        # The order of words in a list says nothing, and a word that occurs several times may belong to one. Two
        # reversals in one sentence may make it true again: this is kept longer than that, that is forgotten sooner than
        # this.
        is_plain = not has_opposite and all(_count(one, wanted) == 1 for one in exchanged)
        return "contradicted" if is_plain else "unsure"
    if any(_is_opposite(*gap, said, wanted) for gap in gaps):
        return "contradicted"
    is_verbatim = len(added) <= _ADDED and shared >= _NEARLY_ALL * len(full)
    if is_verbatim and any(_is_reversed(*gap) for gap in gaps):
        return "contradicted"
    if _swaps_cause(sentence, fact):
        return "contradicted"
    if parsed is not None and fact_parsed is not None:
        if _turns_round(ParsedClaim.of(parsed), ParsedClaim.of(fact_parsed)):
            return "contradicted"
        if any(_is_other_term(*gap, said, wanted, are_alike) for gap in gaps):
            return "unsure"
    return None


def is_close(sentence: str, fact: str) -> bool:
    """Whether the sentence has the fact's own words, except for a few."""
    said, wanted = _full(_terms(sentence, None)), _full(_terms(fact, None))
    added = sum(not _is_in(term, wanted) for term in said)
    return added <= _ADDED and sum(_is_in(term, said) for term in wanted) >= _SHARED * len(wanted)


def other_quantity(sentence: str, fact: str, question: str) -> Departure | None:
    """Whether the sentence has another quantity in a place where the fact has one. The quantity "one" may be left out."""
    said, given, asked = quantities(sentence), quantities(fact), quantities(question)
    lost = [one for one in given if one.number != 1 and not _is_among(one, [*asked, *said])]
    others = [one for one in said if one.number != 1 and not _is_among(one, [*given, *asked])]
    if not lost or not others:
        return None
    return "contradicted" if is_close(sentence, fact) else "unsure"


def _is_among(one: Quantity, others: Collection[Quantity]) -> bool:
    """Whether the quantity, or its number without a unit, is among those said."""
    return any(
        same_quantity(one, other, tolerance=1e-3)
        or (one.number == other.number and not (one.dimension and other.dimension))
        for other in others
    )


def _terms(text: str, parsed: Sequence[ParsedSentence] | None) -> list[_Term]:
    known = {word.text.lower(): word for one in parsed or () for word in one.words}
    small = text.lower().replace("’", "'").replace("n't", " not")
    return [
        _Term(
            folded(known[word].lemma if word in known else word),
            word,
            word in _TELLING,
            word in known and known[word].part in _THINGS,
            word in known and known[word].part == "PROPN",
        )
        for word in _WORD.findall(small)
        if word not in _EMPTY and not word[0].isdigit() and len(word) > 1
    ]


_THINGS = ("NOUN", "PROPN", "ADJ")
"""The parts of speech of which another word changes the meaning. Another verb may mean the same: sends, passes on."""


def _is_same(one: _Term, other: _Term) -> bool:
    if one.text == other.text or one.lemma == other.lemma or _stem(one.text) == _stem(other.text):
        return True
    if one.is_telling or other.is_telling:
        return False
    pairs = zip(one.text, other.text, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return shared >= max(_LEAST_BEGINNING, _SAME_BEGINNING * min(len(one.text), len(other.text)))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _is_in(term: _Term, terms: Sequence[_Term]) -> bool:
    return any(_is_same(term, other) for other in terms)


def _aligned(said: Sequence[_Term], wanted: Sequence[_Term]) -> list[tuple[int, int]]:
    """The longest common sequence of words, as pairs of positions. Words with more meaning count more."""
    worth = [[0.0] * (len(wanted) + 1) for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        for j in range(len(wanted) - 1, -1, -1):
            worth[i][j] = max(worth[i + 1][j], worth[i][j + 1])
            if _is_same(said[i], wanted[j]):
                worth[i][j] = max(worth[i][j], worth[i + 1][j + 1] + (0.4 if wanted[j].is_telling else 1.0))
    pairs, i, j = [], 0, 0
    while i < len(said) and j < len(wanted):
        gain = 0.4 if wanted[j].is_telling else 1.0
        if _is_same(said[i], wanted[j]) and worth[i][j] == worth[i + 1][j + 1] + gain:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif worth[i + 1][j] >= worth[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _gaps(
    pairs: Sequence[tuple[int, int]], said: Sequence[_Term], wanted: Sequence[_Term]
) -> Iterator[tuple[list[_Term], list[_Term]]]:
    """The words between two shared words, in the sentence and in the fact, where both have some."""
    bounds = [(-1, -1), *pairs, (len(said), len(wanted))]
    for (i, j), (k, m) in pairwise(bounds):
        if i + 1 < k and j + 1 < m:
            yield list(said[i + 1 : k]), list(wanted[j + 1 : m])


def _exchanged(gaps: Sequence[tuple[list[_Term], list[_Term]]]) -> list[_Term]:
    """Two exchanged terms: each stands in the place where the fact has the other."""
    for at, (mine, theirs) in enumerate(gaps):
        for there, others in gaps[at + 1 :]:
            one = [term for term in _full(mine) if _is_in(term, others)]
            other = [term for term in _full(there) if _is_in(term, theirs)]
            if one and other:
                return [*one, *other]
    return []


def _is_opposite(
    mine: Sequence[_Term], theirs: Sequence[_Term], said: Sequence[_Term], wanted: Sequence[_Term]
) -> bool:
    """Whether a place of the sentence has the opposite of the fact's word there."""
    lost = [term for term in theirs if _count(term, said) < _count(term, wanted)]
    new = [term for term in mine if _count(term, said) > _count(term, wanted)]
    return len(mine) <= _GAP and any(
        are_opposite(a.lemma, b.lemma) or are_opposite(folded(a.text), folded(b.text))
        for a in new
        for b in lost
    )


def _has_opposite(said: Sequence[_Term], wanted: Sequence[_Term]) -> bool:
    """Whether the sentence has the opposite of a word of the fact anywhere."""
    return any(
        are_opposite(one.lemma, other.lemma)
        for one in said
        if not _is_in(one, wanted)
        for other in wanted
        if not _is_in(other, said)
    )


def _is_reversed(mine: Sequence[_Term], theirs: Sequence[_Term]) -> bool:
    """Whether a small word of the place reverses the meaning: *from* for *to*."""
    return any(frozenset((a.text, b.text)) in _REVERSED for a in mine for b in theirs)


def _is_other_term(
    mine: Sequence[_Term],
    theirs: Sequence[_Term],
    said: Sequence[_Term],
    wanted: Sequence[_Term],
    are_alike: AreAlike,
) -> bool:
    """Whether a thing or a quality stands where the fact has another."""
    if len(mine) > _GAP or len(theirs) > _GAP:
        return False
    lost = [term for term in theirs if term.is_thing and not _is_in(term, said)]
    is_alone = (
        len(_full(mine)) == len(_full(theirs)) == 1
    )  # A single word is a thing, whatever the grammar calls it.
    new = [term for term in _full(mine) if (term.is_thing or is_alone) and not _is_in(term, wanted)]
    are_named = any(term.is_name for term in (*lost, *new))
    return bool(lost and new) and (
        are_named or not any(are_alike(one.text, other.text) for one in new for other in lost)
    )


def _count(term: _Term, terms: Sequence[_Term]) -> int:
    return sum(_is_same(term, other) for other in terms)


def _turns_round(claim: ParsedClaim, source: ParsedClaim) -> bool:
    """Whether who acts and who is acted on are exchanged in the places of two verbs."""
    mine, theirs = _places(claim), _places(source)
    moved = [
        at
        for at, words in mine.items()
        if at in theirs
        and words <= source.words
        and not words & theirs[at]
        and at[1] not in _JOINED.get(at[0], ())
    ]
    for at in moved:
        elsewhere = {other for other, words in theirs.items() if other != at and words & mine[at]}
        if any(other in elsewhere and (other[0] == at[0] or theirs[at] & mine[other]) for other in moved):
            return True
    return False


def _places(statement: ParsedClaim) -> dict[tuple[str, str], frozenset[str]]:
    """The words in each place of each verb."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for predicate in statement.predicates:
        for place, words in predicate.places.items():
            at = (predicate.name, place)
            found[at] = found.get(at, frozenset()) | words
    return found


_JOINED = {"be": ("subject", "is")}
"""Pairs of places that may be exchanged: *the largest is the bass* and *the bass is the largest*."""


def _swaps_cause(sentence: str, fact: str) -> bool:
    """Whether the sentence makes the effect the cause."""
    mine, theirs = _cause_and_effect(sentence), _cause_and_effect(fact)
    if mine is None or theirs is None:
        return False
    (cause, effect), (true_cause, true_effect) = mine, theirs
    return all(
        _in_common(one, wrong) > _in_common(one, right)
        for one, wrong, right in ((cause, true_effect, true_cause), (effect, true_cause, true_effect))
    )


def _cause_and_effect(text: str) -> tuple[list[_Term], list[_Term]] | None:
    """The words of a condition or reason, and the words of its effect."""
    if len(_CONNECTIVE.findall(text)) != 1:
        return None
    for pattern in _CAUSES:
        found = pattern.match(text)
        if found:
            return _terms(found["cause"], None), _terms(found["effect"], None)
    return None


_CONNECTIVE = re.compile(r"\b(?:when(?:ever)?|if|because|since|once|so|therefore)\b", re.IGNORECASE)
_CAUSES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:when(?:ever)?|if|because|since|once) (?P<cause>[^,]+), (?P<effect>.+)",
        r"(?P<effect>.+?),? (?:when(?:ever)?|if|because|since|once) (?P<cause>.+)",
        r"(?P<cause>.+?),? (?:and )?(?:so that|so|therefore) (?P<effect>.+)",
    )
)


def _in_common(one: Sequence[_Term], other: Sequence[_Term]) -> int:
    return sum(_is_in(term, other) for term in one)


def _denials(text: str) -> int:
    small = _NO_OTHER.sub(" ", text.lower().replace("’", "'").replace("n't", " not"))
    return sum(word in _DENYING for word in _WORD.findall(small))


_DENYING = frozenset("not never no none neither nor cannot without nobody nothing".split())
_NO_OTHER = re.compile(
    r"\b(?:no|nothing|none|nobody|not)\s+(?:\w+\s+)?(?:other|else|but|except|more|longer|only|just)\b"
)
"""Phrases that look like a denial and are none."""


def _full(terms: Sequence[_Term]) -> list[_Term]:
    return [term for term in terms if not term.is_telling]


_REVERSED = {
    frozenset(pair.split())
    for pair in (
        "away towards|away toward|away to|from to|from into|out into|out in|before after|above below|over under|"
        "without with|against for|up down|more less|more fewer|most least|first last|only many|one many|one two|"
        "only all|single many|both neither|all none|all few"
    ).split("|")
}
