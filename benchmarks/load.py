"""The laptop's server under load: many learners at the same time, and a process that is killed several times.

``python -m benchmarks.load [REQUESTS [KILLS [SEED]]]``. Fifty learners make random requests (upload, ask, take a quiz,
hold an interview, delete, read …), at most eight at a time, until ``REQUESTS`` requests have been acknowledged. The
process is killed ``KILLS`` times with SIGKILL, in the middle of a request of a chosen kind, and is restarted at once on
the same data. Near the end, two learners erase all their data. When the server has no work left, everything that it
acknowledged is read again. It prints all data that is lost, stored twice, mixed up between learners or wrong, and every
error other than 429, 503 and errors that a kill explains. The exit status is 1 if it printed any.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters.local.stores.school import LocalTokens, SQLiteDirectory, local_secret
from adapters.system import SystemClock
from benchmarks.learners.audit import audit, files_naming, settle
from benchmarks.learners.learner import Learner, pages
from benchmarks.learners.texts import MATERIALS
from benchmarks.learners.wire import Client, Lives, Place, Tally
from demo.play import Server, free_ports, running_server
from ports.directory import Person, School, Subject

LEARNERS = 50
REQUESTS = 2000
KILLS = 5
AT_A_TIME = 8
SUBJECTS = ("islands_1", "islands_2")
INTERVIEWED = 3
"""If this is N, one of N learners holds interviews."""
KEEPS_ALIVE = 2
"""If this is N, one of N learners keeps an HTTP connection open between requests."""
ERASED = 2
"""The number of learners who erase their data at the time of the last kill. They then make no more requests."""
LAST_KILL_AT = 0.9
"""The share of the requests that are made before the last kill. The other kills are spread evenly before it."""
AMIDST = ("upload", "question", "submission", "interview answer", "erasure")
"""The kinds of requests during which the process is killed, in this order."""
AMIDST_SECONDS = 20.0
"""The number of seconds that a kill waits for such a request."""
LATEST_SECONDS = 0.06
"""The most seconds between the start of that request and the kill."""
MOST_FAULTS = 100
"""The load stops after this many faults."""
PATIENCE_SECONDS = 300.0
REQUESTS_A_MINUTE = 10
"""The limit of counted requests of one learner per minute. It is low, so that some requests get 429."""


@dataclass
class Report:
    load: Tally = field(default_factory=Tally)
    audit: Tally = field(default_factory=Tally)
    audited: Counter[str] = field(default_factory=Counter)
    """The number of things that the audit read, by kind."""
    kills: list[str] = field(default_factory=list)
    """For each kill: the requests that were running."""
    restarts: list[float] = field(default_factory=list)
    """The seconds from each kill to the first response of the restarted server."""
    seconds: float = 0.0
    """The seconds until ``requests`` requests were acknowledged, including the kills."""
    in_time: int = 0
    """The number of requests that were acknowledged within ``seconds``."""
    settling_seconds: float = 0.0

    @property
    def faults(self) -> list[str]:
        return [*self.load.faults, *self.audit.faults]


@dataclass(frozen=True, slots=True)
class Load:
    """One run of the load. ``data`` is the server's folder, and is empty; ``log`` is the file for the server's log."""

    data: Path
    log: Path
    learners: int = LEARNERS
    requests: int = REQUESTS
    kills: int = KILLS
    seed: int = 1
    before_audit: Callable[[Sequence[Learner]], None] | None = None
    """Called before the audit. Tests damage data here, and check that the audit finds it."""

    def run(self) -> Report:
        report = Report()
        rng = random.Random(self.seed)
        http_port, ws_port = ports = free_ports(2)
        lives = Lives()
        slots = threading.BoundedSemaphore(AT_A_TIME)
        place = Place(f"http://127.0.0.1:{http_port}", f"ws://127.0.0.1:{ws_port}", lives, Tally(), slots)
        learners, teachers = self._people(place)
        threads = [threading.Thread(target=self._study, args=(one, report), daemon=True) for one in learners]
        began_at = 0.0
        killed_at: float | None = None
        for life in range(self.kills + 1):
            with running_server(
                self.data, ports=ports, log=self.log, LYCEUM_REQUESTS_A_MINUTE=str(REQUESTS_A_MINUTE)
            ) as server:
                lives.begin()
                if life == 0:
                    for subject_id, teacher in zip(SUBJECTS, teachers, strict=True):
                        share_materials(teacher, subject_id)
                    place.tally = report.load
                    began_at = time.perf_counter()
                    for thread in threads:
                        thread.start()
                elif killed_at is not None:
                    report.restarts.append(time.monotonic() - killed_at)
                if life < self.kills:
                    report.kills.append(self._moment(life, report.load, threads, rng))
                    killed_at = time.monotonic()
                    kill(server, lives)
                    continue
                self._wait_for(self.requests, report.load, threads)
                report.seconds = time.perf_counter() - began_at
                report.in_time = report.load.acknowledged
                for thread in threads:
                    thread.join()
                place.tally = report.audit
                report.settling_seconds = settle(learners, killed_at)
                if self.before_audit is not None:
                    self.before_audit(learners)
                report.audited = audit(learners, dict(zip(SUBJECTS, teachers, strict=True)))
        for learner in learners:
            learner.leave()
            if learner.journal.erased is not None:
                left = files_naming(self.data, learner.number)
                learner.client.check(not left, "what was erased still stands in", left)
        return report

    def _people(self, place: Place) -> tuple[list[Learner], list[Client]]:
        """The learners, and one teacher per subject. Stores the school, so that the server knows them."""
        school = school_of(self.learners)
        SQLiteDirectory(self.data / "school.sqlite", school).close()
        tokens = LocalTokens(local_secret(self.data / "secret"), SystemClock())
        signed = {person.user_id: tokens.mint(person) for person in school.people}
        classes = {
            subject: frozenset(number for number in range(self.learners) if subject_of(number) == subject)
            for subject in SUBJECTS
        }

        def teacher_of(subject: str) -> Client:
            who = f"teacher_{subject}"
            return Client(place, who, signed[who], may_name=classes[subject], keeps_alive=False)

        def learner(number: int) -> Learner:
            who, own = learner_id(number), frozenset({number})
            keeps_alive = number % KEEPS_ALIVE == 0
            first, second = (
                Client(place, who, signed[who], may_name=own, keeps_alive=keeps_alive) for _ in range(2)
            )
            return Learner(
                number,
                subject_of(number),
                (first, second),
                teacher_of(subject_of(number)),
                random.Random(f"{self.seed}-{number}"),
                is_interviewed=number % INTERVIEWED == 0,
            )

        return list(map(learner, range(self.learners))), list(map(teacher_of, SUBJECTS))

    def _study(self, learner: Learner, report: Report) -> None:
        """Let one learner make requests until there are enough. Runs in a thread of its own."""
        try:
            erases = learner.number < ERASED
            most = self.requests * (LAST_KILL_AT if erases else 1)
            while report.load.acknowledged < most and len(report.load.faults) < MOST_FAULTS:
                learner.act()
            if erases:
                learner.erase()
        except Exception:
            report.load.fault(f"learner {learner.number} stopped: {traceback.format_exc()}")

    def _moment(
        self, life: int, tally: Tally, threads: Sequence[threading.Thread], rng: random.Random
    ) -> str:
        """Wait until it is time for the next kill. Returns the requests that are running then, as a text."""
        due = self.requests * LAST_KILL_AT * (life + 1) / self.kills
        self._wait_for(due, tally, threads)
        wanted = AMIDST[(life - self.kills) % len(AMIDST)]
        deadline = time.monotonic() + AMIDST_SECONDS
        while wanted not in tally.under_way() and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, LATEST_SECONDS))
        return ", ".join(f"{count} {kind}" for kind, count in sorted(tally.under_way().items()))

    @staticmethod
    def _wait_for(acknowledged: float, tally: Tally, threads: Sequence[threading.Thread]) -> None:
        """Wait until this number of requests is acknowledged, or until no learner is left to make requests."""
        while tally.acknowledged < acknowledged and any(thread.is_alive() for thread in threads):
            time.sleep(0.01)


def kill(server: Server, lives: Lives) -> None:
    lives.end()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()


def learner_id(number: int) -> str:
    return f"learner_{number:02d}"


def subject_of(learner: int) -> str:
    return SUBJECTS[learner % len(SUBJECTS)]


def school_of(learners: int) -> School:
    """A school with the learners, distributed over the subjects in turn, and one teacher per subject."""

    def person(user_id: str, role: str) -> Person:
        return Person(user_id, f"auth-{user_id}", None, user_id, role)

    return School(
        people=(
            *(person(learner_id(number), "student") for number in range(learners)),
            *(person(f"teacher_{subject}", "teacher") for subject in SUBJECTS),
        ),
        subjects=tuple(
            Subject(subject, f"Subject {subject}", teacher_id=f"teacher_{subject}") for subject in SUBJECTS
        ),
        sessions=(),
        assignments=(),
        enrolments=tuple((learner_id(number), subject_of(number)) for number in range(learners)),
    )


def share_materials(teacher: Client, subject_id: str) -> None:
    """Upload a material for the class and wait until it is processed. Raises ``TimeoutError``."""
    content = MATERIALS.encode()
    materials = f"/api/teacher/subjects/{subject_id}/materials"
    asked = {"file_name": "islands.txt", "content_type": "", "file_size": len(content)}
    offer = teacher.post("materials", f"{materials}/upload-url", asked)
    teacher.upload_presigned("materials", offer, "islands.txt", content)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while pages(teacher, "materials", materials, limit=1)[0]["status"] != "completed":
        if time.monotonic() > deadline:
            raise TimeoutError("the materials were not read")
        time.sleep(0.1)


def show(report: Report, learners: int) -> None:
    count, seconds = report.in_time, report.seconds
    print(
        f"{count} requests of {learners} learners acknowledged in {seconds:.1f} s, the kills included:"
        f" {count / seconds:.1f} a second, {AT_A_TIME} at a time"
    )
    print(f"  {'milliseconds':<20} {'n':>6} {'p50':>8} {'p95':>8} {'p99':>8}")
    for kind, latencies in sorted(report.load.latencies.items()):
        show_latencies(kind, latencies)
    show_latencies("all", [one for latencies in report.load.latencies.values() for one in latencies])
    print("errors; each request was repeated until it succeeded:")
    for what, errors in sorted(report.load.errors.items()):
        print(f"  {errors:6} {what}")
    for number, (amidst, restart) in enumerate(zip(report.kills, report.restarts, strict=True), start=1):
        print(f"kill {number}, running again after {restart:.1f} s; requests at the kill: {amidst or 'none'}")
    print(f"no work left after {report.settling_seconds:.0f} s. What was acknowledged and is read again:")
    print("  " + ", ".join(f"{count} {kind}" for kind, count in sorted(report.audited.items())))
    if report.audit.errors:
        print("  told to wait meanwhile: " + ", ".join(f"{n} {e}" for e, n in report.audit.errors.items()))
    print(f"lost, doubled, mixed up or wrong: {len(report.faults)}")


def show_latencies(kind: str, latencies: Sequence[float]) -> None:
    ordered = sorted(latencies)
    p50, p95, p99 = (
        1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)
    )
    print(f"  {kind:<20} {len(ordered):6} {p50:8.0f} {p95:8.0f} {p99:8.0f}")


def show_faults(faults: Sequence[str], log: Path) -> None:
    """Print the faults, each with the lines of the server's log about the requests that it names."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    for fault in faults[:20]:
        print(f"  {fault}")
        for request_id in re.findall(r"request_id\W+([0-9a-f-]{36})", fault):
            print(*(f"    {line}" for line in lines if request_id in line), sep="\n")


def main(arguments: Sequence[str]) -> int:
    requests, kills, seed = (
        int(given) for given in (*arguments, *map(str, (REQUESTS, KILLS, 1)[len(arguments) :]))
    )
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        data, log = Path(folder, "data"), Path(folder, "server.log")
        report = Load(data, log, requests=requests, kills=kills, seed=seed).run()
        show(report, LEARNERS)
        show_faults(report.faults, log)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
