"""The repository of interviews. The rows of a session, of its material, its turns and its recordings' parts are one
partition. Rows beside the session are written only if the session is unchanged since it was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.base.moments import to_text
from domain.base.plain import plain
from domain.base.retrying import retried
from domain.base.tables import INTERVIEW_SESSIONS, PENDING_INDEX
from domain.documents.layout import layout_from
from domain.documents.passage import ChunkSpan, Passage
from domain.interviews.decisions import Decision
from domain.interviews.interview import (
    Analysis,
    Interview,
    InterviewQuestion,
    InterviewTurn,
    JudgedFact,
    RecordingId,
    RubricFact,
    evidence_id,
    interview_not_found,
)
from domain.interviews.recording import ReceivedPart
from domain.progress.marks import review_from
from ports.key_value_store import VERSION, Check, ConditionFailed, Item, KeyValueStore, Put, Write
from ports.paging import Page, every

_SESSION = "session"
_MATERIAL = "material"
_TURN = "t#"
_PART = "p#"
_PENDING = "interviews"
_RECORDING_NUMBER = "attempt"
"""The field of a row that holds ``Interview.recording_number``."""
_PAGE = 1000


class SessionMoved(Exception):
    """Another message or another worker changed the session since it was read."""


class Interviews:
    def __init__(self, store: KeyValueStore) -> None:
        self._store = store

    def get(self, owner: str, session_id: str) -> Interview:
        """The owner's interview. Raises ``NotFound``, also if it belongs to another user (the two are
        indistinguishable).
        """
        interview = self.find(owner, session_id)
        if interview is None:
            raise interview_not_found()
        return interview

    def find(self, owner: str, session_id: str | None) -> Interview | None:
        """The owner's interview with this id, or None."""
        interview = None if session_id is None else self.find_of_anyone(session_id)
        return interview if interview is not None and interview.user_id == owner else None

    def find_of_anyone(self, session_id: str) -> Interview | None:
        """The interview with this id, whoever owns it, or None. Only for events of the bucket and of transcription
        jobs, which name a session and not its owner.
        """
        item = self._store.get(INTERVIEW_SESSIONS, _key(session_id, _SESSION))
        return None if item is None else _interview_from(item)

    def page(self, owner: str, *, limit: int, cursor: str | None) -> Page[Interview]:
        """Up to ``limit`` of the owner's interviews, newest first."""
        page = self._store.query(
            INTERVIEW_SESSIONS, owner, index="user-id-index", descending=True, limit=limit, cursor=cursor
        )
        return Page([_interview_from(item) for item in page.items], page.cursor)

    def due(self, now: datetime) -> Iterator[Interview]:
        """The interviews of all learners whose ``sweep_at`` has come. Only the sweeper may call this."""
        rows = every(
            lambda cursor: self._store.query(
                INTERVIEW_SESSIONS, _PENDING, index=PENDING_INDEX, up_to=to_text(now), cursor=cursor
            )
        )
        return map(_interview_from, rows)

    def add(self, interview: Interview) -> Interview:
        """Store a new interview and return it at its version. Raises ``SessionMoved`` if its id is taken."""
        stored = replace(interview, version=1)
        self._transact([Put(INTERVIEW_SESSIONS, _interview_item(stored), unless_exists=True)])
        return stored

    def change(
        self,
        owner: str,
        session_id: str | None,
        decide: Callable[[Interview | None], Decision | None],
        *,
        known: Interview | None = None,
        beside: Sequence[Write] = (),
    ) -> Decision | None:
        """Store the decision that ``decide`` makes about the stored session, and return the decision as stored.

        The session, its turns, its part and ``beside`` are written in one transaction, and only if the session is still
        at the version that ``decide`` saw. If it is not, ``decide`` is called again with the session as it is then.
        ``decide`` gets None if the owner has no such interview. If it returns None, nothing is stored. ``known`` is the
        session as the caller has read it; it saves the first read.

        Raises ``SessionMoved`` if other workers keep changing the session, and what ``decide`` raises.
        """
        read = [known] if known is not None else []

        def changed() -> Decision | None:
            current = read.pop() if read else self.find(owner, session_id)
            decision = decide(current)
            if current is None or decision is None:
                return None
            return replace(decision, interview=self._stored(current, decision, beside))

        return retried(changed, on=SessionMoved)

    def set_material(
        self, interview: Interview, passages: Sequence[Passage], concepts: Sequence[str]
    ) -> None:
        """Store the passages and concepts from which the interview's questions are made.

        Raises ``SessionMoved`` if the lease of ``interview`` is not valid any more.
        """
        item = _key(interview.session_id, _MATERIAL) | {
            "passages": [plain(one, leave_out_none=True) for one in passages],
            "concepts": list(concepts),
        }

        def held(found: Interview | None) -> Decision | None:
            return Decision(found) if found is not None and found.is_held_by(interview.lease_id) else None

        beside = [Put(INTERVIEW_SESSIONS, item)]
        if self.change(interview.user_id, interview.session_id, held, beside=beside) is None:
            raise SessionMoved

    def material(self, interview: Interview) -> tuple[list[Passage], list[str]] | None:
        """The passages and concepts that ``set_material`` stored; None if it was not called yet."""
        item = self._store.get(INTERVIEW_SESSIONS, _key(interview.session_id, _MATERIAL))
        if item is None:
            return None
        return [_passage_from(one) for one in item["passages"]], list(item["concepts"])

    def turns(self, interview: Interview) -> list[InterviewTurn]:
        """All asked questions in order, each with its answer if there is one."""
        return [_turn_from(item) for item in self._rows(interview.session_id, _TURN)]

    def turns_of_anyone(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], InterviewTurn]:
        """The turns with these session ids and question numbers; missing ones are left out.

        The owners are not checked. The caller must check that the teacher teaches the subject.
        """
        keys = [_key(session_id, _turn_key(number)) for session_id, number in places]
        rows = self._store.get_many(INTERVIEW_SESSIONS, keys) if keys else []
        return {place: _turn_from(row) for place, row in zip(places, rows, strict=True) if row is not None}

    def open_turn(self, interview: Interview) -> InterviewTurn:
        """The turn of the open question. Raises ``SessionMoved`` if its row is gone."""
        key = _key(interview.session_id, _turn_key(interview.questions_asked))
        item = self._store.get(INTERVIEW_SESSIONS, key)
        if item is None:
            raise SessionMoved
        return _turn_from(item)

    def parts(self, recording: RecordingId) -> list[ReceivedPart]:
        """The parts of a recording that have arrived, in the order of their numbers."""
        return [_part_from(item) for item in self._rows(recording.session_id, _part_prefix(recording))]

    def part(self, recording: RecordingId, sequence: int) -> ReceivedPart | None:
        """The part with this number, or None."""
        key = _key(recording.session_id, f"{_part_prefix(recording)}{sequence:06d}")
        item = self._store.get(INTERVIEW_SESSIONS, key)
        return None if item is None else _part_from(item)

    def earlier_parts(self, interview: Interview) -> list[tuple[RecordingId, ReceivedPart]]:
        """The parts of earlier recordings for the open question and for the question before, each with its recording."""
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

    def correct(
        self, interview: Interview, corrected: Interview, turn: InterviewTurn, beside: Sequence[Write]
    ) -> None:
        """Store the corrected state of an ended interview, one turn and ``beside``: all or nothing.

        ``interview`` is as it was read. Raises ``SessionMoved`` if the stored one is at another version.
        """
        self._stored(interview, Decision(corrected, turns=(turn,)), beside)

    def remove(self, interview: Interview) -> None:
        """Delete all rows of the interview. The session's row goes last, so that it can be found until all others are
        gone.

        Raises ``ConditionFailed`` if other workers keep changing the session.
        """

        def removed() -> None:
            rows = list(self._rows(interview.session_id, ""))
            own = next((row for row in rows if row["sort_key"] == _SESSION), None)
            others = [INTERVIEW_SESSIONS.key_of(row) for row in rows if row["sort_key"] != _SESSION]
            self._store.delete_many(INTERVIEW_SESSIONS, others)
            if own is not None:
                # If another worker changed the session meanwhile, it may have written a row beside it.
                self._store.delete(
                    INTERVIEW_SESSIONS, _key(interview.session_id, _SESSION), if_version=own[VERSION]
                )

        retried(removed, on=ConditionFailed)

    def _stored(self, current: Interview, decision: Decision, beside: Sequence[Write]) -> Interview:
        """Store the decision about ``current`` and return the session as stored. Raises ``SessionMoved`` for another
        version.
        """
        changed = decision.interview
        writes = [Put(INTERVIEW_SESSIONS, _turn_item(changed, turn)) for turn in decision.turns]
        if decision.part is not None:
            item = _part_item(changed.recording, decision.part)
            writes.append(Put(INTERVIEW_SESSIONS, item, unless_exists=True))
        if changed == current:
            if writes or beside:
                self._write_beside(current, decision, [*writes, *beside])
            return current
        stored = replace(changed, version=current.version + 1)
        own = Put(INTERVIEW_SESSIONS, _interview_item(stored), if_version=current.version)
        self._transact([own, *writes, *beside])
        return stored

    def _write_beside(self, current: Interview, decision: Decision, writes: Sequence[Write]) -> None:
        """Write rows beside an unchanged session. If the part is already stored, it is not written again."""
        key = _key(current.session_id, _SESSION)
        try:
            self._transact([Check(INTERVIEW_SESSIONS, key, if_version=current.version), *writes])
        except SessionMoved:
            if decision.part is None or not self._has_part(current.recording, decision.part):
                raise

    def _has_part(self, recording: RecordingId, part: ReceivedPart) -> bool:
        there = self.part(recording, part.sequence)
        return there is not None and there.digest == part.digest

    def _transact(self, writes: Sequence[Write]) -> None:
        try:
            self._store.transact(writes)
        except ConditionFailed:
            raise SessionMoved from None

    def _rows(self, partition: str, prefix: str) -> Iterator[Item]:
        return every(
            lambda cursor: self._store.query(
                INTERVIEW_SESSIONS, partition, prefix=prefix, limit=_PAGE, cursor=cursor
            )
        )


def is_session(row: Item) -> bool:
    """Whether a row of the table is a session, which the other rows of its partition belong to."""
    return bool(row["sort_key"] == _SESSION)


def evidence_named_in(row: Item) -> list[str]:
    """The id of the evidence that was stored together with this row, if it is a turn whose answer has a score."""
    if not row["sort_key"].startswith(_TURN):
        return []
    turn = _turn_from(row)
    return [evidence_id(row["session_id"], turn)] if turn.facts and turn.analysis is not None else []


def _key(session_id: str, sort_key: str) -> dict[str, str]:
    return {"session_id": session_id, "sort_key": sort_key}


def _turn_key(number: int) -> str:
    return f"{_TURN}{number:04d}"


def _part_key(recording: RecordingId, part: ReceivedPart) -> str:
    return f"{_part_prefix(recording)}{part.sequence:06d}"


def _part_prefix(recording: RecordingId) -> str:
    return f"{_PART}{recording.question_number:04d}#{recording.recording_number:06d}#"


def _part_item(recording: RecordingId, part: ReceivedPart) -> Item:
    return {**_key(recording.session_id, _part_key(recording, part)), **plain(part)}


def _part_from(item: Mapping[str, Any]) -> ReceivedPart:
    return ReceivedPart(
        item["sequence"], item["is_final"], item["digest"], item["size"], item.get("recording_id", "")
    )


def _interview_item(interview: Interview) -> Item:
    item: Item = plain(interview, leave_out_none=True)
    item[_RECORDING_NUMBER] = item.pop("recording_number")
    if interview.sweep_at is not None:
        item["pending"] = _PENDING
    return item | _key(interview.session_id, _SESSION) | {VERSION: interview.version}


def _interview_from(item: Mapping[str, Any]) -> Interview:
    fields = {name: value for name, value in item.items() if name in Interview.__dataclass_fields__}
    fields["recording_number"] = item[_RECORDING_NUMBER]
    for name in ("strengths", "improvements", "discarded"):
        fields[name] = tuple(item.get(name, ()))
    if "prepared" in fields:
        fields["prepared"] = _question_from(fields["prepared"])
    if "overall_score" in fields:
        fields["overall_score"] = float(fields["overall_score"])
    return Interview(**fields)


def _turn_item(interview: Interview, turn: InterviewTurn) -> Item:
    item: Item = plain(turn, leave_out_none=True)
    return item | _key(interview.session_id, _turn_key(turn.question_number))


def _turn_from(item: Mapping[str, Any]) -> InterviewTurn:
    analysis = item.get("analysis")
    return InterviewTurn(
        question_number=item["question_number"],
        asked=_question_from(item["asked"]),
        transcription=item.get("transcription"),
        analysis=None if analysis is None else _analysis_from(analysis),
        answered_at=item.get("answered_at"),
        facts=tuple(_judged_fact_from(fact) for fact in item.get("facts", ())),
    )


def _judged_fact_from(stored: Mapping[str, Any]) -> JudgedFact:
    return JudgedFact(
        stored["verdict"],
        stored["quote"],
        float(stored["credit"]),
        stored.get("machine"),
        float(stored.get("machine_credit", 0.0)),
        review_from(stored.get("review")),
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
    fields = {"subject_id": None, "page": None} | dict(stored)
    fields["relevance"] = float(stored["relevance"])
    fields["layout"] = layout_from(stored.get("layout"))
    fields["spans"] = tuple(
        ChunkSpan(**{"page": None} | span | {"layout": layout_from(span.get("layout"))})
        for span in stored["spans"]
    )
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
