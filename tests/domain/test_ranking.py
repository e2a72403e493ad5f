"""Passages that answer come first. If none answers, there are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.chunking import index_text
from domain.documents.ranking import ANSWERS, SPARSE_WEIGHT, SUPPORTS, SearchMatch, rank
from domain.text.lexical import question_weights, saturation, term_counts
from ports.embedder import Scale
from ports.text.tables import table_rows

QUESTION = "How do plants make sugar?"
ANSWER = "Plants make sugar out of light, water and carbon dioxide."
WORDS = st.sampled_from(["plants", "make", "sugar", "light", "the", "of", "war", "cell", "光合作用", "run"])
SENTENCES = st.lists(WORDS, max_size=12).map(" ".join)
CELLS = st.one_of(
    WORDS, SENTENCES, st.sampled_from(["", "—", "2023", "1,234", "x\\|y", "plant_cells", "Straße"])
)
TABLES = st.lists(st.lists(CELLS, min_size=3, max_size=4), min_size=2, max_size=6).flatmap(
    lambda rows: st.sampled_from([" | ", "\t", ";"]).map(lambda bar: "\n".join(map(bar.join, rows)))
)
TEXTS = st.lists(st.one_of(TABLES, SENTENCES), min_size=1, max_size=3).map("\n\n".join)


def candidate(
    text: str,
    likeness: float,
    *,
    number: int = 0,
    document: str = "botany",
    question: str = QUESTION,
    title: str | None = None,
    heading: str | None = None,
    heads: tuple[str, ...] = (),
) -> SearchMatch:
    """A match with a vector of this likeness to the question's vector, scored as a vector store does."""
    indexed = index_text(title, heading, text, heads)
    counts = term_counts(indexed)
    in_common = sum(
        weight * saturation(counts.get(term, 0), len(indexed))
        for term, weight in question_weights(question).items()
    )
    return SearchMatch(
        f"{number:03}",
        document,
        title,
        heading,
        text,
        likeness + SPARSE_WEIGHT * in_common,
        column_heads=heads,
    )


def texts(question: str, candidates: list[SearchMatch], limit: int = 5) -> list[str]:
    return [ranked.candidate.text for ranked in rank(question, candidates, limit=limit)]


def test_the_passage_that_both_words_and_likeness_speak_for_comes_first() -> None:
    candidates = [
        candidate("Sugar is traded in London, and plants are built to make it white.", 0.25, number=1),
        candidate("Leaves feed the tree.", 0.6, number=2),
        candidate(ANSWER, 0.6, number=3),
        candidate("The war began in 1914.", 0.05, number=4),
    ]
    ranked = rank(QUESTION, candidates, limit=5)
    assert ranked[0].candidate.text == ANSWER
    assert ranked[0].relevance > 0.4
    assert "The war began in 1914." not in texts(QUESTION, candidates)


def test_rare_words_count_more_than_those_of_every_passage() -> None:
    question = "Which cell membrane protein is called aquaporin?"
    common = [
        candidate(f"The cell membrane has protein {number}.", 0.5, number=number, question=question)
        for number in range(20)
    ]
    rare = candidate("Water passes by aquaporin.", 0.5, number=99, question=question)
    assert rank(question, [*common, rare], limit=1)[0].candidate is rare


@pytest.mark.parametrize(
    "candidates",
    [
        [],
        [candidate("The war began in 1914.", 0.1)],
        [candidate("The war began in 1914.", 0.39)],
        [candidate("A factory may make the news.", 0.05)],  # one common word, and nothing else
        [candidate(ANSWER, -0.2)],
    ],
)
def test_there_are_no_passages_if_nothing_answers(candidates: list[SearchMatch]) -> None:
    assert rank(QUESTION, candidates, limit=5) == []


def test_likeness_alone_brings_a_passage() -> None:
    assert texts(QUESTION, [candidate("Leaves turn brightness into food.", 0.4)])
    both = [candidate("Leaves turn brightness into food.", 0.6, number=1), candidate(ANSWER, 0.6, number=2)]
    assert texts(QUESTION, both)[0] == ANSWER


@pytest.mark.parametrize(
    "question", ["光合作用是什么", "Quien invento la bombilla", "пароход", "Où est la gare"]
)
def test_likeness_alone_proves_nothing_in_a_language_whose_texts_are_all_alike(question: str) -> None:
    assert rank(question, [candidate("The war began in 1914.", 0.9, question=question)], limit=5) == []


MANY = Scale(is_multilingual=True, across_languages=1.8, across_scripts=3.0)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (QUESTION, "植物利用光、水和二氧化碳制造糖。"),
        (QUESTION, "Las plantas producen azúcar con la luz, el agua y el aire."),
        ("¿Cómo producen azúcar las plantas?", ANSWER),
        ("植物怎样制造糖?", ANSWER),
    ],
)
def test_an_embedder_of_many_languages_brings_a_passage_in_another_language(question: str, text: str) -> None:
    found = candidate(text, 0.28, question=question)
    assert rank(question, [found], limit=5, scale=MANY)
    assert not rank(question, [candidate(text, 0.1, question=question)], limit=5, scale=MANY)
    assert not rank(question, [found], limit=5)


@pytest.mark.parametrize("text", ["Leaves feed the tree.", "In 1914 the war began in the east."])
def test_within_a_language_it_asks_for_as_much_likeness_as_any_other(text: str) -> None:
    assert not rank(QUESTION, [candidate(text, 0.28)], limit=5, scale=MANY)
    assert rank(QUESTION, [candidate(text, 0.5)], limit=5, scale=MANY)


def test_a_passage_of_the_document_that_is_named_goes_first() -> None:
    here, there = (replace(candidate(f"{ANSWER} {n}", 0.6, number=n), document_id=str(n)) for n in (1, 2))
    assert texts(QUESTION, [here, replace(there, lift=1.5)])[0] == there.text


@pytest.mark.parametrize("question", ["", "?!", "🎓"])
def test_a_question_without_words_has_no_answer(question: str) -> None:
    assert rank(question, [candidate(ANSWER, 0.9, question=question)], limit=5) == []


def test_weak_passages_come_only_beside_a_good_one() -> None:
    good = candidate(ANSWER, 0.7, number=1)
    weak = candidate("Plants are many, and so are the words of this long passage about them.", 0.2, number=2)
    assert rank(QUESTION, [weak], limit=5) == []
    beside = rank(QUESTION, [weak, good], limit=5)
    assert [ranked.candidate for ranked in beside] == [good, weak]
    assert SUPPORTS <= beside[1].relevance < ANSWERS


def test_where_the_agent_says_whether_they_answer_passages_may_be_less_alike() -> None:
    weak, unlike = candidate("They turn brightness into food.", 0.25), candidate("It rains.", 0.1)
    assert rank(QUESTION, [weak, unlike], limit=5) == []
    ranked = rank(QUESTION, [weak, unlike], limit=5, may_not_answer=True)
    assert [one.candidate for one in ranked] == [weak]
    assert (
        rank(
            "Où est la gare",
            [candidate("Rien.", 0.9, question="Où est la gare")],
            limit=5,
            may_not_answer=True,
        )
        == []
    )


def test_a_title_and_a_heading_speak_for_their_passage() -> None:
    told = candidate("They use light for it.", 0.39, title="How plants live", heading="Making sugar")
    untold = candidate("They use light for it.", 0.39)
    assert texts(QUESTION, [told]) == ["They use light for it."]
    assert texts(QUESTION, [untold]) == []


def test_a_passage_of_two_copies_of_a_document_is_given_once() -> None:
    one = candidate(ANSWER, 0.6, number=1, document="botany")
    copy = candidate(ANSWER.replace(" ", "\n"), 0.6, number=2, document="botany (1)")
    assert texts(QUESTION, [copy, one]) == [ANSWER]


def test_of_equally_good_passages_those_of_another_document_come_first() -> None:
    botany = [candidate(f"{ANSWER} Note {number}.", 0.60, number=number) for number in range(4)]
    biology = candidate(f"{ANSWER} As we said.", 0.59, number=9, document="biology")
    chosen = [ranked.candidate.document_id for ranked in rank(QUESTION, [*botany, biology], limit=3)]
    assert chosen == ["botany", "biology", "botany"]
    worse = replace(biology, score=biology.score - 0.4)
    chosen = [ranked.candidate.document_id for ranked in rank(QUESTION, [*botany, worse], limit=3)]
    assert chosen == ["botany"] * 3


@given(
    st.lists(st.tuples(SENTENCES, st.floats(-1, 1), st.sampled_from("abc")), max_size=12),
    SENTENCES,
    st.integers(0, 6),
)
def test_any_candidates_in_any_order(
    matches: list[tuple[str, float, str]], question: str, limit: int
) -> None:
    candidates = [
        candidate(text, likeness, number=number, document=document, question=question)
        for number, (text, likeness, document) in enumerate(matches)
    ]
    ranked = rank(question, candidates, limit=limit)
    assert len(ranked) <= limit
    assert all(SUPPORTS <= one.relevance <= 1 for one in ranked)
    assert not ranked or max(one.relevance for one in ranked) >= ANSWERS
    assert ranked == rank(question, candidates[::-1], limit=limit)
    shown = [one.candidate for one in ranked]
    assert all(one in candidates for one in shown)
    assert max(Counter(one.text for one in shown).values(), default=1) == 1


def test_a_row_that_has_the_questions_words_comes_before_prose_that_has_the_rarest_one() -> None:
    """The words of a report's tables occur often in it, and each once in its row."""
    question = "How did the operating income of the cloud segment compare in 2023?"
    rows = "Revenue | 512 | 498\nOperating income cloud segment | 227 | 203\nOther | 12 | 9"
    prose = [
        f"The operating income and the revenue of segment {number} are described here, and the cloud of 2023 is too."
        for number in range(30)
    ]
    heads = ("In millions", "2023", "2022")
    table = candidate(rows, 0.4, number=90, question=question, heads=heads)
    compared = candidate("Readers may compare it with other reports.", 0.3, number=91, question=question)
    others = [candidate(text, 0.4, number=number, question=question) for number, text in enumerate(prose)]
    assert texts(question, [compared, *others, table], 3)[0] == rows
    as_prose = replace(table, text=rows.replace(" | ", " "), column_heads=None)
    assert texts(question, [compared, *others, as_prose], 3)[0] != as_prose.text


@pytest.mark.slow
@given(st.lists(st.tuples(TEXTS, st.floats(-0.2, 1.0), st.integers(0, 3)), max_size=14), st.integers(1, 6))
def test_the_first_passages_are_the_same_however_many_are_asked_for(
    found: list[tuple[str, float, int]], limit: int
) -> None:
    """Ranking skips the table rows of passages that cannot be among the first, and this changes no result."""
    candidates = [
        candidate(text, likeness, number=number, document=str(document), heads=("", "plants", "light"))
        for number, (text, likeness, document) in enumerate(found)
    ]
    everything = rank(QUESTION, candidates, limit=1000)
    assert rank(QUESTION, candidates, limit=limit) == everything[:limit]


@given(TEXTS, st.sampled_from([(), None, ("", "plants", "make sugar")]))
def test_a_row_says_what_its_cells_and_their_heads_say(text: str, heads: tuple[str, ...] | None) -> None:
    for row in table_rows(text, heads):
        named = zip(row.heads if row.is_sure else (), row.cells, strict=False)
        parts = [*filter(None, row.cells), *(head for head, cell in named if cell)]
        assert set(term_counts(row.worded())) == {term for part in parts for term in term_counts(part)}
