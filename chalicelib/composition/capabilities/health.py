"""Health: whether the services that Lyceum depends on answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.composition.capabilities.common import CommonServices
from chalicelib.composition.lazily import lazy

if TYPE_CHECKING:
    from domain.health.health import HealthCheck, Probe


class HealthServices(CommonServices):
    @lazy
    def health(self) -> HealthCheck:
        from domain.health.health import HealthCheck

        return HealthCheck(self._probes, self.clock, self.ports.workers)

    def _probes(self) -> Mapping[str, Probe]:
        """For each port: a function that returns the adapter, and a cheap call of it. The call is None if it would cost
        money.
        """
        from chalicelib.composition.probes import asks, refuses_unsigned
        from domain.base.tables import ACTIVE_SESSIONS
        from domain.documents.keys import DOCUMENTS, RAW_FILES
        from ports.text_extractor import ExtractionLimits

        a = self.adapters
        absent = {ACTIVE_SESSIONS.partition: "health"}
        limits = ExtractionLimits(max_bytes=100, max_pages=1, max_characters=100, max_seconds=5)
        return {
            "key_value_store": (lambda: a.key_values, lambda: a.key_values.get(ACTIVE_SESSIONS, absent)),
            "object_store": (lambda: a.objects, lambda: a.objects.info(RAW_FILES + "health")),
            "vector_store": (lambda: a.vectors, lambda: a.vectors.fetch(DOCUMENTS, ["health"])),
            "directory": (lambda: a.directory, lambda: a.directory.subject("health")),
            "identity_provider": (lambda: a.identity, lambda: refuses_unsigned(a.identity)),
            "connection_gateway": (lambda: a.gateway, lambda: a.gateway.is_open("health")),
            "text_extractor": (lambda: a.extractor, lambda: a.extractor.extract(b"health", "txt", limits)),
            "embedder": (lambda: a.embedder, None),
            "agent": (lambda: a.agent, lambda: asks(a.agent)),
            "transcriber": (lambda: a.transcriber, None),
        }
