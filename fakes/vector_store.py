"""A vector store in memory. Its search is exact. It is as strict as Pinecone and, if a test wants it, as stale."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Sequence
from operator import mul

from ports.paging import Page
from ports.vector_store import (
    Filter,
    Match,
    Metadata,
    MetadataValue,
    SparseVector,
    Vector,
    check_ids,
    check_page,
    check_query,
    check_upsert,
    selects,
)


class InMemoryVectorStore:
    """Implements ``VectorStore``. Stores copies in 32-bit floats, as Pinecone does.

    ``calls`` has the method and the namespace of every call.
    """

    def __init__(self, dimension: int) -> None:
        self.calls: list[tuple[str, str]] = []
        self._dimension = dimension
        self._namespaces: dict[str, dict[str, Vector]] = {}
        self._lagging = False
        self._late: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def lag(self) -> None:
        """Make reads stale: until ``catch_up``, they do not see new writes."""
        with self._lock:
            self._lagging = True

    def catch_up(self) -> None:
        """Make reads see all writes again."""
        with self._lock:
            self._lagging = False
            for write in self._late:
                write()
            self._late.clear()

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        self.calls.append(("upsert", namespace))
        check_upsert(namespace, vectors, self._dimension)
        records = {vector.id: _copy(vector) for vector in vectors}
        self._write(lambda: self._namespaces.setdefault(namespace, {}).update(records))

    def query(
        self,
        namespace: str,
        values: Sequence[float],
        *,
        filter: Filter,
        top_k: int,
        sparse: SparseVector = SparseVector(),
    ) -> list[Match]:
        self.calls.append(("query", namespace))
        check_query(namespace, values, filter=filter, top_k=top_k, sparse=sparse, dimension=self._dimension)
        dense = array("f", values)
        weights = dict(zip(sparse.indices, array("f", sparse.values), strict=True))
        matches = [
            Match(vector.id, _score(vector, dense, weights), _copy_metadata(vector.metadata))
            for vector in self._read(namespace).values()
            if selects(filter, vector.metadata)
        ]
        return sorted(matches, key=lambda match: (-match.score, match.id))[:top_k]

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        self.calls.append(("fetch", namespace))
        check_ids(namespace, ids)
        records = self._read(namespace)
        return {id: _copy(records[id]) for id in ids if id in records}

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        self.calls.append(("delete", namespace))
        check_ids(namespace, ids)
        gone = tuple(ids)

        def write() -> None:
            records = self._namespaces.get(namespace, {})
            for id in gone:
                records.pop(id, None)

        self._write(write)

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> Page[str]:
        self.calls.append(("ids", namespace))
        check_page(namespace, prefix, limit)
        found = sorted(id for id in self._read(namespace) if id.startswith(prefix) and id > (cursor or ""))
        return Page(found[:limit], found[limit - 1] if len(found) > limit else None)

    def compact(self) -> None:
        """Does nothing: deleted vectors are no longer in memory."""

    def close(self) -> None:
        """Does nothing: a fake holds nothing open."""

    def _write(self, write: Callable[[], None]) -> None:
        with self._lock:
            if self._lagging:
                self._late.append(write)
            else:
                write()

    def _read(self, namespace: str) -> dict[str, Vector]:
        with self._lock:
            return dict(self._namespaces.get(namespace, {}))


def _score(vector: Vector, dense: Sequence[float], weights: dict[int, float]) -> float:
    pairs = zip(vector.sparse.indices, vector.sparse.values, strict=True)
    lexical = sum(weight * weights[index] for index, weight in pairs if index in weights)
    return float(sum(map(mul, vector.values, dense)) + lexical)


def _copy(vector: Vector) -> Vector:
    sparse = SparseVector(tuple(vector.sparse.indices), tuple(array("f", vector.sparse.values)))
    return Vector(vector.id, tuple(array("f", vector.values)), _copy_metadata(vector.metadata), sparse)


def _copy_metadata(metadata: Metadata) -> dict[str, MetadataValue]:
    return {name: list(value) if isinstance(value, list) else value for name, value in metadata.items()}
