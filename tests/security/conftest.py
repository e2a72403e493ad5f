"""Each row of the threat table is tested on the fakes. Rows marked *wire* are also tested on the aws profile."""

from __future__ import annotations

import pytest

from tests.api.conftest import aws, servers
from tests.support.world import World

__all__ = ["aws", "servers"]


@pytest.fixture(params=["memory", pytest.param("aws", marks=pytest.mark.wire)])
def either(request: pytest.FixtureRequest) -> World:
    """A world on the fakes, and then one on the aws profile, for rows of the threat table that are marked *wire*."""
    if request.param == "memory":
        return World()
    world: World = request.getfixturevalue("aws")
    return world
