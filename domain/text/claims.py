"""Finds where a claim differs from a source: a denial, another quantity, exchanged roles or directions.

A claim that these rules refuse is nearly always wrong. A claim that they accept may still be wrong.

They compare the grammar of both texts: who does what to whom, with which preposition, and what is denied. Without a
grammar they compare words alone: quantities, denials and opposites.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from domain.text.opposites import are_opposite, folded
from ports.grammar import ParsedSentence, Word
from ports.text.denials import OF_LANGUAGE, denials, denied_in, denies
from ports.text.quantities import Quantity, comparable, quantities, same_quantity
from ports.text.regexes import regex

Fault = Literal["quantity", "denial", "opposite", "roles", "other_term"]
"""How a claim differs from its source.

``quantity``: another number or unit. ``denial``: the claim denies what the source affirms, or the reverse.
``opposite``: a word is replaced by its opposite. ``roles``: who acts and who is acted on are exchanged, or one thing
has another's attribute. ``other_term``: another thing is in the same place.
"""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Why a claim does not follow from its source."""

    fault: Fault
    claimed: str
    """The words of the claim that the source contradicts."""
    sourced: str
    """The words of the source that contradict ``claimed``."""


def conflicts(
    claim: str,
    source: str,
    claim_parsed: Sequence[ParsedSentence] | None = None,
    source_parsed: Sequence[ParsedSentence] | None = None,
) -> list[Contradiction]:
    """The differences between the claim and the source, each kind of fault at most once.

    Give both parses, or neither. Without parses, only quantities, denials and opposites are compared, by words.
    """
    found = [_quantity_conflict(claim, source)]
    if claim_parsed is None or source_parsed is None:
        found.append(_worded_conflict(claim, source))
    else:
        claimed, sourced = ParsedClaim.of(claim_parsed), ParsedClaim.of(source_parsed)
        if not claimed.predicates:
            found.append(_worded_conflict(claim, source))
        found += [
            _denial_conflict(claimed, sourced) or _bare_denial(claim, claimed, source),
            _opposite_conflict(claimed, sourced),
            _exchanged(claimed, sourced)
            or _crossed(claimed, sourced)
            or _displaced(claimed, sourced)
            or _misattributed(claimed, sourced),
            _other_term(claimed, sourced),
        ]
    return [conflict for conflict in found if conflict is not None]


@dataclass(frozen=True, slots=True)
class Predicate:
    """A verb, or a form of *be* with what it says, and the words that depend on it."""

    name: str
    """The lemma with its particle: give_off."""
    is_denied: bool
    places: Mapping[str, frozenset[str]]
    """The folded words in each place: subject, object, or a preposition."""
    text: str
    is_conditional: bool = False
    """Whether a condition limits the predicate, or the predicate is a condition itself: if, when, unless, only."""

    @property
    def words(self) -> frozenset[str]:
        """The words in all places."""
        return frozenset().union(*self.places.values()) if self.places else frozenset()


@dataclass(slots=True)
class ParsedClaim:
    """The predicates of a text, and the words in each of their places."""

    predicates: list[Predicate] = field(default_factory=list)
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """For each thing, the words that describe it: *German* and *firm* in *the German firm BASF*."""
    ways: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """For each preposition of direction, for *than*, and for the possessive: the words after it, as in *from* a dilute
    solution.
    """
    terms: dict[str, set[frozenset[str]]] = field(default_factory=lambda: defaultdict(set))
    """For each head of a noun phrase, the words that distinguish it from others of its kind: *alpha* for the head
    *cells*.
    """
    words: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, parsed: Iterable[ParsedSentence]) -> ParsedClaim:
        """The predicates and words of all sentences, in one ``ParsedClaim``."""
        statement = cls()
        for sentence in parsed:
            _Reader(sentence.words, statement).read()
        return statement


class _Reader:
    """Reads one sentence into a ``ParsedClaim``."""

    def __init__(self, words: Sequence[Word], statement: ParsedClaim) -> None:
        self._words = words
        self._denied = denied_in(words)
        self._statement = statement
        self._children: dict[int, list[int]] = defaultdict(list)
        for at, word in enumerate(words):
            if word.head != at:
                self._children[word.head].append(at)

    def read(self) -> None:
        self._statement.words |= {_key(word) for word in self._words if _is_content(word)}
        for at, word in enumerate(self._words):
            if word.part in ("NOUN", "PROPN"):
                self._read_term(at)
            if self._is_predicate(at):
                self._read_predicate(at)
            if word.relation == "prep" and word.lemma.lower() in _WAYS:
                self._statement.ways[word.lemma.lower()] |= self._below(at)
            if word.relation == "poss" and _is_content(word):
                self._statement.ways["'s"].add(_key(word))
            if word.text.lower() == "than":
                self._statement.ways["than"] |= self._compared(at)

    def _is_predicate(self, at: int) -> bool:
        word = self._words[at]
        if word.part == "VERB":
            return word.relation not in ("amod", "compound")
        return word.part == "AUX" and word.relation not in ("aux", "auxpass")

    def _read_predicate(self, at: int) -> None:
        word = self._words[at]
        places: dict[str, set[str]] = defaultdict(set)
        is_denied = at in self._denied
        name = "lay" if word.text.lower() in ("lay", "laid", "lays") else word.lemma.lower()
        passive = any(self._words[child].relation in ("nsubjpass", "auxpass") for child in self._children[at])
        for child in self._children[at]:
            one = self._words[child]
            match one.relation:
                case "prt":
                    name += f"_{one.text.lower()}"
                case "nsubj" | "csubj":
                    places["subject"] |= self._phrase(self._antecedent(child))
                case "nsubjpass":
                    places["object"] |= self._phrase(self._antecedent(child))
                case "dobj" | "oprd":
                    places["object"] |= self._phrase(child)
                case "dative":
                    places["to"] |= self._phrase(child) or self._below(child)
                case "attr" | "acomp":
                    places["is"] |= self._phrase(child)
                case "agent":
                    places["subject"] |= self._below(child)
                case "prep":
                    places[one.lemma.lower()] |= self._below(child)
        if "subject" not in places and "object" not in places and word.relation == "conj":
            places["subject"] |= self._subject_of(word.head)
        elif "subject" not in places and not passive:
            places["subject"] |= self._subject_of(at)
        if name in _DENYING_VERBS:
            is_denied = not is_denied
        if word.part == "AUX" and not places.get("is"):
            return
        if name == "be":
            self._read_attribute(places)
        kept = {place: frozenset(words) for place, words in places.items() if words}
        if kept:
            text = " ".join(self._words[one].text for one in sorted({at, *self._children[at]}))
            conditional = self._is_conditional(at)
            self._statement.predicates.append(Predicate(name, is_denied, kept, text, conditional))

    def _is_conditional(self, at: int) -> bool:
        """Whether the predicate is conditional.

        It is if a word such as *if* or *only* stands in its own clause or in one that depends on it, or if a relative
        clause limits the subject: a monopoly *that fixes prices*.
        """
        near = {at, *self._children[at]}
        near |= {deeper for child in self._children[at] for deeper in self._children[child]}
        if any(self._words[one].relation in ("relcl", "acl") and self._words[one].head != at for one in near):
            return True
        if self._words[at].relation in ("advcl", "relcl"):
            near.add(self._words[at].head)
        return any(self._words[one].text.lower() in _CONDITIONS for one in near)

    def _read_attribute(self, places: Mapping[str, set[str]]) -> None:
        for thing in places.get("subject", ()):
            self._statement.attributes[thing] |= places.get("is", set())

    def _read_term(self, at: int) -> None:
        head = _key(self._words[at])
        own = self._describing(at)
        self._statement.terms[head].add(frozenset(own))
        self._statement.attributes[head] |= own
        for child in self._children[at]:
            if self._words[child].relation == "appos":
                self._statement.attributes[_key(self._words[child])] |= own | {head}
                for deeper in self._phrase(child):
                    self._statement.attributes[deeper] |= own

    def _describing(self, at: int) -> set[str]:
        """The content words before the head of a noun phrase that describe it."""
        found: set[str] = set()
        for child in self._children[at]:
            if self._words[child].relation in ("amod", "compound", "nummod", "poss", "nmod"):
                if _is_content(self._words[child]):
                    found.add(_key(self._words[child]))
                found |= self._describing(child)
        return found

    def _antecedent(self, at: int) -> int:
        """The noun that a relative pronoun stands for: a hormone *that* raises …"""
        word = self._words[at]
        if word.part != "PRON" or word.lemma.lower() not in ("which", "that", "who"):
            return at
        verb = self._words[word.head]
        return verb.head if verb.relation == "relcl" else at

    def _subject_of(self, at: int) -> set[str]:
        """The subject of the verb, or of the verb that it is joined to."""
        for child in self._children[at]:
            if self._words[child].relation in ("nsubj", "nsubjpass"):
                return self._phrase(self._antecedent(child))
        word = self._words[at]
        if word.relation in ("conj", "xcomp", "advcl") and word.head != at:
            return self._subject_of(word.head)
        if word.relation in ("acl", "relcl"):
            return self._phrase(word.head)
        return set()

    def _below(self, preposition: int) -> set[str]:
        found: set[str] = set()
        for child in self._children[preposition]:
            if self._words[child].relation in ("pobj", "pcomp"):
                found |= self._phrase(child)
        return found

    def _compared(self, than: int) -> set[str]:
        """The nouns after *than* and the words that describe them, up to a punctuation mark or a preposition."""
        found: set[str] = set()
        for word in self._words[than + 1 :]:
            if word.part in ("PUNCT", "ADP", "VERB", "AUX"):
                break
            if _is_content(word):
                found.add(_key(word))
        return found

    def _phrase(self, at: int) -> set[str]:
        """The content words of a noun phrase: its head, the words that describe the head, and what is joined to it."""
        found = {_key(self._words[at])} if _is_content(self._words[at]) else set()
        for child in self._children[at]:
            if self._words[child].relation in _WITHIN_PHRASE:
                found |= self._phrase(child)
            elif self._words[child].relation == "prep" and self._words[child].lemma.lower() == "of":
                found |= self._below(child)
        return found


_CONDITIONS = frozenset("if when whenever unless until except only provided while whereas where".split())
_WITHIN_PHRASE = frozenset("amod compound nummod poss nmod conj appos npadvmod advmod quantmod".split())
_WAYS = frozenset("from to into onto out through toward towards".split())


def _is_content(word: Word) -> bool:
    return word.part in ("NOUN", "PROPN", "ADJ", "NUM", "VERB", "ADV") and word.text.lower() not in _EMPTY


_EMPTY = frozenset(
    "other such same own more most less least very too also only just even then there here so well rather"
    " about nearly almost around roughly approximately mainly mostly usually often always".split()
)


def _key(word: Word) -> str:
    if word.part == "VERB" and word.relation in _OF_A_NOUN and word.text.lower().endswith("ing"):
        return word.text.lower()  # in "encoding was …" the parser may take it for a noun
    return folded(word.lemma)


_DENYING_VERBS = frozenset("fail lack refuse cease miss avoid prevent stop".split())
_OF_A_NOUN = ("nsubj", "nsubjpass", "dobj", "pobj", "attr")


def _quantity_conflict(claim: str, source: str) -> Contradiction | None:
    """A quantity of the claim that differs from the source's, if both are about the same thing; else None."""
    said, given = _without_references(claim), _without_references(source)
    claimed = _bare(said)
    if len(claimed & _bare(given)) < _SAME_MATTER * len(claimed):
        return None
    known = quantities(given)
    for one in quantities(said):
        if any(same_quantity(one, other) for other in known):
            continue
        rivals = [other for other in known if comparable(one, other)]
        if rivals and not any(_nearly(one, other, said) for other in rivals):
            return Contradiction(
                "quantity", said[one.start : one.end], given[rivals[0].start : rivals[0].end]
            )
    return None


_SAME_MATTER = 0.4
"""A source is about the same thing as a claim if it contains at least this share of the claim's words."""
_REFERENCE = regex(r"\([^()]*\b(?:1[5-9]|20)\d\d[a-z]?\)|\[[\d,;\s–-]+\]")


def _without_references(text: str) -> str:
    """The text with bibliographic references replaced by spaces, so that all positions stay the same."""
    return _REFERENCE.sub(lambda match: " " * len(match[0]), text)


def _nearly(one: Quantity, other: Quantity, claim: str) -> bool:
    """Whether two numbers are about equal, if the claim says that it rounds: about 17 percent is one-sixth."""
    before = claim[max(0, one.start - 16) : one.start].lower()
    rounded = any(word in before for word in ("about", "around", "roughly", "nearly", "almost", "approx"))
    return same_quantity(one, other, tolerance=0.06 if rounded else 1e-3)


def _aligned(claim: ParsedClaim, source: ParsedClaim) -> Iterator[tuple[Predicate, Predicate]]:
    """Pairs of predicates with the same or opposite names that are about the same things."""
    for one in claim.predicates:
        if any(
            other.name == one.name and other.is_denied == one.is_denied and _supports(other, one)
            for other in source.predicates
        ):
            continue
        for other in source.predicates:
            if one.name != other.name and not are_opposite(one.name, other.name):
                continue
            shared = one.words & other.words
            if shared and len(shared) >= 0.5 * min(len(one.words), len(other.words)):
                yield one, other


def _denial_conflict(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    for one, other in _aligned(claim, source):
        if one.name != other.name or one.is_conditional or other.is_conditional:
            continue
        reversed_words = sum(are_opposite(a, b) for a in one.words for b in other.words)
        if (one.is_denied != other.is_denied) == (reversed_words % 2 == 0) and _says_no_more(one, other):
            return Contradiction("denial", one.text, other.text)
    return None


def _bare_denial(claim: str, claimed: ParsedClaim, source: str) -> Contradiction | None:
    """A contradiction if the claim has one predicate and denies it, and the source has the same words without any
    denial or contrast.
    """
    is_denied = len(claimed.predicates) == 1 and claimed.predicates[0].is_denied
    mine = _bare(claim)
    if (
        is_denied
        and len(mine) > 1
        and mine <= _bare(source)
        and not denials(source)
        and not _SETS_APART.search(source)
    ):
        return Contradiction("denial", claim, source)
    return None


_SETS_APART = regex(
    r"\b(?:rather than|instead of|only|except|unlike|while|whereas|but|although|though|if|unless)\b",
    re.IGNORECASE,
)


def _says_no_more(one: Predicate, other: Predicate) -> bool:
    """Whether the claim's predicate adds no word, or adds one word to at least three shared ones. A claim that adds
    more may be about fewer things: what is true of all methods may be false of "those declared static".
    """
    added = one.words - other.words
    return not added or (len(one.words & other.words) >= 3 and len(added) == 1)


def _opposite_conflict(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    for one, other in _aligned(claim, source):
        if one.name != other.name:
            if one.is_denied == other.is_denied and one.words & other.words and not _is_said(one, source):
                return Contradiction("opposite", one.text, other.text)
            continue
        for place in set(one.places) & set(other.places):
            mine, theirs = one.places[place] - other.places[place], other.places[place] - one.places[place]
            pair = next(((a, b) for a in sorted(mine) for b in sorted(theirs) if are_opposite(a, b)), None)
            if (
                pair
                and one.is_denied == other.is_denied
                and pair[0] not in _elsewhere(source, one.name, other)
            ):
                return Contradiction("opposite", *pair)
    return None


def _is_said(one: Predicate, source: ParsedClaim) -> bool:
    """Whether the source states the same about the same subject, and has nothing else in the same places."""
    return any(
        other.name == one.name
        and other.is_denied == one.is_denied
        and "subject" in one.places
        and "subject" in other.places
        and all(words & other.places.get(place, words) for place, words in one.places.items())
        for other in source.predicates
    )


def _elsewhere(source: ParsedClaim, name: str, but: Predicate) -> frozenset[str]:
    """The words of the source's other predicates with this name."""
    others = (one.words for one in source.predicates if one.name == name and one is not but)
    return frozenset().union(*others)


def _places_of(statement: ParsedClaim) -> dict[str, set[tuple[str, str]]]:
    """For each word, the places where it occurs, as (predicate, place).

    The directions *from* and *to* count as places without a predicate.
    """
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for predicate in statement.predicates:
        for place, words in predicate.places.items():
            if place not in _WAYS:
                for word in words:
                    found[word].add((predicate.name, place))
    for way, led_to in statement.ways.items():
        for word in led_to:
            found[word].add(("", way))
    return found


def _exchanged(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    """Two words that have exchanged their places: each is in the place that the other has in the source."""
    mine, theirs = _places_of(claim), _places_of(source)
    shared = sorted(set(mine) & set(theirs))
    for at, one in enumerate(shared):
        for other in shared[at + 1 :]:
            here, there = mine[one] - mine[other], mine[other] - mine[one]
            was_here, was_there = theirs[one] - theirs[other], theirs[other] - theirs[one]
            if here & was_there and there & was_here and not here & was_here and not there & was_there:
                if ("", "than") in here | there and _are_turned(claim, source):
                    continue  # the same, the other way round: water is slower than steel, steel is faster than water
                if here | there <= {("be", "subject"), ("be", "is")}:
                    continue  # the same in another order: the largest is the double bass
                return Contradiction("roles", one, other)
    return None


def _are_turned(claim: ParsedClaim, source: ParsedClaim) -> bool:
    return any(are_opposite(a, b) for a in claim.words for b in source.words)


def _crossed(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    """A thing of one statement with the attribute of another: *retrieval* with the attribute of *encoding*."""
    for one in claim.predicates:
        same = [other for other in source.predicates if other.name == one.name]
        if len(same) < 2 or any(_supports(other, one) for other in same):
            continue
        for first in same:
            for second in same:
                if first is second:
                    continue
                for a in one.places:
                    for b in one.places:
                        if a == b or a not in first.places or b not in second.places:
                            continue
                        if b not in first.places or a not in second.places:
                            continue
                        if (one.places[a] & second.places[a]) - first.places[a]:
                            continue
                        if (one.places[b] & first.places[b]) - second.places[b]:
                            continue
                        telling_a = one.places[a] - second.places[a]
                        telling_b = one.places[b] - first.places[b]
                        if (
                            telling_a
                            and telling_b
                            and telling_a <= first.places[a]
                            and telling_b <= second.places[b]
                        ):
                            return Contradiction(
                                "roles", " ".join(sorted(telling_b)), " ".join(sorted(first.places[b]))
                            )
    return None


def _supports(source: Predicate, claim: Predicate) -> bool:
    return all(words <= source.places.get(place, frozenset()) for place, words in claim.places.items())


def _displaced(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    """An action that the claim assigns to the wrong thing: the source assigns it to another, and says that this one
    does something else.
    """
    for one in claim.predicates:
        mine = one.places.get("subject", frozenset())
        same = [other for other in source.predicates if other.name == one.name]
        if not mine or not same or one.name in _EMPTY_VERBS or any(mine & other.words for other in same):
            continue
        theirs = [other.places.get("subject") for other in same if other.is_denied == one.is_denied]
        if len(theirs) < len(same) or not all(theirs):
            continue
        beside = [
            other
            for other in source.predicates
            if other.name not in (one.name, "be") and mine <= other.places.get("subject", frozenset())
        ]
        is_same_thing = any(
            source.attributes.get(word, set()) & other for word in mine for other in theirs if other
        )
        if beside and not is_same_thing:
            return Contradiction("roles", one.text, same[0].text)
    return None


_EMPTY_VERBS = frozenset("be have do make take get become".split())


def _misattributed(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    """An attribute that the claim gives to the wrong thing: the source gives it only to another, and gives this one
    other attributes.
    """
    for thing, said in claim.attributes.items():
        own = source.attributes.get(thing)
        if not own:
            continue
        for word in sorted(said - own):
            owners = {other for other, words in source.attributes.items() if word in words}
            rivals = {
                other
                for other in owners
                if other != thing and other not in own and source.attributes[other] & own
            }
            distinct = {
                other
                for other in rivals
                if own - source.attributes[other] and thing not in source.attributes[other]
            }
            if owners and distinct and thing not in owners and _of_a_kind(word, own, source):
                return Contradiction("roles", f"{word} {thing}", " ".join(sorted(own)))
    return None


def _of_a_kind(word: str, own: set[str], source: ParsedClaim) -> bool:
    """Whether the source gives the thing an attribute other than ``word``, or gives ``word`` to this thing alone."""
    return any(
        sum(1 for words in source.attributes.values() if mine in words) == 1 or mine != word for mine in own
    )


def _other_term(claim: ParsedClaim, source: ParsedClaim) -> Contradiction | None:
    """Another thing of the same kind in the same place, which the source does not name: beta cells for alpha cells."""
    for one, other in _aligned(claim, source):
        if one.name != other.name or one.is_denied != other.is_denied:
            continue
        for place in set(one.places) & set(other.places):
            here, there = one.places[place], other.places[place]
            for head in here & there:
                for modifiers in claim.terms.get(head, ()):
                    new = {
                        word
                        for word in modifiers - source.words
                        if not word.isnumeric() and not quantities(word)
                    }
                    rivals = [known - here for known in source.terms.get(head, ()) if known & there]
                    if len(new) == 1 and len(modifiers) == 1 and any(len(rival) == 1 for rival in rivals):
                        rival = next(rival for rival in rivals if len(rival) == 1)
                        return Contradiction(
                            "other_term", f"{next(iter(new))} {head}", f"{next(iter(rival))} {head}"
                        )
    return None


def _worded_conflict(claim: str, source: str) -> Contradiction | None:
    """A conflict found by words alone: the source has at least 0.6 of the claim's words, and a word is replaced by its
    opposite, or only one of the texts is denied.
    """
    mine, theirs = _bare(claim), _bare(source)
    if not mine or len(mine & theirs) < 0.6 * len(mine):
        return None
    source = _part_about(mine, source)
    for word in sorted(mine - theirs):
        rival = next((other for other in sorted(theirs - mine) if are_opposite(word, other)), None)
        if rival is not None:
            return Contradiction("opposite", word, rival)
    if denies(claim) != denies(source) and len(mine - theirs) <= 1:
        return Contradiction("denial", claim, source)
    return None


_PRONOUN = regex(r"\b(?:it|its|they|them|their|he|she)\b", re.IGNORECASE)
_SET_APART = regex(r";|:|,? \b(?:while|whereas|but|because|although|though)\b", re.IGNORECASE)


def _part_about(words: set[str], source: str) -> str:
    """The only part of the source that contains as many of the words as the whole source; if there are several, the
    whole source.
    """
    parts = [part for part in _SET_APART.split(source) if part.strip()]
    whole = len(words & _bare(source))
    before: set[str] = set()
    for part in parts:
        told = _bare(part)
        if len(words & told) == whole or (_PRONOUN.search(part) and len(words & (told | before)) == whole):
            return part
        before = told
    return source


def _bare(text: str) -> set[str]:
    words = (word.strip(".,;:!?()\"'“”") for word in text.lower().replace("n't", " not").split())
    return {folded(word) for word in words if len(word) > 3 and word not in OF_LANGUAGE["en"]}
