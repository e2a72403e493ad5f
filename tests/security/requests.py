"""A valid message of each kind that the WebSocket takes. The invalid ones are made from these."""

from __future__ import annotations

from typing import Any

from chalicelib.http import AnyForm, Route
from chalicelib.websocket import Incoming
from tests.support.examples import Body
from tests.support.world import World

GOOD_MESSAGES: dict[str, Body] = {
    "ping": {},
    "chat_message": {"message": "What does the second law say?"},
    "start_interview": {},
    "resume_interview": {"session_id": "none", "resume_token": "none"},
    "audio_chunk": {"audio_data": "T2dnUw==", "sequence": 0, "media_format": "ogg"},
    "discard_recording": {"recording_id": "one"},
    "text_answer": {"text": "An answer."},
    "end_interview": {},
    "end_session": {},
}


def forms(world: World) -> list[Route]:
    return [route for route in world.api.routes if route.form not in (None, AnyForm)]


def messages() -> dict[str, Any]:
    """The schema of each message that the WebSocket takes, by its type."""
    return {kind.__struct_config__.tag: kind for kind in Incoming.__args__}
