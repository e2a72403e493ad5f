"""The credit of one answer, from 0 to 1, by the kind of its question.

::

    kind              credit
    multiple_choice   1 for the right option
    true_false        1 for the right option
    multiple_answer   (right options chosen - wrong options chosen) / right options, not below 0
    ordering          (pairs in order - pairs out of order) / pairs, not below 0
    cloze             1 for the term or a variant, also with slips of spelling; 0.5 for its head word alone
    numeric           1 within the tolerance, in any unit of the same dimension; 0.5 if the unit is missing
    short_answer      the mean credit of its facts, as a judge of answers finds them

A wrong part cancels a right one, so that choosing everything or guessing an order earns nothing. No answer earns 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS, Answer
from domain.quizzes.spelling import is_spelled_as
from domain.text.lexical import tokens
from ports.text.quantities import Quantity, quantities, same_quantity
from ports.text.regexes import regex

_HALF = 0.5
_DECIMAL_COMMA = regex(r"(?<![\d,.])(\d+),(\d{1,2})(?![\d,])")
_RATE = regex(r"\s*(?:/|\bper\b)\s*([A-Za-zµ]+)")
_LEAST_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Credit:
    """``share`` is 0 (wrong) to 1 (right). With ``needs_review``, the answer counts in no score and not in mastery."""

    share: float
    needs_review: bool = False


TO_REVIEW = Credit(0.0, needs_review=True)


def credit_for(question: Question, answer: Answer | None) -> Credit:
    """The credit of an answer that ``read_answers`` returned. A ``short_answer`` gets ``TO_REVIEW``, because only a
    judge can mark it.
    """
    if answer is None:
        return Credit(0.0)
    match question.kind:
        case "multiple_choice" | "true_false":
            return Credit(float(answer == LETTERS[question.correct]))
        case "multiple_answer":
            return Credit(_chosen(question, answer))
        case "ordering":
            return Credit(_ordered(question, answer))
        case "cloze":
            return Credit(_typed(question, str(answer)))
        case "numeric":
            return Credit(_counted(question, str(answer)))
        case "short_answer":
            return TO_REVIEW


def _chosen(question: Question, answer: Answer) -> float:
    chosen = {LETTERS.index(letter) for letter in answer}
    right = chosen & set(question.right)
    return max(0.0, (2 * len(right) - len(chosen)) / len(question.right))


def _ordered(question: Question, answer: Answer) -> float:
    place = {LETTERS.index(letter): at for at, letter in enumerate(answer)}
    pairs = [(one, two) for at, one in enumerate(question.right) for two in question.right[at + 1 :]]
    kept = sum(place[one] < place[two] for one, two in pairs)
    return max(0.0, (2 * kept - len(pairs)) / len(pairs))


def _typed(question: Question, answer: str) -> float:
    if any(is_spelled_as(answer, accepted, question.near) for accepted in question.accepted):
        return 1.0
    given, wanted = tokens(answer), tokens(question.accepted[0])
    is_part = 0 < len(given) < len(wanted) and wanted[-len(given) :] == given
    return _HALF if is_part else 0.0


def _counted(question: Question, answer: str) -> float:
    (wanted,) = amounts(question.accepted[0])
    given = amounts(answer)
    if len(given) != 1:
        return 0.0
    tolerance = max(question.tolerance, _LEAST_TOLERANCE)
    if same_quantity(given[0], wanted, tolerance=tolerance):
        return 1.0
    if given[0].dimension or not wanted.dimension:
        return 0.0
    written = _written(question.accepted[0])
    if written is None or not same_quantity(given[0], written, tolerance=tolerance):
        return 0.0
    return 1.0 if _names_its_unit(question) else _HALF


def amounts(text: str) -> list[Quantity]:
    """The quantities in a text, including rates. 36 km/h is 10 metres per second, and 3,5 is three and a half."""
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    rate = _RATE.search(text)
    if rate is None:
        return quantities(text)
    unit = quantities(f"1 {rate[1]}")
    plain = quantities(text[: rate.start()] + text[rate.end() :])
    if not unit or not unit[0].dimension:
        return plain
    return [
        Quantity(
            one.value / unit[0].value, f"{one.dimension}/{unit[0].dimension}", one.counted, one.start, one.end
        )
        for one in plain
    ]


def _written(text: str) -> Quantity | None:
    """The number of a quantity as it is written, without its unit; None if there is none."""
    found = re.search(r"[-−]?\d[\d,]*(?:\.\d+)?(?:\s(?:thousand|million|billion|trillion))?", text)
    bare = quantities(found[0]) if found else []
    return bare[0] if bare else None


def _names_its_unit(question: Question) -> bool:
    """Whether the question names the unit of its answer, as in "how many metres"."""
    unit = set(tokens(re.sub(r"[\d.,]+", " ", question.accepted[0])))
    return bool(unit) and unit <= set(tokens(question.question))
