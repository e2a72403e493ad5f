"""The parts of the passages that may answer a question: their sentences and the rows of their tables, each once."""

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
"""Keys that a sentence with "=" implies, although it does not have these words."""
_TIMETABLE = tuple("lesson class subject course period teacher teach take schedule timetable".split())
"""Keys that a row of a timetable implies, although it does not have these words."""


@dataclass
class AnswerCandidate:
    passage: NumberedPassage
    sentence: Sentence
    order: int
    """The index of its passage in the prompt, from 0."""
    position: int
    """The index of the sentence in its passage, from 0."""
    parsed: Sequence[ParsedSentence] | None
    keys: tuple[str, ...]
    around: frozenset[str] = frozenset()
    """The keys of the neighbouring sentences and of the headings."""
    over: frozenset[str] = frozenset()
    """The keys of the heading and of the document's name."""
    outside: frozenset[str] = frozenset()
    """For a row of a table: the tokens of its passage that are outside of tables."""
    before: str = ""
    """The sentence before it, as a person reads it."""
    score: float = 0.0
    """How surely the candidate answers the question. Only candidates for the same question can be compared by it."""

    @property
    def text(self) -> str:
        """The text as a person reads it."""
        return self.sentence.worded or readable(self.sentence.text)

    @cached_property
    def letters(self) -> str:
        return "".join(tokens(self.sentence.text))

    def repeats(self, other: AnswerCandidate) -> bool:
        x, y = set(self.keys), set(other.keys)
        return bool(x and y) and len(x & y) >= max(0.8 * min(len(x), len(y)), 0.6 * max(len(x), len(y)))


def candidates(passages: Sequence[NumberedPassage], grammar: Grammar) -> list[AnswerCandidate]:
    """The candidates in reading order. Passages overlap: if a sentence occurs twice, the more complete one stays, or
    else the one of the more relevant passage.
    """
    found = [one for order, passage in enumerate(passages) for one in _of_passage(order, passage, grammar)]
    by_worth = sorted(found, key=lambda c: (-len(c.letters), -c.passage.relevance, c.order, c.position))
    kept: list[AnswerCandidate] = []
    for candidate in by_worth:
        if candidate.letters and not any(candidate.letters in other.letters for other in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda c: (c.order, c.position))


def _of_passage(order: int, passage: NumberedPassage, grammar: Grammar) -> Iterator[AnswerCandidate]:
    tables = rows(passage.text, passage.column_heads, passage.begun_row)
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
    """The keys that a row of a table implies, although it does not have these words."""
    if not one.worded:
        return ()
    is_timetable = len(DAYS.intersection(tokens(text))) > 1
    return (*label_keys(one.label), *(_TIMETABLE if is_timetable else ()))
