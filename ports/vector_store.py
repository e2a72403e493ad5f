"""Vectors with metadata, searched by likeness within a filter.

A record has a dense vector and, optionally, a sparse one: the score of a match is the dot product of
the dense vectors plus the dot product of the sparse ones, as in Pinecone's single-index hybrid search
(https://docs.pinecone.io/guides/search/hybrid-search). The caller weighs the two by scaling the query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ports.errors import PortError

MetadataValue = str | int | float | bool | list[str]
Metadata = Mapping[str, MetadataValue]
Filter = Mapping[str, MetadataValue | Mapping[str, MetadataValue]]
"""All fields must hold. A field's value is a scalar, ``{"$eq": scalar}`` or ``{"$in": [strings]}``.

Against a metadata list of strings, ``$eq`` and ``$in`` hold if any of its members does.
"""

MAX_UPSERT_RECORDS = 1000
MAX_UPSERT_BYTES = 2 * 1024 * 1024
MAX_METADATA_BYTES = 40 * 1024
MAX_ID_CHARACTERS = 512
MAX_IDS = 1000
"""The most ids that one ``fetch`` or ``delete`` takes."""
MAX_TOP_K = 1000
MAX_SPARSE_VALUES = 2048


class InvalidVector(PortError):
    """A record, filter or call over a limit above; nothing was written."""


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Weights by dimension: ``indices`` are distinct, ascending, 0 to 2**32-1; ``values`` are not zero."""

    indices: Sequence[int] = ()
    values: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Vector:
    """``id`` is 1-512 ASCII characters; ``values`` are finite, not all zero; no metadata value is None."""

    id: str
    values: Sequence[float]
    metadata: Metadata
    sparse: SparseVector = field(default=SparseVector())


@dataclass(frozen=True, slots=True)
class Match:
    id: str
    score: float
    metadata: dict[str, MetadataValue]


@dataclass(frozen=True, slots=True)
class IdPage:
    ids: list[str]
    cursor: str | None


class VectorStore(Protocol):
    """Every method may raise an ``UpstreamError`` and ``InvalidVector``.

    A namespace exists once something was written to it; reading one that does not is no error.
    Writes may take a moment to be seen by ``query``, ``fetch`` and ``ids``.
    """

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        """Write up to 1,000 records of at most 2 MB together, replacing those of the same id.

        All are written when it returns; if it raises, some may be.
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
        """The ``top_k`` (1-1000) best matches within ``filter``, best first; equal scores by id."""
        ...

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        """The records of up to 1,000 ids; an id that is not there is left out."""
        ...

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        """Remove up to 1,000 records; an id that is not there is no error."""
        ...

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> IdPage:
        """A page of up to ``limit`` (1-100) ids that start with ``prefix``, in order."""
        ...
