"""The offline quiz: honest questions out of the material alone, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from demo.play import DOCUMENTS
from domain.documents.passage import Passage
from domain.quizzes.admission import admit
from domain.quizzes.reading import read_drafts
from ports.agent import Difficulty, WriteQuestions
from ports.errors import TimedOut
from tests.support.offline import OFFLINE
from tests.support.tasks import write_questions

ROSETTA = (DOCUMENTS / "rosetta-stone.txt").read_text(encoding="utf-8")
CHINESE = "唐朝建立于618年,首都在长安。长城全长超过21196公里。北京大学成立于1898年。"


def made(asked: WriteQuestions) -> list[dict[str, Any]]:
    questions: list[dict[str, Any]] = json.loads("".join(OFFLINE.reply(asked, timeout=5)))["questions"]
    return questions


def pieces(text: str) -> list[str]:
    return [text[at : at + 1000] for at in range(0, len(text), 1000)]


@pytest.mark.parametrize("difficulty", ["beginner", "intermediate", "advanced"])
def test_questions_stand_by_their_passages(difficulty: Difficulty) -> None:
    asked = write_questions(*pieces(ROSETTA), difficulty=difficulty)
    questions = made(asked)
    assert len(questions) == 10
    for question in questions:
        assert question["quote"] in asked.passages[question["passage"] - 1].text
        assert len(set(question["options"])) == 4
        key = question["options"]["ABCD".index(question["correct"])]
        assert key in question["quote"]
        assert key.casefold() not in question["question"].casefold()
        others = [option for option in question["options"] if option != key]
        assert not any(option in question["quote"] for option in others)


def test_nearly_all_of_them_are_admitted() -> None:
    texts = pieces(ROSETTA)
    passages = [Passage("f", "n.txt", None, at, 1, 0, len(text), text, 1.0) for at, text in enumerate(texts)]
    drafts = read_drafts("".join(OFFLINE.reply(write_questions(*texts, wanted=20), timeout=5)))
    assert len(drafts) >= 12
    assert len(admit(drafts, passages, recent=(), limit=20).admitted) >= 0.9 * len(drafts)


def test_they_are_spread_over_the_passages_and_none_is_asked_twice() -> None:
    questions = made(write_questions(*pieces(ROSETTA)))
    assert len({question["passage"] for question in questions}) == len(pieces(ROSETTA))
    assert len({question["question"] for question in questions}) == len(questions)
    assert len({question["quote"] for question in questions}) == len(questions)


def test_a_topic_comes_first_and_what_was_asked_is_not_asked_again() -> None:
    first = made(write_questions(*pieces(ROSETTA), wanted=1, topic="the cartouche of Ptolemy"))[0]
    assert "Ptolemy" in first["quote"] or "cartouche" in first["quote"]
    again = made(
        write_questions(*pieces(ROSETTA), topic="the cartouche of Ptolemy", avoid=(first["question"],))
    )
    assert first["question"] not in [question["question"] for question in again]


def test_the_same_material_makes_the_same_questions() -> None:
    assert made(write_questions(ROSETTA)) == made(write_questions(ROSETTA))


@pytest.mark.parametrize(
    "thin",
    [
        "",
        "Yes.",
        "It is so. They were there. This is why.",
        "def f(x): return x == 1",
        "https://a.b/c is a link.",
    ],
)
def test_thin_material_makes_none(thin: str) -> None:
    assert made(write_questions(thin)) == []


def test_numbers_of_a_script_without_spaces_are_asked_for() -> None:
    questions = made(write_questions(CHINESE))
    assert questions
    assert all(question["options"]["ABCD".index(question["correct"])].isdigit() for question in questions)


def test_out_of_time_it_says_so() -> None:
    with pytest.raises(TimedOut):
        OFFLINE.reply(write_questions(ROSETTA), timeout=0)
