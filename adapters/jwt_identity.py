"""Verifies access tokens with PyJWT, as RFC 8725 and Supabase's documentation recommend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from ports.identity_provider import Claims, InvalidToken
from ports.system import Clock

LEEWAY_SECONDS = 30
"""How many seconds the clocks of the issuer and of this service may differ."""
MAX_TOKEN_CHARACTERS = 8192
REQUIRED_ROLE = "authenticated"
"""The role of a signed-in person in Supabase. ``anon`` and ``service_role`` are not people."""

Algorithm = Literal["HS256", "ES256", "RS256"]


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A key and the only algorithm that it is used with. A token's header cannot choose another."""

    algorithm: Algorithm
    key: Any


class KeyRing(Protocol):
    """The keys of an issuer. Its method may raise an ``UpstreamError``."""

    def key_for(self, key_id: str | None) -> VerificationKey:
        """The key with that id. ``key_id`` is None if the token names no key.

        Raises ``InvalidToken`` if there is no such key.
        """
        ...


@dataclass(frozen=True, slots=True)
class OneKey:
    """The key ring of an issuer that has one key. Its tokens name no key."""

    key: VerificationKey

    def key_for(self, key_id: str | None) -> VerificationKey:
        return self.key


class JWTIdentityProvider:
    """Implements ``ports.identity_provider.IdentityProvider``."""

    def __init__(self, keys: KeyRing, *, issuer: str, audience: str, clock: Clock) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock

    def verify(self, token: str) -> Claims:
        import jwt

        if len(token) > MAX_TOKEN_CHARACTERS:
            raise InvalidToken("too long")
        try:
            key = self._keys.key_for(jwt.get_unverified_header(token).get("kid"))
            payload = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                issuer=self._issuer,
                audience=self._audience,
                options={
                    "require": ["exp", "sub", "iss", "aud"],
                    # ``_claims`` checks these times with our own clock.
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError) as refused:
            raise InvalidToken(type(refused).__name__) from None
        return self._claims(payload)

    def _claims(self, payload: Mapping[str, Any]) -> Claims:
        now = self._clock.now().timestamp()
        expires = _epoch(payload["exp"])
        if expires + LEEWAY_SECONDS <= now:
            raise InvalidToken("expired")
        for name in ("nbf", "iat"):
            if name in payload and _epoch(payload[name]) - LEEWAY_SECONDS > now:
                raise InvalidToken(f"{name} is in the future")
        if payload.get("role") != REQUIRED_ROLE:
            raise InvalidToken("role")
        subject, email = payload["sub"], payload.get("email")
        if not isinstance(subject, str) or not subject.strip():
            raise InvalidToken("sub")
        return Claims(
            auth_user_id=subject,
            email=email if isinstance(email, str) and email else None,
            expires_at=datetime.fromtimestamp(expires, UTC),
        )


def _epoch(value: object) -> float:
    """A NumericDate of RFC 7519, in seconds since 1970. Raises ``InvalidToken`` if it is none, or no datetime can hold
    it.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 253_402_300_800:
        raise InvalidToken("not a time")
    return float(value)
