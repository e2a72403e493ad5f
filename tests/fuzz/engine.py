"""Fuzzes one target in a process of its own: guided by coverage if atheris is installed, otherwise with random input.

``python -m tests.fuzz.engine TARGET SECONDS FOLDER``. The last line on standard output is the number of inputs. An input
on which the target fails is stored in FOLDER as ``crash-…``, and the exit status is 77.
"""

from __future__ import annotations

import hashlib
import logging
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:  # atheris must see the first import of these modules
    from tests.fuzz.targets import Target

FOUND = 77


def changes_of(target: Target) -> st.SearchStrategy[bytes]:
    """Random inputs: the target's seeds with random changes, and any other bytes."""
    seeds = list(target.seeds())

    @st.composite
    def changed(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(st.sampled_from(seeds)))
        for _ in range(draw(st.integers(0, 8))):
            at = draw(st.integers(0, len(data)))
            data[at : at + draw(st.integers(0, 16))] = draw(st.binary(max_size=16))
        return bytes(data[: target.max_bytes])

    return changed() | st.binary(max_size=200) | st.text(max_size=200).map(str.encode)


def by_coverage(name: str, seconds: int, folder: Path) -> None:
    """Fuzz with atheris. Does not return: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(
        include=["adapters", "chalicelib", "domain", "ports", "pypdf", "docx", "jwt"]
    ):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={target.max_bytes}",
        "-timeout=30",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={folder}/",
        f"-error_exitcode={FOUND}",
        f"-timeout_exitcode={FOUND}",
        str(corpus),
    ]
    atheris.Setup([sys.argv[0], *options], target.run)
    atheris.Fuzz()


def by_chance(name: str, seconds: int, folder: Path) -> None:
    """Fuzz with the random inputs of Hypothesis."""
    from tests.fuzz.targets import TARGETS

    target, tried, until = TARGETS[name], 0, time.monotonic() + seconds

    def round_of(seed: int) -> None:
        @settings(
            max_examples=200,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(changes_of(target))
        def try_one(data: bytes) -> None:
            nonlocal tried
            tried += 1
            last[0] = data
            target.run(data)

        random.seed(seed)
        try_one()

    last = [b""]
    seed = 0
    while time.monotonic() < until:
        seed += 1
        try:
            round_of(seed)
        except BaseException:
            path = folder / f"crash-{hashlib.sha1(last[0], usedforsecurity=False).hexdigest()}"
            path.write_bytes(last[0])
            print(tried, flush=True)
            raise SystemExit(FOUND) from None
    print(tried, flush=True)


def main() -> None:
    name, seconds, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    sys.argv = sys.argv[:1]
    logging.getLogger("lyceum").addHandler(logging.NullHandler())
    logging.getLogger("lyceum").propagate = False
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        import atheris  # noqa: F401
    except ImportError:
        by_chance(name, seconds, folder)
    else:
        by_coverage(name, seconds, folder)


if __name__ == "__main__":
    main()
