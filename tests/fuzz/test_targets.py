"""No reader fails on the fuzzer's seeds, nor on some random changes of them. `make fuzz` tries many more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.engine import changes_of
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_reader_survives_its_seeds(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in (*seeds, b"", b"\0", b"\xff" * 100):
        TARGETS[name].run(seed)


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_reader_survives_random_changes_of_its_seeds(name: str, data: st.DataObject) -> None:
    TARGETS[name].run(data.draw(changes_of(TARGETS[name])))
