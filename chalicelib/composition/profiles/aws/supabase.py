"""Supabase, which knows the people and the school's records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.clients import READ_SECONDS
from chalicelib.composition.profiles.aws.common import AwsCommon, required_setting

if TYPE_CHECKING:
    import httpx

    from adapters.jwt_identity import KeyRing
    from ports.directory import Directory
    from ports.identity_provider import IdentityProvider


class Supabase(AwsCommon):
    @lazy
    def identity(self) -> IdentityProvider:
        from adapters.jwt_identity import REQUIRED_ROLE, JWTIdentityProvider

        url = self._supabase_url("identity_provider")
        ring, issuer = self._key_ring(url), f"{url}/auth/v1"
        return JWTIdentityProvider(ring, issuer=issuer, audience=REQUIRED_ROLE, clock=self.clock)

    @lazy
    def directory(self) -> Directory:
        from adapters.supabase.directory import SupabaseDirectory

        return SupabaseDirectory(
            self._supabase_url("directory"),
            lambda: self._secrets.get("supabase-key"),
            lambda: self._supabase_client,
            self._retries(tries=3),
        )

    def _key_ring(self, url: str) -> KeyRing:
        from adapters.supabase.keys import JwksKeys, JwksOrSecret, LegacySecret

        published = JwksKeys(url, lambda: self._supabase_client, self._retries(tries=3))
        legacy = LegacySecret(lambda: self._secrets.get("supabase-jwt-secret"))
        tokens = self._settings.aws.supabase_tokens
        if tokens == "secret":
            return legacy
        return published if tokens == "jwks" else JwksOrSecret(published, legacy)

    def _supabase_url(self, port: str) -> str:
        from adapters.addresses import https_address

        url = required_setting(port, "LYCEUM_SUPABASE_URL", self._settings.aws.supabase_url)
        return https_address(url, "LYCEUM_SUPABASE_URL").rstrip("/")

    @lazy
    def _supabase_client(self) -> httpx.Client:
        from adapters.supabase.http import make_client

        return make_client(READ_SECONDS)
