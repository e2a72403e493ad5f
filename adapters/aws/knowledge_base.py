"""Bedrock's knowledge bases: Bedrock reads the documents of a bucket into a namespace of Pinecone.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Agents_for_Amazon_Bedrock.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.aws.titan import FIXED_DIMENSION
from adapters.upstream.calls import Effect, Retries, Tries
from ports.errors import PortError, Unavailable
from ports.knowledge_base import KnowledgeBase, NoKnowledgeBase

_CAPABILITY = "knowledge_base"
_PAGE = 1000
_USABLE = {"ACTIVE", "AVAILABLE", "UPDATING", "UPDATE_UNSUCCESSFUL"}
_UNDER_WAY = {"CREATING", "DELETING"}


class _Conflict(PortError):
    """Another operation on the same knowledge base is in progress."""


class _Missing(PortError):
    """Nothing has that id."""


_REFUSALS = {"ConflictException": _Conflict, "ResourceNotFoundException": _Missing}


@dataclass(frozen=True, slots=True)
class Storage:
    """Where Bedrock reads and stores, and the role that it uses."""

    bucket: str
    pinecone_host: str
    pinecone_secret: str
    """The ARN of a secret in Secrets Manager, a JSON object with the member ``apiKey``."""
    role: str
    """The ARN of a role that Bedrock may assume. The role may read the bucket and the secret, and call the embedding
    model.
    """
    embedding_model: str
    dimension: int


class BedrockKnowledgeBases:
    """Implements ``ports.knowledge_base.KnowledgeBases``. Safe to share between threads."""

    def __init__(self, client: Callable[[], Any], storage: Storage, *, label: str, retries: Retries) -> None:
        """``client`` returns a client for ``bedrock-agent``.

        All names in the account begin with ``label``, which has up to 30 characters.
        """
        self._client = client
        self._storage = storage
        self._label = label
        self._calls = calls_of_aws(_CAPABILITY, retries, _REFUSALS)

    def open(self, name: str, prefix: str, token: str) -> KnowledgeBase | None:
        tries = self._calls.begin()
        try:
            base = self._base_named(tries, name) or self._make(tries, name, token)
            with reading_answer(_CAPABILITY):
                base_id = str(base["knowledgeBaseId"])
            if not _is_usable(base):
                return None
            source = next(self._sources(tries, base_id), None)
            source = source or self._attach(tries, base_id, name, prefix, token)
            with reading_answer(_CAPABILITY):
                source_id = str(source["dataSourceId"])
            return KnowledgeBase(base_id, source_id) if _is_usable(source) else None
        except (_Conflict, _Missing):
            return None  # it is being created or removed

    def sync(self, base: KnowledgeBase, token: str) -> bool:
        try:
            self._call(
                self._calls.begin(),
                "start_ingestion_job",
                knowledgeBaseId=base.knowledge_base_id,
                dataSourceId=base.data_source_id,
                clientToken=_token("sync", token),
            )
        except _Conflict:
            return False  # Bedrock reads a data source only once at a time
        except _Missing:
            raise NoKnowledgeBase from None
        return True

    def remove(self, name: str) -> bool:
        tries = self._calls.begin()
        try:
            base = self._base_named(tries, name)
            if base is None:
                return True
            base_id = base["knowledgeBaseId"]
            # The data sources come first: their deletion policy also removes what was read from them.
            for source in list(self._sources(tries, base_id)):
                if source.get("status") != "DELETING":
                    ids = {"knowledgeBaseId": base_id, "dataSourceId": source["dataSourceId"]}
                    self._call(tries, "delete_data_source", **ids)
            if next(self._sources(tries, base_id), None) is not None:
                return False
            if base.get("status") != "DELETING":
                self._call(tries, "delete_knowledge_base", knowledgeBaseId=base_id)
        except (_Conflict, _Missing):
            return False  # another operation on it is in progress
        return self._base_named(tries, name) is None

    def _base_named(self, tries: Tries, name: str) -> dict[str, Any] | None:
        summaries = self._listed(tries, "list_knowledge_bases", "knowledgeBaseSummaries")
        return next((base for base in summaries if base.get("name") == self._full(name)), None)

    def _sources(self, tries: Tries, base_id: str) -> Iterator[dict[str, Any]]:
        return self._listed(tries, "list_data_sources", "dataSourceSummaries", knowledgeBaseId=base_id)

    def _listed(self, tries: Tries, operation: str, member: str, **request: Any) -> Iterator[dict[str, Any]]:
        while True:
            answer = self._call(tries, operation, maxResults=_PAGE, **request)
            with reading_answer(_CAPABILITY):
                yield from list(answer[member])
                following = answer.get("nextToken")
            if not following:
                return
            request["nextToken"] = following

    def _make(self, tries: Tries, name: str, token: str) -> dict[str, Any]:
        storage = self._storage
        vectors: dict[str, Any] = {"embeddingModelArn": self._model_arn()}
        if storage.embedding_model != FIXED_DIMENSION:
            vectors["embeddingModelConfiguration"] = {
                "bedrockEmbeddingModelConfiguration": {"dimensions": storage.dimension}
            }
        pinecone = {
            "connectionString": storage.pinecone_host,
            "credentialsSecretArn": storage.pinecone_secret,
            "namespace": self._full(name),
            "fieldMapping": {"textField": "text", "metadataField": "metadata"},
        }
        answer = self._call(
            tries,
            "create_knowledge_base",
            clientToken=_token("base", token),
            name=self._full(name),
            roleArn=storage.role,
            knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": vectors},
            storageConfiguration={"type": "PINECONE", "pineconeConfiguration": pinecone},
        )
        with reading_answer(_CAPABILITY):
            return dict(answer["knowledgeBase"])

    def _attach(self, tries: Tries, base_id: str, name: str, prefix: str, token: str) -> dict[str, Any]:
        bucket = f"arn:{self._client().meta.partition}:s3:::{self._storage.bucket}"
        answer = self._call(
            tries,
            "create_data_source",
            clientToken=_token("source", token),
            knowledgeBaseId=base_id,
            name=self._full(name),
            dataSourceConfiguration={
                "type": "S3",
                "s3Configuration": {"bucketArn": bucket, "inclusionPrefixes": [prefix]},
            },
            dataDeletionPolicy="DELETE",
        )
        with reading_answer(_CAPABILITY):
            return dict(answer["dataSource"])

    def _model_arn(self) -> str:
        meta = self._client().meta
        return f"arn:{meta.partition}:bedrock:{meta.region_name}::foundation-model/{self._storage.embedding_model}"

    def _full(self, name: str) -> str:
        return f"{self._label}-{name}"

    def _call(self, tries: Tries, operation: str, **request: Any) -> Any:
        def ask() -> Any:
            with reading_answer(_CAPABILITY):  # botocore fails if a list is null
                return getattr(self._client(), operation)(**request)

        # A creation has a token, so it happens once. A repeated deletion changes nothing.
        return tries.call(ask, Effect.REPEATABLE)


def _is_usable(made: dict[str, Any]) -> bool:
    """Whether the knowledge base can be used; False while it is being created or removed.

    Raises ``Unavailable`` if it failed.
    """
    status = str(made.get("status"))
    if status not in _USABLE | _UNDER_WAY:
        raise Unavailable(_CAPABILITY, f"its status is {status}")
    return status in _USABLE


def _token(kind: str, token: str) -> str:
    """A client token in the form that Bedrock accepts: 33 to 256 letters and digits."""
    return hashlib.sha256(f"{kind} {token}".encode()).hexdigest()
