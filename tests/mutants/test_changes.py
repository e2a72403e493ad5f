"""Mutants: what is changed, how they are named, and that the changed code runs in their trial."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.mutants.areas import AREAS, PROJECT, all_mutants, explained
from tests.mutants.changes import mutants_of
from tests.mutants.trial import Trial, Verdict, tried

SOURCE = textwrap.dedent(
    '''
    """A lease."""
    from typing import Literal

    SECONDS: Literal["a", "b"] = 20

    class Lease:
        def holds(self, owner: str, until: int, now: int) -> bool:
            """Whether it does."""
            if owner != self.owner:
                raise ValueError("It is somebody else's.")
            return until > now and not self.lost

        def renewed(self, now: float) -> "Lease":
            log.info("renewed")
            return replace(self, until=max(now, 0.0) + 4, tags=[tag.strip() for tag in self.tags[:3] if tag])
    '''
)


def changes(*scope: str) -> list[str]:
    return [mutant.change for mutant in mutants_of("lease.py", SOURCE, scope)]


def test_conditions_comparisons_effects_and_results_are_changed() -> None:
    assert changes("Lease.holds") == [
        "if ⟦owner != self.owner → True⟧:",
        "if ⟦owner != self.owner → False⟧:",
        "if ⟦owner != self.owner → owner == self.owner⟧:",
        '⟦raise ValueError("It is somebody else\'s.") → pass⟧',
        "⟦return until > now and (not self.lost) → return None⟧",
        "return ⟦until > now and (not self.lost) → not self.lost⟧",
        "return ⟦until > now and (not self.lost) → until > now⟧",
        "return ⟦until > now → until >= now⟧ and (not self.lost)",
        "return until > now and ⟦not self.lost → self.lost⟧",
    ]


@pytest.mark.parametrize(
    "change",
    [
        "⟦max(now, 0.0) → min(now, 0.0)⟧",
        "⟦0.0 → 1.0⟧",
        "⟦max(now, 0.0) + 4 → max(now, 0.0) - 4⟧",
        "⟦until=max(now, 0.0) + 4 → ⟧",
        "⟦tag.strip() → tag⟧",
        "⟦self.tags[:3] → self.tags⟧",
        "⟦3 → 4⟧",
        "if ⟦tag → ⟧",
    ],
)
def test_arguments_numbers_slices_and_stored_values_are_changed(change: str) -> None:
    assert sum(change in one for one in changes("Lease.renewed")) == 1


def test_constants_are_changed_and_annotations_docstrings_and_logs_are_not() -> None:
    assert changes("SECONDS") == ["SECONDS: Literal['a', 'b'] = ⟦20 → 21⟧"]
    assert not any("renewed" in one or "Whether" in one or "bool" in one for one in changes())


def test_a_changed_module_does_what_the_change_says() -> None:
    source = "def holds(until, now):\n    return until > now\n"
    results = []
    for number in range(len(mutants_of("m.py", source))):
        module: dict[str, Any] = {}
        exec(mutants_of("m.py", source)[number].compiled(), module)  # noqa: S102
        results.append((module["holds"](1, 1), module["holds"](2, 1)))
    assert results == [(None, None), (True, True)]


def test_two_changes_that_read_alike_have_names_of_their_own() -> None:
    mutants = mutants_of("m.py", "def f(a):\n    a.b()\n    a.b()\n")
    assert [mutant.change for mutant in mutants] == ["⟦a.b() → pass⟧", "⟦a.b() → pass⟧ (2)"]


TESTS = """
import pytest
import {module}

def test_it_holds():
    assert {module}.holds(2, 1)
"""
BODIES: dict[str, Verdict] = {
    "return until > now": "survived",
    "return until < now": "killed",
    "nothing = 1 / 0": "killed",
    "while True: pass": "timed out",
}


@pytest.mark.slow
@pytest.mark.parametrize("body", BODIES)
def test_a_trial_tests_the_changed_module_and_ends(body: str, tmp_path: Path) -> None:
    (tmp_path / "a_lease.py").write_text("def holds(until, now):\n    return False\n")
    test = tmp_path / "test_leases.py"
    test.write_text(TESTS.format(module="a_lease"))
    changed = f"def holds(until, now):\n    {body}\n"

    def code() -> Any:
        os.chdir(tmp_path)
        return compile(changed, "a_lease.py", "exec")

    seconds = 1 if BODIES[body] == "timed out" else 30
    trial = Trial("a_lease.py", code, (str(test),), seconds, tmp_path / "log")
    ((key, verdict, _),) = tried([("this one", trial)])
    assert (key, verdict) == ("this one", BODIES[body]), trial.log.read_text()


def test_every_explained_mutant_and_every_named_test_exists() -> None:
    every = all_mutants()
    known = {mutant.name for _, _, mutant in every}
    assert len(known) == len(every)
    assert set(explained()) <= known
    for targets in AREAS.values():
        for target in targets:
            assert all((PROJECT / test).exists() for test in target.tests)
            parts = {mutant.within for mutant in mutants_of(target.path, (PROJECT / target.path).read_text())}
            for name in target.scope:
                assert any(part == name or part.startswith(f"{name}.") for part in parts), name
