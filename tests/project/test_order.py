"""The long tests come first, so that no process waits for the others at the end."""

from __future__ import annotations

import pytest

from tests.conftest import LONGEST


def test_the_longest_files_exist_and_come_first_in_their_order(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath
    assert [name for name in LONGEST if not (folder / name).is_file()] == []
    collected = list(dict.fromkeys(str(item.path.relative_to(folder)) for item in request.session.items))
    here = [name for name in LONGEST if name in collected]
    assert collected[: len(here)] == here
