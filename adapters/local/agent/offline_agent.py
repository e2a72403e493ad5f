"""A tutor without a language model: it answers with the sentences of the learner's own documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from adapters.local.agent.interviews.analyst import judge_answer
from adapters.local.agent.interviews.likeness import Likeness
from adapters.local.agent.interviews.question_maker import ask_question
from adapters.local.agent.quizzes.question_maker import write_questions
from adapters.local.agent.text.meaning import Vectors
from adapters.local.agent.text.words import readable
from adapters.local.agent.tutor.extraction import AnswerExtraction, Extract
from adapters.local.agent.tutor.phrases import (
    IN_OTHER_WORDS,
    NEAREST,
    NOT_FOUND,
    TO_BE_WORKED_OUT,
    returned,
)
from ports.agent import AskQuestion, Chat, Judge, SolveQuestions, Task, TokenUsage, WriteHint, WriteQuestions
from ports.embedder import Embedder
from ports.errors import TimedOut
from ports.grammar import Grammar
from ports.text.languages import language_of
from ports.text.sentences import sentence_spans

_LINK = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]{1,20}:(?=//)|\bwww\.|\b(?:javascript|data|mailto):)\S*", re.IGNORECASE
)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+[\"'][^()]*)?\)")
_TAG_OPENS = re.compile(r"<(?=[a-zA-Z/!?])")
_EMPHASIS = re.compile(r"(?<!\w)(\*|_|`+)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_STRONG = re.compile(r"(?<!\w)(?:\*{2,}|_{2,})|(?:\*{2,}|_{2,})(?!\w)")
_CLOSES_A_MARK = re.compile("[\"“”«»„'‘’]\\s*\\]")


class OfflineAgent:
    """Implements ``Agent``. Safe to share between threads.

    It quotes what a passage says, and never follows instructions in it. It solves no quiz questions, because the rule
    that made a question would find the same key again. It reports no token counts.
    """

    def __init__(self, embedder: Embedder, grammar: Grammar) -> None:
        self._embedder = embedder
        self._grammar = grammar
        vectors = Vectors(embedder)
        self._likeness = Likeness(vectors)
        self._extraction = AnswerExtraction(vectors, grammar)

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        if timeout <= 0:
            raise TimedOut("agent")
        match task:
            case Chat():
                return _answer(task, self._extraction)
            case WriteQuestions():
                return iter([write_questions(task, self._embedder, self._grammar)])
            case AskQuestion():
                return iter([ask_question(task)])
            case Judge():
                return iter([judge_answer(task, self._likeness, self._grammar)])
            case SolveQuestions():
                return iter(['{"items": []}'])
            case WriteHint():
                return iter(())


def _answer(task: Chat, extraction: AnswerExtraction) -> Iterator[str]:
    question = task.question.strip()
    language = language_of(question)
    if task.is_talk or not any(map(str.isalnum, question)):
        yield returned(question)
        return
    found = extraction.find(task)
    if found.answer:
        if not found.is_sure:
            yield f"{IN_OTHER_WORDS} "
        previous: Extract | None = None
        for step, extract in enumerate(found.answer, 1):
            heading = f"{step}. {readable(extract.heading)}\n" if found.is_plan else ""
            yield _separator(previous, extract, apart=found.is_plan) + heading + _statement(extract)
            previous = extract
        return
    yield TO_BE_WORKED_OUT if found.is_rule else NOT_FOUND[language]
    for place, extract in enumerate(found.nearest):
        yield " " if place or found.is_rule else f" {NEAREST[language]} "
        yield _statement(extract)


def _separator(previous: Extract | None, extract: Extract, *, apart: bool) -> str:
    """The separator between two statements. A row of a table has no full stop, so it needs a paragraph of its own."""
    if previous is None:
        return ""
    runs_on = previous.number == extract.number and not (
        apart or previous.sentence.worded or extract.sentence.worded
    )
    return " " if runs_on else "\n\n"


def _statement(extract: Extract) -> str:
    """The sentence as a person reads it, followed by the mark with the exact words of the passage.

    ``sentence_spans`` may split the extract into several sentences ("F = m a. The …"). Then each of them gets the mark.
    """
    shown, mark = _shown(extract), f'[{extract.number} "{_quotable(extract.sentence.text)}"]'
    return " ".join(f"{shown[start:end]} {mark}" for start, end in sentence_spans(shown))


def _shown(extract: Extract) -> str:
    """The text without brackets that could look like a mark or a link, and without addresses that would become
    clickable.
    """
    text = _MARKDOWN_LINK.sub(r"\1", extract.sentence.worded or readable(extract.sentence.text))
    text = _LINK.sub("(link)", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub("", text))
    text = _TAG_OPENS.sub("‹", text.replace("[", "［").replace("]", "］"))
    return f"… {text} …" if extract.sentence.cut else text


def _quotable(sentence: str) -> str:
    """The longest part of the text that contains no character sequence that would end a mark."""
    return max(_CLOSES_A_MARK.split(sentence), key=len).strip()
