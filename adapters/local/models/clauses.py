"""The structure of a clause: which words depend on a word, where the main clause ends, and the form of its verb."""

from __future__ import annotations

from collections.abc import Sequence

from ports.grammar import Word

SUBJECTS = ("nsubj", "nsubjpass")
CONTENT_PARTS = ("NOUN", "PROPN", "VERB", "ADJ", "NUM")
"""The parts of speech (``Word.part``) of content words."""
_ADDED = ("cc", "punct", "relcl", "appos", "advcl", "parataxis", "preconj")
"""The relations of words that can be left out of a sentence. It stays true and complete without them."""


def is_past(words: Sequence[Word], root: int) -> bool:
    """Whether the verb or its helper is in the past tense. Such a clause tells of an event. It does not say what is
    always true of the subject.
    """
    helpers = [
        word.text.lower() for word in words if word.head == root and word.relation in ("aux", "auxpass")
    ]
    first = helpers[0] if helpers else words[root].text.lower()
    return first in ("was", "were", "had", "did") or (
        not helpers and first != words[root].lemma and first[-1:] != "s" and first not in ("is", "are", "am")
    )


def is_plural(words: Sequence[Word], root: int) -> bool | None:
    """Whether the verb has the plural form. None if singular and plural have the same form, as after *can*."""
    helpers = [
        word.text.lower() for word in words if word.head == root and word.relation in ("aux", "auxpass")
    ]
    first = helpers[0] if helpers else words[root].text.lower()
    if first in ("can", "may", "must", "could", "might", "will", "would", "should"):
        return None
    return first in ("are", "have", "do") or (not helpers and first == words[root].lemma)


def end_of_clause(words: Sequence[Word], root: int) -> int:
    """The index after the main clause's last word. A further main clause, or one that begins with *while* or *but*,
    ends it.
    """
    ends = [len(words)]
    for at in range(root + 1, len(words)):
        is_further = words[at].head == root and words[at].relation in ("conj", "parataxis")
        if (
            is_further
            and words[at].part in ("VERB", "AUX")
            and any(other.head == at and other.relation in SUBJECTS for other in words)
        ):
            ends.append(below(words, at)[0])
        if words[at].text.lower() in ("while", "whereas", "although", "though", "but", ";"):
            ends += [at] if root in (words[at].head, words[words[at].head].head) else []
    end = min(ends)
    while end > root + 1 and words[end - 1].part in ("PUNCT", "CCONJ"):
        end -= 1
    return end


def below(words: Sequence[Word], root: int) -> list[int]:
    """The indexes of the word and of all words that depend on it, in ascending order."""
    found = {root}
    while True:
        more = {at for at, word in enumerate(words) if word.head in found} - found
        if not more:
            return sorted(found)
        found |= more


def is_whole(words: Sequence[Word], root: int, end: int) -> bool:
    """Whether the clause is complete if it is cut at ``end``: it loses only additions, no object and no part of a list."""
    if any(word.head >= end for word in words[:end]):
        return False
    for at in range(end, len(words)):
        word = words[at]
        is_listed = word.relation == "appos" and any(
            other.head == at and other.relation == "conj" for other in words
        )
        is_second = word.relation == "conj" and word.head == root
        if word.head < end and not is_second and (is_listed or word.relation not in _ADDED):
            return False
    return True


def shortened(words: Sequence[Word], root: int, end: int) -> int:
    """The index at which the clause can be cut and stay true: before its second verb, or before an addition after a
    comma; ``end`` if it has neither. Words such as *and*, which would then stand at the end, are cut too.
    """
    ends = [end]
    for at in range(root + 1, end):
        word = words[at]
        start = below(words, at)[0]
        is_after_comma = start > 0 and words[start - 1].text in (",", "—", "–")
        is_second = word.head == root and word.relation == "conj" and word.part in ("VERB", "AUX")
        adds = word.relation in ("relcl", "appos") or (word.relation == "advcl" and word.text.endswith("ing"))
        if is_second or (is_after_comma and adds):
            ends.append(start)
        if word.text == "which" and words[at - 1].text == ",":
            ends.append(at)
    last = min(one for one in ends if one > root)
    dangling = ("PUNCT", "CCONJ", "ADV", "ADP", "PART", "SCONJ", "DET") if last < end else ("PUNCT", "CCONJ")
    while last > root + 1 and words[last - 1].part in dangling:
        last -= 1
    return last


def is_listed(words: Sequence[Word], at: int) -> bool:
    """Whether *and*, *or* or a comma joins the word at the index with another one."""
    return words[at].relation == "conj" or any(word.head == at and word.relation == "conj" for word in words)
