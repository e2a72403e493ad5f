"""Three hints, each nearer to the answer and none with a word of the key. An agent's additions are shown only if they
cannot reveal the key."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.quizzes.hidden_key import GAP, HiddenKey
from domain.quizzes.hint_guard import HintGuard
from domain.quizzes.hints import evidence_weight, hint
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import LETTERS, MAX_HINTS, NO_OPTION
from ports.text.words import words
from tests.support.citations import cited
from tests.support.leaks import QUESTIONS, asked, leaking_replies, reveals_key

INERTIA, FORCE = QUESTIONS[:2]


def passed(question: Question, *pieces: str) -> list[str]:
    return list(HintGuard(question).pieces(pieces))


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.question)
def test_no_hint_reveals_the_key(question: Question) -> None:
    made = [hint(question, number) for number in range(1, MAX_HINTS + 1)]
    assert len(set(made)) == MAX_HINTS
    assert made == [hint(question, number) for number in range(1, MAX_HINTS + 1)]
    for text in made:
        assert not reveals_key(text, question), text
        assert not HiddenKey(question).is_in(text)


def test_each_hint_is_a_step_nearer() -> None:
    first, second, third = (hint(INERTIA, number) for number in (1, 2, 3))
    assert first == "Look in “notes.pdf” on page 3, under “Motion”."
    assert (
        second
        == f"Think of this sentence: “The tendency of a body to keep its state of motion is called {GAP}.”"
    )
    (letter,) = (letter for letter in LETTERS[:4] if f"Option {letter} can be ruled out." == third)
    assert INERTIA.options[LETTERS.index(letter)] != "inertia"


def test_a_file_or_heading_that_is_called_like_the_key_is_not_named() -> None:
    oxygen = QUESTIONS[-1]
    named = replace(oxygen, citation=replace(cited(oxygen), heading_path=("The oxygen cycle",)))
    assert hint(named, 1) == f"Look in your material on page 3, under “The {GAP} cycle”."


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("true_false", {"options": ("True", "False"), "correct": 1}),
        ("multiple_answer", {"options": ("mass", "speed", "charge"), "right": (0, 1)}),
        ("ordering", {"options": ("evaporation", "condensation", "rain"), "right": (0, 1, 2)}),
        ("numeric", {"accepted": ("9.8 m/s²",)}),
        ("short_answer", {"accepted": ("The mass resists a change of motion.",)}),
    ],
)
def test_every_kind_has_three_hints_without_its_key(kind: str, told: dict[str, object]) -> None:
    quote = "Mass resists a change of motion: evaporation, condensation, then rain, at 9.8 m/s², with speed."
    base = asked("What happens here?", "x", quote)
    question = replace(base, **{"kind": kind, "accepted": (), "correct": NO_OPTION, **told})  # type: ignore[arg-type]
    made = [hint(question, number) for number in range(1, MAX_HINTS + 1)]
    assert len(set(made)) == MAX_HINTS
    hidden = {word for text in question.accepted for word in words(text)} - {"the", "a", "of"}
    hidden |= {question.options[at] for at in question.right}
    for text in made:
        assert not hidden & set(words(text)), text
        assert not {"true", "false", "not"} & set(words(text)) or kind != "true_false", text
    if kind == "multiple_answer":
        assert "ruled out" not in made[2]  # the one wrong option would reveal the key


def test_a_key_without_spaces_is_taken_out_of_its_sentence() -> None:
    question = asked("物体保持运动状态的性质叫什么?", "惯性", "物体保持运动状态的性质叫惯性。")
    assert "惯性" not in "".join(hint(question, number) for number in (1, 2, 3))
    assert "物体保持运动状态" in hint(question, 2)


@pytest.mark.parametrize(
    "text",
    [
        "Think about what the question says.",
        "What does a body need to keep its state? Compare that with what you know.",
        "It's about a body in motion, so read on!",
    ],
)
def test_a_plain_sentence_in_the_words_of_the_question_passes(text: str) -> None:
    assert " ".join(passed(INERTIA, text)) == text


def test_nothing_passes_after_the_first_sentence_that_is_not_clean() -> None:
    assert passed(INERTIA, "Think again. It is inertia. Read the question.") == ["Think again."]
    assert passed(INERTIA, "Think again. Read it. Read on. Read more.") == ["Think again.", "Read it."]


@pytest.mark.parametrize("kind", ["true_false", "multiple_answer", "ordering", "short_answer"])
def test_an_agent_adds_nothing_where_a_plain_word_can_be_the_key(kind: str) -> None:
    assert passed(replace(FORCE, kind=kind), "Think about what the question says.") == []  # type: ignore[arg-type]


def turns(count: int, seed: int) -> list[tuple[Question, str]]:
    random = Random(seed)
    made: list[tuple[Question, str]] = []
    while len(made) < count:
        for question in QUESTIONS:
            made += [(question, reply) for reply in leaking_replies(question, random)]
    return made[:count]


def test_the_check_finds_most_leaks_of_the_models() -> None:
    found = sum(reveals_key(reply, question) for question, reply in turns(250, 1))
    assert found > 200


def test_no_adversarial_turn_reveals_the_key_at_any_cut_of_the_stream() -> None:
    random = Random(1)
    for question, reply in turns(250, 1):
        whole = passed(question, reply)
        assert not reveals_key(" ".join(whole), question), reply
        cuts = sorted(random.sample(range(len(reply) + 1), min(4, len(reply))))
        for cut in cuts:
            assert passed(question, reply[:cut], reply[cut:]) == whole
        assert passed(question, *reply) == whole


@pytest.mark.slow
def test_two_thousand_adversarial_turns_at_every_cut_of_the_stream() -> None:
    for question, reply in turns(2000, 2):
        whole = passed(question, reply)
        assert not reveals_key(" ".join(whole), question), reply
        for cut in range(len(reply) + 1):
            assert passed(question, reply[:cut], reply[cut:]) == whole, (reply, cut)


@given(st.text(max_size=200), st.integers(0, 200))
def test_a_cut_makes_no_difference(text: str, cut: int) -> None:
    assert passed(INERTIA, text[:cut], text[cut:]) == passed(INERTIA, text)


def test_more_hints_make_weaker_evidence() -> None:
    assert [evidence_weight(hints) for hints in range(MAX_HINTS + 1)] == [1.0, 0.75, 0.5, 0.25]
