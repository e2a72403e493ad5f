"""Runs the functions in this process. Each has its own app.py, because on Lambda each has its own process."""

from __future__ import annotations

import importlib.util
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import pytest

from fakes.system import FrozenClock
from infrastructure.chalice_project import PROJECT
from infrastructure.functions import FUNCTIONS, Name
from tests.packaging.frontend import FunctionFailed
from tests.packaging.recorder import Recorder

_BY_NAME = {function.name: function for function in FUNCTIONS}


class Context:
    """The parts of Lambda's context that the functions read."""

    def __init__(self, function: str, seconds: float) -> None:
        self.function_name = function
        self.aws_request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds * 1000)


@dataclass
class InProcess:
    """Functions that share one clock. ``otherwise`` replaces variables of a function's environment."""

    environment: Callable[[Name], Mapping[str, str]]
    clock: FrozenClock
    recorder: Recorder
    otherwise: dict[Name, Mapping[str, str]] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)
    """The method and path of each REST route that was called."""
    _apps: dict[Name, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Each app.py keeps the ``sys.stderr`` of the moment of its import, and writes its log there.
        logger = logging.getLogger("lyceum")
        self._logger_before = (list(logger.handlers), logger.propagate, logger.level)

    def invoke(self, name: Name, event: Mapping[str, Any]) -> Any:
        function = _BY_NAME[name]
        if name == "APIHandler":
            self.asked.add((event["httpMethod"], event["resource"]))
        with self._within(name):
            if name not in self._apps:
                self._apps[name] = _app_of(name)
                self._apps[name].services.adapters.clock = self.clock
            handler = attrgetter(function.handler.removeprefix("app."))(self._apps[name])
            with self.recorder.acting_as(name):
                try:
                    answer = handler(event, Context(name, function.seconds))
                except Exception as error:
                    raise FunctionFailed(type(error).__name__, str(error)) from error
        return json.loads(json.dumps(answer))

    @contextmanager
    def _within(self, name: Name) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in {**self.environment(name), **self.otherwise.get(name, {})}.items():
                patch.setenv(variable, value)
            yield

    def close(self) -> None:
        for name, app in self._apps.items():
            with self._within(name):
                app.services.adapters.close()
        logger = logging.getLogger("lyceum")
        logger.handlers, logger.propagate, level = self._logger_before
        logger.setLevel(level)


def _app_of(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"app_of_{name}", PROJECT / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
