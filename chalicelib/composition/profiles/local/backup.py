"""Backups of the laptop's data."""

from __future__ import annotations

from adapters.local.backup import BackupError, InUse, back_up, holding_data, restore, set_aside
from adapters.local.stores.soundness import unreadable
from adapters.local.stores.sqlite_errors import needs_room
from adapters.local.stores.sqlite_versions import is_newer, losses

__all__ = [
    "BackupError",
    "InUse",
    "back_up",
    "holding_data",
    "is_newer",
    "losses",
    "needs_room",
    "restore",
    "set_aside",
    "unreadable",
]
