"""The import contracts that need no lists of module names: who may import adapters and fakes, and what the core may
import."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.protected import ProtectedContract
from importlinter.domain.imports import Module

from tests.architecture.every_file import add_every_file

IMPORTERS_BY_NAME = frozenset({"importlib", "pkgutil", "runpy"})
"""Modules of the standard library that import a module by its name."""


class ProtectedFromEveryFile(ProtectedContract):
    """A protected contract over all files of the project, except those in the folders ``unguarded``."""

    type_name = "protected_from_every_file"

    unguarded = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        unguarded = cast(set[str], self.unguarded)
        add_every_file(graph, lambda top: top not in unguarded and not top.startswith("."))
        return super().check(graph, verbose)


class StandardLibraryOnly(Contract):
    """The ``packages`` import each other and the standard library. Everything else is refused.

    It makes no difference where a file imports: at its top, in a function, or for types alone. Of the standard
    library, the modules that import by name are refused too.
    """

    type_name = "standard_library_only"

    packages = fields.SetField(subfield=fields.ModuleField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        packages = {module.name for module in cast(set[Module], self.packages)}
        add_every_file(graph, packages.__contains__)
        refused = list(_refused(graph, packages))
        return ContractCheck(kept=not refused, metadata={"refused": refused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for refused in check.metadata["refused"]:
            output.print_error(f"- {refused}", bold=False)
        output.new_line()


def _refused(graph: ImportGraph, packages: set[str]) -> Iterator[str]:
    allowed = packages | (sys.stdlib_module_names - IMPORTERS_BY_NAME)
    for importer in sorted(graph.modules):
        if importer.partition(".")[0] in packages:
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if imported.partition(".")[0] not in allowed:
                    details = graph.get_import_details(importer=importer, imported=imported)
                    lines = ", ".join(str(detail["line_number"]) for detail in details)
                    yield f"{importer} -> {imported} (l.{lines})"
