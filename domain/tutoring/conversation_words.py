"""The constants of conversations. They have their own module, because the classes load slowly."""

from __future__ import annotations

from typing import Literal

ConversationType = Literal["general", "subject"]
MessageType = Literal["user", "assistant"]
MAX_TITLE_CHARACTERS = 120
