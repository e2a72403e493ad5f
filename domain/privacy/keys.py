"""The object keys of exports."""

from __future__ import annotations

from urllib.parse import unquote

from domain.base.ids import segment


def export_prefix(user_id: str) -> str:
    """The prefix of all exports of a learner. No other object has it. Erasure empties it."""
    return f"exports/user_{segment(user_id)}/"


def export_key(user_id: str, moment: str, export_id: str) -> str:
    """The key of an export that was made at ``moment``."""
    return f"{export_prefix(user_id)}{moment}_{segment(export_id)}.json"


def moment_in(key: str) -> str:
    """The moment when the export under ``key`` was made."""
    return unquote(key.rpartition("/")[2].rpartition("_")[0])
