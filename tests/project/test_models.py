"""docs/models.md names the default models as they are, and successors that the adapters' tests try."""

from __future__ import annotations

import re

import pytest

from chalicelib.settings import EMBEDDING_DIMENSION, EMBEDDING_MODEL, MODEL
from infrastructure.chalice_project import PROJECT
from tests.contracts.agent.test_bedrock_converse import MODELS
from tests.contracts.embedder.test_titan import DIMENSIONS, FIXED, V1, V2

ROWS = {
    what: (default, successor)
    for what, default, successor in re.findall(
        r"^\| .*?\(`(\w+)`\) \| `(.+?)` \| .*? \| (.*) \|$",
        (PROJECT / "docs/models.md").read_text(encoding="utf-8"),
        re.M,
    )
}


@pytest.mark.parametrize(
    ("what", "tried", "default"),
    [("Model", MODELS, MODEL.default), ("EmbeddingModel", (V1, V2), EMBEDDING_MODEL.default)],
)
def test_the_default_and_its_successor_are_tried(what: str, tried: tuple[str, ...], default: str) -> None:
    named, successor = ROWS[what]
    assert named == default == tried[0]
    assert f"`{tried[1]}`" in successor


def test_the_dimensions_of_the_embedding_models_are_tried() -> None:
    assert EMBEDDING_DIMENSION.default == FIXED
    found = [int(one) for one in re.findall(r"\b\d{3,4}\b", ROWS["EmbeddingModel"][1])]
    assert found == list(DIMENSIONS)
