"""Bedrock's Converse API, streaming, with Nova or any model that speaks it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.aws.errors import understanding
from adapters.aws.replies import CAPABILITY, Replies
from adapters.upstream.calls import Retries
from ports.agent import CutShort, Prompt, Refused, Role
from ports.errors import Unavailable, UpstreamError

_TEMPERATURE = 0.2
"""Little: a tutor that quotes has no use for chance."""
_STOPPED: dict[str, type[UpstreamError] | None] = {
    "end_turn": None,
    "stop_sequence": None,
    "max_tokens": CutShort,
    "model_context_window_exceeded": CutShort,
    "guardrail_intervened": Refused,
    "content_filtered": Refused,
}
"""By stop reason, what it comes to; any other is no reply that could be used."""

log = logging.getLogger("lyceum.agent")


class ConverseAgent:
    """Implements ``ports.agent.Agent``. Safe to share between threads."""

    def __init__(
        self,
        client: Callable[[], Any],
        models: Mapping[Role, str],
        retries: Retries,
    ) -> None:
        """``client`` makes ``bedrock-runtime``'s; ``models`` are ids of models or inference profiles."""
        self._client = client
        self._models = models
        self._replies = Replies(retries)

    def reply(self, prompt: Prompt, *, timeout: float) -> Iterator[str]:
        """As the port says. Before its first piece a reply that failed in passing is asked for again."""
        request = _request(prompt, self._models[prompt.role])
        return self._replies.ask(
            timeout,
            lambda: self._client().converse_stream(**request)["stream"],
            lambda stream: _pieces(stream, prompt.role, request["modelId"]),
        )


def _pieces(stream: Any, role: Role, model: str) -> Iterator[str]:
    """The text of an event stream to its very end. Raises ``UpstreamError`` and botocore's errors."""
    stop_reason = None
    for event in stream:
        with understanding(CAPABILITY):
            text = event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
            stop_reason = event.get("messageStop", {}).get("stopReason", stop_reason)
            usage = event.get("metadata", {}).get("usage")
        if text:
            yield str(text)
        if usage:
            _tell(usage, role, model)
    if stop_reason is None:
        raise Unavailable(CAPABILITY, "the stream broke off")
    failure = _STOPPED.get(stop_reason, Unavailable)
    if failure is not None:
        raise failure(CAPABILITY, stop_reason)


def _tell(usage: Mapping[str, Any], role: Role, model: str) -> None:
    tokens = {"input_tokens": usage.get("inputTokens"), "output_tokens": usage.get("outputTokens")}
    log.info("agent_usage", extra={"role": role, "model": model, **tokens})


def _request(prompt: Prompt, model: str) -> dict[str, Any]:
    return {
        "modelId": model,
        "system": [{"text": prompt.instructions}],
        "messages": _messages(prompt),
        "inferenceConfig": {"maxTokens": prompt.max_tokens, "temperature": _TEMPERATURE},
    }


def _messages(prompt: Prompt) -> list[dict[str, Any]]:
    """Turn and turn about, the user first and last, none blank: Converse refuses anything else."""
    messages: list[dict[str, Any]] = []
    said = [(turn.speaker, turn.text) for turn in prompt.history if turn.text.strip()]
    for speaker, text in [*said, ("user", prompt.request)]:
        if messages and messages[-1]["role"] == speaker:
            messages[-1]["content"].append({"text": text})
        elif messages or speaker == "user":
            messages.append({"role": speaker, "content": [{"text": text}]})
    return messages
