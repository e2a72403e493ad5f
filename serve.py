"""The laptop's server: it runs ``app.py`` behind HTTP and WebSocket, and replaces S3's events and the schedule.

``python serve.py`` starts the server. ``python serve.py token ada`` prints an access token for a person of the demo
school.
"""

from __future__ import annotations

import argparse
import base64
import logging
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from chalice.config import Config
from chalice.local import LocalGateway, RouteMatcher

from app import app, on_connect, on_disconnect, on_message, services, settings
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.composition.profiles.local.backup import InUse, holding_data
from chalicelib.composition.profiles.local.http_server import Console, LocalHttpServer
from chalicelib.errors import Problem
from chalicelib.http import SECURITY_HEADERS, cors_headers, problem_body
from chalicelib.start_checks import (
    check_names,
    check_present,
    check_space,
    check_versions,
    make_private,
    warnings,
)
from infrastructure.console import BUILT, STATE

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HOST = "127.0.0.1"
MAX_BODY_BYTES = settings.max_upload_bytes + 1024 * 1024
"""The largest upload, and 1 MiB for the form around it."""

_APP = ("/api/", "/local/")
"""The beginning of the app's paths. All other paths are the console's."""
_ABSOLUTE = re.compile(r"https?://([^/?]*)(.*)", re.IGNORECASE)
"""The address in a request to a proxy: with the host, which counts instead of the header."""
PROBLEMS = {
    problem.status: problem
    for problem in (
        Problem(400, "malformed_request", "The request is malformed."),
        Problem(404, "route_not_found", "There is no such route."),
        Problem(405, "method_not_allowed", "The route does not take this method."),
        Problem(408, "request_timed_out", "The request did not arrive in time."),
        Problem(411, "length_required", "Send the body with a Content-Length."),
        Problem(413, "too_large", "The body is too large."),
        Problem(414, "uri_too_long", "The address is too long."),
        Problem(
            421,
            "unknown_host",
            "The request names another server. LYCEUM_PUBLIC_URL can set this server's name.",
        ),
        Problem(431, "headers_too_large", "The headers are too large."),
        Problem(500, "internal_error", "Something went wrong on our side."),
        Problem(505, "http_version_not_supported", "Use HTTP/1.1."),
    )
}
"""What the server itself refuses, before or instead of the app."""

Refusal = tuple[int, list[tuple[str, str]], bytes]

log = logging.getLogger("lyceum.http")

READY = """\
Lyceum is ready: http://127.0.0.1:{port}
Open it in a browser. Data in {data}. Three things to try, in another terminal:

  export TOKEN=$({data_setting}make -s token WHO=ada)
  curl -H "Authorization: Bearer $TOKEN" -F file=@demo/documents/newtons-laws.pdf {url}/api/files
  curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
       -d '{{"message": "What does the second law say?"}}' {url}/api/chat
"""


class WebSocketHandlers:
    """Calls the handlers of app.py in the same way as Lambda does."""

    def connect(self, event: dict[str, Any]) -> dict[str, Any]:
        return dict(on_connect(event, {}))

    def message(self, event: dict[str, Any]) -> dict[str, Any]:
        return dict(on_message(event, {}))

    def disconnect(self, event: dict[str, Any]) -> dict[str, Any]:
        return dict(on_disconnect(event, {}))


class Gateway:
    """Calls the app for each HTTP request, with the checks and errors that API Gateway has in front of a deployed app."""

    def __init__(self) -> None:
        self._routes = RouteMatcher(list(app.routes))
        self._gateway = LocalGateway(app, Config.create())
        self._console = Console(BUILT, STATE, connects_to=(settings.websocket_url, settings.public_url))
        self._hosts = {HOST, "localhost", "[::1]", _host_of(urlsplit(settings.public_url).netloc)}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        try:
            status, headers, body = self._respond(environ)
        except Exception:
            log.exception("request_failed")
            status, headers, body = refuse(500, environ.get("HTTP_ORIGIN"))
        if environ["REQUEST_METHOD"] == "HEAD":
            body = b""
        start_response(f"{status} {_reason(status)}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _respond(self, environ: WSGIEnvironment) -> Refusal:
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        origin = environ.get("HTTP_ORIGIN")
        host = environ.get("HTTP_HOST")
        if host is None and environ["SERVER_PROTOCOL"] == "HTTP/1.1":
            return refuse(400, origin)
        absolute = _ABSOLUTE.fullmatch(target)
        if absolute is not None:
            host, target = absolute[1], absolute[2] if absolute[2].startswith("/") else f"/{absolute[2]}"
        elif not target.startswith("/"):
            return refuse(400, origin)
        if host is not None and _host_of(host) not in self._hosts:
            return refuse(421, origin)
        path = unquote(target.partition("?")[0])
        if method in ("GET", "HEAD") and not path.startswith(_APP):
            takes_gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
            return self._console.reply(path, takes_gzip=takes_gzip) or refuse(404, origin)
        try:
            methods = app.routes[self._routes.match_route(target).route]
        except ValueError:
            return refuse(404, origin)
        if method not in methods:
            return refuse(405, origin, ("Allow", ", ".join(sorted(methods))))
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        }
        body = environ["wsgi.input"].read() or None
        response = self._gateway.handle_request(method, target, headers, body)
        sent = {**response["headers"], **response["multiValueHeaders"]}
        sent.setdefault("Content-Type", "application/json")
        return response["statusCode"], _pairs(sent), _bytes(response)


def refuse(status: int, origin: str | None, *more: tuple[str, str]) -> Refusal:
    """An error in the API's form, with the headers that let the allowed pages read it."""
    request_id = str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json",
        "X-Request-Id": request_id,
        **SECURITY_HEADERS,
        **cors_headers(origin or "", settings),
    }
    problem = PROBLEMS.get(status, PROBLEMS[500])
    return problem.status, [*headers.items(), *more], problem_body(problem, request_id).encode()


def _host_of(netloc: str) -> str:
    """The name in a Host header, without its port."""
    return re.sub(r":\d*$", "", netloc.strip()).lower()


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"


def _pairs(headers: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    """The headers as a list of pairs. A header with several values has several pairs."""
    return [
        (name, value)
        for name, values in headers.items()
        if name.lower() not in ("content-length", "connection")
        for value in (values if isinstance(values, list) else [values])
    ]


def _bytes(response: Mapping[str, Any]) -> bytes:
    body = response["body"] or b""
    if response.get("isBase64Encoded"):
        return base64.b64decode(body)
    return body if isinstance(body, bytes) else str(body).encode()


def make_server(port: int) -> LocalHttpServer:
    """Raises ``OSError`` if the port is in use."""
    return LocalHttpServer(HOST, port, Gateway(), refuse, max_body_bytes=MAX_BODY_BYTES)


def serve(*, with_console: bool = False) -> None:
    """``with_console`` builds the console in the background, if a source of it changed."""
    with ExitStack() as stack:
        _serve(stack, with_console=with_console)


def _serve(stack: ExitStack, *, with_console: bool) -> None:
    """Serve until SIGINT or SIGTERM arrives. Exits with a message if a port is in use."""
    adapters = services.adapters
    check_names(os.environ)
    losses: list[str] = []
    if settings.profile == "local":
        make_private(settings.data)
        check_versions(settings.data)
        losses += check_present(settings.data)
        losses += check_space(settings.data)
        try:
            stack.enter_context(holding_data(settings.data))
        except InUse:
            sys.exit(f"Another server uses {settings.data}: set LYCEUM_DATA to another folder")
    if isinstance(adapters, LocalAdapters):
        adapters.check_model()
    try:
        server = make_server(settings.port)
    except OSError as failed:
        sys.exit(f"Port {settings.port} cannot be served ({_why(failed)}): set LYCEUM_PORT to another")
    if isinstance(adapters, LocalAdapters):
        # Chalice requires the address of an endpoint for pushes. It is not used, because the gateway pushes directly.
        app.websocket_api.configure(HOST, "local")
        try:
            adapters.gateway.start(WebSocketHandlers())
        except OSError as failed:
            sys.exit(
                f"Port {settings.ws_port} cannot be served ({_why(failed)}): set LYCEUM_WS_PORT to another"
            )
        for warning in (*losses, *warnings(settings, adapters)):
            print(f"Warning: {warning}", file=sys.stderr)
        adapters.events.start()
    server.start()
    data = os.environ.get("LYCEUM_DATA")
    ready = READY.format(
        port=settings.port,
        data=settings.data,
        url=settings.public_url,
        data_setting=f"LYCEUM_DATA={shlex.quote(data)} " if data else "",
    )
    print(ready, flush=True)
    if with_console:
        build = subprocess.Popen([sys.executable, "-m", "infrastructure.console"], cwd=Path(__file__).parent)
        stack.callback(build.terminate)
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: stop.set())
    stop.wait()
    server.stop()
    if isinstance(adapters, LocalAdapters):
        adapters.events.stop()
        adapters.gateway.stop()
        adapters.close()


def _why(failed: OSError) -> str:
    """The system's own message, without the text that asyncio adds."""
    return os.strerror(failed.errno) if failed.errno else str(failed)


def print_token(who: str) -> None:
    """Print an access token for a person of the demo school. It is valid for twelve hours."""
    check_names(os.environ)
    adapters = services.adapters
    if not isinstance(adapters, LocalAdapters):
        sys.exit("Only the local profile mints tokens.")
    make_private(settings.data)
    people = {person.user_id: person for person in adapters.demo_people()}
    if who not in people:
        sys.exit(f"Nobody is called {who!r} here. There are: {', '.join(people)}")
    print(adapters.identity.mint(people[who]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--console", action="store_true", help="build the console in the background")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("token").add_argument("who")
    chosen = parser.parse_args()
    if chosen.command == "token":
        print_token(chosen.who)
    else:
        serve(with_console=chosen.console)


if __name__ == "__main__":
    main()
