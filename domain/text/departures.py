"""Finds where a sentence that is nearly the same as a fact differs from it: another term, two exchanged terms, or a
reversal.

The words of both are aligned in order. The words between two shared words fill the same place in both. Most wrong
answers of learners are right sentences with one wrong place, and an embedder cannot distinguish one gas or one organ
from another. So another thing or quality in a place makes an answer uncertain, however similar the rest is. An
opposite, a denial or an exchanged term in a place contradicts the fact.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise, product, takewhile
from math import isclose
from typing import Literal

from domain.text.claims import ParsedClaim
from domain.text.contrasts import sets_apart, without_contrasts
from domain.text.exchanges import (
    AreAlike,
    acts_for_acted_on,
    compares_another_quality,
    exchanged_terms,
    exchanges_two,
    has_other_subject,
    is_compared_otherwise,
    is_passive,
    moves_over_a_degree,
    moves_over_a_verb,
    puts_together,
    swaps_cause,
    swaps_compared,
    turns_round,
)
from domain.text.opposites import are_opposite
from domain.text.terms import (
    EMPTY,
    LEAST_BEGINNING,
    ORDINALS,
    Term,
    aligned,
    aligned_from_the_end,
    all_words,
    count_of,
    gaps_between,
    is_denial,
    is_in,
    say_little,
    stem,
    terms_of,
    without_small,
)
from ports.grammar import ParsedSentence, Word
from ports.text.denials import denied_in, turn_a_limit
from ports.text.quantities import Quantity, quantities, same_quantity
from ports.text.regexes import regex

Departure = Literal["contradicted", "unsure"]
_SHARED = 0.5
"""The share of a fact's words that a sentence must have to be about that fact, rightly or wrongly."""
_NEAR = 2
"""A denial in a sentence counts as a denial of the fact only if the sentence adds at most this number of words to the
fact's, and lacks at most this number of them.
"""
_NEARLY_ALL = 0.8
_ADDED = 1
"""The largest number of words that a sentence may add and still count as the fact in its own words."""
_OTHERWISE = 0.5
"""If more than this share of the words of both texts is in only one of them, the sentence is not compared with the fact
place by place.
"""
_GAP = 3
"""The largest number of words in one place. A longer sequence says the fact in other words."""


def departure(
    sentence: str,
    fact: str,
    parsed: Sequence[ParsedSentence] | None = None,
    fact_parsed: Sequence[ParsedSentence] | None = None,
    *,
    are_alike: AreAlike,
    question: str = "",
) -> Departure | None:
    """Whether the sentence contradicts the fact, or differs from it so that it is unsure whether it does. None if it
    does not differ, or is about something else.

    Give both parses, or neither. Without parses, the rules about parts of speech and about subjects and objects are
    left out; so another term in a place of the fact is found only if it is a name.
    """
    said, wanted, asked = terms_of(sentence, parsed), terms_of(fact, fact_parsed), terms_of(question, None)
    full = without_small(wanted)
    shared = sum(is_in(term, said) for term in full)
    added = [term for term in without_small(said) if not is_in(term, wanted)]
    own = [term for term in added if not is_in(term, asked)]
    has_other_name = _has_other_name(own, full, said)
    denies_its_word = _denied_words(parsed, fact_parsed)
    is_denied = _is_denied(sentence, fact) and not say_little(sentence, fact)
    extends = any(term.text in _ALL for term in said if not is_in(term, wanted))
    if not (added or extends or denies_its_word) and is_denial(fact):
        is_denied = False  # a part of the fact: *whales are mammals* of *whales are mammals and not fish*
    if _says_unless(sentence) != _says_unless(fact) and not denies_its_word and fact_parsed is not None:
        # If the sentence has all other words of the fact, *without a force* says the same as *unless a force acts*.
        rest = _words_by_denial(fact_parsed)[1]
        is_denied = is_denied and not all(is_in(term, [*said, *asked]) for term in rest)
    if is_denied and not added:
        return "contradicted"
    opposites = _opposites(said, wanted)
    has_opposite = bool(opposites)
    if is_denied and has_opposite:
        # *Prevents* is a denial too, but not a second reversal beside *causes*.
        is_denied = is_denial(_without(sentence, opposites)) != is_denial(_without(fact, opposites))
        if is_denied:
            return "unsure" if shared else None  # two reversals: *does not let in* means *blocks*
    lacks = len(full) - shared
    if shared and sets_apart(fact, sentence):
        affirmed = terms_of(without_contrasts(sentence), parsed)
        named = without_small(terms_of(without_contrasts(fact), fact_parsed))
        return "unsure" if all(is_in(term, affirmed) for term in named) else "contradicted"
    if shared and sets_apart(sentence, fact):
        # If no other thing is in the place of the excluded one, the sentence may exclude it from another action: fish take in
        # *oxygen, not carbon dioxide*, and give off carbon dioxide.
        return "contradicted" if own else "unsure"
    if not own and not lacks and turn_a_limit(sentence, fact):
        return "contradicted"
    is_near = max(len(added), lacks) <= _NEAR
    if is_denied and denies_its_word and not own and shared and parsed is not None:
        return "contradicted"
    is_denied = is_denied and (denies_its_word or is_near)
    if not full or shared < _SHARED * len(full) or shared < min(2, len(full)):
        is_doubtful = has_other_name or has_opposite or (is_denied and len(own) < shared)
        return "unsure" if shared and is_doubtful else None
    if exchanges_two(sentence, fact):
        return "contradicted"
    ends_otherwise = parsed is not None and _ends_otherwise(sentence, fact, said, wanted, are_alike)
    if len(added) + lacks > _OTHERWISE * (len(full) + len(added)):
        return "unsure" if is_denied or has_other_name or ends_otherwise or has_opposite else None
    is_swapped = swaps_compared(sentence, fact)
    if is_swapped and has_opposite:
        return None  # both say the same: A is longer than B, B is shorter than A
    gaps = list(gaps_between(aligned(said, wanted), said, wanted))
    exchanged = exchanged_terms(gaps)
    if exchanged and not _has_other_voice(parsed, fact_parsed):
        # The order of words in a list means nothing, and a word that occurs several times may belong to a list. Two
        # reversals may make a sentence true again, and so may an added word: *the leaves get water via the xylem*. A
        # moved clause exchanges nothing.
        is_plain = not has_opposite and not own and all(count_of(one, wanted) == 1 for one in exchanged)
        is_plain = is_plain and (parsed is None or all(term.is_thing for term in exchanged))
        return "contradicted" if is_plain else "unsure"
    if any(_is_opposite(*gap, said, wanted) for gap in gaps):
        return "contradicted"
    is_verbatim = len(added) <= _ADDED and shared >= _NEARLY_ALL * len(full)
    if is_verbatim and any(_is_reversed(*gap) for gap in gaps):
        return "contradicted"
    if is_swapped or swaps_cause(sentence, fact):
        return "contradicted"
    is_elsewhere = is_near and _has_other_place(said, [*wanted, *asked])
    compares_other = compares_another_quality(sentence, fact, are_alike)
    is_turned, is_copied = is_compared_otherwise(sentence, fact), _is_but_for_a_place(sentence, fact)
    if is_turned and is_copied:
        return "contradicted"
    is_uncertain = is_denied or has_other_name or has_opposite or is_turned or compares_other or is_elsewhere
    is_uncertain = (
        is_uncertain or ends_otherwise or moves_over_a_degree(sentence, fact) or puts_together(sentence, fact)
    )
    if parsed is not None and fact_parsed is not None:
        claimed, sourced = ParsedClaim.of(parsed), ParsedClaim.of(fact_parsed)
        if turns_round(claimed, sourced):
            return "contradicted"
        is_uncertain = is_uncertain or acts_for_acted_on(claimed, sourced)
        gaps += gaps_between(aligned_from_the_end(said, wanted), said, wanted)
        if any(_is_other_term(*gap, said, wanted, are_alike, is_copied=is_copied) for gap in gaps):
            return "unsure"
        is_uncertain = is_uncertain or (
            not is_passive(parsed) and not is_passive(fact_parsed) and has_other_subject(claimed, sourced)
        )
    return "unsure" if is_uncertain or moves_over_a_verb(sentence, fact, fact_parsed) else None


_ALL = frozenset("all both each only".split())
"""Words that extend or limit a statement."""


def _has_other_voice(
    parsed: Sequence[ParsedSentence] | None, fact_parsed: Sequence[ParsedSentence] | None
) -> bool:
    """Whether only one of the two is passive. Then the same terms are in exchanged places, and the grammar decides
    whether who acts and who is acted on are exchanged.
    """
    return (
        parsed is not None and fact_parsed is not None and is_passive(parsed) is not is_passive(fact_parsed)
    )


def _is_denied(sentence: str, fact: str) -> bool:
    """Whether only one of the texts denies something, apart from their contrasts."""
    if any(sets_apart(*pair, is_denied=True) for pair in ((sentence, fact), (fact, sentence))):
        return False
    return is_denial(without_contrasts(sentence)) != is_denial(without_contrasts(fact))


def _denied_words(
    parsed: Sequence[ParsedSentence] | None, fact_parsed: Sequence[ParsedSentence] | None
) -> bool:
    """Whether only one of the two, sentence or fact, denies a certain word. A word that the fact both denies and affirms
    does not count. True without parses.
    """
    if parsed is None or fact_parsed is None:
        return True
    mine, theirs = _words_by_denial(parsed), _words_by_denial(fact_parsed)
    return any(is_in(term, theirs[1]) for term in mine[0]) or any(
        is_in(term, mine[1]) and not is_in(term, theirs[1]) for term in theirs[0]
    )


def _words_by_denial(parsed: Sequence[ParsedSentence]) -> tuple[list[Term], list[Term]]:
    """The denied words, and the words that are not denied."""
    words: tuple[list[str], list[str]] = [], []
    for sentence in parsed:
        is_excepted, negated = False, _negated_in(sentence.words)
        for at, word in enumerate(sentence.words):
            if word.text == "," or _says_unless(word.text):
                is_excepted = word.text != ","
            words[0 if is_excepted or at in negated else 1].append(word.text)
    denied, affirmed = (without_small(terms_of(" ".join(one), parsed)) for one in words)
    return denied, affirmed


def _negated_in(words: Sequence[Word]) -> Collection[int]:
    """The indices of the words that are denied, also by a verb (it *keeps* you *from falling*), or by *no effect on*."""
    if _WITHOUT_EFFECT.search(" ".join(word.text for word in words)):
        return range(len(words))
    found = set(denied_in(words))
    for at, word in enumerate(words):
        head = words[word.head]
        over = words[head.head] if head.text.lower() == "from" and word.relation == "pcomp" else head
        relations = (
            ("xcomp", "pcomp", "dobj", "nsubjpass") if over.lemma.lower() == "prevent" else ("xcomp", "pcomp")
        )
        if over.lemma.lower() in _HINDERING and word.relation in relations:
            found ^= {at}
    return found


_HINDERING = frozenset("stop cease fail refuse keep prevent hinder".split())
_WITHOUT_EFFECT = regex(
    r"\b(?:no|not any|n't have any|not have any|without any) (?:\w+ )?(?:effect|influence|impact|role|part|relation|connection|link) "
    r"(?:on|in|to|with)\b|\b(?:nothing|n't anything|not anything) to do with\b",
    re.IGNORECASE,
)


def _says_unless(text: str) -> bool:
    """Whether the text has an exception with *unless*, which denies the words after it, as *if not* does."""
    return re.search(r"\bunless\b", text, re.IGNORECASE) is not None


def _has_other_name(added: Sequence[Term], full: Sequence[Term], said: Sequence[Term]) -> bool:
    """Whether the sentence has a name that the fact lacks, and lacks one of the fact."""
    return any(term.is_name and not _is_of_name(term, full) for term in added) and any(
        term.is_name and not _is_of_name(term, said) for term in full
    )


def _is_of_name(term: Term, terms: Sequence[Term]) -> bool:
    """Whether the terms contain the name ``term`` or a word related to it: England, English."""
    return any(
        term.text[:LEAST_BEGINNING] == other.text[:LEAST_BEGINNING]
        or (term.text[:2] == other.text[:2] and _OF_A_PLACE.search(f"{term.text} {other.text}"))
        for other in terms
    )


_OF_A_PLACE = regex(r"(?:ish|ch|ese|an)\b")
"""Endings of adjectives of countries: French, Spanish, Roman."""


def _is_but_for_a_place(sentence: str, fact: str) -> bool:
    """Whether the sentence equals the fact, or some of its clauses, word for word and in order, except for one place of
    a few words.
    """
    starts = [0, *(one.end() for one in _CLAUSES.finditer(fact))]
    ends = [*(one.start() for one in _CLAUSES.finditer(fact)), len(fact)]
    told = {fact[start:end] for at, start in enumerate(starts) for end in ends[at:]}
    return any(
        max(map(len, _apart(sentence, one))) <= _GAP - 1
        for one in told
        if one == fact or len(all_words(one)) > 2 * _GAP
    )


_CLAUSES = regex(r",|;|\b(?:and|but|so|because|while|which)\b", re.IGNORECASE)


def _apart(sentence: str, fact: str) -> tuple[list[str], list[str]]:
    """The words of both texts between their common beginning and their common end."""
    mine, theirs = all_words(sentence), all_words(fact)
    before = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(mine, theirs, strict=False)))
    ends = zip(reversed(mine[before:]), reversed(theirs[before:]), strict=False)
    after = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    return mine[before : len(mine) - after], theirs[before : len(theirs) - after]


def _ends_otherwise(
    sentence: str, fact: str, said: Sequence[Term], wanted: Sequence[Term], are_alike: AreAlike
) -> bool:
    """Whether the sentence begins with the same words as the fact, at least half of the fact's words, and ends with
    other things.
    """
    mine, theirs = _apart(sentence, fact)
    words = all_words(fact)
    if not mine or 2 * len(theirs) > len(words) or theirs != words[-len(theirs) :]:
        return False
    new = [term for term in without_small(said) if term.text in mine and not is_in(term, wanted)]
    lost = [term for term in without_small(wanted) if term.text in theirs and not is_in(term, said)]
    return bool(new and lost) and not any(
        are_alike(one.text, other.text) for one, other in product(new, lost)
    )


def _has_other_place(said: Sequence[Term], known: Sequence[Term]) -> bool:
    """Whether the sentence has a word of place that neither the fact nor the question has, in this or another form."""
    words = {term.text for term in known}
    return any(term.text in _PLACES and not _PLACES[term.text] & words for term in said)


_PLACES = {
    "above": frozenset("above over higher top upper up".split()),
    "below": frozenset("below under beneath underneath lower down bottom".split()),
    "beneath": frozenset("below under beneath underneath lower down bottom".split()),
    "outside": frozenset("outside out outer external beyond".split()),
    "beyond": frozenset("outside out outer external beyond longer more past".split()),
    "against": frozenset("against opposite opposed".split()),
    "away": frozenset("away from off out aside without".split()),
}
"""Words of place, each with the words that may have the same meaning."""


def names_another(sentence: str, fact: str) -> bool:
    """Whether both number the same kind of thing, and the sentence has only other numbers: *the second law*, *the third
    law*.
    """
    said, wanted = _numbered(sentence), _numbered(fact)
    return any(not said[kind] & wanted[kind] for kind in said.keys() & wanted.keys())


def _numbered(text: str) -> dict[str, set[str]]:
    """The ordinals before each word: *second* before *law*."""
    found: dict[str, set[str]] = {}
    for ordinal, kind in pairwise(all_words(text)):
        if ordinal in ORDINALS - {"last"} and kind not in EMPTY:
            found.setdefault(stem(kind), set()).add(ordinal)
    return found


def is_close(sentence: str, fact: str) -> bool:
    """Whether the sentence has the fact's own words, except for a few."""
    said, wanted = without_small(terms_of(sentence, None)), without_small(terms_of(fact, None))
    added = sum(not is_in(term, wanted) for term in said)
    return added <= _ADDED and sum(is_in(term, said) for term in wanted) >= _SHARED * len(wanted)


def other_quantity(sentence: str, fact: str, question: str) -> Departure | None:
    """How a quantity of the sentence differs from the fact's; None if none differs. The quantity "one" may be left out."""
    said, given, asked = (quantities(_counted(text)) for text in (sentence, fact, question))
    lost = [
        one
        for one in given
        if one.number != 1 and not is_among(one, [*asked, *said]) and not _is_said_in_parts(one, said)
    ]
    others = [
        one
        for one in said
        if one.number != 1 and not is_among(one, [*given, *asked]) and not _is_said_in_parts(one, given)
    ]
    if not lost or not others:
        return None
    is_apart = any(_is_rate_of(one, other) for one in lost for other in others)
    return "contradicted" if is_close(sentence, fact) and not is_apart else "unsure"


def _is_said_in_parts(rate: Quantity, others: Sequence[Quantity]) -> bool:
    """Whether two of the others make the rate: *in one second, 340 metres* makes *340 metres per second*."""
    above, _, below = rate.dimension.partition("/")
    return any(
        amount.dimension == above
        and unit.dimension == below
        and isclose(amount.value, rate.value * unit.value, rel_tol=1e-3)
        for amount, unit in product(others, repeat=2)
        if below
    )


def _is_rate_of(one: Quantity, other: Quantity) -> bool:
    """Whether only one of them is a rate, of the other's number: *340 metres per second* and *340 metres in it*."""
    above, below = one.dimension.partition("/"), other.dimension.partition("/")
    return one.number == other.number and above[0] == below[0] and above[1] != below[1]


def _counted(text: str) -> str:
    """The text with *twice* written as *2 times*."""
    return _TIMES.sub(lambda match: _NUMBER_OF_TIMES[match[0].lower()], text)


_NUMBER_OF_TIMES = {"once": "1 times", "twice": "2 times", "thrice": "3 times"}
_TIMES = regex(r"\b(?:once|twice|thrice)\b(?= (?:a|an|per|each|every|in)\b)", re.IGNORECASE)


def is_among(one: Quantity, others: Collection[Quantity]) -> bool:
    """Whether the quantity, or its number without a unit, is among the given ones."""
    return any(
        same_quantity(one, other, tolerance=1e-3)
        or (one.number == other.number and not (one.dimension and other.dimension))
        for other in others
    )


def _is_opposite(
    mine: Sequence[Term], theirs: Sequence[Term], said: Sequence[Term], wanted: Sequence[Term]
) -> bool:
    """Whether a place of the sentence has the opposite of the word that the fact has there."""
    lost = [term for term in theirs if count_of(term, said) < count_of(term, wanted)]
    new = [term for term in mine if count_of(term, said) > count_of(term, wanted)]
    return len(mine) <= _GAP and any(
        are_opposite(a.lemma, b.lemma) or are_opposite(a.form, b.form) for a in new for b in lost
    )


def _opposites(said: Sequence[Term], wanted: Sequence[Term]) -> set[str]:
    """The words of the sentence that are opposites of words of the fact, anywhere, and these words of the fact."""
    return {
        word
        for one in said
        if not is_in(one, wanted)
        for other in wanted
        if not is_in(other, said)
        and (are_opposite(one.lemma, other.lemma) or are_opposite(one.form, other.form))
        for word in (one.text, other.text)
    }


def _without(text: str, words: Collection[str]) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: " " if word[0].lower() in words else word[0], text)


def _is_reversed(mine: Sequence[Term], theirs: Sequence[Term]) -> bool:
    """Whether a small word of the place reverses the meaning: *from* for *to*."""
    return any(
        frozenset((a.text, b.text)) in _REVERSED or {a.text, b.text} <= ORDINALS
        for a in mine
        for b in theirs
        if a.text != b.text
    )


def _is_other_term(
    mine: Sequence[Term],
    theirs: Sequence[Term],
    said: Sequence[Term],
    wanted: Sequence[Term],
    are_alike: AreAlike,
    *,
    is_copied: bool,
) -> bool:
    """Whether the answer has another thing or quality where the fact has one of its own."""
    if len(mine) > _GAP or len(theirs) > _GAP:
        return False
    is_alone = (
        len(without_small(mine)) == len(without_small(theirs)) == 1
    )  # then it names a thing, even if the parser calls it a verb
    if is_alone and is_copied:
        # If a sentence repeats the fact, another verb in it rarely means the same: *gave up* for *claimed*.
        lost = [term for term in without_small(theirs) if count_of(term, said) < count_of(term, wanted)]
    else:
        lost = [term for term in theirs if term.is_thing and not is_in(term, said)]
    new = [term for term in without_small(mine) if (term.is_thing or is_alone) and not is_in(term, wanted)]
    if not lost or not new:
        return False
    if is_copied and not any(term.is_thing for term in lost):
        return True
    are_named = any(term.is_name for term in (*lost, *new))
    # The last word of a name with several words, such as *white dwarf*, says what it is.
    compared = [(new[-1], lost[-1])] if len(lost) > 1 and len(new) > 1 else product(new, lost)
    return are_named or not any(are_alike(one.text, other.text) for one, other in compared)


_REVERSED = {
    frozenset(pair.split())
    for pair in (
        "away towards|away toward|away to|from to|from into|out into|out in|before after|above below|over under|"
        "without with|against for|up down|more less|more fewer|most least|most few|first last|only many|one many|one two|each only|each one|"
        "only all|single many|both neither|all none|all few|both one|both only|still not|can cannot"
    ).split("|")
}
