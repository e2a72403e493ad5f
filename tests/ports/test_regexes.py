"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import ast
import pickle
import pkgutil
import re
from collections.abc import Iterator
from copy import copy, deepcopy
from importlib import import_module
from pathlib import Path

import pytest

import domain
import ports
from ports.text.regexes import compile_all, regex

SOURCES = [path for package in (domain, ports) for path in sorted(Path(package.__path__[0]).rglob("*.py"))]


def compiled_on_import(tree: ast.AST) -> Iterator[int]:
    """The lines of the calls of ``re.compile`` outside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "re.compile":
            yield node.lineno
        yield from compiled_on_import(node)


def test_an_expression_is_compiled_on_its_first_use() -> None:
    wrong = regex("(")  # no error yet
    with pytest.raises(re.error):
        wrong.search("")


def test_all_expressions_can_be_compiled_at_once() -> None:
    regex("(")
    with pytest.raises(re.error):
        compile_all()


def test_it_has_what_a_compiled_pattern_has() -> None:
    words = regex(r"(?P<word>\w+)", re.IGNORECASE)
    assert [found["word"] for found in words.finditer("one two")] == ["one", "two"]
    assert words.sub("x", "one two") == "x x"
    assert words.pattern == r"(?P<word>\w+)"
    assert words.flags & re.IGNORECASE


def test_it_can_be_copied_and_pickled_like_a_compiled_pattern() -> None:
    words = regex("one", re.IGNORECASE)
    for same in (copy(words), deepcopy(words), pickle.loads(pickle.dumps(words))):  # noqa: S301
        assert same.findall("One two") == ["One"]
    assert words.search("ONE")
    assert pickle.loads(pickle.dumps(words)).flags == words.flags  # noqa: S301  # it is compiled now


def test_each_expression_of_the_core_compiles() -> None:
    for package in (domain, ports):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(found.name)
    compile_all()


def test_the_core_compiles_no_expression_when_it_is_imported() -> None:
    """It takes most of the import time of such modules, and a request uses only a few of their expressions."""
    found = {
        str(path): lines for path in SOURCES if (lines := [*compiled_on_import(ast.parse(path.read_text()))])
    }
    assert found == {}
