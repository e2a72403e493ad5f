"""The files that grimp leaves out: scripts beside the packages, and folders without ``__init__.py``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from grimp import ImportGraph

PROJECT = Path(__file__).parents[2]


def add_every_file(graph: ImportGraph, is_wanted: Callable[[str], bool]) -> None:
    """Add each of the project's modules that the graph lacks, with its imports.

    ``is_wanted`` is asked by the name of a file or folder at the top of the project.
    """
    tops = (top for top in PROJECT.iterdir() if is_wanted(top.name))
    paths = {
        _module(path): path for top in tops for path in (top, *top.rglob("*.py")) if path.suffix == ".py"
    }
    missing = paths.keys() - graph.modules
    for module in missing:
        graph.add_module(module)
    for module in missing:
        for name, line in _imports(paths[module]):
            imported = _in_graph(graph, name)
            graph.add_import(importer=module, imported=imported, line_number=line, line_contents=name)


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """The imports of a file, anywhere in it, with their lines. Relative imports are left out, because ruff bans them."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def _in_graph(graph: ImportGraph, name: str) -> str:
    """The module of the graph that a dotted name leads to. One of another package is added to the graph."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        if module in graph.modules:
            return module
    graph.add_module(parts[0], is_squashed=True)
    return parts[0]
