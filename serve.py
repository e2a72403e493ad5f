"""The laptop's server: it runs ``app.py`` behind HTTP and WebSocket, and replaces S3's events and the schedule.

``python serve.py`` starts the server. ``python serve.py token ada`` prints an access token for a person of the demo
school.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
import uuid
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalDevServer, LocalGatewayException

from app import app, on_connect, on_disconnect, on_message, services, settings
from chalicelib.composition.demo_school import DEMO_SCHOOL
from chalicelib.composition.profiles.local.adapters import LocalAdapters
from chalicelib.errors import Problem
from chalicelib.http import SECURITY_HEADERS, cors_headers, problem_body

HOST = "127.0.0.1"
MAX_BODY_BYTES = settings.max_upload_bytes + 1024 * 1024
"""The largest upload, and 1 MiB for the form around it."""

_NO_SUCH_METHOD = Problem(405, "method_not_allowed", "The route does not take this method.")

READY = """\
Lyceum is ready: http://127.0.0.1:{port}
Data in {data}. Three things to try, in another terminal:

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


class Handler(ChaliceRequestHandler):
    """Chalice's local handler, with the checks and errors that API Gateway has in front of a deployed app."""

    # Chalice writes headers and body separately. Nagle's algorithm would delay the body by 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1

    def _generic_handle(self) -> None:
        length = self.headers.get("content-length", "0").strip()
        if "transfer-encoding" in self.headers:
            self._refuse(Problem(411, "length_required", "Send the body with a Content-Length."))
        elif not (length.isascii() and length.isdecimal()):
            self._refuse(Problem(400, "malformed_request", "The Content-Length is no number."))
        elif len(length) > 15 or int(length) > MAX_BODY_BYTES:
            self._refuse(Problem(413, "too_large", "The body is larger than we take."))
        else:
            super()._generic_handle()
            self.wfile.flush()

    # In the base class these names are bound to the base class's own method.
    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815

    def _methods(self) -> str:
        """The methods of the route that the request asked for, for the Allow header."""
        asked = urlsplit(self.path).path.split("/")
        for path, methods in app.routes.items():
            parts = path.split("/")
            if len(parts) == len(asked) and all(
                part == one or part.startswith("{") for part, one in zip(parts, asked, strict=True)
            ):
                return ", ".join(sorted(methods))
        return "GET"

    def _refuse(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        """Respond without reading the body. The connection is closed afterwards."""
        self.close_connection = True
        self._send(problem, headers)

    def _send_http_response(self, code: int, headers: dict[str, Any], body: str | bytes | None) -> None:
        """Replace Chalice's own 405 by the API's form of an error. Send every other response as the app made it."""
        if code == 405 and "X-Request-Id" not in headers:
            self._send(_NO_SUCH_METHOD, {"Allow": self._methods()})
        else:
            super()._send_http_response(code, headers, self._body(body))

    def _send_error_response(self, error: LocalGatewayException) -> None:
        """Send an error of Chalice's local gateway in the API's form of an error."""
        if error.CODE == 403:
            self._send(Problem(404, "route_not_found", "There is no such route."))
        else:
            self._send(Problem(error.CODE, "gateway_error", "The request could not be handled."))

    def _send(self, problem: Problem, more: dict[str, str] | None = None) -> None:
        """Send an error in the API's form, with the headers that let the allowed pages read it."""
        request_id = str(uuid.uuid4())
        headers = {
            "Content-Type": "application/json",
            "X-Request-Id": request_id,
            "Connection": "close" if self.close_connection else "keep-alive",
            **SECURITY_HEADERS,
            **cors_headers(self.headers.get("origin", ""), settings),
            **(more or {}),
        }
        super()._send_http_response(problem.status, headers, self._body(problem_body(problem, request_id)))
        self.wfile.flush()

    def _body(self, body: str | bytes | None) -> str | bytes | None:
        """The body to send: none in the response to HEAD."""
        return None if self.command == "HEAD" else body

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send an error of the HTTP server itself: the request is malformed, or its method is unknown."""
        if code == HTTPStatus.NOT_IMPLEMENTED:  # no route has a method that the server does not know
            self._refuse(_NO_SUCH_METHOD, {"Allow": self._methods()})
            return
        self._refuse(Problem(code, "malformed_request", "The request is not one that is served here."))

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the app logs each request, without the URL, which may contain secrets."""


def make_server(port: int) -> LocalDevServer:
    return LocalDevServer(app, Config.create(), HOST, port, handler_cls=Handler)


def serve() -> None:
    """Serve until SIGINT or SIGTERM arrives. Exits with a message if a port is in use."""
    adapters = services.adapters
    try:
        server = make_server(settings.port)
    except OSError as failed:
        sys.exit(f"Port {settings.port} cannot be served ({failed.strerror}): set LYCEUM_PORT to another")
    if isinstance(adapters, LocalAdapters):
        # Chalice requires the address of a push endpoint. Here the gateway pushes directly.
        app.websocket_api.configure(HOST, "local")
        try:
            adapters.gateway.start(WebSocketHandlers())
        except OSError as failed:
            sys.exit(
                f"Port {settings.ws_port} cannot be served ({failed.strerror}): set LYCEUM_WS_PORT to another"
            )
        adapters.events.start()
    thread = threading.Thread(target=server.server.serve_forever, name="http", daemon=True)
    thread.start()
    data = os.environ.get("LYCEUM_DATA")
    ready = READY.format(
        port=settings.port,
        data=settings.data,
        url=settings.public_url,
        data_setting=f"LYCEUM_DATA={shlex.quote(data)} " if data else "",
    )
    print(ready, flush=True)
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: stop.set())
    stop.wait()
    server.shutdown()
    if isinstance(adapters, LocalAdapters):
        adapters.events.stop()
        adapters.gateway.stop()
        adapters.close()


def print_token(who: str) -> None:
    """Print an access token for a person of the demo school. It is valid for twelve hours."""
    people = {person.user_id: person for person in DEMO_SCHOOL.people}
    if who not in people:
        sys.exit(f"Nobody is called {who!r} here. There are: {', '.join(people)}")
    adapters = services.adapters
    if not isinstance(adapters, LocalAdapters):
        sys.exit("Only the local profile mints tokens.")
    print(adapters.identity.mint(people[who]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("token").add_argument("who")
    chosen = parser.parse_args()
    if chosen.command == "token":
        print_token(chosen.who)
    else:
        serve()


if __name__ == "__main__":
    main()
