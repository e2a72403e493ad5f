"""The documents name a test for each threat and each promise. These tests exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)*)`")


def names_in(file: Path) -> set[str]:
    """The names of a file's tests. Tests of a class follow its name."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found.update(f"{node.name}::{one.name}" for one in node.body if isinstance(one, ast.FunctionDef))
    return found


@pytest.mark.parametrize("document", ["docs/threats.md", "SECURITY.md", "docs/promises.md"])
def test_every_test_that_is_named_exists(document: str) -> None:
    named = NAMED.findall((PROJECT / document).read_text())
    assert len(named) >= 8
    for path, test in named:
        file = PROJECT / path
        assert file.is_file(), path
        if test:
            assert test.removeprefix("::") in names_in(file), f"{path}{test}"


def test_every_threat_names_its_tests() -> None:
    rows = [line for line in (PROJECT / "docs/threats.md").read_text().splitlines() if line.startswith("| ")][
        1:
    ]
    assert len(rows) >= 28
    for row in rows:
        assert NAMED.search(row.rpartition(" | ")[2]), row
        assert re.search(r"::test_\w+", row), row


def test_every_threat_marked_wire_is_tested_on_the_aws_profile() -> None:
    """At least one test of the row is in a module with a world of each kind."""
    rows = [line for line in (PROJECT / "docs/threats.md").read_text().splitlines() if "*wire* |" in line]
    assert len(rows) >= 10
    for row in rows:
        files = {path for path, _ in NAMED.findall(row)}
        sources = [(PROJECT / path).read_text() for path in files]
        on_the_wire = any(path.startswith("tests/api/") for path in files)
        assert on_the_wire or any(re.search(r"\b(aws|either): World", source) for source in sources), row
