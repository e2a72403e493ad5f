"""Files that packages carry: found without importing the package, and used only if they are the pinned ones."""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ports.errors import Unavailable


def installed_file(package: str, file: str, sha256: str, *, capability: str) -> Path:
    """Where a package's file lies. Raises ``Unavailable`` where it is missing or another one."""
    try:
        path = Path(str(distribution(package).locate_file(file)))
        with path.open("rb") as content:
            actual = hashlib.file_digest(content, "sha256").hexdigest()
    except PackageNotFoundError:
        raise Unavailable(capability, f"the package {package} is not installed") from None
    except OSError as failed:
        raise Unavailable(capability, f"{package} lacks {file}: {failed.strerror}") from failed
    if actual != sha256:
        raise Unavailable(capability, f"{file} of {package} has sha256 {actual}, not {sha256}")
    return path
