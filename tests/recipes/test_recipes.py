"""The recipes of docs/recipes.md work: an example of each is applied to a copy of the project and tested there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.patched import PROJECT, apply, copy_of_the_project

HERE = Path(__file__).parent
MOST_EDITED = 3
MAY_EDIT = {
    "feature": r"domain/base/tables\.py|chalicelib/composition/\S+\.py|chalicelib/routes/__init__\.py",
    "vendor": r"chalicelib/composition/\S+\.py|chalicelib/settings\.py|requirements\S*\.txt",
}
MAY_ADD = {
    "feature": r"(domain/(?P<one>\w+)|chalicelib/routes|chalicelib/composition/capabilities|tests/(api|domain))/\w+\.py",
    "vendor": r"(adapters|tests/contracts|tests/stubs)/\S+\.py",
}
RECIPES = sorted(MAY_EDIT)
ALL_ROUTES = (
    "tests/api/test_edge.py",
    "tests/api/test_examples.py",
    "tests/api/test_ownership.py",
    "tests/api/test_privacy.py",
    "tests/security",
    "tests/fuzz",
)
"""The tests that are made from the list of routes, or from the tables."""
CHECKED = PROJECT / ".mypy_cache"
"""The cache of mypy, if `make check` has run. With it, mypy checks only the files that a patch changes."""
DOCUMENTS = ("tests/project", "tests/architecture/test_picture.py")
"""The tests of files that are made from the code: the settings' reference, the picture."""


def patch_of(recipe: str) -> Path:
    return HERE / f"{recipe}.patch"


def files_of(recipe: str) -> Mapping[str, bool]:
    """The files that the patch changes, and whether each exists before."""
    heads = re.findall(r"^diff --git a/(\S+) b/(\S+)\n(\w+)", patch_of(recipe).read_text(), re.M)
    assert all(before == after and what in ("new", "index") for before, after, what in heads), heads
    return {name: what == "index" for name, _, what in heads}


def own_tests(recipe: str) -> list[str]:
    return [name for name in files_of(recipe) if Path(name).name.startswith("test_")]


def run(folder: Path, *command: str) -> str:
    """The output of the command in the folder. Asserts that it succeeds."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout[-6000:]}{ended.stderr[-3000:]}"
    return ended.stdout


def run_tests(folder: Path, *arguments: str) -> str:
    return run(folder, sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_example_applies_and_edits_few_files(recipe: str, tmp_path: Path) -> None:
    apply(patch_of(recipe), copy_of_the_project(tmp_path), "--check")
    existed = files_of(recipe)
    edited = [name for name, existed_before in existed.items() if existed_before]
    assert all((PROJECT / name).exists() == existed_before for name, existed_before in existed.items())
    assert 0 < len(edited) <= MOST_EDITED
    assert [name for name in edited if not re.fullmatch(MAY_EDIT[recipe], name)] == []
    added = [name for name in existed if name not in edited]
    assert [name for name in added if not re.fullmatch(MAY_ADD[recipe], name)] == []


def test_the_feature_is_one_folder_of_the_domain_and_one_file_elsewhere() -> None:
    added = [Path(name) for name, existed_before in files_of("feature").items() if not existed_before]
    assert len({name.parent for name in added if name.parts[0] == "domain"}) == 1
    for place in ("chalicelib/routes", "chalicelib/composition/capabilities"):
        assert len([name for name in added if name.parent == Path(place)]) == 1, place


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_recipe_names_every_file_of_its_example(recipe: str) -> None:
    text = (PROJECT / "docs/recipes.md").read_text()
    section = re.search(rf"^## How to add a {recipe}\n(.+?)^## ", text, re.M | re.S)
    assert section is not None
    assert [name for name in files_of(recipe) if f"`{name}`" not in section[1]] == []


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A copy of the project for each recipe, to which its patch is applied."""
    copies = {recipe: copy_of_the_project(tmp_path_factory.mktemp(recipe)) for recipe in RECIPES}
    for recipe, folder in copies.items():
        apply(patch_of(recipe), folder)
    return copies


@pytest.fixture(scope="module")
def documented(patched: Mapping[str, Path]) -> Mapping[str, Path]:
    """The same copies, after ``make docs``."""
    writers = re.findall(r"python -m (docs\.\w+)", (PROJECT / "Makefile").read_text())
    assert len(writers) >= 2
    for folder in patched.values():
        for writer in writers:
            run(folder, sys.executable, "-m", writer)
    return patched


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_example_passes_its_own_tests(recipe: str, patched: Mapping[str, Path]) -> None:
    run_tests(patched[recipe], "-m", "not wire", *own_tests(recipe))


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_example_passes_the_checks(
    recipe: str, patched: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, tools = patched[recipe], Path(sys.executable).parent
    cache = tmp_path_factory.getbasetemp() / "mypy"
    if CHECKED.is_dir() and not cache.exists():
        shutil.copytree(CHECKED, cache)
    checked = re.search(r"^\t\S*mypy (.+)$", (folder / "Makefile").read_text(), re.M)
    assert checked is not None
    run(folder, sys.executable, "-m", "mypy", "--cache-dir", str(cache), *checked[1].split())
    run(folder, str(tools / "lint-imports"), "--no-cache")
    run(folder, str(tools / "ruff"), "check", "--no-cache")
    run(folder, str(tools / "ruff"), "format", "--check", "--no-cache")


@pytest.mark.slow
def test_the_feature_passes_the_tests_of_all_routes(documented: Mapping[str, Path]) -> None:
    run_tests(documented["feature"], "-m", "not slow and not wire", *ALL_ROUTES, *DOCUMENTS)
    run_tests(documented["feature"], "-m", "wire", *own_tests("feature"))


@pytest.mark.slow
def test_the_policies_of_the_functions_are_right_for_the_feature(patched: Mapping[str, Path]) -> None:
    run_tests(patched["feature"], "tests/packaging/test_policies.py", "tests/packaging/test_stage.py")
    grants = run(
        patched["feature"],
        sys.executable,
        "-c",
        "from infrastructure.policies import roles; print(roles('x'))",
    )
    assert "table/lyceum-x-lms-bookmarks/index/*" in grants


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "right", "wrong", "noticed_by"),
    [
        (
            "domain/bookmarks/bookmarks.py",
            'if item is None or item["user_id"] != owner',
            "if item is None",
            "tests/api/test_ownership.py",
        ),
        (
            "domain/bookmarks/bookmarking.py",
            "self._documents.get(learner.user_id, file_id)",
            'self._documents.get("ada", file_id)',
            "tests/security/test_ownership.py",
        ),
    ],
    ids=["an id in a path", "an id in a body"],
)
def test_a_feature_that_ignores_the_owner_fails_the_tests(
    patched: Mapping[str, Path], file: str, right: str, wrong: str, noticed_by: str
) -> None:
    place = patched["feature"] / file
    before = place.read_text()
    assert right in before
    place.write_text(before.replace(right, wrong))
    try:
        with pytest.raises(AssertionError, match="/api/bookmarks"):
            run_tests(patched["feature"], "-m", "not slow and not wire", noticed_by)
    finally:
        place.write_text(before)


@pytest.mark.slow
def test_the_vendor_passes_the_tests_of_the_settings(documented: Mapping[str, Path]) -> None:
    run_tests(documented["vendor"], *DOCUMENTS, "tests/packaging/test_stage.py")
    declared = re.findall(r'^\+ +name="(\w+)"', patch_of("vendor").read_text(), re.M)
    reference = (documented["vendor"] / "docs/settings.md").read_text()
    assert declared
    assert [name for name in declared if f"`{name}`" not in reference] == []
