"""Translates each error into the status, code and message that the client gets."""

from __future__ import annotations

from dataclasses import dataclass

from domain.base import errors as domain
from domain.documents.documents import LeaseLost
from domain.interviews.interviews import SessionMoved
from ports import errors as ports
from ports.identity_provider import InvalidToken
from ports.key_value_store import ConditionFailed, InvalidItem, ItemTooLarge
from ports.object_store import InvalidKey, ObjectNotFound, PresignedRefused
from ports.paging import InvalidCursor
from ports.text_extractor import UnreadableDocument
from ports.transcriber import UnreadableRecording
from ports.vector_store import InvalidVector

STATUS: dict[type[Exception], int] = {
    domain.LyceumError: 500,
    domain.InvalidRequest: 400,
    domain.Unauthenticated: 401,
    domain.Forbidden: 403,
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.TooLarge: 413,
    domain.UnsupportedType: 415,
    domain.Unreadable: 422,
    domain.OverLimit: 429,
    ports.UpstreamError: 502,
    ports.TimedOut: 504,
    InvalidCursor: 400,
    InvalidToken: 401,
    ConditionFailed: 409,
    LeaseLost: 409,
    SessionMoved: 409,
    PresignedRefused: 403,
    # A service should have caught these. If one arrives here, it is a defect of ours, and the log says where.
    ports.PortError: 500,
    InvalidItem: 500,
    InvalidKey: 500,
    InvalidVector: 500,
    ItemTooLarge: 500,
    ObjectNotFound: 500,
    UnreadableDocument: 500,
    UnreadableRecording: 500,
}

CAPABILITIES = {
    "agent": "The tutor",
    "connection_gateway": "The live connection",
    "directory": "The school's directory",
    "embedder": "The search",
    "identity_provider": "The sign-in service",
    "key_value_store": "The database",
    "knowledge_base": "The search",
    "object_store": "The document store",
    "secrets": "The store of secrets",
    "text_recogniser": "The recognition of scans",
    "transcriber": "The speech recognition",
    "vector_store": "The search",
}
"""How an error message names a port to a client."""
_FIXED = {
    InvalidCursor: ("invalid_cursor", "The cursor does not belong to this list.", "cursor"),
    InvalidToken: ("invalid_token", "The access token is not valid.", None),
    LeaseLost: ("conflict", "It was changed by another request at the same time. Try again.", None),
    SessionMoved: ("conflict", "It was changed by another request at the same time. Try again.", None),
    ConditionFailed: ("conflict", "It was changed by another request at the same time. Try again.", None),
    PresignedRefused: ("presigned_refused", "The request differs from what was permitted.", None),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a client sees it. ``retry_after`` is in seconds."""

    status: int
    code: str
    message: str
    field: str | None = None
    retry_after: int | None = None


def problem_of(error: Exception) -> Problem:
    """The problem to report for ``error``. Its message is our own text, never the text of the exception."""
    kind = next((kind for kind in type(error).__mro__ if kind in STATUS), None)
    status = STATUS[kind] if kind is not None and issubclass(kind, Exception) else 500
    if isinstance(error, domain.LyceumError) and status != 500:
        retry_after = getattr(error, "retry_after", None)
        return Problem(status, error.code, error.message, error.field, retry_after)
    if isinstance(error, ports.UpstreamError):
        who = CAPABILITIES.get(error.capability, "A service we depend on")
        if isinstance(error, ports.Damaged):
            what = (
                "is damaged. Trying again does not help: whoever runs the server must repair or restore it."
            )
            return Problem(status, f"{error.capability}_damaged", f"{who} {what}")
        if isinstance(error, ports.Unwritable):
            what = "cannot store anything. Whoever runs the server must give it room, or permission to write."
            return Problem(status, f"{error.capability}_unwritable", f"{who} {what}")
        what = "did not answer in time" if status == 504 else "is not available right now"
        suffix = "timed_out" if status == 504 else "unavailable"
        message = f"{who} {what}. Please try again."
        return Problem(status, f"{error.capability}_{suffix}", message, retry_after=error.retry_after)
    if kind in _FIXED:
        code, message, field = _FIXED[kind]
        return Problem(status, code, message, field)
    return Problem(500, "internal_error", "Something went wrong on our side.")
