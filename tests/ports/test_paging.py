"""Reading a list to its end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ports.paging import Page, every


@given(st.lists(st.lists(st.integers(), max_size=4), min_size=1, max_size=6))
def test_every_item_of_every_page_comes_once_and_in_order(pages: list[list[int]]) -> None:
    def page_of(cursor: str | None) -> Page[int]:
        at = int(cursor or 0)
        return Page(pages[at], str(at + 1) if at + 1 < len(pages) else None)

    assert list(every(page_of)) == [item for page in pages for item in page]


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
