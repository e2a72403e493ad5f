"""What a teacher sees of a class, and which figures are suppressed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.progress.analytics import (
    ENGAGEMENT_DAYS,
    MAX_CONCEPTS,
    MAX_LEVELS,
    MAX_NAMED,
    MAX_QUESTIONS,
    MAX_WEAK_CONCEPTS,
    ChosenOption,
    ClassAnalytics,
    Inactive,
    analyse,
)
from domain.progress.small_groups import MIN_GROUP
from domain.progress.standing import ConceptStanding, DayActivity, QuestionTally, Standing

TODAY = "2026-09-14"
NOW = "2026-09-14T08:00:00.000Z"


def concept(level: float, count: int = 5, key: str = "forces") -> ConceptStanding:
    return ConceptStanding(key, key.title(), level, count, NOW)


def tally(
    correct: int = 0, wrong: dict[str, int] | None = None, *, key: str = "q1", blank: int = 0
) -> QuestionTally:
    choices = wrong or {}
    attempts = correct + sum(choices.values()) + blank
    return QuestionTally(key, f"What is {key}?", attempts, correct, choices)


def standing(
    number: int,
    *concepts: ConceptStanding,
    questions: Sequence[QuestionTally] = (),
    days: Sequence[DayActivity] = (),
    last_active: str | None = NOW,
) -> Standing:
    return Standing(
        user_id=f"learner-{number}",
        subject_id="physics_101",
        concepts=concepts,
        questions=tuple(questions),
        days=tuple(days),
        quizzes_taken=1 if questions else 0,
        questions_answered=sum(one.attempts for one in questions),
        questions_correct=sum(one.correct for one in questions),
        last_active=last_active,
        version=1,
    )


def analysed(standings: Sequence[Standing], enrolled: Sequence[str] | None = None) -> ClassAnalytics:
    ids = [one.user_id for one in standings] if enrolled is None else enrolled
    names = {user_id: f"Name of {user_id}" for user_id in ids}
    return analyse(ids, names, {one.user_id: one for one in standings}, today=TODAY)


def test_the_analytics_of_an_empty_class_are_empty() -> None:
    empty = analysed([])
    assert empty.total_students == 0
    lists = (empty.learning_progress, empty.concept_summary, empty.needs_help, empty.inactive)
    assert all(one == () for one in lists)
    assert empty.quiz_performance.average_score is None
    assert [day.messages for day in empty.ai_chat_engagement.by_day] == [0] * ENGAGEMENT_DAYS


def test_every_enrolled_learner_has_a_row_sorted_by_name() -> None:
    busy = standing(1, concept(0.8, 4), concept(0.2, 3, "heat"), days=[DayActivity(TODAY, messages=6)])
    names = {"learner-1": "zoe", "learner-2": "Ada"}
    analytics = analyse(["learner-1", "learner-2", "gone"], names, {"learner-1": busy}, today=TODAY)
    assert [(row.name, row.user_id) for row in analytics.learning_progress] == [
        ("", "gone"),
        ("Ada", "learner-2"),
        ("zoe", "learner-1"),
    ]
    row = analytics.learning_progress[-1]
    assert list(row.mastery_levels.items()) == [("heat", 0.2), ("forces", 0.8)]
    assert (row.total_interactions, row.last_active) == (13, NOW)
    untouched = analytics.learning_progress[0]
    assert (untouched.mastery_levels, untouched.total_interactions, untouched.last_active) == ({}, 0, None)


def test_a_learner_who_left_is_neither_shown_nor_counted() -> None:
    standings = [standing(number, concept(0.1), questions=[tally(0, {"B": 5})]) for number in range(6)]
    analytics = analysed(standings, enrolled=[f"learner-{number}" for number in range(4)])
    assert analytics.total_students == 4
    assert analytics.concept_summary[0].too_few
    assert "learner-5" not in str(analytics)
    assert analytics.quiz_performance.quizzes_taken == 4


def test_a_concept_summary_counts_only_learners_with_evidence() -> None:
    levels = [0.1, 0.39, 0.4, 0.7, 0.71]
    untried = standing(9, concept(0.3, count=0))
    analytics = analysed([*(standing(n, concept(level)) for n, level in enumerate(levels)), untried])
    (summary,) = analytics.concept_summary
    assert (summary.concept, summary.label, summary.learners) == ("forces", "Forces", 5)
    assert (summary.mean_mastery, summary.median_mastery) == (0.46, 0.4)
    assert (summary.share_below, summary.share_between, summary.share_above) == (0.4, 0.4, 0.2)


def test_concepts_come_weakest_first_and_those_with_too_few_learners_last_without_numbers() -> None:
    standings = [
        standing(
            n, concept(0.8, key="heat"), concept(0.3, key="forces"), *([concept(0.01, key="atoms")] * (n < 4))
        )
        for n in range(5)
    ]
    summaries = analysed(standings).concept_summary
    assert [one.concept for one in summaries] == ["forces", "heat", "atoms"]
    assert [one.too_few for one in summaries] == [False, False, True]
    hidden = asdict(summaries[-1])
    assert {name for name, value in hidden.items() if value is not None} == {"concept", "label", "too_few"}


def test_a_question_is_summed_up_with_the_wrong_option_most_chose() -> None:
    standings = [
        standing(0, questions=[tally(1)]),
        standing(1, questions=[tally(0, {"mass": 2})]),
        standing(2, questions=[tally(1, {"speed": 1})]),
        standing(3, questions=[tally(1, {"mass": 1})]),
        standing(4, questions=[tally(0, {"": 1}, blank=1)]),
    ]
    performance = analysed(standings).quiz_performance
    (question,) = performance.questions
    assert question.question == "What is q1?"
    assert (question.learners, question.attempts, question.success_rate) == (5, 9, 0.3333)
    assert question.most_chosen_wrong_option == ChosenOption("mass", 3)
    assert (performance.quizzes_taken, performance.average_score) == (5, 33.3)


def test_the_hardest_questions_come_first_and_a_question_nobody_gets_wrong_has_no_wrong_option() -> None:
    standings = [
        standing(n, questions=[tally(1, key="easy"), tally(0, {"x": 1}, key="hard")]) for n in range(5)
    ]
    hard, easy = analysed(standings).quiz_performance.questions
    assert (hard.question, hard.success_rate) == ("What is hard?", 0)
    assert (easy.question, easy.most_chosen_wrong_option) == ("What is easy?", None)


def test_a_question_that_few_answered_is_counted_but_not_shown() -> None:
    private = tally(0, {"the name of my doctor": 9}, key="my diary")
    standings = [
        standing(n, questions=[tally(1), *([private] * (n < MIN_GROUP - 1))]) for n in range(MIN_GROUP)
    ]
    analytics = analysed(standings)
    assert [one.question for one in analytics.quiz_performance.questions] == ["What is q1?"]
    assert analytics.quiz_performance.withheld_questions == 1
    assert "diary" not in str(analytics)
    assert "doctor" not in str(analytics)


def test_an_average_of_few_learners_is_not_shown_even_for_many_quizzes() -> None:
    performance = analysed(
        [standing(n, questions=[tally(20)]) for n in range(MIN_GROUP - 1)]
    ).quiz_performance
    assert (performance.too_few, performance.average_score) == (True, None)
    assert performance.quizzes_taken == MIN_GROUP - 1


def test_engagement_lists_each_of_the_last_thirty_days() -> None:
    standings = [
        standing(
            1, days=[DayActivity("2026-08-15", 50), DayActivity("2026-08-16", 2), DayActivity(TODAY, 3, 1)]
        ),
        standing(2, days=[DayActivity(TODAY, 0, 2), DayActivity("2026-09-15", 7)]),
        standing(3, days=[DayActivity("2026-07-01", 9), DayActivity("2026-09-01", 0, 0)]),
    ]
    engagement = analysed(standings).ai_chat_engagement
    assert (engagement.total_messages, engagement.active_learners) == (5, 2)
    assert len(engagement.by_day) == ENGAGEMENT_DAYS
    first, last = engagement.by_day[0], engagement.by_day[-1]
    assert (first.day, first.messages, first.quizzes, first.active_learners) == ("2026-08-16", 2, 0, 1)
    assert (last.day, last.messages, last.quizzes, last.active_learners) == (TODAY, 3, 3, 2)


def test_a_learner_who_needs_help_is_listed_with_the_evidence() -> None:
    analytics = analysed(
        [
            standing(1, concept(0.39, 3), concept(0.9, 9, "heat")),
            standing(2, concept(0.1, 8), concept(0.2, 8, "heat")),
            standing(3, questions=[tally(1, {"B": 4})]),
            standing(4, concept(0.4, 9), questions=[tally(2, {"B": 3})]),
        ]
    )
    assert [one.user_id for one in analytics.needs_help] == ["learner-2", "learner-1", "learner-3"]
    assert analytics.total_needing_help == 3
    two, one, three = analytics.needs_help
    assert [(weak.concept, weak.mastery_level, weak.evidence_count) for weak in two.weak_concepts] == [
        ("forces", 0.1, 8),
        ("heat", 0.2, 8),
    ]
    assert [weak.concept for weak in one.weak_concepts] == ["forces"]
    assert (three.weak_concepts, three.recent_answers, three.recent_correct) == ((), 5, 1)


@pytest.mark.parametrize(
    "little",
    [
        standing(1, concept(0.27, count=2)),
        standing(1, questions=[tally(0, {"B": 4})]),
        standing(1, days=[DayActivity(TODAY, messages=500)]),
        standing(1, last_active=None),
        standing(1, concept(0.9), last_active="2026-01-01T00:00:00.000Z"),
    ],
)
def test_little_evidence_much_chat_or_long_absence_is_not_weakness(little: Standing) -> None:
    assert analysed([little]).needs_help == ()


def test_inactive_learners_are_listed_separately_longest_inactive_first() -> None:
    standings = [
        standing(1, last_active="2026-08-31T23:59:59.999Z"),
        standing(2, last_active="2026-09-01T00:00:00.000Z"),
        standing(3, last_active="2026-03-01T00:00:00.000Z"),
    ]
    analytics = analysed(standings, enrolled=["learner-1", "learner-2", "learner-3", "learner-4"])
    assert [one.user_id for one in analytics.inactive] == ["learner-4", "learner-3", "learner-1"]
    assert analytics.inactive[0] == Inactive("learner-4", "Name of learner-4", None)
    assert analytics.total_inactive == 3


def test_lists_are_bounded_and_say_how_many_there_are() -> None:
    count = 130
    standings = [
        standing(
            n,
            *(concept(0.3 - i / 1000, key=f"concept {i:03}") for i in range(count)),
            questions=[tally(0, {"x": 1}, key=f"question {i}") for i in range(60)],
            last_active=None,
        )
        for n in range(count)
    ]
    analytics = analysed(standings)
    row = analytics.learning_progress[0]
    assert (len(row.mastery_levels), row.total_concepts) == (MAX_LEVELS, count)
    assert next(iter(row.mastery_levels)) == "concept 129"
    assert (len(analytics.concept_summary), analytics.total_concepts) == (MAX_CONCEPTS, count)
    assert len(analytics.quiz_performance.questions) == MAX_QUESTIONS
    assert (len(analytics.needs_help), analytics.total_needing_help) == (MAX_NAMED, count)
    assert len(analytics.needs_help[0].weak_concepts) == MAX_WEAK_CONCEPTS
    assert (len(analytics.inactive), analytics.total_inactive) == (MAX_NAMED, count)
    assert len(analytics.learning_progress) == count


KEYS = st.sampled_from(["forces", "heat", "atoms"])
CONCEPTS = st.lists(
    st.builds(concept, st.floats(0, 1), st.integers(0, 9), KEYS),
    max_size=3,
    unique_by=lambda one: one.concept,
)
TALLIES = st.lists(
    st.builds(
        lambda key, correct, wrong, blank: tally(correct, wrong, key=key, blank=blank),
        KEYS,
        st.integers(0, 3),
        st.dictionaries(st.sampled_from(["A", "B", ""]), st.integers(1, 3), max_size=3),
        st.integers(0, 2),
    ),
    max_size=3,
    unique_by=lambda one: one.question_key,
)
DAYS = st.lists(
    st.builds(
        DayActivity,
        st.sampled_from(["2026-07-20", "2026-08-16", "2026-09-13", TODAY]),
        st.integers(0, 9),
        st.integers(0, 2),
    ),
    max_size=3,
    unique_by=lambda one: one.day,
)
CLASSES = st.lists(st.tuples(CONCEPTS, TALLIES, DAYS), max_size=9).map(
    lambda told: [
        standing(number, *concepts, questions=questions, days=days)
        for number, (concepts, questions, days) in enumerate(told)
    ]
)


@given(CLASSES, st.randoms(use_true_random=False))
def test_any_class_in_any_order(standings: list[Standing], chance: random.Random) -> None:
    analytics = analysed(standings)
    shuffled = standings[:]
    chance.shuffle(shuffled)
    assert analysed(shuffled) == analytics
    assert analytics.total_students == len(analytics.learning_progress) == len(standings)

    for summary in analytics.concept_summary:
        group = [
            one.mastery_level
            for each in standings
            for one in each.concepts
            if one.concept == summary.concept and one.evidence_count
        ]
        assert summary.too_few == (len(group) < MIN_GROUP)
        shares = (summary.share_below, summary.share_between, summary.share_above)
        if summary.too_few:
            assert (summary.learners, summary.mean_mastery, summary.median_mastery, *shares) == (None,) * 6
        else:
            assert summary.learners == len(group)
            assert sum(share or 0 for share in shares) == pytest.approx(1, abs=1e-3)
            assert min(group) - 1e-4 <= (summary.mean_mastery or 0) <= max(group) + 1e-4

    for question in analytics.quiz_performance.questions:
        answered = [
            each
            for each in standings
            if any(t.question == question.question and t.attempts for t in each.questions)
        ]
        assert question.learners == len(answered) >= MIN_GROUP
        assert 0 <= question.success_rate <= 1
    engagement = analytics.ai_chat_engagement
    assert engagement.total_messages == sum(day.messages for day in engagement.by_day)
    assert all(day.active_learners <= engagement.active_learners for day in engagement.by_day)


@given(CLASSES)
def test_summaries_name_nobody(standings: list[Standing]) -> None:
    analytics = analysed(standings)
    summaries = (analytics.concept_summary, analytics.quiz_performance, analytics.ai_chat_engagement)
    assert "learner-" not in str(summaries)


@given(CLASSES)
def test_a_learner_needs_help_only_if_enough_evidence_is_low(
    standings: list[Standing],
) -> None:
    for need in analysed(standings).needs_help:
        assert all(one.mastery_level < 0.4 and one.evidence_count >= 3 for one in need.weak_concepts)
        assert need.weak_concepts or (
            need.recent_answers >= 5 and need.recent_correct / need.recent_answers < 0.4
        )


@given(CLASSES.filter(lambda standings: len(standings) < MIN_GROUP))
def test_a_class_of_fewer_than_five_has_no_performance_in_its_summaries(standings: list[Standing]) -> None:
    analytics = analysed(standings)
    assert all(summary.mean_mastery is None for summary in analytics.concept_summary)
    assert analytics.quiz_performance.average_score is None
    assert analytics.quiz_performance.questions == ()
