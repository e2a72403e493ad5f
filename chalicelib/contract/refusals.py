"""The errors that each route can give: codes, statuses and meanings. Tests check every error that they see against this
list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from chalicelib.errors import CAPABILITIES
from chalicelib.http import NoBody, Route

_AUTHENTICATION = {
    "missing_token": (401, "There is no access token."),
    "invalid_token": (401, "The access token is malformed, forged, expired or not issued for this service."),
}
_IDEMPOTENCY = {
    "invalid_idempotency_key": (
        400,
        "The Idempotency-Key is empty, too long, or has characters it may not have.",
    ),
    "idempotency_key_reused": (409, "The Idempotency-Key was used with another body."),
    "request_in_progress": (409, "The same request is being answered. Ask again for its response."),
}
_INVALID = {"invalid_request": (400, "A value is missing, unknown, or out of its range.")}
_JSON = {
    "malformed_json": (400, "The body is not well-formed JSON."),
    "body_too_large": (413, "The body is larger than a JSON body may be."),
    "unsupported_media_type": (415, "The body is not sent as application/json."),
}
_FORM = {"malformed_form": (400, "The body is not a well-formed form.")}
_CURSOR = {"invalid_cursor": (400, "The cursor does not belong to this list.")}
_PATH = {"not_found": (404, "There is nothing under this path.")}
_CONTENDED = {"conflict": (409, "It was changed by another request at the same time. Try again.")}
_TEACHER = {
    "teacher_only": (403, "The person does not act as a teacher."),
    "not_your_subject": (403, "The teacher does not teach the subject."),
}
_FAILED = {"internal_error": (500, "Something went wrong on the server.")}
_ADMIT = ("directory", "identity_provider", "secrets")
"""The capabilities that every route calls to identify the person."""
_CAN_BE_DAMAGED = ("directory", "key_value_store", "object_store", "vector_store")
"""The ports whose data the laptop keeps in its own files, which can be damaged."""
_IN_PATH = {
    "assignment_id": {"assignment_not_found": (404, "There is no such assignment for the person.")},
    "concept": {"concept_not_found": (404, "The learner has no evidence of the concept.")},
    "file_id": {"file_not_found": (404, "The document does not exist, or belongs to another person.")},
    "question_id": {"question_not_found": (404, "The quiz has no such question.")},
    "quiz_id": {"quiz_not_found": (404, "The quiz does not exist, or belongs to another person.")},
}
"""The errors of a route whose path has a value of this name."""
_NAMED = {
    "conversation_id": {
        "conversation_not_found": (404, "The conversation does not exist, or belongs to another person.")
    },
    "document_ids": {
        "file_not_found": (404, "A document does not exist, or belongs to another person."),
        "document_not_ready": (409, "A document is not processed yet."),
    },
    "subject_id": {"subject_not_found": (404, "The subject does not exist, or is not the person's.")},
    "subjects": {"subject_not_found": (404, "A subject does not exist, or is not the person's.")},
}
"""The errors of a route whose path, query or body has a value of this name. Not for teachers' routes."""

_OF_MESSAGES = {
    "invalid_message": "The message is no JSON text, or larger than a message may be.",
    "malformed_json": "The message is not well-formed JSON.",
    "invalid_request": "A value is missing, unknown, or out of its range.",
    "connection_closed": "The connection is not known any more. Connect again.",
    "token_expired": "The access token has expired. Get a ticket with a new token and connect again.",
    "subject_not_found": "The subject does not exist, or is not the person's.",
    "conversation_not_found": "The conversation does not exist, or belongs to another person.",
    "conversation_busy": "An answer in the conversation is being made. Try again soon.",
    "daily_messages_used": "Today's messages are used up.",
    "daily_interviews_used": "Today's interviews are used up.",
    "daily_audio_minutes_used": "Today's minutes of sound are used up. Answer in text.",
    "too_many_requests": "More requests than one person may send in a minute.",
    "too_many_messages": "More messages than one connection may send at a time.",
    "connection_busy": "Another message began an interview on the connection at the same time. Try again.",
    "no_interview": "No interview goes on over the connection.",
    "no_materials": "There is nothing to ask about.",
    "not_enough_material": "No question could be made that the documents fully support.",
    "interview_not_found": "The interview does not exist, belongs to another person, or the token is wrong.",
    "interview_in_progress": "Another interview is open on the connection.",
    "interview_elsewhere": "The interview is on another connection: it was started or resumed there. Resume it first.",
    "interview_ended": "The interview has ended.",
    "question_not_ready": "The question is not ready yet. Try again soon.",
    "question_answered": "The question is already answered.",
    "answer_being_processed": "The answer is being judged. Try again soon.",
    "answer_too_long": "The recording is longer than an answer may be.",
    "part_conflict": "Another part of the recording has this number.",
    "recording_discarded": "The recording was discarded.",
    "type_mismatch": "The recording does not have the format that `media_format` names.",
    "unsupported_media_format": "Recordings of the format are not read.",
    "unsupported_language": "Speech in the language is not understood.",
    "voice_unavailable": "This server does not understand speech. Answer in text.",
    "conflict": "It was changed by another request at the same time. Try again.",
}


def faults_of(capabilities: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The errors that a route gives when one of these capabilities fails: by code, the status and the meaning."""
    faults: dict[str, tuple[int, str]] = {}
    for name in capabilities:
        faults[f"{name}_unavailable"] = (502, "A service that Lyceum depends on failed. Try again.")
        faults[f"{name}_timed_out"] = (
            504,
            "A service that Lyceum depends on did not answer in time. Try again.",
        )
        if name in _CAN_BE_DAMAGED:
            faults[f"{name}_damaged"] = (502, "What it stores is damaged. Trying again does not help.")
            faults[f"{name}_unwritable"] = (502, "It cannot store anything: its disk is full or read-only.")
    return faults


def refusals_of_messages() -> dict[str, str]:
    """The codes of the WebSocket's ``error`` messages, each with its meaning."""
    faults = {code: meaning for code, (_, meaning) in (_FAILED | faults_of(CAPABILITIES)).items()}
    return dict(sorted((_OF_MESSAGES | faults).items()))


def refusals_of(route: Route) -> dict[int, dict[str, str]]:
    """The errors that the route can give: for each status, in ascending order, the codes with their meanings."""
    codes: dict[str, tuple[int, str]] = dict(_FAILED)
    in_path = re.findall(r"\{(\w+)\}", route.path)
    named = {*in_path, *_names(route.query), *_names(route.body), *_names(route.form)}
    is_taught = "/teacher/" in route.path
    if not route.is_public:
        codes |= _AUTHENTICATION | faults_of((*_ADMIT, *route.reaches))
        if route.method != "GET" and route.reaches:
            codes |= _CONTENDED
    if in_path:
        codes |= _PATH
    if named - set(in_path):
        codes |= _INVALID
    if "cursor" in named:
        codes |= _CURSOR
    if route.body is not NoBody:
        codes |= _JSON
    if route.form is not None:
        codes |= _FORM
    if route.creates:
        codes |= _IDEMPOTENCY
    for name in in_path:
        codes |= _IN_PATH.get(name, {})
    if is_taught:
        codes |= _TEACHER  # an unknown subject is refused like one that the teacher does not teach
    else:
        for name in named:
            codes |= _NAMED.get(name, {})
    codes |= route.refuses
    found: dict[int, dict[str, str]] = {}
    for code, (status, meaning) in codes.items():
        found.setdefault(status, {})[code] = meaning
    return dict(sorted(found.items()))


def _names(schema: type[msgspec.Struct] | None) -> list[str]:
    return [] if schema is None else [field.encode_name for field in msgspec.structs.fields(schema)]
