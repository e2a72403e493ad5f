"""Routes of a class's bank: its items, and their figures. Only the subject's own teacher may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from chalicelib.http import TOO_MANY_REQUESTS, Api, Call, NoBody, Refusals
from chalicelib.routes.quizzes import NumQuestions, Topic
from chalicelib.schemas import CitationBody, Identifier, PageQuery, cited_body
from domain.bank.statuses import STATUSES, USUAL_DIFFICULTY, AdmissionCode, Author, Status
from domain.base.errors import InvalidRequest
from domain.quizzes.quiz_words import (
    KINDS,
    MAX_CONCEPT_CHARACTERS,
    MAX_EXPLANATION_CHARACTERS,
    MAX_OPTION_CHARACTERS,
    MAX_OPTIONS,
    MAX_STEM_CHARACTERS,
    Check,
)
from ports.agent_words import Difficulty, QuestionKind

if TYPE_CHECKING:  # only these routes pay for these imports
    from domain.bank.item import BankItem, ItemVersion
    from domain.bank.orders import DraftOrder, WrittenItem
    from domain.bank.statistics import ItemFigures
    from domain.quizzes.quiz import Question

_NO_ITEM: Refusals = {"item_not_found": (404, "The class's bank has no such item.")}
_INVALID: Refusals = {"invalid_item": (400, "The item could not be scored: `field` says what is wrong.")}
_COSTS: Refusals = {
    **TOO_MANY_REQUESTS,
    "daily_questions_used": (429, "Today's questions are used up."),
}
_CHANGED: Refusals = {"item_changed": (409, "Somebody changed the item since the version that was named.")}
_RETIRED: Refusals = {"item_retired": (409, "The item is retired.")}
ITEMS = "/api/teacher/subjects/{subject_id}/items"
_ITEM = ITEMS + "/{item_id}"
_MAX_DOCUMENTS = 50
Stem = Annotated[str, Meta(min_length=1, max_length=MAX_STEM_CHARACTERS)]
Option = Annotated[str, Meta(min_length=1, max_length=MAX_OPTION_CHARACTERS)]
Options = Annotated[list[Option], Meta(max_length=MAX_OPTIONS)]
KeyText = Annotated[str, Meta(min_length=1, max_length=MAX_OPTION_CHARACTERS)]
Key = KeyText | Annotated[list[KeyText], Meta(min_length=1, max_length=10)]
Explanation = Annotated[str, Meta(max_length=MAX_EXPLANATION_CHARACTERS)]
Concept = Annotated[
    str, Meta(min_length=1, max_length=MAX_CONCEPT_CHARACTERS, description="What it is about, in words.")
]
ConceptName = Annotated[str, Meta(description="What it is about, in words.")]
ItemStatus = Annotated[Status, Meta(description="What a teacher made of the newest version.")]
InReview = Annotated[int, Meta(description="How many answers nobody could score yet.")]
ItemVersionNumber = Annotated[int, Meta(ge=1, le=10**6)]
Statuses = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=60,
        description="Only items of this status: `draft`, `approved` or `retired`, or several with commas between.",
    ),
]


class GenerateItems(msgspec.Struct, forbid_unknown_fields=True):
    """Make drafts from the class's materials. If ``document_ids`` is empty, from all of them."""

    document_ids: Annotated[list[Identifier], Meta(max_length=_MAX_DOCUMENTS)] = []
    topic: Topic | None = None
    num_questions: NumQuestions = 5
    kinds: Annotated[tuple[QuestionKind, ...], Meta(min_length=1, max_length=len(KINDS))] = (
        "multiple_choice",
    )
    difficulty: Difficulty = USUAL_DIFFICULTY


class TakeItem(msgspec.Struct, forbid_unknown_fields=True):
    """``question_key`` names a question in the analytics."""

    question_key: Identifier
    difficulty: Difficulty = USUAL_DIFFICULTY


class CreateItem(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``generate``, or ``take``, or the teacher's own item in the other fields.

    ``correct_answer`` is the letter of an option (``multiple_choice``, ``true_false``), letters (``multiple_answer``;
    ``ordering``, in order), or text: the number with its unit (``numeric``), the term and its variants (``cloze``), the
    facts of a full answer (``short_answer``).
    """

    generate: GenerateItems | None = None
    take: TakeItem | None = None
    kind: QuestionKind = "multiple_choice"
    question: Stem | None = None
    options: Options = []
    correct_answer: Key | None = None
    explanation: Explanation = ""
    concept: Concept | None = None
    difficulty: Difficulty = USUAL_DIFFICULTY


class EditItem(msgspec.Struct, forbid_unknown_fields=True):
    """A field that is null stays as it is. If the item has a newer version than ``version``, the request is refused."""

    version: ItemVersionNumber | None = None
    kind: QuestionKind | None = None
    question: Stem | None = None
    options: Options | None = None
    correct_answer: Key | None = None
    explanation: Explanation | None = None
    concept: Concept | None = None
    difficulty: Difficulty | None = None


class ApproveItem(msgspec.Struct, forbid_unknown_fields=True):
    """With ``keep``, the teacher approves the item although the checks refused it, and answers for it."""

    keep: bool = False
    version: ItemVersionNumber | None = None


class RetireItem(msgspec.Struct, forbid_unknown_fields=True):
    version: ItemVersionNumber | None = None


class AdmissionBody(msgspec.Struct):
    """``code`` says why the item was refused. ``kept`` is true if a teacher approved it nevertheless. ``checked`` is as
    in a quiz.
    """

    admitted: bool
    code: Annotated[AdmissionCode | None, Meta(description="Why the checks refuse it; null if they do not.")]
    kept: bool
    checked: Check


class VersionOfItem(msgspec.Struct):
    """One version of an item: its question and what belongs to it."""

    version: int
    kind: QuestionKind
    question: str
    options: list[str]
    correct_answer: str | list[str]
    explanation: str
    concept: ConceptName
    difficulty: Difficulty
    citation: CitationBody | None
    admission: AdmissionBody
    author: Author


class ItemBody(VersionOfItem, kw_only=True):
    """``version`` is the newest version, and ``status`` is its status. New attempts ask ``approved_version``; null if
    there is none yet.
    """

    item_id: str
    status: ItemStatus
    approved_version: int | None
    created_at: str
    updated_at: str


class MadeItems(ItemBody, kw_only=True):
    """The first draft that was made. ``items`` has all of them."""

    items: list[ItemBody] = []


class ItemList(msgspec.Struct):
    items: list[ItemBody]
    next_cursor: str | None


class ItemQuery(PageQuery, frozen=True):
    status: Statuses | None = None


class VersionBody(VersionOfItem, kw_only=True):
    made_at: str


class DrawingOptionBody(msgspec.Struct):
    option: str
    count: int


class FiguresBody(msgspec.Struct):
    """The figures of the first answers of the enrolled learners. They are null if ``too_few`` is true.

    ``share_right`` is the mean credit, 0 to 1. ``discrimination`` is -1 to 1: the correlation of the credit for the
    item with the credit for the other questions of the attempt. ``wrong_options`` are the wrong options that learners
    chose. ``needs_review`` is the number of answers that wait for a review; no other figure counts them.
    """

    too_few: bool
    answers: int | None
    share_right: float | None
    discrimination: float | None
    wrong_options: list[DrawingOptionBody]
    needs_review: InReview


class ItemStatistics(FiguresBody, kw_only=True):
    item_id: str
    version: int
    status: ItemStatus
    question: str


class StatisticsList(msgspec.Struct):
    items: list[ItemStatistics]
    next_cursor: str | None


class ItemDetail(ItemBody, kw_only=True):
    """``passage`` is the text around the citation. ``versions`` has all versions, the first one first."""

    passage: str | None
    statistics: FiguresBody
    versions: list[VersionBody]


def register(api: Api) -> None:
    @api.route("GET", ITEMS, query=ItemQuery, answers=ItemList)
    def list_items(call: Call[NoBody, ItemQuery], subject_id: str) -> ItemList:
        """The items of the class's bank, newest first."""
        page = call.services.authoring.page(
            call.learner,
            subject_id,
            statuses=statuses_of(call.query.status),
            limit=call.query.limit,
            cursor=call.query.cursor,
        )
        return ItemList([item_body(item) for item in page.items], page.cursor)

    @api.route(
        "POST",
        ITEMS,
        body=CreateItem,
        example=CreateItem(
            question="What does a force change?",
            options=["the motion of a body", "the name of a body", "the number of bodies"],
            correct_answer="A",
            concept="force",
        ),
        answers=MadeItems,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        creates=True,
        refuses={
            **_INVALID,
            **_COSTS,
            "file_not_found": (404, "A document is not of the class."),
            "document_not_ready": (409, "A document is not processed yet."),
            "no_materials": (409, "The class has no materials to make questions from."),
            "not_enough_material": (409, "No question could be made that passes the checks."),
            "question_not_found": (404, "There is no such question, or the teacher may not see it."),
            **_NO_ITEM,
        },
    )
    def create_items(call: Call[CreateItem, NoBody], subject_id: str) -> MadeItems:
        """Make drafts: from the class's materials, from a quiz's question, or from the teacher's own text."""
        body = call.body
        own = body.question is not None or body.correct_answer is not None
        if (body.generate is not None) + (body.take is not None) + own != 1:
            raise InvalidRequest(
                "invalid_request", "Give generate, or take, or a question with its key.", field="question"
            )
        if body.generate is not None:
            order = _order(body.generate)
            made = call.services.authoring.generate(call.learner, subject_id, order, call.new_id())
        elif body.take is not None:
            wanted = body.take
            made = [
                call.services.taking.take(call.learner, subject_id, wanted.question_key, wanted.difficulty)
            ]
        else:
            item = call.services.authoring.write(
                call.learner, subject_id, _written(body), call.new_id(), body.difficulty
            )
            made = [item]
        bodies = [item_body(item) for item in made]
        return MadeItems(**msgspec.structs.asdict(bodies[0]), items=bodies)

    @api.route("GET", ITEMS + "/statistics", query=PageQuery, answers=StatisticsList)
    def get_item_statistics(call: Call[NoBody, PageQuery], subject_id: str) -> StatisticsList:
        """The figures of each item: how hard it is, how well it discriminates, which wrong options learners choose."""
        page, figures = call.services.bank_reports.statistics(
            call.learner, subject_id, limit=call.query.limit, cursor=call.query.cursor
        )
        return StatisticsList(
            [
                ItemStatistics(
                    **msgspec.structs.asdict(figures_body(one)),
                    item_id=item.item_id,
                    version=item.latest.item_version,
                    status=item.status,
                    question=item.latest.content.question,
                )
                for item, one in zip(page.items, figures, strict=True)
            ],
            page.cursor,
        )

    @api.route(
        "GET", _ITEM, answers=ItemDetail, reaches=("key_value_store", "object_store"), refuses=_NO_ITEM
    )
    def get_item(call: Call[NoBody, NoBody], subject_id: str, item_id: str) -> ItemDetail:
        """An item with its passage, its figures and its versions."""
        authoring = call.services.authoring
        item = authoring.get(call.learner, subject_id, item_id)
        (figures,) = call.services.bank_reports.figures_of([item])
        return ItemDetail(
            **msgspec.structs.asdict(item_body(item)),
            passage=authoring.passage_of(item),
            statistics=figures_body(figures),
            versions=[_version_body(version) for version in authoring.history(item)],
        )

    @api.route(
        "PATCH",
        _ITEM,
        body=EditItem,
        example=EditItem(explanation="By the second law."),
        answers=ItemBody,
        reaches=("agent", "embedder", "key_value_store", "object_store", "vector_store"),
        refuses={**_NO_ITEM, **_INVALID, **_COSTS, **_CHANGED, **_RETIRED},
    )
    def edit_item(call: Call[EditItem, NoBody], subject_id: str, item_id: str) -> ItemBody:
        """Change an item. This makes a new version, which is checked again and stays a draft until it is approved."""
        from domain.bank.orders import Changes

        body = call.body
        changes = Changes(
            kind=body.kind,
            question=body.question,
            options=None if body.options is None else tuple(body.options),
            correct_answer=_key(body.correct_answer),
            explanation=body.explanation,
            concept=body.concept,
            difficulty=body.difficulty,
        )
        return item_body(
            call.services.authoring.edit(call.learner, subject_id, item_id, changes, body.version)
        )

    @api.route(
        "POST",
        _ITEM + "/approve",
        body=ApproveItem,
        example=ApproveItem(keep=True),
        answers=ItemBody,
        refuses={
            **_NO_ITEM,
            **_CHANGED,
            **_RETIRED,
            "item_refused": (409, "The gate refused the item, and `keep` is false."),
        },
    )
    def approve_item(call: Call[ApproveItem, NoBody], subject_id: str, item_id: str) -> ItemBody:
        """Approve the newest version of an item: from now on, learners can be asked it."""
        return item_body(
            call.services.authoring.approve(
                call.learner, subject_id, item_id, keep=call.body.keep, based_on=call.body.version
            )
        )

    @api.route(
        "POST",
        _ITEM + "/retire",
        body=RetireItem,
        example=RetireItem(),
        answers=ItemBody,
        refuses={**_NO_ITEM, **_CHANGED},
    )
    def retire_item(call: Call[RetireItem, NoBody], subject_id: str, item_id: str) -> ItemBody:
        """Retire an item: no new attempt has it. Attempts that were begun keep it."""
        return item_body(
            call.services.authoring.retire(call.learner, subject_id, item_id, based_on=call.body.version)
        )


def statuses_of(given: str | None) -> list[Status]:
    """The statuses that a query names; all statuses if it names none. Raises ``InvalidRequest`` for an unknown one."""
    if given is None:
        return list(STATUSES)
    named = given.split(",")
    found = [status for status in STATUSES if status in named]
    if len(found) < len(set(named)):
        raise InvalidRequest("invalid_request", f"A status is one of {', '.join(STATUSES)}.", field="status")
    return found


def _order(wanted: GenerateItems) -> DraftOrder:
    from domain.bank.orders import DraftOrder

    return DraftOrder(
        num_questions=wanted.num_questions,
        document_ids=tuple(wanted.document_ids),
        topic=" ".join(wanted.topic.split()) if wanted.topic else None,
        kinds=tuple(dict.fromkeys(wanted.kinds)),
        difficulty=wanted.difficulty,
    )


def _written(body: CreateItem) -> WrittenItem:
    for name in ("question", "correct_answer", "concept"):
        if getattr(body, name) is None:
            raise InvalidRequest("invalid_request", f"Object missing required field `{name}`.", field=name)
    from domain.bank.orders import WrittenItem

    return WrittenItem(
        kind=body.kind,
        question=body.question or "",
        options=tuple(body.options),
        correct_answer=_key(body.correct_answer) or "",
        explanation=body.explanation,
        concept=body.concept or "",
    )


def _key(given: str | list[str] | None) -> str | tuple[str, ...] | None:
    return tuple(given) if isinstance(given, list) else given


def item_body(item: BankItem) -> ItemBody:
    return ItemBody(
        **msgspec.structs.asdict(_version_of(item.latest)),
        item_id=item.item_id,
        status=item.status,
        approved_version=item.approved_version,
        created_at=item.created_at,
        updated_at=item.updated_at,
    )


def _version_body(version: ItemVersion) -> VersionBody:
    return VersionBody(**msgspec.structs.asdict(_version_of(version)), made_at=version.made_at)


def _version_of(version: ItemVersion) -> VersionOfItem:
    content = version.content
    admission = version.admission
    return VersionOfItem(
        version=version.item_version,
        kind=content.kind,
        question=content.question,
        options=list(content.options),
        correct_answer=_shown_key(content),
        explanation=content.explanation,
        concept=content.concept,
        difficulty=version.difficulty,
        citation=cited_body(content.citation),
        admission=AdmissionBody(
            admitted=admission.admitted,
            code=admission.code,
            kept=admission.kept,
            checked="teacher" if admission.kept else content.checked,
        ),
        author=version.author,
    )


def _shown_key(content: Question) -> str | list[str]:
    """The key in the form that ``CreateItem`` accepts. A single term or fact is a text, not a list."""
    from domain.bank.orders import written_as

    key = written_as(content).correct_answer
    if isinstance(key, str):
        return key
    return key[0] if content.kind in ("cloze", "short_answer") and len(key) == 1 else list(key)


def figures_body(figures: ItemFigures) -> FiguresBody:
    return FiguresBody(
        too_few=figures.too_few,
        answers=figures.answers,
        share_right=figures.share_right,
        discrimination=figures.discrimination,
        wrong_options=[DrawingOptionBody(one.option, one.count) for one in figures.wrong_options],
        needs_review=figures.needs_review,
    )
