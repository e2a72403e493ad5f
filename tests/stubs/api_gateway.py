"""API Gateway's ``@connections`` of one WebSocket API's stage, on 127.0.0.1."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer

STAGE = "prod"
_PATH = re.compile(rf"/{STAGE}/@connections/(?P<id>[^/]+)")
_ID = re.compile(r"[0-9A-Za-z_-]{15}=")
_MAX_BYTES = 131_072


def refusal(code: str, status: int) -> Answer:
    """A refusal in API Gateway's form: the code is in a header."""
    answer = json_answer({"message": "vendor's words"}, status)
    return Answer(status, answer.body, (("x-amzn-ErrorType", f"{code}:http://internal.amazon.com/"),))


@dataclass
class ApiGatewayEndpoint(AwsEndpoint):
    """API Gateway over HTTP. It sends scripted answers first. After them, it behaves like API Gateway, and keeps the
    pushed messages.
    """

    received: dict[str, list[str]] = field(default_factory=dict)

    @property
    def stage_url(self) -> str:
        return f"{self.url}/{STAGE}"

    def open(self, connection_id: str) -> None:
        self.received[connection_id] = []

    def drop(self, connection_id: str) -> None:
        """Let the client disconnect."""
        del self.received[connection_id]

    def forget(self) -> None:
        super().forget()
        self.received.clear()

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        if scripted != Answer():
            return scripted
        if "/execute-api/aws4_request" not in request.headers.get("authorization", ""):
            return refusal("MissingAuthenticationTokenException", 403)
        addressed = _PATH.fullmatch(unquote(request.path))
        if addressed is None:
            return refusal("ForbiddenException", 403)
        return self._answer(request, addressed["id"])

    def _answer(self, request: Request, connection_id: str) -> Answer:
        if not _ID.fullmatch(connection_id):
            return refusal("BadRequestException", 400)
        if request.method == "POST" and len(request.body) > _MAX_BYTES:
            return refusal("PayloadTooLargeException", 413)
        if connection_id not in self.received:
            return refusal("GoneException", 410)
        if request.method == "DELETE":
            self.drop(connection_id)
            return Answer(204, b"")
        if request.method == "GET":
            since = "2026-09-14T08:00:00.000Z"
            identity = {"sourceIp": "192.0.2.1", "userAgent": "tests"}
            return json_answer({"connectedAt": since, "identity": identity, "lastActiveAt": since})
        self.received[connection_id].append(request.body.decode())
        return Answer(200, b"")
