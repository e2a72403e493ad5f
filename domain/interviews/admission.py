"""Which of an agent's interview questions a learner may be asked, and by what an answer is judged.

As with the items of a quiz, none is trusted: each fact of a rubric must be quoted from the question's own
passage, say no more than its quote does, and not be given away by the question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.agents.grounding import find_quote
from domain.agents.json_replies import number_of, objects_in, text_of
from domain.documents.passage import Passage
from domain.interviews.interview import InterviewQuestion, RubricFact
from domain.interviews.prompting import MAX_FACTS
from domain.text.wording import are_alike, content_words, has_markup

MIN_QUESTION_CHARACTERS, MAX_QUESTION_CHARACTERS = 8, 400
MAX_FACT_CHARACTERS = 300
MAX_CONCEPT_CHARACTERS = 80
_SUPPORTED = 0.5
"""The share of a fact's words that its quote must hold; else the quote itself is the fact."""
_GIVEN_AWAY = 0.75
"""The share of a fact's words from which a question tells it."""


def admit_questions(
    reply: str, passages: Sequence[Passage], *, avoid: Sequence[str], limit: int
) -> list[InterviewQuestion]:
    """Up to ``limit`` questions of an agent's reply, in order; none where none holds. Never raises.

    ``avoid`` are questions that were asked before.
    """
    asked = [content_words(question) for question in avoid]
    admitted: list[InterviewQuestion] = []
    for value in objects_in(reply):
        items = value.get("questions")
        for item in items if isinstance(items, list) else [value]:
            question = _read(item, passages) if isinstance(item, dict) else None
            if question is None:
                continue
            words = content_words(question.question)
            if len(admitted) < limit and not any(are_alike(words, other) for other in asked):
                asked.append(words)
                admitted.append(question)
    return admitted


def admit_follow_up(question: str, facts: Sequence[RubricFact], asked: InterviewQuestion) -> str | None:
    """The question as it may be asked; None if it is none, tells what it asks for, or was asked already."""
    plain = " ".join(question.split())
    if not _is_question(plain) or any(_gives_away(plain, fact) for fact in facts):
        return None
    return None if are_alike(content_words(plain), content_words(asked.question)) else plain


def _read(item: Mapping[str, Any], passages: Sequence[Passage]) -> InterviewQuestion | None:
    question = " ".join(text_of(item.get("question")).split())
    number = number_of(item.get("passage"))
    listed = item.get("facts")
    if not _is_question(question) or number is None or not isinstance(listed, list):
        return None
    if not 1 <= number <= len(passages):
        return None
    passage = passages[number - 1]
    found = (_fact(one, passage) for one in listed if isinstance(one, dict))
    facts = _distinct([one for one in found if one is not None and not _gives_away(question, one)])
    if not facts:
        return None
    concept = " ".join(text_of(item.get("concept")).split())[:MAX_CONCEPT_CHARACTERS]
    if not concept or has_markup(concept):
        concept = passage.source_file.rpartition(".")[0] or passage.source_file
    return InterviewQuestion(question, concept, tuple(facts[:MAX_FACTS]), passage)


def _is_question(text: str) -> bool:
    return MIN_QUESTION_CHARACTERS <= len(text) <= MAX_QUESTION_CHARACTERS and not has_markup(text)


def _fact(item: Mapping[str, Any], passage: Passage) -> RubricFact | None:
    span = find_quote(text_of(item.get("quote")), passage.text)
    if span is None:
        return None
    quote = passage.text[span[0] : span[1]]
    statement = " ".join(text_of(item.get("fact")).split())
    words = content_words(statement)
    is_supported = bool(words) and len(words & content_words(quote)) / len(words) >= _SUPPORTED
    if not is_supported or len(statement) > MAX_FACT_CHARACTERS or has_markup(statement):
        statement = " ".join(quote.split())
    return RubricFact(statement, quote) if content_words(statement) else None


def _gives_away(question: str, fact: RubricFact) -> bool:
    words = content_words(fact.statement)
    return len(words & content_words(question)) / len(words) >= _GIVEN_AWAY


def _distinct(facts: Sequence[RubricFact]) -> list[RubricFact]:
    """The facts that say something else than those before them."""
    kept: list[RubricFact] = []
    for fact in facts:
        words = content_words(fact.statement)
        if not any(words <= content_words(other.statement) for other in kept):
            kept.append(fact)
    return kept
