"""The structure of a clause: the words below a word, the end of the main clause, and the form of its verb."""

from __future__ import annotations

from collections.abc import Sequence

from ports.grammar import Word

SUBJECTS = ("nsubj", "nsubjpass")


def is_past(words: Sequence[Word], root: int) -> bool:
    """Whether the verb, by its form or its helper's, tells what once happened, and so no lasting truth about the
    subject."""
    helpers = [
        word.text.lower() for word in words if word.head == root and word.relation in ("aux", "auxpass")
    ]
    first = helpers[0] if helpers else words[root].text.lower()
    return first in ("was", "were", "had", "did") or (
        not helpers and first != words[root].lemma and first[-1:] != "s" and first not in ("is", "are", "am")
    )


def is_plural(words: Sequence[Word], root: int) -> bool | None:
    """Whether the verb has the form that goes with a plural; None where one form goes with both."""
    helpers = [
        word.text.lower() for word in words if word.head == root and word.relation in ("aux", "auxpass")
    ]
    first = helpers[0] if helpers else words[root].text.lower()
    if first in ("can", "may", "must", "could", "might", "will", "would", "should"):
        return None
    return first in ("are", "have", "do") or (not helpers and first == words[root].lemma)


def end_of_clause(words: Sequence[Word], root: int) -> int:
    """Where the main clause ends: before a further main clause, or one that opens with *while* or *whereas*."""
    ends = [len(words)]
    for at in range(root + 1, len(words)):
        is_further = words[at].relation in ("conj", "ccomp", "parataxis") and words[at].part in (
            "VERB",
            "AUX",
        )
        if is_further and any(other.head == at and other.relation in SUBJECTS for other in words):
            ends.append(below(words, at)[0])
        if words[at].text.lower() in ("while", "whereas", "although", "though", "but", ";"):
            ends.append(at)
    end = min(ends)
    while end > root + 1 and words[end - 1].part in ("PUNCT", "CCONJ"):
        end -= 1
    return end


def below(words: Sequence[Word], root: int) -> list[int]:
    """The places of the word and of every word that depends on it, in order."""
    found = {root}
    while True:
        more = {at for at, word in enumerate(words) if word.head in found} - found
        if not more:
            return sorted(found)
        found |= more


def shortened(words: Sequence[Word], root: int, end: int) -> int:
    """Where the clause can be cut without making it false: before a second verb, and before what a comma adds."""
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
