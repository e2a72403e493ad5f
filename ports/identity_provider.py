"""Who is asking, by the token that they show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ports.errors import PortError


class InvalidToken(PortError):
    """The token is malformed, forged, expired, not yet valid, or meant for somebody else."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Nothing that the user can edit is in it."""

    auth_user_id: str
    email: str | None
    expires_at: datetime


class IdentityProvider(Protocol):
    def verify(self, token: str) -> Claims:
        """The claims of a valid access token. Raises ``InvalidToken``, or an ``UpstreamError`` if the
        keys cannot be had."""
        ...
