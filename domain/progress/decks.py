"""The repository of decks, and of the answers to reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from domain.base.tables import REVIEWS
from domain.progress.chance import Counts, Overall
from domain.progress.deck import Deck, ReviewItem
from domain.progress.levels import MasteryChange
from ports.key_value_store import Delete, Item, KeyValueStore, Put, Write
from ports.paging import every
from ports.scheduler import Memory

T = TypeVar("T")
_DECK = "deck#"
_ANSWER = "answer#"


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """A scored answer to a review. There is one for each item and day."""

    user_id: str
    item_id: str
    answered_on: str
    """RFC 3339 date, UTC."""
    answered_at: str
    answer: str | tuple[str, ...]
    correct_answer: str | tuple[str, ...]
    is_correct: bool
    credit: float
    """0 (wrong) to 1 (right)."""
    quiz_id: str
    question_id: str
    due_on: str
    """The day when the question is due again."""
    mastery_changes: tuple[MasteryChange, ...]


class Decks:
    """A deck is one row. Names that several items share are stored once, so that ``MAX_ITEMS`` items fit into it."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def of(self, owner: str) -> list[Deck]:
        """All decks of the owner."""
        return [
            _deck_from(row)
            for row in every(lambda cursor: self._store.query(REVIEWS, owner, prefix=_DECK, cursor=cursor))
        ]

    def find(self, owner: str, subject_id: str) -> Deck | None:
        row = self._store.get(REVIEWS, _key(owner, _DECK + subject_id))
        return None if row is None else _deck_from(row)

    def write(self, deck: Deck) -> Write:
        """The write that stores the deck. An empty deck is deleted instead."""
        if not deck.items:
            return Delete(REVIEWS, _key(deck.user_id, _DECK + deck.subject_id))
        return Put(REVIEWS, _deck_item(deck))

    def find_answer(self, owner: str, item_id: str, day: str) -> ReviewAnswer | None:
        """The owner's answer to the item on that day, or None."""
        row = self._store.get(REVIEWS, _key(owner, _answer_id(item_id, day)))
        return None if row is None else _answer_from(row)

    def answer(self, answer: ReviewAnswer, beside: list[Write]) -> None:
        """Store the answer and ``beside``: all or nothing.

        Raises ``ConditionFailed`` if the item already has an answer of that day.
        """
        self._store.transact([Put(REVIEWS, _answer_item(answer), unless_exists=True), *beside])

    def answer_put(self, answer: ReviewAnswer) -> Put:
        """The write that replaces the stored answer of that day by a corrected one."""
        return Put(REVIEWS, _answer_item(answer))


def _key(owner: str, review_id: str) -> dict[str, str]:
    return {"user_id": owner, "review_id": review_id}


def _answer_id(item_id: str, day: str) -> str:
    return f"{_ANSWER}{item_id}#{day}"


def _deck_item(deck: Deck) -> Item:
    concepts = _places((one.concept, one.label) for one in deck.items)
    quizzes = _places(one.quiz_id for one in deck.items)
    return {
        **_key(deck.user_id, _DECK + deck.subject_id),
        "subject_id": deck.subject_id,
        "answered_at": deck.answered_at,
        "overall": asdict(deck.overall),
        "reviews_by_day": [list(one) for one in deck.reviews_by_day],
        "concepts": [list(one) for one in concepts],
        "quizzes": list(quizzes),
        "items": [_row_of(one, concepts, quizzes) for one in deck.items],
    }


def _places(names: Iterable[T]) -> dict[T, int]:
    """The index of each name, in the order of first occurrence."""
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _row_of(item: ReviewItem, concepts: dict[tuple[str, str], int], quizzes: dict[str, int]) -> list[Any]:
    return [
        item.item_id,
        quizzes[item.quiz_id],
        item.question_id,
        concepts[item.concept, item.label],
        [item.memory.stability, item.memory.difficulty],
        [item.recent.right, item.recent.wrong],
        item.answers,
        item.lapses,
        list(item.last_scores),
        item.last_on,
        item.due_on,
    ]


def _deck_from(row: Mapping[str, Any]) -> Deck:
    concepts, quizzes = row["concepts"], row["quizzes"]
    overall = row["overall"]
    return Deck(
        user_id=row["user_id"],
        subject_id=row["subject_id"],
        items=tuple(_item_from(one, concepts, quizzes) for one in row["items"]),
        overall=Overall(
            Counts(float(overall["recent"]["right"]), float(overall["recent"]["wrong"])),
            float(overall["usual_share"]),
        ),
        reviews_by_day=tuple((day, int(count)) for day, count in row["reviews_by_day"]),
        answered_at=row["answered_at"],
    )


def _item_from(row: list[Any], concepts: list[list[str]], quizzes: list[str]) -> ReviewItem:
    item_id, quiz, question_id, concept, memory, recent, answers, lapses, last_scores, last_on, due_on = row
    key, label = concepts[concept]
    return ReviewItem(
        item_id=item_id,
        quiz_id=quizzes[quiz],
        question_id=question_id,
        concept=key,
        label=label,
        memory=Memory(*map(float, memory)),
        recent=Counts(*map(float, recent)),
        answers=int(answers),
        lapses=int(lapses),
        last_scores=tuple(map(float, last_scores)),
        last_on=last_on,
        due_on=due_on,
    )


def _answer_item(answer: ReviewAnswer) -> Item:
    return {
        **asdict(answer),
        **_key(answer.user_id, _answer_id(answer.item_id, answer.answered_on)),
        "answer": _stored(answer.answer),
        "correct_answer": _stored(answer.correct_answer),
        "mastery_changes": [asdict(one) for one in answer.mastery_changes],
    }


def _answer_from(row: Mapping[str, Any]) -> ReviewAnswer:
    fields = {name: value for name, value in row.items() if name in ReviewAnswer.__dataclass_fields__}
    for name in ("answer", "correct_answer"):
        fields[name] = row[name] if isinstance(row[name], str) else tuple(row[name])
    fields["credit"] = float(row["credit"])
    fields["mastery_changes"] = tuple(MasteryChange(**one) for one in row["mastery_changes"])
    return ReviewAnswer(**fields)


def _stored(answer: str | tuple[str, ...]) -> str | list[str]:
    return answer if isinstance(answer, str) else list(answer)
