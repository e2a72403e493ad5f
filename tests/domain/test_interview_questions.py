"""The questions of an agent's reply that may be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.passage import Passage
from domain.interviews.interview import RubricFact
from domain.interviews.questions import admit_follow_up, admit_questions

TEXT = (
    "The net force on a body equals its mass times its acceleration. "
    "Every action has an equal and opposite reaction."
)
PASSAGES = [
    Passage("f1", "laws.txt", "physics", 0, 1, 0, len(TEXT), TEXT, 1.0),
    Passage("f2", "stone.txt", None, 0, 1, 0, 30, "It was found in the Nile Delta.", 1.0),
]
GOOD: dict[str, Any] = {
    "question": "What does Newton's second law say?",
    "concept": "second law",
    "passage": 1,
    "facts": [
        {
            "fact": "Force equals mass times acceleration.",
            "quote": "the net force on a body equals its mass times its acceleration",
        }
    ],
}


def admitted(*items: dict[str, Any], avoid: list[str] | None = None, limit: int = 5) -> list[str]:
    reply = json.dumps({"questions": items})
    return [one.question for one in admit_questions(reply, PASSAGES, avoid=avoid or [], limit=limit)]


def test_a_question_is_admitted_with_the_facts_that_its_passage_contains() -> None:
    (question,) = admit_questions(
        f"Sure!\n```json\n{json.dumps({'questions': [GOOD]})}", PASSAGES, avoid=[], limit=1
    )
    assert question.passage == PASSAGES[0]
    assert question.facts == (
        RubricFact(
            "Force equals mass times acceleration.",
            "The net force on a body equals its mass times its acceleration",
        ),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"question": "Why?"},
        {"question": "x" * 401},
        {"question": "What does [this](http://evil.example) say?"},
        {"question": None},
        {"passage": 0},
        {"passage": 3},
        {"passage": True},
        {"passage": "1"},
        {"facts": []},
        {"facts": "force"},
        {"facts": ["force"]},
        {"facts": [{"fact": "Force is a vector.", "quote": "force is a vector quantity"}]},
        {"facts": [{"fact": "Something."}]},
        {"question": "Does the net force on a body equal its mass times its acceleration?"},
        {"passage": 2},
    ],
)
def test_a_question_that_its_passage_does_not_support_is_refused(change: dict[str, Any]) -> None:
    assert admitted(GOOD | change) == []


def test_a_fact_that_says_more_than_its_quote_is_replaced_by_the_quote() -> None:
    facts = [{"fact": "Momentum is conserved in every collision.", "quote": "an equal and opposite reaction"}]
    (question,) = admit_questions(json.dumps(GOOD | {"facts": facts}), PASSAGES, avoid=[], limit=1)
    assert [fact.statement for fact in question.facts] == ["an equal and opposite reaction"]


def test_facts_that_say_the_same_are_kept_once() -> None:
    facts = [
        *GOOD["facts"],
        *GOOD["facts"],
        {"fact": "mass times acceleration", "quote": "mass times its acceleration"},
    ]
    (question,) = admit_questions(json.dumps(GOOD | {"facts": facts}), PASSAGES, avoid=[], limit=1)
    assert len(question.facts) == 1


def test_no_question_is_asked_twice_and_no_more_than_wanted_are_admitted() -> None:
    other = GOOD | {"question": "How are force and motion tied to each other by the law?"}
    assert len(admitted(GOOD, GOOD, other)) == 2
    assert admitted(GOOD, avoid=["What does Newton's second law say?"]) == []
    assert len(admitted(GOOD, other, limit=1)) == 1


def test_a_question_without_a_concept_is_named_after_its_document() -> None:
    (question,) = admit_questions(json.dumps(GOOD | {"concept": " "}), PASSAGES, avoid=[], limit=1)
    assert question.concept == "laws"


@given(
    st.text(max_size=300)
    | st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists).map(json.dumps)
)
def test_reading_never_raises_whatever_the_reply(reply: str) -> None:
    assert isinstance(admit_questions(reply, PASSAGES, avoid=[], limit=1), list)


def test_a_follow_up_must_not_give_away_the_facts_it_asks_for() -> None:
    (asked,) = admit_questions(json.dumps(GOOD), PASSAGES, avoid=[], limit=1)
    assert admit_follow_up("And what does the force depend on?", asked.facts, asked)
    assert admit_follow_up("Is it that force equals mass times acceleration?", asked.facts, asked) is None
    assert admit_follow_up("What does Newton's second law say?", asked.facts, asked) is None
    assert admit_follow_up("", asked.facts, asked) is None
    assert admit_follow_up("See <b>this</b>, and what else?", asked.facts, asked) is None
