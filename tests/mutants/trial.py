"""Runs tests on mutants: each in a fork of a process that has imported everything that never changes, and in a copy of
the project.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing import Pipe, connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import CodeType
from typing import Any, Literal

import pytest

Verdict = Literal["killed", "survived", "timed out"]

PROCESSES = 2
_FOLDERS = (
    ".chalice",
    "adapters",
    "chalicelib",
    "demo",
    "docs",
    "domain",
    "fakes",
    "infrastructure",
    "ports",
    "tests",
)
_FILES = ("app.py", "serve.py", "pyproject.toml", "README.md")
_OURS = {"adapters", "app", "chalicelib", "demo", "domain", "fakes", "ports", "serve", "tests"}
_OPTIONS = (
    *("-x", "-q", "-m", "not slow", "-k", "not aws", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-p", "no:unraisableexception"),  # it collects garbage three times, which takes longer than many tests
    *("--tb", "native"),
)
_PROFILE = "mutants"
_LEAST_SECONDS = 10.0
_MEMORY = 4 << 30


def copy_tree(project: Path, copy: Path) -> None:
    """Copy the part of the project that the tests need, without bytecode."""
    for name in _FOLDERS:
        shutil.copytree(project / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(project / name, copy / name)


def settle_in(copy: Path, tests: Iterable[str]) -> None:
    """Change into the copy, and import the packages of others that its tests import. So no trial needs to import them."""
    project = str(Path(__file__).parents[2])
    os.chdir(copy)
    sys.path[:] = [str(copy), *(path for path in sys.path if path not in ("", project))]
    _forget_ours()
    with _silenced(copy / "collected.log"):
        pytest.main([*_OPTIONS, "--collect-only", *tests])
    _forget_ours()
    gc.freeze()


def _search_less() -> None:
    """Let Hypothesis try fewer examples, and not shrink a failure: it only matters whether a test fails."""
    from hypothesis import HealthCheck, Phase, settings  # pytest must be the first to import it

    settings.register_profile(
        _PROFILE,
        deadline=None,
        max_examples=25,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """A run of ``tests`` with the ``code`` of the ``module``; None for its own code. Their output goes into ``log``.

    The verdict is "killed" if a test fails, and "timed out" after ``seconds`` of processor time. It is also "timed out"
    after ten times as many seconds of the clock: other work may keep the machine busy.
    """

    module: str
    code: Callable[[], CodeType] | None
    tests: tuple[str, ...]
    seconds: float
    log: Path


def least_seconds(usual: float) -> float:
    """The limit of processor seconds for a trial whose tests take ``usual`` seconds on the unchanged code."""
    return _LEAST_SECONDS + 3 * usual


def tried(
    trials: Iterable[tuple[Any, Trial]], *, until: float | None = None
) -> Iterator[tuple[Any, Verdict, float]]:
    """Run the trials, some at the same time. Yields for each its key, its verdict and its seconds of processor time.

    No trial begins after ``until``, a value of ``time.monotonic``.
    """
    waiting = iter(trials)
    running: dict[int, tuple[Any, ForkProcess, Connection, float]] = {}
    while True:
        while len(running) < PROCESSES and (until is None or time.monotonic() < until):
            key, trial = next(waiting, (None, None))
            if trial is None:
                break
            told, telling = Pipe(duplex=False)
            process = get_context("fork").Process(target=_attempt, args=(trial, telling))
            process.start()
            telling.close()
            running[process.sentinel] = key, process, told, time.monotonic() + 10 * trial.seconds
        if not running:
            return
        first = min(end for *_, end in running.values())
        ready = connection.wait(list(running), max(0.0, first - time.monotonic()))
        for sentinel in list(running):
            key, process, told, end = running[sentinel]
            if sentinel not in ready and time.monotonic() < end:
                continue
            del running[sentinel]
            verdict = _verdict(process, is_late=sentinel not in ready)
            yield key, verdict, _seconds(told)


def _verdict(process: ForkProcess, *, is_late: bool) -> Verdict:
    with contextlib.suppress(ProcessLookupError):  # also what it left running
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    if is_late or process.exitcode == -signal.SIGXCPU:
        return "timed out"
    return "survived" if process.exitcode == pytest.ExitCode.OK else "killed"


def _seconds(told: Connection) -> float:
    with told:
        try:
            return float(told.recv())
        except EOFError:  # it was killed
            return 0.0


def _attempt(trial: Trial, telling: Connection) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(trial.seconds), int(trial.seconds) + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    _search_less()
    if trial.code is not None:
        sys.meta_path.insert(0, _Changed(trial.module, trial.code()))
    with _silenced(trial.log):
        code = pytest.main([*_OPTIONS, "--hypothesis-profile", _PROFILE, *trial.tests])
    telling.send(time.process_time())
    os._exit(int(code))  # without waiting for threads that a mutant never ends


class _Changed(MetaPathFinder):
    """Lets Python import the changed code of one module."""

    def __init__(self, module: str, code: CodeType) -> None:
        self._name = module.removesuffix(".py").replace("/", ".")
        self._path = str(Path(module).absolute())
        self._code = code

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return spec_from_file_location(fullname, self._path, loader=_Given(fullname, self._path, self._code))


class _Given(SourceFileLoader):
    def __init__(self, fullname: str, path: str, code: CodeType) -> None:
        super().__init__(fullname, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        return self._code


def _forget_ours() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in _OURS]:
        del sys.modules[name]


@contextlib.contextmanager
def _silenced(log: Path) -> Iterator[None]:
    """Write everything that the process prints into ``log``."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, descriptor in enumerate(kept, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(written)
