"""Whether what the service depends on answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Lock

from ports.system import Clock
from ports.workers import Workers

KEPT_SECONDS = 30.0
"""How long a look is good for: the question is public, the calls are not free."""
LOOK_SECONDS = 5.0
"""What has not answered by then does not answer."""


Probe = tuple[Callable[[], object], Callable[[], object] | None]
"""How to reach an adapter, and a cheap call of it: None where calls cost money."""

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
        """By capability, the adapter's name and whether it answered within ``seconds`` (None: not asked).

        All are asked at the same time, and once for everybody who wants to know meanwhile.
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
            pool.shutdown(wait=False, cancel_futures=True)  # whoever hangs is left to hang
        found = {asked[one]: one.result() for one in answered}
        return {
            capability: (names.get(capability, "none"), found.get(capability, False)) for capability in probes
        }


def _try(names: dict[str, str], capability: str, probe: Probe) -> bool | None:
    """An adapter that cannot even be made has no name, and does not answer."""
    reach, call = probe
    try:
        names[capability] = type(reach()).__name__
        if call is None:
            return None
        call()
    except Exception as failed:
        log.warning("probe_failed", extra={"capability": capability, "error": type(failed).__qualname__})
        return False
    return True
