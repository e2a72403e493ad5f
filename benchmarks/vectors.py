"""The speed of the laptop's vector store, compared with a plain numpy ``matrix @ query`` of the same size.

``python -m benchmarks.vectors [--records 100000]`` makes records for 50 learners in a temporary folder. A record has 384
dimensions, 100 sparse terms and 1,000 characters of text. It prints the times to write, load and query them, and the
memory that they need.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

from adapters.local.stores.vectors import SQLiteVectorStore
from ports.vector_store import Filter, MetadataValue, SparseVector, Vector, batches

DIMENSION = 384
LEARNERS = 50
TERMS = 100
VOCABULARY = 30_000
RUNS = 30

Generator = np.random.Generator


def unit(rng: Generator, count: int) -> npt.NDArray[np.float32]:
    rows = rng.standard_normal((count, DIMENSION), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def sparse_vector(rng: Generator, terms: int) -> SparseVector:
    """A sparse vector whose terms are as frequent as words (Zipf) and distributed over 32 bits like hashes."""
    words = np.unique(rng.zipf(1.2, 4 * terms) % VOCABULARY)
    indices = np.sort(rng.permutation(words)[:terms] * 2_654_435_761 % 2**32)
    return SparseVector(indices.tolist(), (rng.random(len(indices), np.float32) + 0.1).tolist())


def records(rng: Generator, count: int) -> Iterator[Vector]:
    words = ["".join(letters) for letters in rng.choice(list("abcdefghij"), (2000, 5)).tolist()]
    for start in range(0, count, 1000):
        # Six digits, as embedding services send them. Shorter JSON takes less time to measure.
        rounded = unit(rng, min(1000, count - start)).astype(np.float64).round(6)
        for number, values in enumerate(rounded.tolist(), start):
            learner = number % LEARNERS
            metadata: dict[str, MetadataValue] = {
                "user_id": f"learner-{learner}",
                "subject_id": f"subject-{number % 7}",
                "file_id": f"file-{number // 200}",
                "filename": f"lecture-{number // 200}.pdf",
                "chunk": number,
                "page": number % 200,
                "start": number * 800,
                "end": number * 800 + 1000,
                "text": " ".join(rng.choice(words, 166).tolist()),
            }
            id = f"user_{learner}_subject_{number % 7}_file-{number // 200}_chunk_{number}"
            yield Vector(id, values, metadata, sparse_vector(rng, TERMS))


def milliseconds(call: Callable[[], object]) -> float:
    call()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return median(times) * 1000


def resident_mb() -> float:
    """The present memory of the process in MB. If the system does not report it, the highest so far."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    count: int = parser.parse_args().records
    rng = np.random.default_rng(11)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.db"
        store = SQLiteVectorStore(path, DIMENSION)
        start = time.perf_counter()
        writing = 0.0
        for batch in batches(records(rng, count)):
            begun = time.perf_counter()
            store.upsert("documents", batch)
            writing += time.perf_counter() - begun
        store.close()
        print(
            f"{count:,} records of {DIMENSION} dimensions, {TERMS} terms; {path.stat().st_size / 1e6:.0f} MB"
        )
        print(f"made in {time.perf_counter() - start:.1f} s, of these upserts {writing:.1f} s")

        gc.collect()
        before = resident_mb()
        store = SQLiteVectorStore(path, DIMENSION)
        values = unit(rng, 1)[0].tolist()
        sparse = sparse_vector(rng, 12)
        of_one: Filter = {"user_id": "learner-3"}
        start = time.perf_counter()
        store.query("documents", values, filter={}, top_k=10)
        loading = time.perf_counter() - start
        store.query("documents", values, filter=of_one, top_k=10, sparse=sparse)
        sorting = time.perf_counter() - start - loading
        gc.collect()
        held = resident_mb() - before
        print(f"load (first query) {loading:.2f} s, first filtered and sparse query {sorting:.2f} s more")
        print(f"memory {held:.0f} MB, of which the matrix is {count * DIMENSION * 4 / 1e6:.0f} MB")

        def query(filter: Filter, sparse: SparseVector = SparseVector()) -> Callable[[], object]:
            return lambda: store.query("documents", values, filter=filter, top_k=10, sparse=sparse)

        two: Filter = {"user_id": "learner-3", "subject_id": {"$in": ["subject-1", "subject-2"]}}
        cases = {
            "unfiltered": query({}),
            "unfiltered, 12 sparse terms": query({}, sparse),
            "filtered to 2 %": query(of_one),
            "filtered to 2 %, 12 sparse terms": query(of_one, sparse),
            "filtered by two fields": query(two),
        }
        matrix = unit(rng, count)
        column = np.asarray(values, np.float32)
        bare = milliseconds(lambda: matrix @ column)
        print(f"{'bare numpy matrix @ query':34} {bare:8.2f} ms")
        for name, call in cases.items():
            took = milliseconds(call)
            print(f"{name:34} {took:8.2f} ms  {took / bare:5.2f} x")

        ids = store.ids("documents", "user_3_").items
        start = time.perf_counter()
        store.delete("documents", ids)
        print(f"{'delete of ' + str(len(ids)):34} {(time.perf_counter() - start) * 1000:8.2f} ms")
        start = time.perf_counter()
        store.compact()
        print(f"{'compact':34} {(time.perf_counter() - start) * 1000:8.2f} ms")
        store.close()


if __name__ == "__main__":
    main()
