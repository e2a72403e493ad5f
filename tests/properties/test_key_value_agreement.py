"""SQLite and the fake get the same calls and must give the same results, pages, cursors and errors."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule, run_state_machine_as_test

from adapters.local.stores.key_values import SQLiteKeyValueStore
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.errors import PortError
from ports.key_value_store import (
    Check,
    Delete,
    Index,
    Item,
    KeyValueStore,
    Put,
    Table,
    Write,
    cursor_after,
)
from ports.paging import Page, every
from ports.personal_data import NotPersonal

ROWS = Table(
    "rows",
    partition="p",
    sort="s",
    indexes=(
        Index("by-group", partition="group", sort="rank"),
        Index("by-kind", partition="kind"),
        Index("turned", partition="s", sort="p"),
    ),
    personal=NotPersonal("rows that a test makes up"),
)
TICKETS = Table(
    "tickets",
    partition="id",
    indexes=(Index("by-owner", partition="owner", sort="id"),),
    ttl="ttl",
    personal=NotPersonal("rows that a test makes up"),
)

names = st.sampled_from(["a", "b", "é"])
texts = st.sampled_from(["", "a", "ab", "a#", "a#b", "ab#", "b", "b#", "#", "##"]) | st.sampled_from(
    ["\0", "a\0", "\ud7ff", "\ud7ffa", "\ue000", "\uffff", "\U0010ffff", "\U0010ffffa", "a\U0010ffff"]
)
versions = st.none() | st.integers(1, 3)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
keys = st.fixed_dictionaries({"p": names, "s": texts})
rows = st.fixed_dictionaries(
    {"p": names, "s": texts},
    optional={"group": names, "rank": texts, "kind": names, "version": st.integers(1, 3), "value": values},
)
partitions = {None: names, "by-group": names, "by-kind": names, "turned": texts}


@st.composite
def bounds(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["", "prefix", "up_to", "both"]))
    how: dict[str, Any] = {}
    if kind in ("prefix", "both"):
        how["prefix"] = draw(texts)
    if kind in ("up_to", "both"):
        how["up_to"] = draw(texts)
    return how


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    index = draw(st.sampled_from(list(partitions)))
    how = draw(bounds()) | {"index": index, "descending": draw(st.booleans())}
    return draw(partitions[index]), how


puts = st.builds(
    lambda item, condition: Put(ROWS, item, unless_exists=condition == 0, if_version=condition or None),
    rows,
    st.none() | st.integers(0, 3),
)
writes = (
    puts | st.builds(Delete, st.just(ROWS), keys, versions) | st.builds(Check, st.just(ROWS), keys, versions)
)


class Agreement(RuleBasedStateMachine):
    cursors = Bundle("cursors")

    def __init__(self) -> None:
        super().__init__()
        self.clock = FrozenClock()
        self.folder = tempfile.TemporaryDirectory()
        self.sqlite = SQLiteKeyValueStore(Path(self.folder.name, "store.db"), [ROWS, TICKETS], self.clock)
        self.fake = InMemoryKeyValueStore([ROWS, TICKETS], self.clock)

    def teardown(self) -> None:
        self.both(lambda store: [all_pages(store, ROWS, name) for name in ("a", "b", "é")])
        self.sqlite.close()
        self.folder.cleanup()

    def both(self, action: Callable[[KeyValueStore], Any]) -> Any:
        """The result, which must be the same for both; None if both raise the same error."""
        answers = [outcome(action, store) for store in (self.sqlite, self.fake)]
        assert answers[0] == answers[1]
        return answers[0][1]

    @rule(write=puts)
    def put(self, write: Put) -> None:
        how: dict[str, Any] = {"unless_exists": write.unless_exists, "if_version": write.if_version}
        self.both(lambda store: store.put(ROWS, write.item, **how))
        self.both(lambda store: store.get(ROWS, {"p": write.item["p"], "s": write.item["s"]}))

    @rule(items=st.lists(rows, max_size=8))
    def put_many(self, items: list[Item]) -> None:
        self.both(lambda store: store.put_many(ROWS, items))

    @rule(key=keys, version=versions)
    def delete(self, key: dict[str, str], version: int | None) -> None:
        self.both(lambda store: store.delete(ROWS, key, if_version=version))

    @rule(doomed=st.lists(keys, max_size=4))
    def delete_many(self, doomed: list[dict[str, str]]) -> None:
        self.both(lambda store: store.delete_many(ROWS, doomed))

    @rule(wanted=st.lists(keys, max_size=6))
    def get_many(self, wanted: list[dict[str, str]]) -> None:
        self.both(lambda store: store.get_many(ROWS, wanted))

    @rule(batch=st.lists(writes, max_size=5))
    def transact(self, batch: list[Write]) -> None:
        self.both(lambda store: store.transact(batch))

    @rule(target=cursors, query=queries(), limit=st.integers(0, 4))
    def first_page(self, query: tuple[str, dict[str, Any]], limit: int) -> Any:
        partition, how = query
        page: Page[Item] | None = self.both(lambda store: store.query(ROWS, partition, limit=limit, **how))
        if page is None or page.cursor is None:
            return multiple()
        return partition, how, page.cursor

    @rule(start=cursors, limit=st.integers(1, 4))
    def next_page(self, start: tuple[str, dict[str, Any], str], limit: int) -> None:
        partition, how, cursor = start
        self.both(lambda store: store.query(ROWS, partition, limit=limit, cursor=cursor, **how))

    @rule(start=cursors, query=queries())
    def page_after_a_cursor_of_another_query(
        self, start: tuple[str, dict[str, Any], str], query: tuple[str, dict[str, Any]]
    ) -> None:
        partition, how = query
        self.both(lambda store: store.query(ROWS, partition, cursor=start[2], **how))

    @rule(item=rows, query=queries())
    def page_after_an_item(self, item: Item, query: tuple[str, dict[str, Any]]) -> None:
        partition, how = query
        by = ROWS if how["index"] is None else ROWS.index(how["index"])
        item = {"group": "a", "rank": "b", "kind": "a"} | item | {by.partition: partition}
        self.both(
            lambda store: store.query(ROWS, partition, cursor=cursor_after(ROWS, item, how["index"]), **how)
        )

    @rule(query=queries(), limit=st.integers(1, 3))
    def every_page(self, query: tuple[str, dict[str, Any]], limit: int) -> None:
        partition, how = query
        self.both(lambda store: all_pages(store, ROWS, partition, limit=limit, **how))

    @rule(
        name=names, owner=names, lives=st.none() | st.floats(-2, 5), condition=st.none() | st.integers(0, 2)
    )
    def put_ticket(self, name: str, owner: str, lives: float | None, condition: int | None) -> None:
        item: Item = {"id": name, "owner": owner, "version": condition or 1}
        if lives is not None:
            item["ttl"] = self.clock.now().timestamp() + lives
        self.both(
            lambda store: store.put(TICKETS, item, unless_exists=condition == 0, if_version=condition or None)
        )

    @rule(
        name=names,
        amounts=st.dictionaries(st.sampled_from(["n", "m"]), st.integers(-2, 3), min_size=1),
        most=st.integers(0, 4),
        lives=st.none() | st.floats(-2, 5),
    )
    def add_to_ticket(self, name: str, amounts: dict[str, int], most: int, lives: float | None) -> None:
        fresh = {} if lives is None else {"ttl": self.clock.now().timestamp() + lives}
        self.both(lambda store: store.add(TICKETS, {"id": name}, amounts, at_most={"n": most}, fresh=fresh))
        self.both(lambda store: store.get(TICKETS, {"id": name}))

    @rule(name=names, version=versions)
    def check_ticket(self, name: str, version: int | None) -> None:
        self.both(lambda store: store.transact([Check(TICKETS, {"id": name}, version)]))

    @rule(limit=st.integers(1, 3), owner=names, descending=st.booleans())
    def tickets(self, limit: int, owner: str, descending: bool) -> None:
        self.both(lambda store: store.get_many(TICKETS, [{"id": name} for name in ("a", "b", "é")]))
        # Only in the fake, an expired item takes a place on a page. So the pages differ, but all items together do not.
        self.both(
            lambda store: all_pages(
                store, TICKETS, owner, index="by-owner", limit=limit, descending=descending
            )
        )

    @rule(seconds=st.floats(0, 3) | st.just(61.0))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)


def all_pages(store: KeyValueStore, table: Table, partition: str, **how: Any) -> list[Item]:
    return list(every(lambda cursor: store.query(table, partition, cursor=cursor, **how)))


def outcome(action: Callable[[KeyValueStore], Any], store: KeyValueStore) -> tuple[str, Any]:
    try:
        return "answered", action(store)
    except (PortError, ValueError, LookupError) as error:
        return type(error).__name__, None


@pytest.mark.slow
def test_the_stores_agree() -> None:
    run_state_machine_as_test(
        Agreement, settings=settings(max_examples=20, stateful_step_count=25, deadline=None)
    )


@pytest.mark.slow
def test_the_stores_agree_in_long_runs() -> None:
    run_state_machine_as_test(
        Agreement, settings=settings(max_examples=150, stateful_step_count=60, deadline=None)
    )
