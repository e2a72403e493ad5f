"""The limits of a process that reads one document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    memory: int = 512 * 1024 * 1024
    """Bytes of address space, beyond what the process and the file take."""
    page_cpu_seconds: int = 10
    """Half of a worker's lease on the document: a slow page must not cost it."""
    page_wall_seconds: float = 15.0
