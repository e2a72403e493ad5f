"""The frontend, and the parts of AWS between it and the functions: gateways, S3's forms and S3's events."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote
from urllib.request import Request, urlopen

from infrastructure.functions import Name
from tests.packaging.cloud import ORIGIN

NOTHING: Mapping[str, str] = {}
EVENTS = Path(__file__).parent / "events"


class FunctionFailed(Exception):
    """A function raised an exception. This is Lambda's report of it."""


class Functions(Protocol):
    def invoke(self, name: Name, event: Mapping[str, Any]) -> Any:
        """Call a function and return its answer, as JSON. Raises ``FunctionFailed``."""
        ...


def event_of(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


@dataclass
class Frontend:
    """The browser of one person. With ``token`` None, nobody is signed in."""

    functions: Functions
    token: str | None = None
    _let_in: dict[str, Any] | None = field(default=None, init=False)

    def get(self, resource: str, *, query: Mapping[str, str] | None = None, **path: str) -> Reply:
        return self.send("GET", resource, query=query, path=path)

    def post(self, resource: str, body: Any = None, **path: str) -> Reply:
        return self.send("POST", resource, body, path=path)

    def send(
        self,
        method: str,
        resource: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        query: Mapping[str, str] | None = None,
        path: Mapping[str, str] = NOTHING,
    ) -> Reply:
        """Send a request. ``resource`` is written as in API Gateway, ``/api/files/{file_id}``. Bytes are sent as a
        binary type."""
        event = event_of("rest")
        event["resource"] = event["requestContext"]["resourcePath"] = resource
        event["path"] = resource.format_map({name: quote(value, safe="") for name, value in path.items()})
        event["requestContext"]["path"] = "/api" + event["path"]
        event["httpMethod"] = event["requestContext"]["httpMethod"] = method
        event["pathParameters"] = path or None
        if query is not None:
            event["queryStringParameters"] = query
            event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
        if self.token is not None:
            event["headers"]["Authorization"] = f"Bearer {self.token}"
            event["requestContext"]["authorizer"] = self._authorized(method, event["path"])
        if body is not None:
            event["headers"]["Content-Type"] = content_type
            event["isBase64Encoded"] = isinstance(body, bytes)
            event["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else json.dumps(body)
        event["multiValueHeaders"] = {name: [value] for name, value in event["headers"].items()}
        answer = self.functions.invoke("APIHandler", event)
        headers = answer["headers"] | {
            name: values[0] for name, values in answer["multiValueHeaders"].items()
        }
        text = answer["body"]
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        return Reply(answer["statusCode"], headers, text)

    def _authorized(self, method: str, path: str) -> dict[str, Any]:
        """The authorizer's context for the token. The gateway keeps it."""
        event = event_of("authorizer")
        event["authorizationToken"] = f"Bearer {self.token}"
        if self._let_in is None:
            self._let_in = self.functions.invoke("Authorize", event)
        asked = event["methodArn"].partition("/")[0] + f"/api/{method}{path}"
        assert any(
            statement["Effect"] == "Allow"
            and any(fnmatchcase(asked, allowed) for allowed in statement["Resource"])
            for statement in self._let_in["policyDocument"]["Statement"]
        )
        return {
            "principalId": self._let_in["principalId"],
            "integrationLatency": 63,
            **self._let_in["context"],
        }

    def upload(self, name: str, content: bytes, **told: Any) -> str:
        """Upload with permission, form and event. Returns the file id."""
        asked = {"file_name": name, "content_type": "", "file_size": len(content), **told}
        offer = self.post("/api/files/upload-url", asked)
        assert offer.status == 200, offer.text
        post_form(offer.body["upload"]["url"], offer.body["upload"]["fields"], name, content)
        self.tell_of(offer.body["file_key"])
        return str(offer.body["file_id"])

    def upload_in_request(self, name: str, content: bytes, **fields: str) -> Reply:
        kind, body = form_of(fields, name, content)
        return self.send("POST", "/api/files", body, content_type=kind)

    def tell_of(self, key: str) -> None:
        """Send S3's event about an object under ``raw-files/``."""
        event = event_of("s3_object_created")
        event["Records"][0]["s3"]["object"]["key"] = quote(key, safe="/")
        self.functions.invoke("OnObjectCreated", event)


@dataclass
class Socket:
    """A browser's WebSocket."""

    functions: Functions
    connection_id: str = "d6wF7cYkoAMCJ3g="

    def connect(self, ticket: str, origin: str = ORIGIN) -> int:
        event = self._event("websocket_connect")
        event["queryStringParameters"] = {"ticket": ticket}
        event["multiValueQueryStringParameters"] = {"ticket": [ticket]}
        event["headers"]["Origin"] = origin
        return int(self.functions.invoke("WebsocketConnect", event)["statusCode"])

    def send(self, **message: Any) -> None:
        event = self._event("websocket_message") | {"body": json.dumps(message)}
        assert self.functions.invoke("WebsocketMessage", event)["statusCode"] == 200

    def disconnect(self) -> None:
        self.functions.invoke("WebsocketDisconnect", self._event("websocket_disconnect"))

    def _event(self, name: str) -> Any:
        event = event_of(name)
        event["requestContext"]["connectionId"] = self.connection_id
        return event


def form_of(fields: Mapping[str, str], name: str, content: bytes) -> tuple[str, bytes]:
    """A multipart/form-data body with the file last, and its content type."""
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    body = b"".join(parts) + file + content + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def post_form(url: str, fields: Mapping[str, str], name: str, content: bytes) -> None:
    kind, body = form_of(fields, name, content)
    urlopen(Request(url, data=body, headers={"Content-Type": kind}), timeout=180).close()
