"""Items as files: Lyceum's own files are read back unchanged; sheets of other programs are read or refused."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.qti.package import QtiPackages
from domain.bank.orders import WrittenItem, written_as
from domain.bank.packaged import from_packaged, to_packaged
from domain.bank.sheet import NoSheet, from_sheet, to_sheet
from domain.bank.writing import read_item
from domain.base.errors import InvalidRequest
from domain.quizzes.quiz import Question
from fakes.item_package import JsonItemPackages
from ports.agent_words import QuestionKind
from ports.item_package import ItemPackages
from tests.support.bank import item

TEXTS = (
    st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=30)
    | st.sampled_from(["=1+1", "'=1+1", "'tis", "-x", "@a", 'a "b", c', "a;b", "''=x", "'"])
).map(lambda text: " ".join(text.split()))


@st.composite
def written(draw: st.DrawFn) -> WrittenItem:
    kind: QuestionKind = draw(
        st.sampled_from(
            [
                "multiple_choice",
                "multiple_answer",
                "true_false",
                "ordering",
                "cloze",
                "numeric",
                "short_answer",
            ]
        )
    )
    told: dict[str, Any] = {
        "question": draw(TEXTS.filter(bool)),
        "explanation": draw(TEXTS),
        "concept": draw(TEXTS.filter(bool)),
    }
    if kind in ("cloze", "short_answer"):
        answers = st.lists(TEXTS.filter(bool), min_size=1, max_size=3, unique=True)
        return WrittenItem(kind=kind, options=(), correct_answer=tuple(draw(answers)), **told)
    if kind == "numeric":
        number, unit = draw(st.integers(-999, 9999)), draw(st.sampled_from(["", " m", " km/h", " %"]))
        return WrittenItem(kind=kind, options=(), correct_answer=f"{number}{unit}", **told)
    if kind == "true_false":
        return WrittenItem(kind=kind, options=(), correct_answer=draw(st.sampled_from("AB")), **told)
    options = draw(st.lists(TEXTS.filter(bool), min_size=3, max_size=6, unique_by=str.casefold))
    letters = draw(st.permutations("ABCDEF"[: len(options)]))
    key = letters[0] if kind == "multiple_choice" else tuple(letters)
    return WrittenItem(kind=kind, options=tuple(options), correct_answer=key, **told)


def question_of(draft: Any) -> Question:
    names = ("question", "options", "correct", "explanation", "concept", "kind", "right", "accepted")
    return Question("", citation=None, **{name: getattr(draft, name) for name in names})


@settings(max_examples=100, deadline=None)
@given(written())
def test_a_row_written_as_a_line_is_read_back_equal(told: WrittenItem) -> None:
    try:
        question = question_of(read_item(told))
    except InvalidRequest:
        return
    line = replace(item().latest, content=question, difficulty="advanced")
    ((_, read, difficulty),) = from_sheet(to_sheet([replace(item(), latest=line)]))
    assert question_of(read_item(read)) == question
    assert difficulty == "advanced"
    assert read_item(written_as(question)) == read_item(told)


@pytest.mark.parametrize("packages", [QtiPackages(), JsonItemPackages()], ids=["qti", "json"])
@settings(max_examples=50, deadline=None)
@given(told=st.lists(written(), min_size=1, max_size=4))
def test_items_written_into_a_package_are_read_back_equal(
    packages: ItemPackages, told: list[WrittenItem]
) -> None:
    questions = []
    for one in told:
        with suppress(InvalidRequest):
            questions.append(question_of(read_item(one)))
    if questions:
        content = packages.written("A quiz", [to_packaged(str(at), one) for at, one in enumerate(questions)])
        read = packages.read(content)
        assert read.unread == ()
        assert [question_of(read_item(from_packaged(one))) for one in read.items] == questions


def test_no_cell_is_a_formula() -> None:
    danger = replace(item().latest.content, question="=cmd|' /C calc'!A0", concept="@SUM(1)")
    sheet = to_sheet([replace(item(), latest=replace(item().latest, content=danger))])
    assert "'=cmd" in sheet
    assert "'@SUM" in sheet


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_stand_in_any_order_and_other_separators_are_read(separator: str) -> None:
    head = ["Correct_Answer", "question", "option_a", "option_b", "note"]
    rows = [head, ["B", "Which?", "one", "two", "x"], ["", "", "", "", ""]]
    ((name, read, difficulty),) = from_sheet("\n".join(separator.join(row) for row in rows))
    assert (name, read.kind, read.options, read.correct_answer) == (
        "line 2",
        "multiple_choice",
        ("one", "two"),
        "B",
    )
    assert difficulty == "intermediate"


@pytest.mark.parametrize("text", ["", "hello", "a,b\n1,2", "question\nx", "\x00"])
def test_a_file_that_is_no_sheet_of_items_is_refused(text: str) -> None:
    with pytest.raises(NoSheet):
        list(from_sheet(text))
