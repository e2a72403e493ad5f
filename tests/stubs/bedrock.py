"""Bedrock on 127.0.0.1: Titan's embeddings, and a model that streams scripted replies over Converse."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard
from urllib.parse import unquote

from fakes.embedder import HashingEmbedder
from ports.agent import CutShort, Refused
from ports.errors import Throttled, TimedOut, UpstreamError
from tests.stubs.aws_endpoint import Answer, AwsEndpoint, Request, json_answer, json_error
from tests.stubs.event_stream import event, exception, stream

_STOPS: dict[type[Exception], str] = {CutShort: "max_tokens", Refused: "guardrail_intervened"}
_BREAKS: dict[type[Exception], str] = {Throttled: "throttlingException"}


@dataclass
class Bedrock(AwsEndpoint):
    """Bedrock over HTTP. It answers with scripted embeddings and replies first, then with computed ones."""

    embedder: HashingEmbedder = field(default_factory=lambda: HashingEmbedder(256))
    embeddings: deque[Answer] = field(default_factory=deque)
    replies: deque[Answer] = field(default_factory=deque)

    def next_for(self, request: Request) -> Answer:
        self.asked.append(request)
        if unquote(request.path).endswith("/converse-stream"):
            return self.replies.popleft()
        if not re.fullmatch(r"/model/amazon\.titan-embed[^/]*/invoke", unquote(request.path)):
            return json_error("ResourceNotFoundException", 404)
        if self.embeddings:
            return self.embeddings.popleft()
        text = request.json["inputText"]
        if not text or len(text) > 50_000:
            return json_error("ValidationException")
        [vector] = self.embedder.embed([text])
        return json_answer({"embedding": vector, "inputTextTokenCount": len(text.split())})

    def forget(self) -> None:
        super().forget()
        self.embeddings.clear()
        self.replies.clear()


def is_refusal(script: object) -> TypeGuard[UpstreamError]:
    """Whether the failure is an error of the request, not of the stream."""
    return isinstance(script, UpstreamError) and type(script) not in _STOPS


def refusal_of(failure: UpstreamError) -> Answer:
    """An answer that the adapter reports as ``failure`` and does not retry."""
    if isinstance(failure, Throttled):
        return json_error("ServiceQuotaExceededException")
    return json_error(
        "ModelTimeoutException" if isinstance(failure, TimedOut) else "AccessDeniedException", 403
    )


def streamed_reply(pieces: Sequence[str | Exception]) -> Answer:
    """The stream of a reply, up to its end or its first failure."""
    messages = [event("messageStart", {"role": "assistant"})]
    for piece in pieces:
        if isinstance(piece, str):
            messages.append(event("contentBlockDelta", {"delta": {"text": piece}, "contentBlockIndex": 0}))
            continue
        if isinstance(piece, TimedOut):
            return replace(stream(*messages, b"\0"), stalled=True)
        stop = _STOPS.get(type(piece))
        if stop is None:
            return stream(*messages, exception(_BREAKS.get(type(piece), "internalServerException")))
        return stream(*messages, event("messageStop", {"stopReason": stop}))
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    return stream(
        *messages,
        event("messageStop", {"stopReason": "end_turn"}),
        event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}),
    )
