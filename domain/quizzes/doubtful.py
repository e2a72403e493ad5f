"""Puts the answers that could not be marked on the desk of the subject's teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.documents.documents import Documents
from domain.progress.desk import Desk, DeskEntry
from domain.progress.evidence import NO_SUBJECT
from domain.quizzes.answered import subject_of
from domain.quizzes.attempt import Score
from domain.quizzes.quiz import Question, Quiz
from ports.key_value_store import Put


class DoubtfulMarks:
    def __init__(self, documents: Documents, desk: Desk) -> None:
        self._documents = documents
        self._desk = desk

    def noted(self, quiz: Quiz, result_id: str, scored: Score, now: str) -> tuple[Score, Sequence[Put]]:
        """The score, with its undecided marks noted as waiting, and the writes that put them on the desk.

        Only marks of questions about class materials, or of an assignment, get there. Questions about the learner's own
        documents reach the teacher only if the learner appeals. A mark of a retired question is not put there.
        """
        marks, puts = [], []
        for question, graded in zip(quiz.questions, scored.results, strict=True):
            waits = graded.needs_review and not graded.is_retired
            if waits and self._is_of_class(quiz, question):
                entry = DeskEntry(
                    subject_id=subject_of(quiz, question),
                    user_id=quiz.user_id,
                    result_id=result_id,
                    kind="question",
                    place=question.question_id,
                    why="needs_review",
                    waits_since=now,
                    occurred_at=quiz.created_at,
                )
                review, put = self._desk.waiting(entry, graded.review)
                puts.append(put)
                graded = replace(graded, review=review)
            marks.append(graded)
        return replace(scored, results=tuple(marks)), puts

    def _is_of_class(self, quiz: Quiz, question: Question) -> bool:
        subject_id = subject_of(quiz, question)
        if subject_id == NO_SUBJECT:
            return False
        if quiz.assignment_id is not None or question.item_id is not None:
            return True
        cited = question.citation
        return cited is not None and self._documents.is_class_material(subject_id, cited.file_id)
