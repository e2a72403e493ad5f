"""Bedrock's Converse API with streaming, for Nova or any other model that supports it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.aws.errors import reading_answer
from adapters.aws.replies import CAPABILITY, Replies
from adapters.upstream.calls import Retries
from adapters.upstream.usage import account
from ports.agent import Chat, CutShort, Refused, Role, Task, TokenUsage
from ports.errors import Unavailable, UpstreamError

_TEMPERATURE = 0.2
"""A low temperature: the model must copy quotes exactly."""
_STOPPED: dict[str, type[UpstreamError] | None] = {
    "end_turn": None,
    "stop_sequence": None,
    "max_tokens": CutShort,
    "model_context_window_exceeded": CutShort,
    "guardrail_intervened": Refused,
    "content_filtered": Refused,
}
"""The error to raise for each stop reason; None if the reply is complete. Any other reason raises ``Unavailable``."""
_CACHES = re.compile(
    r"amazon\.nova-|anthropic\.claude-(?:3-5-haiku|3-7-|(?:sonnet|opus|haiku)-\d)", re.IGNORECASE
)
"""The ids or profiles of models that accept a ``cachePoint``. Any other model refuses a request with one.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: a prefix is cached if it has at least 1,024
tokens (2,048 or 4,096 with some models). A shorter one is accepted, but not cached.
"""


class ConverseAgent:
    """Implements ``ports.agent.Agent``. Safe to share between threads."""

    def __init__(
        self,
        client: Callable[[], Any],
        models: Mapping[Role, str],
        retries: Retries,
    ) -> None:
        """``client`` returns a client for ``bedrock-runtime``. ``models`` has the id of a model or a profile for each
        role.
        """
        self._client = client
        self._models = models
        self._replies = Replies(retries)

    def reply(
        self, task: Task, *, timeout: float, used: Callable[[TokenUsage], None] | None = None
    ) -> Iterator[str]:
        """As the port says. If a reply fails before its first piece, it may be requested again."""
        request = _request(task, self._models[task.role])
        return self._replies.ask(
            timeout,
            lambda: self._client().converse_stream(**request)["stream"],
            lambda stream: _pieces(stream, task.role, request["modelId"], used),
        )


def _pieces(stream: Any, role: Role, model: str, used: Callable[[TokenUsage], None] | None) -> Iterator[str]:
    """The text of an event stream, up to its end. Raises ``UpstreamError`` and botocore's errors."""
    stop_reason = None
    for event in stream:
        with reading_answer(CAPABILITY):
            text = event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
            stop_reason = event.get("messageStop", {}).get("stopReason", stop_reason)
            usage = event.get("metadata", {}).get("usage")
        if text:
            yield str(text)
        if usage:
            with reading_answer(CAPABILITY):
                account(_usage(usage), role, model, used)
    if stop_reason is None:
        raise Unavailable(CAPABILITY, "the stream ended before the reply did")
    failure = _STOPPED.get(stop_reason, Unavailable)
    if failure is not None:
        raise failure(CAPABILITY, stop_reason)


def _usage(counts: Mapping[str, Any]) -> TokenUsage:
    """The token counts of a reply. Bedrock does not include the tokens read from or written to its cache in
    ``inputTokens``, so they are added.
    """
    cached = int(counts.get("cacheReadInputTokens") or 0)
    written = int(counts.get("cacheWriteInputTokens") or 0)
    return TokenUsage(int(counts["inputTokens"]) + cached + written, int(counts["outputTokens"]), cached)


def _request(task: Task, model: str) -> dict[str, Any]:
    return {
        "modelId": model,
        "system": _system(task.instructions, model),
        "messages": _messages(task),
        "inferenceConfig": {"maxTokens": task.max_tokens, "temperature": _TEMPERATURE},
    }


def _system(instructions: str, model: str) -> list[dict[str, Any]]:
    """The instructions, which are the same in every request of a role. If the model supports it, a mark after them tells
    Bedrock to cache what is before it.
    """
    blocks: list[dict[str, Any]] = [{"text": instructions}]
    return [*blocks, {"cachePoint": {"type": "default"}}] if _CACHES.search(model) else blocks


def _messages(task: Task) -> list[dict[str, Any]]:
    """The messages as Converse requires them: roles alternate, the first and the last message are the user's, and none
    is blank.
    """
    messages: list[dict[str, Any]] = []
    history = task.history if isinstance(task, Chat) else ()
    said = [(one.speaker, one.text) for one in history if one.text.strip()]
    for speaker, text in [*said, ("user", task.request)]:
        if messages and messages[-1]["role"] == speaker:
            messages[-1]["content"].append({"text": text})
        elif messages or speaker == "user":
            messages.append({"role": speaker, "content": [{"text": text}]})
    return messages
