"""Reading a list to its end, and the cursors of its pages."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ports.paging import InvalidCursor, Page, every, from_cursor, pages, pair_from_cursor, to_cursor

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=10,
)


@given(st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=6))
def test_every_item_of_every_page_comes_once_and_in_order(lists: list[list[int]]) -> None:
    def page_of(cursor: str | None) -> Page[int]:
        at = int(cursor or 0)
        return Page(lists[at], str(at + 1) if at + 1 < len(lists) else None)

    assert list(every(page_of)) == [item for items in lists for item in items]
    assert [page.items for page in pages(page_of)] == lists
    assert [page.items for page in pages(page_of, str(len(lists) - 1))] == lists[-1:]


def test_a_page_is_read_when_its_first_item_is_asked_for() -> None:
    asked: list[str | None] = []

    def page_of(cursor: str | None) -> Page[int]:
        asked.append(cursor)
        return Page([1, 2], None if cursor else "next")

    items = every(page_of)
    assert asked == []
    assert [next(items), next(items)] == [1, 2]
    assert asked == [None]
    assert list(items) == [1, 2]
    assert asked == [None, "next"]


@given(JSON)
def test_a_cursor_holds_the_position_that_it_was_made_of(position: object) -> None:
    cursor = to_cursor(position)
    assert from_cursor(cursor) == position
    assert cursor.isascii()
    assert set("+/=&?#") & set(cursor) == set()


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_text_is_a_valid_cursor_or_is_refused(cursor: str) -> None:
    try:
        position = from_cursor(cursor)
    except InvalidCursor:
        return
    assert to_cursor(from_cursor(to_cursor(position))) == to_cursor(position)


@pytest.mark.parametrize(
    "cursor",
    ["", "é", "!!!!", "bnVs", to_cursor("ab")[:-1], base64.urlsafe_b64encode(b"[" * 20_000).decode()],
    ids=lambda cursor: cursor[:20],
)
def test_a_text_that_holds_no_position_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        from_cursor(cursor)


@given(st.text(), st.text())
def test_a_pair_of_texts_comes_back(first: str, second: str) -> None:
    assert pair_from_cursor(to_cursor((first, second))) == (first, second)


@pytest.mark.parametrize("position", [None, "ab", [], ["a"], ["a", 1], ["a", "b", "c"], {"a": "b", "c": "d"}])
def test_a_cursor_of_another_list_is_not_a_pair(position: object) -> None:
    with pytest.raises(InvalidCursor):
        pair_from_cursor(to_cursor(position))
