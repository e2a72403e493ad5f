"""Builds keys and ids. Each capability uses these two functions for its own things."""

from __future__ import annotations

import hashlib
from urllib.parse import quote


def segment(value: str) -> str:
    """``value`` as one part of a key: ASCII, without a slash.

    Letters, digits and ``_.-~`` stay as they are. Every value that a client chose (a file name, a subject id) must pass
    through this function before it becomes part of a key.
    """
    return quote(value, safe="")


def derived_id(*parts: str) -> str:
    """An id of 32 characters that is always the same for the same parts.

    A repeated request computes the same ids with it. The id does not reveal the parts.
    """
    digest = hashlib.sha256("\x1f".join(f"{len(part)}:{part}" for part in parts).encode())
    return digest.hexdigest()[:32]
