"""The questions that are about the library itself."""

from __future__ import annotations

import pytest

from domain.tutoring.library import LibraryQuestion, asked_of_library, nearest, no_documents


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Which documents do I have?", "documents"),
        ("How many files have I uploaded?", "documents"),
        ("List my documents", "documents"),
        ("What can I ask you?", "topics"),
        ("What can you tell me?", "topics"),
        ("Summarise my notes.", "overview"),
        ("Give me a short summary of this document", "overview"),
        ("What are the main points?", "overview"),
        ("What are the key terms in my notes?", "overview"),
        ("Make me a study plan", "overview"),
        ("What is this document about?", "overview"),
        ("What is in cell-biology.pdf?", "overview"),
        ("Resume mis apuntes", "overview"),
        ("总结", "overview"),
        ("Quiz me!", "practice"),
        ("Make me a practice quiz", "practice"),
        ("Hello!", "greeting"),
        ("Thank you very much", "greeting"),
        ("gracias", "greeting"),
        ("what can you do?", "greeting"),
        ("Can you help me?", "greeting"),
    ],
)
def test_questions_about_the_library(message: str, kind: LibraryQuestion) -> None:
    assert asked_of_library(message) == kind


@pytest.mark.parametrize(
    "message",
    [
        "What is osmosis?",
        "Summarise the causes of the war",
        "What are the main points of the treaty of Utrecht?",
        "What is in a cell?",
        "What is it about?",
        "Which documents did the king sign?",
        "How many sources of energy are there?",
        "Quiz me on osmosis: what is it?",
        "Hello, what is osmosis?",
        "",
        "?",
    ],
)
def test_questions_about_what_the_documents_say(message: str) -> None:
    assert asked_of_library(message) is None


def test_a_document_that_is_named_in_words_is_meant_as_a_whole() -> None:
    names = ["work-and-energy.docx", "tides.pdf"]
    assert asked_of_library("Summarise the work and energy notes", names) == "overview"
    assert asked_of_library("What is in the work and energy document?", names) == "overview"
    assert asked_of_library("Summarise the work and energy notes") is None
    assert asked_of_library("What does work and energy say about springs?", names) is None
    assert asked_of_library("Summarise the notes on energy and work", names) == "overview"
    assert asked_of_library("What is the tides document about?", names) == "overview"
    assert asked_of_library("What is a tides table?", names) is None


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Wie heiratet man in Rom?", "Danach kannst du fragen"),
        ("How do Romans marry?", "You can ask"),
        ("罗马人怎么结婚？", "您可以就此提问"),
    ],
)
def test_the_nearest_topics_are_named_in_the_language_of_the_question(message: str, said: str) -> None:
    told = nearest(["Rome", "Marriage"], message)
    assert said in told
    assert "Rome; Marriage" in told


def test_the_help_for_uploading_is_in_the_language_of_the_question() -> None:
    assert no_documents("Was ist das?").startswith("Hier ist noch kein Dokument")
