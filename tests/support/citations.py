"""The citation of a question. It must have been made from a document."""

from __future__ import annotations

from domain.documents.passage import Citation
from domain.quizzes.quiz import Question


def cited(question: Question) -> Citation:
    assert question.citation is not None
    return question.citation
