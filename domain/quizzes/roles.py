"""Checks whether a source states the key in the role that the question asks for, and about the right thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from domain.quizzes.statements import asked_verb
from domain.text.lexical import tokens
from domain.text.opposites import folded
from domain.text.wording import content_words
from ports.grammar import ParsedSentence, Word
from ports.text.quantities import Quantity, comparable, quantities, same_quantity
from ports.text.regexes import regex
from ports.text.sentences import sentence_spans

_LIGHT = frozenset(
    "be do have call say happen mean find name know make take get become lead show tell go come give use form"
    " happen include explain conclude describe consist compare".split()
)
"""Verbs that do not say which role the asked thing has in its sentence."""

_AS_A_NOUN = ("amod", "compound", "dobj", "dative", "pobj", "nsubj", "nsubjpass")
"""The grammatical relations of a verb that is part of a thing's name, as in *packet switching*."""
_NEAR = 0.03
"""The largest difference between a measured quantity and its rounded form, as a share. A count or a year must be exact."""


def is_elsewhere(stem: Sequence[ParsedSentence], key: str, source: Sequence[ParsedSentence]) -> bool:
    """Whether the source has the verb of the question, but has the key only with another verb.

    For example, in "agreed to pay a fine and be jailed for four months", the four months do not belong to paying.
    """
    asked = _asked_verbs_of(stem)
    has_both = False
    for sentence in source:
        words = sentence.words
        verbs = [
            at
            for at, word in enumerate(words)
            if word.part == "VERB" and word.relation not in _AS_A_NOUN and folded(word.lemma) in asked
        ]
        for at in _heads_of(key, words):
            if verbs:
                has_both = True
                if any(_belong_together(words, at, verb) for verb in verbs):
                    return False
    return has_both


def is_of_another_thing(
    stem: str,
    key: str,
    context: str,
    stem_parsed: Sequence[ParsedSentence] | None = None,
    source: Sequence[ParsedSentence] | None = None,
) -> bool:
    """Whether the key is a quantity of another thing than the one that the stem names, although this one has such a
    quantity nearby.

    A quantity belongs to its part of the sentence, between commas and conjunctions. If that part has a pronoun or no
    verb, the quantity also belongs to the part before.
    """
    wanted = quantities(key)
    if len(wanted) != 1:
        return False
    found = quantities(context)
    mine = [one for one in found if same_quantity(one, wanted[0], tolerance=_tolerance(one))]
    rivals = [one for one in found if one not in mine and comparable(one, wanted[0])]
    if not mine or not rivals:
        return False
    asked = content_words(stem)
    own = [_part_of(one, context, source) for one in mine]
    near = frozenset().union(*(words for words, _ in own)) & asked
    with_before = frozenset().union(*(words for _, words in own)) & asked
    subject = _subject_of(stem_parsed or ())
    for rival in rivals:
        beside, beside_with_before = (words & asked for words in _part_of(rival, context, source))
        if subject & beside and not subject & with_before:
            return True
        if len(beside - near) > len(with_before - beside_with_before) and not near - beside_with_before:
            return True
    return False


def is_in_another_part(
    stem: str, key: str, context: str, source: Sequence[ParsedSentence] | None = None
) -> bool:
    """Whether the key is stated about another thing, in a part of the sentence that shares no word with the stem.

    For example, in "falcons kill in a dive, while eagles seize with their talons", the talons are not the falcons'.
    Without a grammar, contrasting words separate the parts. With a grammar, each subject also begins a new part.
    """
    asked, wanted = _folded(_KIND_ASKED_FOR.sub("", stem)), _folded(key)
    for start, end in sentence_spans(context):
        parts = _parts_of(context, start, end, source)
        told = [_folded(context[first:last]) for first, last in parts]
        mine = [at for at, words in enumerate(told) if wanted and wanted <= words]
        if len(parts) < 2 or len(mine) != 1:
            continue
        own = told[mine[0]]
        others = [words for at, words in enumerate(told) if at != mine[0]]
        if any(wanted & words for words in others) and not any(
            at != mine[0] and asked & _first_of(context[first:last]) for at, (first, last) in enumerate(parts)
        ):
            continue
        only_mine = asked & own - frozenset().union(*others)
        only_theirs = [asked & words - own for words in others]
        first, last = parts[mine[0]]
        if _POINTING.search(context[first:last]) and mine[0] and not source:
            continue
        if not only_mine and any(only_theirs) and own - wanted - asked:
            return True
    return False


_KIND_ASKED_FOR = regex(r"\b(?:which|what)(?: kind of| sort of)? (?=\w+ (?!of\b))\w+", re.IGNORECASE)
"""The kind of thing that is asked for, as in which *language*. The answer need not contain it."""


def _first_of(part: str) -> frozenset[str]:
    """The first content word of a part, which is mostly the thing that the part is about."""
    words = content_words(part) if part.strip() else frozenset()
    first = next((word for word in tokens(part) if word in words), "")
    return _folded(first)


_STRONGLY = regex(r";|\b(?:while|whereas|but)\b", re.IGNORECASE)
_SAYS = regex(r"^(?:\w+[ -]){1,3}(?:is|are|was|were|has|have)\b")
"""A short subject with a form of *be* or *have*. Other verbs cannot be recognised without a parser."""
_JOINS = regex(r",? \band\b ", re.IGNORECASE)


def _parts_of(
    context: str, start: int, end: int, source: Sequence[ParsedSentence] | None
) -> list[tuple[int, int]]:
    """The ``(start, end)`` of the parts of the sentence. Each part is about one thing."""
    cuts = [match.start() for match in _STRONGLY.finditer(context, start, end)]
    if source is not None:
        cuts += [
            match.start()
            for match in _JOINS.finditer(context, start, end)
            if _opens_a_part(match.end(), source)
        ]
    else:
        cuts += [
            match.start()
            for match in _JOINS.finditer(context, start, end)
            if match.group().startswith(",") and _SAYS.search(context[match.end() : end])
        ]
    edges = [start, *sorted(cut for cut in cuts if start < cut), end]
    return list(pairwise(edges))


def _opens_a_part(at: int, source: Sequence[ParsedSentence]) -> bool:
    """Whether a new part begins here: a subject with its verb, or only a thing and its place ("and oxygen at the
    anode").
    """
    for sentence in source:
        words = sentence.words
        first = next((place for place, word in enumerate(words) if word.start >= at), None)
        if first is None or words[0].start > at:
            continue
        head = next(
            (place for place in range(first, len(words)) if words[place].part in ("NOUN", "PROPN", "NUM")),
            None,
        )
        if head is None or any(
            words[place].part in ("VERB", "AUX", "ADP", "PUNCT") for place in range(first, head)
        ):
            return False
        if words[head].relation in ("nsubj", "nsubjpass"):
            return True
        following = words[head + 1] if head + 1 < len(words) else words[head]
        return (
            words[head].relation == "conj"
            and following.part == "ADP"
            and following.text.lower() not in ("of", "or")
        )
    return False


def _folded(text: str) -> frozenset[str]:
    return frozenset(_singular(folded(word)) for word in content_words(text)) if text.strip() else frozenset()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


_BORDER = regex(r"[,;:()—]|[.!?](?=\s)|\b(?:and|while|whereas|but)\b", re.IGNORECASE)
_POINTING = regex(r"\b(?:it|its|they|them|their|he|his|she|her|this|that|which)\b", re.IGNORECASE)


def _part_of(
    quantity: Quantity, text: str, source: Sequence[ParsedSentence] | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The words of the text part that contains the quantity. If that part depends on the part before, a second set has
    the words of both.
    """
    borders = [match.start() for match in _BORDER.finditer(text)]
    start = max((border for border in borders if border <= quantity.start), default=0)
    end = min((border for border in borders if border >= quantity.end), default=len(text))
    words = _words_of(text[start:end])
    if start and (_POINTING.search(text[start:end]) or not _has_verb(start, end, words, source)):
        for border in reversed([0, *(border for border in borders if border < start)]):
            before = _words_of(text[border:start])
            if before:
                return words, words | before
    return words, words


def _has_verb(start: int, end: int, words: frozenset[str], source: Sequence[ParsedSentence] | None) -> bool:
    if source is None:
        return len(words) > 4
    return any(
        word.part in ("VERB", "AUX") and start <= word.start < end for one in source for word in one.words
    )


def _words_of(text: str) -> frozenset[str]:
    return content_words(text) if text.strip() else frozenset()


def _tolerance(one: Quantity) -> float:
    return _NEAR if one.dimension or one.value != int(one.value) else 0.0


def _subject_of(stem: Sequence[ParsedSentence]) -> frozenset[str]:
    return frozenset(
        word
        for sentence in stem
        for one in sentence.words
        if one.relation in ("nsubj", "nsubjpass") and one.part in ("NOUN", "PROPN")
        for word in content_words(one.text)
    )


def _asked_verbs_of(stem: Sequence[ParsedSentence]) -> frozenset[str]:
    """The lemma of the verb with which the stem asks. If that verb says little, the lemmas of the question's other
    verbs.
    """
    for sentence in reversed(stem):
        at = asked_verb(sentence.words)
        if at is None:
            continue
        lemma = folded(sentence.words[at].lemma)
        if sentence.words[at].part == "VERB" and lemma not in _LIGHT:
            return frozenset((lemma,))
        others = {
            folded(word.lemma)
            for word in sentence.words
            if word.part == "VERB" and word.relation not in _AS_A_NOUN
        }
        return frozenset(others - _LIGHT)
    return frozenset()


def _heads_of(key: str, words: Sequence[Word]) -> Iterator[int]:
    """For each place where the key's words follow each other, the index of their head word."""
    wanted = [word.strip(".,;:") for word in key.lower().split()]
    while wanted and wanted[0] in (
        "the",
        "a",
        "an",
        "about",
        "in",
        "on",
        "at",
        "by",
        "for",
        "to",
        "of",
        "with",
    ):
        wanted.pop(0)
    texts = [word.text.lower() for word in words]
    for at in range(len(texts) - len(wanted) + 1):
        if wanted and texts[at : at + len(wanted)] == wanted:
            run = range(at, at + len(wanted))
            yield next((one for one in run if words[one].head not in run), at)


def _belong_together(words: Sequence[Word], at: int, verb: int) -> bool:
    """Whether the word belongs to the verb's clause, or to a clause above or below it."""
    path = _path(words, at)
    if verb in path:
        between = path[: path.index(verb)]
        return not any(
            words[one].part in ("VERB", "AUX") and words[one].relation == "conj" for one in between
        )
    up = _path(words, verb)
    governor = next((one for one in path if words[one].part in ("VERB", "AUX")), None)
    if governor is None or any(
        one in up for one in path if one != governor and path.index(one) < path.index(governor)
    ):
        return True
    if governor not in up:
        return False
    shares_subject = any(
        words[one].relation in ("nsubj", "nsubjpass") and words[one].head == governor for one in path
    )
    between = up[: up.index(governor)]
    return shares_subject or not any(words[one].relation == "conj" for one in between)


def _path(words: Sequence[Word], at: int) -> list[int]:
    """The indices of the word, its head, the head's head and so on, up to the root."""
    path = [at]
    while words[path[-1]].head not in path:
        path.append(words[path[-1]].head)
    return path
