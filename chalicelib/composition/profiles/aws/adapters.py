"""The aws profile: the list of its vendors. Another vendor is a file beside this one and a line here."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.composition.profiles.aws.gateway import AwsGateway
from chalicelib.composition.profiles.aws.knowledge_bases import BedrockBases
from chalicelib.composition.profiles.aws.models import AwsModels
from chalicelib.composition.profiles.aws.pinecone import PineconeVectors
from chalicelib.composition.profiles.aws.recognition import AwsRecognition
from chalicelib.composition.profiles.aws.supabase import Supabase
from ports.errors import UpstreamError
from ports.identity_provider import InvalidToken

_SECRETS = {
    "app.app": ("pinecone-api-key", "supabase-key"),
    "app.authorize": ("supabase-key",),
    "app.on_message": ("pinecone-api-key", "supabase-key"),
}
"""What the functions that start from a snapshot read of the secrets, by their handlers."""
_OF_NO_KEY = "eyJhbGciOiJFUzI1NiIsImtpZCI6InJlc3RvcmUifQ.e30.AA"
"""A token that names a signing key ``restore``, which does not exist: refusing it reads the keys that do."""


class AwsAdapters(AwsRecognition, AwsModels, AwsGateway, BedrockBases, PineconeVectors, Supabase):
    """Each adapter is imported and built on first use, once.

    Asking for one raises ``Unavailable`` if a setting that it needs is not set.
    """

    def after_restore(self, handler: str) -> None:
        """Read what a function that starts from a snapshot needs for its first request, and open its connections.

        If that fails, the first request does it. A refused read has opened the connection too.
        """
        if handler == "app.authorize":
            with suppress(UpstreamError, InvalidToken):
                self.identity.verify(_OF_NO_KEY)
        else:
            from domain.base.tables import ACTIVE_SESSIONS

            with suppress(UpstreamError):
                self.key_values.get(ACTIVE_SESSIONS, {ACTIVE_SESSIONS.partition: "restore"})
        for secret in _SECRETS.get(handler, ()):
            with suppress(UpstreamError):
                self._secrets.get(secret)
