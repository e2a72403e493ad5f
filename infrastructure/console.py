"""Builds the console with the Node that is there: ``python -m infrastructure.console``. ``make run`` starts it.

It builds once, and again when a source changed. The server tells how far it is, at ``/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
CLIENTS = PROJECT / "clients"
BUILT = CLIENTS / "console" / "dist"
STATE = PROJECT / "build" / "console.json"
_SOURCES = ("*.ts", "*.tsx", "*.css", "*.html", "*.json", "*.mjs")
_MADE = {"node_modules", "dist", "generated"}


def main() -> int:
    """Returns 0 if the console is built, also if it was already."""
    wanted = _digest()
    if BUILT.is_dir() and _known() == wanted:
        return 0
    npm = shutil.which("npm")
    if npm is None:
        _tell("There is no npm on this machine, so the console is not built. The API runs without it.")
        return 1
    steps = (
        ("Installing the client's packages (1 of 4).", "typescript", ["ci", "--no-audit", "--no-fund"]),
        ("Typing the client from the contract (2 of 4).", "typescript", ["run", "generate"]),
        ("Installing the console's packages (3 of 4).", "console", ["ci", "--no-audit", "--no-fund"]),
        ("Building the console (4 of 4).", "console", ["run", "build"]),
    )
    environment = {**os.environ, "PYTHON": sys.executable}
    for told, folder, arguments in steps:
        _tell(told)
        ended = subprocess.run(  # noqa: S603 - npm, with arguments of our own
            [npm, *arguments],
            cwd=CLIENTS / folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if ended.returncode:
            _tell(
                f"The console could not be built: npm {' '.join(arguments)} failed. The API runs without it."
            )
            print(ended.stdout[-2000:], ended.stderr[-2000:], file=sys.stderr)
            return 1
    _tell("The console is built.", wanted)
    return 0


def _digest() -> str:
    """The digest of all sources. The console is built again when it changes."""
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in CLIENTS.rglob(pattern)}
    for path in sorted(path for path in files if not _MADE & set(path.parts)):
        digest.update(str(path.relative_to(CLIENTS)).encode() + b"\0" + path.read_bytes())
    for path in sorted((PROJECT / "chalicelib").rglob("*.py")):
        digest.update(path.read_bytes())  # the contract is made from it
    return digest.hexdigest()


def _known() -> str | None:
    try:
        known: str | None = json.loads(STATE.read_text(encoding="utf-8")).get("digest")
    except (OSError, ValueError):
        return None
    return known


def _tell(told: str, digest: str | None = None) -> None:
    STATE.parent.mkdir(parents=True, exist_ok=True)
    STATE.write_text(json.dumps({"told": told, "digest": digest}), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
