"""Good questions are kept, and spoiled ones refused, in whatever way they were spoiled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.layout import Layout, PlacedHeading
from domain.documents.passage import Passage
from domain.quizzes.admission import admit, spread_keys
from domain.quizzes.quiz import Question
from domain.quizzes.quiz_words import KINDS, LETTERS
from domain.quizzes.reading import Draft
from tests.domain.quiz_corpus import GOOD, MUTATIONS, PASSAGES, TEXTS, mutants
from tests.support.citations import cited


def is_admitted(draft: Draft) -> bool:
    return bool(admit([draft], PASSAGES, recent=(), limit=1).admitted)


def test_at_least_95_in_100_good_questions_are_kept() -> None:
    assert len(GOOD) >= 40
    assert sum(map(is_admitted, GOOD)) >= 0.95 * len(GOOD)


def test_at_least_95_in_100_mutants_are_refused() -> None:
    spoiled = mutants(GOOD)
    assert len(spoiled) >= 400
    assert sum(not is_admitted(draft) for _, draft in spoiled) >= 0.95 * len(spoiled)


@pytest.mark.parametrize("name", MUTATIONS)
def test_no_way_to_spoil_a_question_gets_through_often(name: str) -> None:
    spoiled = [draft for kind, draft in mutants(GOOD) if kind == name]
    assert sum(not is_admitted(draft) for draft in spoiled) >= 0.9 * len(spoiled)


def test_a_question_cites_the_exact_words_of_its_document() -> None:
    for question in admit(GOOD, PASSAGES, recent=(), limit=100).admitted:
        citation = cited(question)
        text = TEXTS[citation.file_id.removeprefix("f-")]
        assert text[citation.start - 50 : citation.end - 50] == citation.quote


def test_a_quote_of_another_passage_than_the_named_is_found_where_it_stands() -> None:
    (question,) = admit([replace(GOOD[0], passage=99)], PASSAGES, recent=(), limit=1).admitted
    assert cited(question).source_file == "physics.txt"


def test_a_heading_is_no_quote_but_the_same_words_below_it_are() -> None:
    text = "Friction opposes sliding\n\nA tyre grips the road, since friction opposes sliding there."
    draft = Draft(
        question="What does friction oppose?",
        options=("Sliding", "Warmth", "Weight"),
        correct=0,
        passage=1,
        quote="friction opposes sliding",
    )
    heading = PlacedHeading(0, 1, "Friction opposes sliding")
    for words, place in ((text, text.index("friction")), (text.partition("\n")[0], None)):
        layout = Layout(headings=(heading,))
        passage = Passage("f", "f.txt", None, 0, 1, 0, len(words), words, 1.0, layout=layout)
        found = admit([draft], [passage], recent=(), limit=1)
        assert [cited(one).start for one in found.admitted] == ([] if place is None else [place])
        assert [why for _, why in found.refused] == ([] if place is not None else ["unsupported_quote"])


def test_the_same_question_is_asked_once_in_a_quiz_and_not_again_soon() -> None:
    again = replace(GOOD[0], question=GOOD[0].question.upper().replace(",", " -"))
    found = admit([GOOD[0], again, GOOD[1]], PASSAGES, recent=(), limit=5)
    assert [question.question_id for question in found.admitted] == ["1", "2"]
    assert [reason for _, reason in found.refused] == ["duplicate"]
    assert not admit([again], PASSAGES, recent=[GOOD[0].question], limit=5).admitted


def test_no_more_are_admitted_than_asked_for_and_they_are_numbered_on() -> None:
    found = admit(GOOD, PASSAGES, recent=(), limit=3, first_number=4)
    assert [question.question_id for question in found.admitted] == ["4", "5", "6"]


def admitted(count: int) -> tuple[Question, ...]:
    return admit(GOOD, PASSAGES, recent=(), limit=count).admitted


@given(st.integers(4, 20), st.text(max_size=10))
def test_keys_are_spread_evenly_and_stay_right(count: int, seed: str) -> None:
    """The agent's letters do not matter, even if all are the same."""
    all_b = tuple(_with_key_at(question, 1) for question in admitted(count))
    spread = spread_keys(all_b, seed)
    letters = Counter(LETTERS[question.correct] for question in spread)
    assert max(letters.values()) - min(letters[letter] for letter in "ABCD") <= 1
    for before, after in zip(all_b, spread, strict=True):
        assert after.options[after.correct] == before.options[before.correct]
        assert sorted(after.options) == sorted(before.options)
    assert [question.question_id for question in spread] == [str(n) for n in range(1, count + 1)]
    assert spread_keys(all_b, seed) == spread


def _with_key_at(question: Question, place: int) -> Question:
    key = question.options[question.correct]
    others = [option for option in question.options if option != key]
    return replace(question, options=(*others[:place], key, *others[place:]), correct=place)


_TEXT = st.text(max_size=60) | st.sampled_from(["", "___", "NOT", "the", "1799", "\u202e", "[1](x)", "𝔞"])


@given(
    st.builds(
        Draft,
        question=_TEXT,
        options=st.lists(_TEXT, max_size=8).map(tuple),
        correct=st.integers(-3, 9),
        explanation=_TEXT,
        passage=st.none() | st.integers(-5, 50),
        quote=_TEXT | st.sampled_from([draft.quote for draft in GOOD]),
        concept=_TEXT,
        kind=st.sampled_from(KINDS),
        right=st.lists(st.integers(-1, 6), max_size=6).map(tuple) | st.sampled_from([(0, 1), (0, 1, 2, 3)]),
        accepted=st.lists(_TEXT, max_size=3).map(tuple),
    )
)
def test_whatever_an_agent_writes_is_admitted_or_refused(draft: Draft) -> None:
    found = admit([draft], PASSAGES, recent=(), limit=1)
    assert len(found.admitted) + len(found.refused) == 1
    for question in found.admitted:
        assert cited(question).quote in TEXTS[cited(question).file_id.removeprefix("f-")]
        if question.kind == "multiple_choice":
            assert 3 <= len(set(question.options)) == len(question.options) <= 6
