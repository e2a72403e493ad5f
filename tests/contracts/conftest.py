"""The contract classes are no test modules, but their asserts should explain themselves all the same."""

from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    *(f"tests.contracts.{path.parent.name}.contract" for path in Path(__file__).parent.glob("*/contract.py"))
)
