"""docs/operations.md says for each finding what to do, and for each store of AWS how it is restored."""

from __future__ import annotations

from typing import get_args

import pytest

from domain.upkeep.findings import FindingKind
from infrastructure.chalice_project import PROJECT

PAGE = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")
ON_AWS = PAGE.partition("## On AWS")[2]


@pytest.mark.parametrize("kind", get_args(FindingKind))
def test_each_finding_has_a_row_that_says_what_to_do(kind: str) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith("|") and f"`{kind}`" in line]
    assert row.split("|")[3].strip()


@pytest.mark.parametrize("store", ["DynamoDB", "S3", "Pinecone", "Supabase", "Parameter Store"])
def test_each_store_of_aws_has_a_row_that_says_how_it_is_restored(store: str) -> None:
    [row] = [line for line in ON_AWS.splitlines() if line.startswith("|") and f"({store})" in line]
    assert row.split("|")[3].strip()


def test_ci_asks_for_a_second_opinion() -> None:
    steps = (PROJECT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert "make second-opinion" in steps
