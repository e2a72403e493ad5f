"""Routes of mastery: the profile, and the evidence behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from chalicelib.http import Api, Call, NoBody
from chalicelib.schemas import Identifier, PageQuery
from domain.progress.reasons import ReasonCode
from ports.agent_words import Difficulty

if TYPE_CHECKING:
    from domain.progress.chance import Chance
    from domain.progress.standing import ConceptStanding


class ProfileQuery(msgspec.Struct, frozen=True):
    subject_id: Identifier | None = None


class ChanceInterval(msgspec.Struct):
    """An interval: the chance of success is in it with a probability of 80 %."""

    low: float
    high: float


class ChanceReason(msgspec.Struct):
    """``amount`` is a number of recent answers, or a share from 0 to 1. ``effect`` is the difference that this reason
    makes: the chance of success with it, less the chance without it.
    """

    reason: ReasonCode
    amount: float
    effect: float


class ConceptBody(msgspec.Struct):
    """``mastery_level`` is 0 to 1. ``chance_of_success`` is the probability that the next answer is right, 0 to 1."""

    concept: str
    label: str
    mastery_level: float
    chance_of_success: float
    chance_interval: ChanceInterval
    chance_reasons: list[ChanceReason]
    interaction_count: int
    last_interaction: str
    evidence_count: int


class ProfileAnswer(msgspec.Struct):
    """``mastery_levels`` has the level of each concept, 0 to 1."""

    mastery_levels: dict[str, float]
    difficulty_preference: Difficulty
    learning_style: str
    total_interactions: int
    concepts: list[ConceptBody]


class ReasonsQuery(PageQuery, frozen=True):
    subject_id: Identifier | None = None


class ReasonBody(msgspec.Struct):
    """``effect`` is the change of the level by this evidence: ``level_after`` less ``level_before``."""

    evidence_id: str
    source: Literal["quiz", "interview", "review"]
    source_id: str
    subject_id: str
    question: str
    score: float
    occurred_at: str
    level_before: float
    level_after: float
    effect: float


class ReasonsAnswer(ConceptBody):
    items: list[ReasonBody]
    next_cursor: str | None


def register(api: Api) -> None:
    @api.route("GET", "/api/profile", query=ProfileQuery, answers=ProfileAnswer)
    def get_profile(call: Call[NoBody, ProfileQuery]) -> ProfileAnswer:
        """The learner's mastery of each concept, computed from graded answers only."""
        subject_id = _checked(call, call.query.subject_id)
        profile = call.services.progress.profile(call.learner, subject_id)
        return ProfileAnswer(
            mastery_levels=profile.mastery_levels,
            difficulty_preference=profile.difficulty_preference,
            learning_style=profile.learning_style,
            total_interactions=profile.total_interactions,
            concepts=[_concept_body(one, profile.chances[one.concept]) for one in profile.concepts],
        )

    @api.route("GET", "/api/profile/concepts/{concept}", query=ReasonsQuery, answers=ReasonsAnswer)
    def get_reasons(call: Call[NoBody, ReasonsQuery], concept: str) -> ReasonsAnswer:
        """The evidence from which the level of a concept is computed, newest first."""
        query = call.query
        subject_id = _checked(call, query.subject_id)
        found = call.services.progress.explain(
            call.learner, concept, subject_id, limit=query.limit, cursor=query.cursor
        )
        items = [
            ReasonBody(
                evidence_id=step.evidence.evidence_id,
                source=step.evidence.source,
                source_id=step.evidence.source_id,
                subject_id=step.evidence.subject_id,
                question=step.evidence.question,
                score=step.evidence.score,
                occurred_at=step.evidence.occurred_at,
                level_before=step.before,
                level_after=step.after,
                effect=step.after - step.before,
            )
            for step in found.steps
        ]
        body = msgspec.structs.asdict(_concept_body(found.standing, found.chance))
        return ReasonsAnswer(**body, items=items, next_cursor=found.cursor)


def _checked(
    call: Call[NoBody, ProfileQuery] | Call[NoBody, ReasonsQuery], subject_id: str | None
) -> str | None:
    """The given subject id, unchanged. It may be None, ``NO_SUBJECT`` or a subject of the learner; otherwise raises
    ``NotFound``.
    """
    from domain.progress.evidence import NO_SUBJECT

    if subject_id not in (None, NO_SUBJECT):
        call.services.subjects.get(call.learner, subject_id)
    return subject_id


def _concept_body(standing: ConceptStanding, chance: Chance) -> ConceptBody:
    return ConceptBody(
        concept=standing.concept,
        label=standing.label,
        mastery_level=standing.mastery_level,
        chance_of_success=chance.value,
        chance_interval=ChanceInterval(chance.low, chance.high),
        chance_reasons=[ChanceReason(one.code, one.amount, one.effect) for one in chance.reasons],
        interaction_count=standing.evidence_count,
        last_interaction=standing.last_interaction,
        evidence_count=standing.evidence_count,
    )
