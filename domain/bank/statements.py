"""The answers to an assigned quiz as xAPI statements, for its teacher."""

from __future__ import annotations

from typing import Any

from domain.bank.assigning import Assigning
from domain.bank.items import Items
from domain.bank.xapi import Pseudonyms, statement
from domain.base.learner import Learner
from domain.quizzes.item_answers import ItemAnswers


class AnswerStatements:
    def __init__(
        self, items: Items, answers: ItemAnswers, assigning: Assigning, pseudonyms: Pseudonyms, home: str
    ) -> None:
        """``home`` is the address of this Lyceum, which is the home page of the actors' accounts."""
        self._items = items
        self._answers = answers
        self._assigning = assigning
        self._pseudonyms = pseudonyms
        self._home = home

    def page(
        self, teacher: Learner, subject_id: str, assignment_id: str, *, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """A page of statements, oldest first, and the cursor of the next page. The latest answers may be missing.

        Answers of the teacher, who may try the quiz, are left out, as in the class's figures. So a page may have fewer
        than ``limit`` statements, or none. Raises ``Forbidden``, ``NotFound`` if no quiz of the bank is assigned, and
        ``InvalidCursor``.
        """
        self._assigning.assigned(teacher, subject_id, assignment_id)
        page = self._answers.page_of_assignment(assignment_id, limit=limit, cursor=cursor)
        answers = [one for one in page.items if one.user_id != teacher.user_id]
        places = [(one.item_id, one.item_version) for one in answers]
        versions = self._items.versions(places)
        secret = self._pseudonyms.secret(subject_id) if answers else ""
        return [
            statement(one, versions.get(place), secret, self._home)
            for one, place in zip(answers, places, strict=True)
        ], page.cursor
