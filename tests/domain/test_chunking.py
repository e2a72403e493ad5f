"""Chunks contain the whole text, are never too long, and begin and end at sentences."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demo.play import DOCUMENTS
from domain.documents.chunking import CHUNK_CHARACTERS, OVERLAP_CHARACTERS, Chunk, chunk, index_text

WORDS = [
    "light",
    "water",
    "plant",
    "sugar",
    "leaf",
    "root",
    "energy",
    "cell",
    "green",
    "oxygen",
    "membrane",
    "the",
    "of",
    "and",
    "in",
    "a",
    "is",
]

PIECES = st.sampled_from(
    [
        "x" * 40,
        "word ",
        "A sentence. ",
        "\n\n",
        " " * 30,
        "。",
        "光合作用",
        "e\u0301\u0302",
        "👩🏽‍🔬",
        "\t",
        "ab\n",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


def prose(sentences: int, seed: int = 1) -> str:
    rng = random.Random(seed)
    return " ".join(
        " ".join(rng.choices(WORDS, k=rng.randint(6, 24))).capitalize() + "." for _ in range(sentences)
    )


def check(text: str, chunks: list[Chunk], size: int) -> None:
    assert [piece.index for piece in chunks] == list(range(len(chunks)))
    covered = 0
    for piece in chunks:
        body = text[piece.start : piece.end]
        assert 0 < len(body) <= size
        assert body == body.strip()
        assert not text[covered : piece.start].strip(), "characters between two chunks"
        covered = piece.end
    assert not text[covered:].strip()
    for one, other in pairwise(chunks):
        assert one.start < other.start
        assert one.end < other.end


@given(TEXTS, st.integers(1, 60), st.floats(0, 0.5))
@example("x" * 70 + " " * 200 + "y", 10, 0.5)
@example("a" + "\u0301" * 100, 20, 0.4)
@example("x" * 42 + "\rx\u0301", 4, 0.0)
@example("x" * 15 + " " * 3 + "y" * 40, 20, 0.5)
def test_any_text_in_chunks_of_any_size(text: str, size: int, share: float) -> None:
    chunks = chunk(text, [0], size=size, overlap=int(size * share))
    check(text, chunks, size)
    assert chunks == chunk(text, [0], size=size, overlap=int(size * share))


@given(st.lists(PIECES, max_size=400).map("".join))
def test_any_text_at_the_usual_size(text: str) -> None:
    chunks = chunk(text, [0])
    check(text, chunks, CHUNK_CHARACTERS)
    for one, other in pairwise(chunks):
        assert one.end - other.start <= OVERLAP_CHARACTERS * 1.25


def test_prose_is_cut_at_sentences_and_overlaps_by_about_the_set_amount() -> None:
    text = prose(400)
    chunks = chunk(text, [0])
    check(text, chunks, CHUNK_CHARACTERS)
    assert all(text[piece.end - 1] == "." for piece in chunks)
    assert sum(text[piece.start].isupper() for piece in chunks) > 0.6 * len(chunks)
    shared = [one.end - other.start for one, other in pairwise(chunks)]
    assert all(0.75 * OVERLAP_CHARACTERS <= overlap <= 1.25 * OVERLAP_CHARACTERS for overlap in shared)
    assert all(piece.end - piece.start >= 0.75 * CHUNK_CHARACTERS for piece in chunks[:-1])


def test_the_chunks_of_a_stored_document_stay_as_they_are() -> None:
    """Citations and vectors refer to chunks. A document that is read again must have the same ones."""
    text = (DOCUMENTS / "rosetta-stone.txt").read_text(encoding="utf-8")
    assert [(one.start, one.end) for one in chunk(text, [0])] == [(0, 956), (731, 1710), (1498, 2439)]


def test_words_stay_whole_where_no_sentence_ends() -> None:
    text = prose(200).replace(".", "").lower()
    for piece in chunk(text, [0]):
        assert set(text[piece.start : piece.end].split()) <= set(WORDS)


def test_a_text_without_a_space_is_cut_to_size() -> None:
    chunks = chunk("x" * 1_000_000, [0])
    check("x" * 1_000_000, chunks, CHUNK_CHARACTERS)
    assert len(chunks) == 1_250


@pytest.mark.parametrize("cluster", ["e\u0301", "👩🏽‍🔬", "क्षि", "e\u0301\u0302\u0303"])
@pytest.mark.parametrize("before", range(8))
def test_a_character_of_several_code_points_is_not_cut(cluster: str, before: int) -> None:
    text = "x" * before + cluster * 700
    for piece in chunk(text, [0])[:-1]:
        assert (piece.end - before) % len(cluster) in (0, *_cuts_between_letters(cluster))


def _cuts_between_letters(cluster: str) -> list[int]:
    """The places where a long cluster of letters, as in Devanagari, may still be cut."""
    return [place for place, character in enumerate(cluster) if place and character.isalpha()]


def test_an_empty_or_blank_text_has_no_chunks() -> None:
    assert chunk("", []) == chunk(" \n\u3000\t" * 1_000, [0]) == []


def test_a_short_text_is_one_chunk_without_the_space_around_it() -> None:
    assert chunk(" \n Light. ", [0]) == [Chunk(0, 3, 9, 1, None)]


def test_each_chunk_knows_its_page_and_its_heading() -> None:
    pages = [prose(40, seed=number) for number in range(3)]
    text = "\n\n".join(["", *pages])
    starts = [text.index(page) for page in pages]
    headings = [(starts[0] + 500, "Light"), (starts[1], "Water"), (starts[2] + 10, "Sugar")]
    for piece in chunk(text, starts, headings):
        assert piece.page == sum(start <= piece.start for start in starts)
        above = [heading for start, heading in headings if start <= piece.start]
        assert piece.heading == (above[-1] if above else None)


def test_a_text_that_starts_before_its_first_page_is_on_the_first() -> None:
    assert [piece.page for piece in chunk("Light", [5])] == [1]
    assert [piece.page for piece in chunk("Light", [])] == [1]


def test_an_empty_page_counts() -> None:
    assert chunk("\n\nLight", [0, 2])[0].page == 2
    assert chunk("\n\nLight", [0, 2, 2])[0].page == 3


@pytest.mark.parametrize(("size", "overlap"), [(0, 0), (10, 6), (10, -1)])
def test_impossible_sizes_are_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError):
        chunk("x", [0], size=size, overlap=overlap)


def test_a_chunk_is_indexed_under_its_title_and_heading() -> None:
    assert index_text("Botany", "Leaves", "They are green.") == "Botany — Leaves\nThey are green."
    assert index_text(None, "Leaves", "They are green.") == "Leaves\nThey are green."
    assert index_text("Leaves", "Leaves", "They are green.") == "Leaves\nThey are green."
    assert index_text(None, None, "They are green.") == index_text("", "", "They are green.")
    assert index_text(None, None, "They are green.") == "They are green."
    rest = index_text("Planets", None, "Saturn | 146 | yes", ("Planet", "Moons", "Rings"))
    assert rest == "Planets\nPlanet | Moons | Rings\nSaturn | 146 | yes"
