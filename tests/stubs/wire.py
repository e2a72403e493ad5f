"""The network between a botocore client and moto, or another address. Tests can make it fail.

A fault gives an ``Answer`` of ``tests.stubs.aws_endpoint`` in place of the real one. A silent answer moves the test's
clock and takes no real time.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.models import botocore_stubber
from urllib3 import HTTPResponse

from fakes.system import FrozenClock
from tests.stubs.aws_endpoint import Answer

Reply = Answer | Callable[[bytes], Answer]
"""An answer, or a function that makes one from the request's body."""


@dataclass
class Fault:
    on: str
    """The operation that fails, e.g. ``GetItem``; "" for all operations."""
    reply: Reply | None
    after_effect: bool
    seconds: Callable[[], float] | None
    """The seconds that the answer takes. None stands for the usual time of such an answer."""
    to_pass: int
    """The number of requests that succeed before the fault."""
    left: int
    """The number of requests that then fail."""


@dataclass
class Wire:
    """``asked`` lists the operations that were sent during a fault, oldest first."""

    client: Any
    clock: FrozenClock
    asked: list[str] = field(default_factory=list)
    _fault: Fault | None = None

    def __post_init__(self) -> None:
        events = self.client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self._send)

    def fail(
        self,
        reply: Reply | None,
        *,
        on: str = "",
        after_effect: bool = False,
        seconds: Callable[[], float] | None = None,
        after: int = 0,
        only: int = 1_000_000,
    ) -> None:
        """Give requests ``reply`` instead of their real answer, until ``heal``. If it is None, they get their real
        answer, but only after ``seconds``. ``on``, ``after`` and ``only`` limit which requests fail (see ``Fault``).
        """
        self.asked.clear()
        self._fault = Fault(on, reply, after_effect, seconds, after, only)

    def heal(self) -> None:
        self._fault = None

    def _send(self, event_name: str, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        fault = self._fault
        operation = event_name.rpartition(".")[2]
        if fault is None or fault.on not in ("", operation):
            return self._forward(event_name, request)
        self.asked.append(operation)
        if fault.to_pass:
            fault.to_pass -= 1
            return self._forward(event_name, request)
        if not fault.left:
            return self._forward(event_name, request)
        fault.left -= 1
        if fault.after_effect and self._forward(event_name, request) is None:
            self.client._endpoint.http_session.send(request)  # to the address of the request
        if fault.seconds is not None:
            self.clock.advance(fault.seconds())
        if fault.reply is None:
            return self._forward(event_name, request)
        reply = fault.reply(_body(request)) if callable(fault.reply) else fault.reply
        return self._answer(request, reply, waited=fault.seconds is not None)

    def _forward(self, event_name: str, request: AWSPreparedRequest) -> AWSResponse | None:
        response: AWSResponse | None = botocore_stubber(event_name, request)
        return response

    def _answer(self, request: AWSPreparedRequest, answer: Answer, *, waited: bool) -> AWSResponse:
        if answer.silent:
            if not waited:
                self.clock.advance(self.client.meta.config.read_timeout)
            raise ReadTimeoutError(endpoint_url=request.url)
        if answer.dropped:
            raise ConnectionClosedError(endpoint_url=request.url)
        body = answer.body if answer.chunks is None else b"".join(answer.chunks)
        headers = dict(answer.headers)
        if answer.chunks is None:
            headers["content-length"] = str(len(body))
        sent = io.BytesIO(body[:-1] if answer.cut else body)
        raw = HTTPResponse(sent, headers, answer.status, preload_content=False, enforce_content_length=False)
        return AWSResponse(request.url, answer.status, headers, raw)


def _body(request: AWSPreparedRequest) -> bytes:
    body = request.body
    return body if isinstance(body, bytes) else str(body or "").encode()
