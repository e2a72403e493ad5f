"""Finds contrasts: a text that names a thing and excludes another one, as in *in packs, not alone*.

Only the excluded words are denied. They are called *set apart* here.
"""

from __future__ import annotations

import re

from domain.text.terms import Term, is_denial, is_in, terms_of, without_small
from ports.text.denials import LIMITING
from ports.text.regexes import regex

_AUXILIARIES = "do does did can could will would shall should must may might has have had".split()
_AFTER_A_VERB = "".join(rf"(?<!\b{word} )" for word in _AUXILIARIES)
"""After such a verb, *not* denies the action, and is no contrast: *sound does not travel in a vacuum, but light does*.
"""
_CONTRAST = regex(
    rf",? (?:and |but )?\b{_AFTER_A_VERB}not (?!(?:{'|'.join(sorted(LIMITING))})\b)((?:\w+ ){{0,3}}\w+),? but\b(?! also)"
    r"(?: rather)?|, (?:and |but )?not ((?:\w+ ){0,3}\w+)(?=[.,;!?]|\s*$)",
    re.IGNORECASE,
)


def without_contrasts(text: str) -> str:
    """The text without the words that its contrasts set apart, and without the *not* and *but* around them."""
    return _CONTRAST.sub(lambda found: " " if _things_in(found) else found[0], text)


def sets_apart(text: str, other: str, *, is_denied: bool = False) -> bool:
    """Whether a contrast of the text sets apart a thing of which the other text affirms something: *the lung, not the
    heart*. With ``is_denied``, a thing of which the other text denies something.
    """
    things = [thing for found in _CONTRAST.finditer(text) for thing in _things_in(found)]
    if not things:
        return False
    rest = without_contrasts(other)
    known = terms_of(rest, None)
    return is_denial(rest) == is_denied and any(is_in(thing, known) for thing in things)


def _things_in(contrast: re.Match[str]) -> list[Term]:
    """The things that the text sets apart. There are none in *some, but not others*, which only limits a thing."""
    things = without_small(terms_of(" ".join(filter(None, contrast.groups())), None))
    return [thing for thing in things if thing.text not in THE_REST]


THE_REST = frozenset("other others rest remainder".split())
"""Words for things that are not named. In *some, but not others*, no thing is set apart."""
