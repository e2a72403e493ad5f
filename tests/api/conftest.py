"""Every test of the API runs twice: on the fakes, and (marked ``wire``) on the aws profile over moto and the stubs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.aws_world import AwsWorld, Upstreams, aws_resources, upstreams
from tests.support.faulty_world import FaultyWorld
from tests.support.world import World


@pytest.fixture(scope="session")
def servers() -> Iterator[Upstreams]:
    with upstreams() as servers:
        yield servers


@pytest.fixture
def aws(servers: Upstreams, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in servers.environment.items():
        monkeypatch.setenv(name, value)
    with aws_resources():
        world = AwsWorld(servers)
        yield world
        world.adapters.close()


@pytest.fixture(scope="module")
def faulty(servers: Upstreams) -> Iterator[FaultyWorld]:
    """One account for a whole module. Each of its tests uses new people."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in servers.environment.items():
            environment.setenv(name, value)
        with aws_resources():
            world = FaultyWorld(servers)
            yield world
            world.adapters.close()


@pytest.fixture(params=["memory", pytest.param("aws", marks=pytest.mark.wire)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "memory":
        return World()
    world: World = request.getfixturevalue("aws")
    return world
