"""The object keys of exports."""

from __future__ import annotations

from urllib.parse import unquote

from domain.base.ids import segment


def export_prefix(user_id: str) -> str:
    """Where all of a learner's exports lie, and nothing else. Erasure empties this prefix."""
    return f"exports/user_{segment(user_id)}/"


def export_key(user_id: str, moment: str, export_id: str) -> str:
    """``moment`` is when the export was made."""
    return f"{export_prefix(user_id)}{moment}_{segment(export_id)}.json"


def moment_in(key: str) -> str:
    """When the export under ``key`` was made."""
    return unquote(key.rpartition("/")[2].rpartition("_")[0])
