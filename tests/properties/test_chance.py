"""The laws of the chance of success: it is a probability, monotone in each answer, independent of order, and explained."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.progress.chance import (
    NO_ANSWERS,
    NOTHING,
    Counts,
    Overall,
    chance_of_success,
    estimated,
    estimated_overall,
    overall_of,
)
from domain.progress.mastery import (
    chances,
    fold,
    fold_overall,
    mean_score,
    next_concepts,
    suitable_difficulty,
)
from domain.progress.rollup import refolded
from domain.progress.standing import ConceptStanding, Standing
from tests.properties.test_mastery import piece

shares = st.floats(0, 1)
weights = st.floats(0.01, 1)
answers = st.lists(st.tuples(shares, weights), max_size=40)


def counts(given: list[tuple[float, float]]) -> Counts:
    found = NOTHING
    for score, weight in given:
        found = found.after(score, weight)
    return found


@given(answers, answers)
def test_a_chance_is_a_probability_within_its_interval(
    concept: list[tuple[float, float]], others: list[tuple[float, float]]
) -> None:
    found = chance_of_success(counts(concept), overall_of(others))
    assert 0 < found.low < found.value < found.high < 1


@given(answers, answers, weights)
def test_a_right_answer_raises_the_chance_and_a_wrong_one_lowers_it(
    concept: list[tuple[float, float]], others: list[tuple[float, float]], weight: float
) -> None:
    every = [*others, *concept]
    now = chance_of_success(counts(concept), overall_of(every)).value
    after = {
        score: chance_of_success(
            counts([*concept, (score, weight)]), overall_of([*every, (score, weight)])
        ).value
        for score in (0.0, 1.0)
    }
    assert after[0.0] <= now + 1e-9
    assert after[1.0] >= now - 1e-9


def test_an_answer_counts_half_after_eight_more() -> None:
    once = NOTHING.after(1.0)
    assert once == Counts(1.0, 0.0)
    assert counts([(1.0, 1.0), *[(0.0, 1.0)] * 8]).right == pytest.approx(0.5)


def test_an_answer_with_help_moves_the_chance_and_the_level_less() -> None:
    alone, helped = (
        refolded(Standing("ada", "physics_101"), [replace(piece(1, 1.0), weight=weight)])
        for weight in (1.0, 0.5)
    )
    assert 0.3 < helped.concepts[0].mastery_level < alone.concepts[0].mastery_level
    assert chances(helped)["force"].value < chances(alone)["force"].value


def test_the_interval_narrows_with_evidence() -> None:
    few, many = (
        chance_of_success(counts([(1.0, 1.0), (0.0, 1.0)] * number), NO_ANSWERS) for number in (1, 10)
    )
    assert many.high - many.low < few.high - few.low


def test_each_reason_says_how_much_the_chance_is_higher_for_it() -> None:
    overall = Overall(Counts(4.0, 1.0), 0.7)
    found = chance_of_success(Counts(2.0, 1.0), overall)
    by_code = {one.code: one for one in found.reasons}
    assert {code: one.amount for code, one in by_code.items()} == {
        "right": 2.0,
        "wrong": 1.0,
        "new": 3.0,
        "right_overall": 4.0,
        "wrong_overall": 1.0,
        "usual_share": 0.7,
    }
    assert {code for code, one in by_code.items() if one.effect > 0} == {
        "right",
        "right_overall",
        "usual_share",
    }
    without = chance_of_success(Counts(2.0, 1.0), replace(overall, usual_share=0.5)).value
    assert by_code["usual_share"].effect == pytest.approx(found.value - without)


def standing(*scores_of: tuple[str, list[float]]) -> Standing:
    evidence = [
        piece(number, score, concept=label.casefold(), label=label)
        for number, (label, score) in enumerate((label, one) for label, given in scores_of for one in given)
    ]
    return refolded(Standing("ada", "physics_101"), evidence)


def test_the_concept_most_likely_to_go_wrong_comes_next() -> None:
    shown = standing(("Heat", [1.0] * 9), ("Force", [0.0] * 8), ("Light", [1.0, 0.0, 1.0]))
    found = next_concepts(shown, ["sound"], 4)
    assert next(iter(found)) == "Force"
    assert list(found)[-1] == "Heat"
    assert list(next_concepts(shown, ["sound"], 2)) == list(found)[:2]
    assert {label: found[label] for label in ("Heat", "Force", "Light")} == {
        label: chances(shown)[label.casefold()] for label in ("Heat", "Force", "Light")
    }


def test_among_equal_concepts_the_one_with_less_evidence_comes_first() -> None:
    shown = Standing(
        "ada",
        "physics_101",
        concepts=tuple(ConceptStanding(label.casefold(), label, 0.5, 3, "") for label in ("Force", "Heat")),
    )
    assert list(next_concepts(shown, ["Sound"], 4)) == ["Sound", "Force", "Heat"]


def test_new_concepts_come_once_each_in_the_given_order() -> None:
    nobody = Standing("ada", "physics_101")
    known = ["Newton's laws", "heat", "newton laws", "Heat"]
    assert list(next_concepts(nobody, known, 5)) == ["Newton's laws", "heat"]
    assert list(next_concepts(nobody, ["sound", "heat"], 5)) == ["sound", "heat"]


def test_a_concept_with_evidence_is_not_new_in_any_spelling() -> None:
    shown = replace(
        Standing("ada", "physics_101"),
        concepts=(ConceptStanding("newtons_law", "Newton's laws", 0.9, 40, ""),),
    )
    assert list(next_concepts(shown, ["newton law"], 5)) == ["Newton's laws"]


@pytest.mark.parametrize(
    ("scores", "difficulty"),
    [([], "intermediate"), ([0.0] * 6, "beginner"), ([1.0], "intermediate"), ([1.0] * 20, "advanced")],
)
def test_the_difficulty_follows_the_chance(scores: list[float], difficulty: str) -> None:
    assert suitable_difficulty(standing(("Force", scores))) == difficulty


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_standing_without_counts_gets_those_of_answers_with_its_share(right: list[bool]) -> None:
    """Rows of version 0.2 hold a level and a number of answers. If all answers were alike, these tell what they were."""
    same = [float(right[0])] * len(right)
    evidence = [piece(number, score) for number, score in enumerate(same)]
    (folded,) = fold(evidence).values()
    share = mean_score(folded.mastery_level, folded.evidence_count)
    assert share == pytest.approx(same[0])
    guessed = estimated(share, folded.evidence_count)
    assert (guessed.right, guessed.wrong) == pytest.approx((folded.recent.right, folded.recent.wrong))
    whole = estimated_overall([(share, folded.evidence_count)])
    assert whole.usual_share == pytest.approx(fold_overall(evidence).usual_share)
    assert whole.recent.total == pytest.approx(fold_overall(evidence).recent.total)
