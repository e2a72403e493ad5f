"""Checks whether the upstreams answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Lock

from ports.system import Clock
from ports.workers import Workers

KEPT_SECONDS = 30.0
"""How long a result is used again. Anybody may ask for it, and the calls cost money."""
LOOK_SECONDS = 5.0
"""How long an upstream may take to answer."""


Probe = tuple[Callable[[], object], Callable[[], object] | None]
"""A function that returns an adapter, and a cheap call of it; None if every call costs money."""
NOT_CALLED = object()
"""Stands for the result of the cheap call if the adapter has no such call."""

log = logging.getLogger("lyceum.health")


class HealthCheck:
    def __init__(
        self,
        probes: Callable[[], Mapping[str, Probe]],
        clock: Clock,
        workers: Workers,
        *,
        seconds: float = LOOK_SECONDS,
    ) -> None:
        self._probes = probes
        self._clock = clock
        self._workers = workers
        self.seconds = seconds
        self._looking = Lock()
        self._seen: tuple[float, dict[str, tuple[str, bool | None]]] | None = None

    def look(self) -> dict[str, tuple[str, bool | None]]:
        """For each capability: the adapter's name, and whether it answered within ``seconds`` (None: not called).

        All are called at the same time. The result is used again for ``KEPT_SECONDS``; simultaneous requests share it.
        """
        with self._looking:
            now = self._clock.monotonic()
            if self._seen is None or now - self._seen[0] >= KEPT_SECONDS:
                self._seen = (now, self._looked())
            return self._seen[1]

    def _looked(self) -> dict[str, tuple[str, bool | None]]:
        names: dict[str, str] = {}
        probes = self._probes()
        pool = self._workers.pool(len(probes))
        try:
            asked = {pool.submit(_try, names, *probe): probe[0] for probe in probes.items()}
            answered = pool.all_done(asked, self.seconds)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # do not wait for a call that hangs
        found = {asked[one]: one.result() for one in answered}
        return {
            capability: (names.get(capability, "none"), found.get(capability, False)) for capability in probes
        }


def _try(names: dict[str, str], capability: str, probe: Probe) -> bool | None:
    """Whether the adapter answers; None if it is not called. If it cannot be created, it has no name and does not
    answer.
    """
    reach, call = probe
    try:
        names[capability] = type(reach()).__name__
        if call is None:
            return None
        if call() is NOT_CALLED:
            return None
    except Exception as failed:
        log.warning("probe_failed", extra={"capability": capability, "error": type(failed).__qualname__})
        return False
    return True
