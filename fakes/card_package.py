"""A package of cards that a test can read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ports.card_package import PackagedCard


class JsonCardPackage:
    """Implements ``CardPackage``. The file is the cards as JSON."""

    def packed(self, title: str, cards: Sequence[PackagedCard]) -> bytes:
        return json.dumps({"title": title, "cards": [asdict(card) for card in cards]}).encode()
