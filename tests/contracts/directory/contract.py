"""The contract of ``Directory``: all directories answer the same about the same school."""

from __future__ import annotations

from chalicelib.composition.demo_school import DEMO_SCHOOL
from ports.directory import Assignment, ClassSession, Directory, Person, School, Subject

CROWD = tuple(f"learner_{number:04d}" for number in range(1200))
SCHOOL = School(
    people=(*DEMO_SCHOOL.people, Person("none", "auth-none", None, "No One", "student")),
    subjects=(*DEMO_SCHOOL.subjects, Subject("big_1", "A large class", None)),
    sessions=(
        *DEMO_SCHOOL.sessions,
        ClassSession("session_2", "physics_101", "Friction", "2026-09-21"),
        ClassSession("session_3", "physics_101", "Energy", "2026-09-21"),
    ),
    assignments=(
        *DEMO_SCHOOL.assignments,
        Assignment("assignment_0", "physics_101", None, "Friction"),
        *(Assignment(f"task_{number:04d}", "big_1", None, f"Task {number}") for number in range(1100)),
    ),
    enrolments=(*DEMO_SCHOOL.enrolments, *((learner, "big_1") for learner in CROWD)),
)


class DirectoryContract:
    def test_people_are_known_by_auth_id(self, directory: Directory) -> None:
        ada = SCHOOL.people[0]
        assert directory.person(ada.auth_user_id) == ada
        assert directory.person("ada") is None
        assert directory.person("") is None

    def test_people_by_user_id_leave_unknown_ones_out(self, directory: Directory) -> None:
        found = directory.people(["ada", "nobody", "none", "ada"])
        assert set(found) == {"ada", "none"}
        assert found["none"].email is None
        assert directory.people([]) == {}

    def test_subjects_are_those_enrolled_in_or_taught(self, directory: Directory) -> None:
        assert [s.subject_id for s in directory.subjects_of("ada")] == ["physics_101"]
        assert [s.subject_id for s in directory.subjects_of("grace")] == ["physics_101"]
        assert directory.subjects_of("nobody") == []
        subject = directory.subject("history_201")
        assert subject is not None
        assert (subject.name, subject.teacher_id) == ("History 201", "karl")
        assert directory.subject("alchemy") is None

    def test_enrolment_and_teaching_are_two_things(self, directory: Directory) -> None:
        assert directory.is_enrolled("ada", "physics_101")
        assert not directory.is_enrolled("grace", "physics_101")
        assert not directory.is_enrolled("ada", "history_201")
        assert directory.teaches("grace", "physics_101")
        assert not directory.teaches("karl", "physics_101")
        assert not directory.teaches("ada", "physics_101")
        assert not directory.teaches("grace", "alchemy")

    def test_all_learners_of_a_class_of_any_size_are_returned_in_order(self, directory: Directory) -> None:
        assert directory.enrolled("physics_101") == ["ada", "alan"]
        assert directory.enrolled("big_1") == list(CROWD)
        assert directory.enrolled("alchemy") == []

    def test_sessions_come_newest_first(self, directory: Directory) -> None:
        found = [session.session_id for session in directory.sessions("physics_101", limit=5)]
        assert found == ["session_3", "session_2", "session_1"]
        assert len(directory.sessions("physics_101", limit=2)) == 2
        assert directory.sessions("alchemy", limit=5) == []
        session = directory.session("session_1")
        assert session is not None
        assert session.subject_id == "physics_101"
        assert directory.session("session_99") is None

    def test_assignments(self, directory: Directory) -> None:
        assignment = directory.assignment("assignment_1")
        assert assignment is not None
        assert (assignment.subject_id, assignment.session_id) == ("physics_101", "session_1")
        assert directory.assignment("assignment_99") is None

    def test_all_assignments_of_a_subject_are_returned_in_order(self, directory: Directory) -> None:
        found = directory.assignments("physics_101")
        assert [one.assignment_id for one in found] == ["assignment_0", "assignment_1"]
        assert found[0] == Assignment("assignment_0", "physics_101", None, "Friction")
        assert len(directory.assignments("big_1")) == 1100
        assert directory.assignments("alchemy") == []

    def test_closing_twice_is_no_error(self, directory: Directory) -> None:
        assert directory.is_enrolled("ada", "physics_101")
        directory.close()
        directory.close()
