"""What takes HTTP requests on the laptop, where API Gateway does on AWS."""

from __future__ import annotations

from adapters.local.console import Console
from adapters.local.http_server import LocalHttpServer

__all__ = ["Console", "LocalHttpServer"]
