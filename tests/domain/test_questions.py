"""The parts of a question to search for, and the place that it names."""

from __future__ import annotations

import pytest

from domain.documents.questions import (
    MAX_PARTS,
    compared_in,
    joined_in,
    names_file,
    names_place,
    page_of,
    parts_of,
)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What is the difference between the hare and the tortoise?", ["hare", "tortoise"]),
        ("Compare osmosis with diffusion.", ["osmosis", "diffusion"]),
        ("How does a comet differ from an asteroid?", ["comet", "asteroid"]),
        ("How do comets and asteroids differ?", ["comets", "asteroids"]),
        ("mitosis vs. meiosis", ["mitosis", "meiosis"]),
        ("What does rust do to iron as compared with gold?", ["What does rust do to iron", "gold"]),
        ("What distinguishes a comet from an asteroid?", ["comet", "asteroid"]),
        ("Who wrote it? When was the book printed?", ["Who wrote it?", "When was the book printed?"]),
        ("What is lava and where does it cool?", ["What is lava", "where does it cool?"]),
    ],
)
def test_a_question_of_several_parts_is_searched_by_part(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


def test_two_compared_things_are_distinguished_from_two_joined_questions() -> None:
    assert compared_in("Compare osmosis with diffusion.") == ["osmosis", "diffusion"]
    assert joined_in("Compare osmosis with diffusion.") == []
    assert compared_in("What is lava and where does it cool?") == []
    assert joined_in("What is lava and where does it cool?") == ["What is lava", "where does it cool?"]
    assert joined_in("What is lava?") == compared_in("What is lava?") == []


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "What do bread and butter cost?",
        "Really? Why?",
        "I know what salt is. And you?",
        "¿Qué es la lava? Gracias",
        "What is the relation between it and them?",
        "How is the weather?",
    ],
)
def test_a_simple_question_is_searched_whole(question: str) -> None:
    assert parts_of(question) == [question]


def test_a_question_has_few_parts_at_most() -> None:
    asked = [f"What is thing{number}?" for number in range(9)]
    parts = parts_of(" ".join(asked))
    assert len(parts) == MAX_PARTS
    assert " ".join(parts).split() == " ".join(asked).split()


def test_a_page_named_in_a_question_is_found() -> None:
    assert page_of("What does it say on page 12?") == 12
    assert page_of("What is shown on slide 3?") == 3
    assert page_of("How many does a page hold? 12?") is None


def test_a_file_document_or_chapter_named_in_a_question_is_found() -> None:
    assert names_file("What is in Notes.TXT?", "notes.txt")
    assert not names_file("What is in my notes?", "notes.txt")
    assert names_place("What do my lecture notes say?", names=("lecture-notes.pdf",), heading=None)
    assert not names_place("What is memory?", names=("memory.pdf",), heading=None)
    assert names_place("Summarise chapter 2", names=(), heading="Chapter 2: Heat")
    assert not names_place("Summarise chapter 2", names=(), heading="Chapter 21: Heat")
