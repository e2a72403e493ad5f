"""Each price of a learner's month names its source and the day on which it was read."""

from __future__ import annotations

import json
from datetime import date

import pytest

from infrastructure.chalice_project import PROJECT

PRICES = json.loads((PROJECT / "benchmarks/month/prices.json").read_text(encoding="utf-8"))["prices"]
WITHOUT_A_SECOND_SOURCE = {
    "nova-2-lite": "Nova 2 Lite",
    "titan": "Titan",
    "s3": "S3",
    "lambda computing": "computing",
    "lambda requests": "requests",
}


@pytest.mark.parametrize("name", PRICES)
def test_a_price_says_where_and_when_it_was_read(name: str) -> None:
    price = PRICES[name]
    assert price["price"] > 0
    assert price["source"].startswith("https://")
    date.fromisoformat(price["read"])
    if price["confirmed"] is None:
        (told,) = [words for start, words in WITHOUT_A_SECOND_SOURCE.items() if name.startswith(start)]
        costs = (PROJECT / "docs/costs.md").read_text(encoding="utf-8")
        assert told in costs.partition("None was found for")[2].partition(":")[0]
