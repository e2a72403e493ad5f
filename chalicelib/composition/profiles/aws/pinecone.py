"""Pinecone, the vector store of the aws profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon, required_setting

if TYPE_CHECKING:
    from ports.vector_store import VectorStore


class PineconeVectors(AwsCommon):
    @lazy
    def vectors(self) -> VectorStore:
        from adapters.pinecone.store import PineconeVectorStore

        aws = self._settings.aws
        host = required_setting("vector_store", "LYCEUM_PINECONE_HOST", aws.pinecone_host)
        secrets = self._secrets
        return PineconeVectorStore(
            host, lambda: secrets.get("pinecone-api-key"), aws.embedding_dimension, self._retries()
        )


def pinecone_store(host: str, api_key: str, dimension: int) -> VectorStore:
    """The vector store of an index, for scripts that set up the index. It needs no request, and each call may take 10
    s.
    """
    from adapters.pinecone.store import PineconeVectorStore
    from adapters.system import SystemClock
    from adapters.upstream.calls import Retries

    return PineconeVectorStore(host, lambda: api_key, dimension, Retries(SystemClock(), seconds=lambda: 10.0))
