"""An agent on any server with OpenAI's API for chat completions: Ollama, llama.cpp, vLLM.

::

    what happened                                       what is raised
    no connection, 5xx, an answer that is not valid     Unavailable
    401, 403                                            Unavailable, naming the key's setting
    404                                                 Unavailable, naming the URL's and the model's
    429                                                 Throttled
    408, 504, no whole answer within ``timeout``        TimedOut
    finish_reason ``length``                            CutShort
    finish_reason ``content_filter``, a refusal         Refused
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from adapters.upstream.calls import Calls, Fault, Retries
from ports.agent import CutShort, Refused, Task
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError
from ports.system import Clock

_CAPABILITY = "agent"
_URL_SETTING = "LYCEUM_LLM_URL"
_MODEL_SETTING = "LYCEUM_LLM_MODEL"
_KEY_SETTING = "LYCEUM_LLM_API_KEY"
_TEMPERATURE = 0.2
"""Low, because quotes must be copied, not varied."""
_MAX_LINE_BYTES = 1 << 20
_MAX_REPLY_BYTES = 8 << 20
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_VERSIONED = re.compile(r"/v\d+\w*$")
_THINKING = ("<think>", "</think>")


class OpenAICompatibleAgent:
    """Implements ``Agent``. Safe to share between threads.

    ``base_url`` may end in ``/v1`` or not. Without a ``model``, the first one that the server lists is used.
    If the connection fails before there is an answer, the request is sent once more. Nothing else is sent
    again.
    """

    def __init__(self, base_url: str, model: str | None, api_key: str | None, clock: Clock) -> None:
        """Raises ``ValueError`` if the URL is not an http(s) URL, or the key cannot be sent in a header."""
        try:
            url = httpx.URL(base_url.strip().rstrip("/"))
        except httpx.InvalidURL:
            raise ValueError(f"{_URL_SETTING} is not a URL") from None
        if url.scheme not in ("http", "https") or not url.host or url.query:
            raise ValueError(f"{_URL_SETTING} is not the http or https address of a server")
        if api_key and not re.fullmatch(r"[\x21-\x7e]+", api_key):
            raise ValueError(f"{_KEY_SETTING} has characters that a key cannot have")
        self._base = str(url) if _VERSIONED.search(url.path) else f"{url}/v1"
        self._encrypted = url.scheme == "https"
        self._through_proxies = url.host not in _LOOPBACK
        self._model = model or None
        self._headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._clock = clock
        self._calls = Calls(_CAPABILITY, _fault_of, Retries(clock, tries=2))
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def reply(self, task: Task, *, timeout: float) -> Iterator[str]:
        if timeout <= 0:
            raise TimedOut(_CAPABILITY)
        deadline = self._clock.monotonic() + timeout

        def read(abandoned: threading.Event) -> Iterator[str]:
            return _without_thinking(self._answer(task, deadline, abandoned))

        return self._calls.pieces(deadline, read)

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock.monotonic()
        if left <= 0:
            raise TimedOut(_CAPABILITY)
        return left

    def _answer(self, task: Task, deadline: float, abandoned: threading.Event) -> Iterator[str]:
        model = self._model or self._discover(deadline)
        body: dict[str, Any] = {
            "model": model,
            "messages": [
                {"role": "system", "content": task.instructions},
                {"role": "user", "content": task.request},
            ],
            "stream": True,
            "max_tokens": task.max_tokens,
            "temperature": _TEMPERATURE,
        }
        if task.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": task.schema},
            }
        response = self._send("POST", "/chat/completions", deadline, body)
        try:
            yield from _contents(self._lines(response, deadline, abandoned))
        finally:
            response.close()

    def _discover(self, deadline: float) -> str:
        """The first model that the server lists. Later calls do not ask again."""
        response = self._send("GET", "/models", deadline)
        try:
            listed = _parsed(b"".join(self._lines(response, deadline, threading.Event())))
        finally:
            response.close()
        models = listed.get("data")
        first = models[0] if isinstance(models, list) and models else None
        name = first.get("id") if isinstance(first, dict) else None
        if not isinstance(name, str) or not name:
            raise Unavailable(_CAPABILITY, f"the model server lists no model: set {_MODEL_SETTING}")
        self._model = name
        return name

    def _send(self, method: str, path: str, deadline: float, body: object = None) -> httpx.Response:
        """The response, with status 200 and its body not read yet."""
        # json.dumps, unlike httpx, escapes a lone surrogate, which a learner's file may contain.
        content = None if body is None else json.dumps(body).encode()
        headers = {**self._headers, "content-type": "application/json"}

        def send() -> httpx.Response:
            client = self._connected()
            request = client.build_request(
                method, self._base + path, content=content, headers=headers, timeout=self._left(deadline)
            )
            return client.send(request, stream=True)

        response = self._calls.begin(deadline).call(send)
        if response.status_code != 200:
            response.close()
            raise _refusal(response.status_code)
        return response

    def _connected(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                # Loading certificates takes 50 ms. Plain http needs none, because redirects are not followed.
                self._client = httpx.Client(verify=self._encrypted, trust_env=self._through_proxies)
            return self._client

    def _lines(
        self, response: httpx.Response, deadline: float, abandoned: threading.Event
    ) -> Iterator[bytes]:
        # Bytes, not text: only \n ends a line, although JSON may contain U+2028, and a chunk may end within a
        # character.
        kept, total = b"", 0
        for chunk in response.iter_bytes():
            self._left(deadline)
            if abandoned.is_set():
                return
            total += len(chunk)
            *lines, kept = (kept + chunk).split(b"\n")
            if total > _MAX_REPLY_BYTES or len(kept) > _MAX_LINE_BYTES:
                raise Unavailable(_CAPABILITY, "the model server's answer has no end")
            yield from lines
        if kept:
            yield kept


def _contents(lines: Iterator[bytes]) -> Iterator[str]:
    """The texts of an event stream; or of a single object, if the server does not stream."""
    gave = False
    for event in _events(lines):
        for choice in _choices(event):
            text = _text(choice)
            if text:
                gave = gave or not text.isspace()
                yield text
            finish = choice.get("finish_reason")
            if finish is not None:
                _check_finish(finish)
                if not gave:
                    raise Unavailable(_CAPABILITY, "the model server gave an empty answer")
                return
    raise Unavailable(_CAPABILITY, "the model server's answer ended before the reply did")


def _events(lines: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for raw in lines:
        line = raw.strip()
        if line.startswith(b"data:"):
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            if data:
                yield _parsed(data)
        elif line.startswith(b"{"):
            yield _parsed(b"\n".join([line, *lines]))
        elif line and not line.startswith((b":", b"event:", b"id:", b"retry:")):
            raise Unavailable(_CAPABILITY, f"the server is not a model server: check {_URL_SETTING}")


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise Unavailable(_CAPABILITY, "the model server's answer could not be read")
    return event


def _choices(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The choices of the first alternative; empty for an event without text, e.g. one with token counts."""
    error = event.get("error")
    if error:
        code = error.get("code") or error.get("type") if isinstance(error, dict) else None
        raise (
            Throttled(_CAPABILITY)
            if code in (429, "429", "rate_limit_exceeded", "rate_limit_error")
            else Unavailable(_CAPABILITY, "the model server reported an error")
        )
    choices = event.get("choices")
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise Unavailable(_CAPABILITY, "the model server's answer could not be read")
    return [choice for choice in choices if choice.get("index", 0) == 0]


def _text(choice: dict[str, Any]) -> str:
    message = choice.get("delta", choice.get("message"))
    if message is None:
        return ""
    content = message.get("content") if isinstance(message, dict) else message
    if isinstance(message, dict) and message.get("refusal"):
        raise Refused(_CAPABILITY)
    if content is None:
        return ""
    if not isinstance(content, str):
        raise Unavailable(_CAPABILITY, "the model server's answer could not be read")
    return content


def _check_finish(reason: object) -> None:
    if reason == "length":
        raise CutShort(_CAPABILITY)
    if reason == "content_filter":
        raise Refused(_CAPABILITY)
    if reason != "stop":
        raise Unavailable(_CAPABILITY, "the model server stopped for an unknown reason")


def _without_thinking(pieces: Iterator[str]) -> Iterator[str]:
    """The reply without the reasoning that some models write before it, between ``<think>`` tags."""
    opening, closing = _THINKING
    head: str | None = ""
    for piece in pieces:
        if head is None:
            yield piece
            continue
        head += piece
        text = head.lstrip()
        if text.startswith(opening):
            _, closed, rest = text.partition(closing)
            if closed and rest.strip():
                yield rest.lstrip()
                head = None
        elif not opening.startswith(text):
            yield head
            head = None
    if head is not None:
        if head.lstrip().startswith(opening) or not head.strip():
            raise Unavailable(_CAPABILITY, "the model server gave an empty answer")
        yield head


def _refusal(status: int) -> UpstreamError:
    if status == 429:
        return Throttled(_CAPABILITY)
    if status in (408, 504):
        return TimedOut(_CAPABILITY)
    if status in (401, 403):
        return Unavailable(_CAPABILITY, f"the model server refused the key: check {_KEY_SETTING}")
    if status == 404:
        return Unavailable(
            _CAPABILITY, f"no such address or model: check {_URL_SETTING} and {_MODEL_SETTING}"
        )
    return Unavailable(_CAPABILITY, f"the model server answered {status}")


def _fault_of(error: Exception) -> Fault:
    if isinstance(error, httpx.TimeoutException):
        return Fault(TimedOut)
    if isinstance(error, httpx.ConnectError):
        return Fault(Unavailable, f"the model server cannot be reached: check {_URL_SETTING}", passes=True)
    if isinstance(error, httpx.TransportError):
        return Fault(Unavailable, "the connection to the model server was lost", passes=True)
    return Fault(Unavailable, "the model server's answer could not be read")
