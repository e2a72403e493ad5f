"""Compares a typed term with the wanted one, and allows for slips of spelling."""

from __future__ import annotations

from collections.abc import Sequence

from domain.text.lexical import tokens
from ports.text.words import words

_ONE_SLIP, _TWO_SLIPS = 5, 9
"""The fewest letters of a word that may have one slip, or two. In a shorter word, a slip makes another word."""
_OPENINGS = tuple(
    frozenset(pair.split("/"))
    for pair in (
        "hypo/hyper inter/intra ab/ad micro/macro endo/exo ana/cata ante/anti pre/pro over/under homo/hetero mono/di"
        " mono/poly uni/bi in/ex im/ex ec/end pro/anti sub/super ortho/meta ortho/para meta/para mei/mit an/cat"
        " af/ef e/im bi/tri iso/allo"
    ).split()
)
_ENDINGS = tuple(
    frozenset(pair.split("/"))
    for pair in (
        "ate/ite ate/ide ite/ide ane/ene ane/yne ene/yne ose/ase ose/ate ous/ic or/ee er/ee ism/ist"
    ).split()
)
"""Prefixes and endings that turn a term into another one: hypotonic and hypertonic, sulfate and sulfite."""
_OTHERS = tuple(
    frozenset(pair.split("/"))
    for pair in (
        "neuron/neutron isotope/isotone ileum/ilium principal/principle discreet/discrete stationary/stationery"
        " mucus/mucous palate/palette aural/oral prostate/prostrate perineal/peroneal"
    ).split()
)
"""Pairs of different terms that one slip would turn into each other."""


def is_spelled_as(typed: str, wanted: str, near: Sequence[str] = ()) -> bool:
    """Whether ``typed`` equals ``wanted``, apart from case, accents, articles, a plural ending and a few slips of
    spelling.

    A slip is a letter too many, a letter missing, a wrong letter, or two neighbouring letters exchanged. A number may
    have no slip. A text that is spelled like a word of ``near`` counts as that word.
    """
    one, two = _spelled(typed), _spelled(wanted)
    if one == two:
        return bool(one)
    if any(_spelled(other) == one for other in near):
        return False
    if tokens(typed) == tokens(wanted) and one:
        return True
    if "".join(one) == "".join(two) and one:
        return True
    return len(one) == len(two) and all(map(_is_slip_of, one, two))


def slips_of(term: str, text: str) -> tuple[str, ...]:
    """The misspellings of the term that are in the text: one word of the term is replaced by a word that differs from
    it by one slip and is not a form of it.
    """
    wanted = _spelled(term)
    found: dict[str, None] = {}
    for word in words(text):
        for place, one in enumerate(wanted):
            if word != one and tokens(word) != tokens(one) and _is_slip_of(word, one):
                found[" ".join([*wanted[:place], word, *wanted[place + 1 :]])] = None
    return tuple(found)


def _spelled(text: str) -> list[str]:
    found = words(text)
    return found[1:] if len(found) > 1 and found[0] in ("the", "a", "an") else found


def _is_slip_of(typed: str, wanted: str) -> bool:
    if typed == wanted or tokens(typed) == tokens(wanted):
        return True
    if any(map(str.isdigit, typed + wanted)) or not typed or typed[0] != wanted[0]:
        return False
    if _are_contrasted(typed, wanted) or frozenset((typed, wanted)) in _OTHERS:
        return False
    return _distance(typed, wanted) <= (len(wanted) >= _ONE_SLIP) + (len(wanted) >= _TWO_SLIPS)


def _are_contrasted(typed: str, wanted: str) -> bool:
    for pair in _OPENINGS:
        for one, two in (sorted(pair), sorted(pair, reverse=True)):
            if typed.startswith(one) and wanted.startswith(two):
                rest = typed.removeprefix(one), wanted.removeprefix(two)
                if _distance(*rest) <= 1 and typed != wanted and not two.startswith(one):
                    return True
    return any(
        typed.endswith(one) and wanted.endswith(two)
        for pair in _ENDINGS
        for one, two in (sorted(pair), sorted(pair, reverse=True))
    )


def _distance(one: str, two: str) -> int:
    """The number of letters to insert, remove, change, or exchange with the next one."""
    before, row = [0] * (len(two) + 1), list(range(len(two) + 1))
    for at, letter in enumerate(one, start=1):
        above, before, row = before, row, [at, *row[1:]]
        for place, other in enumerate(two, start=1):
            row[place] = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != other))
            is_swapped = at > 1 and place > 1 and letter == two[place - 2] and one[at - 2] == other
            if is_swapped:
                row[place] = min(row[place], above[place - 2] + 1)
    return row[-1]
