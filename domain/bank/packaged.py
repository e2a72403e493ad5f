"""Converts items to the form of item packages, which other programs read, and back without a loss."""

from __future__ import annotations

from domain.bank.orders import WrittenItem
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.statements import BLANK
from ports.item_package import PackagedItem

UNNAMED_CONCEPT = "general"
"""The concept of an item whose file names none."""


def to_packaged(item_id: str, content: Question) -> PackagedItem:
    """The question in the form of a package."""
    blank = BLANK.search(content.question) if content.kind == "cloze" else None
    places = content.right or ((content.correct,) if content.options else ())
    return PackagedItem(
        item_id=item_id,
        kind=content.kind,
        question=content.question,
        options=content.options,
        right=places,
        accepted=content.accepted,
        explanation=content.explanation,
        concept=content.concept,
        gap=None if blank is None else blank.span(),
    )


def from_packaged(item: PackagedItem) -> WrittenItem:
    """The item of a package in the form that ``read_item`` reads."""
    letters = tuple(LETTERS[place] for place in item.right if place < len(LETTERS))
    key = letters if item.options else item.accepted
    return WrittenItem(
        kind=item.kind,
        question=item.question,
        options=item.options,
        correct_answer=key[0] if len(key) == 1 else key,
        explanation=item.explanation,
        concept=item.concept or UNNAMED_CONCEPT,
    )
