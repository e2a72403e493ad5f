"""A good request for every route that takes a body, from which the bad ones are made."""

from __future__ import annotations

from typing import Any

import msgspec

from chalicelib.http import AnyForm, NoBody, Route
from chalicelib.websocket import Incoming
from tests.support.world import World

Body = dict[str, Any]

GOOD_BODIES: dict[str, Body] = {
    "POST /api/files/upload-url": {"file_name": "new.txt", "content_type": "text/plain", "file_size": 5},
    "POST /api/files": {"file_key": "raw-files/user_mary/none_original.txt"},
    "POST /api/chat": {"message": "What does the second law say?"},
    "PATCH /api/chat/conversations/{conversation_id}": {"title": "mine now"},
    "POST /api/chat/subjects/{subject_id}": {"message": "What does the second law say?"},
    "POST /api/search/cross-subject": {"query": "the second law", "subjects": ["history_201"]},
    "POST /api/quizzes": {"num_questions": 2},
    "POST /api/quizzes/{quiz_id}/submit": {"answers": {"1": "A"}},
    "POST /api/assignments/{assignment_id}/generate-quiz": {"num_questions": 2},
    "POST /api/teacher/subjects/{subject_id}/materials/upload-url": {
        "file_name": "new.txt",
        "content_type": "text/plain",
        "file_size": 5,
    },
}
GOOD_MESSAGES: dict[str, Body] = {
    "ping": {},
    "chat_message": {"message": "What does the second law say?"},
    "start_interview": {},
    "resume_interview": {"session_id": "none", "resume_token": "none"},
    "audio_chunk": {"audio_data": "T2dnUw==", "sequence": 0, "media_format": "ogg"},
    "text_answer": {"text": "An answer."},
    "end_interview": {},
    "end_session": {},
}


def routes_with_bodies(world: World) -> list[Route]:
    return [route for route in world.api.routes if route.body is not NoBody]


def forms(world: World) -> list[Route]:
    return [route for route in world.api.routes if route.form not in (None, AnyForm)]


def fields_of(schema: Any) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(schema))


def messages() -> dict[str, Any]:
    """The schema of each message that the WebSocket takes, by its type."""
    return {kind.__struct_config__.tag: kind for kind in Incoming.__args__}


def path_of(route: Route, **values: str) -> str:
    """The route's path; a parameter that is not given is nothing that there is."""
    path = route.path
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, values.get(part.strip("{}"), "00000000-0000-4000-8000-000000000000"))
    return path
