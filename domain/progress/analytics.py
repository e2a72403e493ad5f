"""The analytics of a class, computed from the standings of its learners.

There are two separate views of a class:

- Rows of learners with names: their progress, who needs help and why, who was not active. They are for the subject's own
  teacher, who knows the learners.
- Summaries without names, which a teacher may show to a class. Results on a concept or a question are shown only for
  ``MIN_GROUP`` learners or more: in a smaller group, everybody knows whose mistake it was. Counts of activity say nothing
  about results and are always shown.

The text of a question is shown only if ``MIN_GROUP`` learners answered it. Questions are made from what learners
upload. A question that few learners saw may come from one person's private notes; one that many were asked comes from
shared material.

Inactivity says nothing about ability: it is never a reason to list a learner among those who need help.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import fsum

from domain.progress.small_groups import MIN_GROUP
from domain.progress.standing import ConceptStanding, QuestionTally, Standing

LOW = 0.4
"""A level or a share of right answers below this is weak."""
HIGH = 0.7
MIN_EVIDENCE = 3
"""A low level counts as a weakness only with this number of pieces of evidence, because every level starts low."""
MIN_ANSWERS = 5
"""A low share of right answers counts as a weakness only with this number of answers."""
ENGAGEMENT_DAYS = 30
INACTIVE_DAYS = 14
MAX_LEVELS = 30
MAX_CONCEPTS = 100
MAX_QUESTIONS = 50
MAX_NAMED = 100
MAX_WEAK_CONCEPTS = 10
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class LearnerProgress:
    """A learner's mastery and activity in the subject."""

    user_id: str
    name: str
    mastery_levels: dict[str, float]
    """Levels, 0 to 1, by concept: the ``MAX_LEVELS`` lowest, lowest first."""
    total_concepts: int
    total_interactions: int
    """The number of graded answers, interview turns, and recent messages to the tutor."""
    last_active: str | None


@dataclass(frozen=True, slots=True)
class ConceptSummary:
    """The numbers are None if ``too_few`` learners have evidence. The shares are shares of learners, 0 to 1."""

    concept: str
    label: str
    too_few: bool
    learners: int | None = None
    """The number of learners with evidence of the concept."""
    mean_mastery: float | None = None
    median_mastery: float | None = None
    share_below: float | None = None
    """The share of learners with a level below ``LOW``."""
    share_between: float | None = None
    share_above: float | None = None
    """The share of learners with a level above ``HIGH``."""


@dataclass(frozen=True, slots=True)
class ChosenOption:
    """How many learners chose this wrong option."""

    option: str
    count: int


@dataclass(frozen=True, slots=True)
class QuestionPerformance:
    """How a class answered one question. ``success_rate`` is the share of right answers, 0 to 1."""

    question_key: str
    """An id that is equal for the same question in two quizzes."""
    question: str
    learners: int
    attempts: int
    success_rate: float
    most_chosen_wrong_option: ChosenOption | None


@dataclass(frozen=True, slots=True)
class QuizPerformance:
    """How the class answers quizzes in the subject."""

    quizzes_taken: int
    average_score: float | None
    """The percentage of right answers; None if ``too_few`` learners answered."""
    too_few: bool
    questions: tuple[QuestionPerformance, ...]
    """At most ``MAX_QUESTIONS`` questions, the one with the lowest success rate first."""
    withheld_questions: int
    """The number of questions that are not shown because too few learners answered them."""


@dataclass(frozen=True, slots=True)
class DayEngagement:
    """What the class's learners did on one day."""

    day: str
    """RFC 3339 date, UTC."""
    messages: int
    quizzes: int
    active_learners: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """The last ``ENGAGEMENT_DAYS`` days. A learner who asked the tutor or submitted a quiz was active."""

    total_messages: int
    active_learners: int
    by_day: tuple[DayEngagement, ...]
    """One entry for each day, oldest first."""


@dataclass(frozen=True, slots=True)
class NeedsHelp:
    """A learner with weaknesses. ``weak_concepts`` holds the weakest ``MAX_WEAK_CONCEPTS``. The counts are of recent
    answers.
    """

    user_id: str
    name: str
    weak_concepts: tuple[ConceptStanding, ...]
    recent_answers: int
    recent_correct: int


@dataclass(frozen=True, slots=True)
class Inactive:
    """A learner without recent activity."""

    user_id: str
    name: str
    last_active: str | None


@dataclass(frozen=True, slots=True)
class ClassAnalytics:
    """What a teacher sees of a class. Figures from too few learners are left out."""

    total_students: int
    learning_progress: tuple[LearnerProgress, ...]
    """All enrolled learners, sorted by ``place``."""
    concept_summary: tuple[ConceptSummary, ...]
    """Lowest mean level first, concepts with too few learners last; at most ``MAX_CONCEPTS`` of ``total_concepts``."""
    total_concepts: int
    quiz_performance: QuizPerformance
    ai_chat_engagement: Engagement
    needs_help: tuple[NeedsHelp, ...]
    """The learners with the most weak concepts first; at most ``MAX_NAMED`` of ``total_needing_help``."""
    total_needing_help: int
    inactive: tuple[Inactive, ...]
    """The learners without activity for ``INACTIVE_DAYS`` days, those with the longest inactivity first; at most
    ``MAX_NAMED``.
    """
    total_inactive: int


def analyse(
    enrolled: Sequence[str], names: Mapping[str, str], standings: Mapping[str, Standing], *, today: str
) -> ClassAnalytics:
    """The analytics of the enrolled learners on the day ``today`` (RFC 3339 date, UTC).

    A learner without a standing has no evidence yet. A learner without a name in ``names`` gets the name "".
    """
    learners = list(dict.fromkeys(enrolled))
    shown = [standings[user_id] for user_id in learners if user_id in standings]
    progress = [_progress(user_id, names.get(user_id, ""), standings.get(user_id)) for user_id in learners]
    progress.sort(key=place)
    concepts = _concepts(shown)
    in_need = _in_need(shown, names)
    unseen = _unseen(progress, date.fromisoformat(today) - timedelta(days=INACTIVE_DAYS))
    return ClassAnalytics(
        total_students=len(learners),
        learning_progress=tuple(progress),
        concept_summary=tuple(concepts[:MAX_CONCEPTS]),
        total_concepts=len(concepts),
        quiz_performance=_quizzes(shown),
        ai_chat_engagement=_engagement(shown, date.fromisoformat(today)),
        needs_help=tuple(in_need[:MAX_NAMED]),
        total_needing_help=len(in_need),
        inactive=tuple(unseen[:MAX_NAMED]),
        total_inactive=len(unseen),
    )


def place(row: LearnerProgress) -> tuple[str, str]:
    """The sort key of a learner in the list: the name, then the id."""
    return row.name.casefold(), row.user_id


def _evidenced(standing: Standing) -> list[ConceptStanding]:
    """The concepts for which the learner has evidence, lowest level first."""
    concepts = [concept for concept in standing.concepts if concept.evidence_count > 0]
    return sorted(concepts, key=lambda one: (one.mastery_level, one.concept))


def _progress(user_id: str, name: str, standing: Standing | None) -> LearnerProgress:
    if standing is None:
        return LearnerProgress(user_id, name, {}, 0, 0, None)
    concepts = _evidenced(standing)
    messages = sum(day.messages for day in standing.days)
    return LearnerProgress(
        user_id=user_id,
        name=name,
        mastery_levels={one.concept: round(one.mastery_level, _DIGITS) for one in concepts[:MAX_LEVELS]},
        total_concepts=len(concepts),
        total_interactions=sum(one.evidence_count for one in concepts) + messages,
        last_active=standing.last_active,
    )


def _concepts(standings: Iterable[Standing]) -> list[ConceptSummary]:
    levels: defaultdict[str, list[float]] = defaultdict(list)
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for standing in standings:
        for one in standing.concepts:
            if one.evidence_count > 0:
                levels[one.concept].append(one.mastery_level)
                labels[one.concept][one.label] += 1
    summaries = [_concept(concept, _commonest(labels[concept]), levels[concept]) for concept in levels]
    return sorted(summaries, key=lambda one: (one.too_few, one.mean_mastery or 0.0, one.concept))


def _concept(concept: str, label: str, levels: Sequence[float]) -> ConceptSummary:
    count = len(levels)
    if count < MIN_GROUP:
        return ConceptSummary(concept, label, too_few=True)
    below = sum(level < LOW for level in levels)
    above = sum(level > HIGH for level in levels)
    return ConceptSummary(
        concept=concept,
        label=label,
        too_few=False,
        learners=count,
        mean_mastery=round(fsum(levels) / count, _DIGITS),
        median_mastery=round(_median(levels), _DIGITS),
        share_below=round(below / count, _DIGITS),
        share_between=round((count - below - above) / count, _DIGITS),
        share_above=round(above / count, _DIGITS),
    )


def _median(levels: Sequence[float]) -> float:
    ordered = sorted(levels)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(slots=True)
class _Asked:
    """The answers to one question, counted over all learners."""

    learners: int = 0
    attempts: int = 0
    correct: int = 0
    wordings: Counter[str] = field(default_factory=Counter)
    wrong_choices: Counter[str] = field(default_factory=Counter)

    def add(self, tally: QuestionTally) -> None:
        self.learners += 1
        self.attempts += tally.attempts
        self.correct += tally.correct
        self.wordings[tally.question] += 1
        self.wrong_choices.update({option: n for option, n in tally.wrong_choices.items() if option})


def _quizzes(standings: Sequence[Standing]) -> QuizPerformance:
    questions: defaultdict[str, _Asked] = defaultdict(_Asked)
    for standing in standings:
        for tally in standing.questions:
            if tally.attempts > 0:
                questions[tally.question_key].add(tally)
    shown = [_question(key, asked) for key, asked in questions.items() if asked.learners >= MIN_GROUP]
    shown.sort(key=lambda one: (one.success_rate, -one.attempts, one.question))
    answered = [standing.questions_answered for standing in standings if standing.questions_answered > 0]
    too_few = len(answered) < MIN_GROUP
    correct = sum(standing.questions_correct for standing in standings)
    return QuizPerformance(
        quizzes_taken=sum(standing.quizzes_taken for standing in standings),
        average_score=None if too_few else round(100 * correct / sum(answered), 1),
        too_few=too_few,
        questions=tuple(shown[:MAX_QUESTIONS]),
        withheld_questions=len(questions) - len(shown),
    )


def _question(key: str, asked: _Asked) -> QuestionPerformance:
    wrong = _commonest(asked.wrong_choices) if asked.wrong_choices else None
    return QuestionPerformance(
        question_key=key,
        question=_commonest(asked.wordings),
        learners=asked.learners,
        attempts=asked.attempts,
        success_rate=round(asked.correct / asked.attempts, _DIGITS),
        most_chosen_wrong_option=None if wrong is None else ChosenOption(wrong, asked.wrong_choices[wrong]),
    )


def _commonest(counts: Mapping[str, int]) -> str:
    """The text with the highest count; if there are several, the alphabetically first."""
    return min(counts, key=lambda text: (-counts[text], text))


def _engagement(standings: Iterable[Standing], today: date) -> Engagement:
    days = [(today - timedelta(days=ago)).isoformat() for ago in reversed(range(ENGAGEMENT_DAYS))]
    messages, quizzes, active = Counter[str](), Counter[str](), Counter[str]()
    active_learners = 0
    for standing in standings:
        recent = [
            one for one in standing.days if days[0] <= one.day <= days[-1] and one.messages + one.quizzes > 0
        ]
        active_learners += bool(recent)
        for one in recent:
            messages[one.day] += one.messages
            quizzes[one.day] += one.quizzes
            active[one.day] += 1
    by_day = tuple(DayEngagement(day, messages[day], quizzes[day], active[day]) for day in days)
    return Engagement(messages.total(), active_learners, by_day)


def _in_need(standings: Iterable[Standing], names: Mapping[str, str]) -> list[NeedsHelp]:
    """The learners who need help: a concept with enough evidence is weak, or few of enough answers are right."""
    found: list[tuple[int, float, NeedsHelp]] = []
    for standing in standings:
        weak = [
            one
            for one in _evidenced(standing)
            if one.mastery_level < LOW and one.evidence_count >= MIN_EVIDENCE
        ]
        answers = sum(tally.attempts for tally in standing.questions)
        correct = sum(tally.correct for tally in standing.questions)
        if weak or (answers >= MIN_ANSWERS and correct / answers < LOW):
            name = names.get(standing.user_id, "")
            shown = tuple(weak[:MAX_WEAK_CONCEPTS])
            need = NeedsHelp(standing.user_id, name, shown, answers, correct)
            found.append((-len(weak), correct / answers if answers else 1.0, need))
    found.sort(key=lambda one: (one[0], one[1], one[2].name.casefold(), one[2].user_id))
    return [need for _, _, need in found]


def _unseen(progress: Iterable[LearnerProgress], since: date) -> list[Inactive]:
    """The learners of ``progress`` without activity after the day ``since``, those with the longest inactivity first."""
    unseen = [
        Inactive(row.user_id, row.name, row.last_active)
        for row in progress
        if row.last_active is None or row.last_active[:10] <= since.isoformat()
    ]
    return sorted(unseen, key=lambda one: one.last_active or "")
