"""How keys and ids are made. Each capability makes those of its own things from these two functions."""

from __future__ import annotations

import hashlib
from urllib.parse import quote


def segment(value: str) -> str:
    """``value`` as one part of a key: in ASCII, without a slash.

    Letters, digits and ``_.-~`` stay as they are. Whatever a client chose (a file name, a subject id) must go
    through this before it becomes part of a key.
    """
    return quote(value, safe="")


def derived_id(*parts: str) -> str:
    """An id of 32 characters that is always the same for the same parts.

    A repeated request names the same things by it. It does not reveal the parts.
    """
    digest = hashlib.sha256("\x1f".join(f"{len(part)}:{part}" for part in parts).encode())
    return digest.hexdigest()[:32]
