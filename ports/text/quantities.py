"""Finds and compares quantities in a text: numbers in figures and English words, with their units.

``25 cm``, ``25cm``, ``twenty-five centimetres`` and ``0.25 m`` are the same length; ``17 percent`` and ``one-sixth``
are nearly the same ratio. A year is a number without a unit. A word that is no known unit is the thing that is counted:
``three moons``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ports.text.regexes import regex

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_LARGE = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "dozen": 12.0,
    "k": 1e3,
    "mn": 1e6,
    "bn": 1e9,
}
_PARTS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
    "hundredth": 100,
    "thousandth": 1000,
}

_MORE = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "quarters": 3 / 4}
"""Phrases that add to a whole number: two *and a half*."""

_UNIT_TABLE = (
    ("length", 1e-9, "nm nanometre nanometer"),
    ("length", 1e-6, "µm micrometre micrometer micron"),
    ("length", 1e-3, "mm millimetre millimeter"),
    ("length", 1e-2, "cm centimetre centimeter"),
    ("length", 1.0, "m metre meter"),
    ("length", 1e3, "km kilometre kilometer"),
    ("length", 0.0254, "inch"),
    ("length", 0.3048, "ft foot feet"),
    ("length", 1609.344, "mile"),
    ("mass", 1e-6, "mg milligram"),
    ("mass", 1e-3, "g gram"),
    ("mass", 1.0, "kg kilogram kilo"),
    ("mass", 1e3, "t ton tonne"),
    ("mass", 0.45359237, "lb lbs pound"),
    ("time", 1e-3, "ms millisecond"),
    ("time", 1.0, "s sec second"),
    ("time", 60.0, "min minute"),
    ("time", 3600.0, "h hr hour"),
    ("time", 86400.0, "day"),
    ("time", 604800.0, "week"),
    ("time", 2629800.0, "month"),
    ("time", 31557600.0, "year yr"),
    ("time", 315576000.0, "decade"),
    ("time", 3155760000.0, "century centurie"),
    ("force", 1.0, "N newton"),
    ("force", 1e3, "kN kilonewton"),
    ("energy", 1.0, "J joule"),
    ("energy", 1e3, "kJ kilojoule"),
    ("energy", 3.6e6, "kWh"),
    ("energy", 4.184, "cal calorie"),
    ("energy", 4184.0, "kcal kilocalorie"),
    ("energy", 1.602176634e-19, "eV"),
    ("power", 1.0, "W watt"),
    ("power", 1e3, "kW kilowatt"),
    ("power", 1e6, "MW megawatt"),
    ("voltage", 1.0, "V volt"),
    ("voltage", 1e-3, "mV millivolt"),
    ("voltage", 1e3, "kV kilovolt"),
    ("current", 1.0, "A amp ampere"),
    ("current", 1e-3, "mA milliampere"),
    ("frequency", 1.0, "Hz hertz"),
    ("frequency", 1e3, "kHz kilohertz"),
    ("frequency", 1e6, "MHz megahertz"),
    ("frequency", 1e9, "GHz gigahertz"),
    ("pressure", 1.0, "Pa pascal"),
    ("pressure", 1e3, "kPa kilopascal"),
    ("pressure", 1e5, "bar"),
    ("pressure", 101325.0, "atm atmosphere"),
    ("volume", 1e-3, "ml mL millilitre milliliter"),
    ("volume", 1.0, "l L litre liter"),
    ("amount", 1.0, "mol mole"),
    ("angle", 1.0, "° deg degree"),
    ("celsius", 1.0, "°C"),
    ("ratio", 0.01, "% percent percentage"),
    ("dollar", 1.0, "$ dollar"),
    ("euro", 1.0, "€ euro"),
    ("sterling", 1.0, "£"),
)
"""The dimension, the size in the dimension's base unit (SI brochure, 9th edition), and the names of the unit."""
_UNITS = {name: (dimension, size) for dimension, size, names in _UNIT_TABLE for name in names.split()}

_WORD_NUMBER = "|".join(
    sorted([*_SMALL, "hundred", "thousand", "million", "billion", "trillion", "dozen"], key=len, reverse=True)
)
_PART_WORDS = "|".join(sorted(_PARTS, key=len, reverse=True))
_NUMBER = regex(
    rf"""
    (?P<currency>[$€£])?\s?
    (?:
      (?<![\w.])(?P<sign>[-−])?(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f ]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)(?!\.?\d)(?:/(?P<under>\d+))?
      (?P<ordinal>(?:st|nd|rd|th)\b)?
      |
      \b(?P<words>(?:an?\s(?=hundred|thousand|million|billion|trillion|dozen))?(?:{_WORD_NUMBER})(?:(?:[-\s]|\sand\s|\soh\s)(?:{_WORD_NUMBER}))*)\b
      (?:\spoint(?P<decimals>(?:\s(?:{"|".join(_ONES[:10])})\b)+))?
      |
      \b(?P<article>an?|one)(?=[-\s](?:{_PART_WORDS}|hundred|thousand|million|billion|trillion|dozen)\b)
      |
      \b(?P<half>half)\b
    )
    (?:[-\s](?P<part>{_PART_WORDS})s?\b(?!\slaw))?
    (?:\sand\s(?P<more>a\shalf|a\sthird|a\squarter|three\squarters)\b)?
    (?:\s?(?P<large>hundred|thousand|million|billion|trillion|dozen|bn|mn|k)\b)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = regex(
    r"(?:\sof\san?\s|[-\s])?(%|°\s?[CF]?|deg(?:rees?)?\s(?:celsius|centigrade|fahrenheit)\b|[$€£]|[A-Za-zµ]+)",
    re.IGNORECASE,
)
_FAHRENHEIT = regex(r"°\s?f|deg(?:rees?)?\sfahrenheit", re.IGNORECASE)
_CELSIUS = regex(r"deg(?:rees?)?\s(?:celsius|centigrade)", re.IGNORECASE)
_NO_THING = frozenset(
    "a an the of to and or in on at by for from with is are was were be than as that which who it its them they"
    " if so but not times more less per up out into about after before when while".split()
)
"""Words that may follow a number but are not what it counts."""
_RANGE = regex(r"\s?(?:to|or|and|[-–])\s?")
_LIST_NUMBER = regex(r"[.)]\s?[a-z]")
"""Text that follows the number of a list item: 1. a pointer …"""
_EXPONENT = regex(r"\s?[²³]|\^?[23]\b|/\s?[A-Za-z]+[²³23]?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something. ``value`` is in the dimension's base unit: metres, kilograms, seconds, ratio …"""

    value: float
    dimension: str
    """The kind of measured quantity, or ``ratio``; "" for a bare number or a count."""
    counted: str
    """The word after a count, in lower case, without a plural s; "" if there is none."""
    start: int
    end: int
    """``start`` and ``end`` are the place of the number and its unit in the text, in code points."""
    number: float = 0.0
    """The number as it is written, before its unit is converted."""
    number_end: int = 0
    """The end of the number in the text, without its unit."""


def quantities(text: str) -> list[Quantity]:
    """The quantities in the text, in order. Ordinals (2nd, third) are left out."""
    found = list(_found(text))
    for at in range(len(found) - 2, -1, -1):  # 5 to 7 N: the first number has the unit of the second
        one, following = found[at], found[at + 1]
        if not one.dimension and not one.counted and _RANGE.fullmatch(text, one.end, following.start):
            size = _size_of_unit(text, following)
            found[at] = replace(
                one, value=one.value * size, dimension=following.dimension, counted=following.counted
            )
    return found


def same_quantity(one: Quantity, other: Quantity, *, tolerance: float = 1e-6) -> bool:
    """Whether both are the same amount of the same kind, within a relative ``tolerance``."""
    if one.dimension != other.dimension:
        return False
    return abs(one.value - other.value) <= tolerance * max(abs(one.value), abs(other.value))


def in_units_of(model: str, text: str) -> str:
    """``text`` with its quantities written as in ``model``, if both texts have the same quantity: *0.25 m* becomes *25
    cm*.
    """
    given = quantities(model)
    for said in reversed(quantities(text)):
        same = next((one for one in given if same_quantity(one, said, tolerance=1e-3)), None)
        if same is not None:
            text = f"{text[: said.start]}{model[same.start : same.end]}{text[said.end :]}"
    return text


def comparable(one: Quantity, other: Quantity) -> bool:
    """Whether both measure the same kind of thing, so that different values contradict each other."""
    if one.dimension or other.dimension:
        return one.dimension == other.dimension
    if one.counted and other.counted:
        return one.counted == other.counted
    return _is_year(one.value) == _is_year(other.value)


def _is_year(value: float) -> bool:
    return value == int(value) and 1000 <= value <= 2100


def _found(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None:
            continue
        number = value
        part, end = match["part"], match.end()
        dimension, counted = "", ""
        if part or match["half"] or match["under"]:
            dimension = "ratio"
        if match["currency"]:
            dimension = _UNITS[match["currency"]][0]
        unit = _UNIT.match(text, end)
        if unit and not match["currency"]:
            named = _unit_of(unit[1])
            if named is not None:
                dimension, size = named
                value *= size
                end = unit.end()
                power = _EXPONENT.match(text, end)
                if power:
                    dimension, end = dimension + power[0].strip(), power.end()
            elif not dimension and unit[1].lower() not in _NO_THING:
                counted = unit[1].lower().removesuffix("s")
            if _FAHRENHEIT.fullmatch(unit[1]):
                value = (value - 32) / 1.8
        start = match.start() + (len(match[0]) - len(match[0].lstrip()))
        yield Quantity(value, dimension, counted, start, end, number, match.end())


def _size_of_unit(text: str, quantity: Quantity) -> float:
    """The size of the quantity's unit in base units."""
    written = _NUMBER.match(text, quantity.start)
    value = None if written is None else _value(written)
    return quantity.value / value if value else 1.0


def _value(match: re.Match[str]) -> float | None:
    if match["ordinal"] or _LIST_NUMBER.match(match.string, match.end()):
        return None
    if match["digits"]:
        value = float(re.sub(r"[,\s]", "", match["digits"]))
        if match["under"]:
            if float(match["under"]) == 0:
                return None
            value /= float(match["under"])
        if match["sign"] and not match["under"]:
            value = -value
    elif match["words"]:
        words = re.split(r"[-\s]+", match["words"].lower())
        value = _spelled(words)
        if match["decimals"]:
            digits = (str(_SMALL[digit]) for digit in match["decimals"].lower().split())
            return float(f"{value:.0f}.{''.join(digits)}")
        if words == ["one"] and match["part"] is None and match["large"] is None:
            unit = _UNIT.match(match.string, match.end())
            if unit is None or _unit_of(unit[1]) is None:
                return None  # "one" is more often a pronoun than a number
    elif match["half"]:
        return 0.5
    else:
        value = 1.0
    if match["part"]:
        value /= _PARTS[match["part"].lower()]
    if match["more"] and not match["part"]:
        value += _MORE[match["more"].lower().split()[-1]]
    if match["large"]:
        value *= _LARGE[match["large"].lower()]
    return value


def _spelled(words: list[str]) -> float:
    """The number that number words express: two hundred and five thousand is 205,000."""
    total = current = 0.0
    for word in words:
        if word in ("and", "a", "an"):
            continue
        if word == "oh":  # nineteen oh five
            current *= 100
            continue
        if word in _SMALL:
            is_year = 10 <= current < 100 and _SMALL[word] >= 10  # fourteen ninety-two
            current = (current * 100 if is_year else current) + _SMALL[word]
        elif word == "hundred":
            current = (current or 1) * 100
        else:
            total += (current or 1) * _LARGE[word]
            current = 0.0
    return total + current


def _unit_of(word: str) -> tuple[str, float] | None:
    """The dimension and size of a unit; None for another word. Symbols must have the right letter case; names may have
    any case and a plural s.
    """
    if _CELSIUS.fullmatch(word) or _FAHRENHEIT.fullmatch(word):
        return _UNITS["°C"]
    word = word.replace(" ", "")
    if word in _UNITS:
        return _UNITS[word]
    folded = word.lower()
    if len(folded) <= 2 and not folded.startswith("°"):
        return None
    return _UNITS.get(folded) or _UNITS.get(folded.removesuffix("s")) or _UNITS.get(folded.removesuffix("es"))
