"""The fixed values and limits of conversations. They are apart from the classes, which load slowly."""

from __future__ import annotations

from typing import Literal

ConversationType = Literal["general", "subject"]
MessageType = Literal["user", "assistant"]
MAX_TITLE_CHARACTERS = 120
