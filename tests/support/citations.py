"""The citation of a question that was made from a document."""

from __future__ import annotations

from domain.documents.passage import Citation
from domain.quizzes.quiz import Question


def cited(question: Question) -> Citation:
    assert question.citation is not None
    return question.citation
