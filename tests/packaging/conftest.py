"""The package that ``make test-packaging`` has made, and an account to run it in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infrastructure.chalice_project import PROJECT
from tests.packaging.cloud import Cloud, cloud
from tests.stubs.aws import empty_aws
from tests.support.aws_world import CREDENTIALS

BUILD = PROJECT / "build"
PACKAGE = BUILD / "test-package"


@pytest.fixture(scope="session")
def archive() -> Path:
    path = PACKAGE / "deployment.zip"
    assert path.exists(), "there is no package to test: make test-packaging makes it"
    return path


@pytest.fixture(scope="session")
def template(archive: Path) -> Any:
    return json.loads((archive.parent / "sam.json").read_text())


@pytest.fixture(scope="session")
def code(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, unzipped."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def account() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def empty_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An account of AWS without a stack, and credentials for it in the environment."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with empty_aws():
        yield
