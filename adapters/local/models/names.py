"""The names of people, peoples and places in a text, each with its kind, and other names of the same kind for wrong
options.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from adapters.local.models.statement_words import NO_NAME
from ports.grammar import Word

PLACES, ACTORS = ("GPE", "LOC", "FAC"), ("PERSON", "NORP")


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    kind: str
    start: int
    end: int
    """The words of the name are those from index ``start`` up to ``end``, not including ``end``."""


class Names:
    """The names of people, peoples and places in the sentences. A name has the kind that most sentences give it."""

    def __init__(self, sentences: Sequence[tuple[int, str]]) -> None:
        self._small = {word for _, text in sentences for word in re.findall(r"\b[a-z][\w-]+", text)}
        self._kinds: dict[str, Counter[str]] = {}
        self._beside: dict[str, set[str]] = defaultdict(set)
        """For each word of a name: the names directly beside it. One may contain the other (*Monterey, California*)."""

    def note(self, text: str, words: Sequence[Word]) -> None:
        found = list(self._in(text, words))
        for name, after in zip_longest(found, found[1:]):
            is_within = after is not None and text[words[name.end - 1].end : words[after.start].start] == ", "
            kind = after.kind if after is not None and is_within and after.kind in PLACES else name.kind
            self._kinds.setdefault(name.text, Counter())[kind] += 1
        for one, other in pairwise(found):
            if other.start - one.end <= 2:
                for word in one.text.split():
                    self._beside[word].add(other.text)
                for word in other.text.split():
                    self._beside[word].add(one.text)

    def at(self, text: str, words: Sequence[Word], place: int) -> Name | None:
        """The name that the word belongs to. None if there is none, or if the sentences disagree about its kind."""
        name = next((name for name in self._in(text, words) if name.start <= place < name.end), None)
        if name is None:
            return None
        ((kind, votes),) = self._kinds[name.text].most_common(1)
        is_people = kind != "NORP" or (name.text.endswith("s") and words[name.end - 1].part != "ADJ")
        is_sure = kind == name.kind and votes >= 0.7 * self._kinds[name.text].total()
        is_sure = is_sure and (kind != "PERSON" or " " in name.text or name.text in self._people())
        return name if is_sure and is_people else None

    def others(self, name: Name, quote: str) -> tuple[str, ...]:
        """Other names of the same kind and form that are not in the sentence. The most frequent ones come first."""
        own = set(name.text.lower().split())
        near = {other for word in name.text.split() for other in self._beside.get(word, ())}
        of_kind = [other for other, kinds in self._kinds.items() if kinds.most_common(1)[0][0] == name.kind]
        if name.kind == "PERSON" and " " not in name.text:
            of_kind = list(self._people())
        elif name.kind == "PERSON":
            of_kind = [other for other in of_kind if " " in other]
        elif name.kind in PLACES:
            people = {other.split()[-1] for other, kinds in self._kinds.items() if "PERSON" in kinds}
            of_kind = [other for other in of_kind if other.split()[-1] not in people]
        elif name.kind == "NORP":
            of_kind = [other for other in of_kind if other.endswith("s")]
        kept: list[str] = []
        for other in sorted(set(of_kind), key=lambda other: (-self._count(other), other)):
            words = other.split()
            is_apart = not any(set(words) & set(one.split()) or other[:5] == one[:5] for one in kept)
            is_other = not own & {word.lower() for word in words} and _initials(other) != _initials(name.text)
            if is_apart and is_other and other not in near and words[-1] not in quote:
                kept.append(other)
        return tuple(kept)

    def is_setting(self, name: Name) -> bool:
        """Whether the name is the place that the material names most often, at least three times. Then most of the
        events may be there.
        """
        places = [one for one, kinds in self._kinds.items() if kinds.most_common(1)[0][0] in PLACES]
        most = max(map(self._count, places), default=0)
        return most > 2 and self._count(name.text) == most

    def _people(self) -> set[str]:
        """The last names of people whose full name occurs, and single names that occur more than once. Places are left
        out.
        """
        people = {one for one, kinds in self._kinds.items() if kinds.most_common(1)[0][0] == "PERSON"}
        last = {one.split()[-1] for one in people if " " in one}
        known = last | {one for one in people if " " not in one and self._count(one) > 1}
        return {one for one in known if not self._kinds.get(one, Counter()).keys() & set(PLACES)}

    def _count(self, name: str) -> int:
        last = name.split()[-1]
        return sum(kinds.total() for known, kinds in self._kinds.items() if known.split()[-1] == last)

    def _in(self, text: str, words: Sequence[Word]) -> Iterator[Name]:
        at = 0
        while at < len(words):
            kind, start = words[at].entity, at
            at += 1
            if kind not in (*ACTORS, *PLACES):
                continue
            while at < len(words) and words[at].entity == kind and words[at].text != ",":
                at += 1
            end = at
            while start < end and words[start].part in ("DET", "PUNCT", "ADP"):
                start += 1
            while end > start and words[end - 1].part in ("PART", "PUNCT", "ADP", "CCONJ"):
                end -= 1
            if self._is_name(words[start:end], kind):
                yield Name(text[words[start].start : words[end - 1].end], kind, start, end)

    def _is_name(self, run: Sequence[Word], kind: str) -> bool:
        if not 1 <= len(run) <= 4 or any(NO_NAME.search(word.text) for word in run):
            return False
        if any(word.part not in ("PROPN", "ADP", "DET") and kind != "NORP" for word in run):
            return False
        is_small = len(run) == 1 and run[0].text.lower() in self._small
        return run[0].text[:1].isupper() and run[-1].text[:1].isupper() and not is_small


def _initials(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in words) if len(words) > 1 else name.replace(".", "")
