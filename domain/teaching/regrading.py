"""Regrades: a teacher corrects the key of an item or retires it, after a preview, and all attempts are marked again."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from domain.access.teaching import Teaching
from domain.bank.gate import Gate
from domain.bank.item import AdmissionResult, BankItem, ItemVersion
from domain.bank.items import Items
from domain.base.errors import Conflict, InvalidRequest, NotFound
from domain.base.ids import derived_id
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.base.retrying import retried
from domain.progress.progress import Progress
from domain.quizzes.answered import question_key
from domain.quizzes.item_answers import ItemAnswer, ItemAnswers, ItemReview
from domain.quizzes.quiz import Question
from domain.quizzes.rekeying import has_key_of, rekeyed, with_key
from domain.teaching.previewing import Preview, Previewing
from domain.teaching.regrades import Regrade, Regrades
from domain.teaching.rescoring import Rescoring
from ports.errors import UpstreamError
from ports.key_value_store import ConditionFailed
from ports.system import Clock
from ports.workers import Workers

log = logging.getLogger("lyceum.regrading")

AT_ONCE = 8
"""The number of learners whose attempts are regraded at the same time."""
SECONDS_IN_REQUEST = 5.0
"""The number of seconds for which the request that begins a regrade works on it. The sweeper does the rest."""
SECONDS_IN_TURN = 50.0
"""The number of seconds for which one turn of the sweeper works on regrades. It is shorter than the minute until the
next turn.
"""


@dataclass(frozen=True, slots=True)
class RegradeOrder:
    """A correction of an item. Without ``key`` the item is retired: it counts for nobody.

    The letters of the key are those of the options in ``item_version``; None means the approved version.
    """

    item_id: str
    reason: str
    key: str | Sequence[str] | None = None
    explanation: str | None = None
    item_version: int | None = None


@dataclass(frozen=True, slots=True)
class RegradeProgress:
    """The numbers of attempts and learners of a regrade, and how many of them are done."""

    regrade: Regrade
    attempts: int
    attempts_done: int
    learners: int
    learners_done: int

    @property
    def is_done(self) -> bool:
        """Whether every attempt has been marked by the new key."""
        return self.attempts == self.attempts_done


@dataclass(frozen=True, slots=True)
class Regraded:
    """What a regrade changes. ``progress`` is None for a preview."""

    preview: Preview
    progress: RegradeProgress | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    item: BankItem
    versions: tuple[ItemVersion, ...]
    """The versions that ask the same question, with the corrected key."""
    key_revision: int
    is_new: bool
    """Whether the corrected key differs from the present one."""

    @property
    def regrade_id(self) -> str:
        """The id of the regrade to this key."""
        return derived_id("regrade", self.item.subject_id, self.item.item_id, str(self.key_revision))

    @property
    def contents(self) -> dict[int, Question]:
        return {version.item_version: version.content for version in self.versions}


class Regrading:
    """Each method except ``sweep`` raises ``Forbidden`` if the teacher does not teach the subject."""

    def __init__(
        self,
        items: Items,
        gate: Gate,
        item_answers: ItemAnswers,
        regrades: Regrades,
        previewing: Previewing,
        rescoring: Rescoring,
        progress: Progress,
        teaching: Teaching,
        workers: Workers,
        clock: Clock,
    ) -> None:
        self._items = items
        self._gate = gate
        self._item_answers = item_answers
        self._regrades = regrades
        self._previewing = previewing
        self._rescoring = rescoring
        self._progress = progress
        self._teaching = teaching
        self._workers = workers
        self._clock = clock

    def preview(self, teacher: Learner, subject_id: str, order: RegradeOrder) -> Regraded:
        """What the regrade would change. Nothing is stored. Raises as ``begin``."""
        self._teaching.subject(teacher, subject_id)
        plan = self._plan(subject_id, order)
        if not plan.is_new:
            self._begun_before(subject_id, plan)
        return Regraded(self._previewing.preview(subject_id, plan.item.item_id, plan.contents))

    def begin(self, teacher: Learner, subject_id: str, order: RegradeOrder) -> Regraded:
        """Correct the key: new submissions use it from now on, and each earlier attempt is marked by it once.

        If the request's time does not suffice, the sweeper does the rest. A repeated call with the same order begins
        nothing: it returns the same regrade, with the changes that are still to come. Raises ``NotFound`` if the item
        or version is not the subject's, ``InvalidRequest`` if the key does not fit, and ``Conflict`` for a kind that
        cannot be regraded, a key that the item has already, or if others keep changing the item.
        """
        self._teaching.subject(teacher, subject_id)

        def begun() -> tuple[Preview, Regrade]:
            plan = self._plan(subject_id, order)
            preview = self._previewing.preview(subject_id, plan.item.item_id, plan.contents)
            if not plan.is_new:
                return preview, self._begun_before(subject_id, plan)
            now = self._clock.now()
            regrade = Regrade(
                regrade_id=plan.regrade_id,
                subject_id=subject_id,
                item_id=order.item_id,
                item_versions=tuple(plan.contents),
                key_revision=plan.key_revision,
                is_retired=order.key is None,
                reason=order.reason,
                teacher_id=teacher.user_id,
                begun_at=to_text(now),
                sweep_at=to_text(now),
            )
            item = plan.item.retired(to_text(now)) if order.key is None else plan.item
            writes = self._items.rekeying(item, plan.versions)
            return preview, self._regrades.begin(regrade, writes)

        preview, regrade = retried(begun, on=ConditionFailed)
        try:
            self._work(regrade, self._clock.monotonic() + SECONDS_IN_REQUEST)
        except UpstreamError as failed:  # the sweeper continues
            log.warning("regrade_interrupted", extra={"reason": type(failed).__name__})
        return Regraded(preview, self._progress_of(regrade))

    def progress(self, teacher: Learner, subject_id: str, regrade_id: str) -> RegradeProgress:
        """The progress of the regrade. Raises ``NotFound``, also for a regrade of another subject."""
        self._teaching.subject(teacher, subject_id)
        return self._progress_of(self._regrades.get(subject_id, regrade_id))

    def sweep(self, *, within: float | None = None) -> int:
        """Continue the due regrades for at most ``SECONDS_IN_TURN`` in all, or ``within`` seconds if that is less.

        Returns how many were due. A regrade is due in each turn, until no request that read the old key can still run.
        Nobody takes a lease on it, so a crash never makes the next turn wait. Other workers may continue it meanwhile:
        each attempt is marked in one transaction, and whoever comes later finds it done.
        """
        found = 0
        until = self._clock.monotonic() + min(SECONDS_IN_TURN, inf if within is None else within)
        for listed in self._regrades.due(self._clock.now()):
            regrade = self._regrades.find(listed.subject_id, listed.regrade_id)
            if regrade is None or regrade.sweep_at is None:
                continue  # the index lags behind
            found += 1
            now = self._clock.now()
            try:
                if self._work(regrade, until) and regrade.is_settled(now):
                    self._regrades.save(replace(regrade, sweep_at=None))
            except ConditionFailed:
                continue  # another worker found the same
            except Exception:  # one failure must not stop the others
                log.exception("regrade_interrupted")
        return found

    def _begun_before(self, subject_id: str, plan: _Plan) -> Regrade:
        """The regrade that gave the item this key. Raises ``Conflict`` if it had the key from the start."""
        stored = self._regrades.find(subject_id, plan.regrade_id)
        if stored is None:
            raise Conflict("key_unchanged", "The item has this key already.")
        return stored

    def _plan(self, subject_id: str, order: RegradeOrder) -> _Plan:
        item = self._items.get(subject_id, order.item_id)
        versions = self._items.history(item)
        number = order.item_version or item.approved_version or item.latest.item_version
        named = next((one for one in versions if one.item_version == number), None)
        if named is None:
            raise NotFound("item_version_not_found", "The item has no such version.")
        wanted, admission = replace(named.content, is_retired=True), None
        if order.key is not None:
            wanted = with_key(named.content, order.key, order.explanation)
            if not has_key_of(named.content, wanted):
                wanted, admission = self._with_supporting_citation(subject_id, wanted, versions)
        elif order.explanation is not None:
            raise InvalidRequest(
                "invalid_request", "Give an explanation only together with a key.", field="explanation"
            )
        same = [one for one in versions if _asks_the_same(one.content, named.content)]
        keyed = [
            replace(one, content=_with_key_of(one.content, wanted), admission=admission or one.admission)
            for one in same
        ]
        is_new = keyed != same
        latest = max(one.content.key_revision for one in versions)
        revision = latest + 1 if is_new else named.content.key_revision
        return _Plan(
            item=item,
            versions=tuple(
                replace(one, content=replace(one.content, key_revision=revision)) for one in keyed
            ),
            key_revision=revision,
            is_new=is_new,
        )

    def _with_supporting_citation(
        self, subject_id: str, wanted: Question, versions: Sequence[ItemVersion]
    ) -> tuple[Question, AdmissionResult]:
        """The question with a citation that supports its corrected key, and the gate's verdict.

        Without such a citation, the teacher answers for the key.
        """
        asked = [one.content for one in versions if _asks_the_same(one.content, wanted)]
        # If an earlier version had this key, its citation already supports it. The latest such version is tried first.
        asked.sort(key=lambda one: has_key_of(_with_key_of(wanted, one), wanted))
        cited = next((one.citation for one in reversed(asked) if one.citation is not None), None)
        try:
            looked = self._gate.check_again(subject_id, wanted, cited)
        except InvalidRequest as refused:
            raise InvalidRequest("invalid_key", refused.message, field="key") from None
        content = looked.content
        supported = replace(
            wanted,
            citation=content.citation,
            near=content.near,
            tolerance=content.tolerance,
            checked=content.checked,
        )
        return supported, replace(looked.admission, kept=not looked.admission.admitted)

    def _work(self, regrade: Regrade, until: float) -> bool:
        """Mark the attempts that have an old key, until the monotonic time ``until``. Returns whether nothing is left."""
        contents = self._contents(regrade)
        answers, reviews = self._stale(regrade, contents)
        learners = sorted({*answers, *reviews})

        def regraded(user_id: str) -> bool:
            if self._clock.monotonic() >= until:
                return False
            return self._learner(regrade, contents, user_id, answers[user_id], reviews[user_id])

        if not learners:
            return True
        with self._workers.pool(AT_ONCE) as pool:
            return all(list(pool.map(regraded, learners)))

    def _learner(
        self,
        regrade: Regrade,
        contents: Mapping[int, Question],
        user_id: str,
        answers: Sequence[ItemAnswer],
        reviews: Sequence[ItemReview],
    ) -> bool:
        try:
            for answer in answers:
                self._rescoring.attempt(regrade, contents, answer)
            for review in sorted(reviews, key=lambda one: one.answered_at):
                self._rescoring.review(regrade, contents, review)
            self._progress.refresh(user_id, regrade.subject_id)
        except (UpstreamError, ConditionFailed) as failed:
            log.warning("learner_not_regraded", extra={"reason": type(failed).__name__})
            return False
        return True

    def _contents(self, regrade: Regrade) -> dict[int, Question]:
        """The questions of the versions that have this regrade's key; empty once a later regrade has replaced it."""
        places = [(regrade.item_id, number) for number in regrade.item_versions]
        found = {version.item_version: version.asked for version in self._items.versions(places).values()}
        return {number: one for number, one in found.items() if one.key_revision == regrade.key_revision}

    def _stale(
        self, regrade: Regrade, contents: Mapping[int, Question]
    ) -> tuple[Mapping[str, list[ItemAnswer]], Mapping[str, list[ItemReview]]]:
        """The answers that were marked by an older key, by learner: those in quizzes, and those in reviews."""
        answers: defaultdict[str, list[ItemAnswer]] = defaultdict(list)
        reviews: defaultdict[str, list[ItemReview]] = defaultdict(list)
        for answer in self._item_answers.of(regrade.subject_id, regrade.item_id):
            if answer.item_version in contents and answer.key_revision < regrade.key_revision:
                answers[answer.user_id].append(answer)
        for review in self._item_answers.reviews_of(regrade.subject_id, regrade.item_id):
            if review.item_version in contents and review.key_revision < regrade.key_revision:
                reviews[review.user_id].append(review)
        return answers, reviews

    def _progress_of(self, regrade: Regrade) -> RegradeProgress:
        rows = [
            row
            for row in self._item_answers.of(regrade.subject_id, regrade.item_id)
            if row.item_version in regrade.item_versions
        ]
        left = [row for row in rows if row.key_revision < regrade.key_revision]
        learners, waiting = {row.user_id for row in rows}, {row.user_id for row in left}
        return RegradeProgress(
            regrade, len(rows), len(rows) - len(left), len(learners), len(learners - waiting)
        )


def _asks_the_same(content: Question, other: Question) -> bool:
    return content.kind == other.kind and question_key(content) == question_key(other)


def _with_key_of(content: Question, wanted: Question) -> Question:
    """A version with the key of ``wanted``. Both ask the same question; their options may have different orders."""
    places = {_plain(option): place for place, option in enumerate(wanted.options)}
    order = tuple(places[_plain(option)] for option in content.options)
    keyed = rekeyed(replace(content, item_order=order), wanted)
    return replace(keyed, item_order=content.item_order, key_revision=content.key_revision)


def _plain(option: str) -> str:
    return " ".join(option.casefold().split())
