"""Each price of a learner's month names two sources and the day on which it was read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from infrastructure.chalice_project import PROJECT

PRICES = json.loads((PROJECT / "benchmarks/month/prices.json").read_text(encoding="utf-8"))["prices"]


@pytest.mark.parametrize("name", PRICES)
def test_a_price_says_where_and_when_it_was_read(name: str) -> None:
    price = PRICES[name]
    assert price["price"] > 0
    assert price["source"].startswith("https://")
    date.fromisoformat(price["read"])
    assert price["confirmed"]
    assert price["confirmed"].partition(" ")[0] != price["source"].partition(" ")[0]
