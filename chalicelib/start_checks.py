"""The checks of the laptop's server before it starts: its settings, its data, the model server.

A fault that cannot go away stops the start with one sentence. A fault that may go away is printed beside the banner.
"""

from __future__ import annotations

import difflib
import os
import re
import sqlite3
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.composition.profiles.local.backup import is_newer, losses, needs_room
from chalicelib.settings import Settings, SettingsError, variables
from ports.agent import Checkable
from ports.errors import UpstreamError

_PREFIX = "LYCEUM_"
_NOT_READ_HERE = {"LYCEUM_LIVE"}
"""Variables that only the tests read."""
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600
_SECRET_BYTES = 32
_SURELY_MEANT = 0.9
"""How similar a variable's name must be to a setting's name to count as a misspelling of it; 1 means equal."""
_MOST_ADDED = 1
"""The largest difference in length between a misspelt name and the setting's name, in characters."""
_DIGITS = re.compile("[0-9]")
_PROBE_BYTES = 256 * 1024
"""The number of bytes for which the disk must have room."""
_MODEL_SECONDS = 3.0
_SOUNDNESS_SECONDS = 3.0
"""The seconds for the check of one file's structure. The check of a large file ends early."""
STORES = {"tables.sqlite": "tables", "vectors.sqlite": "vectors", "school.sqlite": "school's records"}
"""The file of each store, with the name that messages give to its content."""
_FILES = (*STORES, "secret", "server.lock")
_OBJECTS = "objects"
_OURS = re.compile(
    rf"{_OBJECTS}|server\.lock|secret(\.[0-9a-f]{{16}})?"
    rf"|({'|'.join(map(re.escape, STORES))})(\.damaged-\d{{8}}T\d{{6}})?(-wal|-shm|-journal)?"
)
"""The names of Lyceum's files and folders in the data folder. Included are the files that SQLite makes beside a
database, the damaged files that a repair keeps, and the secret that a first start has not finished.
"""
_OF_ANY_FOLDER = ("lost+found",)
RESTORE = "Restore a backup: `make restore FROM=…`."
WITHOUT_BACKUP = {
    "tables.sqlite": "Without one, `make repair ANEW=tables` makes new tables, and in them the rows of documents again from "
    "what was read from them. Conversations, quizzes, interviews and profiles are lost then.",
    "school.sqlite": "Without one, `make repair ANEW=school` makes the demo school.",
}
"""For each file whose loss stops the start: the steps to continue without a backup. They lose data, so they are done
only when a person asks for it. The vectors are not here: they can be made again without a loss.
"""


def check_names(environment: Mapping[str, str]) -> None:
    """Raise ``SettingsError`` for a variable that is probably a misspelt setting: it begins with ``LYCEUM_`` but is no
    setting, or it begins otherwise, and its name is almost the name of a setting. Without this check, a typing error
    would have no effect and no message.
    """
    known = {variable.name for variable in variables()} | _NOT_READ_HERE
    for name in sorted(environment):
        if name in known:
            continue
        upper = name.upper()
        is_prefixed = upper.startswith(_PREFIX)
        meant = known if is_prefixed else {one for one in known if _may_be_meant(upper, one)}
        cutoff = 0.0 if is_prefixed else _SURELY_MEANT
        for near in difflib.get_close_matches(upper, meant, n=1, cutoff=cutoff):
            raise SettingsError(
                f"{name} is no setting. Did you mean {near}? docs/settings.md lists them all."
            )


def _may_be_meant(name: str, setting: str) -> bool:
    """Whether a whole name can be a misspelt setting. If it has a word or a number more, it is the name of something
    else.
    """
    has_same_digits = _DIGITS.findall(name) == _DIGITS.findall(setting)
    return has_same_digits and abs(len(name) - len(setting)) <= _MOST_ADDED


def make_private(data: Path) -> None:
    """Create the data folder. If it exists, make it and Lyceum's files in it readable for their owner only.

    Afterwards, all files that this process creates are readable for their owner only. Raises ``SettingsError`` if the
    folder cannot be used, belongs to another user of the machine, or has only files that are not Lyceum's.
    """
    os.umask(0o077)
    try:
        data.mkdir(parents=True, exist_ok=True)
        owner = data.stat()
        if owner.st_uid != os.geteuid():
            raise SettingsError(
                f"The folder {data} belongs to another user. Set LYCEUM_DATA to a folder of yours."
            )
        _check_content(data)
        if stat.S_IMODE(owner.st_mode) != _FOLDER_MODE:
            _close(data)
        _check_secret(data / "secret")
        probe = data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
        for name in (*STORES, _OBJECTS):
            if (data / name).exists() and not os.access(data / name, os.W_OK):
                raise SettingsError(f"{data / name} is read-only. Give yourself permission to write it.")
    except (FileExistsError, NotADirectoryError):
        raise SettingsError(f"{data} is no folder. Set LYCEUM_DATA to a folder.") from None
    except OSError as failed:
        raise SettingsError(
            f"The folder {data} cannot be used ({failed.strerror}). Set LYCEUM_DATA to a folder that can be written."
        ) from None


def check_space(data: Path) -> Iterator[str]:
    """Yields a sentence if the disk of the data is full. Raises ``SettingsError`` if it is full before the first start."""
    probe = data / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(bytes(_PROBE_BYTES))
    except OSError as failed:
        if not (data / "secret").exists():
            raise SettingsError(
                f"Nothing can be written to {data} ({failed.strerror}). Make room on its disk."
            ) from None
        yield f"Nothing can be written to {data} ({failed.strerror}). What would be stored is refused until there is room."
    finally:
        probe.unlink(missing_ok=True)


def _check_content(data: Path) -> None:
    names = {file.name for file in data.iterdir() if not file.name.startswith(".")}.difference(_OF_ANY_FOLDER)
    if names and not any(_is_ours(name) for name in names):
        raise SettingsError(
            f"The folder {data} has other files than Lyceum's. Set LYCEUM_DATA to a new folder."
        )
    for name in _FILES:
        if (data / name).exists() and not (data / name).is_file():
            raise SettingsError(
                f"{data / name} is no file. Move it away, or set LYCEUM_DATA to another folder."
            )
    if (data / _OBJECTS).exists() and not (data / _OBJECTS).is_dir():
        raise SettingsError(
            f"{data / _OBJECTS} is no folder. Move it away, or set LYCEUM_DATA to another folder."
        )


def _is_ours(name: str) -> bool:
    """Whether a file or folder of the data folder has one of Lyceum's names."""
    return _OURS.fullmatch(name) is not None


def _check_secret(file: Path) -> None:
    if file.exists() and file.stat().st_size < _SECRET_BYTES:
        raise SettingsError(
            f"The secret in {file} is damaged. Delete the file: the next start makes a new one. Tokens and links that "
            "were given out before then end."
        )


def _close(data: Path) -> None:
    data.chmod(_FOLDER_MODE)
    for folder, folders, files in os.walk(data):
        if Path(folder) == data:
            folders[:] = [name for name in folders if _is_ours(name)]
            files = [name for name in files if _is_ours(name)]
        for name, mode in (*((one, _FOLDER_MODE) for one in folders), *((one, _FILE_MODE) for one in files)):
            if not Path(folder, name).is_symlink():
                Path(folder, name).chmod(mode)


def check_versions(data: Path) -> None:
    """Raise ``SettingsError`` if a newer version of Lyceum wrote the data. This version would misread them."""
    for name in STORES:
        with suppress(sqlite3.Error):  # `warnings` reports damage
            if (data / name).exists() and is_newer(data / name):
                raise SettingsError(
                    f"{data / name} was written by a newer version of Lyceum. Run that version, or restore an older backup."
                )


def lost(data: Path) -> Iterator[str]:
    """The names of the stores' files that are missing or empty although the object store holds files."""
    if any(file.is_file() for file in (data / "objects").rglob("*")):
        for name in STORES:
            if not (data / name).exists() or not (data / name).stat().st_size:
                yield name


def check_present(data: Path) -> Iterator[str]:
    """Check that no store's file is missing or empty although the object store holds files.

    Yields a sentence if it is the vectors' file. Raises ``SettingsError`` if it is the tables' or the school's: the
    server would make a new, empty file, which would hide the loss.
    """
    for name in lost(data):
        sentence = f"The {STORES[name]} ({data / name}) are missing or empty, though stored files exist."
        if name in WITHOUT_BACKUP:
            raise SettingsError(f"{sentence} {RESTORE} {WITHOUT_BACKUP[name]}")
        yield f"{sentence} Searches find nothing. Stop the server, then `make repair` makes them again."


def warnings(settings: Settings, adapters: LocalAdapters) -> Iterator[str]:
    """The things that do not work yet, one sentence each. Raises ``SettingsError`` if the model server's address can
    never work.
    """
    for name, what in STORES.items():
        damage = damage_of(settings.data / name)
        if damage is not None:
            yield (
                f"The {what} are damaged ({settings.data / name}: {damage}). Requests that need them are answered with "
                "502. Stop the server, then `make check-data` says what is lost; `make repair` or `make restore` repairs it."
            )
    if settings.llm_url is not None:
        try:
            agent = adapters.agent
        except ValueError as wrong:
            raise SettingsError(f"{wrong}.") from None
        try:
            if isinstance(agent, Checkable):
                agent.check(timeout=_MODEL_SECONDS)
        except UpstreamError as failed:
            yield (
                f"The model server at {settings.llm_url} does not answer ({failed.reason or type(failed).__name__}). "
                "Questions get 502 until it does: start it, or set LYCEUM_LLM_URL to its address."
            )


def damage_of(file: Path) -> str | None:
    """The fault in the structure of an SQLite file, or its lost tables and columns. None if there is no file, if no
    fault is found within 3 seconds, or if the file cannot be read because the disk is full.
    """
    if not file.exists():
        return None
    deadline = time.monotonic() + _SOUNDNESS_SECONDS
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
            lost = losses(connection)
            if lost is not None:
                return lost
            ((result,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.OperationalError as failed:
        if failed.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT or needs_room(failed):
            return None
        return str(failed)
    except sqlite3.DatabaseError as failed:
        return str(failed)
    return None if result == "ok" else str(result).splitlines()[-1]
