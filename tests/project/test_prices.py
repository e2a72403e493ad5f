"""What a learner's month costs: each price names two sources and its day, and docs/costs.md shows what was counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest

from benchmarks.month.__main__ import MINUTES, RECORDED, TENTH, a_stage, cost, lived, snapshots
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


FOUND = json.loads(RECORDED.read_text(encoding="utf-8"))
MONTH = FOUND["month"]
PAGE = (PROJECT / "docs/costs.md").read_text(encoding="utf-8")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def costs_of(used: Mapping[str, float]) -> dict[str, float]:
    """The dollars by service."""
    found: dict[str, float] = {}
    for what, dollars in cost(used, PRICES).items():
        service = PRICES[what]["service"]
        found[service] = found.get(service, 0.0) + dollars
    return found


def total_of(used: Mapping[str, float]) -> float:
    return sum(costs_of(used).values())


def row_of(name: str) -> list[str]:
    """The cells of the row of docs/costs.md of this name, which may be followed by a colon."""
    [row] = [line for line in PAGE.splitlines() if line.startswith((f"| {name} |", f"| {name}:"))]
    return [cell.strip() for cell in row.strip("|").split("|")]


def thousands(amount: float) -> str:
    return f"{round(amount, -3):,.0f}"


def test_the_page_has_a_row_for_each_service_with_its_cost() -> None:
    costs = costs_of(MONTH)
    small = {"API Gateway", "S3"}
    for service in costs.keys() - small:
        assert row_of(service)[1] == f"{costs[service]:.2f}", service
    assert row_of("API Gateway, S3")[1] == "under 0.01"
    assert max(costs[service] for service in small) < 0.01


def test_the_page_names_the_amounts() -> None:
    each = cost(MONTH, PRICES)
    assert row_of("Transcribe")[2].startswith(f"{FOUND['calls of month']['transcriber.begin']} answers;")
    assert f"{thousands(MONTH['pinecone write'])} write units" in row_of("Pinecone")[2]
    kept = f"reads {each['pinecone read']:.2f}, storage {each['pinecone storage']:.2f} a month"
    assert row_of("Pinecone")[2].endswith(kept)
    nova = each["nova-lite input"] + each["nova-lite output"]
    assert row_of("Bedrock")[2] == f"Titan v1 {each['titan-v1']:.2f}, Nova Lite {nova:.2f}"
    write, read = thousands(MONTH["dynamodb write"]), thousands(MONTH["dynamodb read"])
    assert row_of("DynamoDB")[2] == f"{write} write units, {read} read units"


def test_the_page_names_the_sum_also_with_the_successors() -> None:
    total = total_of(MONTH)
    newer = {name: amount for name, amount in MONTH.items() if not name.startswith("nova")}
    newer |= {f"nova-2-lite {way}": MONTH[f"nova-lite {way}"] for way in ("input", "output")}
    less = MONTH["titan-v1"] * (PRICES["titan-v1"]["price"] - PRICES["titan-v2"]["price"]) / 1e6
    assert row_of("**a learner**")[1:] == [
        f"**{total:.2f}**",
        f"with Nova 2 Lite {total_of(newer):.2f}; with Titan v2 {less:.2f} less",
    ]
    assert f"costs about {round(30 * total / 2)} USD a month" in PAGE


def test_the_page_names_what_a_stage_costs() -> None:
    reads = NUMBERS[FOUND["calls of a run of the schedule"]["key_value_store.read"]]
    name, dollars = row_of("the schedule, if nobody uses the stage")
    assert name.endswith(f"{MINUTES:,} runs of {reads} reads")
    assert dollars == f"{total_of(a_stage(FOUND['a run of the schedule'])):.2f}"
    assert row_of("`SnapStart=on`")[1].startswith(f"{total_of(snapshots()):.2f}, ")


@pytest.mark.slow
def test_the_app_takes_the_recorded_amounts() -> None:
    """If this fails, ``python -m benchmarks.month record`` counts again, and the page needs the new figures."""
    month, idle = lived("nova-lite", "titan-v1", 0.1)
    assert month.used == pytest.approx(FOUND[TENTH], rel=0.02)
    assert idle.used == pytest.approx(FOUND["a run of the schedule"], rel=0.02)
