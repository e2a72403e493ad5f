"""The recogniser of scans on the laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.local.stores import LocalStores
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from ports.text_recogniser import TextRecogniser


class LocalRecognition(LocalStores):
    @lazy
    def recogniser(self) -> TextRecogniser:
        """The recogniser that the settings name. Raises ``SettingsError`` if its engine is not installed."""
        engine = self._settings.ocr
        if engine == "none":
            from adapters.no_recogniser import NoRecogniser

            return NoRecogniser()
        from adapters.local.recognition.recogniser import LocalTextRecogniser, is_installed

        if not is_installed(engine):
            raise SettingsError(
                f"LYCEUM_OCR={engine} needs an extra: start with `make run OCR=1`. `tesseract` also needs Tesseract."
            )
        return LocalTextRecogniser(self.objects, engine)
