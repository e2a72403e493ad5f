"""The laws of mastery: bounded, monotone in correctness, independent of order, idempotent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.progress.evidence import Evidence, counted_once
from domain.progress.mastery import (
    START,
    difficulty_preference,
    fold,
    fold_overall,
    mastery_steps,
)
from domain.progress.rollup import refolded
from domain.progress.standing import (
    MAX_DAYS,
    MAX_TALLIES,
    DayActivity,
    QuestionTally,
    Standing,
    with_message,
)

scores = st.floats(0, 1)
moments = st.builds("2026-{:02}-{:02}T10:00:00.000Z".format, st.integers(1, 3), st.integers(1, 28)) | st.just(
    "2026-01-01T10:00:00.000Z"
)


def piece(number: int, score: float, **told: Any) -> Evidence:
    evidence = Evidence(
        evidence_id=f"quiz-{number}",
        user_id="ada",
        subject_id="physics_101",
        concept="force",
        label="Force",
        score=score,
        occurred_at=f"2026-01-01T10:00:00.{number % 1000:03}Z",
        source="quiz",
        source_id="quiz",
        question="What is a force?",
    )
    return replace(evidence, **told)


@st.composite
def ledgers(draw: st.DrawFn) -> list[Evidence]:
    """Evidence of some concepts and quizzes. Some of it shares ids and moments."""
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, 12), scores, moments, st.sampled_from("abc"), st.integers(0, 3)),
            max_size=20,
        )
    )
    return [
        piece(
            number,
            score,
            occurred_at=moment,
            concept=concept,
            source=("quiz", "interview")[quiz == 3],
            source_id=f"quiz-{quiz}",
            question_key=f"q-{quiz}" if quiz else "",
            choice="" if score > 0.5 else f"wrong {number % 3}",
        )
        for number, score, moment, concept, quiz in drawn
    ]


@given(ledgers())
def test_levels_are_bounded(evidence: list[Evidence]) -> None:
    for steps in mastery_steps(evidence).values():
        assert all(0 <= level <= 1 for step in steps for level in (step.before, step.after))


@given(ledgers(), st.data())
def test_a_higher_score_never_makes_a_lower_level(evidence: list[Evidence], data: st.DataObject) -> None:
    raised = [replace(one, score=data.draw(st.floats(one.score, 1))) for one in evidence]
    before, after = fold(evidence), fold(raised)
    distinct = {one.evidence_id for one in evidence}
    if len(distinct) == len(evidence):  # otherwise another one with the same id may count
        for concept, standing in before.items():
            assert after[concept].mastery_level >= standing.mastery_level - 1e-12


@given(ledgers(), st.randoms(use_true_random=False), st.integers(0, 20))
def test_order_and_repetition_of_evidence_make_no_difference(
    evidence: list[Evidence], chance: Any, repeated: int
) -> None:
    shuffled = evidence + evidence[:repeated]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(evidence)
    assert list(fold(shuffled)) == sorted(fold(shuffled))
    standing = with_message(Standing("ada", "physics_101"), "2026-02-02")
    assert refolded(standing, shuffled) == refolded(standing, evidence)


@given(ledgers(), st.integers(0, 20))
def test_a_refolded_standing_does_not_depend_on_earlier_counts(evidence: list[Evidence], first: int) -> None:
    new = Standing("ada", "physics_101")
    in_parts = refolded(refolded(new, evidence[:first]), evidence)
    assert in_parts == refolded(new, evidence)
    assert refolded(in_parts, evidence) == in_parts


@given(ledgers(), st.lists(st.sampled_from(["2026-01-01", "2026-02-03", "2026-05-05"]), max_size=6))
def test_messages_change_no_level_and_are_never_lost(evidence: list[Evidence], days: list[str]) -> None:
    asked = refolded(Standing("ada", "physics_101"), evidence)
    for day in days:
        asked = with_message(asked, day)
    later = refolded(asked, evidence)
    assert later == asked
    assert later.concepts == refolded(Standing("ada", "physics_101"), evidence).concepts
    assert {one.day: one.messages for one in later.days if one.messages} == {
        day: days.count(day) for day in days
    }


@given(st.lists(scores, max_size=30))
def test_all_right_raises_and_all_wrong_lowers(earlier: list[float]) -> None:
    evidence = [piece(number, score) for number, score in enumerate(earlier)]
    level = fold(evidence)["force"].mastery_level if evidence else START
    quiz = range(500, 505)
    raised = fold([*evidence, *(piece(number, 1.0) for number in quiz)])["force"].mastery_level
    lowered = fold([*evidence, *(piece(number, 0.0) for number in quiz)])["force"].mastery_level
    assert lowered < level < raised or level in (0.0, 1.0)


def test_the_formula_is_that_of_the_seed_design() -> None:
    first = 0.3 + 0.1 / 1.01 * (1 - 0.3)
    second = first + 0.1 / 1.02 * (0 - first)
    steps = mastery_steps([piece(1, 1.0), piece(2, 0.0)])["force"]
    assert [step.before for step in steps] == pytest.approx([0.3, first])
    assert [step.after for step in steps] == pytest.approx([first, second])


@pytest.mark.parametrize(
    ("levels", "difficulty"),
    [
        ([], "intermediate"),
        ([0.4], "beginner"),
        ([0.3, 0.3], "beginner"),
        ([0.41], "intermediate"),
        ([0.7], "intermediate"),
        ([0.6, 0.9], "advanced"),
    ],
)
def test_the_thresholds_are_those_of_the_seed_design(levels: list[float], difficulty: str) -> None:
    assert difficulty_preference(levels) == difficulty


def test_a_standing_keeps_only_the_latest_questions_and_days() -> None:
    evidence = [
        piece(
            number,
            float(number % 2),
            occurred_at=f"2026-{1 + number // 28:02}-{1 + number % 28:02}T10:00:00.000Z",
            source_id=f"quiz-{number}",
            question_key=f"key-{number}",
            choice="" if number % 2 else "x" * 500,
        )
        for number in range(100)
    ]
    whole = refolded(Standing("ada", "physics_101"), evidence)
    assert [tally.question_key for tally in whole.questions] == [f"key-{n}" for n in range(60, 100)]
    assert len(whole.questions) == MAX_TALLIES
    assert len(whole.days) == MAX_DAYS
    assert whole.days[-1].day == "2026-04-16"
    assert (whole.quizzes_taken, whole.questions_answered, whole.questions_correct) == (100, 100, 50)
    assert whole.questions[0].wrong_choices == {"x" * 100: 1}
    assert whole.last_active == "2026-04-16T10:00:00.000Z"


def test_evidence_with_the_same_id_counts_once_earliest_then_lowest() -> None:
    early, late = "2026-01-01T10:00:00.000Z", "2026-01-02T10:00:00.000Z"
    other = piece(2, 0.5, occurred_at=early)
    counting = piece(3, 0.2, occurred_at=early)
    late_one = piece(1, 0.0, occurred_at=late)
    repeated = [late_one, piece(3, 0.0, occurred_at=late), piece(3, 0.8, occurred_at=early), counting, other]
    assert counted_once(repeated) == counted_once(reversed(repeated)) == [other, counting, late_one]


def test_a_standing_is_computed_from_messages_and_evidence() -> None:
    talked = with_message(
        with_message(Standing("ada", "physics_101"), "2026-01-02T09:00:00.000Z"), "2026-01-05T09:00:00.000Z"
    )
    evidence = [
        piece(
            1,
            0.5,
            occurred_at="2026-01-02T10:00:00.000Z",
            source_id="quiz-1",
            question_key="a",
            question="?" * 250,
            choice="wrong",
        ),
        piece(2, 1.0, occurred_at="2026-01-02T11:00:00.000Z", source_id="quiz-2", question_key="b"),
        piece(3, 0.51, occurred_at="2026-01-03T10:00:00.000Z", source_id="quiz-3"),
        piece(4, 0.0, occurred_at="2026-01-04T10:00:00.000Z", source_id="talk", source="interview"),
    ]
    assert refolded(talked, evidence) == Standing(
        "ada",
        "physics_101",
        concepts=tuple(fold(evidence).values()),
        questions=(
            QuestionTally("a", "?" * 200, 1, 0, {"wrong": 1}),
            QuestionTally("b", "What is a force?", 1, 1, {}),
        ),
        days=(
            DayActivity("2026-01-02", messages=1, quizzes=2),
            DayActivity("2026-01-03", messages=0, quizzes=1),
            DayActivity("2026-01-05", messages=1, quizzes=0),
        ),
        quizzes_taken=3,
        questions_answered=3,
        questions_correct=2,
        last_active="2026-01-05T00:00:00.000Z",
        talked_since="2026-01-02T09:00:00.000Z",
        began_at="2026-01-02T09:00:00.000Z",
        overall=fold_overall(evidence),
    )
    unspoken = refolded(Standing("ada", "physics_101"), evidence)
    assert (unspoken.began_at, unspoken.last_active) == (evidence[0].occurred_at, evidence[3].occurred_at)
    nothing = refolded(Standing("ada", "physics_101"), [])
    assert (nothing.began_at, nothing.last_active) == (None, None)


def test_removed_evidence_no_longer_counts() -> None:
    talked = with_message(Standing("ada", "physics_101"), "2026-01-02T09:00:00.000Z")
    assert refolded(refolded(talked, [piece(1, 1.0, occurred_at="2026-01-02T10:00:00.000Z")]), []) == talked


def test_wrong_choices_are_counted_and_stand_in_order() -> None:
    chosen = [
        piece(number, 0.0, question_key="a", choice=choice) for number, choice in enumerate("caab", start=1)
    ]
    (tally,) = refolded(Standing("ada", "physics_101"), chosen).questions
    assert list(tally.wrong_choices.items()) == [("a", 2), ("b", 1), ("c", 1)]


def test_a_repeated_question_has_one_tally_ordered_by_its_last_answer() -> None:
    evidence = [
        piece(1, 0.0, question_key="a", choice="wrong"),
        piece(2, 1.0, question_key="b"),
        piece(3, 0.0, question_key="a"),
    ]
    first, second = refolded(Standing("ada", "physics_101"), evidence).questions
    assert (first.question_key, second.question_key) == ("b", "a")
    assert (second.attempts, second.correct, second.wrong_choices) == (2, 0, {"wrong": 1})


def test_an_interview_is_evidence_but_no_quiz() -> None:
    whole = refolded(Standing("ada", "physics_101"), [piece(1, 0.8, source="interview")])
    assert (whole.quizzes_taken, whole.questions_answered, whole.days) == (0, 0, ())
    assert [concept.evidence_count for concept in whole.concepts] == [1]


@pytest.mark.slow
@settings(max_examples=2000)
@given(st.lists(ledgers(), max_size=4), st.randoms(use_true_random=False))
def test_long_ledgers_keep_the_laws(parts: list[list[Evidence]], chance: Any) -> None:
    evidence = [one for part in parts for one in part]
    shuffled = [*evidence, *evidence]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(evidence)
    assert all(0 <= standing.mastery_level <= 1 for standing in fold(evidence).values())
