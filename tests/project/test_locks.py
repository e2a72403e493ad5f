"""The lock files in ``locks/`` pin every package that ``make`` installs, with the hashes of its files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[2]
SETS = ("local", "console", "voice", "languages", "ocr", "test", "security", "package", "runtime", "lock")
ALONE = ("llm",)
"""Sets that are installed without the dependencies of their packages."""
_PIN = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)(?: ; [^\\]+)?(?P<hashes>(?: \\\n +--hash=\S+)*)$", re.M
)
_HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")


def asked_for(file: Path) -> dict[str, Requirement]:
    """The requirements of a file and of the files that it includes with ``-r``, by name."""
    found: dict[str, Requirement] = {}
    for line in file.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found |= asked_for(PROJECT / text.removeprefix("-r ").strip())
        elif text:
            requirement = Requirement(text)
            found[canonicalize_name(requirement.name)] = requirement
    return found


def pins(file: Path) -> dict[str, tuple[str, list[str]]]:
    """The version and the hashes of every package in a lock file, by name."""
    return {
        canonicalize_name(pin["name"]): (pin["version"], pin["hashes"].replace("\\\n", "").split())
        for pin in _PIN.finditer(file.read_text())
    }


def test_every_set_of_requirements_has_a_lock_file() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    for variable, sets in (("LOCKED", SETS), ("ALONE", ALONE)):
        named = re.search(rf"^{variable} := (.*)$", makefile, re.MULTILINE)
        assert named is not None
        assert sorted(named.group(1).split()) == sorted(sets)
    every = sorted([*SETS, *ALONE])
    assert sorted(file.stem for file in (PROJECT / "locks").iterdir()) == every
    assert sorted(file.stem for file in PROJECT.glob("requirements-*.txt")) == [
        f"requirements-{name}" for name in every
    ]


@pytest.mark.parametrize("name", [*SETS, *ALONE])
def test_a_lock_file_pins_each_package_with_hashes_and_names_no_location(name: str) -> None:
    text = (PROJECT / "locks" / f"{name}.txt").read_text()
    locked = pins(PROJECT / "locks" / f"{name}.txt")
    assert locked
    # The pattern matches every line of the file that is no comment, so no line names a place to download from.
    assert re.sub(r"^#.*\n", "", _PIN.sub("", text), flags=re.M).strip() == ""
    for package, (_, hashes) in locked.items():
        assert hashes, package
        assert all(_HASH.match(one) for one in hashes), package


@pytest.mark.parametrize("name", [*SETS, *ALONE])
def test_a_lock_file_satisfies_its_requirements(name: str) -> None:
    """Fails after a change of a requirements file without ``make lock``."""
    locked = pins(PROJECT / "locks" / f"{name}.txt")
    for package, requirement in asked_for(PROJECT / f"requirements-{name}.txt").items():
        assert package in locked
        assert requirement.specifier.contains(locked[package][0]), requirement


def test_all_sets_have_the_same_version_of_a_package() -> None:
    chosen: dict[str, str] = {
        canonicalize_name(line.split("==")[0]): re.split(r"[\s;]", line.split("==")[1])[0]
        for line in (PROJECT / "constraints.txt").read_text().splitlines()
        if not line.lstrip().startswith("#")
    }
    used: set[str] = set()
    for name in SETS:
        for package, (version, _) in pins(PROJECT / "locks" / f"{name}.txt").items():
            assert version == chosen[package], f"{package} in locks/{name}.txt"
            used.add(package)
    assert used == set(chosen)
