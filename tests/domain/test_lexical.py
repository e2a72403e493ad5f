"""Two texts share a term if a reader would say that they share a word."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text.lexical import (
    MAX_TERMS,
    STOP_TOKENS,
    Sought,
    kinship,
    question_weights,
    saturation,
    sparse_document,
    sparse_query,
    term_counts,
    term_id,
    terms,
    tokens,
)
from ports.vector_store import MAX_SPARSE_VALUES

TEXTS = st.text(max_size=80)


def shared(question: str, document: str) -> float:
    document_weights = dict(zip(*sparse_document(document), strict=True))
    weights = dict(zip(*sparse_query(question), strict=True))
    return fsum(weight * document_weights.get(term, 0.0) for term, weight in weights.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plants' 2 leaves, and naïve_user's CAFÉ!", "plant 2 leave and naive user s cafe"),
        (
            "studies buses glasses boxes matches bus class analysis",
            "study buse glass box match bus class analysi",
        ),
        ("STRASSE straße", "strasse strasse"),
        ("e\u0301cole \ufb01re Ⅳ İstanbul", "ecole fire iv istanbul"),
        ("Ёжик пьёт чай", "ежик пьет чаи"),
        ("الكِتَابُ كتــاب", "الكتاب كتاب"),
        ("בְּרֵאשִׁית בית־ספר", "בראשית בית ספר"),
        ("हिन्दी में प्रकाश।", "हिन्दी में प्रकाश"),
        ("光合作用 DNA 水", "光合 合作 作用 dna 水"),
        ("細胞の働き", "細胞 胞の の働 働き"),
        ("ที่พืช", "ที่ ี่พ ่พื พืช"),
        ("세포막은", "세포 포막 막은"),
        ("H2O在100度", "h2o 在 100 度"),
        ("", ""),
        ("…?! 🎓 __ \u0301", ""),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert tokens(text) == expected.split()


@given(TEXTS)
def test_tokens_ignore_letter_case_and_the_encoding_of_accents(text: str) -> None:
    assert tokens(text.casefold()) == tokens(text)
    assert all(token == token.strip() and token for token in tokens(text))


def test_the_vectors_that_are_stored_stay_as_they_are() -> None:
    """Stored indexes hold these term ids, so new texts must get the same ids."""
    text = "The plants' studies: naïve CAFÉ. 光合作用 DNA. ที่พืช, 세포막은; हिन्दी."
    indices, values = sparse_document(text)
    assert indices == [
        *(144303536, 367583395, 381202022, 441883952, 588742274, 1011183078, 1113311343, 1337818896),
        *(1478419820, 1610683743, 1901374729, 2353935851, 2393187017, 2426026073, 2869103986, 3867121481),
        4286973674,
    ]
    assert set(values) == {saturation(1, len(text))}


def test_forms_of_a_long_word_share_their_first_letters() -> None:
    assert set(terms("publisher")) & set(terms("published")) == {"publis*"}
    assert set(terms("canciones")) & set(terms("cancion"))
    assert terms("plant") == ("plant",)
    assert terms("1234567") == ("1234567",)


@given(TEXTS)
def test_sparse_vectors_are_as_the_vector_store_takes_them(text: str) -> None:
    for indices, values in (sparse_document(text), sparse_query(text)):
        assert len(indices) == len(values) <= MAX_SPARSE_VALUES
        assert all(one < other for one, other in pairwise(indices))
        assert all(0 <= index < 2**32 for index in indices)
        assert all(0 < value <= 1.0001 for value in values)


def test_no_text_has_more_terms_than_a_vector_store_takes() -> None:
    text = " ".join(f"word{number}number" for number in range(5 * MAX_TERMS))
    assert len(sparse_document(text)[0]) == len(sparse_query(text)[0]) == MAX_TERMS == MAX_SPARSE_VALUES


def test_a_text_with_too_many_terms_keeps_the_heaviest() -> None:
    many = " ".join(f"word{number}number" for number in range(2 * MAX_TERMS))
    indices, weights = sparse_document(f"{many}{' gravity' * 9}")
    assert max(weights) == weights[indices.index(term_id("gravity"))]
    indices, _ = sparse_query(f"the {many}")
    assert term_id("the") not in indices


@given(TEXTS, TEXTS)
def test_the_shared_weight_of_a_question_and_a_document_is_from_zero_to_one(
    question: str, document: str
) -> None:
    assert 0 <= shared(question, document) < 1.0001
    if not set(tokens(question)) & set(tokens(document)) and not any(
        "*" in term for token in tokens(question) for term in terms(token)
    ):
        assert shared(question, document) == 0


@given(TEXTS)
def test_the_weights_of_a_question_add_up_to_one(text: str) -> None:
    weights = question_weights(text)
    assert fsum(weights.values()) == pytest.approx(1.0 if tokens(text) else 0.0)


def test_stop_words_weigh_little_unless_there_is_nothing_else() -> None:
    assert question_weights("What is a cell?")["cell"] > 0.8
    assert question_weights("Who is who?") == pytest.approx({"who": 0.5, "is": 0.5})
    assert {"the", "的是", "का", "quel"} <= STOP_TOKENS
    assert not {"war", "die", "cell"} & STOP_TOKENS


def test_a_document_is_found_by_its_words_not_by_its_length() -> None:
    question = "How do plants make sugar?"
    answer = "Plants make sugar out of light."
    assert shared(question, answer) > shared(question, "Sugar is sweet. So it is.") > 0
    assert shared(question, answer) > shared(question, answer + " Other things are said too." * 30)
    assert shared(question, answer + " " + answer) > shared(question, answer)


def test_a_term_counts_less_each_time_it_is_repeated() -> None:
    values = [saturation(count, 1000) for count in range(6)]
    gains = [other - one for one, other in pairwise(values)]
    assert values[0] == 0
    assert all(one > other > 0 for one, other in pairwise(gains))


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("什么是光合作用？", "光合作用是植物利用阳光制造有机物的过程。", "鸦片战争爆发于1840年。"),
        ("¿Qué es la fotosintesis?", "La fotosíntesis convierte la luz.", "La revolución empezó en 1789."),
        ("متى بدأت الثورة الفرنسية؟", "بدأت الثورةُ الفرنسيةُ عام 1789.", "يغلي الماء عند درجة مئة."),
        ("การสังเคราะห์ด้วยแสงคืออะไร", "การสังเคราะห์ด้วยแสงเกิดในใบไม้", "น้ำเดือดที่หนึ่งร้อยองศา"),
        ("세포막의 역할은 무엇인가?", "세포막은 물질의 출입을 조절한다.", "물은 백 도에 끓는다."),
        ("Кто основал Петербург?", "Пётр Первый основал Санкт-Петербург.", "Вода кипит при ста градусах."),
    ],
)
def test_words_are_found_in_any_script(question: str, answer: str, other: str) -> None:
    assert shared(question, answer) > 2 * shared(question, other)


def test_term_ids_are_the_same_in_every_run() -> None:
    assert term_id("light") == 1796889847
    code = "from domain.text.lexical import sparse_document; print(sparse_document('the light of day'))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == str(sparse_document("the light of day"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("How do plants grow?", "Las plantas crecen con la luz de los días.", "one script"),
        ("How do plants grow?", "植物靠光生长。", "two scripts"),
        ("植物は光で育ちます。", "植物靠光生长。", "two scripts"),
        ("Как растут растения?", "Οι πλανήτες κινούνται.", "two scripts"),
        ("How do plants grow?", "The light of the sun feeds them.", "one language"),
        ("How do plants grow?", "The angle α is less than π, and that is all.", "one language"),
        ("How do plants grow?", "Photosynthesis", "one language"),
        ("植物怎样生长?", "三角形的面积 = 底 × 高 / 2", "one language"),
        ("How do plants grow?", "1914 – 1918", "one language"),
        ("", "", "one language"),
    ],
)
def test_the_languages_of_texts_are_told_by_their_script_or_their_common_words(
    one: str, other: str, expected: str
) -> None:
    assert kinship(one, other) == kinship(other, one) == expected


@given(st.lists(st.text(), min_size=1, max_size=4), st.text())
def test_sought_terms_are_counted_as_all_terms_are(found: list[str], question: str) -> None:
    weights = question_weights(question)
    sought = Sought(weights)
    for text in [*found, f"{question} {found[0]} {question}"]:
        counts = term_counts(text)
        assert (sought.counts(text) is None) == (not counts)
        assert (sought.counts(text) or {}) == {
            term: count for term, count in counts.items() if term in weights
        }
