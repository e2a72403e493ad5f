"""The formats of recordings."""

from __future__ import annotations

from typing import Literal, get_args

MediaFormat = Literal["wav", "webm", "ogg", "mp3", "flac", "mp4"]
MEDIA_FORMATS: tuple[MediaFormat, ...] = get_args(MediaFormat)
