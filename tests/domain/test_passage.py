"""Neighbouring chunks become one passage, and citations still name the chunk of their quote."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from domain.documents.layout import Layout, PlacedHeading
from domain.documents.passage import Citation, Passage, citation_from, citation_of, in_chunks, joined

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
        "f", "n.txt", "chunk_3", 7, 55, 60, TEXT[55:60], 0.1235, "physics_101", 7, 5, 10
    )


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(20, 100)), min_size=1, max_size=8, unique=True))
def test_joined_passages_contain_exactly_the_documents_text(spans: list[tuple[int, int]]) -> None:
    chunks = [chunk(index, start, start + length) for index, (start, length) in enumerate(spans)]
    for passage in joined(chunks):
        assert passage.text == TEXT[passage.start : passage.end]
    covered = {at for passage in joined(chunks) for at in range(passage.start, passage.end)}
    assert covered == {at for one in chunks for at in range(one.start, one.end)}


def paged(index: int, start: int, end: int, page: int, turns: tuple[int, ...] = ()) -> Passage:
    return replace(chunk(index, start, end), page=page, layout=Layout(page_turns=turns))


def test_a_citation_tells_the_pages_on_which_its_quote_begins_and_ends() -> None:
    (passage,) = joined([paged(0, 0, 100, 1, (30, 60)), paged(1, 80, 180, 3, (120,))])

    def pages(start: int, end: int) -> tuple[int | None, int | None]:
        citation = citation_of(passage, start, end)
        return citation.page, citation.page_end

    assert pages(0, 30) == (1, 1)
    assert pages(0, 31) == (1, 2)
    assert pages(30, 60) == (2, 2)
    assert pages(65, 130) == (3, 4)
    assert pages(125, 160) == (4, 4)
    nowhere = citation_of(replace(chunk(0, 0, 100), page=None), 0, 10)
    assert (nowhere.page, nowhere.page_end) == (None, None)


def test_the_place_in_the_chunk_is_counted_as_javascript_counts() -> None:
    text = "The 🌍 turns. A 🌍 day has 24 hours."
    passage = Passage("f", "n.txt", None, 0, 1, 70, 70 + len(text), text, 1.0)
    citation = citation_of(passage, text.index("A "), len(text))
    as_javascript_has_it = text.encode("utf-16-le")
    place = slice(2 * (citation.chunk_start or 0), 2 * (citation.chunk_end or 0))
    assert as_javascript_has_it[place].decode("utf-16-le") == citation.quote == "A 🌍 day has 24 hours."


def test_a_quote_that_no_chunk_holds_has_no_place_in_one() -> None:
    (passage,) = joined([chunk(0, 0, 100), chunk(1, 100, 200)])
    citation = citation_of(passage, 90, 110)
    assert (citation.chunk_start, citation.chunk_end) == (None, None)
    inside = citation_of(passage, 120, 130)
    assert (inside.index, inside.chunk_start, inside.chunk_end) == (1, 20, 30)


def test_a_row_is_cited_with_the_heads_of_its_columns() -> None:
    text = "Tin | 7.3 | grey\nLead | 11.3 | blue\n\nGases are light."
    heads = ("Metal", "Density", "Colour")
    passage = Passage(
        "f", "n.txt", None, 3, 1, 900, 900 + len(text), text, 1.0, (), Layout(column_heads=heads)
    )
    row = citation_of(passage, text.index("Lead"), text.index("\n\n"))
    assert row.column_heads == heads
    assert [one.worded() for one in row.rows()] == ["Metal: Lead; Density: 11.3; Colour: blue"]
    cell = citation_of(passage, text.index("11.3"), text.index("11.3") + 4)
    assert [one.worded() for one in cell.rows()] == ["Density: 11.3"]
    both = citation_of(passage, 0, text.index("\n\n"))
    assert [one.cells[0] for one in both.rows()] == ["Tin", "Lead"]
    prose = citation_of(passage, text.index("Gases"), len(text))
    assert (prose.column_heads, prose.rows()) == ((), [])


def test_a_citation_is_read_as_it_was_stored_and_an_older_one_too() -> None:
    citation = replace(
        citation_of(paged(0, 0, 100, 1, (30,)), 20, 40), heading_path=("A",), column_heads=("B",)
    )
    assert citation_from(json.loads(json.dumps(citation.stored()))) == citation
    old = {
        "file_id": "f",
        "source_file": "n.txt",
        "chunk_id": "chunk_4",
        "page": 2,
        "start": 1,
        "end": 5,
        "quote": "four",
        "relevance_score": 0.5,
    }
    read = citation_from(old)
    assert (read.index, read.page, read.page_end, read.chunk_start, read.subject_id) == (
        4,
        2,
        None,
        None,
        None,
    )


def test_a_joined_passage_is_its_chunks_again() -> None:
    chunks = [paged(0, 0, 100, 1), paged(1, 80, 180, 3, (120,))]
    (passage,) = joined(chunks)
    assert in_chunks(passage) == chunks
    assert in_chunks(chunks[1]) == [chunks[1]]


def test_the_lines_that_are_headings_are_known() -> None:
    text = "end of one.\n\n## 2.1 Weight\n\nWeight is a force.\n\nMass and weight\n\nMass is no force."
    headings = (
        PlacedHeading(10, 1, "Forces"),
        PlacedHeading(100 + text.index("## 2.1"), 2, "2.1 Weight"),
        PlacedHeading(100 + text.index("Mass and"), 2, "Mass and weight"),
        PlacedHeading(100 + text.index("Weight is"), 2, "Units"),
    )
    passage = Passage("f", "n.md", None, 1, None, 100, 100 + len(text), text, 1.0, (), Layout((), headings))
    assert [text[start:end] for start, end in passage.heading_lines()] == ["## 2.1 Weight", "Mass and weight"]
    (joined_with_itself,) = joined([passage, replace(chunk(0, 40, 101), text="x" * 61)])
    assert [joined_with_itself.text[a:b] for a, b in joined_with_itself.heading_lines()] == [
        "## 2.1 Weight",
        "Mass and weight",
    ]


def test_each_place_of_a_passage_knows_the_headings_over_it() -> None:
    text = "end of one.\n\n## Weight\n\nWeight is a force."
    weight = 100 + text.index("## Weight")
    headings = (
        PlacedHeading(10, 1, "Forces"),
        PlacedHeading(40, 2, "Mass"),
        PlacedHeading(weight, 2, "Weight"),
    )
    passage = Passage("f", "n.md", None, 1, None, 100, 100 + len(text), text, 1.0, (), Layout((), headings))
    assert passage.headings_over() == ((0, "Forces Mass"), (text.index("##"), "Forces Weight"))
    assert replace(passage, layout=Layout()).headings_over() == ()
