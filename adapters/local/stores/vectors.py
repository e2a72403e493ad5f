"""The laptop's vector store: exact search over one SQLite file.

The file has everything. Memory has a copy of what a search needs: the vectors, and which rows have which term or
metadata value. Each search first reads what any thread or process has written since the last one. Metadata is read from
the file, and only for the matches.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from adapters.local.stores.sqlite_errors import check_there, parsed, translated
from adapters.local.stores.sqlite_versions import check_tables, note_tables, stamp
from ports.errors import Damaged, Unavailable, UpstreamError
from ports.paging import Page
from ports.vector_store import (
    Filter,
    Match,
    Metadata,
    SparseVector,
    Vector,
    check_ids,
    check_page,
    check_query,
    check_upsert,
    selects,
    wanted_values,
)

_SCHEMA = (
    # `residue` is the number of deletions since the file was last rewritten: old copies of deleted rows may still be in
    # it.
    "CREATE TABLE IF NOT EXISTS store (dimension INTEGER NOT NULL, residue INTEGER NOT NULL)",
    # `digest` is that of the record's `dense`, `sparse` and `fields`, because SQLite does not notice damage within a
    # value. Records of Lyceum 0.2 have none.
    # A slot is never used twice and its content never changes, so the slots show the order of the writes. Replacing a
    # record removes its slot and takes a new one.
    """CREATE TABLE IF NOT EXISTS records (
        slot INTEGER PRIMARY KEY AUTOINCREMENT,
        namespace TEXT NOT NULL,
        id TEXT NOT NULL,
        dense BLOB NOT NULL,
        sparse BLOB NOT NULL,
        fields BLOB NOT NULL,
        metadata TEXT NOT NULL,
        digest INTEGER,
        UNIQUE (namespace, id)
    )""",
    "CREATE TABLE IF NOT EXISTS embedder (model TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS removals (number INTEGER PRIMARY KEY AUTOINCREMENT, slot INTEGER NOT NULL)",
)
FIRST_MODEL = "all-MiniLM-L6-v2-onnx-int8"
"""The embedding model of files that do not name theirs. Up to version 0.2 it was the only one."""
_IDS = "SELECT slot, id FROM records WHERE slot IN (SELECT value FROM json_each(?))"
_METADATA = "SELECT slot, metadata FROM records WHERE slot IN (SELECT value FROM json_each(?))"
_BUSY_SECONDS = 10.0
_ROWS_AT_ONCE = 4096
_LONGEST_KEPT_VALUE = 100
_PAIR = np.dtype([("index", "<u4"), ("value", "<f4")])
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_Floats = npt.NDArray[np.float32]
_Doubles = npt.NDArray[np.float64]
_Mask = npt.NDArray[np.bool_]
_Rows = npt.NDArray[np.int32]
_Slots = npt.NDArray[np.int64]
_Array = npt.NDArray[Any]


class OtherModel(ValueError):
    """The file has vectors of another embedding model. The message names both models and the file."""


class SQLiteVectorStore:
    """Implements ``ports.vector_store.VectorStore``. Every read sees all writes that returned before it.

    Any number of threads and processes may share the file. ``delete`` overwrites the records, but old copies of rows
    may be in unused space, because SQLite moves rows. ``compact`` and ``close`` rewrite the file without them (about a
    second for each 100 MB); after a crash, the constructor does.

    The constructor raises ``ValueError`` if the vectors in the file have another dimension, and ``OtherModel`` if
    another embedding model made them: such vectors must never be compared.
    """

    def __init__(
        self,
        path: Path,
        dimension: int,
        *,
        model: str = FIRST_MODEL,
        kept_removals: int = 100_000,
        kept_dead: int = 1024,
    ) -> None:
        """``model`` names the embedding model. The file keeps the last ``kept_removals`` removals; a process that
        missed more loads the file anew.

        For each namespace, memory keeps up to ``kept_dead`` removed records, or up to a third of the number of other
        records if that is more.
        """
        self._path = path
        self._dimension = dimension
        self._model = model
        self._kept_removals = kept_removals
        self._kept_dead = kept_dead
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._pool = threading.Lock()
        self._writing = threading.Lock()
        self._searching = threading.Lock()
        self._index = _Index(dimension, kept_dead)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._is_made = False
        try:
            self._set_up()
        except BaseException:
            self._close_idle()
            raise
        self._is_made = True
        self._compact_if_free()

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        check_upsert(namespace, vectors, self._dimension)
        rows = [
            (namespace, vector.id, *packed, _JSON.encode(dict(vector.metadata)), digest_of(*packed))
            for vector, packed in zip(vectors, _packed(vectors), strict=True)
        ]
        with self._writer() as db, _transaction(db):
            self._remove(db, namespace, [vector.id for vector in vectors])
            db.executemany(
                "INSERT INTO records (namespace, id, dense, sparse, fields, metadata, digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

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
        wanted = [
            [_code(name, value) for value in wanted_values(condition)] for name, condition in filter.items()
        ]
        with self._reader() as db:
            # The snapshot is taken under the lock, so the index is never newer than the snapshot.
            with self._searching:
                self._catch_up(db)
                slots, scores = self._index.search(namespace, np.asarray(values, "f4"), sparse, wanted, top_k)
            ids = dict(db.execute(_IDS, (json.dumps(slots),)))
            ranked = sorted(zip(scores, slots, strict=True), key=lambda found: (-found[0], ids[found[1]]))
            best = ranked[:top_k]
            texts = dict(db.execute(_METADATA, (json.dumps([slot for _, slot in best]),)))
            matches = [Match(ids[slot], score, parsed("vector_store", texts[slot])) for score, slot in best]
        # The index compares 64-bit digests of values. Two values may have the same digest, and a record of another
        # learner must never be returned. So the values themselves are compared here.
        return [match for match in matches if selects(filter, match.metadata)]

    def fetch(self, namespace: str, ids: Sequence[str]) -> dict[str, Vector]:
        check_ids(namespace, ids)
        with self._reader() as db:
            rows = db.execute(
                "SELECT id, dense, sparse, fields, metadata, digest FROM records"
                " WHERE namespace = ? AND id IN (SELECT value FROM json_each(?))",
                (namespace, json.dumps(list(ids))),
            ).fetchall()
            return {
                id: Vector(
                    id,
                    np.frombuffer(dense, "<f4").tolist(),
                    parsed("vector_store", metadata),
                    _sparse_of(sparse),
                )
                for id, dense, sparse, fields, metadata, digest in rows
                if _sound(dense, sparse, fields, digest)
            }

    def delete(self, namespace: str, ids: Sequence[str]) -> None:
        check_ids(namespace, ids)
        with self._writer() as db:
            with _transaction(db):
                removed = self._remove(db, namespace, ids)
                if removed:
                    db.execute("UPDATE store SET residue = residue + 1")
            if removed:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def ids(self, namespace: str, prefix: str, *, limit: int = 100, cursor: str | None = None) -> Page[str]:
        check_page(namespace, prefix, limit)
        with self._reader() as db:
            # U+0080 sorts after every ASCII character.
            rows = db.execute(
                "SELECT id FROM records WHERE namespace = ? AND id >= ? AND id < ? AND id > ?"
                " ORDER BY id LIMIT ?",
                (namespace, prefix, prefix + "\x80", cursor or "", limit + 1),
            ).fetchall()
        found = [id for (id,) in rows]
        return Page(found[:limit], found[limit - 1] if len(found) > limit else None)

    def compact(self) -> None:
        """Remove all bytes of deleted records from the file.

        Does nothing if nothing was deleted since the last time.
        """
        with self._writer() as db:
            (residue,) = db.execute("SELECT residue FROM store").fetchone()
            if residue:
                db.execute("VACUUM")
                # Another process may have deleted records in the meantime. Those deletions are still counted afterwards.
                db.execute("UPDATE store SET residue = residue - ?", (residue,))
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Compact and close the file. A second call does nothing. After it, any other call raises ``Unavailable``."""
        if not self._closed:
            self._compact_if_free()
            self._closed = True
        self._close_idle()

    def _set_up(self) -> None:
        with self._writer() as db:
            db.execute("PRAGMA journal_mode = WAL")
            stamp(db, "vector_store")
            with _transaction(db):
                check_tables(db, "vector_store")
                for statement in _SCHEMA:
                    db.execute(statement)
                if "digest" not in {column[1] for column in db.execute("PRAGMA table_info (records)")}:
                    db.execute("ALTER TABLE records ADD COLUMN digest INTEGER")
                note_tables(db)
                kept = db.execute("SELECT dimension FROM store").fetchone()
                if kept is None:
                    db.execute("INSERT INTO store VALUES (?, 0)", (self._dimension,))
                elif kept[0] != self._dimension:
                    raise ValueError(
                        f"{self._path} holds vectors of dimension {kept[0]}, not {self._dimension}"
                    )
                self._check_model(db)

    def _check_model(self, db: sqlite3.Connection) -> None:
        made_with = db.execute("SELECT model FROM embedder").fetchone()
        if made_with is None:
            is_empty = db.execute("SELECT 1 FROM records LIMIT 1").fetchone() is None
            made_with = (self._model if is_empty else FIRST_MODEL,)
            db.execute("INSERT INTO embedder VALUES (?)", made_with)
        if made_with[0] != self._model:
            raise OtherModel(f"{self._path} holds vectors of the model {made_with[0]}, not of {self._model}")

    def _compact_if_free(self) -> None:
        try:
            self.compact()
        except UpstreamError:
            # Another process uses the file, or the disk is full. The count stays, so the next start or close tries again.
            pass

    def _close_idle(self) -> None:
        with self._pool:
            while self._idle:
                self._idle.pop().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._pool:
            if self._closed:
                raise Unavailable("vector_store", "closed")
            db = self._idle.pop() if self._idle else None
        try:
            with translated("vector_store"):
                if self._is_made:
                    check_there(self._path, "vector_store")
                if db is None:
                    db = sqlite3.connect(
                        self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
                    )
                    db.execute("PRAGMA synchronous = FULL")
                    db.execute("PRAGMA secure_delete = ON")
                yield db
        finally:
            if db is not None:
                self._give_back(db)

    def _give_back(self, db: sqlite3.Connection) -> None:
        if db.in_transaction:
            db.rollback()
        with self._pool:
            if not self._closed:
                self._idle.append(db)
                return
        db.close()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def _writer(self) -> Iterator[sqlite3.Connection]:
        # The threads of this process wait for this lock. If they waited for SQLite's lock, each would poll it.
        with self._writing, self._connection() as db:
            yield db

    def _remove(self, db: sqlite3.Connection, namespace: str, ids: Sequence[str]) -> bool:
        slots = db.execute(
            "SELECT slot FROM records WHERE namespace = ? AND id IN (SELECT value FROM json_each(?))",
            (namespace, json.dumps(list(ids))),
        ).fetchall()
        if slots:
            db.executemany("DELETE FROM records WHERE slot = ?", slots)
            db.executemany("INSERT INTO removals (slot) VALUES (?)", slots)
            db.execute(
                "DELETE FROM removals WHERE number <= (SELECT max(number) FROM removals) - ?",
                (self._kept_removals,),
            )
        return bool(slots)

    def _catch_up(self, db: sqlite3.Connection) -> None:
        """Update the index to the state of the file that ``db`` reads."""
        try:
            if not self._index.catch_up(db):
                self._index = _Index(self._dimension, self._kept_dead)
                self._index.catch_up(db)
        except BaseException:
            # The index may have only a part of the changes.
            self._index = _Index(self._dimension, self._kept_dead)
            raise


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    yield
    db.execute("COMMIT")


def _grown(array: _Array, used: int, capacity: int) -> _Array:
    grown = np.empty((capacity, *array.shape[1:]), array.dtype)
    grown[:used] = array[:used]
    return grown


def _packed(vectors: Sequence[Vector]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The bytes of each vector's values, words and fields.

    Consecutive vectors may share one list object of values, as vectors without an embedding do. It is then converted
    once.
    """
    values: Sequence[float] | None = None
    dense = b""
    for vector in vectors:
        if vector.values is not values:
            values = vector.values
            dense = np.asarray(values, "<f4").tobytes()
        yield dense, _sparse_bytes(vector.sparse), _field_bytes(vector.metadata)


def digest_of(dense: bytes, sparse: bytes, fields: bytes) -> int:
    """The digest that is stored with a record, of its values, words and fields."""
    return zlib.crc32(fields, zlib.crc32(sparse, zlib.crc32(dense)))


def _sound(dense: bytes, sparse: bytes, fields: bytes, digest: int | None) -> bool:
    """True. Raises ``Damaged`` if the bytes of a record are not those that were written."""
    try:
        is_sound = digest is None or digest == digest_of(dense, sparse, fields)
    except TypeError:  # they are not even bytes
        is_sound = False
    if not is_sound:
        raise Damaged("vector_store", "a record differs from what was written")
    return True


def _sparse_bytes(sparse: SparseVector) -> bytes:
    pairs = np.empty(len(sparse.indices), _PAIR)
    pairs["index"] = sparse.indices
    pairs["value"] = sparse.values
    return pairs.tobytes()


def _sparse_of(stored: bytes) -> SparseVector:
    pairs = np.frombuffer(stored, _PAIR)
    return SparseVector(pairs["index"].tolist(), pairs["value"].tolist())


def _field_bytes(metadata: Metadata) -> bytes:
    codes = [
        (_code if isinstance(member, str) and len(member) > _LONGEST_KEPT_VALUE else _kept_code)(name, member)
        for name, value in metadata.items()
        for member in (value if isinstance(value, list) else [value])
    ]
    return np.array(codes, "<u8").tobytes()


def _code(name: str, value: str | int | float | bool) -> int:
    """A digest of a field and one of its values. Values that a filter treats as equal have the same digest."""
    if isinstance(value, str):
        tagged = f"s{value}"
    elif isinstance(value, bool):
        tagged = f"b{value}"
    else:
        tagged = f"n{float(value) + 0.0}"  # makes 0.0 of -0.0
    return int.from_bytes(blake2b(f"{len(name)} {name}{tagged}".encode(), digest_size=8).digest(), "little")


@lru_cache(maxsize=1024, typed=True)
def _kept_code(name: str, value: str | int | float | bool) -> int:
    """``_code`` with a cache: most values are the same in all records of a document."""
    return _code(name, value)


class _Run(NamedTuple):
    """A run of postings. ``rows[starts[i]:starts[i + 1]]`` are the rows that have ``terms[i]``; ``weights`` are theirs."""

    terms: _Array
    starts: _Slots
    rows: _Rows
    weights: _Array


class _Postings:
    """Which rows have a term, and with what weight.

    The postings are in runs, each sorted by term. Each run is at least twice as long as the next one.
    """

    def __init__(self, term: str, weight: str) -> None:
        """``term`` and ``weight`` are names of numpy types."""
        self._runs: list[_Run] = []
        # One large array, because after sorting its memory returns to the system. The memory of many small ones would
        # not.
        self._unsorted: _Array = np.empty(0, [("term", term), ("row", np.int32), ("weight", weight)])
        self._waiting = 0

    def add(self, terms: _Array, rows: _Rows, weights: _Array | int) -> None:
        start, end = self._waiting, self._waiting + terms.size
        if end > len(self._unsorted):
            self._unsorted = _grown(self._unsorted, start, max(end, 2 * len(self._unsorted)))
        self._unsorted["term"][start:end] = terms
        self._unsorted["row"][start:end] = rows
        self._unsorted["weight"][start:end] = weights
        self._waiting = end

    def find(self, term: int) -> Iterator[tuple[_Rows, _Array]]:
        """For each run: the rows that have the term (ascending, each once), and their weights."""
        self._settle()
        for run in self._runs:
            at = int(np.searchsorted(run.terms, run.terms.dtype.type(term)))
            if at < run.terms.size and run.terms[at] == term:
                span = slice(run.starts[at], run.starts[at + 1])
                yield run.rows[span], run.weights[span]

    def renumber(self, row_of: _Rows) -> None:
        """Replace each row number by its new number in ``row_of``. A new number of -1 means that the row was removed."""
        self._settle()
        runs, self._runs = self._runs, []
        for run in runs:
            rows = row_of[run.rows]
            kept = rows >= 0
            self.add(_terms_of(run)[kept], rows[kept], run.weights[kept])

    def _settle(self) -> None:
        if not self._waiting:
            return
        parts: list[tuple[_Array, _Rows, _Array]] = []
        size = self._waiting
        while self._runs and self._runs[-1].rows.size < 2 * size:
            run = self._runs.pop()
            size += run.rows.size
            parts.insert(0, (_terms_of(run), run.rows, run.weights))
        new = self._unsorted[: self._waiting]
        parts.append((new["term"], new["row"], new["weight"]))
        self._unsorted, self._waiting = self._unsorted[:0].copy(), 0
        terms, rows, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        del parts, new
        order = np.argsort(terms, kind="stable")
        terms = terms[order]
        firsts = np.append(0, 1 + np.flatnonzero(terms[1:] != terms[:-1]))
        self._runs.append(_Run(terms[firsts], np.append(firsts, terms.size), rows[order], weights[order]))


def _terms_of(run: _Run) -> _Array:
    return np.repeat(run.terms, np.diff(run.starts))


class _Partition:
    """The rows of one namespace, in the order of their slots.

    A removed ("dead") row stays in memory until many rows are dead.
    """

    def __init__(self, dimension: int, kept_dead: int) -> None:
        self._kept_dead = kept_dead
        self._size = 0
        self._dead = 0
        self._dense: _Floats = np.empty((0, dimension), np.float32)
        self._slots: _Slots = np.empty(0, np.int64)
        self._alive: _Mask = np.empty(0, np.bool_)
        self._fields = _Postings("u8", "i1")
        self._sparse = _Postings("u4", "f4")
        self._longest = 0.0

    def reserve(self, capacity: int) -> None:
        """Allocate memory for ``capacity`` rows in total."""
        self._dense = _grown(self._dense, self._size, capacity)
        self._slots = _grown(self._slots, self._size, capacity)
        self._alive = _grown(self._alive, self._size, capacity)

    def append(
        self, slots: Sequence[int], dense: Sequence[bytes], sparse: Sequence[bytes], fields: Sequence[bytes]
    ) -> None:
        start, end = self._size, self._size + len(slots)
        if end > len(self._slots):
            # Memory that was never written costs nothing, so much more is allocated than needed.
            self.reserve(max(end, 2 * len(self._slots)))
        rows = np.arange(start, end, dtype=np.int32)
        block = np.frombuffer(b"".join(dense), "<f4").reshape(len(slots), -1)
        self._dense[start:end] = block
        self._slots[start:end] = slots
        self._alive[start:end] = True
        self._longest = max(
            self._longest, float(np.sqrt(np.square(block, dtype=np.float64).sum(axis=1).max()))
        )
        pairs = np.frombuffer(b"".join(sparse), _PAIR)
        held = np.repeat(rows, [len(stored) // _PAIR.itemsize for stored in sparse])
        self._sparse.add(pairs["index"], held, pairs["value"])
        codes = np.frombuffer(b"".join(fields), "<u8")
        held = np.repeat(rows, [len(stored) // 8 for stored in fields])
        self._fields.add(codes, held, 1)
        self._size = end

    def remove(self, slots: _Slots) -> None:
        """Remove the given slots that this namespace has. Other slots are ignored."""
        if not self._size:
            return
        rows = np.minimum(np.searchsorted(self._slots[: self._size], slots), self._size - 1)
        rows = rows[self._slots[rows] == slots]
        self._alive[rows] = False
        self._dead = self._size - int(np.count_nonzero(self._alive[: self._size]))
        if self._dead > self._kept_dead and self._dead * 4 > self._size:
            self._drop_dead()

    def _drop_dead(self) -> None:
        alive = self._alive[: self._size]
        row_of = np.where(alive, np.cumsum(alive, dtype=np.int32) - np.int32(1), np.int32(-1)).astype(
            np.int32
        )
        self._fields.renumber(row_of)
        self._sparse.renumber(row_of)
        self._dense = self._dense[: self._size][alive]
        self._slots = self._slots[: self._size][alive]
        self._size, self._dead = len(self._slots), 0
        self._alive = np.ones(self._size, np.bool_)

    def search(
        self, values: _Floats, sparse: SparseVector, wanted: Sequence[Sequence[int]], top_k: int
    ) -> tuple[_Slots, _Doubles]:
        """The slots and the exact scores of the best ``top_k`` rows, and of all rows whose score equals that of the
        last one.
        """
        chosen = self._chosen(wanted)
        lexical = self._lexical(sparse)
        count = self._size if chosen is None else int(np.count_nonzero(chosen))
        exact = values.astype(np.float64)
        reach = float(np.linalg.norm(exact)) * self._longest
        # From 1e37 on, 32-bit sums could overflow.
        if top_k < count and reach < 1e37:
            rows = self._candidates(values, lexical, chosen, count, top_k, reach)
        else:
            rows = np.arange(self._size) if chosen is None else np.flatnonzero(chosen)
        scores = np.empty(len(rows))
        # Each row is computed separately in 64 bits, so that equal vectors have equal scores in every position.
        for at in range(0, len(rows), _ROWS_AT_ONCE):
            span = slice(at, at + _ROWS_AT_ONCE)
            scores[span] = (self._dense[rows[span]] * exact).sum(axis=1)
        if lexical is not None:
            scores += lexical[rows]
        if top_k < len(rows):
            best = np.flatnonzero(scores >= np.partition(scores, -top_k)[-top_k])
            rows, scores = rows[best], scores[best]
        return self._slots[rows], scores

    def _chosen(self, wanted: Sequence[Sequence[int]]) -> _Mask | None:
        """A mask of the rows that are not removed and that have at least one code of each entry of ``wanted``. None
        means all rows.
        """
        if not wanted and not self._dead:
            return None
        chosen = self._alive[: self._size].copy()
        for codes in wanted:
            holding = np.zeros(self._size, np.bool_)
            for code in codes:
                for rows, _ in self._fields.find(code):
                    holding[rows] = True
            chosen &= holding
        return chosen

    def _lexical(self, sparse: SparseVector) -> _Doubles | None:
        """The dot product of each row with ``sparse``, summed in the order of the indices; None if ``sparse`` is empty."""
        if not sparse.indices:
            return None
        scores = np.zeros(self._size)
        for index, value in zip(sparse.indices, np.asarray(sparse.values, "f4").tolist(), strict=True):
            for rows, weights in self._sparse.find(index):
                scores[rows] += weights.astype(np.float64) * value
        return scores

    def _candidates(
        self,
        values: _Floats,
        lexical: _Doubles | None,
        chosen: _Mask | None,
        count: int,
        top_k: int,
        reach: float,
    ) -> _Array:
        """A few rows that certainly include the best ``top_k`` of the ``count`` chosen rows."""
        if chosen is not None and count * 4 < self._size:
            rows = np.flatnonzero(chosen)
            # A matrix product would start a second thread, and waiting for it takes longer than the work.
            scores: _Array = np.einsum("ij,j->i", self._dense[rows], values)
            if lexical is not None:
                scores = scores + lexical[rows]
        else:
            rows = None
            scores = self._dense[: self._size] @ values
            if lexical is not None:
                scores = scores + lexical
            if chosen is not None:
                scores[~chosen] = -np.inf
        # A 32-bit sum of n products has an error of at most n * 2**-24 * |a||b|. Two such sums are compared.
        slack = 4 * (values.size + 2) * (2.0**-24 * reach + 2.0**-126)
        near = np.flatnonzero(scores >= float(np.partition(scores, -top_k)[-top_k]) - slack)
        return near if rows is None else rows[near]


class _Index:
    """The partitions of all namespaces, and the last slot and the last removal of the file that they include."""

    def __init__(self, dimension: int, kept_dead: int) -> None:
        self._dimension = dimension
        self._kept_dead = kept_dead
        self._partitions: dict[str, _Partition] = {}
        self._slot = 0
        self._removal = 0

    def catch_up(self, db: sqlite3.Connection) -> bool:
        """Read what was written since the last call. Returns False if the file no longer has all removals since then."""
        if self._slot == 0:
            (self._removal,) = db.execute("SELECT coalesce(max(number), 0) FROM removals").fetchone()
            for namespace, count in db.execute("SELECT namespace, count(*) FROM records GROUP BY namespace"):
                self._partition(namespace).reserve(count)
        removed = db.execute(
            "SELECT number, slot FROM removals WHERE number > ? ORDER BY number", (self._removal,)
        ).fetchall()
        if removed:
            if removed[0][0] != self._removal + 1:
                return False
            slots = np.array([slot for _, slot in removed], np.int64)
            for partition in self._partitions.values():
                partition.remove(slots)
            self._removal = removed[-1][0]
        added = db.execute(
            "SELECT namespace, slot, dense, sparse, fields, digest FROM records WHERE slot > ? ORDER BY slot",
            (self._slot,),
        )
        while rows := added.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                _sound(*row[2:])
            for namespace in {row[0] for row in rows}:
                _, slots_, dense, sparse, fields, _ = zip(
                    *(row for row in rows if row[0] == namespace), strict=True
                )
                self._partition(namespace).append(slots_, dense, sparse, fields)
            self._slot = rows[-1][1]
        return True

    def _partition(self, namespace: str) -> _Partition:
        if namespace not in self._partitions:
            self._partitions[namespace] = _Partition(self._dimension, self._kept_dead)
        return self._partitions[namespace]

    def search(
        self,
        namespace: str,
        values: _Floats,
        sparse: SparseVector,
        wanted: Sequence[Sequence[int]],
        top_k: int,
    ) -> tuple[list[int], list[float]]:
        partition = self._partitions.get(namespace)
        if partition is None:
            return [], []
        slots, scores = partition.search(values, sparse, wanted, top_k)
        return slots.tolist(), scores.tolist()
