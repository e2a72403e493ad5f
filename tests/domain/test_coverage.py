"""A quiz's passages are spread over its documents, over the parts of each, and over their concepts."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.coverage import MAX_PASSAGES, Material, passages_needed, spread
from domain.documents.passage import Passage


def passage(document: int, index: int, text: str = "Some words that fill the chunk. " * 8) -> Passage:
    return Passage(
        f"f{document}", f"{document}.txt", None, index, 1, index * 900, index * 900 + 1000, text, 1.0
    )


def material(document: int, chunks: int, concepts: tuple[str, ...] = ()) -> Material:
    return Material(tuple(passage(document, index) for index in range(chunks)), concepts)


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12),
    st.integers(1, MAX_PASSAGES),
    st.text(max_size=5),
)
def test_every_document_gets_its_fair_share(sizes: list[int], count: int, seed: str) -> None:
    materials = [material(number, chunks) for number, chunks in enumerate(sizes)]
    chosen = spread(materials, count, focus=(), seed=seed)
    assert len(chosen) == min(count, sum(sizes))
    assert len({(one.file_id, one.chunk_index) for one in chosen}) == len(chosen)
    taken = Counter(one.file_id for one in chosen)
    for number, chunks in enumerate(sizes):
        share = taken[f"f{number}"]
        assert share <= chunks
        if share < chunks:
            assert all(other <= share + 1 for other in taken.values())


def test_a_document_is_covered_from_beginning_to_end() -> None:
    chosen = spread([material(0, 100)], 10, focus=(), seed="s")
    assert [one.chunk_index // 10 for one in chosen] == list(range(10))


def test_another_seed_chooses_other_passages() -> None:
    choices = {
        tuple(one.chunk_index for one in spread([material(0, 100)], 10, focus=(), seed=str(n)))
        for n in range(5)
    }
    assert len(choices) == 5


def test_passages_about_the_concepts_in_focus_are_preferred() -> None:
    chunks = [passage(0, index) for index in range(10)]
    chunks[3] = passage(0, 3, "Here entropy is defined, and much is said of it. " * 5)
    chunks[7] = passage(0, 7, "Here energy is named, an old word for a new thing. " * 5)
    chosen = spread([Material(tuple(chunks), ("energy",))], 1, focus=("Entropy",), seed="s")
    assert [one.chunk_index for one in chosen] == [3]
    chosen = spread([Material(tuple(chunks), ("energy",))], 1, focus=(), seed="s")
    assert [one.chunk_index for one in chosen] == [7]


def test_headings_and_short_remainders_are_used_only_if_nothing_better_exists() -> None:
    chunks = (passage(0, 0, "Chapter 1"), passage(0, 1), passage(0, 2, "end."))
    assert [one.chunk_index for one in spread([Material(chunks, ())], 3, focus=(), seed="s")] == [1]
    assert spread([Material(chunks[:1], ())], 3, focus=(), seed="s") == [chunks[0]]


def test_a_quiz_is_made_from_more_passages_than_questions() -> None:
    assert passages_needed(1) == 4
    assert passages_needed(20) == MAX_PASSAGES
