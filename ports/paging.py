"""Lists that are read page by page, and the cursors that say where a page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ports.errors import PortError

T = TypeVar("T")


class InvalidCursor(PortError):
    """A cursor that was not made for this list."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in order.

    A page with a cursor may be short, even empty, and the page after it may turn out to hold nothing.
    """

    items: Sequence[T]
    cursor: str | None
    """Where the next page begins, for whoever made this one; None on the last page."""


def pages(page_of: Callable[[str | None], Page[T]], cursor: str | None = None) -> Iterator[Page[T]]:
    """The page at ``cursor`` (None is the first) and those after it, in order.

    ``page_of`` reads the page that begins at a cursor. A page is read when it is asked for. Errors of
    ``page_of`` pass through.
    """
    while True:
        page = page_of(cursor)
        yield page
        cursor = page.cursor
        if cursor is None:
            return


def every(page_of: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """All items of all pages, in order. It reads as ``pages`` does; an empty page with a cursor is not the end."""
    for page in pages(page_of):
        yield from page.items


def to_cursor(position: object) -> str:
    """The cursor that stands for ``position``, a JSON value."""
    return base64.urlsafe_b64encode(json.dumps(position, sort_keys=True).encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> Any:
    """The JSON value that ``to_cursor`` was given. Raises ``InvalidCursor`` for a text that holds none.

    A client sends the cursor: the caller must check that the value is a position in its list.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise InvalidCursor from None


def pair_from_cursor(cursor: str) -> tuple[str, str]:
    """The two texts that ``to_cursor`` was given. Raises ``InvalidCursor`` for anything else."""
    match from_cursor(cursor):
        case [str(first), str(second)]:
            return first, second
    raise InvalidCursor
