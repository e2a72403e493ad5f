"""The key-value store in DynamoDB."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from adapters.aws.attributes import to_attributes, to_item
from adapters.aws.errors import calls_of_aws, reading_answer
from adapters.upstream.calls import Effect, Retries, Tries
from ports.errors import Throttled
from ports.key_value_store import (
    NONE,
    SCHEMA,
    VERSION,
    Check,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Put,
    Table,
    Write,
    added,
    check_query,
    current,
    cursor_after,
    is_expired,
    key_values,
    position_of,
    size_of,
    stamped,
    transaction_sizes,
)
from ports.paging import Page
from ports.system import Clock

_CAPABILITY = "key_value_store"
_READ_BATCH = 100
_WRITE_BATCH = 25
_PARALLEL = 8
"""How many batches are requested at the same time: fewer than the client has connections."""

_ADD_TRIES = 4

_Wire = dict[str, Any]
_Batch = TypeVar("_Batch")
_Result = TypeVar("_Result")


class DynamoDBKeyValueStore:
    """Implements ``ports.key_value_store.KeyValueStore``. Safe to share between threads.

    ``client`` returns a botocore client of DynamoDB; it is called when the store is first used. The names of the tables
    begin with ``prefix``. Items expire by ``clock``, even before DynamoDB removes them.
    """

    def __init__(
        self,
        client: Callable[[], Any],
        tables: Iterable[Table],
        clock: Clock,
        *,
        prefix: str = "",
        retries: Retries | None = None,
    ) -> None:
        self._client = client
        self._tables = {table.name: table for table in tables}
        self._clock = clock
        self._prefix = prefix
        self._calls = calls_of_aws(_CAPABILITY, retries or Retries(clock))

    def get(self, table: Table, key: Key) -> Item | None:
        name = self._name(table)
        key_values(table, key)
        request: _Wire = {"TableName": name, "Key": to_attributes(key), "ConsistentRead": True}
        with reading_answer(_CAPABILITY):
            answer = self._call(Effect.READ, "get_item", **request)
            return self._live(table, answer.get("Item"))

    def get_many(self, table: Table, keys: Sequence[Key]) -> list[Item | None]:
        name = self._name(table)
        wanted = [key_values(table, key) for key in keys]
        distinct = dict(zip(wanted, keys, strict=True))
        batches = _batches([to_attributes(key) for key in distinct.values()], _READ_BATCH)
        found = {}
        with reading_answer(_CAPABILITY):
            for items in self._in_parallel(lambda batch, tries: self._read(name, batch, tries), batches):
                for item in items:
                    found[tuple(item[attribute]["S"] for attribute in _key_names(table))] = item
            return [self._live(table, found.get(values)) for values in wanted]

    def put(
        self, table: Table, item: Item, *, unless_exists: bool = False, if_version: int | None = None
    ) -> None:
        write = Put(table, item, unless_exists, if_version)
        self._name(table)
        size_of(table, item)
        self._write("put_item", write)

    def delete(self, table: Table, key: Key, *, if_version: int | None = None) -> None:
        self._name(table)
        key_values(table, key)
        self._write("delete_item", Delete(table, key, if_version))

    def add(
        self,
        table: Table,
        key: Key,
        amounts: Mapping[str, int],
        *,
        at_most: Mapping[str, int] = NONE,
        fresh: Mapping[str, Any] = NONE,
    ) -> None:
        self._name(table)
        anew = added(table, key, None, amounts, at_most, fresh)
        size_of(table, anew)
        request = self._addition(table, key, amounts, at_most, fresh)
        for _ in range(_ADD_TRIES):
            try:
                self._call(Effect.ONCE, "update_item", **request)
            except ConditionFailed:
                if self.get(table, key) is not None:
                    raise
            else:
                return None
            # The item has expired, but DynamoDB has not removed it yet.
            with suppress(ConditionFailed):
                return self.put(table, anew, unless_exists=True)
        raise Throttled(_CAPABILITY, "other writers changed the item at every try")

    def put_many(self, table: Table, items: Sequence[Item]) -> None:
        name = self._name(table)
        for item in items:
            size_of(table, item)
        distinct = {key_values(table, table.key_of(item)): item for item in items}
        stored = [to_attributes(stamped(table, item)) for item in distinct.values()]
        self._write_many(name, [{"PutRequest": {"Item": one}} for one in stored])

    def delete_many(self, table: Table, keys: Sequence[Key]) -> None:
        name = self._name(table)
        distinct = {key_values(table, key): key for key in keys}
        self._write_many(name, [{"DeleteRequest": {"Key": to_attributes(k)}} for k in distinct.values()])

    def query(
        self,
        table: Table,
        partition: str,
        *,
        index: str | None = None,
        prefix: str = "",
        up_to: str | None = None,
        descending: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Item]:
        name = self._name(table)
        by = check_query(table, partition, index, prefix, up_to, limit)
        condition = "#partition = :partition"
        names, values = {"#partition": by.partition}, {":partition": partition}
        request: _Wire = {"TableName": name, "Limit": limit, "ScanIndexForward": not descending}
        if cursor is not None:
            position = position_of(cursor, table, partition, index, prefix=prefix, up_to=up_to)
            request["ExclusiveStartKey"] = to_attributes(position)
        if index is None:
            request["ConsistentRead"] = True
        else:
            request["IndexName"] = index
        bound = prefix or up_to
        if by.sort is not None and bound is not None:
            condition += " AND begins_with(#sort, :bound)" if prefix else " AND #sort <= :bound"
            names["#sort"], values[":bound"] = by.sort, bound
        request["KeyConditionExpression"] = condition
        request["ExpressionAttributeNames"] = names
        request["ExpressionAttributeValues"] = to_attributes(values)
        with reading_answer(_CAPABILITY):
            answer = self._call(Effect.READ, "query", **request)
            read = [self._live(table, item) for item in answer["Items"]]
            last = answer.get("LastEvaluatedKey")
            return Page(
                items=[item for item in read if item is not None],
                cursor=cursor_after(table, to_item(last), index) if last else None,
            )

    def transact(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self._name(write.table)
        transaction_sizes(writes)
        if not writes:
            return
        # With this token, DynamoDB recognises a transaction that it has already carried out.
        self._call(
            Effect.REPEATABLE,
            "transact_write_items",
            TransactItems=[{_ACTIONS[type(write)]: self._wire(write)} for write in writes],
            ClientRequestToken=str(uuid.uuid4()),
        )

    def compact(self) -> None:
        """Does nothing: DynamoDB itself frees the space of deleted items."""

    def close(self) -> None:
        """Does nothing: the client belongs to the caller who gave it."""

    def _name(self, table: Table) -> str:
        if self._tables.get(table.name) != table:
            raise LookupError(f"the store has no table {table.name} with this definition")
        return self._prefix + table.name

    def _call(self, effect: Effect, operation: str, *, tries: Tries | None = None, **request: Any) -> Any:
        tries = tries or self._calls.begin()
        return tries.call(lambda: getattr(self._client(), operation)(**request), effect)

    def _write(self, operation: str, write: Put | Delete) -> None:
        request = self._wire(write)
        effect = Effect.ONCE if "ConditionExpression" in request else Effect.REPEATABLE
        self._call(effect, operation, **request)

    def _wire(self, write: Write) -> _Wire:
        """A write in DynamoDB's notation, for a single request or for a transaction."""
        target = (
            {"Item": to_attributes(stamped(write.table, write.item))}
            if isinstance(write, Put)
            else {"Key": to_attributes(write.key)}
        )
        return {"TableName": self._name(write.table)} | target | self._condition(write)

    def _addition(
        self,
        table: Table,
        key: Key,
        amounts: Mapping[str, int],
        at_most: Mapping[str, int],
        fresh: Mapping[str, Any],
    ) -> _Wire:
        names: dict[str, str] = {}
        values: dict[str, Any] = {":none": 0}
        changes, conditions = [], []
        for place, (name, amount) in enumerate(amounts.items()):
            names[f"#n{place}"], values[f":n{place}"] = name, amount
            changes.append(f"#n{place} = if_not_exists(#n{place}, :none) + :n{place}")
            if name in at_most:
                values[f":most{place}"] = at_most[name] - amount
                conditions.append(f"(attribute_not_exists(#n{place}) OR #n{place} <= :most{place})")
        names["#schema"], values[":schema"] = SCHEMA, table.schema
        # Counts have the same meaning in every version. So an older item keeps its version, and is converted when read.
        changes.append("#schema = if_not_exists(#schema, :schema)")
        conditions.append("(attribute_not_exists(#schema) OR #schema <= :schema)")
        for place, (name, value) in enumerate(fresh.items()):
            names[f"#f{place}"], values[f":f{place}"] = name, value
            changes.append(f"#f{place} = if_not_exists(#f{place}, :f{place})")
        if table.ttl is not None:
            names["#ttl"], values[":now"] = table.ttl, self._clock.now().timestamp()
            conditions.append("(attribute_not_exists(#ttl) OR #ttl > :now)")
        wire = {
            "TableName": self._name(table),
            "Key": to_attributes(key),
            "UpdateExpression": "SET " + ", ".join(changes),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_attributes(values),
        }
        return wire | {"ConditionExpression": " AND ".join(conditions)}

    def _condition(self, write: Write) -> _Wire:
        """The condition of a write; empty if it has none. An expired item counts as absent."""
        ttl = write.table.ttl
        names: dict[str, str]
        values: dict[str, Any] = {}
        match write:
            case Put(unless_exists=True) | Check(if_version=None):
                condition = "attribute_not_exists(#key)"
                names = {"#key": write.table.partition}
                if ttl is not None:
                    condition += " OR #ttl <= :now"
            case Put(if_version=None) | Delete(if_version=None):
                return {}
            case _:
                condition = "#version = :version"
                names, values = {"#version": VERSION}, {":version": write.if_version}
                if ttl is not None:
                    condition += " AND (attribute_not_exists(#ttl) OR #ttl > :now)"
        if ttl is not None:
            names["#ttl"] = ttl
            values[":now"] = self._clock.now().timestamp()
        wire: _Wire = {"ConditionExpression": condition, "ExpressionAttributeNames": names}
        if values:
            wire["ExpressionAttributeValues"] = to_attributes(values)
        return wire

    def _live(self, table: Table, attributes: Mapping[str, Any] | None) -> Item | None:
        if attributes is None:
            return None
        item = to_item(attributes)
        return None if is_expired(table, item, self._clock.now()) else current(table, item)

    def _read(self, name: str, keys: list[_Wire], tries: Tries) -> list[_Wire]:
        """The items with a batch of keys. DynamoDB may leave some out (beyond 16 MB, or when it throttles); these are
        requested again.
        """
        items: list[_Wire] = []
        while True:
            request = {name: {"Keys": keys, "ConsistentRead": True}}
            answer = self._call(Effect.READ, "batch_get_item", tries=tries, RequestItems=request)
            items += answer["Responses"].get(name, [])
            left = answer.get("UnprocessedKeys", {}).get(name, {}).get("Keys", [])
            if not left:
                return items
            _go_on(tries, progress=len(left) < len(keys))
            keys = left

    def _write_many(self, name: str, requests: Sequence[_Wire]) -> None:
        batches = _batches(requests, _WRITE_BATCH)
        with reading_answer(_CAPABILITY):
            self._in_parallel(lambda batch, tries: self._write_batch(name, batch, tries), batches)

    def _write_batch(self, name: str, requests: list[_Wire], tries: Tries) -> None:
        while requests:
            answer = self._call(
                Effect.REPEATABLE, "batch_write_item", tries=tries, RequestItems={name: requests}
            )
            left = answer.get("UnprocessedItems", {}).get(name, [])
            if left:
                _go_on(tries, progress=len(left) < len(requests))
            requests = left

    def _in_parallel(
        self, do: Callable[[_Batch, Tries], _Result], batches: Sequence[_Batch]
    ) -> list[_Result]:
        """The results of ``do`` for all batches. All batches together have the time of one call, which begins now."""
        tries = [self._calls.begin() for _ in batches]
        if len(batches) <= 1:
            return [do(batch, of_it) for batch, of_it in zip(batches, tries, strict=True)]
        with ThreadPoolExecutor(min(_PARALLEL, len(batches)), "dynamodb") as pool:
            return list(pool.map(do, batches, tries))


_ACTIONS: dict[type[Write], str] = {Put: "Put", Delete: "Delete", Check: "ConditionCheck"}


def _key_names(table: Table) -> list[str]:
    return [name for name in (table.partition, table.sort) if name is not None]


def _batches(values: Sequence[_Wire], size: int) -> list[list[_Wire]]:
    return [list(values[start : start + size]) for start in range(0, len(values), size)]


def _go_on(tries: Tries, *, progress: bool) -> None:
    if progress:
        tries.renew()
    if not tries.again():
        raise Throttled(_CAPABILITY, "DynamoDB left a part of the batch undone")
