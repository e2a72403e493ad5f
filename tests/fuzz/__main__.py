"""Fuzzes every reader of data that strangers send: ``python -m tests.fuzz SECONDS [TARGET …]``.

Two processes run at the same time. It prints the number of inputs that each reader got. An input on which a reader fails
is stored under ``build/fuzz``, and its path is printed; ``python -m tests.fuzz --replay TARGET PATH`` tries it again.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

PROJECT = Path(__file__).parents[2]
FOLDER = PROJECT / "build" / "fuzz"
PROCESSES = 2


@dataclass(frozen=True)
class Outcome:
    name: str
    tried: int
    crashes: tuple[Path, ...]
    failure: str


def fuzz(name: str, seconds: int) -> Outcome:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob("*-*"))
    engine = [sys.executable, "-W", "ignore", "-m", "tests.fuzz.engine", name, str(seconds), str(folder)]
    ended = subprocess.run(engine, cwd=PROJECT, capture_output=True, text=True, errors="replace", check=False)
    counts = re.findall(
        r"number_of_executed_units:\s+(\d+)|^(\d+)$", ended.stderr + ended.stdout, re.MULTILINE
    )
    tried = max((int(one or other) for one, other in counts), default=0)
    found = tuple(sorted(path for path in set(folder.glob("*-*")) - before if path.is_file()))
    failure = ended.stderr[-3000:] if ended.returncode or not tried else ""
    return Outcome(name, tried, found, failure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=int, nargs="?", default=120)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--replay", nargs=2, metavar=("TARGET", "PATH"))
    chosen = parser.parse_args()
    if chosen.replay:
        name, path = chosen.replay
        TARGETS[name].run(Path(path).read_bytes())
        print(f"{name} bears {path}")
        return
    names = chosen.targets or list(TARGETS)
    if unknown := set(names) - TARGETS.keys():
        parser.error(
            f"there is no such target: {', '.join(sorted(unknown))}. There are {', '.join(TARGETS)}."
        )
    each = max(1, chosen.seconds * PROCESSES // len(names))
    engine = "atheris" if importlib.util.find_spec("atheris") else "Hypothesis"
    print(f"{len(names)} readers, {each} s each, by {engine}", flush=True)
    failed = False
    with ThreadPoolExecutor(PROCESSES) as pool:
        for outcome in pool.map(lambda name: fuzz(name, each), names):
            print(f"{outcome.name:<14} {outcome.tried:>9,} inputs", flush=True)
            for path in outcome.crashes:
                print(f"  not borne: {path}", flush=True)
            if outcome.failure:
                print(outcome.failure, file=sys.stderr)
            failed = failed or bool(outcome.crashes or outcome.failure)
    sys.exit(failed)


if __name__ == "__main__":
    main()
