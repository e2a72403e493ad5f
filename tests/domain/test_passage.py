"""Neighbouring chunks become one passage, and citations still name the chunk that holds them."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.passage import Citation, Passage, citation_of, joined

TEXT = "".join(chr(ord("a") + number % 26) for number in range(400))


def chunk(index: int, start: int, end: int, *, file_id: str = "f", relevance: float = 0.5) -> Passage:
    return Passage(file_id, "n.txt", None, index, index + 1, start, end, TEXT[start:end], relevance)


def test_neighbouring_chunks_are_joined_at_the_rank_of_the_best_one() -> None:
    chunks = [chunk(0, 0, 100), chunk(1, 80, 180), chunk(2, 160, 260)]
    far = chunk(4, 300, 380)
    for order in permutations(chunks):
        first, second = joined([*order, far])
        assert (first.start, first.end, first.text) == (0, 260, TEXT[:260])
        assert (first.chunk_index, first.page) == (0, 1)
        assert [span.chunk_index for span in first.spans] == [0, 1, 2]
        assert second == far


def test_chunks_of_two_documents_stay_apart() -> None:
    chunks = [chunk(0, 0, 100), chunk(1, 80, 180, file_id="g")]
    assert joined(chunks) == chunks


def test_a_citation_names_the_chunk_that_holds_the_whole_quote() -> None:
    (passage,) = joined([chunk(1, 80, 180), chunk(0, 0, 100)])
    assert (citation_of(passage, 10, 40).chunk_id, citation_of(passage, 10, 40).page) == ("chunk_0", 1)
    assert citation_of(passage, 90, 120).chunk_id == "chunk_1"
    assert citation_of(passage, 85, 99).chunk_id == "chunk_0"
    assert citation_of(passage, 150, 170).chunk_id == "chunk_1"


def test_a_quote_across_chunks_belongs_to_the_first_chunk_that_contains_its_start() -> None:
    (overlapping,) = joined([chunk(0, 0, 100), chunk(1, 80, 180)])
    assert citation_of(overlapping, 85, 100).chunk_id == "chunk_0"
    assert citation_of(overlapping, 70, 120).chunk_id == "chunk_0"
    assert citation_of(overlapping, 80, 120).chunk_id == "chunk_1"
    (abutting,) = joined([chunk(0, 0, 100), chunk(1, 100, 200), chunk(2, 200, 300)])
    assert citation_of(abutting, 100, 220).chunk_id == "chunk_1"


def test_chunks_are_joined_where_they_meet_and_not_across_a_gap() -> None:
    for chunks in permutations([chunk(0, 0, 100), chunk(1, 100, 200)]):
        (one,) = joined(chunks)
        assert (one.text, len(one.spans)) == (TEXT[:200], 2)
    for chunks in permutations([chunk(0, 0, 100), chunk(1, 101, 200)]):
        assert joined(chunks) == list(chunks)


def test_a_citation_takes_the_document_and_the_relevance_of_its_passage() -> None:
    passage = Passage("f", "n.txt", "physics_101", 3, 7, 50, 90, TEXT[50:90], 0.123456)
    assert citation_of(passage, 5, 10) == Citation(
        "f", "n.txt", "chunk_3", 7, 55, 60, TEXT[55:60], 0.1235, "physics_101"
    )


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(20, 100)), min_size=1, max_size=8, unique=True))
def test_joined_passages_contain_exactly_the_documents_text(spans: list[tuple[int, int]]) -> None:
    chunks = [chunk(index, start, start + length) for index, (start, length) in enumerate(spans)]
    for passage in joined(chunks):
        assert passage.text == TEXT[passage.start : passage.end]
    covered = {at for passage in joined(chunks) for at in range(passage.start, passage.end)}
    assert covered == {at for one in chunks for at in range(one.start, one.end)}
