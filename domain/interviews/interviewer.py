"""Chooses what an interview is about, has an agent make its questions, and has an agent judge the answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.access.classes import class_owner
from domain.access.subjects import Subjects, among
from domain.agents.prompting import numbered, some_of
from domain.base.errors import Conflict
from domain.base.ids import derived_id
from domain.documents.coverage import spread
from domain.documents.document import Document
from domain.documents.passage import Passage
from domain.documents.retrieval import Retrieval
from domain.documents.sources import Sources
from domain.interviews.interview import Interview, InterviewQuestion, InterviewTurn, RubricFact
from domain.interviews.judging import (
    ANALYSIS_SCHEMA,
    ANALYST_INSTRUCTIONS,
    FOLLOW_UP_BELOW,
    Judgement,
    Judging,
    analysis_request,
)
from domain.interviews.questions import (
    INTERVIEWER_INSTRUCTIONS,
    QUESTION_SCHEMA,
    admit_questions,
    question_request,
)
from domain.progress.evidence import NO_SUBJECT
from domain.progress.ledger import Ledger
from domain.progress.mastery import next_concepts, suitable_difficulty
from ports.agent import Agent, AskQuestion, Judge, beginning_of
from ports.errors import UpstreamError

MAX_PASSAGES = 10
"""The largest number of passages that one interview is about."""
_MAX_DOCUMENTS = 6
_MAX_CONCEPTS = 60
_FOCUS_CONCEPTS = 5
_ROUNDS = 2
"""How many replies an agent may give before a question or a judgement counts as failed."""
_QUESTION_TOKENS = 700
_ANALYSIS_TOKENS = 900

log = logging.getLogger("lyceum.interviewer")


@dataclass(frozen=True, slots=True)
class SubjectMatter:
    """The passages from which the questions of an interview are made, and the concepts of their documents."""

    passages: tuple[Passage, ...]
    concepts: tuple[str, ...]


class AnswerJudging:
    def __init__(self, agent: Agent, judging: Judging, *, agent_seconds: Callable[[], float]) -> None:
        self._agent = agent
        self._judging = judging
        self._agent_seconds = agent_seconds

    def judge(self, asked: InterviewQuestion, answer: str, session_id: str) -> Judgement | None:
        """The judgement of an answer; None if the agent failed or none of its replies is readable. No score is ever
        made up.

        ``session_id`` has at most 98 characters. Raises ``UpstreamError`` if the embedder fails.
        """
        relevant = self._judging.relevant_part(asked, answer)
        if not relevant:
            return self._judging.off_topic(asked)
        facts = tuple(fact.statement for fact in asked.facts)
        (passage,) = numbered([asked.passage])
        for attempt in range(_ROUNDS):
            task = Judge(
                instructions=ANALYST_INSTRUCTIONS,
                request=analysis_request(asked.question, facts, asked.passage, relevant),
                session_id=f"{session_id}-{attempt}",
                max_tokens=_ANALYSIS_TOKENS,
                schema=ANALYSIS_SCHEMA,
                question=asked.question,
                facts=facts,
                passage=passage,
                answer=relevant,
            )
            try:
                reply = "".join(self._agent.reply(task, timeout=self._agent_seconds()))
            except UpstreamError as failed:
                log.warning("answer_not_scored", extra={"reason": type(failed).__name__, "not_scored": 1})
                return None
            judgement = self._judging.judged(reply, asked, relevant, answer)
            if judgement is not None:
                return judgement
        log.warning("answer_not_scored", extra={"reason": "malformed", "not_scored": 1})
        return None

    def share_stated(
        self, question: str, facts: Sequence[str], passage: Passage, answer: str, session_id: str
    ) -> float | None:
        """The share of the facts that a short answer states, 0 to 1. None if there is no judgement, or if one of its
        verdicts is unsure.

        Each fact that the answer contradicts cancels one that it states. The result is never below 0.
        """
        rubric = tuple(RubricFact(fact, passage.text) for fact in facts)
        asked = InterviewQuestion(question=question, concept="", facts=rubric, passage=passage)
        try:
            judgement = self.judge(asked, answer, session_id)
        except UpstreamError as failed:
            log.warning("answer_not_scored", extra={"reason": type(failed).__name__, "not_scored": 1})
            return None
        if judgement is None or any(fact.verdict == "unsure" for fact in judgement.facts):
            return None
        against = sum(fact.verdict == "contradicted" for fact in judgement.facts)
        return max(0.0, sum(fact.credit for fact in judgement.facts) - against) / len(facts)


class Interviewer:
    def __init__(
        self,
        ledger: Ledger,
        sources: Sources,
        retrieval: Retrieval,
        subjects: Subjects,
        agent: Agent,
        answers: AnswerJudging,
        *,
        agent_seconds: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._sources = sources
        self._retrieval = retrieval
        self._subjects = subjects
        self._agent = agent
        self._answers = answers
        self._agent_seconds = agent_seconds

    def subject_matter(self, interview: Interview) -> SubjectMatter:
        """The passages to ask about: those on the topic. Without a topic, passages of several documents, with the
        learner's weak concepts preferred.

        Raises ``NotFound`` if the subject is not the learner's, ``Conflict`` if there is nothing to ask about, and
        ``UpstreamError``.
        """
        owner = interview.user_id
        mine = self._subjects.of_user(owner)
        classes = [one.subject_id for one in mine]
        subject_ids = None
        if interview.subject_id is not None:
            subject_ids = [among(mine, [interview.subject_id])[0].subject_id]
        owners = [owner, *map(class_owner, subject_ids or classes)]
        if interview.topic is not None:
            found = self._retrieval.passages(
                owner, interview.topic, classes=classes, subject_ids=subject_ids, limit=MAX_PASSAGES
            )
            if not found:
                raise Conflict("no_materials", "No document is about this topic.")
            return SubjectMatter(tuple(found), ())
        documents = self._sources.completed(owners, subject_id=interview.subject_id, session_id=None)
        if not documents:
            raise Conflict("no_materials", "There is no document to ask about yet.")
        chosen = _some_of(documents, interview.session_id)
        materials = self._sources.materials(chosen)
        concepts = tuple(dict.fromkeys(one for material in materials for one in material.concepts))
        standing = self._ledger.standing(*_standing_key(interview))
        focus = list(next_concepts(standing, concepts, _FOCUS_CONCEPTS))
        passages = spread(materials, MAX_PASSAGES, focus=focus, seed=interview.session_id)
        return SubjectMatter(tuple(passages), concepts[:_MAX_CONCEPTS])

    def question(
        self, interview: Interview, matter: SubjectMatter, turns: Sequence[InterviewTurn]
    ) -> InterviewQuestion | None:
        """A question that no turn has asked before; None if the agent made none that is admitted.

        It is about a weak answer of this interview if there is one, else about the learner's weak concepts. Raises
        ``UpstreamError``.
        """
        asked = [turn.asked for turn in turns]
        weak = [
            turn.asked.concept for turn in turns if turn.score is not None and turn.score < FOLLOW_UP_BELOW
        ]
        passages = _unasked_first(matter.passages, asked)
        standing = self._ledger.standing(*_standing_key(interview))
        focus = [*dict.fromkeys(reversed(weak)), *next_concepts(standing, matter.concepts, _FOCUS_CONCEPTS)]
        difficulty = suitable_difficulty(standing)
        avoid = [one.question for one in asked]

        def request(about: Sequence[Passage]) -> str:
            return question_request(
                about,
                wanted=1,
                topic=interview.topic,
                difficulty=difficulty,
                focus=focus,
                avoid=avoid,
            )

        for turn in range(_ROUNDS if passages else 0):
            task = AskQuestion(
                instructions=INTERVIEWER_INSTRUCTIONS,
                request=request(passages),
                smaller_request=request(some_of(passages)),
                session_id=f"{interview.session_id[:80]}-q{len(asked)}-{turn}",
                max_tokens=_QUESTION_TOKENS,
                schema=QUESTION_SCHEMA,
                passages=numbered(passages),
                topic=weak[-1] if weak else interview.topic or (focus[0] if focus else ""),
                difficulty=difficulty,
                avoid=tuple(avoid),
            )
            reply = beginning_of(self._agent.reply(task, timeout=self._agent_seconds()))
            admitted = admit_questions(reply, passages, avoid=avoid, limit=1)
            if admitted:
                return admitted[0]
        return None

    def judge(self, interview: Interview, turn: InterviewTurn, answer: str) -> Judgement | None:
        """The judgement of an answer, as ``AnswerJudging.judge``."""
        name = f"{interview.session_id[:80]}-a{turn.question_number}"
        return self._answers.judge(turn.asked, answer, name)


def _standing_key(interview: Interview) -> tuple[str, str]:
    return interview.user_id, interview.subject_id or NO_SUBJECT


def _some_of(documents: Sequence[Document], seed: str) -> list[Document]:
    """At most ``_MAX_DOCUMENTS`` documents. Different seeds choose different ones."""
    order = sorted(documents, key=lambda document: derived_id(seed, document.file_id))
    return order[:_MAX_DOCUMENTS]


def _unasked_first(passages: Sequence[Passage], asked: Sequence[InterviewQuestion]) -> list[Passage]:
    """All passages. Those from which no question was made yet come first."""
    used = {(one.passage.file_id, one.passage.start) for one in asked}
    fresh = [passage for passage in passages if (passage.file_id, passage.start) not in used]
    return fresh + [passage for passage in passages if passage not in fresh]
