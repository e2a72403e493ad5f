"""The import contract between the capabilities in ``domain``, in which a new capability need not be listed."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from grimp import ImportGraph
from importlinter.contracts.layers import Layer, LayersContract, ModuleTail
from importlinter.domain.contract import ContractCheck
from importlinter.domain.helpers import module_expressions_to_modules

ANY_OTHER = "*"


class CapabilityLayers(LayersContract):
    """A layers contract. ``*`` in a layer stands for every package of the container that no layer names.

    A single module that no layer names is still refused where the contract is exhaustive.
    """

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        layers = cast(list[Layer], self.layers)
        named = {tail.name for layer in layers for tail in layer.module_tails}
        others = self._packages(graph) - named
        self.layers = [_with(layer, others) for layer in layers]  # type: ignore[assignment]
        return super().check(graph, verbose)

    def _packages(self, graph: ImportGraph) -> set[str]:
        containers = module_expressions_to_modules(graph, self.containers)  # type: ignore[arg-type]
        return {
            child.rpartition(".")[2]
            for container in containers
            for child in graph.find_children(container.name)
            if graph.find_children(child)
        }


def _with(layer: Layer, others: set[str]) -> Layer:
    if ModuleTail(ANY_OTHER) not in layer.module_tails:
        return layer
    return replace(
        layer, module_tails=layer.module_tails - {ModuleTail(ANY_OTHER)} | set(map(ModuleTail, others))
    )
