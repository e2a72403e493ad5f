"""A client that sends requests to the app in this process. Several requests may run at the same time."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalGateway, LocalGatewayException


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status_code: int
    headers: dict[str, Any]
    body: bytes

    @property
    def json_body(self) -> Any:
        return json.loads(self.body)


class HttpClient:
    """A client of the app. Chalice's own test client changes the environment of the process during a request, and
    imports Chalice's command line. This one does neither.
    """

    def __init__(self, app: Chalice) -> None:
        self._gateway = LocalGateway(app, Config.create())

    def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> HttpResponse:
        try:
            answer = self._gateway.handle_request(
                method=method.upper(), path=path, headers=headers or {}, body=body
            )
        except LocalGatewayException as refused:
            return HttpResponse(refused.CODE, refused.headers, refused.body or b"")
        is_binary = answer.get("isBase64Encoded", False)
        content = base64.b64decode(answer["body"]) if is_binary else answer["body"].encode()
        return HttpResponse(
            answer["statusCode"], {**answer["headers"], **answer["multiValueHeaders"]}, content
        )

    def get(self, path: str, **options: Any) -> HttpResponse:
        return self.request("GET", path, **options)
