"""The figures of an item, compared with a plain computation. They are never shown for few learners."""

from __future__ import annotations

from dataclasses import replace
from statistics import correlation, mean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bank.statistics import discrimination, figures, first_answers
from domain.progress.small_groups import MIN_GROUP
from tests.support.bank import MADE_AT, item, item_answer

VERSIONS = {1: item().latest}


PAIRS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 4).map(float)), min_size=MIN_GROUP, max_size=40
)


def test_a_retired_item_is_compared_with_the_same_rest() -> None:
    pairs = [(1.0, 4.0), (1.0, 3.0), (0.0, 1.0), (0.0, 2.0), (1.0, 4.0)]
    counted = [item_answer(place, credit, rest) for place, (credit, rest) in enumerate(pairs)]
    retired = [
        replace(one, is_retired=True, attempt_credit=rest, attempt_questions=4)
        for one, (_, rest) in zip(counted, pairs, strict=True)
    ]
    assert discrimination(retired) == discrimination(counted) != 0


@settings(max_examples=50, deadline=None)
@given(PAIRS)
def test_the_discrimination_is_pearsons_correlation_with_the_rest(pairs: list[tuple[float, float]]) -> None:
    answers = [item_answer(place, credit, rest) for place, (credit, rest) in enumerate(pairs)]
    found = discrimination(answers)
    credits, rests = [credit for credit, _ in pairs], [rest for _, rest in pairs]
    if len(set(credits)) == 1 or len(set(rests)) == 1:
        assert found is None
    else:
        assert found is not None
        assert found == pytest.approx(correlation(credits, rests), abs=1e-4)
        assert -1 <= found <= 1


@settings(max_examples=30, deadline=None)
@given(PAIRS, st.randoms(use_true_random=False))
def test_figures_do_not_depend_on_the_order_of_the_answers(
    pairs: list[tuple[float, float]], random: Any
) -> None:
    answers = [item_answer(place, credit, rest) for place, (credit, rest) in enumerate(pairs)]
    shuffled = list(answers)
    random.shuffle(shuffled)
    assert figures("i1", answers, VERSIONS) == figures("i1", shuffled, VERSIONS)
    assert figures("i1", answers, VERSIONS).share_right == pytest.approx(
        mean(credit for credit, _ in pairs), abs=1e-4
    )


@pytest.mark.parametrize("count", [0, 1, MIN_GROUP - 1])
def test_no_figures_are_given_for_few_learners(count: int) -> None:
    found = figures("i1", [item_answer(place, 0.0) for place in range(count)], VERSIONS)
    assert found.too_few
    assert (found.answers, found.share_right, found.discrimination, found.wrong_options) == (
        None,
        None,
        None,
        (),
    )


def test_only_the_first_answer_of_each_enrolled_learner_counts() -> None:
    later = MADE_AT.replace("08:00", "09:00")
    answers = [
        item_answer(1, 1.0, answered_at=later),
        item_answer(1, 0.0, quiz_id="q0"),
        item_answer(2, 1.0),
        item_answer(3, 0.0),
    ]
    found = first_answers(answers, {"learner-1", "learner-2"})
    assert sorted((one.user_id, one.credit) for one in found) == [("learner-1", 0.0), ("learner-2", 1.0)]


def test_the_most_chosen_wrong_options_come_first() -> None:
    chosen = ["B", "B", "C", "A", "B", "D", None]
    answers = [item_answer(place, float(one == "A"), answer=one) for place, one in enumerate(chosen)]
    found = figures("i1", answers, VERSIONS).wrong_options
    assert [(one.option, one.count) for one in found] == [("a colour", 3), ("a sound", 1), ("a taste", 1)]


def test_answers_that_nobody_could_score_count_in_no_figure() -> None:
    answers = [item_answer(place, 1.0) for place in range(MIN_GROUP)] + [
        item_answer(99, 0.0, needs_review=True)
    ]
    found = figures("i1", answers, VERSIONS)
    assert (found.answers, found.share_right, found.needs_review) == (MIN_GROUP, 1.0, 1)
