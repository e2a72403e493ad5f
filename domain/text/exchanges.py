"""Finds exchanges in a sentence that has the words of a fact.

The sentence may exchange who acts and who is acted on, cause and effect, or the sides or the direction of a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise, product

from domain.text.claims import ParsedClaim
from domain.text.opposites import folded
from domain.text.terms import (
    EMPTY,
    WORD,
    Term,
    all_words,
    in_common,
    is_denial,
    is_in,
    plain,
    small,
    stem,
    terms_of,
    without_small,
)
from ports.grammar import ParsedSentence
from ports.text.regexes import regex

AreAlike = Callable[[str, str], bool]
"""Whether two words mean the same."""


def moves_over_a_verb(sentence: str, fact: str, parsed: Sequence[ParsedSentence] | None) -> bool:
    """Whether the sentence has exactly the words of the fact, and some of them are on the other side of a verb."""
    mine, theirs = all_words(sentence), all_words(fact)
    if sorted(mine) != sorted(theirs) or mine == theirs or small(mine) != small(theirs):
        return False
    moved = [other for one, other in zip(mine, theirs, strict=True) if one != other]
    first, last = theirs.index(moved[0]), len(theirs) - 1 - theirs[::-1].index(moved[-1])
    verbs = {word.text.lower() for one in parsed or () for word in one.words if word.part == "VERB"}
    return any(word in verbs and stem(word) not in _MUTUAL for word in theirs[first : last + 1])


def swaps_compared(sentence: str, fact: str) -> bool:
    """Whether the two sides of a comparison are exchanged: *B is larger than A* for *A is larger than B*."""
    mine, theirs = _THAN.split(sentence), _THAN.split(fact)
    if len(mine) != 2 or len(theirs) != 2:
        return False
    (left, right), (true_left, true_right) = (
        [frozenset(WORD.findall(plain(part))) - EMPTY for part in parts] for parts in (mine, theirs)
    )
    only_left, only_right = true_left - true_right, true_right - true_left
    return bool(only_right and only_left & right) and only_right <= left - right


_THAN = regex(r"\bthan\b", re.IGNORECASE)


def moves_over_a_degree(sentence: str, fact: str) -> bool:
    """Whether both texts have the same words, but a word of degree belongs to different ones: *less on fishes* for
    *less on worms*.
    """
    mine, theirs = all_words(sentence), all_words(fact)
    if sorted(mine) != sorted(theirs):
        return False
    for degree in _DEGREES.intersection(mine):
        after, true_after = (
            {word for word in words[words.index(degree) + 1 :] if word not in EMPTY}
            for words in (mine, theirs)
        )
        if after and true_after and not after & true_after:
            return True
    return False


_DEGREES = frozenset("less least more most mainly mostly primarily chiefly rarely seldom hardly".split())


def puts_together(sentence: str, fact: str) -> bool:
    """Whether one text contrasts two things and the other says the same of both: *and so was that* for *while that was
    not*.

    Also true if the sentence has *but not*, *but no*, *but with* or *but without*, and the fact contrasts nothing.
    *But not*, *but no* and *but without* do not count if the fact denies something.
    """
    is_apart, true_apart = (_APART.search(text) is not None for text in (sentence, fact))
    is_both, true_both = (_BOTH.search(text) is not None for text in (sentence, fact))
    split = _SPLITS.search(sentence)
    may_be_denied_too = split is not None and split[1].lower() != "with" and is_denial(fact)
    is_split = split is not None and not true_apart and not may_be_denied_too
    return is_split or (is_both and true_apart and not true_both) or (true_both and is_apart and not is_both)


_APART = regex(r"\b(?:while|whereas|but|unlike|in contrast|instead)\b", re.IGNORECASE)
_BOTH = regex(
    r"\band so (?:is|are|was|were|does|do|did|can|could|has|have|had|will|would)\b"
    r"|\bas well\b(?! as)|\b(?:too|either|likewise)\W*$",
    re.IGNORECASE,
)
_SPLITS = regex(r"\bbut (not|no|with|without)\b", re.IGNORECASE)


def acts_for_acted_on(claim: ParsedClaim, source: ParsedClaim) -> bool:
    """Whether the object of a verb in the fact is the subject of the same verb in the sentence, with another object:
    *the young nourish the mother*.
    """
    return any(
        one.name == other.name and one.name != "be" and _acts_itself(one.places, other.places)
        for one in claim.predicates
        for other in source.predicates
    )


def _acts_itself(mine: Mapping[str, frozenset[str]], theirs: Mapping[str, frozenset[str]]) -> bool:
    subject, true_subject = mine.get("subject", frozenset()), theirs.get("subject", frozenset())
    target, true_target = mine.get("object", frozenset()), theirs.get("object", frozenset())
    return bool(subject & true_target and target) and not subject & true_subject and not target & true_target


def has_other_subject(claim: ParsedClaim, source: ParsedClaim) -> bool:
    """Whether a verb has another subject than in the fact, a word from another place of the fact, and the fact's
    subject is elsewhere in the claim.
    """
    for one in claim.predicates:
        same = [other for other in source.predicates if other.name == one.name]
        if len(same) != 1 or one.name == "be":
            continue
        mine, theirs = (each.places.get("subject", frozenset()) for each in (one, same[0]))
        if mine and theirs and not mine & theirs and mine <= source.words and theirs <= claim.words:
            return True
    return False


def is_passive(parsed: Sequence[ParsedSentence]) -> bool:
    """Whether a verb of the sentences is in the passive voice."""
    return any(word.relation in ("nsubjpass", "auxpass") for one in parsed for word in one.words)


def is_compared_otherwise(sentence: str, fact: str) -> bool:
    """Whether the texts compare in opposite or different ways: *denser* and *less dense*, or *the same* and a
    difference.
    """
    mine, theirs = _comparisons(sentence), _comparisons(fact)
    if any((word, not is_more) in theirs and (word, is_more) not in theirs for word, is_more in mine):
        return True
    is_same, true_same = (_SAME.search(text) is not None for text in (sentence, fact))
    if is_same is true_same:
        return False
    return mine != theirs or _DIFFERENT.search(fact if is_same else sentence) is not None


def compares_another_quality(sentence: str, fact: str, are_alike: AreAlike) -> bool:
    """Whether both texts compare, but compare different qualities: *louder* and *longer*."""
    mine, theirs = ({word for word, _ in _comparisons(text)} - _AMOUNTS for text in (sentence, fact))
    return bool(mine and theirs and not mine & theirs) and not any(
        are_alike(one, other) for one, other in product(sorted(mine), sorted(theirs))
    )


_AMOUNTS = frozenset("more fewer higher lower better worse high large big great".split())


def _comparisons(text: str) -> set[tuple[str, bool]]:
    """The compared qualities, each with True for *more* and False for *less*."""
    found = set()
    words = WORD.findall(plain(text))
    for before, word in pairwise(["", *words]):
        if before in ("more", "less"):
            found.add((folded(word), before == "more"))
        elif folded(word) != word or word in ("more", "fewer", "higher", "lower", "better", "worse"):
            found.add((folded(word), True))
    return found


_DIFFERENT = regex(r"\b(?:different(?:ly)?|differs?|differed|unequal(?:ly)?|unlike)\b", re.IGNORECASE)
_SAME = regex(r"\b(?:the same|equals?|equally|no matter|as \w+ as)\b", re.IGNORECASE)


def exchanges_two(sentence: str, fact: str) -> bool:
    """Whether the sentence equals the fact, except for two words that are exchanged."""
    mine, theirs = all_words(sentence), all_words(fact)
    if len(mine) != len(theirs):
        return False
    places = [at for at, (one, other) in enumerate(zip(mine, theirs, strict=True)) if one != other]
    if len(places) < 2 or len({frozenset((mine[at], theirs[at])) for at in places}) > 1:
        return False
    between = mine[places[0] + 1 : places[1]]
    return not set(between) <= _LISTING and not any(stem(word) in _MUTUAL for word in between)


_LISTING = frozenset("and or nor with is are was were be as well equals plus".split())
_MUTUAL = frozenset(
    "react meet met mix combin touch border resembl differ equal bond adjoin marry marri fight fought alternat".split()
)
"""Stems of verbs whose sides may be exchanged without a change of meaning: *acids react with bases*."""


def exchanged_terms(gaps: Sequence[tuple[list[Term], list[Term]]]) -> list[Term]:
    """Two exchanged terms: each is in the place where the fact has the other."""
    for at, (mine, theirs) in enumerate(gaps):
        for there, others in gaps[at + 1 :]:
            one = [term for term in without_small(mine) if is_in(term, others)]
            other = [term for term in without_small(there) if is_in(term, theirs)]
            if one and other:
                return [*one, *other]
    return []


def turns_round(claim: ParsedClaim, source: ParsedClaim) -> bool:
    """Whether two places of the fact's verbs (subject, object or after a preposition) have exchanged their words in the
    claim.
    """
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


def swaps_cause(sentence: str, fact: str) -> bool:
    """Whether the sentence presents the effect as the cause."""
    mine, theirs = _cause_and_effect(sentence), _cause_and_effect(fact)
    if mine is None or theirs is None:
        return False
    (cause, effect), (true_cause, true_effect) = mine, theirs
    if all(
        in_common(one, wrong) > in_common(one, right)
        for one, wrong, right in ((cause, true_effect, true_cause), (effect, true_cause, true_effect))
    ):
        return True
    only_cause = [term for term in without_small(true_cause) if not is_in(term, true_effect)]
    only_effect = [term for term in without_small(true_effect) if not is_in(term, true_cause)]
    is_moved = bool(only_cause) and in_common(only_cause, effect) == len(only_cause)
    return (
        is_moved
        and not in_common(only_cause, cause)
        and 2 * in_common(only_effect, cause) >= len(only_effect) > 1
    )


def _cause_and_effect(text: str) -> tuple[list[Term], list[Term]] | None:
    """The words of a condition or reason, and the words of its effect."""
    if len(_CONNECTIVE.findall(text)) != 1:
        return None
    for pattern in _CAUSES:
        found = pattern.match(text)
        if found:
            return terms_of(found["cause"], None), terms_of(found["effect"], None)
    return None


_SO = r"(?<!\bor )so(?! (?:much|many|far|long|little|few|called)\b)"
"""Matches a *so* that introduces a consequence, unlike *ten or so* and *so far*."""
_CONNECTIVE = regex(rf"\b(?:when(?:ever)?|if|because|since|once|{_SO}|therefore)\b", re.IGNORECASE)
_CAUSES = tuple(
    regex(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:when(?:ever)?|if|because|since|once) (?P<cause>[^,]+), (?P<effect>.+)",
        r"(?P<effect>.+?),? (?:when(?:ever)?|if|because|since|once) (?P<cause>.+)",
        rf"(?P<cause>.+?),? (?:and )?(?:so that|{_SO}|therefore) (?P<effect>.+)",
    )
)
