"""Finds files of installed packages without importing them, and checks that they are the expected ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from errno import ENOENT
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ports.errors import Unavailable


def installed_file(package: str, file: str, sha256: str, *, capability: str) -> Path:
    """The path of a package's file. Raises ``Unavailable`` if it is missing or has another digest."""
    return _checked(package, file, sha256, capability, _digest_of_file)


def installed_folder(package: str, folder: str, sha256: str, *, capability: str) -> Path:
    """The path of a package's folder. Raises ``Unavailable`` if it is missing or has another digest.

    ``sha256`` is the digest of the paths and contents of its files, in the order of the paths. Files ``.pyc`` do not
    count.
    """
    return _checked(package, folder, sha256, capability, _digest_of_folder)


def _checked(package: str, name: str, sha256: str, capability: str, digest_of: Callable[[Path], str]) -> Path:
    try:
        path = Path(str(distribution(package).locate_file(name)))
        actual = digest_of(path)
    except PackageNotFoundError:
        raise Unavailable(capability, f"the package {package} is not installed") from None
    except OSError as failed:
        raise Unavailable(capability, f"the package {package} lacks {name}: {failed.strerror}") from failed
    if actual != sha256:
        raise Unavailable(capability, f"{name} of {package} has sha256 {actual}, not {sha256}")
    return path


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _digest_of_folder(path: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".pyc")
    if not files:
        raise FileNotFoundError(ENOENT, "no such folder", str(path))
    for file in files:
        digest.update(file.relative_to(path).as_posix().encode() + b"\0" + _digest_of_file(file).encode())
    return digest.hexdigest()
