"""The Lambda functions: for each one its memory, its time limit, and what happens to an event on which it fails.

Chalice makes the functions and names their resources. The values here are added to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GATEWAY_SECONDS = 29
"""API Gateway's time limit in seconds, for REST and for the WebSocket."""
LONG_SECONDS = 900
"""Lambda's time limit in seconds."""

Name = Literal[
    "APIHandler",
    "Authorize",
    "WebsocketConnect",
    "WebsocketMessage",
    "WebsocketDisconnect",
    "OnObjectCreated",
    "OnRecognitionStored",
    "OnTranscriptCreated",
    "OnTranscriptionFailed",
    "OnSchedule",
]


@dataclass(frozen=True, slots=True)
class Function:
    name: Name
    """The name of its resource. Chalice chooses it."""
    handler: str
    memory: int
    """In megabytes. The share of a processor grows with it: 1,769 MB are one processor."""
    seconds: int
    retries: int | None = None
    """How many times AWS delivers a failed event again; None if the caller waits for the response."""
    queue: str | None = None
    """The queue for events on which it failed every time; None for no queue."""
    errors_alarm: bool = True
    starts_from_snapshot: bool = False
    """Whether Lambda starts the function from a snapshot if the parameter SnapStart is on. True for functions that a
    person waits for.
    """


FUNCTIONS = (
    Function("APIHandler", "app.app", 1769, GATEWAY_SECONDS, starts_from_snapshot=True),
    # The authorizer refuses a token by raising an error, as API Gateway requires. So an alarm on its errors would mean nothing.
    Function("Authorize", "app.authorize", 1024, 10, errors_alarm=False, starts_from_snapshot=True),
    Function("WebsocketConnect", "app.on_connect", 512, GATEWAY_SECONDS, starts_from_snapshot=True),
    Function("WebsocketMessage", "app.on_message", 1769, GATEWAY_SECONDS, starts_from_snapshot=True),
    Function("WebsocketDisconnect", "app.on_disconnect", 512, GATEWAY_SECONDS),
    Function("OnObjectCreated", "app.on_object_created", 1769, LONG_SECONDS, 2, "FailedUploads"),
    Function("OnRecognitionStored", "app.on_recognition_stored", 1769, LONG_SECONDS, 2, "FailedRecognitions"),
    Function("OnTranscriptCreated", "app.on_transcript_created", 1024, LONG_SECONDS, 2, "FailedTranscripts"),
    Function(
        "OnTranscriptionFailed", "app.on_transcription_failed", 1024, LONG_SECONDS, 2, "FailedTranscriptions"
    ),
    # No retries and no queue: the next run, one minute later, finds the same work.
    Function("OnSchedule", "app.on_schedule", 1769, LONG_SECONDS, 0),
)


def log_group(name: str) -> str:
    """The name of the resource of a function's log group."""
    return f"{name}Logs"


def role(name: str) -> str:
    return f"{name}Role"
