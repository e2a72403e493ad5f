"""Reads lists page by page. A cursor says where a page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ports.errors import PortError

T = TypeVar("T")


class InvalidCursor(PortError):
    """The cursor was not made for this list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in order.

    A page with a cursor may be short or even empty, and the page after it may be empty too.
    """

    items: Sequence[T]
    cursor: str | None
    """Where the next page begins, for the function that made this page; None on the last page."""


def pages(page_of: Callable[[str | None], Page[T]], cursor: str | None = None) -> Iterator[Page[T]]:
    """The page at ``cursor`` (None is the first) and all following ones, in order.

    ``page_of`` reads the page that begins at a cursor. It is called when the caller asks for that page. Its errors are
    not caught.
    """
    while True:
        page = page_of(cursor)
        yield page
        cursor = page.cursor
        if cursor is None:
            return


def every(page_of: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """All items of all pages, in order, read as ``pages`` does. An empty page with a cursor is not the end."""
    for page in pages(page_of):
        yield from page.items


def to_cursor(position: object) -> str:
    """The cursor for ``position``, a JSON value."""
    return base64.urlsafe_b64encode(json.dumps(position, sort_keys=True).encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> Any:
    """The JSON value from which ``to_cursor`` made the cursor. Raises ``InvalidCursor`` if the text is not such a
    cursor.

    Cursors come from clients, so the caller must check that the value is a position in its list.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise InvalidCursor from None


def pair_from_cursor(cursor: str) -> tuple[str, str]:
    """The two texts from which ``to_cursor`` made the cursor. Raises ``InvalidCursor`` for anything else."""
    match from_cursor(cursor):
        case [str(first), str(second)]:
            return first, second
    raise InvalidCursor
