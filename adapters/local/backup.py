"""Backup and restore of the laptop's data.

A backup is a folder: a copy of each SQLite file, the objects, the secret, and ``manifest.json``, which is written last
and has the SHA-256 of every file. The server may run during a backup. The tables are copied before the objects. So if
the copied tables say that a document is complete, its objects are in the backup too, unless it was deleted in between.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from adapters.local.stores.soundness import unreadable
from adapters.local.stores.sqlite_versions import is_newer

DATABASES = ("tables.sqlite", "vectors.sqlite", "school.sqlite")
_OBJECTS = "objects"
_SECRET = "secret"  # noqa: S105  # the name of a file
_MANIFEST = "manifest.json"
_LOCK = "server.lock"
_FORMAT = 1


class BackupError(Exception):
    """A backup cannot be made or restored. The message is for the person who ran the command."""


class InUse(Exception):
    """A server is using the data folder."""


@contextmanager
def holding_data(data: Path) -> Iterator[None]:
    """Hold the data folder during the block. Raises ``InUse`` if another process, such as a server, holds it."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / _LOCK).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse from None
        yield


def back_up(data: Path, to: Path, now: datetime) -> int:
    """Copy the data to ``to``, a folder that does not exist. Returns the number of files. Raises ``BackupError``."""
    if to.exists():
        raise BackupError(f"{to} exists already. Name a folder that does not.")
    if not (data / "tables.sqlite").exists():
        raise BackupError(f"There are no data in {data}.")
    if to.resolve().is_relative_to(data.resolve()):
        raise BackupError(f"{to} is in {data}, and would be lost with it. Name a folder elsewhere.")
    draft = to.with_name(f"{to.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    for name in DATABASES:
        if (data / name).exists():
            _copy_database(data / name, draft / name)
    if (data / _OBJECTS).exists():
        shutil.copytree(data / _OBJECTS, draft / _OBJECTS, ignore=_vanished)
    if (data / _SECRET).exists():
        shutil.copy2(data / _SECRET, draft / _SECRET)
    files = {
        str(file.relative_to(draft)): _digest(file) for file in sorted(draft.rglob("*")) if file.is_file()
    }
    manifest = {"format": _FORMAT, "made_at": now.isoformat(), "files": files}
    (draft / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    draft.rename(to)
    return len(files)


def check_backup(backup: Path) -> int:
    """Compare a backup with its manifest. Returns the number of files. Raises ``BackupError``."""
    try:
        manifest = json.loads((backup / _MANIFEST).read_text(encoding="utf-8"))
        files, version = dict(manifest["files"]), int(manifest["format"])
    except FileNotFoundError:
        raise BackupError(f"{backup} is no finished backup: it has no {_MANIFEST}.") from None
    except (ValueError, LookupError, TypeError):
        raise BackupError(f"The {_MANIFEST} of {backup} cannot be read.") from None
    if DATABASES[0] not in files:
        raise BackupError(f"The {_MANIFEST} of {backup} names no {DATABASES[0]}.")
    if version > _FORMAT:
        raise BackupError(f"{backup} was made by a newer version of Lyceum.")
    for name, digest in files.items():
        file = backup / name
        if not file.is_file() or _digest(file) != digest:
            raise BackupError(f"{file} is missing or damaged. Nothing was restored.")
    return len(files)


def restore(backup: Path, data: Path, now: datetime) -> Path | None:
    """Replace the data by the backup. Returns the folder with the previous data, or None if there was none.

    Raises ``BackupError`` before anything is changed, and ``InUse`` if a server runs.
    """
    check_backup(backup)
    draft = data.with_name(f"{data.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        shutil.copytree(backup, draft)
        (draft / _MANIFEST).unlink()
        _check_versions(backup, draft)
        for file in draft.rglob("*"):
            file.chmod(0o700 if file.is_dir() else 0o600)
        draft.chmod(0o700)
        return _replace(data, draft, now)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check_versions(backup: Path, draft: Path) -> None:
    for name in DATABASES:
        try:
            newer = (draft / name).exists() and is_newer(draft / name)
        except sqlite3.Error as failed:
            raise BackupError(f"{backup / name} is damaged ({failed}). Nothing was restored.") from None
        if newer:
            raise BackupError(f"{backup} was made by a newer version of Lyceum.")


def _replace(data: Path, draft: Path, now: datetime) -> Path | None:
    before = None
    with holding_data(data):
        if any(file.name != _LOCK for file in data.iterdir()):
            before = data.with_name(f"{data.name}.before-{now:%Y%m%dT%H%M%S}")
            data.rename(before)
            (before / _LOCK).unlink()
        else:
            shutil.rmtree(data)
        draft.rename(data)
    return before


def set_aside(file: Path, now: datetime) -> Path:
    """Rename a damaged SQLite file, so that the next start makes a new one. Returns its new name."""
    aside = file.with_name(f"{file.name}.damaged-{now:%Y%m%dT%H%M%S}")
    file.rename(aside)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    return aside


def _copy_database(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source, timeout=20)) as here, closing(sqlite3.connect(target)) as there:
            here.backup(there)
            there.execute(
                "PRAGMA journal_mode=DELETE"
            )  # one file, which a reader of the backup does not change
            ((result,),) = there.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as failed:
        raise BackupError(f"{source} is damaged ({failed}): a copy of it would be too.") from None
    if result != "ok" or unreadable(target):
        raise BackupError(f"{source} is damaged: a copy of it would be too.")


def _vanished(folder: str, names: list[str]) -> set[str]:
    """The names to leave out of the copy: the folder of unfinished files, and files deleted since the listing."""
    return {name for name in names if name == "incoming" or not os.path.lexists(Path(folder, name))}


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as open_file:
        while piece := open_file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()
