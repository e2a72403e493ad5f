"""The vector store in Pinecone: one index with the metric dotproduct."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from adapters.pinecone.calls import CAPABILITY, NoSuchNamespace, PineconeCalls
from adapters.upstream.calls import Retries
from ports.errors import Unavailable
from ports.paging import Page
from ports.vector_store import (
    MAX_INTEGER,
    MAX_TOP_K,
    MAX_UPSERT_BYTES,
    Filter,
    Match,
    MetadataValue,
    SparseVector,
    Vector,
    check_ids,
    check_page,
    check_query,
    check_upsert,
    record_bytes,
    selects,
)

if TYPE_CHECKING:
    from pinecone import Index
    from pinecone.models.vectors.responses import QueryResponse

T = TypeVar("T")

_FRESHNESS = 1.0
_POLL = 0.1
_TIES = 16
"""How many matches beyond ``top_k`` are requested. Pinecone does not order equal scores; the port orders them by id."""
_MAX_URL_IDS = 6000
"""The most characters of ids in one URL: ``fetch`` sends them in the URL, and many proxies limit it to 8 KB."""


class PineconeVectorStore:
    """Implements ``VectorStore``. Safe to share between threads. The client is imported at the first call.

    ``host`` is the index's address. A query waits up to ``freshness`` seconds until it sees the earlier upserts of this
    instance. It may miss writes of other instances, and deletions: the client does not return their log sequence
    number.
    """

    def __init__(
        self,
        host: str,
        api_key: Callable[[], str],
        dimension: int,
        retries: Retries,
        *,
        freshness: float = _FRESHNESS,
    ) -> None:
        """``api_key`` is called at the first call. Raises ``ValueError`` if the host is malformed, or if
        it names another machine and uses http.
        """
        self._calls = PineconeCalls(host, api_key, retries)
        self._clock, self._sleep = retries.clock, retries.sleep
        self._dimension = dimension
        self._freshness = freshness
        self._written: dict[str, int] = {}

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        check_upsert(namespace, vectors, self._dimension)
        until = self._calls.until()
        for records in _requests(namespace, vectors):
            self._upsert(until, namespace, records)

    def query(
        self,
        namespace: str,
        values: Sequence[float],
        *,
        filter: Filter,
        top_k: int,
        sparse: SparseVector = SparseVector(),
    ) -> list[Match]:
        check_query(namespace, values, filter=filter, top_k=top_k, sparse=sparse, dimension=self._dimension)
        if any(condition == {"$in": []} for condition in filter.values()):
            return []  # Pinecone refuses an empty $in
        query: dict[str, Any] = {
            "namespace": namespace,
            "vector": [float(value) for value in values],
            "sparse_vector": _sparse_values(sparse),
            "filter": _wire_filter(filter),
            "top_k": min(top_k + _TIES, MAX_TOP_K),
            "include_metadata": True,
        }
        response = self._fresh(query)
        matches = [Match(m.id, m.score, _metadata(m.metadata)) for m in response.matches] if response else []
        if not all(selects(filter, match.metadata) for match in matches):
            raise _nonsense("a match outside of the filter")
        return sorted(matches, key=lambda match: (-match.score, match.id))[:top_k]

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        check_ids(namespace, ids)
        until = self._calls.until()
        found: dict[str, Vector] = {}
        for wanted in _by_url(dict.fromkeys(ids)):
            found |= self._fetch(until, namespace, wanted)
        return found

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        check_ids(namespace, ids)
        if ids:
            # Never sent together with a filter: Pinecone would ignore the ids.
            self._unless_absent(
                self._calls.until(),
                lambda index, left: index.delete(ids=list(ids), namespace=namespace, timeout=left),
            )

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> Page[str]:
        check_page(namespace, prefix, limit)
        response = self._unless_absent(
            self._calls.until(),
            lambda index, left: index.list_paginated(
                prefix=prefix, limit=limit, pagination_token=cursor, namespace=namespace, timeout=left
            ),
        )
        if response is None:
            return Page([], None)
        ids = [item.id or "" for item in response.vectors]
        if not all(id and id.startswith(prefix) for id in ids):
            raise _nonsense("an id without the prefix")
        return Page(ids, (response.pagination.next or None) if response.pagination else None)

    def compact(self) -> None:
        """Does nothing: Pinecone itself frees the space of deleted records."""

    def close(self) -> None:
        self._calls.close()

    def _upsert(self, until: float, namespace: str, records: list[dict[str, Any]]) -> None:
        # Without batch_size: with it, the client does not raise if a batch fails.
        response = self._calls.ask(
            until, lambda index, left: index.upsert(vectors=records, namespace=namespace, timeout=left)
        )
        if response.upserted_count != len(records):
            raise _nonsense(f"{response.upserted_count} of {len(records)} records were written")
        written = response.response_info.lsn_committed if response.response_info else None
        if written is not None:
            self._written[namespace] = max(written, self._written.get(namespace, 0))

    def _fetch(self, until: float, namespace: str, ids: list[str]) -> dict[str, Vector]:
        response = self._unless_absent(
            until, lambda index, left: index.fetch(ids=ids, namespace=namespace, timeout=left)
        )
        vectors = response.vectors if response else {}
        return {id: self._vector(id, vectors[id]) for id in ids if id in vectors}

    def _fresh(self, query: dict[str, Any]) -> QueryResponse | None:
        """The answer. Asks again as long as it misses this instance's writes and there is time."""
        until = self._calls.until()
        clock, namespace = self._clock, query["namespace"]
        waiting_until = min(until, clock.monotonic() + self._freshness)
        written = self._written.get(namespace)
        while True:
            response = self._unless_absent(until, lambda index, left: index.query(**query, timeout=left))
            info = response.response_info if response else None
            seen = info.lsn_reconciled if info else None
            if written is None or seen is None or seen >= written:
                return response
            if clock.monotonic() + _POLL >= waiting_until:
                # Do not wait for this write again: if a namespace is created anew, its log starts from zero.
                self._written.pop(namespace, None)
                return response
            self._sleep(_POLL)

    def _unless_absent(self, until: float, operation: Callable[[Index, float], T]) -> T | None:
        """Like ``ask``, but None if the namespace does not exist."""
        try:
            return self._calls.ask(until, operation)
        except NoSuchNamespace:
            return None

    def _vector(self, id: str, vector: Any) -> Vector:
        if len(vector.values) != self._dimension:
            raise _nonsense(f"a record with {len(vector.values)} values")
        sparse = vector.sparse_values
        kept = SparseVector(tuple(sparse.indices), tuple(sparse.values)) if sparse else SparseVector()
        return Vector(id, tuple(vector.values), _metadata(vector.metadata), kept)


def _nonsense(what: str) -> Unavailable:
    """The error for an answer that cannot be right."""
    return Unavailable(CAPABILITY, f"Pinecone's answer makes no sense: {what}")


def _requests(namespace: str, vectors: Sequence[Vector]) -> Iterator[list[dict[str, Any]]]:
    """The records in Pinecone's form, split into requests of at most 2 MB each, including the envelope.

    The port's limit of 2 MB does not include the envelope. So all but the largest upserts are one request.
    """
    room = left = MAX_UPSERT_BYTES - len(json.dumps({"vectors": [], "namespace": namespace}))
    records: list[dict[str, Any]] = []
    for vector in vectors:
        values = [float(value) for value in vector.values]
        sparse = _sparse_values(vector.sparse)
        size = record_bytes(Vector(vector.id, values, vector.metadata, vector.sparse))
        if records and size > left:
            yield records
            records, left = [], room
        left -= size
        record = {"id": vector.id, "values": values, "metadata": dict(vector.metadata)}
        records.append(record | {"sparse_values": sparse} if sparse else record)
    if records:
        yield records


def _by_url(ids: Mapping[str, None]) -> Iterator[list[str]]:
    """The ids in order, split into lists that each fit into one URL."""
    together: list[str] = []
    left = _MAX_URL_IDS
    for id in ids:
        size = len("&ids=") + len(quote(id, safe=""))
        if together and size > left:
            yield together
            together, left = [], _MAX_URL_IDS
        together.append(id)
        left -= size
    if together:
        yield together


def _sparse_values(sparse: SparseVector) -> dict[str, Any] | None:
    """The sparse vector in Pinecone's form; None if it is empty, because Pinecone refuses empty ones."""
    if not sparse.indices:
        return None
    return {"indices": list(sparse.indices), "values": [float(value) for value in sparse.values]}


def _wire_filter(filter: Filter) -> dict[str, Any] | None:
    conditions: list[dict[str, Any]] = [
        {name: dict(condition) if isinstance(condition, Mapping) else {"$eq": condition}}
        for name, condition in filter.items()
    ]
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _metadata(metadata: Mapping[str, Any] | None) -> dict[str, MetadataValue]:
    """The metadata as it was written: a float without a fraction becomes an int again, because Pinecone stores all
    numbers as floats.
    """
    kept: dict[str, MetadataValue] = {}
    for name, value in (metadata or {}).items():
        if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_INTEGER:
            kept[name] = int(value)
        elif isinstance(value, str | int | float) or (
            isinstance(value, list) and all(isinstance(member, str) for member in value)
        ):
            kept[name] = value
        else:
            raise _nonsense("metadata that is not flat")
    return kept
