"""Copies a question of the learners' quizzes into the bank, if a teacher may see it.

A teacher may see a question of a quiz if enough learners of the class answered it (as in the analytics), and if it
quotes the class's own materials. Whose quiz it comes from is neither shown nor stored.
"""

from __future__ import annotations

from dataclasses import replace

from domain.access.classes import class_owner
from domain.access.teaching import Teaching
from domain.bank.item import AdmissionResult, BankItem, ItemVersion
from domain.bank.items import Items
from domain.base.errors import NotFound
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.documents.documents import Documents
from domain.progress.ledger import Ledger
from domain.progress.small_groups import MIN_GROUP
from domain.quizzes.answered import question_key
from domain.quizzes.quiz import Question
from domain.quizzes.quizzes import Quizzes
from ports.agent_words import Difficulty
from ports.directory import Directory
from ports.system import Clock

_LOOKED_AT = 10
"""The question is searched for in the quizzes of at most this number of learners."""


class Taking:
    def __init__(
        self,
        items: Items,
        quizzes: Quizzes,
        ledger: Ledger,
        documents: Documents,
        directory: Directory,
        clock: Clock,
    ) -> None:
        self._items = items
        self._quizzes = quizzes
        self._ledger = ledger
        self._documents = documents
        self._directory = directory
        self._clock = clock
        self._teaching = Teaching(directory)

    def take(self, teacher: Learner, subject_id: str, key: str, difficulty: Difficulty) -> BankItem:
        """Add the question with the ``question_key`` ``key`` as a draft, and return it.

        An existing item is returned instead if the question asks that item, or if the item has the same question and is
        not retired. Every item that was taken from this question is found, and others with the same question if they
        are among the latest 200 items of the bank. If all that were found are retired, a new one is made.

        Raises ``Forbidden``, and ``NotFound`` if the question does not exist or the teacher may not see it.
        """
        self._teaching.subject(teacher, subject_id)
        question = self._question(subject_id, key)
        if question.item_id is not None:
            return self._items.get(subject_id, question.item_id)
        made_id, taken = self._taken(subject_id, key)
        for item in (*taken, *self._items.latest(subject_id)):
            if item.status != "retired" and question_key(item.latest.content) == key:
                return item
        content = replace(question, question_id="", hints=())
        now = to_text(self._clock.now())
        version = ItemVersion(1, content, difficulty, AdmissionResult(admitted=True), "agent", now)
        return self._items.add([BankItem(made_id, subject_id, "draft", version, now, now)])[0]

    def _taken(self, subject_id: str, key: str) -> tuple[str, list[BankItem]]:
        """The id for the next item taken from the question, and the items that were taken from it before.

        The ids are numbered, so that two requests at once make one item.
        """
        found: list[BankItem] = []
        while True:
            number = [str(len(found) + 1)] if found else []
            made_id = derived_id("taken question", subject_id, key, *number)
            stored = self._items.find_many(subject_id, [made_id]).get(made_id)
            if stored is None:
                return made_id, found
            found.append(stored)

    def _question(self, subject_id: str, key: str) -> Question:
        standings = self._ledger.standings(subject_id, self._directory.enrolled(subject_id))
        askers = [
            owner
            for owner, standing in sorted(standings.items())
            if any(tally.question_key == key and tally.attempts for tally in standing.questions)
        ]
        for owner in askers[:_LOOKED_AT] if len(askers) >= MIN_GROUP else ():
            quiz_ids = {
                one.source_id
                for one in self._ledger.evidence(owner, subject_id)
                if one.question_key == key and one.source == "quiz"
            }
            for quiz_id in sorted(quiz_ids):
                quiz = self._quizzes.find(owner, quiz_id)
                for question in quiz.questions if quiz else ():
                    if question_key(question) == key and self._may_be_seen(subject_id, question):
                        return question
        raise NotFound("question_not_found", "There is no such question.")

    def _may_be_seen(self, subject_id: str, question: Question) -> bool:
        if question.item_id is not None:
            return True
        cited = question.citation
        owner = class_owner(subject_id)
        return cited is not None and self._documents.find_among((owner,), cited.file_id) is not None
