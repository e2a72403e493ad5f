"""Checks addresses of services that come from settings."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LOOPBACK = {"localhost", "127.0.0.1"}


def https_address(text: str, what: str) -> str:
    """The address with its scheme (https if it has none). http is allowed only to this machine.

    Raises ``ValueError`` for any other address. The error message calls the address ``what``, e.g. "the Pinecone host".
    """
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        name = parts.hostname or ""
        usable = parts.port is None or parts.port > 0
    except ValueError:
        name, usable = "", False
    if not usable or re.search(r"\s", text) or ("." not in name and name not in _LOOPBACK):
        raise ValueError(f"{what} is not an address")
    if parts.scheme != "https" and not (parts.scheme == "http" and name in _LOOPBACK):
        raise ValueError(f"{what} must be reached by https")
    return address
