"""How the material writes a concept inside a sentence: which article it has, and whether it has a capital letter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from adapters.local.agent.interviews.statements import Claim
from adapters.local.agent.text.words import is_stopword

CAPITALISED = re.compile(r"(?:(?<=[^\W_] )|(?<=[^\W_], ))[^\W\d_a-z][^\W_]*")
"""A capital letter that marks a name, and not only the beginning of a sentence."""


class ConceptWording:
    """Learns from the sentences of the material which words are names."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        small = Counter(word for text in texts for word in re.findall(r"[^\W\d_]+", text) if word.islower())
        names = Counter(word for text in texts for word in CAPITALISED.findall(text))
        self._language = language
        self._small = frozenset(small)
        self._names = frozenset(name for name, count in names.items() if count > small[name.casefold()])

    def named(self, claim: Claim) -> str:
        """The concept with its article, as it is written inside a sentence."""
        opening = claim.opening.lower()
        if self._language == "en" and opening in ("each ", "every "):
            opening = "a "
        return opening + self.within(claim.concept, is_sure=bool(opening) or claim.kind == "defines")

    def within(self, phrase: str, *, is_sure: bool = True) -> str:
        """The concept with a lower-case first letter. A name keeps its capital. A concept that may be a name keeps it
        too, unless ``is_sure``.
        """
        first, _, rest = phrase.partition(" ")
        if is_stopword(first.casefold()) and first != "I":
            return phrase[0].lower() + phrase[1:]
        is_name = (
            first in self._names
            or len(first) == 1
            or any(letter.isupper() for letter in first[1:])
            or rest[:1].isupper()
            or first.endswith(("'s", "’s"))
        )
        may_be_name = not is_sure and first.casefold() not in self._small
        if is_name or may_be_name or self._language == "de":
            return phrase
        return phrase[0].lower() + phrase[1:]


def may_be_person(claim: Claim) -> bool:
    """Whether the claim's concept is a name of several words without an article."""
    return not claim.opening and len(re.findall(r"(?<![^\W_])[^\W\d_a-z]", claim.concept)) > 1
