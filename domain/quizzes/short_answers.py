"""Judges the short answers of a quiz in the same way as answers of an interview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.documents.passage import Passage
from domain.quizzes.credits import TO_REVIEW, Credit
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import Answer


class ShortAnswerJudge(Protocol):
    def share_stated(
        self, question: str, facts: Sequence[str], passage: Passage, answer: str, session_id: str
    ) -> float | None:
        """The share of the facts that the answer states, 0 to 1; None if that cannot be decided."""
        ...


def credits_of(
    quiz: Quiz, answers: Mapping[str, Answer | None], judge: ShortAnswerJudge
) -> dict[str, Credit]:
    """The credit of each given short answer, by question id; ``TO_REVIEW`` for one that cannot be judged."""
    found = {}
    for question in quiz.questions:
        answer = answers.get(question.question_id)
        if question.kind == "short_answer" and answer is not None:
            name = f"quiz-{quiz.quiz_id[:60]}-s{question.question_id}"
            share = judge.share_stated(
                question.question, question.accepted, _passage_of(question), str(answer), name
            )
            found[question.question_id] = TO_REVIEW if share is None else Credit(share)
    return found


def _passage_of(question: Question) -> Passage:
    """The quote of the question as a passage. If it has no citation, its facts as a passage."""
    cited = question.citation
    if cited is None:
        text = " ".join(question.accepted)
        return Passage("", "", None, 0, None, 0, len(text), text, relevance=1.0)
    return Passage(
        file_id=cited.file_id,
        source_file=cited.source_file,
        subject_id=cited.subject_id,
        chunk_index=0,
        page=cited.page,
        start=cited.start,
        end=cited.end,
        text=cited.quote,
        relevance=1.0,
    )
