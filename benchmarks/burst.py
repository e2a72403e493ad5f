"""A class at the same moment: many learners connect to the laptop's server at once, and each makes some requests.

``python -m benchmarks.burst [REQUESTS]``. First 10 learners, then 50, then 200 connect at the same moment and make
``REQUESTS`` requests together. Each learner requests in turn: their documents, their profile, an answer of the tutor,
their quizzes, and their own data. It prints how many connections were reset or refused, the responses by status, the
latency and the requests per second. The exit status is 1 if a connection was reset or a response is not 200.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from adapters.local.stores.school import LocalTokens, SQLiteDirectory, local_secret
from adapters.system import SystemClock
from benchmarks.learners.wire import Client, Lives, Place, Tally
from benchmarks.load import SUBJECTS, learner_id, school_of, share_materials
from demo.play import running_server

CLASSES = (10, 50, 200)
REQUESTS = 1000
PATIENCE_SECONDS = 60.0
QUESTION = json.dumps({"message": "Which island has the mild winters?"}).encode()
STEPS = (
    ("GET", "/api/files", b""),
    ("GET", "/api/profile", b""),
    ("POST", "/api/chat", QUESTION),
    ("GET", "/api/quizzes", b""),
    ("GET", "/api/me", b""),
)


@dataclass
class Heard:
    learners: int
    resets: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    """In seconds. The first request of a learner includes the time to connect."""
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def latency(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def is_well(self) -> bool:
        return self.resets == 0 and set(self.statuses) == {200}


async def responded(reader: asyncio.StreamReader) -> int:
    """Read one response. Returns its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1])


async def learn(
    host: str, port: int, token: str, first: int, count: int, at_once: asyncio.Barrier, heard: Heard
) -> None:
    """Wait for all other learners, then connect, and make ``count`` requests over one connection."""
    await at_once.wait()
    began = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection(host, port)
        for number in range(first, first + count):
            method, path, body = STEPS[number % len(STEPS)]
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            heard.statuses[await responded(reader)] += 1
            heard.latencies.append(time.perf_counter() - began)
            began = time.perf_counter()
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        heard.resets += 1


async def come_at_once(url: str, tokens: Sequence[str], requests: int) -> Heard:
    heard, at_once = Heard(len(tokens)), asyncio.Barrier(len(tokens))
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 0
    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE_SECONDS * 5), asyncio.TaskGroup() as group:
        for number, token in enumerate(tokens):
            count = requests * (number + 1) // len(tokens) - requests * number // len(tokens)
            group.create_task(learn(host, port, token, number, count, at_once, heard))
    heard.seconds = time.perf_counter() - began
    return heard


def run(data: Path, classes: Sequence[int], requests: int) -> list[Heard]:
    """The same number of requests for each size of class, on one server."""
    school = school_of(max(classes))
    SQLiteDirectory(data / "school.sqlite", school).close()
    tokens = LocalTokens(local_secret(data / "secret"), SystemClock())
    signed = {person.user_id: tokens.mint(person) for person in school.people}
    learners = [signed[learner_id(number)] for number in range(max(classes))]
    with running_server(
        data,
        log=data.parent / "burst.log",
        LYCEUM_REQUESTS_A_MINUTE="10000",
        LYCEUM_MESSAGES_A_DAY="1000000",
    ) as server:
        lives = Lives()
        lives.begin()
        place = Place(server.url, server.ws_url, lives, Tally(), threading.BoundedSemaphore(1))
        for subject in SUBJECTS:
            who = f"teacher_{subject}"
            teacher = Client(place, who, signed[who], may_name=frozenset(), keeps_alive=False)
            share_materials(teacher, subject)
        asyncio.run(come_at_once(server.url, learners[: classes[0]], 5 * classes[0]))  # loads the models
        return [asyncio.run(come_at_once(server.url, learners[:size], requests)) for size in classes]


def show(heard: Sequence[Heard]) -> None:
    for one in heard:
        statuses = ", ".join(f"{count} x {status}" for status, count in sorted(one.statuses.items()))
        print(
            f"{one.learners:4} learners at one moment: {one.resets} resets; {statuses};"
            f" p50 {1000 * one.latency(0.5):.0f} ms, p95 {1000 * one.latency(0.95):.0f} ms,"
            f" {one.rate:.0f} a second ({one.rate / heard[0].rate:.2f} of the first)",
            flush=True,
        )


def main(arguments: Sequence[str]) -> int:
    requests = int(arguments[0]) if arguments else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        heard = run(Path(folder, "data"), CLASSES, requests)
    show(heard)
    return 0 if all(one.is_well for one in heard) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
