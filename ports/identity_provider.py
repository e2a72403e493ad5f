"""Verifies access tokens, and says to whom they belong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ports.errors import PortError


class InvalidToken(PortError):
    """The token is malformed, forged, expired, not yet valid, or not issued for this service."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The content of a verified token. The user cannot edit any of it."""

    auth_user_id: str
    email: str | None
    expires_at: datetime


class IdentityProvider(Protocol):
    def verify(self, token: str) -> Claims:
        """The claims of a valid access token.

        Raises ``InvalidToken``, and ``UpstreamError`` if the keys to verify it are not available.
        """
        ...
