"""`make package`: writes the template and the zip of a stage."""

from __future__ import annotations

import argparse
import compileall
import json
import py_compile
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infrastructure import chalice_project
from infrastructure.names import checked_stage
from infrastructure.template import complete

MOST_ZIPPED = 40 * 1024 * 1024
"""In bytes. It is less than Lambda's limit of 50 MB, so that the package can grow."""
MOST_UNZIPPED = 250 * 1024 * 1024
"""Lambda's limit for the unpacked code, in bytes."""
_IN_LAMBDA = "/var/task"
_THE_PAST = (1980, 1, 1, 0, 0, 0)


class BadPackage(SystemExit):
    """The package would not work on Lambda. The message says why."""


def package(stage: str, out: Path, *, bytecode: bool = True) -> None:
    """Write ``sam.json`` and ``deployment.zip`` to ``out``. Raises ``BadPackage``."""
    out.mkdir(parents=True, exist_ok=True)
    made = chalice_project.make(stage, out / "project")
    code = out / "code"
    shutil.rmtree(code, ignore_errors=True)
    with zipfile.ZipFile(made.zip) as archive:
        archive.extractall(code)
    if bytecode:
        compile_all(code)
    archive_path = out / "deployment.zip"
    zip_folder(code, archive_path)
    check(archive_path)
    template = complete(made.template, stage)
    (out / "sam.json").write_text(json.dumps(template, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(out / "project")
    shutil.rmtree(code)


def compile_all(folder: Path) -> None:
    """Add bytecode to the sources. Lambda's folder is read-only, so otherwise each cold start would compile them again.

    The bytecode is a quarter of the zip. It saves half of the work of ``import app``, and up to half of the work of a
    function's first request (``make cold-start``). Python does not compare its time with the sources' times, because
    Lambda changes those.
    """
    compiled = compileall.compile_dir(
        folder,
        quiet=2,
        force=True,
        stripdir=str(folder),
        prependdir=_IN_LAMBDA,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    if not compiled:
        raise BadPackage("some of the sources cannot be compiled by this Python")


def zip_folder(folder: Path, archive: Path) -> None:
    """Zip the folder. The same content always gives the same bytes, so unchanged code is not deployed again."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _THE_PAST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, path.read_bytes())


def check(archive: Path) -> None:
    """Check the size and the content: Chalice leaves out what it cannot find or build, without a message. Raises
    ``BadPackage``.
    """
    with zipfile.ZipFile(archive) as zipped:
        names = set(zipped.namelist())
        unzipped = sum(entry.file_size for entry in zipped.infolist())
    size = archive.stat().st_size
    if size > MOST_ZIPPED or unzipped > MOST_UNZIPPED:
        raise BadPackage(f"the package has {size:,} bytes, {unzipped:,} unzipped")
    missing = sorted(name for name in _expected() if name not in names)
    if missing:
        raise BadPackage(f"{len(missing)} files are missing from the package, for example {missing[0]}")
    unwanted = sorted(
        name for name in names if re.match(r"(fakes|tests|infrastructure|boto3|botocore|numpy)/", name)
    )
    if unwanted:
        raise BadPackage(f"the package contains a file that does not belong there: {unwanted[0]}")
    print(f"{archive}: {size / 1e6:.1f} MB, {unzipped / 1e6:.1f} MB unzipped, {len(names)} files")


def _expected() -> Iterator[str]:
    """The modules that the package must contain: those of the project and of all distributions that it requires."""
    root = chalice_project.PROJECT
    yield from ("app.py", "chalice/app.py")
    for name in ("chalicelib", "domain", "ports", "adapters"):
        yield from (path.relative_to(root).as_posix() for path in (root / name).rglob("*.py"))
    for required in _distributions(root / "requirements.txt"):
        yield from _modules(required)


def _distributions(requirements: Path) -> list[Distribution]:
    """The distributions that the file names, and all distributions that they require, as installed in this environment."""
    lines = [line.partition("#")[0].strip() for line in requirements.read_text().splitlines()]
    waiting = [Requirement(line) for line in lines if line and not line.startswith("-")]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        for extra in {"", *asked.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            found.setdefault(name, distribution(asked.name))
            required = [Requirement(line) for line in found[name].requires or ()]
            waiting += [
                one for one in required if one.marker is None or one.marker.evaluate({"extra": extra})
            ]
    return list(found.values())


def _modules(of: Distribution) -> Iterator[str]:
    """The paths of the distribution's Python sources in the package. Compiled modules are left out: their names differ
    between machines.
    """
    return (file.as_posix() for file in of.files or () if file.suffix == ".py" and ".." not in file.parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--out", type=Path, default=Path("build/package"))
    parser.add_argument("--no-bytecode", dest="bytecode", action="store_false")
    asked = parser.parse_args()
    try:
        stage = checked_stage(asked.stage)
    except ValueError as error:
        sys.exit(str(error))
    package(stage, asked.out, bytecode=asked.bytecode)


if __name__ == "__main__":
    main()
