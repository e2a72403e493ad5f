"""Puts the unsure verdicts of an interview on the desk of the subject's teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.documents.documents import Documents
from domain.interviews.interview import Interview, InterviewTurn, fact_id
from domain.progress.desk import Desk, DeskEntry
from domain.progress.evidence import NO_SUBJECT
from ports.key_value_store import Put


class DoubtfulFacts:
    def __init__(self, documents: Documents, desk: Desk) -> None:
        self._documents = documents
        self._desk = desk

    def noted(
        self, interview: Interview, turn: InterviewTurn, subject_id: str, now: str
    ) -> tuple[InterviewTurn, Sequence[Put]]:
        """The turn, with its unsure verdicts marked as waiting, and the writes that put them on the desk.

        This happens only for questions about class materials. An answer about the learner's own documents reaches the
        teacher only if the learner appeals.
        """
        if not self._is_of_class(turn, subject_id):
            return turn, ()
        facts, puts = [], []
        for place, fact in enumerate(turn.facts):
            if fact.verdict == "unsure":
                entry = DeskEntry(
                    subject_id=subject_id,
                    user_id=interview.user_id,
                    result_id=interview.session_id,
                    kind="fact",
                    place=fact_id(turn, place),
                    why="unsure",
                    waits_since=now,
                    occurred_at=interview.started_at,
                )
                review, put = self._desk.waiting(entry, fact.review)
                puts.append(put)
                fact = replace(fact, review=review)
            facts.append(fact)
        return replace(turn, facts=tuple(facts)), puts

    def _is_of_class(self, turn: InterviewTurn, subject_id: str) -> bool:
        file_id = turn.asked.passage.file_id
        return subject_id != NO_SUBJECT and self._documents.is_class_material(subject_id, file_id)
