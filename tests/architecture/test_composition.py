"""Each file of the composition fits on one screen."""

from __future__ import annotations

from pathlib import Path

import pytest

COMPOSITION = Path(__file__).parents[2] / "chalicelib" / "composition"
SCREEN = 60
"""In lines."""
FILES = sorted(COMPOSITION.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(COMPOSITION)))
def test_each_file_of_the_composition_fits_one_screen(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= SCREEN


def test_the_list_of_capabilities_and_their_assemblies_are_among_them() -> None:
    names = {str(path.relative_to(COMPOSITION)) for path in FILES}
    assert {"services.py", "wiring.py", "capabilities/tutoring.py", "profiles/aws/adapters.py"} <= names
