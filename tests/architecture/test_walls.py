"""The import contracts of pyproject.toml, tried on a copy of the project, with and without forbidden imports."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
UNREAD = shutil.ignore_patterns(".*", "__pycache__", "build", "vendor", "*.pdf", "*.docx", "*.ogg")
UPWARDS = "Nothing imports upwards"
CAPABILITIES = "A capability imports those below it, and none beside it"
COMPOSITION = "Only the composition imports adapters and fakes"
CORE = "The core imports only the standard library and itself"
AN_ADAPTER = "from adapters.local.stores.key_values import SQLiteKeyValueStore"
A_FAKE = "from fakes.key_value_store import InMemoryKeyValueStore"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("copy") / "project"
    shutil.copytree(PROJECT, path, ignore=UNREAD, symlinks=True)
    return path


@contextmanager
def with_lines(copy: Path, lines: Mapping[str, str]) -> Iterator[None]:
    """Append each line to its file, in the block. A file that does not exist is created."""
    before = {}
    for name, line in lines.items():
        path = copy / name
        before[path] = path.read_text() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{before[path] or ''}\n{line}\n")
    try:
        yield
    finally:
        for path, text in before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text)


def told_by_contracts(copy: Path) -> tuple[set[str], str]:
    """The names of the broken contracts in the copy, and the output about them."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    wide = os.environ | {"COLUMNS": "300"}
    done = subprocess.run(command, cwd=copy, env=wide, capture_output=True, text=True)
    broken = set(re.findall(r"^(.+) BROKEN$", done.stdout, re.MULTILINE))
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    assert done.returncode == bool(broken)
    return broken, done.stdout


def refused(copy: Path, contract: str, lines: Mapping[str, str]) -> set[str]:
    """The files of ``lines`` whose added line breaks the contract. No other contract breaks."""
    with with_lines(copy, lines):
        broken, told = told_by_contracts(copy)
    assert broken <= {contract}
    importers = set(re.findall(r"([\w.]+) -> ", told))
    return {name for name in lines if name.removesuffix(".py").replace("/", ".") in importers}


def test_the_project_keeps_every_contract(copy: Path) -> None:
    broken, told = told_by_contracts(copy)
    assert broken == set(), told


def test_the_composition_alone_imports_adapters_and_fakes(copy: Path) -> None:
    outside = {
        "chalicelib/websocket.py": AN_ADAPTER,
        "chalicelib/http.py": A_FAKE,
        "chalicelib/routes/chat.py": f"def view():\n    {AN_ADAPTER}",
        "chalicelib/a_new_module.py": A_FAKE,
        "chalicelib/a_folder_without_init/module.py": AN_ADAPTER,
        "infrastructure/storage.py": AN_ADAPTER,
        "app.py": A_FAKE,
        "serve.py": AN_ADAPTER,
        "demo/play.py": f"if TYPE_CHECKING:\n    {AN_ADAPTER}",
        "a_new_folder/script.py": "import adapters.local.events",
    }
    inside = {
        "chalicelib/composition/profiles/another.py": AN_ADAPTER,
        "tests/api/test_chat.py": AN_ADAPTER,
        "benchmarks/rest.py": A_FAKE,
    }
    assert refused(copy, COMPOSITION, outside | inside) == outside.keys()


def test_the_core_imports_the_standard_library_alone(copy: Path) -> None:
    others = {
        "domain/quizzes/grading.py": "import qdrant_client",
        "domain/quizzes/quiz.py": "from qdrant_client.http import models",
        "domain/access/budgets.py": "def connect():\n    import qdrant_client",
        "domain/access/receipts.py": "if TYPE_CHECKING:\n    from qdrant_client import QdrantClient",
        "domain/documents/library.py": "import chalice, botocore",
        "domain/documents/a_folder_without_init/module.py": "import qdrant_client",
        "domain/text/links.py": "import importlib",
        "ports/vector_store.py": "import numpy",
        "ports/a_new_port.py": "import tests.support.world",
    }
    its_own = {
        "domain/base/moments.py": "import sqlite3, http.client, concurrent.futures",
        "domain/tutoring/tutoring.py": "import ports.agent, domain.base.errors",
        "ports/agent.py": "from xml.etree import ElementTree",
    }
    assert refused(copy, CORE, others | its_own) == others.keys()


def test_a_capability_imports_no_capability_above_or_beside_it(copy: Path) -> None:
    upwards = {
        "domain/documents/library.py": "import domain.quizzes",
        "domain/base/moments.py": "def later():\n    import domain.access",
        "domain/tutoring/tutoring.py": "import domain.interviews",
    }
    downwards = {"domain/privacy/holdings.py": "import domain.quizzes"}
    assert refused(copy, CAPABILITIES, upwards | downwards) == upwards.keys()


def test_nothing_below_the_edge_imports_it(copy: Path) -> None:
    lines = {
        "chalicelib/events.py": "import infrastructure.names",
        "adapters/system.py": "import chalicelib.deadline",
        "fakes/system.py": "import chalicelib.deadline",
    }
    assert refused(copy, UPWARDS, lines) == lines.keys()
