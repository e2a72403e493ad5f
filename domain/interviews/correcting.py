"""Changes one verdict of an ended interview, with the scores and the evidence that depend on it, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.base.errors import Conflict, InvalidRequest, NotFound
from domain.base.retrying import retried
from domain.interviews.effects import evidence_of, subject_of
from domain.interviews.interview import (
    Interview,
    InterviewTurn,
    JudgedFact,
    RubricFact,
    evidence_id,
    explained,
    fact_id,
)
from domain.interviews.interview_words import FactVerdict
from domain.interviews.interviews import Interviews, SessionMoved
from domain.interviews.judging import analysis_of
from domain.progress.evidence import Evidence
from domain.progress.ledger import Ledger
from domain.progress.marks import mark_not_found
from domain.progress.progress import Progress
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed, Write
from ports.system import Clock

log = logging.getLogger("lyceum.correcting")


@dataclass(frozen=True, slots=True)
class FactMark:
    """The verdict on one fact, with its interview, all turns, its turn, and the place of the fact in the rubric (from
    0).
    """

    interview: Interview
    turns: tuple[InterviewTurn, ...]
    turn: InterviewTurn
    place: int

    @property
    def fact_id(self) -> str:
        """The id of the fact within its interview, for example "2.1"."""
        return fact_id(self.turn, self.place)

    @property
    def fact(self) -> RubricFact:
        return self.turn.asked.facts[self.place]

    @property
    def judged(self) -> JudgedFact:
        """The present verdict on the fact."""
        return self.turn.facts[self.place]

    @property
    def subject_id(self) -> str:
        return subject_of(self.interview, self.turn)

    def score_with(self, credit: float | None) -> float | None:
        """The score of the interview if the fact had this credit; a credit of None counts in no score."""
        verdict: FactVerdict = "unsure" if credit is None else "missing"
        turn = _scored(self.turn, self.place, replace(self.judged, verdict=verdict, credit=credit or 0.0))
        return _summed_up(self, turn).interview.overall_score


@dataclass(frozen=True, slots=True)
class FactChange:
    """The new verdict, and the writes to store in the same transaction. ``judged`` is None if nothing changes."""

    judged: JudgedFact | None
    beside: Sequence[Write] = ()


class InterviewCorrecting:
    def __init__(self, interviews: Interviews, ledger: Ledger, progress: Progress, clock: Clock) -> None:
        self._interviews = interviews
        self._ledger = ledger
        self._progress = progress
        self._clock = clock

    def find(self, owner: str, session_id: str, fact: str) -> FactMark | None:
        """The verdict on a fact of the owner's interview; None if there is no such interview.

        ``fact`` is the fact's id, or its statement as the learner read it. Raises ``Conflict`` if the interview has not
        ended, ``NotFound`` if no such fact was judged, and ``InvalidRequest`` if several facts have this statement.
        """
        interview = self._interviews.find(owner, session_id)
        if interview is None:
            return None
        if interview.is_open:
            raise Conflict("interview_goes_on", "The interview has not ended yet.")
        turns = tuple(self._interviews.turns(interview))
        found = [
            FactMark(interview, turns, turn, place)
            for turn in turns
            for place, told in enumerate(explained(turn, is_over=True))
            if fact in (fact_id(turn, place), told.fact)
        ]
        if not found:
            raise mark_not_found()
        if len(found) > 1:
            raise InvalidRequest(
                "ambiguous_fact", "Several facts have this statement. Send the id of one.", field="fact"
            )
        return found[0]

    def change(
        self, owner: str, session_id: str, fact: str, decide: Callable[[FactMark], FactChange]
    ) -> FactMark:
        """Store the verdict that ``decide`` returns, with the scores and the evidence that depend on it: all or
        nothing.

        Returns the mark as it is then. ``decide`` may be called again if the interview changed meanwhile. Raises what
        ``find`` and ``decide`` raise, ``NotFound`` if there is no such interview, and ``SessionMoved`` if other workers
        keep changing it.
        """
        subject_id = ""

        def changed() -> FactMark:
            nonlocal subject_id
            subject_id = ""
            found = self.find(owner, session_id, fact)
            if found is None:
                raise NotFound("result_not_found", "There is no such result.")
            change = decide(found)
            if change.judged is None:
                return found
            after = _with(found, change.judged)
            beside = list(change.beside)
            if after.turn.revision > found.turn.revision:
                evidence = self._evidence(after)
                subject_id = evidence.subject_id
                beside += self._ledger.correction_puts([evidence])
                beside.append(self._ledger.correction_marker_put(evidence, self._clock.now()))
            self._interviews.correct(found.interview, after.interview, after.turn, beside)
            return after

        done = retried(changed, on=SessionMoved)
        if subject_id:
            try:
                self._progress.refresh(owner, subject_id)
            except (UpstreamError, ConditionFailed) as failed:  # the sweeper does it
                log.warning("standing_not_refreshed", extra={"reason": type(failed).__name__})
        return done

    def _evidence(self, mark: FactMark) -> Evidence:
        """The evidence of the turn. Its concept is the one in the ledger; if the ledger has none, the one in the
        catalogue.
        """
        owner, turn = mark.interview.user_id, mark.turn
        id = evidence_id(mark.interview.session_id, turn)
        entries = self._ledger.entries(owner, mark.subject_id)
        known = next(((one.concept, one.label) for one in entries if one.evidence_id == id), None)
        if known is None:
            (known,) = self._progress.labelled(owner, mark.subject_id, [turn.asked.concept])
        return evidence_of(mark.interview, turn, *known)


def _with(mark: FactMark, judged: JudgedFact) -> FactMark:
    """The mark with this verdict. If its credit changed, the scores of the turn and of the interview are computed
    again.
    """
    scored = _scored(mark.turn, mark.place, judged)
    turn = scored if scored.revision > mark.turn.revision else replace(scored, analysis=mark.turn.analysis)
    after = _summed_up(mark, turn)
    return replace(after, interview=replace(after.interview, reviews=mark.interview.reviews + 1))


def _scored(turn: InterviewTurn, place: int, judged: JudgedFact) -> InterviewTurn:
    """The turn with this verdict on a fact, and with the scores that result from it."""
    facts = (*turn.facts[:place], judged, *turn.facts[place + 1 :])
    old = turn.analysis
    analysis = analysis_of(
        turn.asked, facts, () if old is None else old.strengths, () if old is None else old.improvements
    )
    if analysis is not None and old is not None:
        analysis = replace(analysis, follow_up=old.follow_up)
    return replace(turn, facts=facts, analysis=analysis)


def _summed_up(mark: FactMark, turn: InterviewTurn) -> FactMark:
    """The mark with this turn, and with the scores of the interview that result from it."""
    turns = tuple(turn if one.question_number == turn.question_number else one for one in mark.turns)
    return FactMark(mark.interview.summed_up(turns), turns, turn, mark.place)
