"""The JSON in an agent's reply, wherever it stands: between prose, in a fence, or cut off at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MAX_REPLY_CHARACTERS = 100_000
"""Twenty questions are under a fifth of it; what is beyond is not read."""
_MAX_OBJECTS = 200


def objects_in(reply: str) -> Iterator[Mapping[str, Any]]:
    """Every JSON object, the outermost that can be read; none where there is none. Never raises."""
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
    """A string without the white space around it; "" for anything else."""
    return value.strip() if isinstance(value, str) else ""


def number_of(value: Any) -> int | None:
    """A whole number; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
