"""The contract of ``ItemPackages``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from ports.agent import QuestionKind
from ports.item_package import Draw, ItemPackages, PackagedItem, UnreadablePackage

_PLAIN = st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\ufffe\uffff")


def texts(most: int = 40) -> st.SearchStrategy[str]:
    """Texts on one line, without invisible spaces. Some look like markup."""
    hostile = st.sampled_from(["<b>x</b>", "&amp;", "]]>", "a < b & c > d", "\"q\" 'r'", "日本語", "=1+1"])
    return (
        (st.text(_PLAIN, min_size=1, max_size=most) | hostile)
        .map(lambda text: " ".join(text.split()))
        .filter(bool)
    )


def fields() -> dict[str, st.SearchStrategy[str]]:
    return {
        "item_id": st.uuids().map(str),
        "question": texts(),
        "explanation": texts() | st.just(""),
        "concept": texts(),
    }


@st.composite
def with_options(draw: st.DrawFn) -> PackagedItem:
    kind: QuestionKind = draw(
        st.sampled_from(["multiple_choice", "true_false", "multiple_answer", "ordering"])
    )
    least, most = (2, 2) if kind == "true_false" else (3 if kind == "ordering" else 2, 6)
    options = draw(st.lists(texts(), min_size=least, max_size=most, unique=True))
    places = st.permutations(range(len(options)))
    if kind == "ordering":
        right = tuple(draw(places))
    elif kind == "multiple_answer":
        right = tuple(sorted(draw(places)[: draw(st.integers(1, len(options)))]))
    else:
        right = (draw(places)[0],)
    told: dict[str, Any] = {name: draw(one) for name, one in fields().items()}
    return PackagedItem(kind=kind, options=tuple(options), right=right, accepted=(), **told)


@st.composite
def without_options(draw: st.DrawFn) -> PackagedItem:
    kind: QuestionKind = draw(st.sampled_from(["cloze", "numeric", "short_answer"]))
    most = 1 if kind == "numeric" else 3
    accepted = tuple(draw(st.lists(texts(), min_size=1, max_size=most, unique=True)))
    told: dict[str, Any] = {name: draw(one) for name, one in fields().items()}
    gap = None
    if kind == "cloze":
        before, blank, after = draw(texts()), draw(st.sampled_from(["_____", "___", "……"])), draw(texts())
        told["question"] = f"{before} {blank} {after}"
        gap = (len(before) + 1, len(before) + 1 + len(blank))
    return PackagedItem(kind=kind, options=(), right=(), accepted=accepted, gap=gap, **told)


def items_of_all_kinds() -> st.SearchStrategy[list[PackagedItem]]:
    return st.lists(with_options() | without_options(), min_size=1, max_size=4)


class ItemPackagesContract:
    def test_a_package_may_have_no_items(self, packages: ItemPackages) -> None:
        with pytest.raises(UnreadablePackage) as why:
            packages.read(packages.written("Nothing", []))
        assert why.value.code == "no_items"

    def test_a_quiz_that_draws_has_all_its_items(self, packages: ItemPackages) -> None:
        items = [
            PackagedItem(str(number), "numeric", f"{number}?", (), (), ("1",), "", "c") for number in range(4)
        ]
        draws = [Draw(2, ("0", "1", "2")), Draw(1, ("2", "3"))]
        assert_read_back_equal(packages, items, draws)

    def test_items_are_read_in_the_order_in_which_they_were_written(self, packages: ItemPackages) -> None:
        items = [
            PackagedItem(str(number), "numeric", f"{number}?", (), (), ("1",), "", "c")
            for number in range(30)
        ]
        read = packages.read(packages.written("A quiz", items))
        assert [one.question for one in read.items] == [one.question for one in items]


def assert_read_back_equal(
    packages: ItemPackages, items: list[PackagedItem], draws: Sequence[Draw] = ()
) -> None:
    read = packages.read(packages.written("A quiz & more", items, draws))
    assert read.unread == ()
    assert [replace(one, item_id="") for one in read.items] == [replace(one, item_id="") for one in items]
