"""Admission: who sends a token, and in which subjects they may work or teach."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.composition.demo_school import DEMO_SCHOOL
from domain.access.admission import Admission
from domain.access.classes import class_owner
from domain.access.subjects import Subjects
from domain.access.teaching import Teaching
from domain.base.errors import Forbidden, NotFound, Unauthenticated
from domain.base.learner import Admitted, Learner
from fakes.directory import InMemoryDirectory
from fakes.identity_provider import MintedTokens
from fakes.system import FrozenClock
from ports.directory import Assignment, ClassSession, Person, School, Subject

PEOPLE = {person.user_id: person for person in DEMO_SCHOOL.people}
PHYSICS = Subject("physics_101", "Physics 101", teacher_id="grace")
HISTORY = Subject("history_201", "History 201", teacher_id="karl")
SCHOOL = replace(
    DEMO_SCHOOL,
    people=(*DEMO_SCHOOL.people, Person("joan", "auth-joan", None, "Joan Clarke", "student")),
    sessions=(
        ClassSession("s1", "physics_101", "First", "2026-09-14"),
        ClassSession("s2", "physics_101", "Second", "2026-09-21"),
        ClassSession("s3", "physics_101", "Third", "2026-09-28"),
        ClassSession("h1", "history_201", "Rosetta", "2026-09-14"),
    ),
    assignments=(
        Assignment("a1", "physics_101", "s1", "Forces"),
        Assignment("a2", "history_201", "h1", "Stones"),
    ),
    enrolments=(*DEMO_SCHOOL.enrolments, ("karl", "physics_101")),
)


def learner(name: str) -> Learner:
    person = PEOPLE[name]
    return Learner(person.user_id, person.auth_user_id, person.email, person.name, person.active_role)


def admitted(person: Person, school: School = SCHOOL) -> Admitted:
    tokens = MintedTokens(FrozenClock())
    return Admission(tokens, InMemoryDirectory(school)).admit(tokens.mint(person, seconds=600))


def in_ten_minutes() -> datetime:
    return FrozenClock().now() + timedelta(seconds=600)


@pytest.mark.parametrize("name", ["ada", "grace"])
def test_a_token_is_accepted_until_it_expires(name: str) -> None:
    assert admitted(PEOPLE[name]) == Admitted(learner(name), in_ten_minutes())


def test_the_tokens_email_is_used_if_the_school_has_none() -> None:
    joan = Person("joan", "auth-joan", "joan@token.example", "Joan", "teacher")
    assert admitted(joan).learner == Learner(
        "joan", "auth-joan", "joan@token.example", "Joan Clarke", "student"
    )
    renamed = replace(PEOPLE["ada"], email="ada@token.example", active_role="teacher")
    assert admitted(renamed).learner == learner("ada")


def test_a_person_unknown_to_the_school_is_a_learner_with_the_id_of_the_token() -> None:
    stranger = Person("grace", "auth-unknown", "x@token.example", "Grace Hopper", "teacher")
    assert admitted(stranger).learner == Learner(
        "auth-unknown", "auth-unknown", "x@token.example", "", "student"
    )


@pytest.mark.parametrize("auth_user_id", [class_owner("physics_101"), class_owner("")])
def test_a_class_as_user_id_and_an_invalid_token_are_refused_alike(auth_user_id: str) -> None:
    with pytest.raises(Unauthenticated) as pretended:
        admitted(Person("x", auth_user_id, None, "X", "teacher"))
    with pytest.raises(Unauthenticated) as forged:
        Admission(MintedTokens(FrozenClock()), InMemoryDirectory(SCHOOL)).admit("forged")
    assert pretended.value.code == forged.value.code == "invalid_token"
    assert str(pretended.value) == str(forged.value)


@pytest.mark.parametrize(
    ("name", "mine"),
    [("ada", [PHYSICS]), ("mary", [HISTORY]), ("grace", [PHYSICS]), ("karl", [HISTORY, PHYSICS])],
)
def test_a_learners_subjects_are_those_they_attend_or_teach(name: str, mine: list[Subject]) -> None:
    subjects = Subjects(InMemoryDirectory(SCHOOL))
    assert subjects.of(learner(name)) == subjects.of_user(name) == mine
    assert [subjects.get(learner(name), one.subject_id) for one in mine] == mine
    backwards = [one.subject_id for one in reversed(mine)]
    assert subjects.all_of(learner(name), backwards) == mine[::-1]


@pytest.mark.parametrize("subject_id", ["history_201", "none", ""])
def test_a_subject_of_others_is_not_found(subject_id: str) -> None:
    subjects = Subjects(InMemoryDirectory(SCHOOL))
    for asked in (
        lambda: subjects.get(learner("ada"), subject_id),
        lambda: subjects.all_of(learner("ada"), ["physics_101", subject_id]),
    ):
        with pytest.raises(NotFound) as refused:
            asked()
        assert refused.value.code == "subject_not_found"


def test_assignments_and_sessions_are_those_of_ones_subjects() -> None:
    subjects = Subjects(InMemoryDirectory(SCHOOL))
    assert subjects.assignment(learner("ada"), "a1") == SCHOOL.assignments[0]
    assert subjects.assignment(learner("karl"), "a2") == SCHOOL.assignments[1]
    assert subjects.session(learner("ada"), "s2") == SCHOOL.sessions[1]
    assert [one.session_id for one in subjects.recent_sessions(PHYSICS, 2)] == ["s3", "s2"]
    for assignment_id in ("a2", "none"):
        with pytest.raises(NotFound) as refused:
            subjects.assignment(learner("ada"), assignment_id)
        assert refused.value.code == "assignment_not_found"
    for session_id in ("h1", "none"):
        with pytest.raises(NotFound) as refused:
            subjects.session(learner("ada"), session_id)
        assert refused.value.code == "session_not_found"


def test_a_teacher_has_the_subjects_that_they_teach() -> None:
    assert Teaching(InMemoryDirectory(SCHOOL)).subject(learner("grace"), "physics_101") == PHYSICS


@pytest.mark.parametrize(
    ("teacher", "subject_id", "code"),
    [
        (learner("grace"), "history_201", "not_your_subject"),
        (learner("grace"), "none", "not_your_subject"),
        (learner("karl"), "physics_101", "not_your_subject"),  # she is only enrolled there
        (learner("ada"), "physics_101", "teacher_only"),
        (replace(learner("grace"), active_role="student"), "physics_101", "teacher_only"),
        (replace(learner("ada"), active_role="teacher"), "physics_101", "not_your_subject"),
    ],
)
def test_anyone_who_does_not_teach_the_subject_is_refused(
    teacher: Learner, subject_id: str, code: str
) -> None:
    with pytest.raises(Forbidden) as refused:
        Teaching(InMemoryDirectory(SCHOOL)).subject(teacher, subject_id)
    assert refused.value.code == code
