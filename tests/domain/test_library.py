"""The questions that are about the library itself."""

from __future__ import annotations

import pytest

from domain.quizzes.forms import are_mixed, asks_for_one_of_several
from domain.tutoring.library import LibraryQuestion, asked_of_library, named_documents, nearest, no_documents
from ports.text.languages import language_of
from tests.domain.test_document import document
from tests.support.offline import GRAMMAR


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
        ("Quiz me on photosynthesis", "practice"),
        ("Can you test me on chapter 3.2 please?", "practice"),
        ("I'd like a short quiz about the French Revolution.", "practice"),
        ("Please ask me 5 questions about the water cycle", "practice"),
        ("Can I have a quiz on acids, bases and salts?", "practice"),
        ("I need a test on osmosis", "practice"),
        ("Could I get a quiz from my notes on osmosis?", "practice"),
        ("Could I get a test from chapter 3?", "practice"),
        ("Could I take a test from section 3?", "practice"),
        ("Can I have a quiz from photosynthesis?", "practice"),
        ("Could I get flashcards from my PDF?", "practice"),
        ("Quiz me from the last lecture", "practice"),
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
        "Test me on osmosis. What is it?",
        "How do I make a test for starch?",
        "What does a test on animals show?",
        "Can we test on animals?",
        "I want to test on mice",
        "I have a test on Friday, what should I study first?",
        "I need a test on acids, how do I make one?",
        "You may take an exam from May on",
        "Could I get a test from a doctor?",
        "Can I have an exam from another school?",
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


@pytest.mark.parametrize(
    ("message", "filename", "is_named"),
    [
        ("Summarize my notes", "notes.txt", False),
        ("Summarize the document", "document.pdf", False),
        ("Summarize the tides file", "tides.pdf", True),
        ("Summarize chapter 1 in 3 points", "chapter 3.pdf", False),
        ("Compare chapters 1 and 3", "chapter 3.pdf", True),
        ("Sum up lecture number 4", "lecture 4.pdf", True),
        ("What was in the biology exam of 2024?", "biology exam 2024.pdf", True),
    ],
)
def test_a_document_is_named_by_its_name_beside_another_word(
    message: str, filename: str, is_named: bool
) -> None:
    one, other = document(filename=filename), document(filename="volcano.pdf")
    assert (named_documents(message, [one, other]) == [one]) is is_named


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What do banks do with money?", "en"),
        ("Do I have a document about Richardson?", "en"),
        ("Why do birds use feathers as insulation?", "en"),
        ("Do plants breathe?", "en"),
        ("Partes do corpo", "pt"),
    ],
)
def test_english_words_decide_over_words_that_two_languages_have(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("stem", "is_so"),
    [
        ("Where are most volcanoes found?", False),
        ("Which circuit needs at least two wires?", False),
        ("Which wind blows to the southwest?", False),
        ("Which metals are most reactive?", True),
    ],
)
def test_most_in_the_sense_of_nearly_all_is_no_superlative(stem: str, is_so: bool) -> None:
    assert asks_for_one_of_several(stem) is is_so


@pytest.mark.parametrize(
    ("stem", "is_so"),
    [("What are most common in a desert?", True), ("What makes most plants green?", False)],
)
def test_the_grammar_tells_whether_most_means_nearly_all(stem: str, is_so: bool) -> None:
    assert asks_for_one_of_several(stem, GRAMMAR.parse(stem)) is is_so


def test_a_title_of_a_work_may_begin_with_a_preposition() -> None:
    options = ("On the Road", "Into the Wild", "Emma", "Dracula")
    assert not are_mixed("Which novel did Jane Austen write?", options)


@pytest.mark.parametrize(
    ("options", "is_so"),
    [
        (("In Paris", "London", "Rome", "Madrid"), True),
        (("Near point", "Far point", "Focal point", "Blind spot"), False),
    ],
)
def test_options_are_mixed_if_one_says_where(options: tuple[str, ...], is_so: bool) -> None:
    assert are_mixed("Which of these is it?", options) is is_so
