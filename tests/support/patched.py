"""Copies of the project with a patch applied."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_MADE_BY_TOOLS = {"build", "node_modules"}


def copy_of_the_project(folder: Path) -> Path:
    """Copy the project into the folder, without build results and without hidden files that no test reads. Returns the
    folder.

    Bytecode is copied too: it stays valid for each file that is not patched, so that not every process compiles them
    all.
    """

    def left_out(_: str, names: list[str]) -> set[str]:
        hidden = {name for name in names if name.startswith(".")} - {".chalice", ".ci"}
        return hidden | _MADE_BY_TOOLS

    shutil.copytree(PROJECT, folder, ignore=left_out, symlinks=True, dirs_exist_ok=True)
    return folder


def apply(patch: Path, folder: Path, *how: str) -> None:
    """Apply the patch in the folder with ``git apply``. If it does not apply, the assertion quotes git's message."""
    command = ["git", "apply", *how, str(patch)]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{patch} must be renewed, as docs/recipes.md says: {run.stderr}"
