"""``make verify-live`` uses no account unless it is told to, and its tests can run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
CLASSES = re.findall(
    r"^class (Test\w+)", (Path(__file__).parent / "live/verify_contracts.py").read_text(), re.M
)


def verify(*options: str, **environment: str) -> str:
    """The output of ``make verify-live``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LYCEUM_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/live",
        "-o",
        "python_files=verify_*.py",
        "-p",
        "no:cacheprovider",
    ]
    command += ["-o", f"addopts={' '.join(('-q', '--strict-markers', *options))}"]
    told = subprocess.run(
        command,
        env={**kept, "AWS_EC2_METADATA_DISABLED": "true", **environment},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    return told.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "no LIVE=1"),
        (
            {"LYCEUM_LIVE": "1", "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none"},
            "there are no AWS credentials",
        ),
    ],
)
def test_without_an_account_every_class_says_why_it_is_skipped(
    environment: dict[str, str], reason: str
) -> None:
    told = verify(**environment)
    for name in CLASSES:
        assert re.search(rf"^{name}: \d+ skipped: {reason}", told, re.M), told
    assert " passed" not in told


@pytest.mark.slow
def test_with_moto_and_the_stubs_as_the_account_every_class_passes() -> None:
    told = verify("-p tests.live.rehearsal")
    assert re.search(r"^\d{3} passed, 2 skipped", told, re.M), told


def test_the_normal_suite_collects_no_live_test() -> None:
    assert [path.name for path in (Path(__file__).parent / "live").glob("test_*.py")] == []
