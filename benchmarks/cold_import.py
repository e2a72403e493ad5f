"""The time of `import app` in each profile, compared with a hello-world Chalice app.

``python -m benchmarks.cold_import``. Each import runs in a new interpreter. The fastest of several runs counts,
because a busy machine makes runs slower, never faster. The interpreters may store bytecode, because the package on AWS
contains it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parent.parent
RUNS = 9
HELLO = """
from chalice.app import Chalice
app = Chalice(app_name="hello")

@app.route("/")
def hello():
    return {}
"""
MEASURE = """
import sys, time
started = time.perf_counter()
import {module}
print(time.perf_counter() - started)
print(" ".join(name for name in {unwanted!r} if name in sys.modules))
"""
UNWANTED = (
    "boto3",
    "botocore",
    "pypdf",
    "docx",
    "supabase",
    "postgrest",
    "pinecone",
    "numpy",
    "onnxruntime",
    "jwt",
)


def import_seconds(module: str, folder: Path, environment: dict[str, str]) -> tuple[float, str]:
    """The seconds of the fastest of several runs, and the names of the heavy packages that were imported."""
    code = MEASURE.format(module=module, unwanted=UNWANTED)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **environment}
    best, loaded = float("inf"), ""
    for _ in range(RUNS):
        output = subprocess.check_output([sys.executable, "-c", code], cwd=folder, env=environment, text=True)
        seconds, loaded = output.split("\n")[:2]
        best = min(best, float(seconds))
    return best, loaded


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hello.py").write_text(HELLO)
        baseline, _ = import_seconds("hello", Path(folder), {})
    print(f"hello-world Chalice app   {baseline * 1000:6.1f} ms   1.0")
    for profile in ("local", "aws"):
        seconds, loaded = import_seconds("app", PROJECT, {"LYCEUM_PROFILE": profile})
        print(
            f"import app, {profile:<5}         {seconds * 1000:6.1f} ms   {seconds / baseline:.1f}"
            f"   heavy packages imported: {loaded or 'none'}"
        )


if __name__ == "__main__":
    main()
