"""The use cases of a teacher who fills the bank of a class: drafts, edits, approvals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import replace
from typing import TypeAlias

from domain.access.allowances import Allowances
from domain.access.classes import class_owner
from domain.access.teaching import Teaching
from domain.bank.gate import Gate, GateResult
from domain.bank.item import AdmissionResult, BankItem, ItemVersion
from domain.bank.items import Items
from domain.bank.orders import Changes, DraftOrder, WrittenItem, written_as
from domain.bank.statuses import USUAL_DIFFICULTY, Author, Status
from domain.bank.writing import is_same, read_item
from domain.base.errors import Conflict, NotFound
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.documents.document import Document
from domain.documents.documents import Documents
from domain.documents.sources import Sources
from domain.quizzes.admission import spread_keys
from domain.quizzes.making import QuestionMaking, QuestionOrder
from domain.text.wording import content_words
from ports.agent_words import Difficulty
from ports.key_value_store import ConditionFailed
from ports.paging import Page
from ports.system import Clock

_Made: TypeAlias = tuple[str, GateResult, Difficulty, Author]
"""The parts of a new item: its id, the gate's result, the difficulty, and the author."""


class Authoring:
    """Each method raises ``Forbidden`` if the teacher does not teach the subject, and ``NotFound`` for another
    subject's item.
    """

    def __init__(
        self,
        items: Items,
        gate: Gate,
        making: QuestionMaking,
        documents: Documents,
        sources: Sources,
        teaching: Teaching,
        allowances: Allowances,
        clock: Clock,
        *,
        agent_seconds: Callable[[], float],
    ) -> None:
        self._items = items
        self._gate = gate
        self._making = making
        self._documents = documents
        self._sources = sources
        self._teaching = teaching
        self._allowances = allowances
        self._clock = clock
        self._agent_seconds = agent_seconds

    def page(
        self,
        teacher: Learner,
        subject_id: str,
        *,
        statuses: Collection[Status],
        limit: int,
        cursor: str | None,
    ) -> Page[BankItem]:
        """Up to ``limit`` items with one of these statuses, newest first."""
        self._teaching.subject(teacher, subject_id)
        return self._items.page(subject_id, statuses=statuses, limit=limit, cursor=cursor)

    def get(self, teacher: Learner, subject_id: str, item_id: str) -> BankItem:
        """The item. Raises ``Forbidden`` if ``teacher`` does not teach the subject, and ``NotFound``."""
        self._teaching.subject(teacher, subject_id)
        return self._items.get(subject_id, item_id)

    def history(self, item: BankItem) -> list[ItemVersion]:
        """All versions of an item that ``get`` returned, oldest first."""
        return self._items.history(item)

    def passage_of(self, item: BankItem) -> str | None:
        """The text that contains the item's citation; None if it has no citation, or if the document is gone."""
        return self._gate.passage_of(item.subject_id, item.latest.content.citation)

    def write(
        self,
        teacher: Learner,
        subject_id: str,
        written: WrittenItem,
        item_id: str,
        difficulty: Difficulty = USUAL_DIFFICULTY,
    ) -> BankItem:
        """Add a draft that the teacher wrote, and return it. A repeated call with the same id returns the same item.

        Raises ``InvalidRequest`` if the item cannot be scored, ``OverLimit``, and ``UpstreamError``.
        """
        self._teaching.subject(teacher, subject_id)
        draft = read_item(written)
        stored = self._items.find_many(subject_id, [item_id])
        if stored:
            return stored[item_id]
        with self._allowances.returning(self._allowances.take(teacher.user_id, "questions", 1)):
            looked = self._gate.check(subject_id, draft, self._asked(subject_id))
        return self._added(subject_id, [(item_id, looked, difficulty, "teacher")])[0]

    def generate(self, teacher: Learner, subject_id: str, order: DraftOrder, order_id: str) -> list[BankItem]:
        """Add drafts made from the class's materials: as many as wanted, or fewer if the materials support no more.

        A repeated call with the same ``order_id`` returns the same items. Raises ``NotFound`` for a document that is
        not the class's, ``Conflict`` if it is not ready or no question can be made, ``OverLimit``, and
        ``UpstreamError``.
        """
        self._teaching.subject(teacher, subject_id)
        ids = [derived_id("item", order_id, str(place)) for place in range(order.num_questions)]
        stored = self._items.find_many(subject_id, ids)
        if stored:
            return [stored[item_id] for item_id in ids if item_id in stored]
        deadline = self._clock.monotonic() + self._agent_seconds()
        documents = self._materials(subject_id, order.document_ids)
        wanted = QuestionOrder(
            order_id=order_id,
            owner=class_owner(subject_id),
            classes=(subject_id,),
            documents=tuple(documents),
            num_questions=order.num_questions,
            kinds=order.kinds,
            difficulty=order.difficulty,
            topic=order.topic,
            avoid=self._items.questions(subject_id),
        )
        taken = self._allowances.take(teacher.user_id, "questions", order.num_questions)
        with self._allowances.returning(taken):
            questions = self._making.make(wanted, deadline)
        if not questions:
            raise Conflict(
                "not_enough_material",
                "No question could be made that the materials fully support. Add materials or widen the topic.",
            )
        admitted = AdmissionResult(admitted=True)
        drafts: list[_Made] = [
            (item_id, GateResult(replace(question, question_id=""), admitted), order.difficulty, "agent")
            for item_id, question in zip(ids, spread_keys(questions, order_id), strict=False)
        ]
        return self._added(subject_id, drafts)

    def edit(
        self, teacher: Learner, subject_id: str, item_id: str, changes: Changes, based_on: int | None
    ) -> BankItem:
        """Add a new version that the gate has checked, as a draft, and return the item. If nothing changes, there is no
        new version.

        ``based_on`` is the version that the teacher saw, or None if that is unknown. Raises ``Conflict`` if there is a
        newer version, or if the item is retired; ``InvalidRequest``, ``OverLimit`` and ``UpstreamError`` as ``write``.
        """
        self._teaching.subject(teacher, subject_id)
        seen = self._items.get(subject_id, item_id)
        content = seen.latest.content
        draft = read_item(changes.applied_to(written_as(content)))
        difficulty = changes.difficulty or seen.latest.difficulty
        if is_same(content, draft) and difficulty == seen.latest.difficulty:
            return seen
        _must_be_based_on(seen, based_on)
        if seen.status == "retired":
            raise Conflict("item_retired", "The item is retired.")
        if is_same(content, draft):
            looked = GateResult(content, replace(seen.latest.admission, kept=False))
        else:
            others = self._asked(subject_id, but=item_id)
            with self._allowances.returning(self._allowances.take(teacher.user_id, "questions", 1)):
                looked = self._gate.check(subject_id, draft, others, content.citation)
        now = to_text(self._clock.now())
        try:
            return self._items.save(seen.edited(looked.content, difficulty, looked.admission, now))
        except ConditionFailed:  # somebody was faster: maybe the same request, sent twice
            stored = self._items.get(subject_id, item_id)
            if is_same(stored.latest.content, draft) and difficulty == stored.latest.difficulty:
                return stored
            raise _changed() from None

    def approve(
        self, teacher: Learner, subject_id: str, item_id: str, *, keep: bool, based_on: int | None
    ) -> BankItem:
        """Approve the newest version and return the item. A repeated call does no harm.

        Raises ``Conflict`` if there is a newer version than ``based_on``, if the item is retired, or if the gate
        refused it and ``keep`` is False.
        """
        return self._decided(
            teacher,
            subject_id,
            item_id,
            based_on,
            lambda item, now: item.approved(now, keep=keep),
            "approved",
        )

    def retire(self, teacher: Learner, subject_id: str, item_id: str, *, based_on: int | None) -> BankItem:
        """Retire the item and return it. A repeated call does no harm. Raises ``Conflict`` if there is a newer version."""
        return self._decided(
            teacher, subject_id, item_id, based_on, lambda item, now: item.retired(now), "retired"
        )

    def _decided(
        self,
        teacher: Learner,
        subject_id: str,
        item_id: str,
        based_on: int | None,
        decide: Callable[[BankItem, str], BankItem],
        status: Status,
    ) -> BankItem:
        self._teaching.subject(teacher, subject_id)

        seen = self._items.get(subject_id, item_id).latest.item_version if based_on is None else based_on

        def decided() -> BankItem:
            item = self._items.get(subject_id, item_id)
            _must_be_based_on(item, seen)
            if item.status == status:
                return item
            return self._items.save(decide(item, to_text(self._clock.now())))

        try:
            return retried(decided, on=ConditionFailed)
        except ConditionFailed:
            raise _changed() from None

    def _added(self, subject_id: str, drafts: Sequence[_Made]) -> list[BankItem]:
        now = to_text(self._clock.now())
        return self._items.add(
            [
                BankItem(
                    item_id,
                    subject_id,
                    "draft",
                    ItemVersion(1, looked.content, difficulty, looked.admission, author, now),
                    now,
                    now,
                )
                for item_id, looked, difficulty, author in drafts
            ]
        )

    def _asked(self, subject_id: str, but: str | None = None) -> list[Set[str]]:
        """The content words of the question of each latest item. Left out are the item with the id ``but``, and items
        that are duplicates: their original counts, and a duplicate may be edited.
        """
        return [
            content_words(item.latest.content.question)
            for item in self._items.latest(subject_id)
            if item.item_id != but and item.latest.admission.code != "duplicate"
        ]

    def _materials(self, subject_id: str, document_ids: Sequence[str]) -> list[Document]:
        owner = class_owner(subject_id)
        if document_ids:
            return [self._material(owner, file_id) for file_id in dict.fromkeys(document_ids)]
        documents = self._sources.completed([owner], subject_id=None, session_id=None)
        if not documents:
            raise Conflict("no_materials", "The class has no materials to make questions from yet.")
        return documents

    def _material(self, owner: str, file_id: str) -> Document:
        document = self._documents.find_among((owner,), file_id)
        if document is None:
            raise NotFound("file_not_found", "There is no such document.")
        if document.status != "completed":
            raise Conflict("document_not_ready", "A document is not processed completely yet.")
        return document


def _must_be_based_on(item: BankItem, version: int | None) -> None:
    if version is not None and version != item.latest.item_version:
        raise _changed()


def _changed() -> Conflict:
    return Conflict("item_changed", "Somebody changed the item meanwhile. Look at its newest version.")
