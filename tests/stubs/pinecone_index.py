"""One Pinecone index with dense and sparse vectors (dotproduct). As strict as the service; on demand, reads are stale.

What it keeps of the data plane (https://docs.pinecone.io/reference/api/2026-07/data-plane): limits, refusals,
log sequence numbers, pages. Equal scores come in the reverse order of ids, which is as good as any.
"""

from __future__ import annotations

import json
import threading
from array import array
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from operator import mul
from typing import Any

MAX_RESULT_BYTES = 4 * 1024 * 1024
MAX_METADATA_BYTES = 40 * 1024
COMMITTED = "x-pinecone-request-lsn"
RECONCILED = "x-pinecone-max-indexed-lsn"

Body = dict[str, Any]


class Refusal(Exception):
    def __init__(self, message: str, status: int = 400, code: int = 3) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "details": []}


@dataclass(frozen=True)
class Reply:
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Record:
    id: str
    values: array[float]
    sparse: dict[int, float]
    metadata: Body

    def as_json(self) -> Body:
        answer: Body = {"id": self.id, "values": list(self.values)}
        if self.sparse:
            answer["sparseValues"] = {"indices": list(self.sparse), "values": list(self.sparse.values())}
        return answer | {"metadata": self.metadata} if self.metadata else answer


@dataclass
class _Namespace:
    records: dict[str, _Record] = field(default_factory=dict)
    committed: int = 0
    reconciled: int = 0
    late: list[Callable[[dict[str, _Record]], None]] = field(default_factory=list)

    def catch_up(self) -> None:
        for write in self.late:
            write(self.records)
        self.late.clear()
        self.reconciled = self.committed


class PineconeIndex:
    """An index that takes parsed requests and raises ``Refusal``. After ``lag``, reads do not see new writes."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._namespaces: dict[str, _Namespace] = {}
        self._lagging = False
        self._queries_until_fresh: int | None = None
        self._lock = threading.RLock()

    def lag(self, queries: int | None = None) -> None:
        """Make reads miss new writes until ``catch_up``, or until ``queries`` queries were answered."""
        self._lagging, self._queries_until_fresh = True, queries

    def catch_up(self) -> None:
        with self._lock:
            self._lagging, self._queries_until_fresh = False, None
            for namespace in self._namespaces.values():
                namespace.catch_up()

    def upsert(self, body: Body) -> Reply:
        vectors = body.get("vectors")
        if not isinstance(vectors, list) or not 1 <= len(vectors) <= 1000:
            raise Refusal("an upsert takes 1 to 1000 vectors")
        records = {record.id: record for record in map(self._parsed, vectors)}
        namespace = self._namespaces.setdefault(_name(body), _Namespace())
        lsn = self._write(namespace, lambda kept: kept.update(records))
        return Reply({"upsertedCount": len(vectors)}, {COMMITTED: str(lsn)})

    def query(self, body: Body) -> Reply:
        top_k = body.get("topK")
        if type(top_k) is not int or not 1 <= top_k <= 10_000:
            raise Refusal("topK must be from 1 to 10000")
        if body.get("vector") is None and body.get("sparseVector") is None:
            raise Refusal("a query names a vector, a sparse vector or both")
        dense = self._dense(body.get("vector") or [0.0] * self._dimension)
        sparse = _sparse(body.get("sparseVector"))
        condition = _condition(body["filter"]) if "filter" in body else lambda metadata: True
        namespace = self._namespaces.get(_name(body), _Namespace())
        with self._lock:
            reconciled = namespace.reconciled
            found = [record for record in namespace.records.values() if condition(record.metadata)]
            self._count_query()
        scored = sorted(
            ((_score(record, dense, sparse), record.id, record) for record in found), reverse=True
        )
        matches = [
            record.as_json()
            | {"score": score, "values": record.as_json()["values"] if body.get("includeValues") else []}
            for score, _, record in scored[:top_k]
        ]
        for match in matches:
            match.pop("sparseValues", None)
            if not body.get("includeMetadata"):
                match.pop("metadata", None)
        answer = {
            "results": [],
            "matches": matches,
            "namespace": _name(body),
            "usage": {"readUnits": 1},
        }
        if len(json.dumps(answer, ensure_ascii=False).encode()) > MAX_RESULT_BYTES:
            raise Refusal("the result is over 4 MB")
        return Reply(answer, {RECONCILED: str(reconciled)})

    def fetch(self, ids: Sequence[str], namespace: str) -> Reply:
        _check_ids(ids)
        records = self._records(namespace)
        found = {id: records[id].as_json() for id in ids if id in records}
        return Reply({"vectors": found, "namespace": namespace, "usage": {"readUnits": 1}})

    def delete(self, body: Body) -> Reply:
        """Delete vectors. If ids and a filter are given together, the filter alone counts."""
        ids, given, everything = body.get("ids"), body.get("filter"), body.get("deleteAll", False)
        if everything and (ids or given):
            raise Refusal("deleteAll takes neither ids nor a filter")
        if not everything and ids is None and given is None:
            raise Refusal("ids, a filter or deleteAll")
        if given is not None and not given:
            raise Refusal("Delete with empty metadata filter is not allowed")
        if ids is not None:
            _check_ids(ids)
        listed = frozenset(ids or ())
        condition = None if given is None else _condition(given)
        namespace = self._namespaces.get(_name(body))
        if namespace is None:
            raise Refusal("Namespace not found", status=404, code=5)

        def write(kept: dict[str, _Record]) -> None:
            for id, record in list(kept.items()):
                if everything or (condition(record.metadata) if condition else id in listed):
                    del kept[id]

        return Reply({}, {COMMITTED: str(self._write(namespace, write))})

    def list(self, namespace: str, prefix: str, limit: int, token: str | None) -> Reply:
        if not 1 <= limit <= 100:
            raise Refusal("limit must be from 1 to 100")
        past = _past(token, prefix)
        found = sorted(id for id in self._records(namespace) if id.startswith(prefix) and id > past)
        answer: Body = {"vectors": [{"id": id} for id in found[:limit]], "namespace": namespace}
        if len(found) > limit:
            onward = json.dumps({"skip_past": found[limit - 1], "prefix": prefix}).encode()
            answer["pagination"] = {"next": b64encode(onward).decode()}
        return Reply(answer | {"usage": {"readUnits": 1}})

    def _records(self, namespace: str) -> dict[str, _Record]:
        with self._lock:
            return dict(self._namespaces.get(namespace, _Namespace()).records)

    def _write(self, namespace: _Namespace, write: Callable[[dict[str, _Record]], None]) -> int:
        with self._lock:
            namespace.committed += 1
            namespace.late.append(write)
            if not self._lagging:
                namespace.catch_up()
            return namespace.committed

    def _count_query(self) -> None:
        if self._queries_until_fresh is not None:
            self._queries_until_fresh -= 1
            if self._queries_until_fresh <= 0:
                self.catch_up()

    def _parsed(self, vector: Body) -> _Record:
        id = vector.get("id")
        _check_ids([id])
        values = self._dense(vector.get("values"))
        if not any(values):
            raise Refusal(f"Dense vectors must contain at least one non-zero value. Vector ID {id}")
        metadata = vector.get("metadata") or {}
        for name, value in metadata.items():
            _check_metadata(name, value)
        if len(json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_METADATA_BYTES:
            raise Refusal("the metadata is over 40960 bytes")
        kept = {name: _as_kept(value) for name, value in metadata.items()}
        return _Record(str(id), values, _sparse(vector.get("sparseValues")), kept)

    def _dense(self, values: Any) -> array[float]:
        if not isinstance(values, list) or len(values) != self._dimension:
            raise Refusal(f"the vector does not match the dimension of the index {self._dimension}")
        kept = array("f", values)
        if not all(map(isfinite, kept)):
            raise Refusal("a value is no finite 32-bit number")
        return kept


def _name(body: Body) -> str:
    name = body.get("namespace") or "__default__"
    if not isinstance(name, str) or len(name) > 512 or not name.isascii() or "\0" in name:
        raise Refusal("a namespace is of up to 512 ASCII characters")
    return name


def _check_ids(ids: Any) -> None:
    if not isinstance(ids, list) or not 1 <= len(ids) <= 1000:
        raise Refusal("1 to 1000 ids")
    for id in ids:
        if not isinstance(id, str) or not 1 <= len(id) <= 512 or not id.isascii() or "\0" in id:
            raise Refusal("Vector ID must be of 1 to 512 ASCII characters")


def _check_metadata(name: str, value: Any) -> None:
    plain = isinstance(value, str | bool | int | float)
    if not plain and not (isinstance(value, list) and all(isinstance(member, str) for member in value)):
        raise Refusal(
            f"Metadata value must be a string, number, boolean or list of strings for field '{name}'"
        )
    if name.startswith("$"):
        raise Refusal("a metadata field cannot start with $")


def _as_kept(value: Any) -> Any:
    """The metadata as Pinecone stores it: every number is a float."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _sparse(given: Body | None) -> dict[int, float]:
    if given is None:
        return {}
    indices, values = given["indices"], given["values"]
    if not 1 <= len(indices) <= 1000 or len(indices) != len(values):
        raise Refusal("a sparse vector has 1 to 1000 indices and as many values")
    if any(one >= other for one, other in pairwise(sorted(indices))) or not all(
        type(index) is int and 0 <= index < 2**32 for index in indices
    ):
        raise Refusal("sparse indices are distinct, from 0 to 2**32-1")
    kept = array("f", values)
    if not all(isfinite(value) and value for value in kept):
        raise Refusal("Sparse vector must contain non-zero values")
    return dict(zip(indices, kept, strict=True))


def _score(record: _Record, dense: array[float], sparse: dict[int, float]) -> float:
    lexical = sum(weight * sparse[index] for index, weight in record.sparse.items() if index in sparse)
    return float(sum(map(mul, record.values, dense)) + lexical)


def _condition(given: Any) -> Callable[[Body], bool]:
    """A filter of ``$and``, ``$eq`` and ``$in``; several fields or operators must hold together."""
    if not isinstance(given, dict):
        raise Refusal("a filter is an object")
    parts = [part for name, wanted in given.items() for part in _parts(name, wanted)]
    return lambda metadata: all(part(metadata) for part in parts)


def _parts(name: str, wanted: Any) -> list[Callable[[Body], bool]]:
    if name == "$and":
        if not isinstance(wanted, list) or not wanted:
            raise Refusal("$and takes a list of conditions")
        return [_condition(part) for part in wanted]
    if name.startswith("$"):
        raise Refusal(f"{name} is not a valid operator")
    if not isinstance(wanted, dict):
        wanted = {"$eq": wanted}
    return [_operator(name, operator, operand) for operator, operand in wanted.items()]


def _operator(name: str, operator: str, operand: Any) -> Callable[[Body], bool]:
    operands = [operand] if operator == "$eq" else operand
    if operator not in ("$eq", "$in") or not isinstance(operands, list) or not 1 <= len(operands) <= 10_000:
        raise Refusal(f"illegal condition for field {name}: {operator}")
    if not all(isinstance(value, str | bool | int | float) for value in operands):
        raise Refusal(f"illegal value for field {name}")
    keys = {_key(value) for value in operands}

    def holds(metadata: Body) -> bool:
        value = metadata.get(name)
        return not keys.isdisjoint(map(_key, value if isinstance(value, list) else [value]))

    return holds


def _key(value: Any) -> tuple[str, Any]:
    """A key that is equal for values that Pinecone considers equal: numbers by value; a boolean is no number."""
    return ("number" if type(value) in (int, float) else type(value).__name__, value)


def _past(token: str | None, prefix: str) -> str:
    if token is None:
        return ""
    try:
        onward = json.loads(b64decode(token, validate=True))
        past: str = onward["skip_past"]
    except (ValueError, KeyError, TypeError):
        raise Refusal("Pagination token is invalid") from None
    if onward.get("prefix") != prefix:
        raise Refusal("Pagination token is of another prefix")
    return past
