"""The conditions that must hold for verdicts that a teacher decided about, after the sweeper has nothing left to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from domain.base.tables import INTERVIEW_SESSIONS
from domain.interviews.interview import Interview, InterviewTurn, JudgedFact, evidence_id, fact_id
from domain.interviews.interviews import Interviews
from domain.interviews.judging import analysis_of
from domain.progress.evidence import Evidence
from ports.key_value_store import Item, KeyValueStore, Table


class Facts:
    """Checks the facts of all interviews. ``wrong`` yields a sentence for each violation."""

    def __init__(self, store: KeyValueStore, rows: Mapping[Table, list[Item]]) -> None:
        interviews = Interviews(store)
        ids = [row["session_id"] for row in rows[INTERVIEW_SESSIONS] if row["sort_key"] == "session"]
        found = [interviews.find_of_anyone(id) for id in ids]
        self._turns = {one: interviews.turns(one) for one in found if one is not None}

    @property
    def _verdicts(self) -> Iterator[tuple[Interview, InterviewTurn, int, JudgedFact]]:
        for interview, turns in self._turns.items():
            for turn in turns:
                for place, judged in enumerate(turn.facts):
                    yield interview, turn, place, judged

    def decisions(self) -> set[str]:
        """The ids of all decisions that are stored with the verdicts."""
        return {one.decision_id for *_, judged in self._verdicts for one in judged.review.corrections}

    def waiting(self) -> set[tuple[str, str, str]]:
        """The verdicts that wait for a teacher, in the form of the desk's rows."""
        return {
            ("fact", interview.session_id, fact_id(turn, place))
            for interview, turn, place, judged in self._verdicts
            if judged.review.waits_since
        }

    def wrong(
        self, evidence: Mapping[str, Evidence], entries: Mapping[str, Sequence[Evidence]]
    ) -> Iterator[str]:
        """The violations. ``evidence`` has the evidence that counts, ``entries`` all entries of the ledger, by evidence
        id.
        """
        for interview, turns in self._turns.items():
            if interview.summed_up(turns).overall_score != interview.overall_score:
                yield f"{interview.session_id} has the score {interview.overall_score} for {turns}"
            for turn in turns:
                id = evidence_id(interview.session_id, turn)
                yield from self._turn(turn, id, evidence.get(id), entries.get(id, ()))
        for interview, turn, place, judged in self._verdicts:
            yield from self._fact(f"the fact {fact_id(turn, place)} of {interview.session_id}", judged)

    def _turn(
        self, turn: InterviewTurn, id: str, counted: Evidence | None, entries: Sequence[Evidence]
    ) -> Iterator[str]:
        analysis = analysis_of(turn.asked, turn.facts, (), ()) if turn.facts else None
        should = None if analysis is None else analysis.overall / 100
        if (None if turn.analysis is None else turn.analysis.overall / 100) != should:
            yield f"{id} is scored {turn.analysis}, and its verdicts say {analysis}"
        if (None if counted is None else counted.score) != should:
            yield f"{id} is worth {should}, and the ledger counts {counted}"
        revisions = sorted(one.revision for one in entries)
        if revisions and revisions != list(range(revisions[0], turn.revision + 1)):
            yield f"{id} has the revision {turn.revision}, and the ledger has {revisions}"

    def _fact(self, where: str, judged: JudgedFact) -> Iterator[str]:
        review = judged.review
        if (judged.machine is not None) != bool(review.corrections):
            yield f"{where} was decided about, and what the machine found is {judged.machine}"
        if review.corrections and review.corrections[-1].credit_after != judged.credit:
            yield f"{where} is {judged}, and {review.corrections[-1]} was decided last"
        ids = Counter(one.decision_id for one in review.corrections)
        if (ids and max(ids.values()) > 1) or len(ids) != review.revision:
            yield f"{where} was corrected more than once by a decision: {review}"
        if review.waits_since and review.appeal is not None and review.appeal.decision_id:
            yield f"{where} waits, and its appeal was decided: {review}"
