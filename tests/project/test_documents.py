"""The documents agree with the project: links, paths, make targets, decisions, versions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DECISIONS = PROJECT / "docs" / "decisions"
DOCUMENTS = (*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md")))
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_PATH = re.compile(
    r"`((?:adapters|benchmarks|chalicelib|demo|docs|domain|fakes|infrastructure|locks|ports|tests)/[\w./-]*)"
)
_MAKE = re.compile(r"`make (?:-s )?([a-z][a-z-]*)")
_DECISION = re.compile(r"# (\d+)\. (.+)\n\n- Status: (.+)\n- Date: (\d{4}-\d\d-\d\d)\n\n\S")
_TERM = re.compile(r"^- \*\*([^*]+)\*\*", re.MULTILINE)


def name_of(document: Path) -> str:
    return document.relative_to(PROJECT).as_posix()


def decisions() -> Iterator[Path]:
    return (file for file in sorted(DECISIONS.glob("*.md")) if file.name != "README.md")


def test_the_readme_has_at_most_150_lines() -> None:
    assert len((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file(document: Path) -> None:
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        if not link.startswith(("http://", "https://", "#")):
            assert (document.parent / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_that_is_named_exists(document: Path) -> None:
    """The path exists, or an example of a recipe adds it."""
    examples = "".join(patch.read_text(encoding="utf-8") for patch in PROJECT.glob("tests/recipes/*.patch"))
    for path in _PATH.findall(document.read_text(encoding="utf-8")):
        is_example = document.name == "recipes.md" and f" b/{path}\nnew file" in examples
        assert is_example or (PROJECT / path).exists(), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in set(_MAKE.findall(document.read_text(encoding="utf-8"))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_index_lists_every_document() -> None:
    index = (PROJECT / "docs" / "README.md").read_text(encoding="utf-8")
    for document in (PROJECT / "docs").glob("*.md"):
        assert document.name == "README.md" or f"({document.name})" in index, document.name


def test_every_decision_has_a_status_and_a_date_and_the_index_repeats_them() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    numbers = []
    for file in decisions():
        head = _DECISION.match(file.read_text(encoding="utf-8"))
        assert head is not None, f"{file.name} begins otherwise than the other decisions"
        number, title, status, date = head.groups()
        assert file.name.startswith(f"{int(number):04}-"), file.name
        assert f"| [{number}]({file.name}) | {title} | {status} | {date} |\n" in index, file.name
        numbers.append(int(number))
    assert numbers == list(range(1, len(numbers) + 1))
    assert index.count("| [") == len(numbers)


def test_the_glossary_defines_each_term_once_in_the_order_of_the_alphabet() -> None:
    _, *sections = (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8").split("\n## ")
    assert len(sections) >= 4
    for section in sections:
        terms = _TERM.findall(section)
        assert terms
        for before, term in pairwise(terms):
            assert before.lower() <= term.lower(), f"{term} stands after {before}"


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    told = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    assert told is not None
    assert told.group(1) == version
