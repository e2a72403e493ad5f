"""Draws docs/architecture.svg from the imports of the code: ``python -m docs.draw_architecture``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import grimp

from docs.layered_drawing import Arrow, Box, Layers, path, reduced, width_of
from tests.architecture.every_file import add_every_file

PROJECT = Path(__file__).parents[1]
PICTURE = PROJECT / "docs" / "architecture.svg"

_PACKAGES = ("infrastructure", "chalicelib", "domain", "ports", "adapters", "fakes")
_SCRIPTS = ("app.py", "serve.py")
_COMPOSITION = "chalicelib.composition"
_MARGIN, _PADDING, _TITLE, _GAP = 20.0, 16.0, 26.0, 46.0
_STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2933; }
.title, .note { text-anchor: start; }
.title { font-weight: 600; }
.note { fill: #52606d; }
.frame { fill: #f5f7fa; stroke: #9aa5b1; }
.name { text-anchor: middle; }
.box { fill: #ffffff; stroke: #3e4c59; }
.arrow { fill: none; stroke: #627d98; stroke-width: 1.3; marker-end: url(#head); }
.between { stroke: #1f2933; stroke-width: 1.6; }"""


def read_graph() -> grimp.ImportGraph:
    graph = grimp.build_graph(*_PACKAGES, cache_dir=None)
    add_every_file(graph, _SCRIPTS.__contains__)
    return graph


def capability_rows(graph: grimp.ImportGraph) -> list[list[str]]:
    """The capabilities by layer, as the import contract in pyproject.toml orders them."""
    linter = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [contract] = [one for one in linter["contracts"] if one["type"] == "capability_layers"]
    rows = [layer.split(" | ") for layer in contract["layers"]]
    listed = {name for row in rows for name in row}
    others = sorted({name.partition(".")[2] for name in graph.find_children("domain")} - listed)
    return [[one for name in row for one in (others if name == "*" else [name])] for row in rows]


def rows_of_adapters(graph: grimp.ImportGraph, arrows: Iterable[Arrow]) -> list[list[str]]:
    """Three rows: adapters that import others, adapters that others import, and adapters without an arrow."""
    arrows = set(arrows)
    names = sorted(name.partition(".")[2] for name in graph.find_children("adapters"))
    shared = [name for name in names if any(end == name for _, end in arrows)]
    sharing = [name for name in names if any(start == name for start, _ in arrows) and name not in shared]
    return [sharing, shared, [name for name in names if name not in (*sharing, *shared)]]


def arrows_within(graph: grimp.ImportGraph, package: str) -> set[Arrow]:
    """The imports between the children of a package, without those that follow from others."""
    children = graph.find_children(package)
    return reduced(
        (one.rpartition(".")[2], other.rpartition(".")[2])
        for one in children
        for other in children - {one}
        if graph.direct_import_exists(importer=one, imported=other, as_packages=True)
    )


def arrows_between(graph: grimp.ImportGraph) -> set[Arrow]:
    """The imports between the parts of the whole, without those that follow from others.

    chalicelib is three parts: the composition, the settings (what the composition imports of it) and the edge.
    """
    below = graph.find_upstream_modules(_COMPOSITION, as_package=True)
    composition = {_COMPOSITION} | graph.find_descendants(_COMPOSITION)

    def part(module: str) -> str:
        top = module.partition(".")[0]
        if top != "chalicelib":
            return top
        return "composition" if module in composition else "settings" if module in below else "edge"

    return reduced(
        (part(importer), part(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if part(importer) != part(imported)
    )


def picture(graph: grimp.ImportGraph) -> str:
    """The whole SVG."""
    arrows = arrows_within(graph, "adapters")
    domain = Layers(capability_rows(graph), arrows_within(graph, "domain"))
    adapters = Layers(rows_of_adapters(graph, arrows), arrows)
    left, right = domain.width + 4 * _PADDING, adapters.width + 4 * _PADDING
    width = _MARGIN + left + _GAP + right + _GAP + _MARGIN
    drawing, parts = Drawing(), {}

    middle = _MARGIN + left + _GAP / 2
    edge_x = _MARGIN + left / 2
    parts["serve"] = _centred("serve.py", edge_x - 110, _MARGIN)
    parts["app"] = _centred("app.py", edge_x, _MARGIN)
    parts["infrastructure"] = _centred("infrastructure", middle + 40, _MARGIN)

    y = parts["app"].bottom[1] + _GAP
    drawing.frame(Box("chalicelib", _MARGIN, y, width - 2 * _MARGIN, 84), "the edge")
    parts["edge"] = _centred("routes, events, WebSocket", edge_x, y + 40)
    parts["composition"] = _centred("composition", middle + 40, y + 40)
    parts["settings"] = _centred("settings", width - _MARGIN - 70, y + 40)

    y += 84 + _GAP
    note = "use cases and rules, by capability"
    parts["domain"] = drawing.layers(domain, "domain", note, _MARGIN, y, left)
    x = _MARGIN + left + _GAP
    parts["adapters"] = drawing.layers(adapters, "adapters", "technology, by vendor", x, y, right)
    bottom = parts["domain"].bottom[1]
    parts["fakes"] = Box("fakes", x, bottom - 60, right - 120, 60)
    drawing.frame(parts["fakes"], "doubles in memory, for tests")

    lines = _wrapped([name.partition(".")[2] for name in sorted(graph.find_children("ports"))], width)
    y = bottom + _GAP
    parts["ports"] = Box("ports", _MARGIN, y, width - 2 * _MARGIN, _TITLE + 18 * len(lines) + _PADDING)
    drawing.frame(parts["ports"], "what the domain asks of the world")
    for number, line in enumerate(lines, start=1):
        drawing.note(line, _MARGIN + _PADDING, y + _TITLE + 18 * number - 3)

    for name in ("serve", "app", "infrastructure", "edge", "composition", "settings"):
        drawing.box(parts[name])
    around = {
        ("composition", "fakes"): _round(parts["composition"], parts["fakes"], middle),
        ("adapters", "ports"): path([(x + right - 60, parts["adapters"].bottom[1]), (x + right - 60, y)]),
        ("settings", "ports"): path(
            [
                parts["settings"].bottom,
                (width - _MARGIN - 20, parts["domain"].y),
                (width - _MARGIN - 20, parts["ports"].y),
            ]
        ),
    }
    for start, end in sorted(arrows_between(graph) & {(one, other) for one in parts for other in parts}):
        drawing.arrow(around.get((start, end)) or _straight(parts[start], parts[end]), "arrow between")
    y = parts["ports"].bottom[1] + 24
    drawing.note("An arrow is an import. One that follows from a chain of others is left out.", _MARGIN, y)
    return drawing.text(width, y + _MARGIN)


def _centred(label: str, x: float, y: float) -> Box:
    return Box(label, x - width_of(label) / 2, y, width_of(label))


def _straight(start: Box, end: Box) -> str:
    """The path of an arrow between two boxes. In one row it connects their sides. Otherwise it goes from the bottom of
    ``start`` to the top of ``end``, straight down if ``end`` is below the middle of ``start``.
    """
    if start.y == end.y:
        y = start.y + start.height / 2
        return f"M{start.x + start.width:.1f} {y:.1f} L{end.x:.1f} {y:.1f}"
    x, y = start.bottom
    top = (x, end.y) if end.x < x < end.x + end.width else end.top
    return path([(x, y), top])


def _round(start: Box, end: Box, lane: float) -> str:
    """The path of an arrow from the bottom of ``start``, down along x = ``lane``, to the left side of ``end``."""
    (x, y), side = start.bottom, end.y + end.height / 2
    return (
        f"{path([(x, y), (lane, y + 2 * _GAP)])} L{lane:.1f} {side - 10:.1f}"
        f" Q{lane:.1f} {side:.1f} {lane + 10:.1f} {side:.1f} L{end.x:.1f} {side:.1f}"
    )


def _wrapped(names: Sequence[str], width: float) -> list[str]:
    lines = [""]
    for name in names:
        longer = f"{lines[-1]} · {name}" if lines[-1] else name
        if width_of(longer) > width - 2 * _MARGIN - 2 * _PADDING:
            lines.append(name)
        else:
            lines[-1] = longer
    return lines


class Drawing:
    """Collects the elements of an SVG."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.arrows: list[str] = []
        self.boxes: list[str] = []

    def frame(self, box: Box, note: str) -> None:
        title = f'<tspan class="title">{escape(box.label)}</tspan><tspan class="note" dx="10">{escape(note)}</tspan>'
        self.frames.append(_rectangle("frame", box))
        self.frames.append(f'<text x="{box.x + _PADDING:.1f}" y="{box.y + 19:.1f}">{title}</text>')

    def box(self, box: Box) -> None:
        x, y = box.top
        self.boxes.append(_rectangle("box", box))
        self.boxes.append(
            f'<text class="name" x="{x:.1f}" y="{y + box.height / 2 + 4.5:.1f}">{escape(box.label)}</text>'
        )

    def note(self, text: str, x: float, y: float) -> None:
        self.boxes.append(f'<text class="note" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')

    def arrow(self, data: str, kind: str = "arrow") -> None:
        self.arrows.append(f'<path class="{kind}" d="{data}"/>')

    def layers(self, layers: Layers, title: str, note: str, x: float, y: float, width: float) -> Box:
        """A frame with boxes in it. Returns the frame."""
        height = layers.height + _TITLE + 2 * _PADDING
        frame = Box(title, x, y, width, height)
        self.frame(frame, note)
        for data in layers.paths(x, y + _TITLE + _PADDING, width):
            self.arrow(data)
        for box in layers.boxes(x, y + _TITLE + _PADDING, width).values():
            self.box(box)
        return frame

    def text(self, width: float, height: float) -> str:
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
            f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">',
            "<title>The architecture of Lyceum, drawn from its imports</title>",
            f"<style>\n{_STYLE}\n</style>",
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7"'
            ' orient="auto"><path d="M0 0L8 4L0 8z" fill="#3e4c59"/></marker></defs>',
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            *self.frames,
            *self.arrows,
            *self.boxes,
            "</svg>",
        ]
        return "\n".join(lines) + "\n"


def _rectangle(kind: str, box: Box) -> str:
    return (
        f'<rect class="{kind}" x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}"'
        f' height="{box.height:.1f}" rx="5"/>'
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(read_graph()), encoding="utf-8")
