"""The constants of documents. They have their own module, because the classes load slowly."""

from __future__ import annotations

from typing import Literal

DocumentType = Literal["notes", "assignment", "textbook", "other"]
UPLOAD_SECONDS = 900
"""How long the permission to upload is valid: the longest time that docs/threats.md allows."""
