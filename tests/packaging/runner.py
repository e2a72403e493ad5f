"""Runs a function of the package as Lambda does: in the package's own interpreter, without the project's tests.

``python runner.py app.on_message [restored]``: with ``restored``, a fork of the process after the import answers, like
an instance that Lambda starts from a snapshot. Each line of standard input is an event as JSON. Each line of standard
output is the result, with a report of its cost.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any


class Context:
    """The parts of Lambda's context that the functions read."""

    aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"

    def __init__(self, function: str, seconds: float) -> None:
        self.function_name = function
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


def clocks() -> tuple[float, float]:
    """Seconds of the clock, and seconds of CPU time of this process."""
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> list[float]:
    return [now - then for now, then in zip(clocks(), began, strict=True)]


def restore() -> list[float]:
    """Continue in a fork of this process, after the hooks of a restore. Returns the hooks' cost. This process ends with
    the fork."""
    child = os.fork()
    if child:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    from snapshot_restore_py import get_after_restore

    began = clocks()
    for function, arguments, named in get_after_restore():
        function(*arguments, **named)
    return since(began)


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr  # the function's output is its log
    module, _, name = sys.argv[1].partition(".")
    began = clocks()
    handler = getattr(importlib.import_module(module), name)
    init, restored = since(began), [0.0, 0.0]
    if sys.argv[2:] == ["restored"]:
        restored = restore()
    for line in sys.stdin:
        asked = json.loads(line)
        known = set(sys.modules)
        began = clocks()
        told: dict[str, Any]
        try:
            told = {"answer": handler(asked["event"], Context(sys.argv[1], asked["seconds"]))}
        except Exception as error:
            told = {"errorType": type(error).__name__, "errorMessage": str(error)}
        told["report"] = {
            "init": init,
            "restore": restored,
            "call": since(began),
            "modules": len(sys.modules),
            "imported": sorted(set(sys.modules) - known),
        }
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
