"""Finds changes of the code that no test notices: ``python -m tests.mutants``.

A mutant is a copy of a module with one small change. The tests of the module run on it. If one fails, the mutant is
killed; otherwise it survives. The modules (``areas.py``) are those for authorisation, scores, mastery, citations and
leases. It prints how many mutants were killed, survived and timed out, and lists the survivors. The exit status is 1 if
``equivalent.toml`` does not explain a survivor, or has an explanation that is out of date. With ``--seconds`` or
``--share``, it tries as many mutants as fit; ``--seed`` decides which.

Other runners do not fit. mutmut 3.8 does not change properties and constants, which are much of this code; and it
numbers its mutants, so an explanation could come to belong to another one. Cosmic Ray 8.7 starts pytest again for each
mutant, which takes five seconds instead of one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.areas import AREAS, PROJECT, Target, all_mutants, explained
from tests.mutants.changes import Mutant, Name
from tests.mutants.trial import Trial, Verdict, copy_tree, least_seconds, settle_in, tried


def usual_seconds(targets: Sequence[Target], folder: Path) -> dict[Target, float]:
    """The seconds that each target's tests take on the unchanged code. Ends the program if one of them fails."""
    trials = {
        target: Trial(target.path, None, target.tests, 600, folder / f"unchanged{number}.log")
        for number, target in enumerate(targets)
    }
    took = {}
    failed = []
    for target, verdict, seconds in tried(trials.items()):
        took[target] = seconds
        if verdict != "survived":
            failed.append(
                f"{trials[target].log.read_text()}\nThe tests of {target.path} fail with nothing changed."
            )
    if failed:
        sys.exit("\n".join(failed))
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds",
        type=float,
        help="begin no mutant after so many seconds, counted from the end of the tests on the unchanged code",
    )
    parser.add_argument("--share", type=float, default=1.0, help="the share of the mutants to try, 0 to 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="an area, or part of a module's path")
    chosen = parser.parse_args()
    os.nice(10)
    every = all_mutants()
    reasons = explained()
    known = {mutant.name for _, _, mutant in every}
    stale = [f"{name}: there is no such mutant" for name in reasons if name not in known]
    wanted = [one for one in every if chosen.only == one[0] or chosen.only in one[1].path]
    random.Random(chosen.seed).shuffle(wanted)
    wanted = wanted[: round(len(wanted) * chosen.share)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "copy"
        copy_tree(PROJECT, copy)
        verdicts = tried_all(wanted, copy, chosen.seconds)
    survivors = report(wanted, verdicts, reasons)
    stale += [f"{name}: a test notices it" for name in reasons if verdicts.get(name) == "killed"]
    for one in stale:
        print(f"explained, out of date: {one}")
    sys.exit(bool(survivors or stale))


def tried_all(
    wanted: Sequence[tuple[str, Target, Mutant]], copy: Path, seconds: float | None
) -> dict[Name, Verdict]:
    targets = list(dict.fromkeys(target for _, target, _ in wanted))
    settle_in(copy, sorted({test for target in targets for test in target.tests}))
    usual = usual_seconds(targets, copy)
    until = None if seconds is None else time.monotonic() + seconds
    log = copy / "changed.log"
    trials = (
        (mutant, Trial(target.path, mutant.compiled, target.tests, least_seconds(usual[target]), log))
        for _, target, mutant in wanted
    )
    verdicts: dict[Name, Verdict] = {}
    with contextlib.suppress(KeyboardInterrupt):  # the verdicts until then are reported
        for mutant, verdict, _ in tried(trials, until=until):
            verdicts[mutant.name] = verdict
            if verdict == "survived":
                print(told(mutant), file=sys.stderr, flush=True)
            if len(verdicts) % 100 == 0:
                print(f"{len(verdicts):,} of {len(wanted):,} tried", file=sys.stderr, flush=True)
    return verdicts


def report(
    wanted: Sequence[tuple[str, Target, Mutant]], verdicts: dict[Name, Verdict], reasons: dict[Name, str]
) -> list[Mutant]:
    """Print the counts and the survivors. Returns the survivors without an explanation."""
    print(
        f"{'':<14} {'mutants':>8} {'tried':>8} {'killed':>8} {'timed out':>10} {'explained':>10} {'survived':>9}"
    )
    rows = {area: Counter[str]() for area in (*AREAS, "all")}
    survivors = []
    for area, _, mutant in sorted(wanted, key=lambda one: (one[2].path, one[2].line)):
        verdict: str = verdicts.get(mutant.name, "")
        if verdict == "survived" and mutant.name in reasons:
            verdict = "explained"
        elif verdict == "survived":
            survivors.append(mutant)
        for row in (rows[area], rows["all"]):
            row.update(["mutants", *(["tried", verdict] if verdict else [])])
    for area, row in rows.items():
        print(
            f"{area:<14} {row['mutants']:>8,} {row['tried']:>8,} {row['killed']:>8,} {row['timed out']:>10,} "
            f"{row['explained']:>10,} {row['survived']:>9,}"
        )
    for mutant in survivors:
        print(f"survived: {told(mutant)}")
    timed_out = [one for _, _, one in wanted if verdicts.get(one.name) == "timed out"]
    for mutant in timed_out:
        print(f"timed out: {told(mutant)}")
    return survivors


def told(mutant: Mutant) -> str:
    return f"{mutant.path}:{mutant.line} {mutant.within}\n    {mutant.change}"


if __name__ == "__main__":
    main()
