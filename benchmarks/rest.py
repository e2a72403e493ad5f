"""A REST request to the laptop's server, compared with an empty Chalice route on the same server.

``python -m benchmarks.rest``. The requests use one connection, one after another. It prints the median of many.
"""

from __future__ import annotations

import http.client
import os
import statistics
import tempfile
import time

REQUESTS = 600
WARM_UP = 60


def median_milliseconds(connection: http.client.HTTPConnection, path: str, token: str) -> float:
    durations = []
    for number in range(WARM_UP + REQUESTS):
        started = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
        if number >= WARM_UP:
            durations.append(time.perf_counter() - started)
    return statistics.median(durations) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"LYCEUM_PROFILE": "local", "LYCEUM_DATA": folder}
        import logging

        from app import app, services
        from chalicelib.composition.demo_school import DEMO_SCHOOL
        from chalicelib.composition.profiles.local.adapters import LocalAdapters
        from serve import make_server

        logging.getLogger("lyceum").setLevel(logging.WARNING)
        adapters = services.adapters
        if not isinstance(adapters, LocalAdapters):
            raise RuntimeError("the local profile was asked for")
        token = adapters.identity.mint(DEMO_SCHOOL.people[0])

        @app.route("/bare")
        def bare() -> dict[str, str]:
            return {}

        server = make_server(0)
        server.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        baseline = median_milliseconds(connection, "/bare", token)
        print(f"bare Chalice route                       {baseline:6.2f} ms   1.0")
        for path, meaning in (
            ("/api/health", "public route"),
            ("/api/me", "token, directory"),
            ("/api/files", "token, directory, one indexed query"),
        ):
            taken = median_milliseconds(connection, path, token)
            print(f"GET {path:<12} {meaning:<24} {taken:6.2f} ms   {taken / baseline:.1f}")
        connection.close()
        server.stop()


if __name__ == "__main__":
    main()
