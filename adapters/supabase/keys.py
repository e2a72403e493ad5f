"""The keys that verify Supabase's access tokens: its published key set (JWKS), and the legacy secret.

https://supabase.com/docs/guides/auth/signing-keys: Supabase's edge caches the set for ten minutes. A new key is in the
set for some time before the first token is signed with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from adapters.jwt_identity import Algorithm, KeyRing, VerificationKey
from adapters.supabase.http import fault_of
from adapters.upstream.calls import Calls, Retries
from ports.errors import Unavailable, UpstreamError
from ports.identity_provider import InvalidToken

if TYPE_CHECKING:
    from httpx import Client

CAPABILITY = "identity_provider"
FRESH_SECONDS = 600.0
"""The number of seconds for which keys are used before they are read again. A revoked key is refused after at most this
time.
"""
PAUSE_SECONDS = 30.0
"""The least seconds between two readings, even if tokens name unknown keys or the last reading failed."""
OUTAGE_SECONDS = 6 * 3600.0
"""The number of seconds for which known keys are still used while reading them fails. After that, no token is accepted.
"""
_LEAST_RSA_BITS = 2048


class JwksKeys:
    """The keys that the issuer publishes. Implements ``adapters.jwt_identity.KeyRing``. Thread-safe."""

    def __init__(self, url: str, client: Callable[[], Client], retries: Retries) -> None:
        """``url`` is the Supabase project's."""
        self._url = f"{url.rstrip('/')}/auth/v1/.well-known/jwks.json"
        self._client = client
        self._clock = retries.clock
        self._calls = Calls(CAPABILITY, fault_of, retries, in_threads=True)
        self._lock = threading.Lock()
        self._keys: dict[str, VerificationKey] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._failure: UpstreamError | None = None

    def key_for(self, key_id: str | None) -> VerificationKey:
        """The key with that id.

        Raises ``InvalidToken`` if there is none, and an ``UpstreamError`` if the keys could not be read.
        """
        if key_id is None:
            raise InvalidToken("names no key")
        with self._lock:
            if not self._is_within(FRESH_SECONDS, self._read_at) or key_id not in self._keys:
                self._refresh()
            if not self._is_within(OUTAGE_SECONDS, self._read_at):
                self._keys = {}
            key = self._keys.get(key_id)
            if key is not None:
                return key
            if self._failure is not None:
                raise self._failure
            raise InvalidToken("an unknown key")

    def _is_within(self, seconds: float, moment: float | None) -> bool:
        return moment is not None and self._clock.monotonic() - moment < seconds

    def _refresh(self) -> None:
        if self._is_within(PAUSE_SECONDS, self._tried_at):
            return
        try:
            tries = self._calls.begin()
            self._keys = tries.call(lambda: self._published(tries.left()))
            self._read_at, self._failure = self._clock.monotonic(), None
        except UpstreamError as failure:
            self._failure = failure
        self._tried_at = self._clock.monotonic()

    def _published(self, left: float) -> dict[str, VerificationKey]:
        published = self._client().get(self._url, timeout=min(left, 3.0)).json()["keys"]
        ring = dict(found for found in map(_verification_key, published) if found is not None)
        if not ring:
            raise ValueError("there is no usable key")
        return ring


class JwksOrSecret:
    """The published keys and, for tokens of any other key, the legacy secret. For a project that is changing from the
    secret to published keys.
    """

    def __init__(self, published: KeyRing, secret: KeyRing) -> None:
        self._published = published
        self._secret = secret

    def key_for(self, key_id: str | None) -> VerificationKey:
        try:
            return self._published.key_for(key_id)
        except InvalidToken:
            return self._secret.key_for(key_id)


class LegacySecret:
    """The secret that signed all tokens, with HS256, before Supabase had signing keys."""

    def __init__(self, secret: Callable[[], str]) -> None:
        """``secret`` returns the secret; it is called for each token."""
        self._secret = secret

    def key_for(self, key_id: str | None) -> VerificationKey:
        """The secret as a key. Raises ``Unavailable`` if it has fewer than the 256 bits that RFC 7518, 3.2 demands."""
        secret = self._secret().encode()
        if len(secret) < 32:
            raise Unavailable(CAPABILITY, "the secret is shorter than 32 bytes")
        return VerificationKey("HS256", secret)


def _verification_key(jwk: Mapping[str, Any]) -> tuple[str, VerificationKey] | None:
    """The id and the key of a published JWK; None if it cannot verify our tokens.

    The key's type decides the algorithm, never the token. A symmetric key is refused, because it must not be public.
    """
    import jwt

    kinds: dict[tuple[str, str], Algorithm] = {("EC", "P-256"): "ES256", ("RSA", ""): "RS256"}
    try:
        key_id = jwk["kid"]
        algorithm = kinds.get((jwk["kty"], jwk.get("crv", "")))
        if algorithm is None or jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) != algorithm:
            return None
        key = jwt.PyJWK(dict(jwk), algorithm).key
    except (jwt.PyJWTError, LookupError, TypeError, ValueError):
        return None
    if not isinstance(key_id, str) or (algorithm == "RS256" and key.key_size < _LEAST_RSA_BITS):
        return None
    return key_id, VerificationKey(algorithm, key)
