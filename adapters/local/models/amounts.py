"""Wrong options for a year, a century or a number. They are near the right one, have its form, and do not reveal it."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

_WRONG = 3
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_CENTURIES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
).split()
_FACTORS = (0.25, 0.5, 0.75, 1.25, 1.5, 2.0, 3.0)


def other_years(year: int, known: Sequence[int], seed: str) -> tuple[str, ...]:
    """Three other years, or none if there are too few: years of the material that are at most 40 years away, and other
    years at most 12 years away.
    """
    near = [one for one in known if 0 < abs(one - year) <= 40]
    last = next((one for one in reversed(known) if one >= year), year)
    steps = (-11, -7, -4, -2, 3, 5, 8, 12)
    fresh = [year + step for step in steps if year + step <= max(last, year + (year < 1990) * 12)]
    pool = sorted(dict.fromkeys((*near, *fresh)), key=lambda one: crc32(f"{seed}{one}".encode()))
    return tuple(map(str, _around(year, pool, seed)))


def other_centuries(name: str) -> tuple[str, ...]:
    """Three neighbouring centuries; () if ``name`` is no century that can be read, such as "fifth"."""
    if name not in _CENTURIES:
        return ()
    at = _CENTURIES.index(name)
    pool = [one for one in range(at - 3, at + 4) if one != at and 0 <= one < len(_CENTURIES)]
    return tuple(f"the {_CENTURIES[one]} century" for one in _around(at, pool, name))


def other_amounts(written: str, *, most: int | None = None) -> tuple[str, ...]:
    """Three other numbers, in words or figures like the given one; () if it cannot be read.

    A number above 20 gets no option above ``most``.
    """
    if written.lower() in _SMALL[2:]:
        at = _SMALL.index(written.lower())
        pool = [one for one in range(2, len(_SMALL)) if one != at and abs(one - at) <= 4]
        return tuple(_SMALL[one] for one in _around(at, pool, written))
    digits = written.replace(",", "")
    if not digits.isdigit() or not 1 < int(digits) < 10**12:
        return ()
    value = int(digits)
    if value <= 20 and most is None:
        pool = [one for one in range(2, value + 8) if one != value and abs(one - value) <= 6]
    else:
        unit = 10 ** (len(digits) - len(digits.rstrip("0")))
        pool = [max(unit, round(value * factor / unit) * unit) for factor in _FACTORS]
        pool = [one for one in dict.fromkeys(pool) if one != value and one <= (most or one)]
    return tuple(
        f"{one:,}" if "," in written or (one > 9_999 and "," in written) else str(one)
        for one in _around(value, pool, written)
    )


def _around(key: int, pool: Sequence[int], seed: str) -> list[int]:
    """Three numbers of the pool, or none if it has fewer. How many of them are below the key depends on ``seed``, not
    on the key.
    """
    below = [one for one in pool if one < key]
    above = [one for one in pool if one > key]
    wanted = crc32(seed.encode()) % (_WRONG + 1)
    fewer = min(wanted, len(below))
    more = min(_WRONG - fewer, len(above))
    fewer = min(_WRONG - more, len(below))
    return [*_spread(below[::-1], fewer), *_spread(above, more)] if fewer + more == _WRONG else []


def _spread(some: Sequence[int], count: int) -> list[int]:
    return list(some[:count])
