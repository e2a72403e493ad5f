"""Sends the server valid and invalid requests, made from its own contract: ``python -m tests.probe [EXAMPLES]``.

Schemathesis makes up to EXAMPLES requests of each kind for each operation of the OpenAPI document, and sends them to a
server in a process of its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from demo.play import DOCUMENTS, Person, Server, running_server, token_of

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "unsupported_method",
)
SEED = 20260914
PLENTY = "10000"
"""A limit that is never reached. Otherwise the requests would be refused before they reach the code to test."""


def probe(server: Server, who: str, examples: int, folder: str) -> int:
    """Run Schemathesis as this person. Returns its exit code: 0 if nothing was found. Its files go into the folder."""
    token = token_of(who, server)
    print(f"\nAs {who}:", flush=True)
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        "run",
        f"{server.url}/api/openapi.json",
        f"--header=Authorization:Bearer {token}",
        f"--checks={','.join(CHECKS)}",
        f"--max-examples={examples}",
        f"--seed={SEED}",
        "--phases=examples,coverage,fuzzing",
        "--generation-database=none",
        "--request-timeout=60",
        "--warnings=off",
        "--no-color",
        "--continue-on-failure",
    ]
    return subprocess.run(command, cwd=folder, check=False).returncode


def main() -> None:
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(
            Path(folder),
            LYCEUM_MESSAGES_A_DAY=PLENTY,
            LYCEUM_QUESTIONS_A_DAY=PLENTY,
            LYCEUM_PAGES_A_DAY=PLENTY,
            LYCEUM_REQUESTS_A_MINUTE=PLENTY,
        ) as server,
    ):
        ada = Person(server.url, token_of("ada", server))
        ada.upload(DOCUMENTS / "newtons-laws.pdf", "physics_101")
        ended = [probe(server, who, examples, folder) for who in ("ada", "grace")]
    sys.exit(max(ended))


if __name__ == "__main__":
    main()
