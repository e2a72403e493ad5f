"""What the passages hold that may answer: their sentences and the rows of their tables, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from adapters.local.agent.text.meaning import DAYS, keys, label_keys
from adapters.local.agent.text.sentences import Sentence, rows, sentences
from adapters.local.agent.text.words import readable, tokens
from ports.agent import NumberedPassage
from ports.grammar import Grammar, ParsedSentence

_FORMULA = ("formula", "equation")
"""What a sentence with "=" holds, though it does not say so."""
_TIMETABLE = tuple("lesson class subject course period teacher teach take schedule timetable".split())
"""What a row of a timetable is about, though it does not say so."""


@dataclass
class AnswerCandidate:
    passage: NumberedPassage
    sentence: Sentence
    order: int
    """Of its passage in the prompt, from 0."""
    position: int
    """Of the sentence in its passage, from 0."""
    parsed: Sequence[ParsedSentence] | None
    keys: tuple[str, ...]
    around: frozenset[str] = frozenset()
    """Keys of the sentences beside it and of what stands over it."""
    over: frozenset[str] = frozenset()
    """Keys of its heading and of the document's name."""
    outside: frozenset[str] = frozenset()
    """Of a table's row: the tokens of its passage that stand in no table."""
    before: str = ""
    """The sentence before it, as a person reads it."""
    score: float = 0.0
    """How surely it answers; only candidates for one question are compared by it."""

    @property
    def text(self) -> str:
        """As a person reads it."""
        return self.sentence.worded or readable(self.sentence.text)

    @cached_property
    def letters(self) -> str:
        return "".join(tokens(self.sentence.text))

    def repeats(self, other: AnswerCandidate) -> bool:
        x, y = set(self.keys), set(other.keys)
        return bool(x and y) and len(x & y) >= max(0.8 * min(len(x), len(y)), 0.6 * max(len(x), len(y)))


def candidates(passages: Sequence[NumberedPassage], grammar: Grammar) -> list[AnswerCandidate]:
    """In reading order. Passages overlap: of a sentence met twice the fuller stays, else the more relevant passage's."""
    found = [one for order, passage in enumerate(passages) for one in _of_passage(order, passage, grammar)]
    by_worth = sorted(found, key=lambda c: (-len(c.letters), -c.passage.relevance, c.order, c.position))
    kept: list[AnswerCandidate] = []
    for candidate in by_worth:
        if candidate.letters and not any(candidate.letters in other.letters for other in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda c: (c.order, c.position))


def _of_passage(order: int, passage: NumberedPassage, grammar: Grammar) -> Iterator[AnswerCandidate]:
    tables = rows(passage.text, passage.column_heads)
    whole = sorted([*sentences(passage.text, passage.headings), *tables], key=lambda one: one.start)
    read = [one.worded or readable(one.text) for one in whole]
    parsed = [grammar.parse(text) for text in read]
    held = [
        (*keys(text, parse), *(_FORMULA if "=" in text else ()), *_unsaid(one, text))
        for one, text, parse in zip(whole, read, parsed, strict=True)
    ]
    named = frozenset(tokens(passage.source))
    outside = frozenset(tokens(_without(passage.text, tables))) if tables else frozenset()
    for position, sentence in enumerate(whole):
        heading = readable(sentence.heading)
        beside = (held[at] for at in (position - 2, position - 1, position + 1) if 0 <= at < len(held))
        path = next((path for start, path in reversed(passage.under) if start <= sentence.start), "")
        over = named.union(keys(heading, grammar.parse(heading)), keys(path, grammar.parse(path)))
        around = over.union(*beside)
        before = read[position - 1] if position else ""
        yield AnswerCandidate(
            passage,
            sentence,
            order,
            position,
            parsed[position],
            held[position],
            around,
            over,
            outside | named if sentence.worded else frozenset(),
            before,
            len(held[position]),
        )


def _without(text: str, tables: Sequence[Sentence]) -> str:
    for row in reversed(tables):
        text = text[: row.start] + text[row.end :]
    return text


def _unsaid(one: Sentence, text: str) -> tuple[str, ...]:
    """The keys of what a table's row means, though it does not say so."""
    if not one.worded:
        return ()
    is_timetable = len(DAYS.intersection(tokens(text))) > 1
    return (*label_keys(one.label), *(_TIMETABLE if is_timetable else ()))
