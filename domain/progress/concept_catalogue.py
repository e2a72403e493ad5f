"""A learner's concepts in a subject. All spellings of a concept have the same key.

Each learner has a catalogue of their own, so that others never see the name of a concept from a private document.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from ports.text.regexes import regex

MAX_CONCEPTS = 300
"""The limit for one learner in one subject, so that a standing stays small. Further concepts count as ``OTHER``."""
MAX_LABEL_CHARACTERS = 100
MAX_KEY_CHARACTERS = 80
OTHER = "other"
_OTHER_LABEL = "Other"

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ´`′＇"), "'")
_POSSESSIVE_OF_S = regex(r"(?<=s)'s\b")
_PLURAL_ACRONYM = regex(r"\b([A-Z]{2,})s\b")
_IN_BRACKETS = regex(r"([^()（）]+?)\s*[(（]\s*([^()（）]+?)\s*[)）]")
_INVISIBLE = ("Cc", "Cf", "Cs")
_SINGULARS = {
    "bacteria": "bacterium",
    "biases": "bias",
    "caches": "cache",
    "calories": "calorie",
    "cookies": "cookie",
    "criteria": "criterion",
    "gases": "gas",
    "indices": "index",
    "lenses": "lens",
    "matrices": "matrix",
    "nuclei": "nucleus",
    "phenomena": "phenomenon",
    "quizzes": "quiz",
    "vertices": "vertex",
    "viruses": "virus",
}
_NO_PLURALS = frozenset("atlas bias canvas chaos cosmos ethos lens means news pathos series species".split())
_ENDINGS = (
    ("yses", "ysis"),
    ("heses", "hesis"),
    ("ies", "y"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("ics", "ics"),
    ("s", ""),
)
"""Pairs of plural and singular endings. The first pair whose plural fits a word gives its singular."""


def concept_key(label: str) -> str:
    """The key of all spellings of a concept, for example of "Newton's laws", "newtons_laws" and "Newton’s Law".

    Letter case, compatibility forms, possessives, hyphens, underscores, spaces, a leading "the", an acronym in brackets
    and an English plural of the last word do not matter; accents do. Letters of any script are kept. The key of a key
    is the key itself. It has 1 to ``MAX_KEY_CHARACTERS`` characters.
    """
    return _names(label)[0]


def concept_stem(label: str) -> str:
    """A looser key: it also ignores a plural or possessive in any word of the label ("newton laws")."""
    return _stem(concept_key(label))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``entries`` maps keys to labels. ``aliases`` maps other keys of a concept to its key."""

    entries: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def find(self, label: str) -> str | None:
        """The key of the concept with this label; None if it is not in the catalogue."""
        key, *acronym = _names(label)
        key = self.aliases.get(key, key)
        if key in self.entries:
            return key
        stem = _stem(key)
        alike = next((one for one in self.entries if _stem(one) == stem), None)
        if alike is not None:
            return alike
        # An acronym that is known with other words belongs to another concept.
        is_free = acronym and acronym[0] in self.entries and acronym[0] not in self.aliases.values()
        return acronym[0] if is_free else None

    def resolve(self, label: str) -> tuple[str, str]:
        """The key and the label of the concept with this label, even if it is not in the catalogue."""
        key = self.find(label)
        if key is not None:
            return key, self.entries[key]
        if len(self.entries) >= MAX_CONCEPTS:
            return OTHER, _OTHER_LABEL
        key = concept_key(label)
        return key, _OTHER_LABEL if key == OTHER else _tidy(label)

    def with_concepts(self, labels: Iterable[str]) -> Catalogue:
        """The catalogue with those concepts added that are missing, up to ``MAX_CONCEPTS``.

        The first label of a concept is kept. "Central processing unit (CPU)" makes "CPU" another name of it.
        """
        known = self
        for label in labels:
            key, shown = known.resolve(label)
            if key not in known.entries and len(known.entries) < MAX_CONCEPTS:
                known = Catalogue({**known.entries, key: shown}, known.aliases)
            if key in known.entries:
                new = [name for name in _names(label) if name not in known.entries]
                new = [name for name in new if name not in known.aliases]
                room = max(0, MAX_CONCEPTS - len(known.aliases))
                known = Catalogue(known.entries, {**known.aliases, **dict.fromkeys(new[:room], key)})
        return known


@lru_cache(maxsize=1 << 12)
def _names(label: str) -> tuple[str, ...]:
    """The key of a label and, if it contains an acronym ("Central processing unit (CPU)"), the acronym's key."""
    tidy = _tidy(label)
    bracketed = _IN_BRACKETS.fullmatch(tidy)
    if bracketed is not None:
        for words, short in (bracketed.group(1, 2), bracketed.group(2, 1)):
            if _is_acronym(short, words):
                return tuple(dict.fromkeys((_slug(words), _slug(short))))
    return (_slug(_PLURAL_ACRONYM.sub(r"\1", tidy)),)


def _is_acronym(short: str, words: str) -> bool:
    """Whether the letters of ``short`` occur in ``words`` in the same order, and both begin with the same letter.

    After Schwartz and Hearst 2003, "A simple algorithm for identifying abbreviation definitions".
    """
    capitals = sum(letter.isupper() for letter in short)
    if not (2 <= len(short) <= 10 and short.isalnum() and 2 * capitals >= len(short) < len(words)):
        return False
    rest = iter(words.casefold())
    return short[0].casefold() == words[0].casefold() and all(one in rest for one in short.casefold())


def _tidy(label: str) -> str:
    """The label as it is shown: one line of at most ``MAX_LABEL_CHARACTERS`` characters."""
    visible = "".join(
        " " if unicodedata.category(one) == "Cc" else one
        for one in unicodedata.normalize("NFC", label[: 10 * MAX_LABEL_CHARACTERS])
        if unicodedata.category(one) != "Cs"
    )
    if " " not in visible.strip():
        visible = visible.replace("_", " ")
    return " ".join(visible.split())[:MAX_LABEL_CHARACTERS].rstrip()


def _stem(key: str) -> str:
    return "_".join(map(_singular, key.split("_")))


def _slug(label: str) -> str:
    slug = label
    while (again := _slug_once(slug)) != slug:  # cutting an ending may leave another one
        slug = again
    return slug


def _slug_once(label: str) -> str:
    text = unicodedata.normalize("NFKC", label.translate(_APOSTROPHES)).casefold()
    text = "".join(one for one in text if unicodedata.category(one) not in _INVISIBLE or one.isspace())
    text = _POSSESSIVE_OF_S.sub("", unicodedata.normalize("NFKC", text)).replace("'", "")
    words = _words(text.replace("&", " and "))
    if words[1:] and words[0] == "the":
        words = words[1:]
    if words:
        words[-1] = _singular(words[-1])
    return "_".join(words or text.replace("_", " ").split())[:MAX_KEY_CHARACTERS].strip("_") or OTHER


def _words(text: str) -> list[str]:
    """The words of a label. ``+`` and ``#`` belong to the word before them, as in C++ and C#."""
    spaced = ""
    for one in text:
        is_part = unicodedata.category(one)[0] in "LMN" or (one in "+#" and spaced[-1:].strip() != "")
        spaced += one if is_part else " "
    return spaced.split()


def _singular(word: str) -> str:
    """The singular of an English word in lower case. Any other word stays as it is."""
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) < 4 or not (word.isascii() and word.isalpha()) or word in _NO_PLURALS:
        return word
    for ending, singular in _ENDINGS:
        if word.endswith(ending):
            return word.removesuffix(ending) + singular
    return word
