"""The limits of a process that reads one document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    memory: int = 512 * 1024 * 1024
    """The limit of address space in bytes, in addition to what the process and the file need."""
    page_cpu_seconds: int = 10
    """Half of a worker's lease on the document. So a slow page does not end the lease."""
    page_wall_seconds: float = 15.0
