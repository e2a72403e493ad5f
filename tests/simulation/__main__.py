"""``python -m tests.simulation`` runs both searches, or repeats one schedule or case and prints everything that happens
in it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.simulation.running import Job, cases, run, search
from tests.simulation.search import Case

_MOST_SHOWN = 5


def replay(job: Job) -> int:
    outcome = run(job, keeps_trail=True)
    for line in outcome.trail:
        print(line)
    for violation in outcome.violations:
        print(f"VIOLATION {violation}")
    print(f"{outcome.calls} calls of ports, {outcome.strikes} faults, {len(outcome.violations)} violations")
    return 1 if outcome.violations else 0


def command(job: Job) -> str:
    return f"make simulate CASE={job}" if isinstance(job, Case) else f"make simulate SEED={job}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000, help="how many random schedules")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first of them")
    parser.add_argument(
        "--every", type=int, default=1, help="run every EVERY-th of the Nth-call cases; 0 for none"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--at-first", action="store_true", help="stop at the first violation")
    parser.add_argument("--seed", type=int, help="this schedule alone, with all that happens in it")
    parser.add_argument("--case", type=Case.parse, help="this case alone, e.g. upload:late-crash:17")
    chosen = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # so that sets have the same order in every run
        again = [sys.executable, "-m", "tests.simulation", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606  # itself
    if chosen.case is not None or chosen.seed is not None:
        return replay(chosen.seed if chosen.case is None else chosen.case)
    started = time.monotonic()
    jobs: list[Job] = [*(cases(chosen.every) if chosen.every else ())]
    jobs += range(chosen.first, chosen.first + chosen.schedules)
    found = search(jobs, chosen.processes, at_first=chosen.at_first)
    for job, violations in found.failed[:_MOST_SHOWN]:
        print(f"{command(job)}\n    {violations[0][:600]}")
    print(
        f"{found.schedules:,} schedules and {found.cases:,} cases of a failing call: {found.calls:,} calls of ports, "
        f"{found.strikes:,} faults, {len(found.failed):,} with a violation; {time.monotonic() - started:.0f} s "
        f"in {chosen.processes} processes"
    )
    return 1 if found.failed else 0


if __name__ == "__main__":
    sys.exit(main())
