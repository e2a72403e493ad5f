"""The aws profile: the list of its vendors. To add a vendor, add a file to this folder and a line here."""

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
"""The secrets that each function reads after it starts from a snapshot, by the name of its handler."""
_OF_NO_KEY = "eyJhbGciOiJFUzI1NiIsImtpZCI6InJlc3RvcmUifQ.e30.AA"
"""A forged token that names the signing key ``restore``, which does not exist. To refuse it, the adapter reads the keys
that exist.
"""


class AwsAdapters(AwsRecognition, AwsModels, AwsGateway, BedrockBases, PineconeVectors, Supabase):
    """The adapters of AWS and its vendors. Each one is imported and built on first use, once.

    Reading an attribute raises ``Unavailable`` if a setting that the adapter needs is not set.
    """

    def after_restore(self, handler: str) -> None:
        """After a start from a snapshot, read the secrets and open the connections that the first request needs.

        A failure is ignored: the first request then does it. Even a refused read has opened the connection.
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

    def close(self) -> None:
        """Close the connections and end the threads of the adapters that were built."""
        for name in ("workers", "directory", "vectors", "_supabase_client"):
            if name in vars(self):
                getattr(self, name).close()
        for client in self.clients():
            client.close()
