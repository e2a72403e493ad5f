"""A class of any size, in memory."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.composition.demo_school import DEMO_SCHOOL
from fakes.directory import InMemoryDirectory
from ports.directory import Person
from tests.support.world import User, World


def enrolled(world: World, count: int) -> list[User]:
    """``count`` learners. They are enrolled in physics, and nobody else is enrolled in anything."""
    people = [
        Person(f"learner-{number:04}", f"auth-{number:04}", None, f"Pupil {number:04}", "student")
        for number in range(count)
    ]
    world.adapters.directory = InMemoryDirectory(
        replace(
            DEMO_SCHOOL,
            people=(*DEMO_SCHOOL.people, *people),
            enrolments=tuple((person.user_id, "physics_101") for person in people),
        )
    )
    return [User(world, person.user_id, world.adapters.identity.mint(person)) for person in people]
