"""Tasks for an agent. A test gives the fields that it needs; the others have defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from domain.documents.questions import compared_in, joined_in
from domain.tutoring.library import asked_of_library
from ports.agent import AskQuestion, Chat, Difficulty, Judge, NumberedPassage, Utterance, WriteQuestions


class _Words(TypedDict):
    instructions: str
    request: str
    session_id: str
    max_tokens: int


_WORDS = _Words(instructions="Do this.", request="With that.", session_id="session-1", max_tokens=1024)
_SCHEMA: dict[str, Any] = {"type": "object"}


def passages_of(*texts: str, source: str = "notes.txt") -> tuple[NumberedPassage, ...]:
    return tuple(NumberedPassage(number, source, text, 0.5) for number, text in enumerate(texts, start=1))


def chat(question: str, *texts: str, history: Sequence[Utterance] = ()) -> Chat:
    return Chat(
        **_WORDS,
        question=question,
        passages=passages_of(*texts),
        history=tuple(history),
        parts=tuple(joined_in(question)),
        compared=tuple(compared_in(question)),
        is_talk=asked_of_library(question) == "greeting",
    )


def write_questions(
    *texts: str,
    wanted: int = 10,
    topic: str = "",
    difficulty: Difficulty = "intermediate",
    avoid: tuple[str, ...] = (),
) -> WriteQuestions:
    return WriteQuestions(
        **_WORDS,
        schema=_SCHEMA,
        passages=passages_of(*texts),
        topic=topic,
        difficulty=difficulty,
        wanted=wanted,
        avoid=avoid,
    )


def ask_question(
    *texts: str,
    wanted: int = 12,
    topic: str = "",
    difficulty: Difficulty = "intermediate",
    avoid: tuple[str, ...] = (),
    source: str = "newtons-laws.pdf",
) -> AskQuestion:
    return AskQuestion(
        **_WORDS,
        schema=_SCHEMA,
        passages=passages_of(*texts, source=source),
        topic=topic,
        difficulty=difficulty,
        wanted=wanted,
        avoid=avoid,
    )


def judge(question: str, facts: Sequence[str], text: str, answer: str) -> Judge:
    (passage,) = passages_of(text)
    return Judge(
        **_WORDS, schema=_SCHEMA, question=question, facts=tuple(facts), passage=passage, answer=answer
    )
