from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.local.stores.vectors import OtherModel, SQLiteVectorStore
from fakes.vector_store import InMemoryVectorStore
from ports.errors import Damaged, Unavailable
from ports.vector_store import Filter, InvalidVector, Match, SparseVector, VectorStore
from tests.contracts.vector_store.contract import DIMENSION, DOCUMENTS, VectorStoreContract, X, record


class TestInMemoryVectorStore(VectorStoreContract):
    @pytest.fixture
    def store(self) -> VectorStore:
        return InMemoryVectorStore(DIMENSION)


class TestLaggingInMemoryVectorStore(VectorStoreContract):
    @pytest.fixture
    def store(self) -> VectorStore:
        store = InMemoryVectorStore(DIMENSION)
        store.lag()
        return store

    def settle(self, store: VectorStore) -> None:
        assert isinstance(store, InMemoryVectorStore)
        store.catch_up()
        store.lag()


def test_a_lagging_store_shows_writes_when_it_catches_up() -> None:
    store = InMemoryVectorStore(DIMENSION)
    store.upsert(DOCUMENTS, [record("old")])
    store.lag()
    store.upsert(DOCUMENTS, [record("new")])
    store.delete(DOCUMENTS, ["old"])
    assert store.ids(DOCUMENTS, "").items == ["old"]
    assert list(store.fetch(DOCUMENTS, ["old", "new"])) == ["old"]
    assert [match.id for match in store.query(DOCUMENTS, X, filter={}, top_k=5)] == ["old"]
    store.catch_up()
    assert store.ids(DOCUMENTS, "").items == ["new"]
    store.upsert(DOCUMENTS, [record("newer")])
    assert store.ids(DOCUMENTS, "").items == ["new", "newer"]


def test_the_fake_records_its_calls() -> None:
    store = InMemoryVectorStore(DIMENSION)
    store.upsert(DOCUMENTS, [record("a")])
    store.query("intelligence", X, filter={}, top_k=1)
    with pytest.raises(InvalidVector):
        store.delete(DOCUMENTS, [""])
    assert store.calls == [("upsert", DOCUMENTS), ("query", "intelligence"), ("delete", DOCUMENTS)]


class TestSQLiteVectorStore(VectorStoreContract):
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "vectors.db"

    @pytest.fixture
    def store(self, path: Path) -> Iterator[SQLiteVectorStore]:
        store = SQLiteVectorStore(path, DIMENSION)
        yield store
        store.close()

    def ids_found(self, store: VectorStore) -> list[str]:
        return sorted(match.id for match in self.matches(store, top_k=1000))

    def test_it_survives_a_restart(self, path: Path) -> None:
        store = SQLiteVectorStore(path, DIMENSION)
        self.put(store, record("a", X, SparseVector((5,), (2.0,)), user_id="u1", tags=["x"]), record("b"))
        store.delete(DOCUMENTS, ["b"])
        store.close()
        store.close()
        store = SQLiteVectorStore(path, DIMENSION)
        sparse = SparseVector((5,), (1.0,))
        assert self.matches(store, filter={"tags": "x"}, sparse=sparse) == [
            Match("a", 3.0, {"user_id": "u1", "tags": ["x"]})
        ]
        store.close()

    def test_it_survives_a_process_that_dies(self, path: Path) -> None:
        program = (
            "import os, sys; from pathlib import Path; from adapters.local.stores.vectors import SQLiteVectorStore;"
            "from ports.vector_store import Vector; store = SQLiteVectorStore(Path(sys.argv[1]), 3);"
            "store.upsert('documents', [Vector('a', (1, 0, 0), {}), Vector('b', (1, 0, 0), {})]);"
            "store.delete('documents', ['b']); os._exit(0)"
        )
        subprocess.run([sys.executable, "-c", program, str(path)], check=True)
        store = SQLiteVectorStore(path, DIMENSION)
        assert self.ids_found(store) == ["a"]
        store.close()

    def test_two_instances_see_each_others_writes(self, path: Path, store: SQLiteVectorStore) -> None:
        other = SQLiteVectorStore(path, DIMENSION)
        self.put(store, record("a"), record("b", user_id="u1"))
        assert self.ids_found(other) == ["a", "b"]
        other.delete(DOCUMENTS, ["a"])
        other.upsert(DOCUMENTS, [record("b", (3.0, 0.0, 0.0), user_id="u2"), record("c")])
        assert self.ids_found(store) == ["b", "c"]
        assert self.matches(store, filter={"user_id": "u2"}) == [Match("b", 3.0, {"user_id": "u2"})]
        store.delete(DOCUMENTS, ["b"])
        other.compact()
        assert self.ids_found(other) == self.ids_found(store) == ["c"]
        other.close()

    def test_a_reader_that_missed_many_removals_loads_the_file_again(self, path: Path) -> None:
        store = SQLiteVectorStore(path, DIMENSION, kept_removals=2)
        self.put(store, *map(record, "abcdef"))
        other = SQLiteVectorStore(path, DIMENSION)
        assert self.ids_found(other) == list("abcdef")
        for id in "abcde":
            store.delete(DOCUMENTS, [id])
        assert self.ids_found(other) == ["f"]
        assert self.ids_found(store) == ["f"]
        other.close()
        store.close()

    def test_removed_rows_are_dropped_from_memory_in_time(self, path: Path) -> None:
        """Compared with the fake, which never renumbers rows."""
        rng = random.Random(3)
        fake = InMemoryVectorStore(DIMENSION)
        store = SQLiteVectorStore(path, DIMENSION, kept_dead=50)
        for generation in range(12):
            numbers = rng.sample(range(500), 200)
            batch = [
                record(
                    f"r{n}",
                    (1.0, n, generation),
                    SparseVector((n % 7, 9), (100.0, 1.0)),
                    user_id=f"u{n % 10}",
                    tags=[f"t{n % 3}", f"t{generation}"],
                )
                for n in numbers
            ]
            for each in (fake, store):
                each.upsert(DOCUMENTS, batch)
                each.delete(DOCUMENTS, [f"r{n}" for n in numbers[:60]])
            filters: list[Filter] = [{}, {"user_id": "u3"}, {"tags": {"$in": ["t1", "t5"]}, "user_id": "u4"}]
            for filter in filters:
                for sparse in (SparseVector(), SparseVector((3,), (0.5,))):
                    query = (DOCUMENTS, (0.0, 1.0, 1000.0))
                    expected = fake.query(*query, filter=filter, top_k=5, sparse=sparse)
                    assert store.query(*query, filter=filter, top_k=5, sparse=sparse) == expected
        store.close()

    def test_words_can_outweigh_likeness_within_a_filter(self, store: SQLiteVectorStore) -> None:
        """The filter leaves few of many records. The best of these are not the best by the dense part alone."""
        others = [record(f"o{n:03}", user_id="u2") for n in range(200)]
        mine = [record(f"m{n}", (10.0 - n, 0.0, 0.0), user_id="u1") for n in range(9)]
        spoken = record("spoken", (1.0, 0.0, 0.0), SparseVector((4,), (50.0,)), user_id="u1")
        self.put(store, *others, *mine, spoken)
        for filter in ({}, {"user_id": "u1"}):
            matches = self.matches(store, filter=filter, top_k=2, sparse=SparseVector((4,), (1.0,)))
            assert [match.id for match in matches] == ["spoken", "m0"]

    def test_threads_query_while_others_write(self, path: Path, store: SQLiteVectorStore) -> None:
        """Every record of a batch has the batch's number. A query must see either the whole batch or nothing of it."""
        failures: list[object] = []
        done = threading.Event()

        def write(user: int) -> None:
            for generation in range(1, 16):
                batch = [
                    record(f"u{user}_{n}", (1.0, 0.0, 0.0), user_id=f"u{user}", generation=generation)
                    for n in range(20)
                ]
                store.upsert(DOCUMENTS, batch)
                if generation % 5 == 0:
                    store.delete(DOCUMENTS, [vector.id for vector in batch])

        def read(user: int) -> None:
            reader = store if user else SQLiteVectorStore(path, DIMENSION)
            while not done.is_set():
                matches = reader.query(DOCUMENTS, X, filter={"user_id": f"u{user}"}, top_k=100)
                if (
                    len(matches) not in (0, 20)
                    or len({match.metadata["generation"] for match in matches}) > 1
                ):
                    failures.append(matches)
            if reader is not store:
                reader.close()

        def guarded(work: object, user: int) -> None:
            try:
                work(user)  # type: ignore[operator]
            except Exception as error:
                failures.append(error)

        writers = [threading.Thread(target=guarded, args=(write, user)) for user in range(3)]
        readers = [threading.Thread(target=guarded, args=(read, user)) for user in range(3)]
        for thread in writers + readers:
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        for thread in readers:
            thread.join()
        assert failures == []
        assert self.ids_found(store) == []

    def test_processes_share_a_file(self, path: Path, store: SQLiteVectorStore) -> None:
        program = (
            "import sys; from pathlib import Path; from adapters.local.stores.vectors import SQLiteVectorStore;"
            "from ports.vector_store import Vector; store = SQLiteVectorStore(Path(sys.argv[1]), 3)\n"
            "for n in range(20): store.upsert('documents', [Vector(f'{sys.argv[2]}{n:02}', (1, 0, 0), {})])\n"
            "store.close()"
        )
        workers = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "ab"]
        seen = 0
        while any(worker.poll() is None for worker in workers):
            now = len(self.ids_found(store))
            assert now >= seen
            seen = now
        assert [worker.wait() for worker in workers] == [0, 0]
        assert self.ids_found(store) == [f"{name}{n:02}" for name in "ab" for n in range(20)]

    @pytest.mark.parametrize("ending", ["close", "compact"])
    def test_no_byte_of_a_deleted_record_is_left(
        self, path: Path, store: SQLiteVectorStore, ending: str
    ) -> None:
        """Rows of all sizes are written and deleted, so that SQLite moves rows between pages."""
        rng = random.Random(5)
        living: list[str] = []
        deleted: list[str] = []
        for generation in range(30):
            batch = [f"user_7_file_{rng.getrandbits(48):012x}_{generation}" for _ in range(60)]
            self.put(
                store, *(record(id, text=f"<{id}>" + "x" * rng.choice((5, 50, 300, 5000))) for id in batch)
            )
            living += batch
            rng.shuffle(living)
            gone, living = living[:45], living[45:]
            store.delete(DOCUMENTS, gone)
            deleted += gone
        getattr(store, ending)()
        left = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert [id for id in deleted if id.encode() in left] == []
        assert all(f"<{id}>".encode() in left for id in living)

    def test_a_deletion_leaves_the_write_ahead_log_at_once(
        self, path: Path, store: SQLiteVectorStore
    ) -> None:
        self.put(store, record("a", text="the learner's own words"))
        store.delete(DOCUMENTS, ["a"])
        assert b"own words" not in b"".join(file.read_bytes() for file in path.parent.iterdir())

    def test_leftovers_of_a_crash_are_removed_at_the_next_opening(self, path: Path) -> None:
        store = SQLiteVectorStore(path, DIMENSION)
        self.put(store, *map(record, "abc"))
        store.delete(DOCUMENTS, ["a"])
        with sqlite3.connect(path) as db:
            assert db.execute("SELECT residue FROM store").fetchone() == (1,)
        db.close()
        again = SQLiteVectorStore(path, DIMENSION)
        with sqlite3.connect(path) as db:
            assert db.execute("SELECT residue FROM store").fetchone() == (0,)
        db.close()
        assert self.ids_found(store) == self.ids_found(again) == ["b", "c"]
        store.close()
        again.close()

    def test_huge_values_are_searched_exactly(self, store: SQLiteVectorStore) -> None:
        self.put(store, *(record(f"r{n}", (3e38, (n - 5) * 1e38 / 2, 1e-40)) for n in range(10)))
        matches = self.matches(store, (3e38, 3e38, 3e38), top_k=2)
        assert [match.id for match in matches] == ["r9", "r8"]

    def test_a_file_of_another_dimension_is_refused(self, path: Path, store: SQLiteVectorStore) -> None:
        with pytest.raises(ValueError, match="dimension 3, not 4"):
            SQLiteVectorStore(path, 4)

    def test_a_file_of_another_embedding_model_is_refused(self, path: Path, store: SQLiteVectorStore) -> None:
        self.put(store, record("r", (1.0, 0.0, 0.0)))
        store.close()
        with pytest.raises(OtherModel, match=r"all-MiniLM-L6-v2-onnx-int8, not of another"):
            SQLiteVectorStore(path, DIMENSION, model="another")
        again = SQLiteVectorStore(path, DIMENSION)
        assert again.ids(DOCUMENTS, "").items == ["r"]
        again.close()

    def test_a_file_that_does_not_say_its_model_is_of_the_first(
        self, path: Path, store: SQLiteVectorStore
    ) -> None:
        self.put(store, record("r", (1.0, 0.0, 0.0)))
        store.close()
        with closing(sqlite3.connect(path)) as older, older:
            older.executescript("DROP TABLE embedder; DROP TABLE tables_made")
        with pytest.raises(OtherModel):
            SQLiteVectorStore(path, DIMENSION, model="another")
        SQLiteVectorStore(path, DIMENSION).close()

    def test_an_empty_file_is_of_the_model_that_it_is_first_opened_with(self, tmp_path: Path) -> None:
        path = tmp_path / "new.sqlite"
        SQLiteVectorStore(path, DIMENSION, model="another").close()
        SQLiteVectorStore(path, DIMENSION, model="another").close()
        with pytest.raises(OtherModel):
            SQLiteVectorStore(path, DIMENSION)

    def test_a_closed_store_is_unavailable(self, store: SQLiteVectorStore) -> None:
        store.close()
        with pytest.raises(Unavailable):
            store.ids(DOCUMENTS, "")

    def test_a_file_that_is_gone_is_damage_and_no_new_one_is_made(
        self, store: SQLiteVectorStore, path: Path
    ) -> None:
        store.upsert(DOCUMENTS, [record("a", X)])
        path.unlink()
        for call in (lambda: store.upsert(DOCUMENTS, [record("b", X)]), lambda: self.matches(store)):
            with pytest.raises(Damaged):
                call()
        assert not path.exists()

    @pytest.mark.parametrize("column", ["dense", "sparse", "fields", "metadata"])
    def test_noise_within_a_record_is_damage(self, path: Path, column: str) -> None:
        with closing(SQLiteVectorStore(path, DIMENSION)) as store:
            store.upsert(DOCUMENTS, [record("a", X, text="words")])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"UPDATE records SET {column} = zeroblob(max(8, length({column})))")  # noqa: S608
        with closing(SQLiteVectorStore(path, DIMENSION)) as store:
            for call in (lambda: store.fetch(DOCUMENTS, ["a"]), lambda: self.matches(store)):
                with pytest.raises(Damaged):
                    call()

    def test_records_of_a_file_without_digests_are_read(self, path: Path) -> None:
        with closing(SQLiteVectorStore(path, DIMENSION)) as store:
            store.upsert(DOCUMENTS, [record("a", X)])
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript("ALTER TABLE records DROP COLUMN digest; DROP TABLE columns_made")
        with closing(SQLiteVectorStore(path, DIMENSION)) as store:
            store.upsert(DOCUMENTS, [record("b", X)])
            assert self.ids_found(store) == ["a", "b"]

    def test_a_file_that_is_no_database_is_unavailable(self, path: Path) -> None:
        path.write_bytes(b"not a database" * 100)
        with pytest.raises(Unavailable):
            SQLiteVectorStore(path, DIMENSION)
