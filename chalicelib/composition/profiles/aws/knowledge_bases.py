"""Bedrock's knowledge bases, whose vectors are stored in Pinecone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.lazily import lazy
from chalicelib.composition.profiles.aws.common import AwsCommon, required_setting

if TYPE_CHECKING:
    from ports.knowledge_base import KnowledgeBases


class BedrockBases(AwsCommon):
    @lazy
    def knowledge_bases(self) -> KnowledgeBases:
        from adapters.addresses import https_address
        from adapters.aws.knowledge_base import BedrockKnowledgeBases, Storage

        port, aws = "knowledge_base", self._settings.aws
        host = required_setting(port, "LYCEUM_PINECONE_HOST", aws.pinecone_host)
        storage = Storage(
            bucket=self._settings.bucket,
            pinecone_host=https_address(host, "LYCEUM_PINECONE_HOST"),
            pinecone_secret=required_setting(
                port, "LYCEUM_KNOWLEDGE_BASES_SECRET", aws.knowledge_bases_secret
            ),
            role=required_setting(port, "LYCEUM_KNOWLEDGE_BASES_ROLE", aws.knowledge_bases_role),
            embedding_model=aws.embedding_model,
            dimension=aws.embedding_dimension,
        )
        label = f"lyceum-{aws.stage}"
        return BedrockKnowledgeBases(
            self._client("bedrock-agent"), storage, label=label, retries=self._retries()
        )
