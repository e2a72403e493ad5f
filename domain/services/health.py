"""Whether what the service depends on answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from ports.system import Clock

KEPT_SECONDS = 30.0
"""How long a look is good for: the question is public, the calls are not free."""


class Health:
    """``probes`` by capability: the adapter's name and a cheap call of it, or None where a call costs money."""

    def __init__(
        self, probes: Callable[[], Mapping[str, tuple[str, Callable[[], object] | None]]], clock: Clock
    ) -> None:
        self._probes = probes
        self._clock = clock
        self._seen: tuple[float, dict[str, tuple[str, bool | None]]] | None = None

    def look(self) -> dict[str, tuple[str, bool | None]]:
        """By capability, the adapter's name and whether it answered (None: not asked)."""
        now = self._clock.monotonic()
        if self._seen is None or now - self._seen[0] >= KEPT_SECONDS:
            probes = self._probes()
            with ThreadPoolExecutor(max_workers=len(probes)) as pool:
                answers = list(pool.map(_answers, [probe for _, probe in probes.values()]))
            names = [(capability, name) for capability, (name, _) in probes.items()]
            found = {
                capability: (name, answer) for (capability, name), answer in zip(names, answers, strict=True)
            }
            self._seen = (now, found)
        return self._seen[1]


def _answers(probe: Callable[[], object] | None) -> bool | None:
    if probe is None:
        return None
    try:
        probe()
    except Exception:
        return False
    return True
