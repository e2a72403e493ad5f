"""Pinecone's control plane on 127.0.0.1. It can only create and describe an index.

https://docs.pinecone.io/reference/api/2026-07/control-plane/create_index
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,43}[a-z0-9])?")


@dataclass
class PineconeControl(AwsEndpoint):
    """Pinecone's control plane over HTTP. ``host`` is the address of every index. A new index is ready at the next
    request."""

    host: str = ""
    indexes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def forget(self) -> None:
        super().forget()
        self.indexes.clear()

    def next_for(self, request: Request) -> Answer:
        scripted = super().next_for(request)
        if scripted != Answer():
            return scripted
        if not request.headers.get("api-key"):
            return _error("UNAUTHENTICATED", 401)
        if request.method == "POST" and request.path == "/indexes":
            return self._make(request.json)
        name = request.path.removeprefix("/indexes/")
        if request.method != "GET" or name not in self.indexes:
            return _error("NOT_FOUND", 404)
        self.indexes[name]["status"] = {"ready": True, "state": "Ready"}
        return json_answer(self.indexes[name])

    def _make(self, asked: dict[str, Any]) -> Answer:
        if not _NAME.fullmatch(asked["name"]) or not asked["schema"]["fields"]:
            return _error("INVALID_ARGUMENT", 400)
        if asked["name"] in self.indexes:
            return _error("ALREADY_EXISTS", 409)
        index = {**asked, "host": self.host, "status": {"ready": False, "state": "Initializing"}}
        self.indexes[asked["name"]] = index
        return json_answer(index, 201)


def _error(code: str, status: int) -> Answer:
    return json_answer({"status": status, "error": {"code": code, "message": "vendor's words"}}, status)
