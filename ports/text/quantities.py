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

_PREFIXES = (
    (1e-9, "n", "nano"),
    (1e-6, "µ", "micro"),
    (1e-3, "m", "milli"),
    (1e-2, "c", "centi"),
    (1e-1, "d", "deci"),
    (1e2, "h", "hecto"),
    (1e3, "k", "kilo"),
    (1e6, "M", "mega"),
    (1e9, "G", "giga"),
)
"""The size, the symbol and the name of each prefix (SI brochure, 9th edition)."""
_PREFIXED_TABLE = (
    ("length", 1.0, "m", "metre meter"),
    ("mass", 1e-3, "g", "gram gramme"),
    ("time", 1.0, "s", "second"),
    ("force", 1.0, "N", "newton"),
    ("energy", 1.0, "J", "joule"),
    ("power", 1.0, "W", "watt"),
    ("voltage", 1.0, "V", "volt"),
    ("current", 1.0, "A", "ampere amp"),
    ("frequency", 1.0, "Hz", "hertz"),
    ("pressure", 1.0, "Pa", "pascal"),
    ("volume", 1.0, "l", "litre liter"),
    ("volume", 1.0, "L", ""),
)
"""The units that take prefixes: the dimension, the size in the base unit, the symbol, and the names."""
_UNIT_TABLE = (
    ("length", 1e-6, "micron"),
    ("length", 0.0254, "inch"),
    ("length", 0.3048, "ft foot feet"),
    ("length", 0.9144, "yard"),
    ("length", 1609.344, "mile"),
    ("length²", 1e4, "hectare"),
    ("mass", 1.0, "kilo"),
    ("mass", 1e3, "t ton tonne"),
    ("mass", 0.45359237, "lb lbs pound"),
    ("mass", 0.028349523125, "oz ounce"),
    ("time", 1.0, "sec"),
    ("time", 60.0, "min minute"),
    ("time", 3600.0, "h hr hour"),
    ("time", 86400.0, "day"),
    ("time", 604800.0, "week"),
    ("time", 1209600.0, "fortnight"),
    ("time", 2629800.0, "month"),
    ("time", 31557600.0, "year yr"),
    ("time", 315576000.0, "decade"),
    ("time", 3155760000.0, "century centurie"),
    ("time", 31557600000.0, "millennium millennia"),
    ("length/time", 1 / 3.6, "kph kmh"),
    ("length/time", 0.44704, "mph"),
    ("energy", 3.6e6, "kWh"),
    ("energy", 4.184, "cal calorie"),
    ("energy", 4184.0, "kcal kilocalorie"),
    ("energy", 1.602176634e-19, "eV"),
    ("pressure", 1e5, "bar"),
    ("pressure", 101325.0, "atm atmosphere"),
    ("amount", 1.0, "mol mole"),
    ("angle", 1.0, "° deg degree"),
    ("celsius", 1.0, "°C"),
    ("ratio", 0.01, "% percent percentage"),
    ("dollar", 1.0, "$ dollar"),
    ("euro", 1.0, "€ euro"),
    ("sterling", 1.0, "£"),
)
"""The dimension, the size in the dimension's base unit, and the names of the units that take no prefix."""
_UNITS = {
    prefix + name: (dimension, times * size)
    for dimension, size, symbol, names in _PREFIXED_TABLE
    for times, short, long in ((1.0, "", ""), *_PREFIXES)
    for prefix, name in ((short, symbol), *((long, name) for name in names.split()))
} | {name: (dimension, size) for dimension, size, names in _UNIT_TABLE for name in names.split()}

_IN_SMALL_LETTERS = {
    (short + symbol).lower(): (dimension, times * size)
    for times, short, _ in ((1.0, "", ""), *_PREFIXES)
    for dimension, size, symbol, _ in _PREFIXED_TABLE
    if symbol[:1].isupper() and symbol != "L" and (short, symbol) not in (("", "A"), ("M", "A"), ("M", "V"))
} | {"kwh": _UNITS["kWh"], "ev": _UNITS["eV"]}
"""Symbols with a capital, in a text without capitals. Of *mW* and *MW* the larger is meant, of *mA* and *MA* the smaller.
*A* is an article."""

_WORD_NUMBER = "|".join(
    sorted([*_SMALL, "hundred", "thousand", "million", "billion", "trillion", "dozen"], key=len, reverse=True)
)
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion)|(?<=trillion))\sand\s"
"""Where *and* joins two words of one number: *a hundred and five*, but not *between three and five*."""
_PART_WORDS = "|".join(sorted(_PARTS, key=len, reverse=True))
_NUMBER = regex(
    rf"""
    (?P<currency>[$€£])?\s?
    (?:
      (?<![\w.])(?P<sign>[-−])?(?P<digits>\d{{1,3}}(?:[,\u00a0\u202f ]\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?)(?!\.?\d)(?:/(?P<under>\d+))?
      (?P<ordinal>(?:st|nd|rd|th)\b)?
      |
      \b(?P<words>(?:an?\s(?=hundred|thousand|million|billion|trillion|dozen))?(?:{_WORD_NUMBER})(?:(?:[-\s]|{_AND}|\soh\s)(?:{_WORD_NUMBER}))*)\b
      (?:\spoint(?P<decimals>(?:\s(?:{"|".join(_ONES[:10])})\b)+))?
      |
      \b(?P<article>an?|one)(?=[-\s](?:{_PART_WORDS}|hundred|thousand|million|billion|trillion|dozen)\b)
      |
      \b(?P<single>an?)(?=\s[a-z]+\sand\s(?:a\shalf|a\sthird|a\squarter|three\squarters)\b)
      |
      \b(?P<half>half)\b
    )
    (?:[-\s](?P<part>{_PART_WORDS})s?\b(?!\slaw))?
    (?:\sand\s(?P<more>a\shalf|a\sthird|a\squarter|three\squarters)\b)?
    (?:(?:(?<=half)\sa\s|\s?)(?P<large>hundred|thousand|million|billion|trillion|dozen|bn|mn|k)\b)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = regex(
    r"(?:\sof\san?\s|[-\s])?(%|°\s?[CF]?|deg(?:rees?)?\s(?:celsius|centigrade|fahrenheit)\b|[$€£]|[A-Za-zµ]+)",
    re.IGNORECASE,
)
_UNIT_OF_PART = regex(r"\san?(?=\s)", re.IGNORECASE)
"""What may stand between a half and its unit: half *an* hour."""
_AFTER_UNIT = regex(r"\sand\s(?P<more>a\shalf|a\sthird|a\squarter|three\squarters)\b", re.IGNORECASE)
_PER = regex(
    r"(?:\s?/\s?|\s(?:per|an?|each|every|in\s(?:an?|one))\s)(?P<shape>square\s|cubic\s)?(?P<by>[A-Za-zµ]+?)"
    r"(?:(?P<power>[²³]|\^?[23]\b|\s(?:squared|cubed)\b))?(?![A-Za-zµ²³])",
    re.IGNORECASE,
)
"""The unit by which another one is divided: km/h, kilometres *per* hour, kilometres *an* hour."""
_OF_TIME = ("a", "an", "each", "every", "in")
_SHAPE = regex(r"\s(square|cubic)(?=\s)", re.IGNORECASE)
_POWER = regex(r"(?:\s?(?=[²³])|\^?(?=[23]\b)|\s(?=[sc]))([²³23]|squared\b|cubed\b)", re.IGNORECASE)
_POWERS = {"1": 1, "²": 2, "2": 2, "square": 2, "squared": 2, "³": 3, "3": 3, "cubic": 3, "cubed": 3}
_SUM = regex(r"\s?|\sand\s", re.IGNORECASE)
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
_PER_ANOTHER = regex(r"/\s?[A-Za-z]+[²³23]?")


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
    for at in range(len(found) - 2, -1, -1):  # 1 hour 30 minutes
        one, following = found[at], found[at + 1]
        size = one.value / one.number if one.number else 0.0
        if (
            one.dimension == following.dimension == "time"
            and following.value < size
            and _SUM.fullmatch(text, one.end, following.start)
        ):
            total = one.value + following.value
            found[at : at + 2] = [
                replace(one, value=total, end=following.end, number=total / size, number_end=following.end)
            ]
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
    if {one.dimension, other.dimension} == {
        "angle",
        "celsius",
    }:  # degrees of the scale that the other one names
        return one.number == other.number
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
        return one.dimension == other.dimension or {one.dimension, other.dimension} == {"angle", "celsius"}
    if one.counted and other.counted:
        return one.counted == other.counted
    return _is_year(one.value) == _is_year(other.value)


def _is_year(value: float) -> bool:
    return value == int(value) and 1000 <= value <= 2100


def _found(text: str) -> Iterator[Quantity]:
    taken = 0
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None or match.start() < taken:
            continue
        number = value
        part, end = match["part"], match.end()
        dimension, counted = "", ""
        if (part or match["half"] or match["under"]) and not match["large"]:
            dimension = "ratio"
        if match["currency"]:
            dimension = _UNITS[match["currency"]][0]
        number_end = end
        article = _UNIT_OF_PART.match(text, end) if match["half"] else None
        shape = _SHAPE.match(text, end)
        unit = _UNIT.match(text, (article or shape or match).end())
        if shape and (unit is None or _unit_of(unit[1]) is None):
            shape, unit = None, _UNIT.match(text, end)  # two square tables
        if match["single"] and (unit is None or _unit_of(unit[1]) is None):
            continue
        if unit and not match["currency"]:
            named = _unit_of(unit[1])
            if named is not None:
                dimension, size = named
                end = unit.end()
                more = _AFTER_UNIT.match(text, end)
                if more:
                    number = value = value + _MORE[more["more"].lower().split()[-1]]
                    end = number_end = more.end()
                power = _POWER.match(text, end)
                raised = shape or power
                if raised is not None:
                    dimension, size = _raised(dimension, size, _POWERS[raised[1].lower()])
                    end = power.end() if power else end
                value *= size
                divided = _rate(text, end, dimension)
                power = _PER_ANOTHER.match(text, end)
                if divided is not None:
                    dimension, size, end = divided
                    value /= size
                elif power:
                    dimension, end = dimension + power[0].strip(), power.end()
            elif not dimension and unit[1].lower() not in _NO_THING:
                counted = unit[1].lower().removesuffix("s")
            if _FAHRENHEIT.fullmatch(unit[1]):
                value = (value - 32) / 1.8
        start = match.start() + (len(match[0]) - len(match[0].lstrip()))
        taken = end
        yield Quantity(value, dimension, counted, start, end, number, number_end)


def _rate(text: str, at: int, dimension: str) -> tuple[str, float, int] | None:
    """The dimension of the rate, the size of the unit by which the one that ends at ``at`` is divided, and the end of
    both; None if no known unit follows. After *a* or *in* only a time does: five metres *a second*.
    """
    per = _PER.match(text, at)
    by = None if per is None else _unit_of(per["by"])
    if per is None or by is None:
        return None
    if text[at : per.end()].split()[0].lower() in _OF_TIME and by[0] != "time":
        return None
    exponent = _POWERS[(per["shape"] or per["power"] or "1").strip(" ^").lower()]
    below, size = _raised(*by, exponent)
    return f"{dimension}/{below}", size, per.end()


def _raised(dimension: str, size: float, exponent: int) -> tuple[str, float]:
    """The dimension and the size of a unit to the power of 1, 2 or 3. A cubic metre is 1000 litres."""
    if dimension == "length" and exponent == 3:
        return "volume", 1e3 * size**3
    return dimension + ("", "²", "³")[exponent - 1], size**exponent


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
        value = 0.5
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
    if word in _IN_SMALL_LETTERS:
        return _IN_SMALL_LETTERS[word]
    if len(folded) <= 2 and not folded.startswith("°"):
        return None
    return _UNITS.get(folded) or _UNITS.get(folded.removesuffix("s")) or _UNITS.get(folded.removesuffix("es"))
