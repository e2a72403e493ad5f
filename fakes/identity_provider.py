"""Access tokens that are valid because this fake made them."""

from __future__ import annotations

from datetime import timedelta

from ports.directory import Person
from ports.identity_provider import Claims, InvalidToken
from ports.system import Clock


class MintedTokens:
    """Implements ``IdentityProvider``. While ``outage`` is set, ``verify`` raises it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._claims: dict[str, Claims] = {}
        self.outage: Exception | None = None

    def mint(self, person: Person, *, seconds: int = 3600) -> str:
        """A new token for the person, valid for ``seconds``."""
        token = f"token-{len(self._claims) + 1}-of-{person.user_id}"
        expires_at = self._clock.now() + timedelta(seconds=seconds)
        self._claims[token] = Claims(person.auth_user_id, person.email, expires_at)
        return token

    def verify(self, token: str) -> Claims:
        if self.outage is not None:
            raise self.outage
        claims = self._claims.get(token)
        if claims is None or claims.expires_at <= self._clock.now():
            raise InvalidToken("unknown or expired")
        return claims
