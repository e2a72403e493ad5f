"""Scoring: exact, bounded, and the same for every way to give the same answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base.errors import InvalidRequest
from domain.documents.passage import Citation
from domain.quizzes.attempt import GradedAnswer, Score
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.scoring import read_answers, score

CITATION = Citation("f", "f.txt", "chunk_0", 1, 0, 5, "quote", 1.0, None)


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    shapes = draw(
        st.lists(
            st.integers(3, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))),
            min_size=1,
            max_size=20,
        )
    )
    questions = tuple(
        Question(
            str(number), f"Q{number}?", tuple(f"option {at}" for at in range(count)), key, "", CITATION, "c"
        )
        for number, (count, key) in enumerate(shapes, start=1)
    )
    return Quiz(
        "q",
        "ada",
        "Quiz",
        None,
        None,
        (),
        "intermediate",
        len(questions),
        questions,
        "2026-01-01T00:00:00.000Z",
    )


@st.composite
def attempts(draw: st.DrawFn) -> tuple[Quiz, dict[str, str | None]]:
    quiz = draw(quizzes())
    answers = {
        question.question_id: draw(st.none() | st.sampled_from(LETTERS[: len(question.options)]))
        for question in quiz.questions
        if draw(st.booleans())
    }
    return quiz, answers


def key_of(quiz: Quiz) -> dict[str, str | None]:
    return {question.question_id: LETTERS[question.correct] for question in quiz.questions}


@given(attempts())
def test_a_score_is_the_share_of_right_answers(attempt: tuple[Quiz, dict[str, str | None]]) -> None:
    quiz, answers = attempt
    found = score(quiz, read_answers(quiz, answers))
    key = key_of(quiz)
    right = [number for number, answer in answers.items() if answer == key[number]]
    assert found.correct_answers == len(right) == sum(graded.is_correct for graded in found.results)
    assert found.total_questions == len(found.results) == len(quiz.questions)
    assert found.score is not None
    assert 0 <= found.score == round(100 * len(right) / len(quiz.questions), 2) <= 100
    assert {graded.question_id: graded.correct_answer for graded in found.results} == key


def test_each_answer_is_graded_with_what_the_question_says() -> None:
    cited = Citation("g", "g.txt", "chunk_2", 3, 10, 15, "words", 0.5, "physics_101")
    questions = (
        Question("1", "What?", ("a", "b", "c"), 1, "Because.", CITATION, "force"),
        Question("2", "Who?", ("a", "b", "c"), 2, "So it is.", cited, "heat"),
        Question("3", "When?", ("a", "b", "c"), 0, "Then.", cited, "heat"),
    )
    quiz = Quiz("q", "ada", "Quiz", None, None, (), "intermediate", 3, questions, "2026-01-01T00:00:00.000Z")
    assert score(quiz, read_answers(quiz, {"1": "b", "2": "A"})) == Score(
        33.33,
        1,
        3,
        (
            GradedAnswer("1", "What?", "B", "B", True, "Because.", CITATION, "force", 1.0),
            GradedAnswer("2", "Who?", "A", "C", False, "So it is.", cited, "heat", 0.0),
            GradedAnswer("3", "When?", None, "A", False, "Then.", cited, "heat", 0.0),
        ),
    )


def test_a_quiz_of_no_questions_scores_nothing() -> None:
    empty = Quiz("q", "ada", "Quiz", None, None, (), "intermediate", 0, (), "2026-01-01T00:00:00.000Z")
    assert score(empty, {}) == Score(0.0, 0, 0, ())


@pytest.mark.parametrize("answer", ["", " ", "AB", "D", "1"])
def test_an_answer_is_one_letter_of_the_questions(answer: str) -> None:
    question = Question("1", "What?", ("a", "b", "c"), 1, "", CITATION, "force")
    quiz = Quiz("q", "ada", "Q", None, None, (), "intermediate", 1, (question,), "2026-01-01T00:00:00.000Z")
    with pytest.raises(InvalidRequest, match="option"):
        read_answers(quiz, {"1": answer})
    assert read_answers(quiz, {"1": " c "}) == {"1": "C"}


@given(attempts(), st.data())
def test_a_right_answer_more_never_lowers_the_score(
    attempt: tuple[Quiz, dict[str, str | None]], data: st.DataObject
) -> None:
    quiz, answers = attempt
    corrected = data.draw(st.sampled_from(quiz.questions)).question_id
    before = score(quiz, read_answers(quiz, answers)).score
    after = score(quiz, read_answers(quiz, {**answers, corrected: key_of(quiz)[corrected]})).score
    assert before is not None
    assert after is not None
    assert after >= before


@given(attempts())
def test_case_blanks_order_and_unanswered_questions_make_no_difference(
    attempt: tuple[Quiz, dict[str, str | None]],
) -> None:
    quiz, answers = attempt
    untidy = {
        number: f" {answer.lower()} " if answer else None for number, answer in reversed(answers.items())
    }
    missing = {question.question_id: None for question in quiz.questions}
    assert (
        read_answers(quiz, untidy)
        == read_answers(quiz, answers)
        == read_answers(quiz, {**missing, **answers})
    )


@given(attempts(), st.text(max_size=3))
def test_an_answer_to_an_unknown_question_or_with_an_unknown_option_is_refused(
    attempt: tuple[Quiz, dict[str, str | None]], strange: str
) -> None:
    quiz, answers = attempt
    if strange not in key_of(quiz):
        with pytest.raises(InvalidRequest) as unknown:
            read_answers(quiz, {**answers, strange: "A"})
        assert (unknown.value.code, unknown.value.field) == ("unknown_question", f"answers.{strange}")
    first = quiz.questions[0]
    if strange.strip().upper() not in set(LETTERS[: len(first.options)]):
        with pytest.raises(InvalidRequest) as none:
            read_answers(quiz, {**answers, "1": strange})
        assert (none.value.code, none.value.field) == ("unknown_option", "answers.1")
