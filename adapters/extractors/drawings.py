"""The drawings of slides and sheets as text: boxes with text, diagrams and charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.extractors.blocks import Block, TableBuilder, paragraph
from adapters.extractors.budget import Budget
from adapters.extractors.package import children_of, local, under

_MOST_POINTS = 10_000


def words_of(element: Any) -> str:
    """The text of a paragraph, with its line breaks and tabs."""
    words: list[str] = []
    for child in element.iter():
        name = local(child)
        if name == "t":
            words.append(str(child.text or ""))
        elif name == "br":
            words.append("\n")
        elif name == "tab":
            words.append("\t")
    return paragraph("".join(words))


def diagram(root: Any) -> Iterator[Block]:
    """The text of each element of a diagram."""
    for element in () if root is None else root.iter():
        if local(element) == "p":
            yield Block(words_of(element), is_item=True)


def chart(root: Any, budget: Budget) -> Iterator[Block]:
    """The titles of a chart and its values. The values are a table: a row for each category, a column for each series."""
    if root is None:
        return
    for element in root.iter():
        if local(element) == "rich":
            yield Block(words_of(element))
    series = [element for element in root.iter() if local(element) == "ser"]
    names = [_first(_points(under(each, "tx"))) for each in series]
    columns = [_points(under(each, "val")) or _points(under(each, "yVal")) for each in series]
    categories: dict[int, str] = {}
    for each in series:
        categories = _points(under(each, "cat")) or _points(under(each, "xVal")) or categories
    rows = TableBuilder(budget)
    rows.row(["", *names])
    for place in sorted(set().union(*columns)):
        rows.row([categories.get(place, ""), *(values.get(place, "") for values in columns)])
    yield from rows.blocks()


def _points(element: Any) -> dict[int, str]:
    """The values that the program stored with the chart, by their index."""
    points: dict[int, str] = {}
    for each in () if element is None else element.iter():
        if local(each) == "pt" and len(points) < _MOST_POINTS:
            place = str(each.get("idx") or "")
            value = under(each, "v")
            if place.isdecimal() and len(place) < 8 and value is not None:
                points[int(place)] = _figure(paragraph(str(value.text or "")))
    return points


def _first(points: dict[int, str]) -> str:
    return next(iter(points.values()), "")


def _figure(value: str) -> str:
    """The number with at most 15 digits. Programs store the rounding error of their arithmetic: 0.30000000000000004
    becomes 0.3.
    """
    try:
        return f"{float(value):.15g}"
    except ValueError:
        return value


def boxes(root: Any) -> Iterator[Block]:
    """The paragraphs of all text boxes in a sheet's drawing."""
    for element in () if root is None else root.iter():
        if local(element) == "txBody":
            yield from (Block(words_of(each), is_item=True) for each in children_of(element, "p"))
