"""Counts what the services would bill for the calls of the ports, in the services' own units."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from fakes.profile import MemoryAdapters
from ports.agent import Chat, Role, Task, TokenUsage
from ports.key_value_store import Item, Key, Put, Table, Write, size_of
from ports.object_store import ObjectStore
from ports.paging import Page
from ports.vector_store import Filter, Match, SparseVector, Vector, record_bytes

CHARACTERS_A_TOKEN = 4.7
"""For English text: https://docs.aws.amazon.com/bedrock/latest/userguide/titan-embedding-models.html"""
LEAST_SECONDS = 15.0
"""The least seconds that Transcribe bills for a job: https://aws.amazon.com/transcribe/pricing/"""
DIMENSION = 1536
_READ_BYTES, _WRITE_BYTES = 4096, 1024
_QUERY_UNITS = 0.25
"""The least read units that Pinecone bills for a query. A namespace of 1 GB costs one unit.

https://docs.pinecone.io/guides/manage-cost/understanding-cost
"""
_LEAST_WRITE_UNITS = 5
_REQUESTS = {
    "put": "s3 write",
    "post": "s3 write",
    "keys": "s3 write",
    "get": "s3 read",
    "info": "s3 read",
    "download": "s3 read",
}
"""The unit that S3 bills for each method. A listing costs as much as a write; a deletion costs nothing."""


class Meter:
    """The used amounts, by the names in ``prices.json``."""

    def __init__(self) -> None:
        self.used: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    def count(self, call: str, what: str, amount: float) -> None:
        self.calls[call] += 1
        self.used[what] += amount


class MeteredRows:
    """A key-value store that counts the units that DynamoDB bills in on-demand mode. A write to a table also writes to
    its indexes.
    """

    def __init__(self, store: Any, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, table: Table, key: Key) -> Item | None:
        found: Item | None = self._store.get(table, key)
        self._read(table, [found], each=True)
        return found

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        found: list[Item | None] = self._store.get_many(table, keys)
        self._read(table, found, each=True)
        return found

    def query(self, table: Table, partition: str, *, index: str | None = None, **how: Any) -> Page[Item]:
        page: Page[Item] = self._store.query(table, partition, index=index, **how)
        self._read(table, page.items, share=1.0 if index is None else 0.5)
        return page

    def put(self, table: Table, item: Item, **how: Any) -> Any:
        self._write(table, [item])
        return self._store.put(table, item, **how)

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        self._write(table, items)
        self._store.put_many(table, items)

    def add(self, table: Table, key: Key, *rest: Any, **how: Any) -> Any:
        self._write(table, [key])
        return self._store.add(table, key, *rest, **how)

    def delete(self, table: Table, key: Key, **how: Any) -> None:
        self._write(table, [key])
        self._store.delete(table, key, **how)

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        self._write(table, keys)
        self._store.delete_many(table, keys)

    def transact(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self._write(write.table, [write.item if isinstance(write, Put) else write.key], share=2.0)
        self._store.transact(writes)

    def _read(
        self, table: Table, items: Sequence[Item | None], *, share: float = 1.0, each: bool = False
    ) -> None:
        sizes = [0 if item is None else size_of(table, item) for item in items]
        units = sum(_units(size, _READ_BYTES) for size in sizes) if each else _units(sum(sizes), _READ_BYTES)
        self._meter.count("key_value_store.read", "dynamodb read", units * share)

    def _write(self, table: Table, items: Sequence[Mapping[str, Any]], *, share: float = 1.0) -> None:
        for item in items:
            copies = 1 + sum(index.holds(item) for index in table.indexes)
            units = _units(size_of(table, dict(item)), _WRITE_BYTES) * copies
            self._meter.count("key_value_store.write", "dynamodb write", units * share)


def _units(size: int, of: int) -> int:
    return max(1, ceil(size / of))


class MeteredObjects:
    """An object store that counts requests as S3 bills them."""

    def __init__(self, store: ObjectStore, meter: Meter) -> None:
        self._store: Any = store
        self._meter = meter

    def sizes(self) -> dict[str, int]:
        """The size of each object in bytes."""
        return {key: len(self._store.get(key)) for key in self._store.keys("")}

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        what = _REQUESTS.get(name)
        if what is None:
            return method

        def call(*given: Any, **named: Any) -> Any:
            self._meter.count(f"object_store.{name}", what, 1)
            return method(*given, **named)

        return call


class MeteredVectors:
    """A vector store that counts as Pinecone bills. A record is counted with Titan's dimension, not with the fake's."""

    def __init__(self, store: Any, meter: Meter) -> None:
        self._store = store
        self._meter = meter
        self.bytes: dict[tuple[str, str], int] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def upsert(self, namespace: str, vectors: Sequence[Vector]) -> None:
        self._store.upsert(namespace, vectors)
        for one in vectors:
            self.bytes[namespace, one.id] = self._size(one)
        units = ceil(sum(self._size(one) for one in vectors) / 1024)
        self._meter.count("vector_store.write", "pinecone write", max(_LEAST_WRITE_UNITS, units))

    def query(
        self,
        namespace: str,
        values: Sequence[float],
        *,
        filter: Filter,
        top_k: int,
        sparse: SparseVector = SparseVector(),
    ) -> list[Match]:
        gigabytes = sum(size for (name, _), size in self.bytes.items() if name == namespace) / 1e9
        self._meter.count("vector_store.query", "pinecone read", max(_QUERY_UNITS, gigabytes))
        found: list[Match] = self._store.query(namespace, values, filter=filter, top_k=top_k, sparse=sparse)
        return found

    def fetch(self, namespace: str, ids: Sequence[str]) -> Any:
        self._meter.count("vector_store.fetch", "pinecone read", ceil(len(ids) / 10))
        return self._store.fetch(namespace, ids)

    def _size(self, vector: Vector) -> int:
        return record_bytes(vector) - len(vector.values) * 20 + DIMENSION * 4


class MeteredEmbedder:
    def __init__(self, embedder: Any, meter: Meter, what: str) -> None:
        self._embedder = embedder
        self._meter = meter
        self._what = what

    def __getattr__(self, name: str) -> Any:
        return getattr(self._embedder, name)

    def embed(self, texts: Sequence[str]) -> Any:
        for text in texts:
            self._meter.count("embedder.embed", self._what, len(text) / CHARACTERS_A_TOKEN)
        return self._embedder.embed(texts)


class MeteredAgent:
    """An agent that counts tokens as Bedrock does for its bill. It computes them from the characters that the agent
    reads and writes. ``seconds`` is how long a reply of each role takes; this time is added to the waiting.
    """

    def __init__(self, agent: Any, meter: Meter, model: str, seconds: Mapping[Role, float]) -> None:
        self._agent = agent
        self._meter = meter
        self._model = model
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._agent, name)

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        history = "".join(one.text for one in task.history) if isinstance(task, Chat) else ""
        read = len(task.instructions) + len(task.request) + len(history)
        self._meter.count(f"agent.{task.role}", f"{self._model} input", read / CHARACTERS_A_TOKEN)
        self._meter.used["waiting"] += self._seconds[task.role]
        for piece in self._agent.reply(task, timeout=timeout, used=used):
            self._meter.used[f"{self._model} output"] += len(piece) / CHARACTERS_A_TOKEN
            yield piece


class MeteredTranscriber:
    """A transcriber that counts seconds as Transcribe does for its bill. Each answer has a fixed number of seconds."""

    def __init__(self, transcriber: Any, meter: Meter, seconds: float) -> None:
        self._transcriber = transcriber
        self._meter = meter
        self._seconds = seconds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transcriber, name)

    def begin(self, recording: Any) -> None:
        self._meter.count("transcriber.begin", "transcribe", max(LEAST_SECONDS, self._seconds))
        self._transcriber.begin(recording)


def metered(
    adapters: Any, meter: Meter, *, model: str, embedding: str, answer: float, seconds: Mapping[Role, float]
) -> Any:
    """The adapters, changed so that the meter counts their calls."""
    assert isinstance(adapters, MemoryAdapters)
    into: Any = adapters
    into.key_values = MeteredRows(adapters.key_values, meter)
    into.objects = MeteredObjects(adapters.objects, meter)
    into.vectors = MeteredVectors(adapters.vectors, meter)
    into.embedder = MeteredEmbedder(adapters.embedder, meter, embedding)
    into.agent = MeteredAgent(adapters.agent, meter, model, seconds)
    into.transcriber = MeteredTranscriber(adapters.transcriber, meter, answer)
    return into
