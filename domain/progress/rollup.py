"""Computes a standing from the ledger. Only its counts of messages do not come from the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from domain.progress.evidence import Evidence, counted_once
from domain.progress.mastery import fold, fold_overall
from domain.progress.standing import (
    MAX_OPTION_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MAX_TALLIES,
    DayActivity,
    QuestionTally,
    Standing,
    latest_days,
    start_of,
)

_RIGHT = 0.5
"""An answer is right if its score is above this."""


def refolded(standing: Standing, evidence: Iterable[Evidence]) -> Standing:
    """The standing computed from all of the learner's evidence in the subject.

    Its counts of messages stay. The order of the evidence and repetitions in it do not matter.
    """
    counted = counted_once(evidence)
    answers = [one for one in counted if one.source == "quiz"]
    quizzes: defaultdict[str, set[str]] = defaultdict(set)
    for one in answers:
        quizzes[one.occurred_at[:10]].add(one.source_id)
    days = {one.day: replace(one, quizzes=0) for one in standing.days if one.messages}
    for day, taken in quizzes.items():
        days[day] = replace(days.get(day, DayActivity(day)), quizzes=len(taken))
    shown = [one.occurred_at for one in counted]
    seen = shown + [start_of(one.day) for one in standing.days if one.messages]
    return replace(
        standing,
        concepts=tuple(fold(counted).values()),
        questions=_tallies(answers),
        days=latest_days(days),
        quizzes_taken=len({one.source_id for one in answers}),
        questions_answered=len(answers),
        questions_correct=sum(one.score > _RIGHT for one in answers),
        last_active=max(seen, default=None),
        overall=fold_overall(counted),
        began_at=min([*shown, *filter(None, [standing.talked_since])], default=None),
    )


def _tallies(answers: Sequence[Evidence]) -> tuple[QuestionTally, ...]:
    by_question: dict[str, list[Evidence]] = {}
    for one in answers:
        if one.question_key:
            same = by_question.pop(one.question_key, [])
            same.append(one)
            by_question[one.question_key] = same  # the question that was answered last is the last one
    return tuple(_tally(same) for same in list(by_question.values())[-MAX_TALLIES:])


def _tally(answers: Sequence[Evidence]) -> QuestionTally:
    chosen = Counter(one.choice[:MAX_OPTION_CHARACTERS] for one in answers if one.choice)
    return QuestionTally(
        question_key=answers[0].question_key,
        question=answers[0].question[:MAX_QUESTION_CHARACTERS],
        attempts=len(answers),
        correct=sum(one.score > _RIGHT for one in answers),
        wrong_choices=dict(sorted(chosen.items())),
    )
