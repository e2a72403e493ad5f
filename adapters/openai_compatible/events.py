"""Reads what a model server sends, event by event: text, the finish reason, the token counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapters.openai_compatible.refusals import CAPABILITY, URL_SETTING
from ports.agent import CutShort, Refused, TokenUsage
from ports.errors import Unavailable, UpstreamError

_BOM = b"\xef\xbb\xbf"
_CUT = re.compile(r"length|max|limit|truncat", re.IGNORECASE)
_DECLINED = re.compile(r"filter|safety|refus|guardrail|sensitive|recitation|prohibited|block", re.IGNORECASE)
_FAILED = re.compile(
    r"tool|function|error|abort|cancel|time.?out|insufficient|overload|malformed|unavailable|fail",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Event:
    """The content of one event. ``is_whole`` is true if the event is the complete answer of a server that does not
    stream.
    """

    text: str = ""
    finish: str | None = None
    """The server's word for why the reply ended. "" if the server sends the field empty, None if it does not send it.
    """
    usage: TokenUsage | None = None
    is_whole: bool = False
    error: dict[str, Any] | None = None


def events_of(lines: Iterable[bytes]) -> Iterator[Event]:
    """The events up to ``[DONE]``, which becomes an event with the finish reason ``stop``.

    Raises ``Unavailable`` for an answer that cannot be read, and ``Refused`` if the model's refusal is in a field of
    its own.
    """
    has_deltas = False
    for sent in _objects(lines):
        if sent is None:
            yield Event(finish="stop")
            return
        if _is_error(sent):
            yield Event(error=sent)
            return
        choices = _choices(sent)
        event = Event(usage=_usage(sent), is_whole=sent.get("object") == "chat.completion")
        for choice in choices:
            delta, message = choice.get("delta"), choice.get("message")
            has_deltas = has_deltas or delta is not None
            said = delta if delta is not None else None if has_deltas else message
            event.text += _text(said) if said is not None else _plain(choice.get("text"))
            event.is_whole = event.is_whole or (message is not None and not has_deltas)
            finish = choice.get("finish_reason")
            event.finish = str(finish) if finish is not None else event.finish
        yield event


def failure_of(finish: str) -> UpstreamError | None:
    """The port's error for a finish reason; None if the reply is complete.

    Servers use words of their own. Any word that does not name a failure means a complete reply.
    """
    if _FAILED.search(finish):
        return Unavailable(CAPABILITY, f"the model server stopped with {finish[:40]!r}")
    if _DECLINED.search(finish):
        return Refused(CAPABILITY, finish[:40])
    if _CUT.search(finish):
        return CutShort(CAPABILITY, finish[:40])
    return None


def parsed(data: bytes) -> dict[str, Any]:
    """The JSON object in ``data``. Raises ``Unavailable`` if there is none."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise Unavailable(CAPABILITY, "the model server's answer could not be read")
    return event


def _objects(lines: Iterable[bytes]) -> Iterator[dict[str, Any] | None]:
    """The JSON object of each event; None for ``[DONE]``. Lines without an object are skipped.

    An object may also be a line without ``data:``, or the whole body over several lines. Raises ``Unavailable`` if
    there is no object at all.
    """
    unfinished = b""
    has_any = False
    lines = iter(lines)
    for number, raw in enumerate(lines):
        line = raw.removeprefix(_BOM).strip() if number == 0 else raw.strip()
        if line.startswith(b"data:"):
            data = line[5:].strip()
            if data.upper() == b"[DONE]":
                yield None
                return
            if not unfinished and not data.startswith((b"{", b"[")):
                continue
            unfinished += b"\n" + data if unfinished else data
            whole = _complete(unfinished)
            if whole is not None:
                unfinished, has_any = b"", True
                yield whole
        elif not line and unfinished:
            parsed(unfinished)
        elif line.startswith(b"{") and not unfinished:
            has_any = True
            yield _complete(line) or parsed(b"\n".join([line, *lines]))
    if unfinished:
        parsed(unfinished)
    if not has_any:
        raise Unavailable(CAPABILITY, f"the server is not a model server: check {URL_SETTING}")


def _complete(data: bytes) -> dict[str, Any] | None:
    """The object, or None if it is incomplete. Raises ``Unavailable`` if it is complete JSON of another kind, or nested
    too deeply.
    """
    try:
        decoded = json.loads(data)
    except ValueError:
        return None
    except RecursionError:
        decoded = None
    if not isinstance(decoded, dict):
        raise Unavailable(CAPABILITY, "the model server's answer could not be read")
    return decoded


def _is_error(sent: dict[str, Any]) -> bool:
    if sent.get("error"):
        return True
    is_error_object = sent.get("object") == "error" or "detail" in sent or {"message", "code"} <= sent.keys()
    return is_error_object and not sent.get("choices")


def _choices(sent: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of the first choice (index 0). Empty for an event without text, e.g. one with token counts."""
    choices = sent.get("choices")
    if choices is None:
        return []
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise Unavailable(CAPABILITY, "the model server's answer could not be read")
    return [choice for choice in choices if not choice.get("index")]


def _text(said: Any) -> str:
    """The text of a message or of a part of one, without reasoning that is in a field of its own. Raises ``Refused``
    for a refusal.
    """
    if not isinstance(said, dict):
        return _plain(said)
    if said.get("refusal"):
        raise Refused(CAPABILITY)
    return _plain(said.get("content"))


def _plain(content: Any) -> str:
    """The text of a message's content, which may come in parts. Parts that are not text are left out. Raises
    ``Refused`` for a refusal.
    """
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_plain(part) for part in content)
    if isinstance(content, dict):
        kind = content.get("type", "text")
        if kind == "refusal":
            raise Refused(CAPABILITY)
        if kind in ("text", "output_text"):
            text = content.get("text")
            return _plain(text.get("value") if isinstance(text, dict) else text)
        return ""
    raise Unavailable(CAPABILITY, "the model server's answer could not be read")


def _usage(sent: dict[str, Any]) -> TokenUsage | None:
    usage = sent.get("usage")
    if not isinstance(usage, dict):
        return None
    counts = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
    if counts[0] is None or counts[1] is None:
        return None
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    return TokenUsage(counts[0], counts[1], cached or 0)


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None
