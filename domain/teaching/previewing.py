"""Computes what a corrected key would change, from a few batch reads. Nothing is stored."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.progress.history import History
from domain.progress.ledger import Ledger
from domain.progress.levels import MasteryChange
from domain.progress.mastery import STRONG, WEAK, changes_between
from domain.quizzes.answered import evidence_id
from domain.quizzes.credits import credit_for
from domain.quizzes.item_answers import ItemAnswer, ItemAnswers
from domain.quizzes.quiz import Question
from domain.quizzes.quizzes import result_id
from ports.directory import Directory


@dataclass(frozen=True, slots=True)
class AttemptChange:
    """How the score of one attempt changes. Scores are percentages; None if no question counts."""

    result_id: str
    score_before: float | None
    score_after: float | None


@dataclass(frozen=True, slots=True)
class LearnerChange:
    """What changes for a learner: the scores of attempts, and levels."""

    user_id: str
    name: str
    attempts: tuple[AttemptChange, ...]
    """In the order of their answers, the latest last."""
    mastery_changes: tuple[MasteryChange, ...]

    @property
    def crosses(self) -> bool:
        """Whether a level crosses a threshold: it becomes weak or strong, or stops being so."""
        return any(crosses(change) for change in self.mastery_changes)


@dataclass(frozen=True, slots=True)
class Preview:
    """``learners`` holds the learners for whom something changes, sorted by name."""

    learners: tuple[LearnerChange, ...]
    total_learners: int
    """The number of learners who were asked the question."""
    total_attempts: int
    attempts_done: int
    """The number of these attempts that already have the new key; 0 before the key is corrected."""
    other_versions: Mapping[int, int]
    """The number of attempts with other versions of the item, which ask something else, by version. They do not change.
    """


class Previewing:
    def __init__(self, item_answers: ItemAnswers, ledger: Ledger, directory: Directory) -> None:
        self._item_answers = item_answers
        self._ledger = ledger
        self._directory = directory

    def preview(self, subject_id: str, item_id: str, contents: Mapping[int, Question]) -> Preview:
        """What changes if the versions of the item get the keys of these ``contents``.

        It reads the item's answers by pages of 1,000, and the histories of all learners in one batch. For a learner
        without a stored history, it reads the ledger.
        """
        answers = self._item_answers.of(subject_id, item_id)
        asked = [answer for answer in answers if answer.item_version in contents]
        changed = [(one, _after(contents[one.item_version], one)) for one in asked]
        changed = [(one, after) for one, after in changed if after != _before(one)]
        scores: defaultdict[str, dict[str, float | None]] = defaultdict(dict)
        for answer, after in changed:
            if answer.answer is not None:
                scores[answer.user_id][evidence_id(answer.quiz_id, answer.question_id)] = after
        for review in self._item_answers.reviews_of(subject_id, item_id):
            if review.item_version in contents:
                content = contents[review.item_version]
                by_key = None if content.is_retired else credit_for(content, review.answer).share
                if by_key != (None if review.is_retired else review.credit):
                    scores[review.user_id][review.evidence_id] = by_key
        attempts = _attempts(changed)
        learners = sorted({*attempts, *scores})
        levels = self._levels(subject_id, scores)
        people = self._directory.people(learners)
        found = [
            LearnerChange(
                user_id=user_id,
                name=people[user_id].name if user_id in people else "",
                attempts=tuple(attempts.get(user_id, ())),
                mastery_changes=tuple(levels.get(user_id, ())),
            )
            for user_id in learners
        ]
        found.sort(key=lambda one: (one.name.casefold(), one.user_id))
        others = Counter(one.item_version for one in answers if one.item_version not in contents)
        done = sum(one.key_revision >= contents[one.item_version].key_revision for one in asked)
        return Preview(tuple(found), len({one.user_id for one in asked}), len(asked), done, dict(others))

    def _levels(
        self, subject_id: str, scores: Mapping[str, Mapping[str, float | None]]
    ) -> dict[str, list[MasteryChange]]:
        histories = self._ledger.histories(subject_id, sorted(scores))
        return {
            user_id: self._level_changes(subject_id, user_id, histories.get(user_id), changed)
            for user_id, changed in scores.items()
        }

    def _level_changes(
        self, subject_id: str, user_id: str, history: History | None, scores: Mapping[str, float | None]
    ) -> list[MasteryChange]:
        if history is not None and scores.keys() <= {one.evidence_id for one in history.pieces}:
            return history.changes(scores)
        entries = self._ledger.entries(user_id, subject_id)
        latest = {one.evidence_id: one for one in sorted(entries, key=lambda one: one.revision)}
        new = [
            replace(
                latest[id], score=score or 0.0, is_withdrawn=score is None, revision=latest[id].revision + 1
            )
            for id, score in scores.items()
            if id in latest
        ]
        return changes_between(subject_id, entries, [*entries, *new], {one.concept for one in new})


def crosses(change: MasteryChange) -> bool:
    """Whether the level crosses one of the thresholds ``WEAK`` and ``STRONG``."""
    return _band(change.before) != _band(change.after)


def _band(level: float) -> int:
    return (level > WEAK) + (level > STRONG)


def _before(answer: ItemAnswer) -> float | None:
    """The credit that the answer has now; None if it counts in no score."""
    return answer.credit if answer.counts else None


def _after(content: Question, answer: ItemAnswer) -> float | None:
    """The credit of the answer by the key of ``content``; None if it counts in no score. A person's decision stays."""
    if content.is_retired:
        return None
    if answer.is_overridden:
        return answer.credit
    if content.kind == "short_answer":
        return None if answer.needs_review else answer.credit
    return credit_for(content, answer.answer).share


def _attempts(changed: Sequence[tuple[ItemAnswer, float | None]]) -> dict[str, list[AttemptChange]]:
    found: defaultdict[str, list[AttemptChange]] = defaultdict(list)
    for answer, after in sorted(changed, key=lambda one: (one[0].answered_at, one[0].quiz_id)):
        before = _before(answer)
        credit = answer.attempt_credit - (before or 0.0) + (after or 0.0)
        count = answer.attempt_questions - (before is not None) + (after is not None)
        found[answer.user_id].append(
            AttemptChange(
                result_id(answer.quiz_id),
                _percent(answer.attempt_credit, answer.attempt_questions),
                _percent(credit, count),
            )
        )
    return found


def _percent(credit: float, count: int) -> float | None:
    return round(100 * credit / count, 2) if count else None
