"""An agent's reply becomes an answer whose citations all stand in a document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agents.grounding import Grounding
from domain.documents.layout import Layout, PlacedHeading
from domain.documents.passage import Citation, Passage
from domain.text.quotes import find_quote

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
        (
            "Gas pushes the rocket upwards [1, 2]. The gas pushes the rocket upwards [2, 2].",
            "Gas pushes the rocket upwards [1]. The gas pushes the rocket upwards [1].",
            [OTHER],
        ),
        (
            "Rockets and gas please nobody [2].",
            "Rockets and gas please nobody [1].",
            [OTHER],
        ),  # three of five
        (
            '[2 "gas downwards"] rockets and gas please nobody [2].',
            "[1] rockets and gas please nobody [2].",
            ["gas downwards", OTHER],
        ),
        ("Rockets, gas, throws: three of seven [2].", "Rockets, gas, throws: three of seven.", []),
        (
            "The net force on a body equals its mass times its acceleration. Cats sleep all day [1].",
            "The net force on a body equals its mass times its acceleration. Cats sleep all day.",
            [],
        ),
        (
            "Inertia is the tendency to keep moving as before [1].",
            "Inertia is the tendency to keep moving as before [1].",
            ["Inertia is the tendency to keep moving as before."],
        ),
        ("See [1 x] there.", "See [1 x] there.", []),
        ("Cats sleep all day [1].", "Cats sleep all day.", []),
        ("Cats sleep all day [1, 2].", "Cats sleep all day.", []),
        ("Cats [9]sleep [9] , all [9]xyz.", "Cats sleep , all xyz.", []),
        ("So [2 “gas downwards”] [2 „gas downwards“].", "So [1] [1].", ["gas downwards"]),
        (
            "So [2 'gas downwards'] [2 ‘gas downwards’] [2, «gas downwards»].",
            "So [1] [1] [1].",
            ["gas downwards"],
        ),
        ("  \n Good. ", "Good.", []),
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
                "[0",
                "[02]",
                "4, 2]",
                "[",
                "]",
                '"',
                " word",
                ". ",
                " , ",
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


def test_a_quote_is_cited_from_the_passage_that_was_named_where_several_have_it() -> None:
    for number in (1, 2, 3):
        grounding = Grounding([passage(OTHER, index) for index in range(3)])
        assert "".join(grounding.pieces([f'It rises [{number} "gas downwards"].'])) == "It rises [1]."
        assert [citation.file_id for citation in grounding.citations] == [f"file{number - 1}"]


def test_a_space_before_a_comma_stays_where_no_mark_was_taken_out_however_the_reply_was_cut() -> None:
    assert ground(["Cats ", ", dogs"])[0] == "Cats , dogs"
    assert ground(["Cats [9] sleep ", ", dogs"])[0] == "Cats sleep , dogs"


def test_a_mark_that_does_not_end_within_640_characters_is_text() -> None:
    assert ground(['[1 "' + "a" * 636])[0] == '[1 "' + "a" * 636
    assert ground(['[1 "' + "a" * 635])[0] == ""  # the quote may have continued
    assert ground(['[1 "' + "a" * 634 + '"] b'])[0] == "b"
    assert ground(['[1 "' + "a" * 635 + '"] b'])[0] == '[1 "' + "a" * 635 + '"] b'


def test_a_statement_that_two_passages_make_is_cited_from_both() -> None:
    grounding = Grounding([passage(OTHER, 0), passage(OTHER, 1), passage(" ", 2)])
    assert "".join(grounding.pieces([OTHER + " [1, 2, 3]"])) == OTHER + " [1][2]"
    assert [citation.file_id for citation in grounding.citations] == ["file0", "file1"]


def test_any_white_space_may_stand_within_a_mark() -> None:
    assert ground([OTHER + " [2\x1e,\x85 2]"])[0] == OTHER + " [1]"


def test_a_mark_before_anything_was_said_is_taken_out() -> None:
    grounding = Grounding([passage("X.")])
    assert "".join(grounding.pieces(["[1] So."])) == "So."
    assert grounding.citations == ()


@pytest.mark.parametrize(
    ("end", "told"), [("[0, 2", "[0, 2"), ("[1, 0, 2", "[1, 0, 2"), ("[1, 0", ""), ("[0", "")]
)
def test_an_index_at_the_end_of_a_reply_gives_the_same_text_however_it_was_cut(end: str, told: str) -> None:
    assert ground([end]) == ground(list(end)) == (told, ())


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_mark_that_names_its_passage_in_words_may_be_cut_anywhere(cut: int) -> None:
    mark = "[passage 2]"
    assert ground([OTHER + " " + mark[:cut], mark[cut:]])[0] == OTHER + " [1]"


def test_no_piece_is_empty() -> None:
    pieces = list(Grounding([]).pieces(["", "So", "", " [9]", "", " [", "", "."]))
    assert all(pieces)
    assert "".join(pieces) == "So [."


@pytest.mark.parametrize(("length", "is_cited"), [(600, True), (601, False)])
def test_a_sentence_is_cited_without_a_quote_if_it_is_no_longer_than_a_quote(
    length: int, is_cited: bool
) -> None:
    """The sentence may be anywhere in the passage. If two sentences are equal, the first is cited."""
    sentence = "Long is the way. " * 50
    long = ("Bodies of water " + "w" * length)[: length - 1] + "."
    text = sentence + long + " " + long
    grounding = Grounding([passage(text)])
    said = "".join(grounding.pieces([long + " [1]"]))
    assert said == (long + " [1]" if is_cited else long)
    assert [one.start for one in grounding.citations] == ([len(sentence)] if is_cited else [])


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("moves", "It moves.", "moves"),
        ("it MOVES", "It moves.", "It moves"),
        ("be so", "as may be so", "be so"),
        ("four", "in fours", "four"),
        ("two", "in twos", None),
        ("a" * 600, "a" * 700, "a" * 600),
        ("a" * 601, "a" * 700, None),
        ("  at rest  ", "a body at rest", "at rest"),
        (" At rest … ", "a body at rest", "at rest"),
        ("at rest ...", "a body at rest", "at rest"),
        ("the max...", "so the max is", "the max"),
        (" at rest ", "a body is at rest now", "at rest"),
        ("at rest …", "a body is at rest now", "at rest"),
        ("body", "", None),
        ("at rest.", "a body at rest. So", "at rest."),
        ("body", "Body and body", "body"),
        ("body at", "\n a  body \n\t at rest", "body \n\t at"),
        ("now here", "nowhere at all", None),
        ("nowhere", "now here it is", None),
        ('"a" "b" "c" \'d\' e-f-g-h', "so: “a” „b” «c» ‘d’ e–f—g\u2011h", "“a” „b” «c» ‘d’ e–f—g\u2011h"),
        ("strasse 5", "Die STRAẞE  5.", "STRAẞE  5"),
    ],
)
def test_a_quote_is_found_despite_other_spaces_letter_case_and_marks(
    quote: str, text: str, found: str | None
) -> None:
    span = find_quote(quote, text)
    assert (None if span is None else text[span[0] : span[1]]) == found


@given(st.lists(st.text(max_size=40), max_size=6))
def test_every_citation_stands_at_its_span(reply: list[str]) -> None:
    documents = {"file0": " " * 100 + TEXT, "file1": OTHER}
    _, citations = ground([*reply, '[1 "', TEXT[10:60], '"] [2 "gas downwards"]'])
    for citation in citations:
        assert documents[citation.file_id][citation.start : citation.end] == citation.quote


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=30, max_size=200), st.data())
def test_every_part_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 10))
    quote = text[start : start + 20]
    span = find_quote(quote, text)
    if len(quote.strip().rstrip("….").strip()) >= 10:
        assert span is not None
        assert span[1] <= len(text)


def test_a_mark_without_words_is_never_given_a_heading() -> None:
    text = "Newton's second law of motion\n\nNewton's second law of motion relates force to acceleration."
    layout = Layout(headings=(PlacedHeading(500, 2, "Newton's second law of motion"),))
    laws = Passage("f", "f.md", None, 0, None, 500, 500 + len(text), text, 0.9, (), layout)
    grounding = Grounding([laws])
    assert (
        "".join(grounding.pieces(["Newton's second law of motion [1]."]))
        == "Newton's second law of motion [1]."
    )
    (citation,) = grounding.citations
    assert citation.quote == "Newton's second law of motion relates force to acceleration."
