"""Do the tests bite? ``python -m tests.mutants`` changes the code, one small change at a time, and sees which of
the changes no test notices.

Of the code that says who may do what, scores, folds mastery, cites and leases (``areas.py``). Prints how many mutants
were killed, survived and timed out, and the survivors; ends with a status of its own if there is one that
``equivalent.toml`` does not explain, or an explanation there that is out of date. With ``--seconds`` or ``--share``
it tries as many as fit, chosen by ``--seed``.

The runner is our own because the others do not fit: mutmut 3.8 passes over properties and constants, where much of
what is mutated here stands, and numbers its mutants, so that an explanation would slip to another; Cosmic Ray 8.7
starts pytest anew for each, five seconds where a fork takes one.
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
    """How long each target's tests take with nothing changed. Ends the program where one fails."""
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
        "--seconds", type=float, help="begin no mutant later, once the tests have passed with nothing changed"
    )
    parser.add_argument("--share", type=float, default=1.0, help="of the mutants, 0 to 1")
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
    with contextlib.suppress(KeyboardInterrupt):  # what was tried by then is told
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
    """Print the counts and the survivors; answers those that are not explained."""
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
