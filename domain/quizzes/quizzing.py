"""The use cases of quizzes: make one from documents or for an assignment, repeat one, and read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.access.allowances import Allowances
from domain.access.classes import class_owner
from domain.access.subjects import Subjects, among
from domain.base.errors import Conflict, NotFound
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.sources import Sources
from domain.progress.class_shares import ClassShares
from domain.progress.evidence import NO_SUBJECT
from domain.progress.ledger import Ledger
from domain.progress.mastery import next_concepts, suitable_difficulty
from domain.quizzes.admission import spread_keys
from domain.quizzes.keys_in_force import ItemContents, with_keys_in_force
from domain.quizzes.making import QuestionMaking, QuestionOrder
from domain.quizzes.quiz import Quiz, QuizRequest
from domain.quizzes.quizzes import Quizzes
from ports.agent_words import Difficulty
from ports.paging import Page
from ports.system import Clock

_RECENT_QUIZZES = 5
"""The questions of this number of latest quizzes are not asked again."""
_FOCUS_CONCEPTS = 5


class Quizzing:
    def __init__(
        self,
        quizzes: Quizzes,
        documents: Documents,
        sources: Sources,
        ledger: Ledger,
        class_shares: ClassShares,
        making: QuestionMaking,
        subjects: Subjects,
        items: ItemContents,
        clock: Clock,
        allowances: Allowances,
        *,
        agent_seconds: Callable[[], float],
    ) -> None:
        self._quizzes = quizzes
        self._documents = documents
        self._sources = sources
        self._ledger = ledger
        self._class_shares = class_shares
        self._making = making
        self._subjects = subjects
        self._items = items
        self._clock = clock
        self._allowances = allowances
        self._agent_seconds = agent_seconds

    def create(self, learner: Learner, wanted: QuizRequest, quiz_id: str) -> Quiz:
        """Make a quiz with the id ``quiz_id``. A repeated call with the same id returns the same quiz.

        The quiz has fewer questions than requested if the documents support no more. Raises ``NotFound`` for a document
        or subject that is not the learner's, ``Conflict`` if the documents are not ready or no question can be made
        from them, ``OverLimit`` before the agent is called, and ``UpstreamError``.
        """
        mine = self._subjects.of(learner)
        subject = among(mine, [wanted.subject_id])[0] if wanted.subject_id is not None else None
        classes = tuple(one.subject_id for one in mine)
        documents = self._documents_for(learner, wanted, classes)
        title = wanted.topic or (
            documents[0].filename if wanted.document_ids else subject.name if subject else "General"
        )
        quiz = Quiz(
            quiz_id=quiz_id,
            user_id=learner.user_id,
            title=f"Quiz: {title}",
            topic=wanted.topic,
            subject_id=wanted.subject_id or _only([document.subject_id for document in documents]),
            document_ids=tuple(document.file_id for document in documents),
            difficulty_level=wanted.difficulty or "intermediate",
            requested_questions=wanted.num_questions,
            questions=(),
            created_at=to_text(self._clock.now()),
            kinds=wanted.kinds,
        )
        return self._made(learner, quiz, documents, classes, chosen_difficulty=wanted.difficulty)

    def for_assignment(self, learner: Learner, assignment_id: str, num_questions: int) -> Quiz:
        """The learner's quiz for the assignment, made from the materials of its class session at the first call.

        Raises ``NotFound`` if the assignment is in none of the learner's subjects, ``Conflict`` if its class session
        has no materials or no question can be made from them, ``OverLimit`` and ``UpstreamError``.
        """
        assignment = self._subjects.assignment(learner, assignment_id)
        quiz_id = derived_id("assignment quiz", learner.user_id, assignment_id)
        stored = self._quizzes.find(learner.user_id, quiz_id)
        if stored is not None:
            return stored
        subject_id, session_id = assignment.subject_id, assignment.session_id
        documents = []
        if session_id is not None:
            owners = [class_owner(subject_id), learner.user_id]
            documents = self._sources.completed(owners, subject_id=subject_id, session_id=session_id)
        if not documents:
            raise Conflict(
                "no_materials", "The assignment's class session has no materials to ask about yet."
            )
        quiz = Quiz(
            quiz_id=quiz_id,
            user_id=learner.user_id,
            title=f"Quiz: {assignment.title}",
            topic=assignment.title,
            subject_id=subject_id,
            document_ids=tuple(document.file_id for document in documents),
            difficulty_level="intermediate",
            requested_questions=num_questions,
            questions=(),
            created_at=to_text(self._clock.now()),
            assignment_id=assignment_id,
            session_id=session_id,
        )
        return self._made(learner, quiz, documents, (subject_id,), chosen_difficulty=None)

    def retake(self, learner: Learner, quiz_id: str, new_id: str) -> Quiz:
        """A new quiz with the questions of a submitted one, and their options in another order.

        A repeated call with the same ``new_id`` returns the same quiz. Raises ``NotFound``, and ``Conflict`` if the
        quiz was not submitted.
        """
        quiz = self._quizzes.get(learner.user_id, quiz_id)
        if quiz.submitted_at is None:
            raise Conflict("quiz_not_submitted", "A quiz can be taken again once it is submitted.")
        again = replace(
            quiz,
            quiz_id=new_id,
            questions=spread_keys([replace(one, hints=()) for one in quiz.questions], new_id),
            created_at=to_text(self._clock.now()),
            submitted_at=None,
            retake_of=quiz.retake_of or quiz_id,
            version=0,
        )
        return self._quizzes.add(again)

    def get(self, learner: Learner, quiz_id: str) -> Quiz:
        """The learner's quiz. While it is open, it has the present keys of its items. Raises ``NotFound``."""
        quiz = self._quizzes.get(learner.user_id, quiz_id)
        return quiz if quiz.submitted_at is not None else with_keys_in_force(quiz, self._items)

    def shows_keys(self, quiz: Quiz) -> bool:
        """Whether the learner may see the quiz's keys now."""
        return self._quizzes.shows_keys(quiz, self._clock.now())

    def page(self, learner: Learner, *, limit: int, cursor: str | None) -> Page[Quiz]:
        """Up to ``limit`` of the learner's quizzes, newest first."""
        return self._quizzes.page(learner.user_id, limit=limit, cursor=cursor)

    def _documents_for(self, learner: Learner, wanted: QuizRequest, classes: Sequence[str]) -> list[Document]:
        owners = [learner.user_id, *map(class_owner, classes)]
        if wanted.document_ids:
            return [self._ready(owners, wanted, file_id) for file_id in dict.fromkeys(wanted.document_ids)]
        if wanted.subject_id is not None:
            owners = [learner.user_id, class_owner(wanted.subject_id)]
        documents = self._sources.completed(owners, subject_id=wanted.subject_id, session_id=None)
        if not documents:
            raise Conflict("no_materials", "There is no document to make a quiz from yet.")
        return documents

    def _ready(self, owners: Sequence[str], wanted: QuizRequest, file_id: str) -> Document:
        document = self._documents.find_among(owners, file_id)
        if document is None or wanted.subject_id not in (None, document.subject_id):
            raise NotFound("file_not_found", "There is no such document.")
        if document.status != "completed":
            raise Conflict("document_not_ready", "A document is not processed completely yet.")
        return document

    def _made(
        self,
        learner: Learner,
        quiz: Quiz,
        documents: Sequence[Document],
        classes: tuple[str, ...],
        *,
        chosen_difficulty: Difficulty | None,
    ) -> Quiz:
        deadline = self._clock.monotonic() + self._agent_seconds()
        subject_id = quiz.subject_id or NO_SUBJECT
        standing = self._ledger.standing(learner.user_id, subject_id)
        recent = self._quizzes.page(learner.user_id, limit=_RECENT_QUIZZES).items
        for made in recent:
            if made.quiz_id == quiz.quiz_id:
                return made  # else its own questions would be avoided as asked before
        quiz = replace(quiz, difficulty_level=chosen_difficulty or suitable_difficulty(standing))
        snapshot = self._class_shares.latest(subject_id)
        order = QuestionOrder(
            order_id=quiz.quiz_id,
            owner=learner.user_id,
            classes=classes,
            documents=tuple(documents),
            num_questions=quiz.requested_questions,
            kinds=quiz.kinds,
            difficulty=quiz.difficulty_level,
            topic=quiz.topic,
            avoid=tuple(question.question for one in recent for question in one.questions),
            focus=next_concepts(standing, _known(documents), _FOCUS_CONCEPTS, snapshot),
            # An assignment's topic is its title, which the materials need not mention.
            needs_topic=quiz.assignment_id is None,
        )
        taken = self._allowances.take(learner.user_id, "questions", quiz.requested_questions)
        with self._allowances.returning(taken):
            questions = self._making.make(order, deadline)
        if not questions:
            raise Conflict(
                "not_enough_material",
                "No question could be made that the documents fully support. Add documents or widen the topic.",
            )
        return self._quizzes.add(replace(quiz, questions=spread_keys(questions, quiz.quiz_id)))


def _known(documents: Sequence[Document]) -> list[str]:
    return list(dict.fromkeys(concept for document in documents for concept in document.extracted_concepts))


def _only(subject_ids: Sequence[str | None]) -> str | None:
    """The subject that all documents have in common; None if they have different ones."""
    distinct = set(subject_ids)
    return distinct.pop() if len(distinct) == 1 else None
