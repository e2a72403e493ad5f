"""Whether what the service depends on answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from domain.services.parallel import Workers
from ports.system import Clock

KEPT_SECONDS = 30.0
"""How long a look is good for: the question is public, the calls are not free."""


Probe = tuple[Callable[[], object], Callable[[], object] | None]
"""How to reach an adapter, and a cheap call of it: None where calls cost money."""


class Health:
    def __init__(self, probes: Callable[[], Mapping[str, Probe]], clock: Clock) -> None:
        self._probes = probes
        self._clock = clock
        self._seen: tuple[float, dict[str, tuple[str, bool | None]]] | None = None

    def look(self) -> dict[str, tuple[str, bool | None]]:
        """By capability, the adapter's name and whether it answered (None: not asked)."""
        now = self._clock.monotonic()
        if self._seen is None or now - self._seen[0] >= KEPT_SECONDS:
            probes = self._probes()
            with Workers(max_workers=len(probes)) as pool:
                found = dict(zip(probes, pool.map(_try, probes.values()), strict=True))
            self._seen = (now, found)
        return self._seen[1]


def _try(probe: Probe) -> tuple[str, bool | None]:
    """An adapter that cannot even be made has no name, and does not answer."""
    reach, call = probe
    name = "none"
    try:
        name = type(reach()).__name__
        if call is None:
            return name, None
        call()
    except Exception:
        return name, False
    return name, True
