"""Draws boxes in rows, with arrows between the rows, as SVG. The same input gives the same drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import fmean

BOX_HEIGHT = 30
ROW_GAP = 44
_COLUMN_GAP = 14
_LANE_WIDTH = 10
_SWEEPS = 8

Arrow = tuple[str, str]
Point = tuple[float, float]
Lane = tuple[str, int]
"""A free place in a row through which the arrows to a box in a lower row pass. It has the box and the number of the
row.
"""
Spot = str | Lane


@dataclass(frozen=True, slots=True)
class Box:
    label: str
    x: float
    y: float
    width: float
    height: float = BOX_HEIGHT

    @property
    def top(self) -> Point:
        return self.x + self.width / 2, self.y

    @property
    def bottom(self) -> Point:
        return self.x + self.width / 2, self.y + self.height


def reduced(arrows: Iterable[Arrow]) -> set[Arrow]:
    """The arrows without those whose start and end are also connected by a chain of other arrows."""
    arrows = set(arrows)
    below: dict[str, set[str]] = {}
    for start, end in arrows:
        below.setdefault(start, set()).add(end)

    def reached(start: str) -> set[str]:
        found, left = {start}, [start]
        while left:
            further = below.get(left.pop(), set()) - found
            found |= further
            left += further
        return found

    return {
        (start, end)
        for start, end in arrows
        if not any(end in reached(other) for other in below[start] - {end})
    }


def width_of(label: str) -> float:
    return max(84.0, 7.4 * len(label) + 28)


class Layers:
    """Boxes in ``rows``, from the top, and ``arrows``, each from a box to one in a lower row."""

    def __init__(self, rows: Sequence[Sequence[str]], arrows: Iterable[Arrow]) -> None:
        self._row_of = {name: number for number, row in enumerate(rows) for name in row}
        self.arrows = sorted(arrows)
        self._rows: list[list[Spot]] = [sorted(row) for row in rows]
        for start, end in self.arrows:
            for number in range(self._row_of[start] + 1, self._row_of[end]):
                if (end, number) not in self._rows[number]:
                    self._rows[number].append((end, number))
        self._order()

    @property
    def width(self) -> float:
        return max(map(_width, self._rows))

    @property
    def height(self) -> float:
        return len(self._rows) * (BOX_HEIGHT + ROW_GAP) - ROW_GAP

    def boxes(self, x: float, y: float, width: float) -> dict[str, Box]:
        """The boxes by name, each row centred within ``width``."""
        return {
            spot: Box(spot, x + left, y + number * (BOX_HEIGHT + ROW_GAP), _spot_width(spot))
            for number, row in enumerate(self._rows)
            for spot, left in _lefts(row, width).items()
            if isinstance(spot, str)
        }

    def paths(self, x: float, y: float, width: float) -> list[str]:
        """The arrows, as data of SVG paths."""
        boxes = self.boxes(x, y, width)
        lefts = [_lefts(row, width) for row in self._rows]
        paths = []
        for start, end in self.arrows:
            points = [boxes[start].bottom]
            for number in range(self._row_of[start] + 1, self._row_of[end]):
                middle = x + lefts[number][end, number] + _LANE_WIDTH / 2
                top = y + number * (BOX_HEIGHT + ROW_GAP)
                points += [(middle, top), (middle, top + BOX_HEIGHT)]
            paths.append(path([*points, boxes[end].top]))
        return paths

    def _order(self) -> None:
        """Order the places of each row so that few arrows cross.

        Each row is sorted by the mean place of what it is connected to in the row above, then in the row below, several
        times. The order with the fewest crossings is kept.
        """
        best, fewest = list(self._rows), self._crossings()
        for sweep in range(_SWEEPS):
            numbers = range(len(self._rows)) if sweep % 2 == 0 else reversed(range(len(self._rows)))
            for number in numbers:
                beside = self._steps(number - 1) if sweep % 2 == 0 else self._steps(number)
                self._rows[number] = self._sorted(number, beside)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = list(self._rows), crossings
        self._rows = best

    def _sorted(self, number: int, steps: Iterable[tuple[Spot, Spot]]) -> list[Spot]:
        row = self._rows[number]
        centres = self._centres()
        neighbours: dict[Spot, list[float]] = {spot: [] for spot in row}
        for upper, lower in steps:
            if lower in neighbours:
                neighbours[lower].append(centres[upper])
            if upper in neighbours:
                neighbours[upper].append(centres[lower])
        return sorted(row, key=lambda spot: fmean(neighbours[spot] or [centres[spot]]))

    def _centres(self) -> dict[Spot, float]:
        width = self.width
        return {
            spot: left + _spot_width(spot) / 2
            for row in self._rows
            for spot, left in _lefts(row, width).items()
        }

    def _steps(self, number: int) -> set[tuple[Spot, Spot]]:
        """The parts of arrows from the row ``number`` to the next row: each as its upper and its lower place."""
        steps: set[tuple[Spot, Spot]] = set()
        for start, end in self.arrows:
            first, last = self._row_of[start], self._row_of[end]
            if first <= number < last:
                upper: Spot = start if number == first else (end, number)
                lower: Spot = end if number + 1 == last else (end, number + 1)
                steps.add((upper, lower))
        return steps

    def _crossings(self) -> int:
        centres = self._centres()
        return sum(
            (centres[one[0]] - centres[other[0]]) * (centres[one[1]] - centres[other[1]]) < 0
            for number in range(len(self._rows) - 1)
            for one, other in combinations(self._steps(number), 2)
        )


def _spot_width(spot: Spot) -> float:
    return width_of(spot) if isinstance(spot, str) else _LANE_WIDTH


def _width(row: Sequence[Spot]) -> float:
    return sum(map(_spot_width, row)) + _COLUMN_GAP * (len(row) - 1)


def _lefts(row: Sequence[Spot], width: float) -> Mapping[Spot, float]:
    """The left edge of each spot, if the row is spread over ``width``."""
    gap = (width - sum(map(_spot_width, row))) / (len(row) + 1)
    lefts, left = {}, gap
    for spot in row:
        lefts[spot] = left
        left += _spot_width(spot) + gap
    return lefts


def path(points: Sequence[Point]) -> str:
    """A curve through the points. It is vertical at each of them."""
    data = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (y1 + y2) / 2
        data.append(f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}")
    return " ".join(data)
