"""Assigns items of the bank to assignments, and makes the learners' attempts at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.access.subjects import Subjects
from domain.access.teaching import Teaching
from domain.bank.drawing import Drawing, matched
from domain.bank.items import Items
from domain.bank.orders import BlueprintLine, WantedQuiz
from domain.base.errors import Conflict, InvalidRequest, NotFound
from domain.base.learner import Learner
from domain.base.moments import to_text
from domain.progress.concept_catalogue import concept_key
from domain.quizzes.admission import spread_keys
from domain.quizzes.assigned import MAX_POOL, AssignedQuiz, Pool, attempt_id
from domain.quizzes.assigned_quizzes import AssignedQuizzes
from domain.quizzes.assignment_words import MAX_ATTEMPTS, AssignmentState
from domain.quizzes.attempt import Result
from domain.quizzes.keys_in_force import with_keys_in_force
from domain.quizzes.quiz import Question, Quiz
from domain.quizzes.quiz_words import MAX_QUESTIONS
from domain.quizzes.quizzes import Quizzes
from domain.quizzes.quizzing import Quizzing
from ports.directory import Assignment
from ports.key_value_store import ConditionFailed
from ports.paging import Page, pair_from_cursor, to_cursor
from ports.system import Clock


@dataclass(frozen=True, slots=True)
class LearnersAssignment:
    """An assignment as the learner sees it. ``assigned`` is None if no quiz of the bank is assigned in it."""

    assignment: Assignment
    state: AssignmentState
    assigned: AssignedQuiz | None = None
    num_questions: int | None = None
    """The number of questions of the attempt that the learner gets now; None without an assigned quiz."""
    quiz_ids: tuple[str, ...] = ()
    """The learner's attempts, in order."""
    open_quiz_id: str | None = None
    """The attempt that is not submitted yet, or None."""
    best: Result | None = None

    @property
    def attempts_left(self) -> int | None:
        """The number of attempts that the learner may still begin; None without an assigned quiz."""
        return None if self.assigned is None else max(0, self.assigned.attempts - len(self.quiz_ids))


class Assigning:
    def __init__(
        self,
        assigned: AssignedQuizzes,
        items: Items,
        quizzes: Quizzes,
        quizzing: Quizzing,
        subjects: Subjects,
        teaching: Teaching,
        clock: Clock,
    ) -> None:
        self._assigned = assigned
        self._items = items
        self._quizzes = quizzes
        self._quizzing = quizzing
        self._subjects = subjects
        self._teaching = teaching
        self._clock = clock
        self._drawing = Drawing(items)

    def assign(
        self, teacher: Learner, subject_id: str, assignment_id: str, wanted: WantedQuiz, based_on: int | None
    ) -> AssignedQuiz:
        """Set what the assignment asks from now on. Attempts that have begun keep their questions.

        A repeated call with the same values changes nothing. Raises ``Forbidden``, ``NotFound`` for an assignment or
        item of another subject, ``InvalidRequest``, and ``Conflict`` if an item is not approved, if the bank has too
        few items for the blueprint, or if another teacher changed it since the version ``based_on``.
        """
        self._assignment(teacher, subject_id, assignment_id)
        if (
            wanted.opens_at is not None
            and wanted.closes_at is not None
            and wanted.closes_at <= wanted.opens_at
        ):
            raise InvalidRequest("invalid_times", "closes_at must be later than opens_at.", field="closes_at")
        if bool(wanted.item_ids) == bool(wanted.blueprint):
            raise InvalidRequest("invalid_request", "Give either item_ids or a blueprint.", field="item_ids")
        item_ids = self._approved(subject_id, wanted.item_ids)
        pools = self._pools(subject_id, wanted.blueprint) if wanted.blueprint else ()
        stored = self._assigned.find(assignment_id)
        now = to_text(self._clock.now())
        made = AssignedQuiz(
            assignment_id=assignment_id,
            subject_id=subject_id,
            created_at=now if stored is None else stored.created_at,
            updated_at=now,
            item_ids=item_ids,
            pools=pools,
            opens_at=wanted.opens_at,
            closes_at=wanted.closes_at,
            attempts=wanted.attempts,
            show_keys=wanted.show_keys,
            version=0 if stored is None else stored.version,
        )
        if stored is not None and _is_same(made, stored):
            return stored
        if based_on is not None and based_on != made.version:
            raise _changed()
        try:
            return self._assigned.save(made)
        except ConditionFailed:  # somebody was faster: maybe the same request, sent twice
            stored = self._assigned.find(assignment_id)
            if stored is not None and _is_same(made, stored):
                return stored
            raise _changed() from None

    def assigned(self, teacher: Learner, subject_id: str, assignment_id: str) -> AssignedQuiz:
        """What the assignment asks. Raises ``Forbidden``, and ``NotFound`` if no quiz of the bank is assigned in it."""
        self._assignment(teacher, subject_id, assignment_id)
        found = self._assigned.find(assignment_id)
        if found is None or found.subject_id != subject_id:
            raise NotFound("assigned_quiz_not_found", "No quiz of the bank is assigned in this assignment.")
        return found

    def num_questions(self, assigned: AssignedQuiz) -> int:
        """The number of questions of a new attempt. Retired items are not among them."""
        return self._drawing.counts(assigned.subject_id, [assigned])[assigned.assignment_id]

    def attempt(self, learner: Learner, assignment_id: str, num_questions: int) -> Quiz:
        """The learner's quiz of the assignment: the open attempt, else a new one, else the last one.

        Without an assigned quiz, it is made from the materials, as ``Quizzing.for_assignment`` does. Raises
        ``NotFound``, and ``Conflict`` if the assignment is not open and the learner has no attempt.
        """
        assignment = self._subjects.assignment(learner, assignment_id)
        assigned = self._assigned.find(assignment_id)
        if assigned is None:
            return self._quizzing.for_assignment(learner, assignment_id, num_questions)
        begun = self._begun(learner.user_id, [assigned])[assignment_id]
        now = to_text(self._clock.now())
        stays = _staying(assigned, begun, now)
        if stays is not None:
            return self._in_force(stays)
        assigned.must_be_open(now)
        return self._make(learner, assignment, assigned, len(begun) + 1, now)

    def retake(self, learner: Learner, quiz_id: str, new_id: str) -> Quiz:
        """A new quiz with the questions of a submitted one. For an assigned quiz, it is the next attempt.

        Raises ``NotFound``, and ``Conflict`` if the quiz was not submitted, the assignment is not open, or no attempt
        is left.
        """
        quiz = self._quizzes.get(learner.user_id, quiz_id)
        if not quiz.attempt or quiz.assignment_id is None:
            return self._quizzing.retake(learner, quiz_id, new_id)
        assignment = self._subjects.assignment(learner, quiz.assignment_id)
        assigned = self._assigned.find(quiz.assignment_id)
        if assigned is None:
            raise NotFound("assignment_not_found", "There is no such assignment.")
        begun = self._begun(learner.user_id, [assigned])[assigned.assignment_id]
        if begun[-1].submitted_at is None:
            if begun[-1].quiz_id == quiz_id:
                raise Conflict("quiz_not_submitted", "A quiz can be taken again once it is submitted.")
            return self._in_force(begun[-1])
        now = to_text(self._clock.now())
        assigned.must_be_open(now)
        if len(begun) >= assigned.attempts:
            raise Conflict("no_attempts_left", "All attempts at this assignment were made.")
        return self._make(learner, assignment, assigned, len(begun) + 1, now)

    def assignments(
        self, learner: Learner, subject_id: str | None, *, limit: int, cursor: str | None
    ) -> Page[LearnersAssignment]:
        """Up to ``limit`` assignments of the learner's subjects, or of one of them, sorted by subject and id.

        Raises ``NotFound`` if the subject is not the learner's, and ``InvalidCursor``.
        """
        after = None if cursor is None else pair_from_cursor(cursor)
        mine = self._subjects.of(learner) if subject_id is None else [self._subjects.get(learner, subject_id)]
        found = [one for subject in mine for one in self._subjects.assignments(subject)]
        rest = [one for one in found if after is None or _place(one) > after]
        page = rest[:limit]
        shown = self._shown(learner.user_id, page)
        return Page(shown, to_cursor(list(_place(page[-1]))) if len(rest) > limit else None)

    def _shown(self, owner: str, assignments: Sequence[Assignment]) -> list[LearnersAssignment]:
        now = to_text(self._clock.now())
        assigned = self._assigned.find_many([one.assignment_id for one in assignments])
        begun = self._begun(owner, assigned.values())
        results = self._quizzes.results_of(owner, [quiz.quiz_id for some in begun.values() for quiz in some])
        stay = {name: _staying(plan, begun[name], now) for name, plan in assigned.items()}
        counts = self._counts([plan for name, plan in assigned.items() if stay[name] is None])
        shown = []
        for one in assignments:
            plan = assigned.get(one.assignment_id)
            if plan is None or plan.subject_id != one.subject_id:
                shown.append(LearnersAssignment(one, "open"))
                continue
            quizzes = begun[one.assignment_id]
            scored = [results[quiz.quiz_id] for quiz in quizzes if quiz.quiz_id in results]
            is_open = bool(quizzes) and quizzes[-1].submitted_at is None
            quiz = stay[one.assignment_id]
            shown.append(
                LearnersAssignment(
                    assignment=one,
                    state=plan.state(now),
                    assigned=plan,
                    num_questions=counts[one.assignment_id] if quiz is None else len(quiz.questions),
                    quiz_ids=tuple(quiz.quiz_id for quiz in quizzes),
                    open_quiz_id=quizzes[-1].quiz_id if is_open else None,
                    best=max(scored, key=_score, default=None),
                )
            )
        return shown

    def _counts(self, plans: Sequence[AssignedQuiz]) -> dict[str, int]:
        by_subject: defaultdict[str, list[AssignedQuiz]] = defaultdict(list)
        for plan in plans:
            by_subject[plan.subject_id].append(plan)
        return {
            name: count
            for subject_id, some in by_subject.items()
            for name, count in self._drawing.counts(subject_id, some).items()
        }

    def _begun(self, owner: str, assigned: Iterable[AssignedQuiz]) -> dict[str, list[Quiz]]:
        """The learner's attempts by assignment, in order, in one read."""
        plans = list(assigned)
        ids = {
            attempt_id(owner, plan.assignment_id, number + 1): plan.assignment_id
            for plan in plans
            for number in range(MAX_ATTEMPTS)
        }
        begun: dict[str, list[Quiz]] = {plan.assignment_id: [] for plan in plans}
        for quiz in self._quizzes.find_many(owner, list(ids)):
            begun[ids[quiz.quiz_id]].append(quiz)
        return {name: sorted(quizzes, key=lambda quiz: quiz.attempt) for name, quizzes in begun.items()}

    def _in_force(self, quiz: Quiz) -> Quiz:
        """The attempt. If it is still open, it has the present keys of its items."""
        return quiz if quiz.submitted_at is not None else with_keys_in_force(quiz, self._items)

    def _make(
        self, learner: Learner, assignment: Assignment, assigned: AssignedQuiz, attempt: int, now: str
    ) -> Quiz:
        questions = self._drawn(assigned, learner.user_id, attempt)
        if not questions:
            raise Conflict("assignment_has_no_items", "All items of this assignment are retired.")
        quiz_id = attempt_id(learner.user_id, assigned.assignment_id, attempt)
        quiz = Quiz(
            quiz_id=quiz_id,
            user_id=learner.user_id,
            title=f"Quiz: {assignment.title}",
            topic=assignment.title or None,
            subject_id=assigned.subject_id,
            document_ids=(),
            difficulty_level="intermediate",
            requested_questions=len(questions),
            questions=spread_keys(questions, quiz_id),
            created_at=now,
            assignment_id=assigned.assignment_id,
            session_id=assignment.session_id,
            attempt=attempt,
            kinds=tuple(dict.fromkeys(question.kind for question in questions)),
        )
        return self._quizzes.add(quiz)

    def _drawn(self, assigned: AssignedQuiz, owner: str, attempt: int) -> list[Question]:
        """The questions of an attempt, in the versions that are approved now."""
        chosen = self._drawing.drawn(assigned, owner, attempt)
        versions = self._items.approved_versions(chosen)
        return [
            versions[item.item_id].asked_as(item.item_id, str(place))
            for place, item in enumerate(chosen, start=1)
        ]

    def _assignment(self, teacher: Learner, subject_id: str, assignment_id: str) -> Assignment:
        self._teaching.subject(teacher, subject_id)
        assignment = self._subjects.assignment(teacher, assignment_id)
        if assignment.subject_id != subject_id:
            raise NotFound("assignment_not_found", "There is no such assignment.")
        return assignment

    def _approved(self, subject_id: str, item_ids: Sequence[str]) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(item_ids))
        found = self._items.find_many(subject_id, wanted)
        for item_id in wanted:
            if item_id not in found:
                raise NotFound("item_not_found", f"There is no item {item_id}.", field="item_ids")
            if not found[item_id].is_askable:
                raise Conflict(
                    "item_not_approved",
                    f"Only approved items can be assigned, and {item_id} is not approved.",
                )
        return wanted

    def _pools(self, subject_id: str, blueprint: Sequence[BlueprintLine]) -> tuple[Pool, ...]:
        if sum(line.num_questions for line in blueprint) > MAX_QUESTIONS:
            raise InvalidRequest(
                "too_many_questions", f"A quiz has at most {MAX_QUESTIONS} questions.", field="blueprint"
            )
        items = [item for item in self._items.all_of(subject_id) if item.is_askable]
        approved = {
            item_id: (concept_key(version.content.concept), version.difficulty)
            for item_id, version in self._items.approved_versions(items).items()
        }
        pools: list[Pool] = []
        for place, line in enumerate(blueprint, start=1):
            fitting = [
                item_id
                for item_id, (concept, difficulty) in approved.items()
                if concept == concept_key(line.concept) and line.difficulty in (None, difficulty)
            ]
            pools.append(
                Pool(line.concept, line.num_questions, line.difficulty, tuple(sorted(fitting)[:MAX_POOL]))
            )
            # Lines may share items, but each item is asked once.
            if len(matched([(one.num_questions, one.item_ids) for one in pools])) < sum(
                one.num_questions for one in pools
            ):
                raise Conflict(
                    "blueprint_not_filled",
                    f"Line {place} of the blueprint asks for {line.num_questions} approved items on this"
                    f" concept; there are {len(fitting)}, and each is asked once.",
                )
        return tuple(pools)


def _is_same(made: AssignedQuiz, stored: AssignedQuiz) -> bool:
    """Whether both ask the same in the same way."""
    return stored == replace(
        made, created_at=stored.created_at, updated_at=stored.updated_at, version=stored.version
    )


def _staying(assigned: AssignedQuiz, begun: Sequence[Quiz], now: str) -> Quiz | None:
    """The learner's last attempt, if it is still open or no other attempt can be begun; else None."""
    if not begun:
        return None
    is_over = len(begun) >= assigned.attempts or assigned.state(now) != "open"
    return begun[-1] if is_over or begun[-1].submitted_at is None else None


def _score(result: Result) -> float:
    return -1.0 if result.score.score is None else result.score.score


def _place(assignment: Assignment) -> tuple[str, str]:
    return assignment.subject_id, assignment.assignment_id


def _changed() -> Conflict:
    return Conflict(
        "assigned_quiz_changed", "Somebody changed the assigned quiz meanwhile. Look at it, and assign again."
    )
