"""The functions of a package: each a process that sees the unzipped package, boto3, and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from infrastructure.functions import FUNCTIONS, Name
from tests.packaging.frontend import FunctionFailed

RUNNER = Path(__file__).parent / "runner.py"
_BY_NAME = {function.name: function for function in FUNCTIONS}


class Took(NamedTuple):
    seconds: float
    computing: float
    """Seconds of CPU time of the process, in all its threads."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of an invocation, as Lambda writes it."""

    init: Took
    """The cost of the import, once a process."""
    restore: Took
    """The cost of the hooks that run at a start from a snapshot. Zero without a snapshot."""
    call: Took
    modules: int
    """The number of modules imported so far."""
    imported: list[str]
    """The modules that this call imported."""


@dataclass
class Deployed:
    """Runs functions of a package. Use as a context manager.

    ``code`` is the unzipped package. ``boto3`` is a folder with boto3 and what it needs.
    """

    python: Path
    code: Path
    boto3: Path
    environment: Callable[[Name], Mapping[str, str]]
    log: Path
    restored: bool = False
    """Whether each process starts as Lambda starts a function from a snapshot: the hooks of a restore run before its
    first event.
    """
    reports: list[Report] = field(default_factory=list, init=False)
    """One report for each invocation."""
    _processes: dict[Name, subprocess.Popen[str]] = field(default_factory=dict)

    def invoke(self, name: Name, event: Mapping[str, Any]) -> Any:
        function = _BY_NAME[name]
        if name not in self._processes:
            self._processes[name] = self._started(name)
        process = self._processes[name]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"event": event, "seconds": function.seconds}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"{name} died:\n{self.log.read_text()[-4000:]}"
        told = json.loads(line)
        report = told["report"]
        self.reports.append(
            Report(
                Took(*report["init"]),
                Took(*report["restore"]),
                Took(*report["call"]),
                report["modules"],
                report["imported"],
            )
        )
        if "errorType" in told:
            raise FunctionFailed(told["errorType"], told["errorMessage"])
        return told["answer"]

    def _started(self, name: Name) -> subprocess.Popen[str]:
        environment = {
            **self.environment(name),
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "_HANDLER": _BY_NAME[name].handler,
            "LAMBDA_TASK_ROOT": str(self.code),
            "LANG": "en_US.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            # The order of Lambda: modules of the package come before those of the runtime.
            "PYTHONPATH": f"{self.code}:{self.boto3}",
        }
        # ``-S`` hides everything installed for this Python, ``-P`` hides the folder of the runner.
        command = [str(self.python), "-S", "-P", str(RUNNER), _BY_NAME[name].handler]
        if self.restored:
            command.append("restored")
        with self.log.open("a") as log:
            return subprocess.Popen(
                command,
                cwd=self.code,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Deployed:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.communicate(timeout=180)  # the process ends when its input ends
