"""The cost of the first request after a start from a snapshot (SnapStart), compared with a warm request.

``make cold-start`` makes the package that this needs; then ``python -m benchmarks.restored [RUNS]``. A fork simulates
the snapshot: the process imports app.py with ``LYCEUM_SNAP_START=on`` and forks, and the fork answers. The requests are
those of ``cold_start``, against moto and the stubs. It prints milliseconds of CPU time (all threads), each as the
median of the runs: of the import, of the hooks after the restore (they read secrets and open connections), of the first
request with the connections that it opens, and of a warm request (the median of those after the first). Before that, it
prints the same for a process without a snapshot. A restore itself takes about 200 ms on Lambda.

It ends with an error if a first request costs more than twice a warm one. This holds for every function, as if each
started from a snapshot, and for the smallest request. The runs of the cases take turns, and a case is judged by the
medians of its runs. So other work on the machine slows both sides of its ratio.
"""

from __future__ import annotations

import json
import logging
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cold_start import ALLOWED, BOTO3, PACKAGE, PYTHON, unzip
from benchmarks.first_requests import CASES, SUBJECT, Case, School, Switchboard
from fakes.system import FrozenClock
from infrastructure.functions import FUNCTIONS, Name
from tests.packaging.cloud import cloud
from tests.packaging.deployed import Deployed
from tests.packaging.frontend import Frontend
from tests.packaging.stack import Stack
from tests.support.world import PHYSICS

RUNS = 5
REQUESTS = 3
"""The number of requests to each process. More are not possible, because an interview has no more questions."""
MOST = 2.0
"""The highest allowed cost of a first request, as a multiple of a warm one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The CPU seconds of one process."""

    init: float
    restore: float
    """The hooks between the restore and the first request: the function reads its secrets and opens connections."""
    first: float
    warm: float
    imported: int
    """The modules that the first request imports."""


def measured(case: Case, school: School, new: Deployed) -> Figures:
    act = case.prepare(school)
    with new:
        school.functions.measured, school.functions.new = case.function, new
        try:
            for _ in range(REQUESTS):
                act()
        finally:
            school.functions.measured = school.functions.new = None
    first, *others = new.reports
    warm = statistics.median(one.call.computing for one in others)
    return Figures(
        first.init.computing, first.restore.computing, first.call.computing, warm, len(first.imported)
    )


def show(title: str, runs: Mapping[str, Sequence[Figures]]) -> float:
    """Print the table, and return the largest of its ratios."""
    columns = (
        "import app",
        "after restore",
        "first request",
        "warm request",
        "first / warm",
        "modules imported",
    )
    print(f"\n{title + ', ms':<32}" + "".join(f"{column:>16}" for column in columns))
    worst = 0.0
    for label, some in runs.items():
        init, restore, first, warm = (
            statistics.median(values)
            for values in zip(*((one.init, one.restore, one.first, one.warm) for one in some), strict=True)
        )
        ratio = first / warm
        worst = max(worst, ratio)
        figures = [
            *(f"{one * 1000:.1f}" for one in (init, restore, first, warm)),
            f"{ratio:.2f}",
            f"{some[0].imported}",
        ]
        print(f"{label:<32}" + "".join(f"{figure:>16}" for figure in figures))
    return worst


def main(times: int) -> None:
    archive = PACKAGE / "deployment.zip"
    if not archive.exists():
        sys.exit("there is no package to measure: make cold-start makes it")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # moto's server logs a line per request
    template = json.loads((PACKAGE / "sam.json").read_text())
    with tempfile.TemporaryDirectory() as place, cloud() as account:
        folder = Path(place)
        stack = Stack(template, {**account.parameters, **ALLOWED})
        account.make(stack)
        environments: dict[Name, Mapping[str, str]] = {
            function.name: account.environment(stack, function.name) for function in FUNCTIONS
        }
        code, log = unzip(archive, folder / "lyceum", bytecode=True), folder / "log"

        def start(restored: bool) -> Deployed:
            extra = {"PYTHONDONTWRITEBYTECODE": "1", "LYCEUM_SNAP_START": "on" if restored else "off"}
            return Deployed(
                PYTHON, code, BOTO3, lambda name: {**environments[name], **extra}, log, restored=restored
            )

        with start(restored=False) as running:
            functions = Switchboard(running)
            ada = Frontend(functions, account.token("ada", FrozenClock(datetime.now(UTC))))
            ada.upload("laws.txt", PHYSICS.encode(), subject_id=SUBJECT)
            school = School(account, functions, ada)
            runs: dict[bool, dict[str, list[Figures]]] = {
                restored: {case.label: [] for case in CASES} for restored in (False, True)
            }
            for _ in range(times):  # in turns, so that other work of the machine slows all of them equally
                for restored, some in runs.items():
                    for case in CASES:
                        some[case.label].append(measured(case, school, start(restored)))
    show("new process", runs[False])
    worst = show("restored", runs[True])
    print(f"\nAfter a restore, the first request costs at most {worst:.2f} times a warm one.")
    if worst > MOST:
        sys.exit(f"that is more than {MOST:.0f} times")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
