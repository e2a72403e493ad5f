"""docs/architecture.svg shows the imports of the code as it is."""

from __future__ import annotations

import re
from itertools import pairwise

import grimp
import pytest

from docs.draw_architecture import PICTURE, arrows_within, capability_rows, picture, read_graph
from docs.layered_drawing import Layers, reduced


@pytest.fixture
def graph() -> grimp.ImportGraph:
    return read_graph()


def test_the_picture_is_drawn_from_todays_imports(graph: grimp.ImportGraph) -> None:
    assert picture(graph) == PICTURE.read_text(encoding="utf-8"), "run `make docs`"


def test_a_new_import_adds_an_arrow(graph: grimp.ImportGraph) -> None:
    arrows = picture(graph).count('class="arrow"')
    graph.add_import(importer="domain.health.health", imported="domain.text.links")
    assert picture(graph).count('class="arrow"') == arrows + 1


def test_a_new_capability_adds_a_box(graph: grimp.ImportGraph) -> None:
    graph.add_module("domain.bookmarks")
    assert any("bookmarks" in row and "quizzes" in row for row in capability_rows(graph))
    assert ">bookmarks</text>" in picture(graph)


def test_every_capability_has_a_box_and_every_arrow_leads_down(graph: grimp.ImportGraph) -> None:
    rows = capability_rows(graph)
    place = {name: number for number, row in enumerate(rows) for name in row}
    assert {f"domain.{name}" for name in place} == graph.find_children("domain")
    assert all(place[start] < place[end] for start, end in arrows_within(graph, "domain"))


def test_an_arrow_that_follows_from_others_is_left_out() -> None:
    chain = {("a", "b"), ("b", "c"), ("c", "d")}
    assert reduced(chain | {("a", "c"), ("a", "d"), ("b", "d")}) == chain
    assert reduced({("a", "b"), ("b", "a")}) == {("a", "b"), ("b", "a")}


def test_boxes_of_a_row_do_not_overlap_and_lines_pass_beside_them() -> None:
    layers = Layers(
        [["a", "b"], ["c", "d", "e"], ["f"]], [("a", "c"), ("a", "f"), ("b", "f"), ("b", "d"), ("e", "f")]
    )
    boxes = layers.boxes(0, 0, layers.width + 60)
    row = sorted((boxes[name] for name in "cde"), key=lambda box: box.x)
    assert all(left.x + left.width < right.x for left, right in pairwise(row))
    paths = layers.paths(0, 0, layers.width + 60)
    assert len(paths) == 5
    through = {
        float(x) for path in paths for x, y in re.findall(r"([\d.]+) ([\d.]+)", path) if float(y) == row[0].y
    }
    lanes = through - {round(box.top[0], 1) for box in row}
    assert len(lanes) == 1
    assert not any(box.x <= lane <= box.x + box.width for lane in lanes for box in row)
