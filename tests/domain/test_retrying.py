"""The one loop that repeats a change after a conflict."""

from __future__ import annotations

import pytest

from domain.base.retrying import retried


class Lost(Exception):
    pass


class Change:
    def __init__(self, fails: int, error: type[Exception] = Lost) -> None:
        self.fails = fails
        self.error = error
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.fails:
            raise self.error
        return "done"


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_a_change_is_retried_until_there_is_no_conflict(fails: int) -> None:
    change = Change(fails)
    assert retried(change, on=Lost, tries=3) == "done"
    assert change.calls == fails + 1


def test_after_the_last_try_the_error_passes_through() -> None:
    change = Change(3)
    with pytest.raises(Lost):
        retried(change, on=Lost, tries=3)
    assert change.calls == 3


def test_another_error_passes_through_at_once() -> None:
    change = Change(1, ValueError)
    with pytest.raises(ValueError):
        retried(change, on=Lost, tries=3)
    assert change.calls == 1
