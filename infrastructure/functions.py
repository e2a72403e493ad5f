"""Each function: how large, how long, and what becomes of an event that it fails.

Chalice makes the functions and names their resources; what stands here is added to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GATEWAY_SECONDS = 29
"""API Gateway waits no longer, for REST or the WebSocket."""
LONG_SECONDS = 900
"""Lambda's own limit."""

Name = Literal[
    "APIHandler",
    "Authorize",
    "WebsocketConnect",
    "WebsocketMessage",
    "WebsocketDisconnect",
    "OnObjectCreated",
    "OnTranscriptCreated",
    "OnTranscriptionFailed",
    "OnSchedule",
]


@dataclass(frozen=True, slots=True)
class Function:
    name: Name
    """Its resource, as Chalice calls it."""
    handler: str
    memory: int
    """Megabytes; with them comes a share of processors: 1,769 are one of them."""
    seconds: int
    retries: int | None = None
    """How often AWS delivers an event again that failed; None where whoever asks hears of it himself."""
    queue: str | None = None
    """Where an event goes that failed every time."""
    errors_alarm: bool = True


FUNCTIONS = (
    Function("APIHandler", "app.app", 1769, GATEWAY_SECONDS),
    # It refuses a token by failing, as API Gateway wants it: its errors are no news.
    Function("Authorize", "app.authorize", 1024, 10, errors_alarm=False),
    Function("WebsocketConnect", "app.on_connect", 512, GATEWAY_SECONDS),
    Function("WebsocketMessage", "app.on_message", 1769, GATEWAY_SECONDS),
    Function("WebsocketDisconnect", "app.on_disconnect", 512, GATEWAY_SECONDS),
    Function("OnObjectCreated", "app.on_object_created", 1769, LONG_SECONDS, 2, "FailedUploads"),
    Function("OnTranscriptCreated", "app.on_transcript_created", 1024, LONG_SECONDS, 2, "FailedTranscripts"),
    Function(
        "OnTranscriptionFailed", "app.on_transcription_failed", 1024, LONG_SECONDS, 2, "FailedTranscriptions"
    ),
    # What it leaves undone it finds again a minute later: neither repeated nor kept.
    Function("OnSchedule", "app.on_schedule", 1769, LONG_SECONDS, 0),
)


def log_group(name: str) -> str:
    """The resource of a function's log group."""
    return f"{name}Logs"


def role(name: str) -> str:
    return f"{name}Role"
