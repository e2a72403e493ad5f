"""Plays through requests before a function's snapshot is taken, so that the first real request is fast.

The first call of a client does work that later calls do not need: it reads service descriptions, builds parsers,
compiles regular expressions. Here, a second set of adapters makes such calls to a server in this process. That server
gives the same answer to every call. No real service is called, and no key or answer of the rehearsal reaches the
objects that the function keeps.
"""

from __future__ import annotations

import json
import logging
import re
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO, StringIO
from typing import Any
from zlib import crc32

import jwt
import msgspec
from botocore.awsrequest import AWSResponse, HeadersDict
from chalice.app import Chalice
from cryptography.hazmat.primitives.asymmetric import ec
from urllib3 import HTTPResponse

from chalicelib import authorizer, websocket
from chalicelib.api import build_app, declare_routes
from chalicelib.composition.profiles.aws.adapters import AwsAdapters
from chalicelib.composition.profiles.aws.rehearsal import NAME, RehearsalAdapters, token_claims
from chalicelib.composition.services import Services
from chalicelib.http import NoBody
from chalicelib.settings import Settings
from domain.base.tables import ACTIVE_SESSIONS, FILES
from domain.documents.keys import DOCUMENTS, RAW_FILES
from ports.agent import Chat
from ports.errors import PortError
from ports.key_value_store import Put
from ports.transcriber import Recording

HEALTH = "/api/health"
_PATH_PARAMETER = re.compile(r"{(\w+)}")
_NO_OBJECTS = b"<ListBucketResult/>"
_SECONDS = 5.0
_STRING = 7
"""The type of a header in AWS's event streams: https://smithy.io/2.0/aws/amazon-eventstream.html"""


def rehearse(settings: Settings, real: AwsAdapters) -> dict[str, int]:
    """Play the requests through. Returns the status of the response of each route, by its operation.

    A failed call does no harm: the first real request then does that work.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    answer = _answer(key, settings.aws.embedding_dimension)
    with _silence(), _server(answer) as url, _unsent(real.clients(), answer):
        adapters = RehearsalAdapters(settings, real, url)
        try:
            for call in _calls(adapters):
                with suppress(PortError):
                    call()
            return _requests(Services(settings, adapters), _token(key, url))
        finally:
            adapters.close()


def answer_health(app: Chalice) -> None:
    """Answer one health request, which calls no service. Its log line is made, and not written."""
    with _discarded_log():
        app(_rest("GET", HEALTH, {}), None)


def _calls(adapters: AwsAdapters) -> Iterator[Callable[[], object]]:
    """One call of each kind that requests make."""
    table, key = ACTIVE_SESSIONS, {ACTIVE_SESSIONS.partition: NAME}
    yield lambda: adapters.key_values.get(table, key)
    yield lambda: adapters.key_values.get_many(table, [key])
    yield lambda: adapters.key_values.put(table, key)
    yield lambda: adapters.key_values.delete(table, key)
    yield lambda: adapters.key_values.put_many(table, [key])
    yield lambda: adapters.key_values.query(FILES, NAME, index=FILES.indexes[0].name)
    yield lambda: adapters.key_values.transact([Put(table, key)])
    yield lambda: adapters.objects.put(RAW_FILES + NAME, b"{}", "application/json")
    yield lambda: adapters.objects.get(RAW_FILES + NAME)
    yield lambda: adapters.objects.info(RAW_FILES + NAME)
    yield lambda: adapters.objects.delete(RAW_FILES + NAME)
    yield lambda: list(adapters.objects.keys(RAW_FILES))
    yield lambda: adapters.vectors.fetch(DOCUMENTS, [NAME])
    yield lambda: adapters.embedder.embed([NAME])
    yield lambda: adapters.gateway.send(NAME, "{}")
    yield lambda: adapters.directory.person(NAME)
    task = Chat(instructions=NAME, request=NAME, session_id=NAME, max_tokens=1, question=NAME, passages=())
    yield lambda: list(adapters.agent.reply(task, timeout=_SECONDS))
    yield lambda: adapters.transcriber.begin(Recording(NAME, NAME, f"{NAME}.json", "webm", "en-US"))


def _requests(services: Services, token: str) -> dict[str, int]:
    """Send each route its example, and the WebSocket a connection. Returns the statuses of the routes' responses."""
    app, statuses = build_app(), {}

    @app.authorizer()
    def authorize(request: Any) -> Any:
        return authorizer.authorize(services, request)

    api = declare_routes(app, services, authorize)
    event = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": "a:b:c:d:e:f/g/GET/api"}
    with suppress(PortError, authorizer.Unauthorized):
        allowed = authorize(event, None)
        for route in api.routes:
            body = msgspec.json.encode(route.example).decode() if route.body is not NoBody else None
            event = _rest(route.method, route.path, allowed["context"], body)
            statuses[route.operation] = app(event, None)["statusCode"]
    message = {"requestContext": {"connectionId": NAME}, "queryStringParameters": {"ticket": NAME}}
    for handle in (websocket.connect, websocket.receive, websocket.disconnect):
        with suppress(PortError):
            handle(services, message | {"body": '{"type": "ping"}'})
    return statuses


def _rest(method: str, resource: str, context: dict[str, str], body: str | None = None) -> dict[str, Any]:
    """The event of a request, as API Gateway sends it. ``NAME`` is the value of every path parameter."""
    values = dict.fromkeys(_PATH_PARAMETER.findall(resource), NAME)
    headers = {} if body is None else {"Content-Type": "application/json"}
    path = resource.format_map(values)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "pathParameters": values or None,
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "path": path,
            "requestId": NAME,
            "identity": {"sourceIp": "127.0.0.1"},
            "authorizer": context,
        },
    }


def _token(key: ec.EllipticCurvePrivateKey, url: str) -> str:
    return jwt.encode(token_claims(url), key, "ES256", headers={"kid": NAME})


def _answer(key: ec.EllipticCurvePrivateKey, dimension: int) -> bytes:
    """An answer that the client of every service can parse."""
    jwk = jwt.get_algorithm_by_name("ES256").to_jwk(key.public_key(), as_dict=True)
    return json.dumps(
        {
            "Items": [],
            "Responses": {},
            "UnprocessedKeys": {},
            "UnprocessedItems": {},
            "Parameter": {"Value": NAME},
            "embedding": [0.0] * dimension,
            "keys": [jwk | {"kid": NAME}],
            "matches": [],
            "namespace": "",
            "vectors": {},
        }
    ).encode()


def _event(kind: str, value: dict[str, Any]) -> bytes:
    """A message of an event stream, as the language models on Bedrock send it."""
    names = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(text)) + text.encode()
        for name, text in names.items()
    )
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


@contextmanager
def _silence() -> Iterator[None]:
    """Suppress all log lines of the block: its requests are not real ones."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def _discarded_log() -> Iterator[None]:
    """In the block, the log lines of requests are made as usual, but none is written."""
    handlers = [one for one in logging.getLogger("lyceum").handlers if isinstance(one, logging.StreamHandler)]
    streams = [one.setStream(StringIO()) for one in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, streams, strict=True):
            handler.setStream(stream)


@contextmanager
def _unsent(clients: Iterable[Any], answer: bytes) -> Iterator[None]:
    """In the block, AWS clients build and sign their requests but send none; each gets ``answer``."""

    def answered(request: Any, **_: Any) -> AWSResponse:
        body = _NO_OBJECTS if "list-type=2" in request.url else answer
        if request.url.endswith("/converse-stream"):
            body = _event("contentBlockDelta", {"delta": {"text": NAME}}) + _event(
                "messageStop", {"stopReason": "end_turn"}
            )
        raw = HTTPResponse(BytesIO(body), preload_content=False)
        return AWSResponse(request.url, 200, HeadersDict({"content-type": "application/json"}), raw)

    made = list(clients)
    for client in made:
        client.meta.events.register_first("before-send", answered)
    try:
        yield
    finally:
        for client in made:
            client.meta.events.unregister("before-send", answered)


@contextmanager
def _server(answer: bytes) -> Iterator[str]:
    """A server on this machine that gives ``answer`` to every request, and an empty list to requests for tables."""

    class AnyService(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b"[]" if self.path.startswith("/rest/") else answer
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815  # http.server's names

        def log_message(self, *_: Any) -> None:
            """Write no log line."""

    server = HTTPServer(("127.0.0.1", 0), AnyService)
    serving = threading.Thread(target=server.serve_forever, args=(0.01,))
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
