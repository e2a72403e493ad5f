"""An agent on any server with OpenAI's API for chat completions: Ollama, llama.cpp, vLLM, LM Studio, a gateway.

::

    what happened                                       what is raised
    no connection, 5xx, an answer that is not valid     Unavailable
    401, 403                                            Unavailable, naming the key's setting
    404                                                 Unavailable, naming the settings of URL and model
    429                                                 Throttled, with the wait that the server asks for
    408, 504, no complete answer within ``timeout``     TimedOut
    a finish reason like ``length``                     CutShort
    a finish reason like ``content_filter``, a refusal  Refused

Servers differ. A reply is complete if the server gives a finish reason that is no failure, or ends the stream as agreed
(``[DONE]``, or the end of an answer that is not streamed). The model's reasoning is never part of a reply.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from adapters.openai_compatible.events import events_of, failure_of, parsed
from adapters.openai_compatible.reasoning import ReasoningFilter, UnmarkedReasoning
from adapters.openai_compatible.refusals import (
    CAPABILITY,
    KEY_SETTING,
    MAX_REFUSAL_BYTES,
    MODEL_SETTING,
    URL_SETTING,
    RequestForm,
    ServerRefused,
    error_in_stream,
    refusal,
    second_form,
    seconds_to_wait,
    words_of,
)
from adapters.upstream.calls import Calls, Fault, Retries
from adapters.upstream.usage import account
from ports.agent import CutShort, Task, TokenUsage
from ports.errors import TimedOut, Unavailable, UpstreamError
from ports.system import Clock

_TEMPERATURE = 0.2
"""A low temperature: the model must copy quotes exactly."""
_MAX_LINE_BYTES = 1 << 20
_MAX_REPLY_BYTES = 8 << 20
_SECONDS_FOR_USAGE = 0.5
"""How many seconds a complete reply waits for its token counts, which the server sends after it."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_VERSIONED = re.compile(r"/v\d+\w*$")

log = logging.getLogger("lyceum.agent")


@dataclass(slots=True)
class _Reading:
    """The state of reading one reply. The reader's thread writes it; the consumer reads it after the last piece."""

    until: float
    """When the reply must have ended, in seconds of ``clock.monotonic``."""
    finish: str | None = None
    usage: TokenUsage | None = None
    model: str = ""


class OpenAICompatibleAgent:
    """Implements ``Agent``. Safe to share between threads.

    ``base_url`` may end in ``/v1`` or not. Without a ``model``, the first one in the server's list is used. If the
    connection fails before there is an answer, the request is sent once more. If the server refuses the request because
    of its form or size, and says so, a second request leaves out what the server named.
    """

    def __init__(self, base_url: str, model: str | None, api_key: str | None, clock: Clock) -> None:
        """Raise ``ValueError`` if the URL is not an http(s) URL, or if the key cannot be sent in a header."""
        try:
            url = httpx.URL(base_url.strip().rstrip("/"))
        except httpx.InvalidURL:
            raise ValueError(f"{URL_SETTING} is not a URL") from None
        if url.scheme not in ("http", "https") or not url.host or url.query:
            raise ValueError(f"{URL_SETTING} is not the http or https address of a server")
        if api_key and not re.fullmatch(r"[\x21-\x7e]+", api_key):
            raise ValueError(f"{KEY_SETTING} has characters that a key cannot have")
        self._base = str(url) if _VERSIONED.search(url.path) else f"{url}/v1"
        self._encrypted = url.scheme == "https"
        self._through_proxies = url.host not in _LOOPBACK
        self._model = model or None
        self._key = api_key or None
        self._headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._clock = clock
        self._calls = Calls(CAPABILITY, _fault_of, Retries(clock, tries=2))
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._form = RequestForm()
        self._streams: dict[bool, bool] = {}
        """For tasks with a schema (key True) and without one (False): whether replies can be shown while they arrive,
        because the server's replies begin with no unmarked reasoning.
        """

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        if timeout <= 0:
            raise TimedOut(CAPABILITY)
        reading = _Reading(until=self._clock.monotonic() + timeout)

        def read(abandoned: threading.Event) -> Iterator[str]:
            return self._answer(task, reading, abandoned)

        return self._shown(task, reading, self._calls.pieces(lambda: reading.until, read), used)

    def check(self, *, timeout: float) -> None:
        """Ask the server for its list of models, which costs nothing. Raises ``UpstreamError`` if it does not answer
        within ``timeout`` seconds.

        If the settings name a model, a server without such a list passes the check too.
        """
        deadline = self._clock.monotonic() + timeout

        def ask(abandoned: threading.Event) -> Iterator[None]:
            try:
                self._first_model(deadline, abandoned)
            except ServerRefused as refused:
                if self._model is None or refused.status not in (404, 405):
                    raise refused.error from None
            yield None

        for _ in self._calls.pieces(lambda: deadline, ask):
            pass

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _shown(
        self,
        task: Task,
        reading: _Reading,
        pieces: Iterator[str],
        used: Callable[[TokenUsage], None] | None,
    ) -> Iterator[str]:
        """The reply without the model's reasoning. If its finish reason is a failure, raises the error for it at the
        end.
        """
        has_schema = task.schema is not None
        streams = self._streams.get(has_schema)
        shown = ReasoningFilter(held=streams is not True)
        gave = False
        try:
            for piece in _up_to_finish(pieces, reading):
                for visible in shown.feed(piece):
                    gave = gave or not visible.isspace()
                    yield visible
        except UnmarkedReasoning:
            raise Unavailable(CAPABILITY, "the model's reasoning was not marked as such: ask again") from None
        finally:
            if shown.unmarked:
                self._streams[has_schema] = False
            if reading.usage is not None:
                account(reading.usage, task.role, reading.model, used)
        failure = failure_of(reading.finish or "")
        # A reply that was cut off may have been cut inside its reasoning. Complete quiz questions can be found in both.
        is_reasoning = failure is not None and (streams is False or not has_schema)
        for visible in shown.end(with_held=not is_reasoning):
            gave = gave or not visible.isspace()
            yield visible
        if failure is not None:
            raise failure
        if not gave:
            raise Unavailable(CAPABILITY, "the model server gave an empty answer")
        if streams is None and not shown.unmarked:
            self._streams[has_schema] = True

    def _left(self, until: float) -> float:
        left = until - self._clock.monotonic()
        if left <= 0:
            raise TimedOut(CAPABILITY)
        return left

    def _answer(self, task: Task, reading: _Reading, abandoned: threading.Event) -> Iterator[str]:
        """The text of the reply, including reasoning. If the server refuses the form of the request, a second request
        is sent in another form.
        """
        reading.model = self._model or self._discover(reading.until)
        form = self._form
        gave = False
        try:
            for piece in self._attempt(task, form, reading, abandoned):
                gave = True
                yield piece
        except ServerRefused as refused:
            second = None if gave else second_form(form, refused, task)
            if second is None:
                raise refused.error from None
            log.warning("agent_asked_again", extra={"status": refused.status, "says": refused.words})
            self._form = second.lasting()
            try:
                yield from self._attempt(task, second, reading, abandoned)
            except ServerRefused as again:
                raise again.error from None

    def _attempt(
        self, task: Task, form: RequestForm, reading: _Reading, abandoned: threading.Event
    ) -> Iterator[str]:
        """The text that one request returns, piece by piece. Raises ``ServerRefused``."""
        response = self._send(
            "POST", "/chat/completions", reading.until, self._body(task, form, reading.model), task
        )
        deadline = reading.until
        is_whole = False
        try:
            for event in events_of(self._lines(response, deadline, abandoned)):
                if event.error is not None:
                    raise error_in_stream(event.error, task, self._key)
                if event.text:
                    reading.finish, reading.until, is_whole = None, deadline, False
                    yield event.text
                reading.usage = event.usage or reading.usage
                is_whole = is_whole or event.is_whole or (event.finish == "" and not event.text)
                if event.finish and reading.finish is None:
                    reading.finish = event.finish
                    reading.until = min(deadline, self._clock.monotonic() + _SECONDS_FOR_USAGE)
                    yield ""  # lets the consumer see the new time
        finally:
            response.close()
        if reading.finish is None and not is_whole:
            raise Unavailable(CAPABILITY, "the model server's answer ended before the reply did")
        reading.finish = reading.finish or "stop"

    def _body(self, task: Task, form: RequestForm, model: str) -> dict[str, Any]:
        request = (task.smaller_request or task.request) if form.is_small else task.request
        messages = [
            {"role": "system", "content": task.instructions},
            {"role": "user", "content": request},
        ]
        if not form.with_system_role:
            messages = [{"role": "user", "content": f"{task.instructions}\n\n{request}"}]
        body: dict[str, Any] = {
            "model": model,
            "messages": messages,
            "stream": True,
            form.tokens_field: form.max_tokens or task.max_tokens,
        }
        if form.with_usage:
            body["stream_options"] = {"include_usage": True}
        if form.with_temperature:
            body["temperature"] = _TEMPERATURE
        if form.with_schema and task.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": task.schema},
            }
        return body

    def _discover(self, deadline: float) -> str:
        """The first model in the server's list. The name is kept for later calls."""
        try:
            self._model = self._first_model(deadline, threading.Event())
        except ServerRefused as refused:
            raise refused.error from None
        return self._model

    def _first_model(self, deadline: float, abandoned: threading.Event) -> str:
        response = self._send("GET", "/models", deadline)
        try:
            listed = parsed(b"".join(self._lines(response, deadline, abandoned)))
        finally:
            response.close()
        models = listed.get("data")
        first = models[0] if isinstance(models, list) and models else None
        name = first.get("id") if isinstance(first, dict) else None
        if not isinstance(name, str) or not name:
            raise Unavailable(CAPABILITY, f"the model server lists no model: set {MODEL_SETTING}")
        return name

    def _send(
        self, method: str, path: str, deadline: float, body: object = None, task: Task | None = None
    ) -> httpx.Response:
        """The response with status 200; its body is not read yet. Raises ``ServerRefused`` for another status."""
        # json.dumps, unlike httpx, escapes a lone surrogate, and a learner's file may contain one.
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
            try:
                words = words_of(_beginning(response), task, self._key)
            finally:
                response.close()
            wait = seconds_to_wait(response.headers.get("retry-after"), self._clock.now())
            raise ServerRefused(response.status_code, words, refusal(response.status_code, words, wait))
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
        # We split bytes, not text: only \n and \r end a line here, but JSON text may contain U+2028. A chunk may end in
        # the middle of a character.
        kept, total = b"", 0
        for chunk in response.iter_bytes():
            self._left(deadline)
            if abandoned.is_set():
                return
            total += len(chunk)
            *lines, kept = (kept + chunk).split(b"\n")
            if total > _MAX_REPLY_BYTES or len(kept) > _MAX_LINE_BYTES:
                raise Unavailable(CAPABILITY, "the model server's answer has no end")
            for line in lines:
                yield from line.rstrip(b"\r").split(b"\r")
        if kept:
            yield from kept.split(b"\r")


def _up_to_finish(pieces: Iterator[str], reading: _Reading) -> Iterator[str]:
    """The pieces. Errors are ignored once the reply has a finish reason: it does not matter then whether the connection
    stays open or breaks.
    """
    try:
        yield from pieces
    except UpstreamError as failed:
        if reading.finish is None or isinstance(failed, CutShort):
            raise


def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of a refusal's body. If the connection breaks, the bytes received so far."""
    body = b""
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_REFUSAL_BYTES:
                break
    except httpx.HTTPError:
        pass
    return body[:MAX_REFUSAL_BYTES]


def _fault_of(error: Exception) -> Fault:
    if isinstance(error, httpx.TimeoutException):
        return Fault(TimedOut)
    if isinstance(error, httpx.ConnectError):
        return Fault(Unavailable, f"the model server cannot be reached: check {URL_SETTING}", passes=True)
    if isinstance(error, httpx.TransportError):
        return Fault(Unavailable, "the connection to the model server was lost", passes=True)
    return Fault(Unavailable, "the model server's answer could not be read")
