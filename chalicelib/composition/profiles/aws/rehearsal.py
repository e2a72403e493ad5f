"""The adapters for the rehearsal: the requests that a function plays through before its snapshot is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import time
from typing import Any

from adapters.jwt_identity import REQUIRED_ROLE
from adapters.upstream.calls import Retries
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from chalicelib.composition.profiles.aws.clients import READ_SECONDS
from chalicelib.settings import Settings

NAME = "rehearsal"
"""The id of every person, object and row in a rehearsal."""


class RehearsalAdapters(AwsAdapters):
    """New adapters that use the AWS clients of ``real``. Supabase and Pinecone are replaced by the server at ``url``."""

    def __init__(self, settings: Settings, real: AwsAdapters, url: str) -> None:
        aws = replace(
            settings.aws,
            pinecone_host=url,
            supabase_url=url,
            supabase_tokens="jwks",
            secrets_path=f"/{NAME}",
        )
        super().__init__(replace(settings, aws=aws), sleep=lambda _: None)
        self._real = real

    def _retries(self, tries: int = 4) -> Retries:
        return super()._retries(tries=1)

    def _client(self, service: str, read_seconds: float = READ_SECONDS, **options: Any) -> Callable[[], Any]:
        return self._real._client(service, read_seconds, **options)


def token_claims(url: str) -> dict[str, str | int]:
    """The claims of an access token that the rehearsal's adapters accept for 60 seconds."""
    claims = {"sub": NAME, "iss": f"{url}/auth/v1", "aud": REQUIRED_ROLE, "role": REQUIRED_ROLE}
    return {**claims, "exp": int(time()) + 60}
