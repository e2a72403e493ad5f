"""Fixtures that several folders use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.world import User, World

# The contract classes are no test modules, but their asserts should explain themselves all the same.
pytest.register_assert_rewrite(
    *(
        f"tests.contracts.{path.parent.name}.contract"
        for path in (Path(__file__).parent / "contracts").glob("*/contract.py")
    )
)

settings.register_profile(
    "lyceum", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("lyceum")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs the servers that stand for AWS, Pinecone and Supabase is a ``wire`` test."""
    for item in items:
        if isinstance(item, pytest.Function) and "servers" in item.fixturenames:
            item.add_marker(pytest.mark.wire)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def ada(world: World) -> User:
    return world.user("ada")


@pytest.fixture
def alan(world: World) -> User:
    return world.user("alan")


@pytest.fixture
def mary(world: World) -> User:
    return world.user("mary")
