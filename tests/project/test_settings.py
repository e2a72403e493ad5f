"""Each setting is declared once. Its documentation and its parameter on AWS are made from the declaration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chalicelib.settings import read_settings, variables
from docs.write_settings import REFERENCE, reference

PROJECT = Path(__file__).parents[2]
NAME = re.compile(r"LYCEUM_[A-Z_]*[A-Z]")
CODE = (
    "chalicelib",
    "domain",
    "ports",
    "adapters",
    "fakes",
    "infrastructure",
    "demo",
    "benchmarks",
    "docs",
    "tests",
)


class Recorded(Mapping[str, str]):
    """An empty environment that records which variables are read."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.read.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def code_files() -> Iterator[Path]:
    yield PROJECT / "app.py"
    yield PROJECT / "serve.py"
    yield PROJECT / "Makefile"
    for folder in CODE:
        yield from (PROJECT / folder).rglob("*.py")


def test_the_reference_is_what_the_declarations_say() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == reference(), "run `make docs` and commit docs/settings.md"


def test_read_settings_reads_the_declared_variables_and_no_other() -> None:
    environment = Recorded()
    read_settings(environment)
    declared = [one.name for one in variables()]
    assert len(declared) == len(set(declared))
    assert environment.read == set(declared)


def test_every_declaration_has_a_documentation_of_whole_sentences() -> None:
    for one in variables():
        assert re.fullmatch(r"[A-Z`].*[.]", one.does), one.name
        assert NAME.fullmatch(one.name), one.name


def test_every_variable_that_the_code_names_is_in_the_reference() -> None:
    documented = set(NAME.findall(REFERENCE.read_text(encoding="utf-8")))
    for file in code_files():
        for name in NAME.findall(file.read_text(encoding="utf-8")):
            assert name in documented, f"{file.relative_to(PROJECT)} names {name}"


def test_every_variable_that_a_document_names_exists() -> None:
    known = {one.name for one in variables()} | {"LYCEUM_LIVE"}
    for file in (*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")):
        for name in NAME.findall(file.read_text(encoding="utf-8")):
            assert name in known, f"{file.relative_to(PROJECT)} names {name}"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "ws://127.0.0.1:8001"),
        ({"LYCEUM_PUBLIC_URL": "http://[::1]:8000"}, "ws://[::1]:8001"),
        (
            {"LYCEUM_PUBLIC_URL": "https://lyceum.example", "LYCEUM_WS_PORT": "443"},
            "wss://lyceum.example:443",
        ),
        (
            {"LYCEUM_CONNECTIONS_URL": "https://abc.execute-api.eu-central-1.amazonaws.com/prod"},
            "wss://abc.execute-api.eu-central-1.amazonaws.com/prod",
        ),
    ],
)
def test_clients_are_told_where_the_websocket_is(environment: dict[str, str], expected: str) -> None:
    assert read_settings(environment).websocket_url == expected
