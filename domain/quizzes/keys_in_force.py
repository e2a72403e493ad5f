"""Gives an open quiz the corrected keys of its items. A quiz stores copies of questions, so corrections must be copied
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.rekeying import rekeyed


class ItemContents(Protocol):
    def contents(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Question]:
        """The questions at these places (item id, version), with their present keys, never stale. Missing ones are left
        out.
        """
        ...


def with_keys_in_force(quiz: Quiz, items: ItemContents) -> Quiz:
    """The quiz with the present keys of its items. It takes one round trip, or none if the quiz asks no items."""
    places = [(one.item_id, one.item_version) for one in quiz.questions if one.item_id is not None]
    if not places:
        return quiz
    contents = items.contents(places)

    def in_force(question: Question) -> Question:
        content = contents.get((question.item_id or "", question.item_version))
        is_older = content is not None and question.key_revision < content.key_revision
        return rekeyed(question, content) if content is not None and is_older else question

    return replace(quiz, questions=tuple(map(in_force, quiz.questions)))
