"""The time of a cold start of each function in the package, compared with a hello-world Chalice app.

``make cold-start [RUNS=5]`` packages both and runs them as Lambda does: on the package's own Python, with only boto3
added, against moto and the stubs. Each run is a new interpreter: ``import app``, a first request, and the same request
again; once with the package's bytecode, and once without. It prints milliseconds of CPU time (all threads) and of the
clock, each as the fastest run and the median. On Lambda, the speed of a request depends on the memory (1,769 MB are one
processor), the import of app.py runs at full speed, and the services are farther away.

Then it prints which modules the first request of the slowest function imports, and how long each of them takes.
"""

from __future__ import annotations

import json
import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.first_requests import CASES, SUBJECT, Case, School, Switchboard
from fakes.system import FrozenClock
from infrastructure.functions import FUNCTIONS, Name
from tests.packaging.cloud import cloud
from tests.packaging.deployed import Deployed, Report, Took
from tests.packaging.frontend import Frontend, event_of
from tests.packaging.stack import Stack
from tests.support.world import PHYSICS

PROJECT = Path(__file__).parent.parent
BUILD = PROJECT / "build"
PACKAGE = BUILD / "test-package"
PYTHON = BUILD / "venv" / "bin" / "python"
BOTO3 = BUILD / "boto3"
RUNS = 5
SHOWN = 25
HELLO = """\
from chalice.app import Chalice

app = Chalice(app_name="hello")


@app.route("/")
def hello():
    return {}
"""
HELLO_EVENT = {"resource": "/", "path": "/", "httpMethod": "GET"}
ALLOWED = {"InterviewsADay": "1000", "RequestsAMinute": "1000", "MaxConnections": "1000"}
"""High limits, because one learner makes all requests."""
_IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Run:
    """A cold start: the report of the first request to a process, and the report of the second one."""

    first: Report
    second: Report

    @property
    def computing(self) -> float:
        return self.first.init.computing + self.first.call.computing


@dataclass(frozen=True, slots=True)
class Functions:
    """An unzipped package, with everything that its functions need to run."""

    code: Path
    environment: Callable[[Name], Mapping[str, str]]
    log: Path

    def start(self, **variables: str) -> Deployed:
        # Lambda's folder is read-only: no process leaves bytecode there for the next one.
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        return Deployed(
            PYTHON, self.code, BOTO3, lambda name: {**self.environment(name), **variables}, self.log
        )


def hello_start(functions: Functions) -> Run:
    event = event_of("rest")
    event |= HELLO_EVENT
    event["requestContext"] |= {"resourcePath": "/", "path": "/api/", "httpMethod": "GET"}
    with functions.start() as new:
        for _ in range(2):
            answer = new.invoke("APIHandler", event)
            if answer["statusCode"] != 200:
                raise RuntimeError(answer)
    return Run(*new.reports)


def cold_start(case: Case, school: School, functions: Functions, **variables: str) -> Run:
    act = case.prepare(school)
    switchboard = school.functions
    with functions.start(**variables) as new:
        switchboard.measured, switchboard.new = case.function, new
        try:
            act()
            act()
        finally:
            switchboard.measured = switchboard.new = None
    return Run(*new.reports)


def hello_archive(folder: Path) -> Path:
    """Package the hello-world app with Chalice, as Lyceum is packaged. It has no requirements."""
    (folder / ".chalice").mkdir(parents=True)
    config = {"version": "2.0", "app_name": "hello", "stages": {"dev": {}}}
    (folder / ".chalice" / "config.json").write_text(json.dumps(config))
    (folder / "app.py").write_text(HELLO)
    (folder / "requirements.txt").touch()
    subprocess.run(
        [PYTHON.with_name("chalice"), "--project-dir", folder, "package", folder / "out"],
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return folder / "out" / "deployment.zip"


def unzip(archive: Path, folder: Path, *, bytecode: bool) -> Path:
    """Unzip the package into the folder. With ``bytecode``, compile the code as packaging does."""
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder, [name for name in zipped.namelist() if not name.endswith(".pyc")])
    if bytecode:
        code = "import pathlib, sys; from infrastructure import package; package.compile_all(pathlib.Path(sys.argv[1]))"
        subprocess.run([PYTHON, "-c", code, folder], cwd=PROJECT, check=True)
    return folder


def megabytes(archive: Path) -> str:
    """The size of the package, zipped and unzipped, and the share of the bytecode, as a text."""
    with zipfile.ZipFile(archive) as zipped:
        entries = zipped.infolist()
    sizes = [
        (sum(entry.compress_size for entry in some) / 1e6, sum(entry.file_size for entry in some) / 1e6)
        for some in (entries, [entry for entry in entries if entry.filename.endswith(".pyc")])
    ]
    (zipped_all, all_), (zipped_bytecode, bytecode) = sizes
    return (
        f"{zipped_all:.1f} MB zipped, {all_:.1f} MB unzipped;"
        f" of these {zipped_bytecode:.1f} and {bytecode:.1f} MB are bytecode"
    )


def show(title: str, hello: Sequence[Run], runs: Mapping[str, Sequence[Run]]) -> None:
    columns = (
        "import app",
        "by the clock",
        "first request",
        "by the clock",
        "second request",
        "modules",
        "× hello",
    )
    print(f"\n{title + ', ms':<32}" + "".join(f"{column:>15}" for column in columns))
    for label, some in {"hello-world Chalice app": hello, **runs}.items():
        figures = [
            *_both([run.first.init for run in some]),
            *_both([run.first.call for run in some]),
            _least_and_median([run.second.call.seconds for run in some]),
            f"{some[0].first.modules}",
            f"{least(some) / least(hello):.1f}",
        ]
        print(f"{label:<32}" + "".join(f"{figure:>15}" for figure in figures))


def _both(took: Sequence[Took]) -> tuple[str, str]:
    return (
        _least_and_median([one.computing for one in took]),
        _least_and_median([one.seconds for one in took]),
    )


def _least_and_median(seconds: Sequence[float]) -> str:
    return f"{min(seconds) * 1000:.0f} / {statistics.median(seconds) * 1000:.0f}"


def least(runs: Sequence[Run]) -> float:
    """The CPU seconds up to the end of the first request, in the fastest run."""
    return min(run.computing for run in runs)


def show_profile(log: str) -> None:
    """Print the slowest modules and packages of a log of ``-X importtime``."""
    took = Counter({module: int(microseconds) for microseconds, module in _IMPORTED.findall(log)})
    packages: Counter[str] = Counter()
    for module, microseconds in took.items():
        packages[module.partition(".")[0]] += microseconds
    print(
        f"{len(took)} modules, {took.total() / 1000:.0f} ms; the slowest modules, and the slowest packages with all their modules:"
    )
    for (module, alone), (package, together) in zip(
        took.most_common(SHOWN), packages.most_common(SHOWN), strict=False
    ):
        print(f"{alone / 1000:8.1f} ms  {module:<48}{together / 1000:8.1f} ms  {package}")


def main(times: int) -> None:
    archive = PACKAGE / "deployment.zip"
    if not archive.exists():
        sys.exit("there is no package to measure: make cold-start makes it")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # moto's server logs a line per request
    template = json.loads((PACKAGE / "sam.json").read_text())
    with tempfile.TemporaryDirectory() as name, cloud() as account:
        folder = Path(name)
        stack = Stack(template, account.parameters | ALLOWED)
        account.make(stack)
        environments = {function.name: account.environment(stack, function.name) for function in FUNCTIONS}
        hello = hello_archive(folder / "hello")
        log = folder / "log"
        packages = {
            bytecode: (
                Functions(unzip(hello, folder / f"hello-{bytecode}", bytecode=bytecode), lambda _: {}, log),
                Functions(
                    unzip(archive, folder / f"lyceum-{bytecode}", bytecode=bytecode),
                    environments.__getitem__,
                    log,
                ),
            )
            for bytecode in (True, False)
        }
        with packages[True][1].start() as running:
            functions = Switchboard(running)
            ada = Frontend(functions, account.token("ada", FrozenClock(datetime.now(UTC))))
            ada.upload("laws.txt", PHYSICS.encode(), subject_id=SUBJECT)
            school = School(account, functions, ada)
            # The packages take turns, so that other work on the machine slows all of them equally.
            hellos: dict[bool, list[Run]] = {True: [], False: []}
            runs: dict[bool, dict[str, list[Run]]] = {
                bytecode: {case.label: [] for case in CASES} for bytecode in packages
            }
            for _ in range(times):
                for bytecode, (hello_functions, lyceum) in packages.items():
                    hellos[bytecode].append(hello_start(hello_functions))
                    for case in CASES:
                        runs[bytecode][case.label].append(cold_start(case, school, lyceum))
            print(f"The package: {megabytes(archive)}. {times} cold starts each: fastest / median.")
            show("with bytecode", hellos[True], runs[True])
            show("without bytecode", hellos[False], runs[False])
            worst = max(CASES, key=lambda case: least(runs[True][case.label]))
            log.write_text("")
            cold_start(worst, school, packages[True][1], PYTHONPROFILEIMPORTTIME="1")
        print(f"\nThe slowest is {worst.label}. ", end="")
        show_profile(log.read_text())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
