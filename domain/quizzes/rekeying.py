"""Applies a corrected key to a question and to a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.base.errors import Conflict, InvalidRequest
from domain.quizzes.attempt import GradedAnswer
from domain.quizzes.credits import amounts, credit_for
from domain.quizzes.hints import hint
from domain.quizzes.keys import correct_answer
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERED, LETTERS, ONE_CHOICE
from domain.quizzes.scoring import read_answer

MAX_ACCEPTED = 10


def with_key(content: Question, key: str | Sequence[str], explanation: str | None) -> Question:
    """The content of an item with another key. ``key`` has the form of ``correct_answer`` in the API, with the item's
    letters.

    Raises ``InvalidRequest`` if the key does not fit the kind, and ``Conflict`` for short answers, which only a judge
    can mark.
    """
    if content.kind == "short_answer":
        raise Conflict(
            "kind_not_regraded", "Short answers are judged one by one: decide about each, or retire the item."
        )
    explained = content.explanation if explanation is None else explanation
    keyed = replace(content, explanation=explained, is_retired=False)
    try:
        if content.kind in (*ONE_CHOICE, *LETTERED):
            return _lettered(keyed, key)
        return _worded(keyed, key)
    except InvalidRequest as refused:
        raise InvalidRequest("invalid_key", refused.message, field="key") from None


def _lettered(content: Question, key: str | Sequence[str]) -> Question:
    if content.kind == "true_false" and isinstance(key, str):
        told = [
            at for at, option in enumerate(content.options) if option.casefold() == key.strip().casefold()
        ]
        key = LETTERS[told[0]] if told else key
    answer = read_answer(content, key, "key")
    if answer is None:
        raise InvalidRequest("invalid_key", "The key names no option.")
    places = tuple(LETTERS.index(letter) for letter in answer)
    if content.kind in ONE_CHOICE:
        return replace(content, correct=places[0])
    return replace(content, right=places)


def _worded(content: Question, key: str | Sequence[str]) -> Question:
    """The content with another key in words. If the term changes, ``near`` is emptied: its words are spelled like the
    old term.
    """
    given = (key,) if isinstance(key, str) else tuple(key)
    accepted = tuple(dict.fromkeys(filter(None, (" ".join(one.split()) for one in given))))
    if not 1 <= len(accepted) <= MAX_ACCEPTED:
        raise InvalidRequest("invalid_key", f"Give 1 to {MAX_ACCEPTED} right answers.")
    if content.kind == "numeric" and (len(accepted) != 1 or len(amounts(accepted[0])) != 1):
        raise InvalidRequest("invalid_key", "The key is one number, with its unit if it has one.")
    return replace(content, accepted=accepted, near=() if accepted != content.accepted else content.near)


def rekeyed(question: Question, content: Question) -> Question:
    """A question of a quiz with the key of its item's ``content``, adapted to the order of the question's options.

    If the key changed, the hints that were given are made again for the new key.
    """
    order = question.item_order or tuple(range(len(question.options)))
    right = tuple(order.index(place) for place in content.right)
    keyed = replace(
        question,
        correct=order.index(content.correct) if question.kind in ONE_CHOICE else question.correct,
        right=tuple(sorted(right)) if question.kind == "multiple_answer" else right,
        accepted=content.accepted,
        near=content.near,
        tolerance=content.tolerance,
        explanation=content.explanation,
        citation=content.citation,
        checked=content.checked,
        key_revision=content.key_revision,
        is_retired=content.is_retired,
    )
    if not question.hints or has_key_of(keyed, question):
        return keyed
    return replace(keyed, hints=tuple(hint(keyed, number) for number in range(1, len(question.hints) + 1)))


def has_key_of(content: Question, other: Question) -> bool:
    """Whether both have the same key. Their options must be in the same order."""
    names = ("correct", "right", "accepted")
    return all(getattr(content, name) == getattr(other, name) for name in names)


def remarked(question: Question, mark: GradedAnswer) -> GradedAnswer:
    """The mark by the present key of the question. If a person decided on the mark, their decision stays.

    A short answer keeps the credit that its judge gave.
    """
    found = mark.found
    if question.kind != "short_answer":
        found = credit_for(question, mark.user_answer)
    by_key = replace(
        mark,
        correct_answer=correct_answer(question),
        explanation=question.explanation,
        citation=question.citation,
        is_retired=question.is_retired,
    )
    if mark.machine is not None:
        by_key = replace(by_key, machine=found)
    else:
        by_key = replace(by_key, credit=found.share, needs_review=found.needs_review)
    return replace(by_key, is_correct=by_key.credit == 1 and by_key.counts)
