"""What an agent wrote becomes an answer whose every citation stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.grounding import Grounding, find_quote
from domain.model.passage import Citation, Passage

TEXT = (
    "Inertia is the tendency to keep moving as before.\n"
    "The net force on a body equals its mass times its acceleration. "
    "He called it “the second law”, and it holds\nin every inertial frame."
)
OTHER = "A rocket throws gas downwards and the gas pushes the rocket upwards."


def passage(text: str, index: int = 0, start: int = 0) -> Passage:
    return Passage(f"file{index}", f"{index}.txt", None, index, 1, start, start + len(text), text, 0.9)


def ground(reply: list[str]) -> tuple[str, tuple[Citation, ...]]:
    grounding = Grounding([passage(TEXT, 0, start=100), passage(OTHER, 1)])
    return "".join(grounding.pieces(reply)), grounding.citations


@pytest.mark.parametrize(
    ("reply", "answer", "quotes"),
    [
        ('So it is [1 "The net force on a body"].', "So it is [1].", ["The net force on a body"]),
        ('So it is [1: "the net FORCE  on a body"].', "So it is [1].", ["The net force on a body"]),
        ('So [Passage 1, "holds in every inertial frame"].', "So [1].", ["holds\nin every inertial frame"]),
        (
            'He said [1 "called it "the second law", and"].',
            "He said [1].",
            ["called it “the second law”, and"],
        ),
        ('Go [2 "gas downwards"] and [1 "Inertia is"].', "Go [1] and [2].", ["gas downwards", "Inertia is"]),
        ('Go [2 "gas downwards"], go [2 "gas downwards"].', "Go [1], go [1].", ["gas downwards"]),
        ('Miscounted [1 "throws gas downwards"].', "Miscounted [1].", ["throws gas downwards"]),
        (
            'Cut short [1 "Inertia is the tendency to keep…"].',
            "Cut short [1].",
            ["Inertia is the tendency to keep"],
        ),
        ('Forged [1 "never written"].', "Forged.", []),
        ('Too little [1 "a"].', "Too little.", []),
        ("Beyond [3].", "Beyond.", []),
        (
            "The net force on a body equals its mass times acceleration [1].",
            "The net force on a body equals its mass times acceleration [1].",
            ["The net force on a body equals its mass times its acceleration."],
        ),
        ("Cats sleep all day [1].", "Cats sleep all day.", []),
        ("Cats sleep all day [1, 2].", "Cats sleep all day.", []),
        ("In code, xs[0] is the first of [a, b].", "In code, xs[0] is the first of [a, b].", []),
        ('It breaks off [1 "The net', "It breaks off", []),
        ("It breaks off [", "It breaks off", []),
        ("", "", []),
        ("  \n ", "", []),
    ],
)
def test_marks(reply: str, answer: str, quotes: list[str]) -> None:
    text, citations = ground([reply])
    assert text == answer
    assert [citation.quote for citation in citations] == quotes


@given(
    st.lists(
        st.sampled_from(
            [
                '[1 "The net force on a body"]',
                "[2",
                ' "gas downwards"]',
                "[9]",
                "[",
                "]",
                '"',
                " word",
                ". ",
                "\n",
                "[1]",
                "é",
                "1",
            ]
        ),
        max_size=12,
    ),
    st.data(),
)
def test_the_answer_does_not_depend_on_how_the_reply_was_cut(parts: list[str], data: st.DataObject) -> None:
    reply = "".join(parts)
    whole = ground([reply])
    pieces = []
    while reply:
        size = data.draw(st.integers(1, 5))
        pieces.append(reply[:size])
        reply = reply[size:]
    assert ground(pieces) == whole


@given(st.lists(st.text(max_size=40), max_size=6))
def test_every_citation_stands_at_its_span(reply: list[str]) -> None:
    documents = {"file0": " " * 100 + TEXT, "file1": OTHER}
    _, citations = ground([*reply, '[1 "', TEXT[10:60], '"] [2 "gas downwards"]'])
    for citation in citations:
        assert documents[citation.file_id][citation.start : citation.end] == citation.quote


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=30, max_size=200), st.data())
def test_what_stands_in_a_text_is_found_there(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 10))
    quote = text[start : start + 20]
    span = find_quote(quote, text)
    if len(quote.strip().rstrip("….").strip()) >= 10:
        assert span is not None
        assert span[1] <= len(text)
