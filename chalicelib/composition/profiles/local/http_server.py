"""The laptop's HTTP server. It replaces API Gateway."""

from __future__ import annotations

from adapters.local.console import Console
from adapters.local.http_server import LocalHttpServer

__all__ = ["Console", "LocalHttpServer"]
