"""A new capability that no list names has the same rights as the features: it may import the modules that they import,
and no feature.
"""

from __future__ import annotations

import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.capability_layers import CapabilityLayers

PROJECT = Path(__file__).parents[2]
NEW, BELOW = "domain.bookmarks.bookmarks", "domain.documents.documents"
BESIDE, ABOVE = "domain.quizzes.quizzes", "domain.privacy.holdings"


@cache
def domain() -> grimp.ImportGraph:
    return grimp.build_graph("domain", cache_dir=None)


@cache
def contract() -> CapabilityLayers:
    linter = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [found] = [one for one in linter["contracts"] if one["type"] == "capability_layers"]
    options = {name: str(value) if isinstance(value, bool) else value for name, value in found.items()}
    return CapabilityLayers(options["name"], linter, options)


def is_kept(*imports: tuple[str, str], module: str = NEW) -> bool:
    """Whether the contract is kept with this module and these imports."""
    graph = deepcopy(domain())
    graph.add_module(module.rpartition(".")[0])
    graph.add_module(module)
    for importer, imported in imports:
        assert {importer, imported} <= graph.modules
        graph.add_import(importer=importer, imported=imported)
    return deepcopy(contract()).check(graph, verbose=False).kept


def test_a_new_capability_may_import_the_layers_below_it() -> None:
    assert is_kept((NEW, BELOW), (NEW, "domain.base.errors"), (ABOVE, NEW))


@pytest.mark.parametrize(("importer", "imported"), [(NEW, BESIDE), (BESIDE, NEW), (BELOW, NEW), (NEW, ABOVE)])
def test_a_new_capability_and_its_siblings_must_not_import_each_other(importer: str, imported: str) -> None:
    assert not is_kept((importer, imported))


def test_a_module_outside_every_capability_is_refused() -> None:
    assert not is_kept(module="domain.helpers")
