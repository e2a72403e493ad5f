"""The text recogniser of a deployment without text recognition."""

from __future__ import annotations

from ports.text_recogniser import RecognisedPage, Scan, ScanType


class NoRecogniser:
    """Implements ``TextRecogniser``, without any type of scan."""

    media_types: frozenset[ScanType] = frozenset()

    def begin(self, scan: Scan) -> None:
        raise ValueError("no text recognition is set up")

    def outcome(self, scan: Scan) -> tuple[RecognisedPage, ...] | None:
        return None

    def close(self) -> None:
        """Does nothing, because nothing is open."""
