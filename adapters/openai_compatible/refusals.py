"""Reads a model server's refusal of a request, and decides what a second request leaves out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any

from ports.agent import Chat, Task
from ports.errors import Throttled, TimedOut, Unavailable, UpstreamError

CAPABILITY = "agent"
URL_SETTING = "LYCEUM_LLM_URL"
MODEL_SETTING = "LYCEUM_LLM_MODEL"
KEY_SETTING = "LYCEUM_LLM_API_KEY"
MAX_REFUSAL_BYTES = 1 << 16

_MAX_WORDS = 300
"""How many characters of a server's message are logged."""
_ECHO = 12
"""If the server's message repeats this many characters of the request in a row, they are removed from the log."""
_LEAST_TOKENS = 64
_LONGEST_WAIT = 24 * 3600
_WHOLE_REQUEST = frozenset({400, 413, 422, 500, 501})
"""The statuses after which another form of the request may succeed. Servers whose prompt template fails answer 500."""

_CONTEXT = re.compile(
    r"context|too long|too many (?:input )?tokens|token limit|n_ctx|kv.?cache"
    r"|(?:prompt|input|request).{0,40}(?:long|large|exceed)|exceed.{0,40}tokens|reduce the length",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"\bsystem\b.{0,40}\b(?:role|prompt|message|instruction)|\brole\b.{0,40}\bsystem\b"
    r"|\broles?\b.{0,40}\b(?:alternate|must|invalid|unknown|unsupported)|developer instruction",
    re.IGNORECASE,
)
_SCHEMA = re.compile(
    r"response_format|schema|structured.?output|guided|grammar|json.?(?:mode|object)", re.IGNORECASE
)
_TOKENS = re.compile(r"max.?(?:completion.|new.|output.)?tokens", re.IGNORECASE)
_RENAMED = re.compile(r"use\W+max_completion_tokens|max_completion_tokens\W+instead", re.IGNORECASE)
_AT_MOST = re.compile(
    r"(?:at most|maximum(?: value)?(?: of| is)?|up to|less than or equal to|no more than|<=|\[\d+,)\D{0,20}(\d[\d,_]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The form in which a task is sent. Parts that a simple server does not support can be left out."""

    with_system_role: bool = True
    with_schema: bool = True
    with_temperature: bool = True
    with_usage: bool = True
    tokens_field: str = "max_tokens"
    max_tokens: int | None = None
    """Replaces the task's own limit; None if the task's limit is used."""
    is_small: bool = False
    """Whether the task's smaller request is sent."""

    def lasting(self) -> RequestForm:
        """The form for later tasks: it keeps no change that concerns only one task."""
        return replace(self, with_schema=True, max_tokens=None, is_small=False)


class ServerRefused(Exception):
    """The server refused a request. ``words`` is its message; ``error`` is what the port raises."""

    def __init__(self, status: int, words: str, error: UpstreamError) -> None:
        super().__init__(status)
        self.status = status
        self.words = words
        self.error = error


def second_form(form: RequestForm, refused: ServerRefused, task: Task) -> RequestForm | None:
    """The form of a second request, without what the server's message names. None if a second request would be the
    same.
    """
    words = refused.words
    if refused.status not in _WHOLE_REQUEST or not words:
        return None
    changed = form
    allowed = form.max_tokens or task.max_tokens
    if _CONTEXT.search(words):
        changed = replace(changed, is_small=True, max_tokens=max(min(_LEAST_TOKENS, allowed), allowed // 2))
    if _RENAMED.search(words):
        changed = replace(changed, tokens_field="max_completion_tokens")
    elif _TOKENS.search(words):
        changed = replace(changed, max_tokens=_fewer(words, allowed))
    if _SYSTEM.search(words):
        changed = replace(changed, with_system_role=False)
    if _SCHEMA.search(words) and task.schema is not None:
        changed = replace(changed, with_schema=False)
    if re.search("temperature", words, re.IGNORECASE):
        changed = replace(changed, with_temperature=False)
    if re.search("stream_options|include_usage", words, re.IGNORECASE):
        changed = replace(changed, with_usage=False)
    return None if changed == form else changed


def _fewer(words: str, allowed: int) -> int:
    """The largest limit below ``allowed`` that the message names. If it names none, half of ``allowed``."""
    limits = [int(re.sub(r"\D", "", found)) for found in _AT_MOST.findall(words)]
    named = [limit for limit in limits if 0 < limit < allowed]
    return max(named) if named else max(1, allowed // 2)


def refusal(status: int, words: str, retry_after: int | None) -> UpstreamError:
    """The port's error for a status other than 200."""
    said = f": {words}" if words else ""
    if status == 429:
        return Throttled(CAPABILITY, f"the model server answered 429{said}", retry_after=retry_after)
    if status in (408, 504):
        return TimedOut(CAPABILITY, f"the model server answered {status}{said}")
    if status in (401, 403):
        return Unavailable(CAPABILITY, f"the model server refused the key: check {KEY_SETTING}{said}")
    if status == 404:
        return Unavailable(
            CAPABILITY, f"no such address or model: check {URL_SETTING} and {MODEL_SETTING}{said}"
        )
    return Unavailable(CAPABILITY, f"the model server answered {status}{said}", retry_after=retry_after)


def error_in_stream(event: dict[str, Any], task: Task | None, key: str | None) -> ServerRefused:
    """The refusal that an event reports as an error."""
    error = event.get("error", event)
    code = (
        (error.get("code") or error.get("status") or error.get("type")) if isinstance(error, dict) else None
    )
    words = discreet(_message_of(event), task, key)
    said = f": {words}" if words else ""
    if code in (429, "429") or "rate_limit" in str(code):
        return ServerRefused(429, words, Throttled(CAPABILITY, f"the model server reported an error{said}"))
    status = code if isinstance(code, int) else 400
    return ServerRefused(status, words, Unavailable(CAPABILITY, f"the model server reported an error{said}"))


def words_of(body: bytes, task: Task | None, key: str | None) -> str:
    """The message in a refusal's body, without private data, so that it can be logged; "" if there is none."""
    text = body.decode(errors="replace").lstrip("\ufeff").strip()
    try:
        decoded: Any = json.loads(text)
    except (ValueError, RecursionError):
        decoded = None if text.startswith("<") else text
    return discreet(_message_of(decoded), task, key)


def _message_of(error: Any) -> str:
    return " ".join(dict.fromkeys(" ".join(part.split()) for part in _parts(error) if part.strip()))


def _parts(error: Any, depth: int = 0) -> Iterator[str]:
    """The message and the codes of an error, in the various forms that servers use. Fields that repeat the request are
    left out.
    """
    if isinstance(error, str):
        yield error
    elif isinstance(error, (int, float)):
        yield str(error)
    elif isinstance(error, list) and depth < 4:
        for one in error[:8]:
            yield from _parts(one, depth + 1)
    elif isinstance(error, dict) and depth < 4:
        for name in ("error", "detail", "errors", "loc", "msg", "message", "param", "type", "code"):
            if name in error:
                yield from _parts(error[name], depth + 1)


def discreet(words: str, task: Task | None, key: str | None) -> str:
    """The message without the key and without parts that repeat the task, at most 300 characters long."""
    if key:
        words = words.replace(key, "…")
    if task is not None:
        words = _without_echo(words[: 4 * _MAX_WORDS], task)
    return words[:_MAX_WORDS].strip()


def _without_echo(words: str, task: Task) -> str:
    asked = [task.question] if isinstance(task, Chat) else []
    for short in (one.strip() for one in asked):
        if len(short) > 1:
            words = words.replace(short, "…")
    plain = " ".join(f"{task.instructions} {task.request}".split())
    known = "\n".join((plain, json.dumps(plain), repr(plain))).casefold()
    folded = words.casefold()
    if len(folded) != len(words):
        return ""
    echoed = [False] * len(words)
    for at in range(len(words) - _ECHO + 1):
        if folded[at : at + _ECHO] in known:
            echoed[at : at + _ECHO] = [True] * _ECHO
    kept = "".join("\0" if is_echo else character for character, is_echo in zip(words, echoed, strict=True))
    return re.sub("\0+", "…", kept)


def seconds_to_wait(header: str | None, now: datetime) -> int | None:
    """The wait in seconds that a ``Retry-After`` header asks for, as seconds or as a date. None if it is neither, or
    more than a day.
    """
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    if not 0 <= seconds <= _LONGEST_WAIT:
        return None if not seconds < 0 else 1
    return max(1, ceil(seconds))
