"""Vectors with metadata, searched by similarity within a filter.

A record has a dense vector and, optionally, a sparse one. The score of a match is the dot product of the
dense vectors plus the dot product of the sparse ones, as in Pinecone's single-index hybrid search
(https://docs.pinecone.io/guides/search/hybrid-search). The caller weights the two by scaling the query.

The limits are Pinecone's (https://docs.pinecone.io/reference/api/database-limits); ``check_*`` enforce them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from operator import lt
from typing import Any, Protocol

from ports.errors import PortError
from ports.lifecycle import Closeable, Compactable
from ports.paging import Page

Scalar = str | int | float | bool
MetadataValue = Scalar | list[str]
Metadata = Mapping[str, MetadataValue]
Filter = Mapping[str, MetadataValue | Mapping[str, MetadataValue]]
"""A filter: all its fields must match. A field's value is a scalar, ``{"$eq": scalar}`` or ``{"$in": [strings]}``.

If the metadata field is a list of strings, ``$eq`` and ``$in`` match if they match one of its members. Numbers are
compared by value (1 equals 1.0), and a boolean equals only booleans. A record without the field does not match. An
empty ``$in`` matches no record.
"""

MAX_UPSERT_RECORDS = 1000
MAX_UPSERT_BYTES = 2 * 1024 * 1024
MAX_METADATA_BYTES = 40 * 1024
MAX_ID_CHARACTERS = 512
MAX_IDS = 1000
"""The largest number of ids for one ``fetch`` or ``delete``."""
MAX_TOP_K = 1000
MAX_PAGE_IDS = 100
MAX_SPARSE_VALUES = 1000
"""The limit in Pinecone's published OpenAPI document."""
MAX_IN_VALUES = 10_000
MAX_INTEGER = 2**53
"""The largest absolute value of an integer in metadata. A 64-bit float would change a larger one."""

_MAX_FLOAT32 = 3.4028234663852886e38
_MIN_FLOAT32 = 2.0**-149


class InvalidVector(PortError):
    """A record, filter or call exceeds a limit or is malformed; nothing was written."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Weights of some dimensions. ``indices`` are 0 to 2**32-1, ascending, without repeats; no value is zero."""

    indices: Sequence[int] = ()
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Vector:
    """A record. ``id`` is 1-512 ASCII characters without NUL; ``values`` are finite and not all zero; no metadata is
    None.

    Vectors are stored as 32-bit floats. A value that is infinite or zero as a 32-bit float counts as such.
    """

    id: str
    values: Sequence[float]
    metadata: Metadata
    sparse: SparseVector = field(default=SparseVector())


@dataclass(frozen=True, slots=True)
class Match:
    """A record that was found. A higher ``score`` is a better match."""

    id: str
    score: float
    metadata: dict[str, MetadataValue]


class VectorStore(Compactable, Closeable, Protocol):
    """Every method may raise ``UpstreamError`` and ``InvalidVector``.

    A namespace (1-512 ASCII characters without NUL) exists once something was written to it. Reading from a missing one
    gives an empty result. ``query``, ``fetch`` and ``ids`` may be stale for a moment after a write.
    """

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        """Write up to 1,000 records of at most 2 MB together. A record replaces the one with the same id.

        No two records may have the same id. ``batches`` splits any number of records into calls. When this returns, all
        are written; if it raises ``UpstreamError``, some may be written.
        """
        ...

    def query(
        self,
        namespace: str,
        values: Sequence[float],
        *,
        filter: Filter,
        top_k: int,
        sparse: SparseVector = SparseVector(),
    ) -> list[Match]:
        """The ``top_k`` (1-1000) best matches within ``filter``, best first; equal scores are ordered by id.

        ``values`` may all be zero: then only the sparse vectors count.
        """
        ...

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The records with these ids (up to 1,000), by id. Unknown ids are left out."""
        ...

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        """Delete up to 1,000 records. An unknown id is no error."""
        ...

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> Page[str]:
        """A page of up to ``limit`` (1-100) ids that start with ``prefix``, in ascending order."""
        ...


def selects(filter: Filter, metadata: Metadata) -> bool:
    """Whether a record with this metadata matches the filter. The filter must be valid."""
    return all(
        name in metadata and any(_equal(wanted, metadata[name]) for wanted in wanted_values(condition))
        for name, condition in filter.items()
    )


def wanted_values(
    condition: MetadataValue | Mapping[str, MetadataValue],
) -> Sequence[Scalar]:
    """The scalars of a valid condition. The condition matches if the field equals one of them."""
    if not isinstance(condition, Mapping):
        return [condition]  # type: ignore[list-item]  # check_query refuses a list here
    ((_, wanted),) = condition.items()
    return wanted if isinstance(wanted, list) else [wanted]


def record_bytes(vector: Vector) -> int:
    """The number of bytes of the record that count towards the 2 MB of an upsert: its length as JSON, plus a comma.

    Raises ``InvalidVector`` for a string that is not Unicode.
    """
    sparse = {"indices": list(vector.sparse.indices), "values": list(vector.sparse.values)}
    record = {"id": vector.id, "values": list(vector.values), "metadata": dict(vector.metadata)}
    return _json_bytes(record | {"sparseValues": sparse} if vector.sparse.indices else record) + 1


def _most_bytes(vector: Vector, most_of_metadata: int) -> int:
    """An upper bound of ``record_bytes`` that needs no JSON: a float takes at most 24 characters, the id of a term 10,
    and a character of a text 6 bytes. ``most_of_metadata`` is an upper bound for the metadata.
    """
    around = 100 + 6 * len(vector.id) + most_of_metadata
    return around + 25 * len(vector.values) + 36 * len(vector.sparse.indices)


def _most_metadata_bytes(metadata: Metadata) -> int:
    """An upper bound of the size of the metadata as JSON, in bytes. Raises ``InvalidVector`` for a string that is not
    Unicode.
    """
    written = 0
    for name, value in metadata.items():
        for text in (name, *value) if isinstance(value, list) else (name, str(value)):
            if not text.isascii():
                _check_unicode(text)
            written += len(text) + 1
    return 10 * len(metadata) + 6 * written


def batches(vectors: Iterable[Vector]) -> Iterator[list[Vector]]:
    """The records in order, in lists of which each fits into one ``upsert``. Raises as ``record_bytes``."""
    batch: list[Vector] = []
    room = MAX_UPSERT_BYTES
    for vector in vectors:
        size = _most_bytes(vector, _most_metadata_bytes(vector.metadata))
        if size > room:
            size, room = record_bytes(vector), MAX_UPSERT_BYTES - sum(map(record_bytes, batch))
        if batch and (size > room or len(batch) == MAX_UPSERT_RECORDS):
            yield batch
            batch, room = [], MAX_UPSERT_BYTES
        batch.append(vector)
        room -= size
    if batch:
        yield batch


def check_upsert(namespace: str, vectors: Sequence[Vector], dimension: int) -> None:
    """Raise ``InvalidVector`` for arguments that ``upsert`` must refuse."""
    _check_name("namespace", namespace)
    if len(vectors) > MAX_UPSERT_RECORDS:
        raise InvalidVector(f"{len(vectors)} records")
    checked: Sequence[float] | None = None
    most = 0
    for vector in vectors:
        _check_name("id", vector.id)
        if vector.values is not checked:
            _check_dense(vector.values, dimension, may_be_zero=False)
            checked = vector.values
        _check_sparse(vector.sparse)
        most += _most_bytes(vector, _check_metadata(vector.metadata))
    if len({vector.id for vector in vectors}) < len(vectors):
        raise InvalidVector("two records have the same id")
    if most > MAX_UPSERT_BYTES and sum(map(record_bytes, vectors)) > MAX_UPSERT_BYTES:
        raise InvalidVector("the records are over 2 MB together")


def check_query(
    namespace: str,
    values: Sequence[float],
    *,
    filter: Filter,
    top_k: int,
    sparse: SparseVector,
    dimension: int,
) -> None:
    """Raise ``InvalidVector`` for arguments that ``query`` must refuse."""
    _check_name("namespace", namespace)
    _check_dense(values, dimension, may_be_zero=True)
    _check_sparse(sparse)
    _check_count("top_k", top_k, MAX_TOP_K)
    for name, condition in filter.items():
        _check_field(name)
        if not isinstance(condition, Mapping):
            _check_scalar(name, condition)
        elif list(condition) == ["$eq"]:
            _check_scalar(name, condition["$eq"])
        elif list(condition) == ["$in"]:
            wanted = condition["$in"]
            if not isinstance(wanted, list) or not all(isinstance(value, str) for value in wanted):
                raise InvalidVector(f"{name}: $in takes a list of strings")
            if len(wanted) > MAX_IN_VALUES:
                raise InvalidVector(f"{name}: $in has too many values: {len(wanted)}")
        else:
            raise InvalidVector(f"{name}: {list(condition)} is neither $eq nor $in")
    _json_bytes(dict(filter))


def check_ids(namespace: str, ids: Sequence[str]) -> None:
    """Raise ``InvalidVector`` for arguments that ``fetch`` and ``delete`` must refuse."""
    _check_name("namespace", namespace)
    if len(ids) > MAX_IDS:
        raise InvalidVector(f"{len(ids)} ids")
    for id in ids:
        _check_name("id", id)


def check_page(namespace: str, prefix: str, limit: int) -> None:
    """Raise ``InvalidVector`` for arguments that ``ids`` must refuse."""
    _check_name("namespace", namespace)
    if prefix:
        _check_name("prefix", prefix)
    _check_count("limit", limit, MAX_PAGE_IDS)


def _check_name(what: str, name: str) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= MAX_ID_CHARACTERS:
        raise InvalidVector(f"{what} does not have 1-{MAX_ID_CHARACTERS} characters")
    if not name.isascii() or "\0" in name:
        raise InvalidVector(f"{what} is not ASCII")


def _check_count(what: str, count: int, most: int) -> None:
    if type(count) is not int or not 1 <= count <= most:
        raise InvalidVector(f"{what} is not 1-{most}")


def _check_dense(values: Sequence[float], dimension: int, *, may_be_zero: bool) -> None:
    if len(values) != dimension:
        raise InvalidVector(f"{len(values)} values instead of {dimension}")
    # A book has many vectors, so each loop over a vector runs in C. A sum is finite only if all its members are.
    if not isfinite(sum(values)) or (largest := max(max(values), -min(values))) > _MAX_FLOAT32:
        raise InvalidVector("a value is not a finite 32-bit number")
    if not may_be_zero and largest < _MIN_FLOAT32:
        raise InvalidVector("all values are zero")


def _check_sparse(sparse: SparseVector) -> None:
    indices, values = sparse.indices, sparse.values
    if len(indices) != len(values) or len(indices) > MAX_SPARSE_VALUES:
        raise InvalidVector(f"{len(indices)} sparse indices, {len(values)} values")
    if not indices:
        return
    if set(map(type, indices)) != {int} or indices[0] < 0 or indices[-1] >= 2**32:
        raise InvalidVector("a sparse index is not 0 to 2**32-1")
    if not all(map(lt, indices, islice(indices, 1, None))):
        raise InvalidVector("the sparse indices do not ascend")
    sizes = list(map(abs, values))
    if not isfinite(sum(sizes)) or min(sizes) < _MIN_FLOAT32 or max(sizes) > _MAX_FLOAT32:
        raise InvalidVector("a sparse value is zero or not a finite 32-bit number")


def _check_metadata(metadata: Metadata) -> int:
    """Raise ``InvalidVector`` for invalid metadata. Returns an upper bound of its size as JSON, in bytes."""
    for name, value in metadata.items():
        _check_field(name)
        if not isinstance(value, list):
            _check_scalar(name, value)
        elif not all(isinstance(member, str) for member in value):
            raise InvalidVector(f"{name}: a list with a member that is not a string")
    most = _most_metadata_bytes(metadata)
    if most > MAX_METADATA_BYTES and _json_bytes(dict(metadata)) > MAX_METADATA_BYTES:
        raise InvalidVector("the metadata is over 40 KB")
    return most


def _check_field(name: str) -> None:
    if not isinstance(name, str) or not name or name.startswith("$"):
        raise InvalidVector("the name of a metadata field must be a string that does not start with $")


def _check_scalar(name: str, value: object) -> None:
    if isinstance(value, (str, bool)):  # a union would be built again at each call
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise InvalidVector(f"{name}: an integer beyond 2**53")
    elif not isinstance(value, float) or not isfinite(value):
        raise InvalidVector(f"{name}: neither string, finite number, boolean nor list of strings")


def _json_bytes(value: dict[str, Any]) -> int:
    try:
        return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    except UnicodeEncodeError:
        raise InvalidVector("a string that is not Unicode") from None


def _check_unicode(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidVector("a string that is not Unicode") from None


def _equal(wanted: Scalar, value: MetadataValue) -> bool:
    if isinstance(value, list):
        return isinstance(wanted, str) and wanted in value
    return isinstance(wanted, bool) == isinstance(value, bool) and wanted == value
