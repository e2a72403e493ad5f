"""Anki's packages of cards, and the fake's, pass the contract."""

from __future__ import annotations

import html
import json
import sqlite3
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from adapters.anki_package import AnkiPackage
from fakes.card_package import JsonCardPackage
from ports.card_package import CardPackage
from tests.contracts.card_package.contract import CardPackageContract


class TestAnkiPackage(CardPackageContract):
    @pytest.fixture
    def package(self, tmp_path: Path) -> CardPackage:
        self.folder = tmp_path
        return AnkiPackage()

    def read(self, content: bytes) -> tuple[str, list[tuple[str, str, str]]]:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            database = Path(archive.extract("collection.anki2", self.folder))
        connection = sqlite3.connect(database)
        try:
            decks = json.loads(connection.execute("select decks from col").fetchone()[0])
            notes = connection.execute("select guid, flds from notes order by id").fetchall()
        finally:
            connection.close()
        (title,) = (deck["name"] for key, deck in decks.items() if key != "1")
        return title, [(guid, *map(html.unescape, fields.split("\x1f"))) for guid, fields in notes]


class TestJsonCardPackage(CardPackageContract):
    @pytest.fixture
    def package(self) -> CardPackage:
        return JsonCardPackage()

    def read(self, content: bytes) -> tuple[str, list[tuple[str, str, str]]]:
        read = json.loads(content)
        return read["title"], [tuple(card.values()) for card in read["cards"]]
