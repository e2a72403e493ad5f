from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from adapters.local.stores.key_values import SQLiteKeyValueStore
from fakes.key_value_store import InMemoryKeyValueStore
from fakes.system import FrozenClock
from ports.errors import Damaged, Throttled, Unavailable, UpstreamError
from ports.key_value_store import ConditionFailed, Delete, Index, Put, Table
from tests.contracts.key_value_store.contract import (
    DOCUMENTS,
    MADE_UP,
    MESSAGES,
    TABLES,
    TICKETS,
    KeyValueStoreContract,
    all_pages,
    document,
    message,
)

ROOT = Path(__file__).parents[3]


class TestInMemoryKeyValueStore(KeyValueStoreContract):
    @pytest.fixture
    def store(self, clock: FrozenClock) -> InMemoryKeyValueStore:
        return InMemoryKeyValueStore(TABLES, clock)

    def test_index_reads_are_stale_on_demand(self, store: InMemoryKeyValueStore) -> None:
        store.put_many(DOCUMENTS, [document("a"), document("b")])
        store.lag_indexes()
        store.put_many(DOCUMENTS, [document("b", owner_id="bob"), document("c")])
        store.delete(DOCUMENTS, {"document_id": "a"})
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == [document("a"), document("b")]
        assert store.query(DOCUMENTS, "a").items == []
        assert store.get(DOCUMENTS, {"document_id": "c"}) == document("c")
        store.catch_up()
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == [document("c")]

    def test_it_counts_the_round_trips_that_dynamodb_would_take(self, store: InMemoryKeyValueStore) -> None:
        items = [message(number) for number in range(60)]
        store.put_many(MESSAGES, items)
        store.get_many(MESSAGES, [MESSAGES.key_of(items[n % 60]) for n in range(250)])
        store.get_many(MESSAGES, [MESSAGES.key_of(message(n)) for n in range(101)])
        store.query(MESSAGES, "c")
        store.transact([Put(MESSAGES, message(1)), Delete(DOCUMENTS, {"document_id": "d"})])
        store.delete_many(MESSAGES, [MESSAGES.key_of(item) for item in items])
        assert store.calls == [
            *[("put_many", "messages")] * 3,
            *[("get_many", "messages")] * 3,
            ("query", "messages"),
            ("transact", "documents+messages"),
            *[("delete_many", "messages")] * 3,
        ]

    def test_a_float_without_a_fraction_comes_back_as_an_int(self, store: InMemoryKeyValueStore) -> None:
        store.put(DOCUMENTS, document("d", score=1.0))
        item = store.get(DOCUMENTS, {"document_id": "d"})
        assert item is not None
        assert type(item["score"]) is int

    def test_expired_items_use_up_their_places_in_a_page(
        self, store: InMemoryKeyValueStore, clock: FrozenClock
    ) -> None:
        now = int(clock.now().timestamp())
        store.put(TICKETS, {"ticket_id": "a", "owner_id": "ada", "expires_at": now})
        store.put(TICKETS, {"ticket_id": "b", "owner_id": "ada"})
        page = store.query(TICKETS, "ada", index="by-owner", limit=1)
        assert page.items == []
        assert page.cursor is not None


def assert_only_every_nth_write_fails(
    store: SQLiteKeyValueStore, write: Callable[[int], bool], nth: int
) -> None:
    """Call ``write`` with 90 numbers in many threads. Each call also writes the document ``besideNUMBER``, which exists
    only if the call returned True.
    """
    with ThreadPoolExecutor(16) as pool:
        written = list(pool.map(write, range(90)))
    assert written == [number % nth != 0 for number in range(90)]
    for number in range(90):
        beside = store.get(DOCUMENTS, {"document_id": f"beside{number}"})
        assert (beside is not None) is written[number]


class TestSQLiteKeyValueStore(KeyValueStoreContract):
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "folder" / "store.db"

    @pytest.fixture
    def store(self, path: Path, clock: FrozenClock) -> Iterator[SQLiteKeyValueStore]:
        store = SQLiteKeyValueStore(path, TABLES, clock)
        yield store
        store.close()

    def test_items_survive_a_reopening(
        self, store: SQLiteKeyValueStore, path: Path, clock: FrozenClock
    ) -> None:
        store.put(DOCUMENTS, document("d", version=1))
        store.close()
        again = SQLiteKeyValueStore(path, TABLES, clock)
        again.put(DOCUMENTS, document("d", version=2), if_version=1)
        assert again.query(DOCUMENTS, "ada", index="by-owner").items == [document("d", version=2)]
        again.close()

    def test_a_closed_store_is_unavailable(self, store: SQLiteKeyValueStore) -> None:
        store.close()
        store.close()
        with pytest.raises(Unavailable):
            store.get(DOCUMENTS, {"document_id": "d"})

    def test_a_store_that_was_not_closed_causes_no_warning(self, path: Path, clock: FrozenClock) -> None:
        SQLiteKeyValueStore(path, TABLES, clock).put(DOCUMENTS, document("d"))
        gc.collect()
        assert not path.with_name("store.db-wal").exists()

    def test_a_later_version_adds_tables_indexes_and_a_time_to_live(
        self, path: Path, clock: FrozenClock
    ) -> None:
        bare = Table("documents", "document_id", personal=MADE_UP)
        old = SQLiteKeyValueStore(path, [bare], clock)
        now = int(clock.now().timestamp())
        old.put_many(bare, [document(f"d{n:04}", expires_at=now + n) for n in range(1200)])
        old.put(bare, document("unfit", uploaded_at=""))
        old.close()

        grown = replace(DOCUMENTS, ttl="expires_at")
        new = SQLiteKeyValueStore(path, [grown, MESSAGES], clock)
        clock.advance(9)
        items = all_pages(new, grown, "ada", index="by-owner")
        assert [item["document_id"] for item in items] == [f"d{n:04}" for n in range(10, 1200)]
        new.put(MESSAGES, message(1))
        new.close()

    def test_an_index_that_comes_back_finds_what_was_written_without_it(
        self, path: Path, clock: FrozenClock
    ) -> None:
        without = replace(DOCUMENTS, indexes=(Index("by-subject", "subject_id"),))
        for table, name in ((DOCUMENTS, "a"), (without, "b"), (DOCUMENTS, "c")):
            store = SQLiteKeyValueStore(path, [table], clock)
            store.put(table, document(name))
            store.put(table, document("moved", owner_id=f"owner-{name}"))
            store.close()
        store = SQLiteKeyValueStore(path, [DOCUMENTS], clock)
        assert store.query(DOCUMENTS, "ada", index="by-owner").items == [document(name) for name in "abc"]
        assert store.query(DOCUMENTS, "owner-b", index="by-owner").items == []
        store.close()

    def test_a_table_whose_keys_differ_from_the_files_is_refused(
        self, store: SQLiteKeyValueStore, path: Path, clock: FrozenClock
    ) -> None:
        with pytest.raises(ValueError, match="conversation_id, sort_key"):
            SQLiteKeyValueStore(path, [Table("messages", "message_id", personal=MADE_UP)], clock)

    def test_nothing_of_a_deleted_item_is_left_in_the_files(
        self, store: SQLiteKeyValueStore, path: Path
    ) -> None:
        def is_on_disk(canary: str) -> bool:
            return any(canary.encode() in file.read_bytes() for file in path.parent.iterdir())

        for number, size in enumerate((1, 1000, 20_000)):
            store.put(DOCUMENTS, document("d", owner_id=f"canary-{number}", text="secret words" * size))
            assert is_on_disk(f"canary-{number}")
            assert is_on_disk("secret words")
        store.delete(DOCUMENTS, {"document_id": "d"})
        assert not is_on_disk("canary")
        assert not is_on_disk("secret words")
        store.put_many(MESSAGES, [message(n, text="canary" * n) for n in range(1, 50)])
        store.delete_many(MESSAGES, [MESSAGES.key_of(message(n)) for n in range(1, 50)])
        assert not is_on_disk("canary")
        store.put(DOCUMENTS, document("canary"))
        store.transact([Delete(DOCUMENTS, {"document_id": "canary"})])
        assert not is_on_disk("canary")

    @pytest.mark.parametrize("seed", [5, *(pytest.param(one, marks=pytest.mark.slow) for one in (6, 7))])
    def test_compacting_removes_the_copies_that_sqlite_left_of_deleted_items(
        self, store: SQLiteKeyValueStore, path: Path, seed: int
    ) -> None:
        """SQLite leaves copies of items when it makes space within its pages. It does so for at least one of these
        seeds.
        """
        chance = Random(seed)
        held: list[tuple[int, str]] = []
        for number in range(1500):
            if held and chance.random() < 0.35:
                one = chance.choice(held)
            else:
                who = "canary" if chance.random() < 0.15 else f"other{chance.randrange(30)}"
                one = (number, f"{who}{chance.randrange(9)}")
                held.append(one)
            words = f"{one[1][:-1]} " * chance.choice((1, 5, 40, 300, 900))
            store.put(MESSAGES, message(*one, text=words))
        doomed = [MESSAGES.key_of(message(*one)) for one in held if "canary" in one[1]]
        assert doomed
        for key in doomed:
            store.delete(MESSAGES, key)
        store.compact()
        assert not any(b"canary" in file.read_bytes() for file in path.parent.iterdir())

    def test_expired_items_are_purged(
        self, store: SQLiteKeyValueStore, path: Path, clock: FrozenClock
    ) -> None:
        now = int(clock.now().timestamp())
        store.put_many(TICKETS, [{"ticket_id": f"t{n}", "expires_at": now + n} for n in range(200)])
        clock.advance(100)
        store.put(DOCUMENTS, document("d"))
        with sqlite3.connect(path) as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM tickets").fetchall()
        connection.close()
        assert count == 99

    def test_a_concurrent_reader_does_not_delay_a_delete(
        self, store: SQLiteKeyValueStore, path: Path
    ) -> None:
        store.put(DOCUMENTS, document("d"))
        connection = sqlite3.connect(path)
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM documents").fetchall()
        store.delete(DOCUMENTS, {"document_id": "d"})
        assert store.get(DOCUMENTS, {"document_id": "d"}) is None
        connection.close()

    def test_a_file_that_is_no_database_is_unavailable(self, tmp_path: Path, clock: FrozenClock) -> None:
        path = tmp_path / "broken.db"
        path.write_bytes(b"no database" * 1000)
        with pytest.raises(Unavailable):
            SQLiteKeyValueStore(path, TABLES, clock)

    def test_a_file_that_is_gone_is_damage_and_no_new_one_is_made(
        self, store: SQLiteKeyValueStore, path: Path
    ) -> None:
        store.put(DOCUMENTS, document("d"))
        path.unlink()
        with pytest.raises(Damaged):
            store.put(DOCUMENTS, document("e"))
        assert not path.exists()

    def test_a_writer_that_waits_too_long_for_the_lock_is_throttled(
        self, path: Path, clock: FrozenClock
    ) -> None:
        store = SQLiteKeyValueStore(path, TABLES, clock, busy_seconds=0.01)
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(Throttled):
            store.put(DOCUMENTS, document("d"))
        assert store.get(DOCUMENTS, {"document_id": "d"}) is None
        connection.execute("ROLLBACK")
        connection.close()
        store.put(DOCUMENTS, document("d"))
        store.close()

    def test_many_threads_lose_no_update(self, store: SQLiteKeyValueStore) -> None:
        threads, rounds = 8, 10
        store.put(DOCUMENTS, document("counter", count=0, version=0))
        ready = threading.Barrier(threads)

        def work(name: int) -> None:
            ready.wait()
            for number in range(rounds):
                store.put(MESSAGES, message(number, f"thread-{name}"))
                count_one_more(store)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
        counter = store.get(DOCUMENTS, {"document_id": "counter"})
        assert counter is not None
        assert counter["count"] == threads * rounds
        for name in range(threads):
            assert len(store.query(MESSAGES, f"thread-{name}").items) == rounds

    def test_a_failed_write_undoes_no_other_write_of_the_same_commit(
        self, store: SQLiteKeyValueStore
    ) -> None:
        store.put(DOCUMENTS, document("taken"))

        def write(number: int) -> bool:
            taken = "taken" if number % 3 == 0 else f"d{number}"
            writes = [
                Put(DOCUMENTS, document(f"beside{number}")),
                Put(DOCUMENTS, document(taken), unless_exists=True),
            ]
            try:
                store.transact(writes)
            except ConditionFailed:
                return False
            return True

        assert_only_every_nth_write_fails(store, write, 3)

    # ROLLBACK ends the transaction, as a full disk may.
    @pytest.mark.parametrize("how", ["ABORT", "ROLLBACK"])
    def test_a_write_that_fails_half_way_leaves_nothing_and_takes_no_other_with_it(
        self, store: SQLiteKeyValueStore, path: Path, how: str
    ) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                f"CREATE TRIGGER refused BEFORE INSERT ON documents WHEN NEW.document_id LIKE 'bad%'"
                f" BEGIN SELECT RAISE({how}, 'refused'); END"
            )

        def write(number: int) -> bool:
            name = f"bad{number}" if number % 5 == 0 else f"d{number}"
            try:
                store.transact([Put(DOCUMENTS, document(f"beside{number}")), Put(DOCUMENTS, document(name))])
            except UpstreamError:
                return False
            return True

        assert_only_every_nth_write_fails(store, write, 5)

    def test_two_processes_lose_no_update(self, path: Path, clock: FrozenClock) -> None:
        rounds = 40
        code = f"""
from pathlib import Path
from adapters.local.stores.key_values import SQLiteKeyValueStore
from fakes.system import FrozenClock
from tests.contracts.key_value_store.contract import TABLES
from tests.contracts.key_value_store.test_key_value_store import count_one_more
store = SQLiteKeyValueStore({str(path)!r}, TABLES, FrozenClock())
print("ready", flush=True)
input()
for _ in range({rounds}):
    count_one_more(store)
store.close()
"""
        # All of these create the file at the same time.
        workers = [
            subprocess.Popen(
                [sys.executable, "-W", "error", "-c", code],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        store = SQLiteKeyValueStore(path, TABLES, clock)
        store.put(DOCUMENTS, document("counter", count=0, version=0))
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()
        for _ in range(rounds):
            count_one_more(store)
        for worker in workers:
            worker.communicate(timeout=180)
            assert worker.returncode == 0
        counter = store.get(DOCUMENTS, {"document_id": "counter"})
        store.close()
        assert counter is not None
        assert counter["count"] == 3 * rounds


def count_one_more(store: SQLiteKeyValueStore) -> None:
    while True:
        counter = store.get(DOCUMENTS, {"document_id": "counter"})
        assert counter is not None
        version = counter["version"]
        grown = counter | {"count": counter["count"] + 1, "version": version + 1}
        try:
            store.put(DOCUMENTS, grown, if_version=version)
        except ConditionFailed:
            continue
        return
