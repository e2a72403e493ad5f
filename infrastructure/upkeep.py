"""Checks, repairs, backs up and restores the data of the profile that the settings name.

``python -m infrastructure.upkeep check`` exits with 1 if something is wrong. ``repair [--drop-originals] [--anew
tables|school]``, ``backup FOLDER`` and ``restore FOLDER`` do what their names say. The last two work only on the
laptop. docs/operations.md says when to use which.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.composition.profiles.local.backup import (
    BackupError,
    InUse,
    back_up,
    holding_data,
    restore,
    set_aside,
    unreadable,
)
from chalicelib.composition.upkeep import checking, repairing, storing_adapters
from chalicelib.composition.wiring import wire
from chalicelib.logs import configure_logging
from chalicelib.settings import Settings, read_settings
from chalicelib.start_checks import (
    RESTORE,
    STORES,
    WITHOUT_BACKUP,
    check_names,
    check_versions,
    damage_of,
    lost,
)
from domain.upkeep.findings import Finding
from ports.errors import Damaged, UpstreamError

ANEW = ("tables", "school")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="upkeep", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check")
    mend = commands.add_parser("repair")
    mend.add_argument("--drop-originals", action="store_true")
    mend.add_argument("--anew", action="append", choices=ANEW, default=[])
    commands.add_parser("backup").add_argument("folder", type=_folder)
    commands.add_parser("restore").add_argument("folder", type=_folder)
    chosen = parser.parse_args(arguments)
    os.umask(0o077)
    check_names(os.environ)
    settings = read_settings()
    if settings.profile == "local":
        check_versions(settings.data)
        if chosen.command in ("check", "repair") and not _has_data(settings.data):
            return _say(f"There are no data in {settings.data}. LYCEUM_DATA names the folder of the data.")
    try:
        match chosen.command:
            case "backup":
                return _back_up(settings, chosen.folder)
            case "restore":
                return _restore(settings, chosen.folder)
            case "repair" if settings.profile == "local":
                with holding_data(settings.data):
                    return _repair(settings, drop_originals=chosen.drop_originals, anew=chosen.anew)
            case "repair":
                return _repair(settings, drop_originals=chosen.drop_originals, anew=[])
            case _:
                return _check(settings)
    except InUse:
        return _say(f"A server uses {settings.data}. Stop it first.")
    except BackupError as refused:
        return _say(str(refused))
    except Damaged as damaged:
        return _say(f"The {damaged.capability} is damaged ({damaged.reason}). {RESTORE}")
    except OSError as failed:
        return _say(f"{failed.filename or settings.data}: {failed.strerror or failed}.")
    except UpstreamError as failed:
        return _say(f"The {failed.capability} does not answer ({failed.reason or type(failed).__name__}).")


def _folder(text: str) -> Path:
    """The folder that an argument names. Not every shell replaces the tilde in ``TO=~/folder``."""
    if not text:
        raise argparse.ArgumentTypeError("name a folder, as in `make backup TO=~/lyceum-1`")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"nobody on this machine has the folder {text!r}") from None


def _has_data(data: Path) -> bool:
    return any((data / name).exists() for name in (*STORES, "objects"))


def _back_up(settings: Settings, to: Path) -> int:
    _only_here(settings)
    count = back_up(settings.data, to, datetime.now(UTC))
    print(
        f"{count} files of {settings.data} are in {to}. Keep it as private as the data: it holds the secret too."
    )
    return 0


def _restore(settings: Settings, backup: Path) -> int:
    _only_here(settings)
    before = restore(backup, settings.data, datetime.now(UTC))
    print(f"{settings.data} is as it was when {backup} was made.")
    if before is not None:
        print(f"The previous data are in {before}. Delete them once nothing is missing.")
    return 0


def _only_here(settings: Settings) -> None:
    if settings.profile != "local":
        raise BackupError(
            "On AWS, backups are those of the services: docs/operations.md says how to restore them."
        )


def _faulty(settings: Settings) -> dict[str, str]:
    """The files of stores that are missing or damaged, each with what is wrong."""
    if settings.profile != "local":
        return {}
    found = dict.fromkeys(lost(settings.data), "is missing or empty, though there are documents")
    for name in STORES:
        file = settings.data / name
        if name not in found and file.exists():
            damage = damage_of(file) or unreadable(file)
            if damage is not None:
                found[name] = f"is damaged ({damage})"
    return found


def _check(settings: Settings) -> int:
    faulty = _faulty(settings)
    for name, fault in faulty.items():
        remedy = (
            f"{RESTORE} {WITHOUT_BACKUP[name]}" if name in WITHOUT_BACKUP else "`make repair` makes it anew."
        )
        print(f"{name} {fault}. {remedy}")
    if "tables.sqlite" in faulty or "vectors.sqlite" in faulty:
        return 1
    services = wire(settings)
    try:
        found = checking(services, storing_adapters(services).inventory()).findings(_tell)
    finally:
        storing_adapters(services).close()
    return _report(found) or int(bool(faulty))


def _repair(settings: Settings, *, drop_originals: bool, anew: Sequence[str]) -> int:
    now = datetime.now(UTC)
    faulty = _faulty(settings)
    for name, fault in faulty.items():
        if name in WITHOUT_BACKUP and name.partition(".")[0] not in anew:
            return _say(f"{name} {fault}. {RESTORE} {WITHOUT_BACKUP[name]}")
    for name, fault in faulty.items():
        if (settings.data / name).exists():
            print(
                f"{name} {fault}. It is kept as {set_aside(settings.data / name, now).name}, and a new file is made."
            )
    services = wire(settings)
    if settings.profile == "local":
        services.adapters.key_values, services.adapters.directory  # noqa: B018  # makes the files if there are none
    try:
        left = repairing(services, storing_adapters(services).inventory()).repair(
            _tell, drop_originals=drop_originals
        )
    finally:
        storing_adapters(services).close()
    return _report(left)


def _report(found: Sequence[Finding]) -> int:
    for finding in found:
        print(finding)
    print(f"{len(found)} findings." if found else "Nothing is wrong.")
    return 1 if found else 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _say(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    configure_logging(level=logging.WARNING)
    sys.exit(main())
