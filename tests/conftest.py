"""Fixtures that several folders use."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.world import User, World

# The contract classes are no test modules, but pytest should explain their failed asserts too.
pytest.register_assert_rewrite(
    *(
        f"tests.contracts.{path.parent.name}.contract"
        for path in (Path(__file__).parent / "contracts").glob("*/contract.py")
    )
)

quick = settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile("quick", quick)
settings.register_profile("thorough", quick, max_examples=60)
# `make test-all` chooses the thorough profile, which tries twice as many examples of each property.
settings.load_profile(os.environ.get("PROPERTIES", "quick"))


LONGEST = (
    "tests/properties/test_interviews.py",
    "tests/recipes/test_recipes.py",
    "tests/simulation/test_seeded_bugs.py",
    "tests/test_live_contracts.py",
    "tests/packaging/test_policies.py",
    "tests/laptop/test_load.py",
    "tests/api/test_reviews.py",
    "tests/api/test_interviewing.py",
    "tests/services/test_regrading_a_class.py",
    "tests/contracts/text_extractor/test_much_of_nothing.py",
)
"""The files whose long tests take most of the time of `make test-all`. They come first: if one came last, one process
would work and the others would wait.
"""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest files first, and mark tests.

    Tests that need the servers for AWS, Pinecone and Supabase are ``wire``, and tests of an extra are ``slow``. A test
    needs an extra if it is skipped without that extra's ``requirements-….txt``. The extra's own make target runs it too.
    """
    first = {str(config.rootpath / name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(str(item.path), len(first)))
    for item in items:
        if isinstance(item, pytest.Function) and "servers" in item.fixturenames:
            item.add_marker(pytest.mark.wire)
        reasons = [str(mark.kwargs.get("reason", "")) for mark in item.iter_markers("skipif")]
        if any(reason.startswith("requirements-") for reason in reasons):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Let the garbage collector ignore the modules and the thousands of tests, which live until the end. To look at them
    repeatedly took a tenth of the suite's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


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
