"""Credits by kind: from 0 to 1, 1 for the key, a share for a part of it, and 0 for choosing everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base.errors import InvalidRequest
from domain.documents.passage import Citation
from domain.quizzes.credits import TO_REVIEW, Credit, credit_for
from domain.quizzes.keys import correct_answer, key_texts
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import LETTERS, NO_OPTION, Answer
from domain.quizzes.scoring import GivenAnswer, read_answers, score
from domain.quizzes.spelling import is_spelled_as, slips_of
from ports.agent import QuestionKind

CITATION = Citation("f", "f.txt", "chunk_0", 1, 0, 5, "quote", 1.0, None)


def question(
    kind: QuestionKind,
    *accepted: str,
    options: tuple[str, ...] = (),
    right: tuple[int, ...] = (),
    correct: int = NO_OPTION,
    stem: str = "What is it?",
    tolerance: float = 0.0,
    near: tuple[str, ...] = (),
) -> Question:
    return Question(
        "1",
        stem,
        options,
        correct,
        "",
        CITATION,
        "c",
        kind=kind,
        right=right,
        accepted=accepted,
        tolerance=tolerance,
        near=near,
    )


def quiz_of(*questions: Question) -> Quiz:
    return Quiz("q", "ada", "Q", None, None, (), "intermediate", 1, questions, "2026-01-01T00:00:00.000Z")


def read(asked: Question, answer: GivenAnswer) -> Answer | None:
    return read_answers(quiz_of(asked), {"1": answer})["1"]


@st.composite
def several(draw: st.DrawFn) -> Question:
    count = draw(st.integers(4, 6))
    right = draw(st.sets(st.integers(0, count - 1), min_size=2, max_size=count - 1))
    return question("multiple_answer", options=tuple(LETTERS[:count]), right=tuple(sorted(right)))


@given(several(), st.sets(st.sampled_from(LETTERS), max_size=6))
def test_each_wrong_option_takes_away_a_right_one(asked: Question, chosen: set[str]) -> None:
    shown = set(LETTERS[: len(asked.options)])
    answer = read(asked, sorted(chosen & shown))
    right = {LETTERS[place] for place in asked.right}
    credit = credit_for(asked, answer).share
    hits, misses = len(chosen & right), len((chosen & shown) - right)
    assert credit == pytest.approx(max(0, hits - misses) / len(right))
    assert (credit == 1) == (chosen & shown == right)


@given(several())
def test_choosing_every_option_earns_less_than_the_right_ones(asked: Question) -> None:
    everything = credit_for(asked, read(asked, list(LETTERS[: len(asked.options)]))).share
    assert everything < credit_for(asked, correct_answer(asked)).share == 1


@given(st.permutations(range(4)))
def test_an_order_earns_its_pairs_and_the_reverse_none(order: list[int]) -> None:
    asked = question("ordering", options=("a", "b", "c", "d"), right=tuple(order))
    key = correct_answer(asked)
    credits = {given: credit_for(asked, given).share for given in permutations("ABCD")}
    assert [given for given, credit in credits.items() if credit == 1] == [key]
    assert credits[tuple(reversed(key))] == 0
    assert all(0 <= credit <= 1 for credit in credits.values())
    one_swap = (key[1], key[0], *key[2:])
    assert credits[one_swap] == pytest.approx(4 / 6)


@pytest.mark.parametrize("given_order", [["A", "B"], ["A", "B", "B"], ["A", "B", "C", "C"], []])
def test_an_order_names_each_option_once(given_order: list[str]) -> None:
    asked = question("ordering", options=("a", "b", "c"), right=(2, 1, 0))
    with pytest.raises(InvalidRequest) as refused:
        read(asked, given_order)
    assert (refused.value.code, refused.value.field) == ("incomplete_order", "answers.1")


@pytest.mark.parametrize("kind", ["multiple_choice", "true_false", "cloze", "numeric", "short_answer"])
def test_a_list_is_no_answer_to_a_question_that_takes_one(kind: QuestionKind) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(question(kind, "x", options=("a", "b"), correct=0), ["A"])
    assert refused.value.code == "wrong_answer_form"


def test_the_letters_of_several_answers_are_a_set() -> None:
    asked = question("multiple_answer", options=("a", "b", "c", "d"), right=(0, 2))
    assert read(asked, [" c", "A", "a"]) == ("A", "C")
    assert read(asked, []) is None
    with pytest.raises(InvalidRequest, match="option"):
        read(asked, ["E"])


@pytest.mark.parametrize(
    ("term", "typed", "credit"),
    [
        ("photosynthesis", "Photosynthesis", 1.0),
        ("photosynthesis", "fotosynthesis", 0.0),
        ("photosynthesis", "photosintesis", 1.0),
        ("photosynthesis", "photosynthesys", 1.0),
        ("ventricle", "the ventricles", 1.0),
        ("ventricle", "ventrical", 1.0),
        ("aorta", "aotra", 1.0),
        ("aorta", "atria", 0.0),
        ("cell wall", "cell-wall", 1.0),
        ("cell wall", "cellwall", 1.0),
        ("cell wall", "wall", 0.5),
        ("cell wall", "cell", 0.0),
        ("cell wall", "wall wall wall", 0.0),
        ("atom", "atoll", 0.0),
        ("café", "cafe", 1.0),
        ("hypotonic", "hypertonic", 0.0),
        ("sulfate", "sulfite", 0.0),
        ("lactase", "lactose", 0.0),
        ("mitosis", "meiosis", 0.0),
        ("neutron", "neuron", 0.0),
        ("Apollo 11", "Apollo 12", 0.0),
        ("唐朝", "唐朝", 1.0),
        ("唐朝", "宋朝", 0.0),
        ("aorta", "", 0.0),
    ],
)
def test_slips_of_spelling_are_accepted_and_other_terms_are_not(term: str, typed: str, credit: float) -> None:
    assert credit_for(question("cloze", term), typed).share == credit


def test_another_word_of_the_material_is_no_slip() -> None:
    near = slips_of("complement", "A compliment is praise. Complements add up; a mark is complementary.")
    assert near == ("compliment",)
    assert not is_spelled_as("compliment", "complement", near)
    assert is_spelled_as("compliment", "complement")
    assert is_spelled_as("complment", "complement", near)


def test_a_variant_of_a_term_is_right() -> None:
    asked = question("cloze", "deoxyribonucleic acid", "DNA")
    assert credit_for(asked, "dna").share == 1
    assert correct_answer(asked) == "deoxyribonucleic acid"


@given(st.text("abcdefghij", min_size=5, max_size=12), st.data())
def test_one_slip_in_a_long_word_is_accepted(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word) - 1))
    assert is_spelled_as(word[:at] + "z" + word[at:], word)
    assert is_spelled_as(word, word)
    assert not is_spelled_as(word[::-1] + "zzz", word)


@pytest.mark.parametrize(
    ("key", "answer", "credit"),
    [
        ("343 metres per second", "343 m/s", 1.0),
        ("343 metres per second", "343 metres/second", 1.0),
        ("343 metres per second", "1234.8 km/h", 1.0),
        ("343 metres per second", "340 m/s", 1.0),
        ("343 metres per second", "330 m/s", 0.0),
        ("343 metres per second", "343", 0.5),
        ("343 metres per second", "343 km/h", 0.0),
        ("343 metres per second", "-343 m/s", 0.0),
        ("25 cm", "0.25 m", 1.0),
        ("25 cm", "25", 0.5),
        ("25 cm", "0.25", 0.0),
        ("3.5 kg", "3,5 kg", 1.0),
        ("17 percent", "17 %", 1.0),
        ("17 percent", "0.17", 0.0),
        ("$500 million", "500,000,000 dollars", 1.0),
        ("four", "4", 1.0),
        ("four", "5", 0.0),
        ("four", "4 or 5", 0.0),
        ("four", "many", 0.0),
    ],
)
def test_a_number_is_right_in_any_unit_of_its_kind(key: str, answer: str, credit: float) -> None:
    tolerance = 0.0 if key == "four" else 0.01
    assert credit_for(question("numeric", key, tolerance=tolerance), answer).share == credit


def test_a_number_needs_no_unit_that_the_question_names() -> None:
    asked = question("numeric", "25 cm", stem="How many cm is it long?", tolerance=0.01)
    assert credit_for(asked, "25").share == 1


def test_a_short_answer_without_a_judge_is_to_be_reviewed_and_counts_nowhere() -> None:
    short = question("short_answer", "It is a muscle.")
    other = question("true_false", options=("True", "False"), correct=1)
    quiz = quiz_of(short, replace(other, question_id="2"))
    found = score(quiz, read_answers(quiz, {"1": "A muscle.", "2": "b"}))
    assert (found.score, found.correct_answers, found.total_questions) == (100.0, 1, 2)
    assert [graded.needs_review for graded in found.results] == [True, False]
    alone = score(quiz_of(short), {"1": "A muscle."})
    assert (alone.score, alone.correct_answers) == (None, 0)
    judged = score(quiz_of(short), {"1": "A muscle."}, {"1": Credit(0.5)})
    assert (judged.score, judged.correct_answers, judged.results[0].credit) == (50.0, 0, 0.5)
    unanswered = score(quiz_of(short), {"1": None})
    assert (unanswered.score, unanswered.results[0].needs_review) == (0.0, False)
    assert credit_for(short, "A muscle.") == TO_REVIEW


def test_the_texts_of_a_key_are_those_that_are_not_shown_with_the_question() -> None:
    assert key_texts(question("multiple_choice", options=("a", "b", "c"), correct=1)) == ("b",)
    assert key_texts(question("multiple_answer", options=("a", "b", "c"), right=(0, 2))) == ("a", "c")
    assert key_texts(question("ordering", options=("a", "b"), right=(1, 0))) == ()
    assert key_texts(question("true_false", options=("True", "False"), correct=0)) == ()
    assert key_texts(question("cloze", "aorta", "main artery")) == ("aorta", "main artery")
