"""Reads JSON objects from an agent's reply: between prose, in a code fence, or cut off at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MAX_REPLY_CHARACTERS = 100_000
"""Text beyond this length is not read. A reply with twenty questions has less than a fifth of it."""
_MAX_OBJECTS = 200


def objects_in(reply: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in the reply that are readable, outermost only; at most 200. Never raises."""
    text = reply[:MAX_REPLY_CHARACTERS]
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MAX_OBJECTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        yield value
        at = text.find("{", end)


def text_of(value: Any) -> str:
    """A string without surrounding white space; "" for any other value."""
    return value.strip() if isinstance(value, str) else ""


def number_of(value: Any) -> int | None:
    """An integer; None for any other value, also for a boolean."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
