"""The roles of the words in a sentence: who does what to whom.

Roles distinguish two sentences with the same words, and show that two sentences with different word order say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ports.grammar import ParsedSentence, Word
from ports.text.denials import denied_in

_DOES, _IS_DONE, _IS = "does", "is done", "is"
_OF_VERB = {
    "nsubj": _DOES,
    "nsubjpass": _IS_DONE,
    "dobj": _IS_DONE,
    "attr": _IS,
    "acomp": _IS,
    "dative": "to",
}
_OF_NOUN = frozenset(("nummod", "amod", "compound", "poss", "pobj", "pcomp", "npadvmod", "advmod"))
_RELATIVE = frozenset(("who", "which", "that", "whom"))


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does what to whom in a text, as sets of words."""

    of_heads: frozenset[tuple[str, str, str]]
    """Triples of one of these forms: (verb, role, word with that role); (word, preposition, word after the
    preposition); (verb, "because" or the like, verb of that clause).
    """
    of_others: frozenset[tuple[str, str]]
    """Pairs of a noun or preposition and a word that describes it."""
    denied: frozenset[str]
    """The denied words."""
    unnamed: frozenset[str]
    """The pronouns."""
    verbs: frozenset[str]
    words: frozenset[str]
    """The nouns, names, numbers and verbs."""
    twice: frozenset[str]
    """The words that occur more than once. Each occurrence may belong to another clause."""

    @property
    def called(self) -> dict[str, str]:
        """Maps the subject of a sentence with *be* to what the sentence says it is."""
        kinds = [word for verb, role, word in self.of_heads if (verb, role) == ("be", _IS)]
        return {
            word: kinds[0] for verb, role, word in self.of_heads if kinds and (verb, role) == ("be", _DOES)
        }

    def contradict(self, given: Roles) -> bool:
        """Whether a verb that both have has another subject or object here, or whether cause and effect are exchanged."""
        for verb, role, word in self.of_heads:
            if (word, role, verb) in given.of_heads and verb != word:
                return True
            others = {held for one, its, held in given.of_heads if (one, its) == (verb, role)}
            others |= {one for one in given.called if given.called[one] in others}
            if others and word not in others and word not in self.unnamed and not others & given.unnamed:
                return True
        return False

    def stand_in(self, given: Roles) -> bool:
        """Whether ``given`` says everything that this sentence says, in any order."""
        return bool(
            self.of_heads
            and self.of_heads <= given.of_heads
            and not self.words & given.twice
            and self.of_others <= given.of_others
            and self.denied == given.denied & (self.verbs | self.denied)
        )


def roles_of(parsed: Sequence[ParsedSentence]) -> Roles:
    """The roles of the words in these sentences."""
    words = [word for sentence in parsed for word in sentence.words]
    content = Counter(_key(word) for word in words if word.part in ("NOUN", "PROPN", "NUM", "VERB", "ADJ"))
    return Roles(
        frozenset(triple for sentence in parsed for triple in _of_heads(sentence.words)),
        frozenset(
            (_key(sentence.words[word.head]), _key(word))
            for sentence in parsed
            for word in sentence.words
            if word.relation in _OF_NOUN and sentence.words[word.head].relation != "agent"
        ),
        frozenset(_key(sentence.words[at]) for sentence in parsed for at in denied_in(sentence.words)),
        frozenset(_key(word) for word in words if word.part == "PRON"),
        frozenset(_key(word) for word in words if word.part in ("VERB", "AUX")),
        frozenset(content),
        frozenset(key for key, times in content.items() if times > 1),
    )


def _key(word: Word) -> str:
    return word.lemma.lower()


def _of_heads(words: Sequence[Word]) -> Iterator[tuple[str, str, str]]:
    for word in words:
        head = words[word.head]
        if word.relation in _OF_VERB:
            role = _OF_VERB[word.relation]
            named = words[head.head] if _key(word) in _RELATIVE and head.relation == "relcl" else word
            for noun in (named, *_joined(words, words.index(named), named.part)):
                yield _key(head), role, _key(noun)
            if word.relation.startswith("nsubj"):
                for verb in _joined(words, word.head, head.part):
                    at = words.index(verb)
                    if not any(other.head == at and other.relation.startswith("nsubj") for other in words):
                        is_passive = any(other.head == at and other.relation == "auxpass" for other in words)
                        seems_passive = role == _IS_DONE and head.text.lower() != "born"
                        passive = is_passive or (
                            seems_passive and verb.text == verb.text.lower() != verb.lemma
                        )
                        yield _key(verb), _IS_DONE if passive else _DOES, _key(named)
        elif word.relation == "pobj" and head.relation == "agent":
            yield _key(words[head.head]), _DOES, _key(word)
        elif word.relation == "pobj":
            yield _key(words[head.head]), _key(head), _key(word)
        elif head.relation == "advcl" and (word.relation == "mark" or _key(word) == "when"):
            yield _key(words[head.head]), _key(word), _key(head)


def _joined(words: Sequence[Word], place: int, part: str) -> Iterator[Word]:
    """The words that "and" joins to the word, of the same kind."""
    for at, word in enumerate(words):
        if (
            word.relation == "conj"
            and word.head == place
            and word.part in (part, "PROPN", "NOUN")[: 1 if part == "VERB" else 3]
        ):
            yield word
            yield from _joined(words, at, part)
