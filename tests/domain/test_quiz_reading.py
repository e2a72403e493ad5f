"""An agent's questions are read in every form in which agents write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agents.json_replies import MAX_REPLY_CHARACTERS
from domain.quizzes.reading import Draft, read_drafts

OPTIONS = ("two", "four", "a pair, of sorts")
WANTED = Draft("How many legs has a dog?", OPTIONS, 1, "Dogs are quadrupeds.")
FORMS = {
    "the seed's": "Question: How many legs has a dog?\nA) two\nB) four\nC) a pair, of sorts\nCorrect: B\n"
    "Explanation: Dogs are quadrupeds.",
    "numbered": "1. How many legs has a dog?\nA. two\nB. four\nC. a pair, of sorts\nCorrect Answer: B. four\n"
    "Explanation: Dogs are quadrupeds.",
    "markdown": "**Question 1:** How many legs has a dog?\n\n- **A)** two\n- **B)** four\n- **C)** a pair, of sorts"
    "\n\n**Correct Answer:** B\n**Explanation:** Dogs are quadrupeds.",
    "one line": "1. How many legs has a dog? A. two B. four C. a pair, of sorts Correct answer: B. four "
    "Explanation: Dogs are quadrupeds.",
    "lower case": "Q1. How many legs has a dog?\n(a) two\n(b) four\n(c) a pair, of sorts\nAns: (b)\n"
    "Reason: Dogs are quadrupeds.",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_question_in_text_is_read(form: str) -> None:
    assert read_drafts(FORMS[form]) == [WANTED]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
def test_several_questions_in_text_are_read_one_by_one(form: str, gap: str) -> None:
    preamble = "Here are your questions!\n\n" if form in ("markdown", "one line", "numbered") else ""
    drafts = read_drafts(preamble + gap.join([FORMS[form]] * 3))
    assert [(draft.options, draft.correct) for draft in drafts] == [(OPTIONS, 1)] * 3
    assert [draft.question for draft in drafts[1:]] == [WANTED.question] * 2
    assert [draft.explanation for draft in drafts] == [WANTED.explanation] * 3


def test_aiken_has_no_explanation() -> None:
    text = "How many legs has a dog?\nA) two\nB) four\nC) a pair, of sorts\nANSWER: B"
    assert read_drafts(text) == [Draft(WANTED.question, OPTIONS, 1)]


ITEM = {
    "question": WANTED.question,
    "options": list(OPTIONS),
    "correct": "B",
    "explanation": WANTED.explanation,
    "passage": 2,
    "quote": "A dog has four legs",
    "concept": "dogs",
}
FULL = Draft(WANTED.question, OPTIONS, 1, WANTED.explanation, 2, "A dog has four legs", "dogs")


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"questions": [ITEM]}),
        json.dumps([ITEM]),
        json.dumps(ITEM),
        f"Sure!\n```json\n{json.dumps({'questions': [ITEM]}, indent=2)}\n```\nGood luck.",
        json.dumps({"questions": [ITEM | {"correct": 1}]}),
        json.dumps({"questions": [ITEM | {"correct": "four"}]}),
        json.dumps({"questions": [ITEM | {"correct": "B) four"}]}),
        json.dumps({"questions": [ITEM | {"options": dict(zip("ABC", OPTIONS, strict=True))}]}),
        json.dumps({"questions": [ITEM | {"options": ["A) two", "B) four", "C) a pair, of sorts"]}]}),
    ],
)
def test_json_is_read_wherever_it_stands(reply: str) -> None:
    assert read_drafts(reply) == [FULL]


def test_complete_questions_of_truncated_json_are_kept() -> None:
    reply = json.dumps({"questions": [ITEM, ITEM, ITEM]})
    assert read_drafts(reply[: int(len(reply) * 0.9)]) == [FULL, FULL]


@pytest.mark.parametrize(
    "change",
    [
        {"correct": "Z"},
        {"correct": 7},
        {"correct": None},
        {"correct": True},
        {"options": "x"},
        {"question": 5},
    ],
)
def test_a_question_whose_key_is_not_among_its_options_is_dropped(change: dict[str, object]) -> None:
    assert read_drafts(json.dumps({"questions": [ITEM | change]})) == []


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["{", '"question":', "A) x\n", "Answer: A\n", "[", '"', "1. "])).map("".join)
)
def test_reading_any_reply_never_fails(reply: str) -> None:
    for draft in read_drafts(reply):
        assert 0 <= draft.correct < len(draft.options)


@pytest.mark.parametrize("piece", ["{", '{"a":', "A) ", "Answer: A ", "\n\n", "**", "1. ", " "])
def test_a_hostile_reply_is_read_in_little_time(piece: str) -> None:
    """Nothing is read beyond the limit, and repetitions within it cost no more than other text."""
    assert isinstance(read_drafts(piece * (2 * MAX_REPLY_CHARACTERS // len(piece))), list)
