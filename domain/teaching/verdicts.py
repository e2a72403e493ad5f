"""The verdicts that a teacher gives, and their credits."""

from __future__ import annotations

from typing import Literal

from domain.base.errors import InvalidRequest
from domain.interviews.interview import JudgedFact
from domain.interviews.interview_words import FactVerdict
from domain.quizzes.credits import Credit

Verdict = Literal["right", "wrong", "partly", "stated", "contradicted", "missing"]
"""For a question: right, wrong, partly. For a fact: stated, partly, contradicted, missing."""
_HALF = 0.5


def credit_of_question(verdict: Verdict, credit: float | None) -> float:
    """The credit of the verdict on a question, 0 to 1. For "partly" it is ``credit``, or 0.5 without one.

    Raises ``InvalidRequest`` if the verdict is not one for a question, or if the credit does not fit.
    """
    match verdict:
        case "right" | "wrong":
            _check_no_credit(credit)
            return 1.0 if verdict == "right" else 0.0
        case "partly":
            share = _HALF if credit is None else credit
            if not 0 < share < 1:
                raise InvalidRequest(
                    "invalid_credit",
                    "The credit of a part must be more than 0 and less than 1.",
                    field="credit",
                )
            return round(share, 4)
    raise InvalidRequest("wrong_verdict", "A question is right, wrong or partly right.", field="verdict")


def verdict_on_fact(verdict: Verdict, credit: float | None) -> tuple[FactVerdict, float]:
    """The verdict as an interview stores it, and its credit: 1, 0.5 for "partly", else 0. Raises ``InvalidRequest``."""
    _check_no_credit(credit)
    match verdict:
        case "stated":
            return "stated", 1.0
        case "partly":
            return "stated", _HALF
        case "contradicted" | "missing":
            return verdict, 0.0
    raise InvalidRequest(
        "wrong_verdict", "A fact is stated, partly stated, contradicted or missing.", field="verdict"
    )


def _check_no_credit(credit: float | None) -> None:
    if credit is not None:
        raise InvalidRequest(
            "invalid_credit", "Give a credit only for a question that is partly right.", field="credit"
        )


def verdict_of(credit: Credit) -> str:
    """The machine's verdict on a question as a word."""
    if credit.needs_review:
        return "needs_review"
    return "right" if credit.share == 1 else "wrong" if credit.share == 0 else "partly"


def credit_of_fact(judged: JudgedFact) -> float | None:
    """The credit of the verdict; None if it is unsure, which counts in no score."""
    return None if judged.verdict == "unsure" else judged.credit
