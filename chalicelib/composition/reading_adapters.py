"""The adapters that read what people upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ports.text_extractor import TextExtractor
    from ports.text_recogniser import TextRecogniser


class ReadingAdapters(Protocol):
    @property
    def extractor(self) -> TextExtractor: ...
    @property
    def recogniser(self) -> TextRecogniser: ...
