"""Ports that fail at a chosen call. For tests of services that must reach the same end state whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.composition.services import Services
from tests.support.world import World

PORTS = ("key_values", "objects", "vectors", "embedder", "extractor", "knowledge_bases")
TEST_CONTROLS = frozenset({"enqueue", "items", "mint"})
"""Attributes with which a test controls the fakes. They do not count as calls of a port."""


class Crash(BaseException):
    """The worker dies at this point. No code may catch this error."""


@dataclass
class Faults:
    """Makes the call number ``at`` to any port fail, before or after its effect."""

    at: int | None = None
    fault: Callable[[], BaseException] = Crash
    after_effect: bool = False
    calls: int = 0

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self.calls += 1
        strikes = self.calls == self.at
        if strikes and not self.after_effect:
            raise self.fault()
        result = call(*args, **options)
        if strikes:
            raise self.fault()
        return result


@dataclass
class Interrupted(Faults):
    """Runs ``between`` before the call number ``at``. The worker then continues."""

    between: Callable[[], object] = lambda: None

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            self.between()
        return call(*args, **options)


@dataclass
class AtCallOf(Faults):
    """Runs ``happens`` before the ``nth`` call of one method of a port."""

    method: str = ""
    nth: int = 1
    happens: Callable[[], object] = lambda: None

    def around(self, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        if getattr(call, "__name__", "") == self.method:
            self.calls += 1
            if self.calls == self.nth:
                self.happens()
        return call(*args, **options)


@dataclass
class Faulty:
    """A port whose calls pass through the faults."""

    port: Any
    faults: Faults

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.port, name)
        if not callable(value) or name.startswith("_") or name in TEST_CONTROLS:
            return value
        return lambda *args, **options: self.faults.around(value, *args, **options)


@dataclass
class FaultyAdapters:
    adapters: Any
    faults: Faults
    ports: Sequence[str] = PORTS
    wrapped: dict[str, Faulty] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        port = getattr(self.adapters, name)
        return self.wrapped.setdefault(name, Faulty(port, self.faults)) if name in self.ports else port


def worker(world: World, faults: Faults) -> Services:
    """The world's services, with adapters whose calls ``faults`` can make fail."""
    return Services(world.settings, FaultyAdapters(world.adapters, faults), world.services.tables)
