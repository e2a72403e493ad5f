"""Quantities: the same amount in figures, in words and in other units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ports.text.quantities import Quantity, comparable, in_units_of, quantities, same_quantity


def one(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("25 cm", "25cm"),
        ("25 cm", "twenty-five centimetres"),
        ("25 cm", "0.25 m"),
        ("26", "twenty-six"),
        ("1,500 people", "1500 people"),
        ("two hundred and five", "205"),
        ("$500 million", "500 million dollars"),
        ("half of the class", "50 percent of the class"),
        ("four months", "a third of a year"),
        ("3/4", "three-quarters"),
        ("-5 °C", "−5 °C"),
        ("a million dollars", "$1,000,000"),
        ("2 hours", "120 min"),
        ("ten years", "one decade"),
        ("nine point eight one metres", "9.81 m"),
        ("nineteen oh five", "1905"),
        ("a hundred and eighty degrees", "180 degrees"),
        ("two and a half kilometres", "2500 m"),
        ("2 and a half million", "2,500,000"),
        ("half a million people", "500,000 people"),
        ("an hour and a half", "90 minutes"),
        ("half an hour", "30 min"),
        ("2 hours and 30 minutes", "two and a half hours"),
        ("nineteen sixty-nine", "1969"),
        ("1200 m", "one point two kilometres"),
        ("1013 hPa", "1.013 bar"),
        ("120 km/h", "one hundred and twenty kilometres an hour"),
        ("300,000 kilometres in one second", "300,000 km per second"),
        ("36 km/h", "ten metres per second"),
        ("9.81 m/s²", "9.81 metres per second squared"),
        ("25 cm²", "2500 square millimetres"),
        ("700 kg/m³", "0.7 grams per cubic centimetre"),
        ("2 litres", "2000 cm³"),
        ("230 V", "230 v"),
        ("180 degrees", "180 °C"),
    ],
)
def test_an_amount_is_the_same_in_every_spelling(text: str, other: str) -> None:
    assert same_quantity(one(text), one(other))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("25 cm", "25 kg"),
        ("26", "62"),
        ("$5", "€5"),
        ("40 kilograms", "400 kilograms"),
        ("30 m/s", "30 km/h"),
        ("600 m²", "600 m"),
        ("230 v", "230 kv"),
        ("180 degrees", "80 °C"),
    ],
)
def test_another_number_or_unit_is_another_amount(text: str, other: str) -> None:
    assert not same_quantity(one(text), one(other))


@pytest.mark.parametrize(
    "text",
    ["the 2nd law", "the second law", "one of them", "version 2.1.3", "1. a pointer", "nothing at all", ""],
)
def test_a_number_that_counts_nothing_is_not_a_quantity(text: str) -> None:
    assert quantities(text) == []


def test_and_joins_two_numbers_only_after_a_hundred() -> None:
    assert [found.value for found in quantities("between three and five metres")] == [3.0, 5.0]


def test_a_range_has_its_unit_twice() -> None:
    assert [(found.value, found.dimension) for found in quantities("5 to 7 km")] == [
        (5000.0, "length"),
        (7000.0, "length"),
    ]


@pytest.mark.parametrize(
    ("text", "other", "may_contradict"),
    [
        ("in 1132", "in 1232", True),
        ("in 1132", "three moons", False),
        ("two moons", "three moons", True),
        ("two moons", "three rings", False),
        ("5 kg", "7 m", False),
        ("26", "62 moons", True),
    ],
)
def test_only_amounts_of_one_kind_contradict_each_other(text: str, other: str, may_contradict: bool) -> None:
    assert comparable(one(text), one(other)) is may_contradict


@given(st.text(max_size=100))
def test_any_text_is_read_and_every_quantity_stands_in_it(text: str) -> None:
    for found in quantities(text):
        assert 0 <= found.start < found.end <= len(text)
        assert quantities(text[found.start : found.end])


@given(st.integers(0, 999_999), st.sampled_from(["m", "km", "kg", "s", "percent", "dollars"]))
def test_a_number_is_read_back(number: int, unit: str) -> None:
    assert same_quantity(one(f"about {number:,} {unit}"), one(f"{number} {unit}"))


def test_a_quantity_is_written_as_in_another_text() -> None:
    assert in_units_of("It is 25 cm long.", "A quarter of a metre, or 0.25 m, not 30 cm.") == (
        "25 cm, or 25 cm, not 30 cm."
    )
