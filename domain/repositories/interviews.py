"""Interviews and their turns, by owner. A session's row and its turns lie in one partition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.model.errors import NotFound
from domain.model.interview import Analysis, Interview, Turn
from domain.repositories.tables import INTERVIEW_SESSIONS
from ports.key_value_store import KeyValueStore

_SESSION = "session"
_TURN = "t#"


@dataclass(frozen=True, slots=True)
class InterviewPage:
    interviews: list[Interview]
    cursor: str | None


class Interviews:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def get(self, owner: str, session_id: str) -> Interview:
        """Raises ``NotFound``, alike for an interview that is not there and another's."""
        item = self._store.get(INTERVIEW_SESSIONS, {"session_id": session_id, "sort_key": _SESSION})
        if item is None or item["user_id"] != owner:
            raise NotFound("interview_not_found", "There is no such interview.")
        return _interview_from(item)

    def page(self, owner: str, *, limit: int, cursor: str | None) -> InterviewPage:
        """The owner's interviews, newest first."""
        page = self._store.query(
            INTERVIEW_SESSIONS, owner, index="user-id-index", descending=True, limit=limit, cursor=cursor
        )
        return InterviewPage([_interview_from(item) for item in page.items], page.cursor)

    def remove(self, interview: Interview) -> None:
        """Remove the interview and its turns; its own row goes last, so that it is found until all is gone."""
        partition = interview.session_id
        cursor = None
        while True:
            page = self._store.query(INTERVIEW_SESSIONS, partition, prefix=_TURN, cursor=cursor)
            self._store.delete_many(
                INTERVIEW_SESSIONS, [INTERVIEW_SESSIONS.key_of(item) for item in page.items]
            )
            cursor = page.cursor
            if cursor is None:
                break
        self._store.delete(INTERVIEW_SESSIONS, {"session_id": partition, "sort_key": _SESSION})

    def turns(self, interview: Interview) -> list[Turn]:
        """What was asked and answered, in order."""
        turns: list[Turn] = []
        cursor = None
        while True:
            page = self._store.query(INTERVIEW_SESSIONS, interview.session_id, prefix=_TURN, cursor=cursor)
            turns += [_turn_from(item) for item in page.items]
            cursor = page.cursor
            if cursor is None:
                return turns


def _interview_from(item: Mapping[str, Any]) -> Interview:
    fields = {name: value for name, value in item.items() if name in Interview.__dataclass_fields__}
    for name in ("strengths", "improvements"):
        fields[name] = tuple(item.get(name, ()))
    return Interview(**fields)


def _turn_from(item: Mapping[str, Any]) -> Turn:
    analysis = item.get("analysis")
    return Turn(
        question_number=item["question_number"],
        question=item["question"],
        transcription=item.get("transcription"),
        analysis=None if analysis is None else _analysis_from(analysis),
    )


def _analysis_from(stored: Mapping[str, Any]) -> Analysis:
    return Analysis(
        content_accuracy=float(stored["content_accuracy"]),
        clarity=float(stored["clarity"]),
        completeness=float(stored["completeness"]),
        overall=float(stored["overall"]),
        strengths=tuple(stored["strengths"]),
        improvements=tuple(stored["improvements"]),
        evidence=tuple(stored["evidence"]),
    )
