"""Flashcards through the API: only of answered questions and defined terms, as JSON and as files."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.support.world import HISTORY, PHYSICS, User, World

TERMS = (
    "Osmosis is the movement of water through a membrane. It happens slowly. A membrane is this thing here."
    " Osmosis and diffusion are often compared. Osmosis keeps cells alive. The membrane lets water through."
)


@pytest.fixture
def quiz(ada: User) -> Any:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    return ada.make_quiz(subject_id="physics_101")


def cards(who: User, query: str = "") -> Any:
    reply = who.get(f"/api/flashcards{query}")
    assert reply.status == 200, reply.text
    return reply.body["items"]


def of_questions(found: Any) -> Any:
    return [card for card in found if card["kind"] == "question"]


def test_an_answered_question_becomes_a_card_and_one_of_an_open_quiz_does_not(ada: User, quiz: Any) -> None:
    assert of_questions(cards(ada)) == []
    right = ada.right_answers(quiz)
    ada.submit(quiz, right)
    found = of_questions(cards(ada, "?subject_id=physics_101"))
    by_front = {card["front"]: card for card in found}
    assert set(by_front) == {one["question"] for one in quiz["questions"]}
    for question in quiz["questions"]:
        card = by_front[question["question"]]
        assert card["back"].startswith(question["options"]["ABCD".index(right[question["question_id"]])])
        citation = card["citation"]
        assert PHYSICS[citation["start"] : citation["end"]] == citation["quote"]
    again = ada.post(f"/api/quizzes/{quiz['quiz_id']}/retake").body
    assert of_questions(cards(ada)) == found
    ada.submit(again, ada.right_answers(again))
    assert {card["card_id"] for card in of_questions(cards(ada))} == {card["card_id"] for card in found}


def test_a_defined_term_becomes_a_card_with_the_sentence_that_defines_it(ada: User) -> None:
    ada.upload("cells.txt", TERMS, subject_id="physics_101")
    found = {card["front"].lower(): card for card in cards(ada)}
    card = found["osmosis"]
    assert (card["kind"], card["back"]) == ("term", "Osmosis is the movement of water through a membrane.")
    assert TERMS[card["citation"]["start"] : card["citation"]["end"]] == card["back"]
    assert "membrane" not in found


def test_cards_are_the_learners_own_and_of_the_subject(
    world: World, ada: User, alan: User, quiz: Any
) -> None:
    ada.submit(quiz, ada.right_answers(quiz))
    assert of_questions(cards(alan)) == []
    assert ada.get("/api/flashcards?subject_id=history_201").status == 404
    assert cards(ada, "?subject_id=general") == []
    world.user("grace").share("physics_101", "cells.txt", TERMS, session_id="session_1")
    assert [card["front"].lower() for card in cards(alan)] == ["osmosis"]


def test_a_csv_file_has_a_card_in_each_line_and_no_formula(ada: User, quiz: Any) -> None:
    ada.upload("=cmd.txt", TERMS, subject_id="physics_101")
    ada.submit(quiz, ada.right_answers(quiz))
    reply = ada.get("/api/flashcards?format=csv")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/csv")
    assert "flashcards.csv" in reply.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(reply.text))
    assert head == ["front", "back", "concept", "source"]
    assert [row[0] for row in rows] == [card["front"] for card in cards(ada)]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_package_for_anki_holds_the_cards(world: World, ada: User, quiz: Any) -> None:
    ada.submit(quiz, ada.right_answers(quiz))
    reply = ada.get("/api/flashcards?format=apkg", headers={"Accept": "application/octet-stream"})
    assert reply.status == 200
    assert "flashcards.apkg" in reply.headers["Content-Disposition"]


def test_a_learner_without_anything_has_no_cards(ada: User) -> None:
    assert cards(ada) == []
    ada.upload("history.txt", HISTORY)
    assert of_questions(cards(ada)) == []
