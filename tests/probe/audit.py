"""Searches PyPI's known vulnerabilities for the pinned packages: ``python -m tests.probe.audit``.

The exit code is 1 if one is known. If PyPI itself cannot be asked (only a mirror, or no network), it says that nothing
was checked, and the exit code is 0.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([\w.+!-]+)", re.MULTILINE)


def pins() -> dict[str, str]:
    """The version of every pinned package, by its name as PyPI writes it."""
    files = (PROJECT / "constraints.txt", *PROJECT.glob("requirements*.txt"))
    found = [pin for file in files for pin in _PIN.findall(file.read_text())]
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def main() -> None:
    pinned = pins()
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "pins.txt")
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in sorted(pinned.items())))
        command = [sys.executable, "-m", "pip_audit", "--no-deps", "--disable-pip", "--progress-spinner=off"]
        ended = subprocess.run(
            [*command, "--format=json", f"--requirement={wanted}"],
            capture_output=True,
            text=True,
            check=False,
        )
    try:
        packages = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"Nothing was looked up: pip-audit could not reach PyPI.\n{ended.stderr.strip()[-500:]}")
        return
    looked_up = [one for one in packages if "skip_reason" not in one]
    known = [(one["name"], one["version"], flaw["id"]) for one in looked_up for flaw in one["vulns"]]
    print(f"{len(looked_up)} of {len(pinned)} pinned packages looked up, {len(known)} known vulnerabilities")
    if not looked_up:
        print(
            "Nothing was looked up: what serves as PyPI here has no answers about vulnerabilities (its JSON API)."
        )
    for name, version, flaw in known:
        print(f"  {name} {version}: {flaw}")
    sys.exit(bool(known))


if __name__ == "__main__":
    main()
