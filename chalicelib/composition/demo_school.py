"""The schools that the local and memory profiles start with."""

from __future__ import annotations

import uuid
from dataclasses import replace

from ports.directory import Assignment, ClassSession, Person, School, Subject


def _person(name: str, full_name: str, role: str) -> Person:
    auth_user_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.school.example"))
    return Person(name, auth_user_id, f"{name}@school.example", full_name, role)


DEMO_SCHOOL = School(
    people=(
        _person("ada", "Ada Lovelace", "student"),
        _person("alan", "Alan Turing", "student"),
        _person("mary", "Mary Beard", "student"),
        _person("grace", "Grace Hopper", "teacher"),
        _person("karl", "Karl Popper", "teacher"),
    ),
    subjects=(
        Subject("history_201", "History 201", teacher_id="karl"),
        Subject("physics_101", "Physics 101", teacher_id="grace"),
    ),
    sessions=(ClassSession("session_1", "physics_101", "Newton's laws of motion", "2026-09-14"),),
    assignments=(Assignment("assignment_1", "physics_101", "session_1", "Forces and motion"),),
    enrolments=(("ada", "physics_101"), ("alan", "physics_101"), ("mary", "history_201")),
)

_CLASSMATES = (
    _person("emmy", "Emmy Noether", "student"),
    _person("lise", "Lise Meitner", "student"),
    _person("marie", "Marie Curie", "student"),
    _person("max", "Max Planck", "student"),
)
LAPTOP_SCHOOL = replace(
    DEMO_SCHOOL,
    people=(*DEMO_SCHOOL.people, *_CLASSMATES),
    enrolments=(*DEMO_SCHOOL.enrolments, *((one.user_id, "physics_101") for one in _CLASSMATES)),
)
"""The laptop's school. Its physics class has six learners: figures of a class are shown only if it has five or more."""
