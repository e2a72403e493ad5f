"""Lists that are read page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in order."""

    items: Sequence[T]
    cursor: str | None
    """Where the next page begins, for whoever made this one; None on the last page."""


def every(page_of: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """All items of all pages, in order.

    ``page_of`` reads the page that begins at a cursor; None is the first page. A page is read when its first
    item is asked for. An empty page with a cursor is not the end. Errors of ``page_of`` pass through.
    """
    cursor: str | None = None
    while True:
        page = page_of(cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return
