"""Interviews, by owner. A session's row, its material, its turns and the parts of its recordings lie in one
partition; whatever is written beside a session is written only while the session stands as it was read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from domain.base.errors import NotFound
from domain.base.moments import to_text
from domain.base.tables import INTERVIEW_SESSIONS, PENDING_INDEX
from domain.documents.passage import ChunkSpan, Passage
from domain.interviews.interview import (
    Analysis,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    RecordingId,
    RubricFact,
)
from domain.interviews.recording import ReceivedPart
from ports.key_value_store import VERSION, Check, ConditionFailed, Item, KeyValueStore, Put, Write

_SESSION = "session"
_MATERIAL = "material"
_TURN = "t#"
_PART = "p#"
_PENDING = "interviews"
_RECORDING_NUMBER = "attempt"
"""The name under which rows hold ``Interview.recording_number``."""
_PAGE = 1000
_TRIES = 8


class SessionMoved(Exception):
    """The session is no longer as it was read: another message, or another worker, was first."""


@dataclass(frozen=True, slots=True)
class InterviewPage:
    interviews: list[Interview]
    cursor: str | None


class Interviews:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def get(self, owner: str, session_id: str) -> Interview:
        """Raises ``NotFound``, alike for an interview that is not there and another's."""
        interview = self.find(owner, session_id)
        if interview is None:
            raise NotFound("interview_not_found", "There is no such interview.")
        return interview

    def find(self, owner: str, session_id: str) -> Interview | None:
        interview = self.named_by_store(session_id)
        return interview if interview is not None and interview.user_id == owner else None

    def named_by_store(self, session_id: str) -> Interview | None:
        """Whoever's it is: for events of our own bucket, which tell of a session and not of its owner."""
        item = self._store.get(INTERVIEW_SESSIONS, _key(session_id, _SESSION))
        return None if item is None else _interview_from(item)

    def page(self, owner: str, *, limit: int, cursor: str | None) -> InterviewPage:
        """The owner's interviews, newest first."""
        page = self._store.query(
            INTERVIEW_SESSIONS, owner, index="user-id-index", descending=True, limit=limit, cursor=cursor
        )
        return InterviewPage([_interview_from(item) for item in page.items], page.cursor)

    def due(self, now: datetime) -> Iterator[Interview]:
        """The interviews that somebody must look at, of every learner: for the sweeper."""
        cursor = None
        while True:
            page = self._store.query(
                INTERVIEW_SESSIONS, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
            yield from (_interview_from(item) for item in page.items)
            cursor = page.cursor
            if cursor is None:
                return

    def set_material(
        self, interview: Interview, passages: Sequence[Passage], concepts: Sequence[str]
    ) -> None:
        """Keep what the interview's questions are made from. Raises ``SessionMoved`` as ``change`` does."""
        kept = {"passages": [_plain(asdict(one)) for one in passages], "concepts": list(concepts)}
        for _ in range(_TRIES):
            item = _key(interview.session_id, _MATERIAL) | kept
            try:
                self._transact([_as_read(self.held(interview)), Put(INTERVIEW_SESSIONS, item)])
            except SessionMoved:
                continue  # changed in between; or in other hands, of which the next look tells
            return
        raise SessionMoved

    def material(self, interview: Interview) -> tuple[list[Passage], list[str]] | None:
        """The passages and concepts that were kept; None where none were yet."""
        item = self._store.get(INTERVIEW_SESSIONS, _key(interview.session_id, _MATERIAL))
        if item is None:
            return None
        return [_passage_from(one) for one in item["passages"]], list(item["concepts"])

    def save(
        self, interview: Interview, *, turns: Sequence[InterviewTurn] = (), beside: Sequence[Write] = ()
    ) -> Interview:
        """Store a new session, or a change of one with its turns and what goes with them, all or nothing.

        Answers it at its new version. Raises ``SessionMoved`` if the session is not at its version any more.
        """
        writes = [Put(INTERVIEW_SESSIONS, _turn_item(interview, turn)) for turn in turns]
        return self._written(interview, [*writes, *beside])

    def change(
        self,
        interview: Interview,
        change: Callable[[Interview], Interview],
        *,
        turns: Callable[[], Sequence[InterviewTurn]] = tuple,
        beside: Sequence[Write] = (),
    ) -> Interview:
        """As ``save``, of what ``change`` makes of the session as it is stored by then: a learner may resume it
        elsewhere, or wish to end it, while a worker has it. ``turns`` is asked after the change.

        Raises ``SessionMoved`` once it is in other hands, over, or gone.
        """
        current = interview
        for _ in range(_TRIES):
            changed = change(current)
            try:
                return self.save(changed, turns=turns(), beside=beside)
            except SessionMoved:
                current = self.held(interview)
        raise SessionMoved

    def held(self, interview: Interview) -> Interview:
        """The session as it is stored now, still under the lease that it was read with.

        Raises ``SessionMoved``.
        """
        current = self.find(interview.user_id, interview.session_id)
        if current is None or current.lease_id != interview.lease_id or not current.is_open:
            raise SessionMoved
        return current

    def take_over(self, interview: Interview, connection_id: str) -> Interview:
        """The session, whoever has it, its pushes to go to another connection. Raises ``SessionMoved``."""
        for _ in range(_TRIES):
            try:
                return self.save(replace(interview, connection_id=connection_id))
            except SessionMoved:
                interview = self.get(interview.user_id, interview.session_id)
        raise SessionMoved

    def turns(self, interview: Interview) -> list[InterviewTurn]:
        """What was asked and answered, in order."""
        return [_turn_from(item) for item in self._rows(interview.session_id, _TURN)]

    def open_turn(self, interview: Interview) -> InterviewTurn:
        """The one that waits for its answer. Raises ``SessionMoved`` if it is gone."""
        key = _key(interview.session_id, _turn_key(interview.questions_asked))
        item = self._store.get(INTERVIEW_SESSIONS, key)
        if item is None:
            raise SessionMoved
        return _turn_from(item)

    def add_part(
        self, interview: Interview, recording: RecordingId, part: ReceivedPart, *, is_first: bool
    ) -> Interview:
        """Note that a part was stored; one that was noted before stays as it is. Answers the session.

        Of the first part of a recording, the session's own change is stored with it. Raises
        ``SessionMoved`` if the session is not at its version any more.
        """
        sort_key = f"{_part_prefix(recording)}{part.sequence:06d}"
        item: Item = {**_key(interview.session_id, sort_key), **asdict(part)}
        noted = Put(INTERVIEW_SESSIONS, item, unless_exists=True)
        if is_first:
            return self._written(interview, [noted])
        try:
            self._transact([_as_read(interview), noted])
        except SessionMoved:
            if self._store.get(INTERVIEW_SESSIONS, _key(interview.session_id, sort_key)) is None:
                raise
        return interview

    def parts(self, recording: RecordingId) -> list[ReceivedPart]:
        """The parts that came, by number."""
        return [_part_from(item) for item in self._rows(recording.session_id, _part_prefix(recording))]

    def earlier_parts(self, interview: Interview) -> list[tuple[RecordingId, ReceivedPart]]:
        """The parts of recordings before the one that the open question waits for: of its own earlier
        attempts, and of the question before it."""
        numbers = (interview.questions_asked, interview.questions_asked - 1)
        return [
            (recording, part)
            for number in numbers
            for recording, part in self._parts_of(interview.session_id, number)
            if (number, recording.recording_number) < (interview.questions_asked, interview.recording_number)
        ]

    def _parts_of(self, session_id: str, number: int) -> Iterator[tuple[RecordingId, ReceivedPart]]:
        for item in self._rows(session_id, f"{_PART}{number:04d}#"):
            recording = RecordingId(session_id, number, int(item["sort_key"].split("#")[2]))
            yield recording, _part_from(item)

    def remove(self, interview: Interview) -> None:
        """Remove the interview with all of its rows; its own goes last, so that it is found until all is gone."""
        keys = [INTERVIEW_SESSIONS.key_of(item) for item in self._rows(interview.session_id, "")]
        self._store.delete_many(INTERVIEW_SESSIONS, [key for key in keys if key["sort_key"] != _SESSION])
        self._store.delete(INTERVIEW_SESSIONS, _key(interview.session_id, _SESSION))

    def _written(self, interview: Interview, beside: Sequence[Write]) -> Interview:
        stored = replace(interview, version=interview.version + 1)
        item = _interview_item(stored)
        if interview.version == 0:
            own = Put(INTERVIEW_SESSIONS, item, unless_exists=True)
        else:
            own = Put(INTERVIEW_SESSIONS, item, if_version=interview.version)
        self._transact([own, *beside])
        return stored

    def _transact(self, writes: Sequence[Write]) -> None:
        try:
            self._store.transact(writes)
        except ConditionFailed:
            raise SessionMoved from None

    def _rows(self, partition: str, prefix: str) -> Iterator[Item]:
        cursor = None
        while True:
            page = self._store.query(INTERVIEW_SESSIONS, partition, prefix=prefix, limit=_PAGE, cursor=cursor)
            yield from page.items
            cursor = page.cursor
            if cursor is None:
                return


def _as_read(interview: Interview) -> Check:
    """What is written beside the session is written only while it stands as it was read."""
    return Check(INTERVIEW_SESSIONS, _key(interview.session_id, _SESSION), if_version=interview.version)


def _key(session_id: str, sort_key: str) -> dict[str, str]:
    return {"session_id": session_id, "sort_key": sort_key}


def _turn_key(number: int) -> str:
    return f"{_TURN}{number:04d}"


def _part_prefix(recording: RecordingId) -> str:
    return f"{_PART}{recording.question_number:04d}#{recording.recording_number:06d}#"


def _part_from(item: Mapping[str, Any]) -> ReceivedPart:
    return ReceivedPart(item["sequence"], item["is_final"], item["digest"], item["size"])


def _plain(value: Any) -> Any:
    """As the store takes it: tuples as lists, and what is None left out."""
    match value:
        case dict():
            return {name: _plain(member) for name, member in value.items() if member is not None}
        case list() | tuple():
            return [_plain(member) for member in value]
        case _:
            return value


def _interview_item(interview: Interview) -> Item:
    item: Item = _plain(asdict(interview))
    item[_RECORDING_NUMBER] = item.pop("recording_number")
    if interview.sweep_at is not None:
        item["pending"] = _PENDING
    return item | _key(interview.session_id, _SESSION) | {VERSION: interview.version}


def _interview_from(item: Mapping[str, Any]) -> Interview:
    fields = {name: value for name, value in item.items() if name in Interview.__dataclass_fields__}
    fields["recording_number"] = item[_RECORDING_NUMBER]
    for name in ("strengths", "improvements"):
        fields[name] = tuple(item.get(name, ()))
    if "prepared" in fields:
        fields["prepared"] = _question_from(fields["prepared"])
    if "overall_score" in fields:
        fields["overall_score"] = float(fields["overall_score"])
    return Interview(**fields)


def _turn_item(interview: Interview, turn: InterviewTurn) -> Item:
    item: Item = _plain(asdict(turn))
    return item | _key(interview.session_id, _turn_key(turn.question_number))


def _turn_from(item: Mapping[str, Any]) -> InterviewTurn:
    analysis = item.get("analysis")
    return InterviewTurn(
        question_number=item["question_number"],
        asked=_question_from(item["asked"]),
        transcription=item.get("transcription"),
        analysis=None if analysis is None else _analysis_from(analysis),
        answered_at=item.get("answered_at"),
    )


def _question_from(stored: Mapping[str, Any]) -> InterviewQuestion:
    return InterviewQuestion(
        question=stored["question"],
        concept=stored["concept"],
        facts=tuple(RubricFact(**fact) for fact in stored["facts"]),
        passage=_passage_from(stored["passage"]),
        is_follow_up=stored["is_follow_up"],
    )


def _passage_from(stored: Mapping[str, Any]) -> Passage:
    fields = {"subject_id": None} | dict(stored)
    fields["relevance"] = float(stored["relevance"])
    fields["spans"] = tuple(ChunkSpan(**span) for span in stored["spans"])
    return Passage(**fields)


def _analysis_from(stored: Mapping[str, Any]) -> Analysis:
    return Analysis(
        content_accuracy=float(stored["content_accuracy"]),
        clarity=float(stored["clarity"]),
        completeness=float(stored["completeness"]),
        overall=float(stored["overall"]),
        strengths=tuple(stored["strengths"]),
        improvements=tuple(stored["improvements"]),
        evidence=tuple(stored["evidence"]),
        follow_up=stored.get("follow_up"),
    )
