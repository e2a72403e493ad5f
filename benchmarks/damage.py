"""Damage and loss of each store of the laptop's data, in turn, on a real server.

``python -m benchmarks.damage [WORD]…``. First, a server gets documents, questions and a submitted quiz, and a backup is
made while it runs. Then each case harms one store in one way, on a fresh copy of the data. It starts a server on the
copy, sends all requests again, runs ``make check-data`` and ``make repair``, and restores the backup if the repair did
not mend everything. A ``WORD`` chooses the cases that have it in their name.

A case passes if all of this holds:

- No answer of the harmed server is wrong: each is the same as before, lacks something, or is an error. Each quote stands
  in its document. No error has the status 500 or asks to try again. (Downloads are not compared here, because the server
  sends a file as it is stored.) The log and the commands show no traceback.
- The server's start or the check reports the harm, unless all answers are the same as before.
- After a repair that ends with success, or else after the restore, all answers are the same as before.

The last cases fill the disk or take the permission to write, and undo that later. Requests that store something are
refused with a code that says so, no other answer is wrong, and afterwards all answers are the same as before without a
repair. The full disk is a file system of its own, which only root can make. The exit status is 1 if a case fails, and 2
if a ``WORD`` is in no case's name.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.settings import read_settings
from demo.play import DOCUMENTS, PROJECT, Person, Server, post_form, running_server, token_of
from domain.base.tables import FILES, LEARNING_EVIDENCE, MESSAGES, QUIZ_RESULTS

UPLOADS = {
    "ada": (("newtons-laws.pdf", "physics_101"), ("work-and-energy.docx", "physics_101")),
    "mary": (("rosetta-stone.txt", "history_201"),),
}
QUESTIONS = {
    "ada": ("What does Newton's second law say?", "What does the work-energy theorem say?"),
    "mary": ("What did Champollion announce in September 1822?", "In which scripts is the decree written?"),
}
QUIZZED = "ada"
_PAGE, _SECTOR = 4096, 512
_PATIENCE_SECONDS = 600
_DISK_MIB = 8
_CAPABILITY_BOUND_DROP, _CAPABILITY_TO_WRITE_ALL = 24, 1
"""PR_CAPBSET_DROP and CAP_DAC_OVERRIDE of Linux."""
_SEED = 20
_OTHER_EACH_TIME = {"request_id", "updated_at", "url", "expires_in"}
_CONVERSATIONS = "/api/chat/conversations"

Answers = dict[str, Any]
"""The answer to each request, without the fields that differ each time. An error is ``(status, code, message)``."""


class Asking:
    """The requests that the learners of the server send. ``use`` decides them, ``answers`` sends them."""

    def __init__(self) -> None:
        self._paths: dict[str, list[str]] = {}
        self._conversations: set[str] = set()
        self.texts: dict[str, str] = {}
        """The text of each document, by its id."""

    def use(self, server: Server, tokens: Mapping[str, str]) -> None:
        """Upload documents, ask questions, and submit a quiz. Afterwards, the requests of ``answers`` are known."""
        for who, token in tokens.items():
            person = Person(server.url, token)
            paths = ["/api/files", "/api/profile", "/api/quizzes", "/api/me", "/api/subjects", _CONVERSATIONS]
            for name, subject in UPLOADS[who]:
                file = person.upload(DOCUMENTS / name, subject)
                path = f"/api/files/{file['file_id']}"
                chunks = [f"{path}/chunks/{number}" for number in range(file["chunks_created"])]
                paths += [path, f"{path}/download-url", *chunks]
                self.texts[file["file_id"]] = _text_of([person.send("GET", chunk) for chunk in chunks])
            asked = person.post("/api/chat", {"message": QUESTIONS[who][0]})
            self._conversations.add(asked["conversation_id"])
            paths.append(f"{_CONVERSATIONS}/{asked['conversation_id']}")
            if who == QUIZZED:
                quiz = person.post("/api/quizzes", {"num_questions": 2})
                answers = {one["question_id"]: "A" for one in quiz["questions"]}
                person.post(f"/api/quizzes/{quiz['quiz_id']}/submit", {"answers": answers})
                paths.append(f"/api/quizzes/{quiz['quiz_id']}/result")
            self._paths[who] = paths

    def answers(self, server: Server, tokens: Mapping[str, str]) -> Answers:
        found: Answers = {}
        for who, token in tokens.items():
            person = Person(server.url, token)
            for path in self._paths[who]:
                found[f"{who}: {path}"] = self._steady(_answer(person, path))
            for question in QUESTIONS[who]:
                answer = _answer(person, "/api/chat", {"message": question})
                if isinstance(answer, dict):
                    quotes = [
                        [one[name] for name in ("file_id", "start", "end", "quote")]
                        for one in answer["citations"]
                    ]
                    answer = {"response": answer["response"], "quotes": quotes}
                found[f"{who}: {question}"] = answer
        return found

    def _steady(self, answer: Any) -> Any:
        """The answer without what differs each time, and without the conversations that came later."""
        if isinstance(answer, dict):
            return {k: self._steady(v) for k, v in answer.items() if k not in _OTHER_EACH_TIME}
        if isinstance(answer, list):
            return [
                self._steady(one)
                for one in answer
                if not isinstance(one, dict)
                or one.get("conversation_id", one.get("file_id")) in (None, *self._conversations, *self.texts)
            ]
        return answer

    def wrong(self, before: Answers, now: Answers) -> Iterator[str]:
        """A sentence for each wrong answer of a harmed server: an error 500, an error that asks to try again, a quote
        that does not stand in its document, or an answer that differs from the one before by more than missing
        parts.
        """
        for request, answer in now.items():
            was = before.get(request)
            if isinstance(answer, tuple):
                status, code, message = answer
                if status == 500 or "try again" in message.lower():
                    yield f"{request}: {status} {code}: {message}"
            elif isinstance(answer, dict) and "quotes" in answer:
                for file_id, start, end, quote in answer["quotes"]:
                    if self.texts.get(file_id, "")[start:end] != quote:
                        yield f"{request}: cites {quote!r}, which does not stand there"
            elif not request.endswith("/download-url") and not _lacks_only(was, answer):
                yield f"{request}: {_short(was)} became {_short(answer)}"


def let_uploads_end(data: Path) -> None:
    """Make the documents as old as documents are after their permission to upload has ended. Before that, an original
    with other bytes counts as uploaded again, and is read again.
    """
    adapters = LocalAdapters(read_settings({"LYCEUM_DATA": str(data)}))
    for row in list(adapters.inventory().rows(FILES)):
        adapters.key_values.put(FILES, {k: v for k, v in row.items() if k not in ("pending", "sweep_at")})
    adapters.close()


def _text_of(chunks: Sequence[Mapping[str, Any]]) -> str:
    text = ""
    for chunk in chunks:
        text = text[: chunk["start"]].ljust(chunk["start"]) + chunk["text"]
    return text


def _answer(person: Person, path: str, body: Mapping[str, Any] | None = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"}
    try:
        with urlopen(Request(person.url + path, content, headers), timeout=_PATIENCE_SECONDS) as response:  # noqa: S310  # the server of this script
            answer = json.loads(response.read() or b"null")
        if path.endswith("/download-url"):
            with urlopen(answer["url"], timeout=_PATIENCE_SECONDS) as response:  # noqa: S310
                return response.read().hex()
    except HTTPError as refused:
        error = json.loads(refused.read() or b"{}").get("error", {})
        return refused.code, error.get("code"), error.get("message", "")
    return answer


def _refused_upload(person: Person) -> tuple[int, str, str] | None:
    """The error of an upload of 100 KB; None if the upload is accepted."""
    content = (DOCUMENTS / "waves.txt").read_bytes()
    content *= 100_000 // len(content) + 1
    asked = {"file_name": "waves.txt", "content_type": "", "file_size": len(content)}
    try:
        offer = person.post("/api/files/upload-url", asked)
        post_form(offer["upload"]["url"], offer["upload"]["fields"], "waves.txt", content)
    except HTTPError as refused:
        error = json.loads(refused.read())["error"]
        return refused.code, error["code"], error["message"]
    return None


def _lacks_only(was: Any, now: Any) -> bool:
    """Whether ``now`` contains nothing that ``was`` does not contain. Numbers may be smaller, texts empty or missing."""
    if isinstance(was, dict) and isinstance(now, dict):
        return all(name in was and _lacks_only(was[name], value) for name, value in now.items())
    if isinstance(was, list) and isinstance(now, list):
        return all(any(_lacks_only(one, other) for one in was) for other in now)
    if isinstance(was, int | float) and isinstance(now, int | float):
        return now <= was
    return bool(now == was or now is None or now == "")


def _short(answer: Any) -> str:
    text = json.dumps(answer)
    return text if len(text) < 160 else f"{text[:160]}…"


# Each of these functions harms a file.


def delete(file: Path) -> None:
    for one in (file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))):
        one.unlink(missing_ok=True)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _over(file: Path, size: int, content: Callable[[int], bytes], *, first: int = 0) -> None:
    """Overwrite ``size`` bytes from the middle of the file on. If the file is not longer than ``size``, overwrite all
    bytes after ``first``.
    """
    length = file.stat().st_size
    at = first if size >= length else length // 2 // _SECTOR * _SECTOR
    with file.open("r+b") as open_file:
        open_file.seek(at)
        open_file.write(content(min(size, length - at)))


def noise(file: Path) -> None:
    _over(file, file.stat().st_size, random.Random(_SEED).randbytes)


def noise_behind_the_head(file: Path) -> None:
    _over(file, file.stat().st_size, random.Random(_SEED).randbytes, first=_PAGE)


def noisy_page(file: Path) -> None:
    _over(file, _PAGE, random.Random(_SEED).randbytes)


def noisy_sector(file: Path) -> None:
    _over(file, _SECTOR, random.Random(_SEED).randbytes)


def zero_sector(file: Path) -> None:
    _over(file, _SECTOR, bytes)


def noisy_column(table: str, column: str) -> Callable[[Path], None]:
    """A harm that writes noise into the column of each row. The structure of the SQLite file stays sound."""

    def harm(file: Path) -> None:
        rng = random.Random(_SEED)
        with closing(sqlite3.connect(file)) as connection, connection:
            rows = connection.execute(
                f"SELECT rowid, length(CAST({column} AS BLOB)), typeof({column}) FROM '{table}'"  # noqa: S608
            ).fetchall()
            for rowid, size, kind in rows:
                noisy = f"UPDATE '{table}' SET {column} = CAST(? AS {kind}) WHERE rowid = ?"  # noqa: S608
                connection.execute(noisy, (rng.randbytes(size), rowid))

    return harm


@dataclass(frozen=True)
class Case:
    name: str
    harm: Callable[[Path], None]
    """Harms the data in a folder."""
    while_it_runs: bool = False


def _of_files(pattern: str, harm: Callable[[Path], None]) -> Callable[[Path], None]:
    def harmed(data: Path) -> None:
        found = [file for file in data.glob(pattern) if file.is_file()]
        if not found:
            raise LookupError(f"no file is called {pattern}")
        for file in found:
            harm(file)

    return harmed


STORES = {"tables": "tables.sqlite", "school": "school.sqlite", "vectors": "vectors.sqlite"}
OBJECTS = {
    "originals": "objects/objects/raw-files=/**/*_original.*",
    "texts": "objects/objects/processed-chunks=/**/*_text.txt",
    "chunks": "objects/objects/processed-chunks=/**/*_chunks.json",
    "all objects": "objects/objects/**/*",
}
HARMS = {
    "deleted": delete,
    "emptied": empty,
    "cut in half": cut,
    "overwritten with noise": noise,
    "with one noisy sector": noisy_sector,
    "with one sector of zeros": zero_sector,
}
HARMS_OF_DATABASES = {
    "with noise behind the head": noise_behind_the_head,
    "with one noisy page": noisy_page,
}
COLUMNS = {
    "the words of the vectors": ("vectors.sqlite", "records", "sparse"),
    "the meanings of the vectors": ("vectors.sqlite", "records", "dense"),
    "the filters of the vectors": ("vectors.sqlite", "records", "fields"),
    "the metadata of the vectors": ("vectors.sqlite", "records", "metadata"),
    "the rows of documents": ("tables.sqlite", FILES.name, '"$item"'),
    "the rows of messages": ("tables.sqlite", MESSAGES.name, '"$item"'),
    "the rows of results": ("tables.sqlite", QUIZ_RESULTS.name, '"$item"'),
    "the rows of evidence": ("tables.sqlite", LEARNING_EVIDENCE.name, '"$item"'),
    "the names of people": ("school.sqlite", "users", "name"),
}


def cases() -> Iterator[Case]:
    for what, pattern in (STORES | OBJECTS).items():
        harms = HARMS | (HARMS_OF_DATABASES if what in STORES else {})
        for how, harm in harms.items():
            yield Case(f"{what} {how}", _of_files(pattern, harm))
    for what, (name, table, column) in COLUMNS.items():
        yield Case(f"{what} overwritten with noise", _of_files(name, noisy_column(table, column)))
    for what, pattern in (STORES | {"all objects": OBJECTS["all objects"]}).items():
        for how in ("deleted", "overwritten with noise"):
            yield Case(f"{what} {how} while it runs", _of_files(pattern, HARMS[how]), while_it_runs=True)


def read_only(*names: str) -> Callable[[Path], None]:
    def harm(data: Path) -> None:
        for name in names:
            (data / name).chmod(0o500 if (data / name).is_dir() else 0o400)

    return harm


def writable_again(data: Path) -> None:
    for path in (data, *data.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def fill(data: Path) -> None:
    """Write until the file system of the folder is full."""
    with (data.parent / "filler").open("wb", buffering=0) as file:
        for size in (1 << 16, 512):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


def make_room(data: Path) -> None:
    (data.parent / "filler").unlink()


@dataclass(frozen=True)
class Hindrance:
    """A case that fills the disk or takes the permission to write (``harm``), and reverses it (``undo``)."""

    name: str
    harm: Callable[[Path], None]
    undo: Callable[[Path], None]
    while_it_runs: bool = False
    on_a_small_disk: bool = False


HINDRANCES = [
    *(Hindrance(f"{what} read-only", read_only(name), writable_again) for what, name in STORES.items()),
    Hindrance("objects read-only", read_only("objects"), writable_again),
    Hindrance(
        "objects read-only while it runs",
        read_only("objects/objects", "objects/incoming"),
        writable_again,
        True,
    ),
    Hindrance("the disk full", fill, make_room, on_a_small_disk=True),
    Hindrance("the disk full while it runs", fill, make_room, while_it_runs=True, on_a_small_disk=True),
]


@dataclass
class Outcome:
    told: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    how: str = ""
    """How the data were mended, for example "repaired" or "restored"."""


class Trial:
    """Runs the cases on copies of the data of one server, which has been used and backed up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used, self._backup = folder / "used", folder / "backup"
        self._log = folder / "log"
        self._asking = Asking()
        with running_server(self._used, log=self._log) as server:
            self._tokens = {who: token_of(who, server) for who in UPLOADS}
            self._asking.use(server, self._tokens)
        let_uploads_end(self._used)
        with running_server(self._used, log=self._log) as server:
            self._upkeep(self._used, "backup", str(self._backup))
            self._before = self._asking.answers(server, self._tokens)
        errors = {request: answer for request, answer in self._before.items() if isinstance(answer, tuple)}
        if errors:
            raise AssertionError(f"the sound server answers with errors: {errors}")

    def _upkeep(self, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infrastructure.upkeep", *arguments],
            cwd=PROJECT,
            env=os.environ | {"LYCEUM_DATA": str(data)},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, case: Case) -> Outcome:
        outcome = Outcome()
        data = self._folder / "case" / "data"
        shutil.rmtree(data.parent, ignore_errors=True)
        shutil.copytree(self._used, data)
        if not case.while_it_runs:
            case.harm(data)
        harmed = self._asked(data, outcome, case.harm if case.while_it_runs else None)
        if harmed is not None:
            outcome.wrong += self._asking.wrong(self._before, harmed)
        checked = self._upkeep(data, "check")
        outcome.wrong += _traces(checked)
        if checked.returncode:
            outcome.told += checked.stdout.splitlines() + checked.stderr.splitlines()[-1:]
        is_as_before = harmed == self._before
        if not outcome.told and not is_as_before:
            outcome.wrong.append("nobody was told")
        mended = self._upkeep(data, "repair")
        outcome.wrong += _traces(mended)
        is_lost = "document_lost" in checked.stdout  # a repair marks it as lost; only a backup has it
        if mended.returncode == 0 and not is_lost:
            outcome.how = "needed nothing" if is_as_before and not checked.returncode else "repaired"
            outcome.wrong += self._differences(data, outcome.how)
        else:
            restored = self._upkeep(data, "restore", str(self._backup))
            outcome.how = "restored"
            outcome.wrong += [f"the restore failed: {restored.stderr}"] * bool(restored.returncode)
            outcome.wrong += self._differences(data, outcome.how)
        return outcome

    def hinder(self, case: Hindrance) -> Outcome:
        outcome = Outcome()
        with self._disk(small=case.on_a_small_disk) as disk:
            if disk is None:
                outcome.how = "skipped: this user cannot make a file system"
                return outcome
            data = disk / "data"
            shutil.copytree(self._used, data)
            if not case.while_it_runs:
                case.harm(data)
            answers = self._asked(data, outcome, case.harm if case.while_it_runs else None, stores=True)
            if answers is not None:
                outcome.wrong += self._asking.wrong(self._before, answers)
                refused = {answer[1] for answer in answers.values() if isinstance(answer, tuple)}
                outcome.told += sorted(refused)
                if not any(code.endswith("_unwritable") for code in refused):
                    outcome.wrong.append("nobody was told")
            case.undo(data)
            outcome.how = "given back"
            outcome.wrong += self._differences(data, outcome.how)
        return outcome

    @contextmanager
    def _disk(self, *, small: bool) -> Iterator[Path | None]:
        """An empty folder. If ``small``, it is a file system of 8 MiB, or None if this user cannot make one."""
        disk = Path(tempfile.mkdtemp(dir=self._folder))
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK_MIB}m", "tmpfs", str(disk)]
        if not small:
            yield disk
        elif subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
        else:
            try:
                yield disk
            finally:
                subprocess.run(["umount", str(disk)], check=True)

    def _asked(
        self,
        data: Path,
        outcome: Outcome,
        harm: Callable[[Path], None] | None = None,
        *,
        stores: bool = False,
    ) -> Answers | None:
        """Start a server on the data and return its answers; None if it did not start.

        With ``harm``, the data are harmed while it runs, after a first round of requests; the answers are those of the
        second round. With ``stores``, an upload is tried too; if it is refused, the answers contain its error.
        """
        self._log.write_text("")
        answers = None
        try:
            with running_server(data, log=self._log) as server:
                answers = self._asking.answers(server, self._tokens)
                if harm is not None:
                    harm(data)
                    answers = self._asking.answers(server, self._tokens)
                refused = _refused_upload(Person(server.url, self._tokens[QUIZZED])) if stores else None
                if refused is not None:
                    answers["an upload"] = refused
        except RuntimeError:
            outcome.told.append("it did not start")
        log = self._log.read_text(encoding="utf-8")
        outcome.told += [line for line in log.splitlines() if not line.startswith("{")]
        if "Traceback" in log:
            outcome.wrong.append(f"a trace in the log: {log[log.index('Traceback') :][:2000]}")
        return answers

    def _differences(self, data: Path, how: str) -> Iterator[str]:
        answers = self._asked(data, told_later := Outcome())
        yield from told_later.wrong
        yield from (f"{how}, and then told: {line}" for line in told_later.told)
        for request, was in self._before.items():
            if answers is not None and answers[request] != was:
                yield f"{how}, but {request}: {_short(was)} is {_short(answers[request])}"


def _traces(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [f"a trace: {done.stderr}"] if "Traceback" in done.stderr else []


def main(words: Sequence[str]) -> int:
    tried: list[Case | Hindrance] = [*cases(), *HINDRANCES]
    unknown = [word for word in words if not any(word in case.name for case in tried)]
    if unknown:
        print(f"No case has this in its name: {', '.join(unknown)}", file=sys.stderr)
        return 2
    os.umask(0o022)
    if os.geteuid() == 0:  # otherwise the servers of root could write read-only files
        ctypes.CDLL(None).prctl(_CAPABILITY_BOUND_DROP, _CAPABILITY_TO_WRITE_ALL, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder))
        bad = 0
        for case in tried:
            if words and not any(word in case.name for word in words):
                continue
            began = time.monotonic()
            outcome = trial.hinder(case) if isinstance(case, Hindrance) else trial.run(case)
            bad += bool(outcome.wrong)
            print(
                f"{'NOT WELL' if outcome.wrong else 'well'}: {case.name}: {outcome.how} ({time.monotonic() - began:.0f} s)"
            )
            for line in outcome.told:
                print(f"    told: {line}")
            for line in outcome.wrong:
                print(f"    wrong: {line}")
            sys.stdout.flush()
    print(f"{bad} cases are not well.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
