"""Anki's .apkg files, written by genanki."""

from __future__ import annotations

import hashlib
import html
import tempfile
from collections.abc import Sequence
from pathlib import Path

import genanki

from ports.card_package import PackagedCard

_MODEL = genanki.Model(
    1_745_209_117,
    "Lyceum",
    fields=[{"name": "Front"}, {"name": "Back"}],
    templates=[
        {"name": "Card", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"},
    ],
    css=".card { font-family: sans-serif; font-size: 20px; text-align: left; white-space: pre-line; }",
)
"""The number by which Anki recognises this kind of notes. It must never change."""


class AnkiPackage:
    """Implements ``CardPackage``."""

    def packed(self, title: str, cards: Sequence[PackagedCard]) -> bytes:
        deck = genanki.Deck(_number_of(title), title)
        for card in cards:
            fields = [html.escape(card.front, quote=False), html.escape(card.back, quote=False)]
            deck.add_note(genanki.Note(_MODEL, fields, guid=card.card_id))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cards.apkg"
            genanki.Package(deck).write_to_file(path)
            return path.read_bytes()


def _number_of(title: str) -> int:
    """The deck's number. The same title always has the same number."""
    return int.from_bytes(hashlib.sha256(title.encode()).digest()[:5], "big")
