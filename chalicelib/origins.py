"""The web pages that may use the API."""

from __future__ import annotations

import logging
import threading
from urllib.parse import urlsplit

from chalicelib.settings import ALLOWED_ORIGINS, Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""The host names that reach this machine only from itself."""
_OWN_PORTS = {"http": 80, "https": 443}
_MOST_TOLD = 100
_MOST_CHARACTERS = 200

log = logging.getLogger("lyceum.origins")
_told: set[str] = set()
_lock = threading.Lock()


def is_allowed(origin: str, settings: Settings) -> bool:
    """Whether a page from ``origin`` may use the API. Each refused origin is logged once, with the setting that would
    allow it.
    """
    if origin.rstrip("/") in settings.allowed_origins or _is_own(origin, settings):
        return True
    if origin:
        _log_refused_origin(origin[:_MOST_CHARACTERS])
    return False


def _is_own(origin: str, settings: Settings) -> bool:
    """Whether the laptop's own server served the page (the console), under any of its host names."""
    if settings.profile != "local":
        return False
    try:
        (scheme, host, port), page = _parts(settings.public_url), _parts(origin)
    except ValueError:
        return False
    return any(page == (scheme, name, port) for name in (host, *(LOOPBACK if host in LOOPBACK else ())))


def _parts(address: str) -> tuple[str, str | None, int | None]:
    """The scheme, host and port of the address. If it names no port, the port is the usual one of the scheme. Raises
    ``ValueError``.
    """
    parts = urlsplit(address)
    port = _OWN_PORTS.get(parts.scheme) if parts.port is None else parts.port
    return parts.scheme, parts.hostname, port


def _log_refused_origin(origin: str) -> None:
    with _lock:
        if origin in _told or len(_told) >= _MOST_TOLD:
            return
        _told.add(origin)
    log.warning("origin_refused", extra={"origin": origin, "allowed_by": ALLOWED_ORIGINS.name})
