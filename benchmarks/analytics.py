"""The teacher's view of classes of 30, 300 and 3,000 learners: key-value round trips, time, bytes of the response.

``python -m benchmarks.analytics``. The standings are generated, with 20 concepts and 40 questions each. The fakes
store them, and count round trips as DynamoDB needs them: one per 100 keys of a batch read. The time contains no network.
A page of the response has at most 1,000 learners, and a response of a Lambda function at most 6 MB.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from chalicelib.composition.demo_school import DEMO_SCHOOL
from domain.progress.standing import (
    MAX_DAYS,
    MAX_TALLIES,
    ConceptStanding,
    DayActivity,
    QuestionTally,
    Standing,
)
from fakes.directory import InMemoryDirectory
from ports.directory import Person
from tests.support.world import World

SIZES = (30, 300, 3000)
SUBJECT = "physics_101"
CONCEPTS = 20
QUESTIONS = 200
REPEATS = 3


def standing(user_id: str, today: date, chance: random.Random) -> Standing:
    """The standing of a learner after some weeks. Its questions are a random choice of the class's questions."""
    now = f"{today}T08:00:00.000Z"
    concepts = tuple(
        ConceptStanding(
            f"concept number {n:02}", f"Concept number {n:02}", chance.random(), chance.randint(1, 40), now
        )
        for n in range(CONCEPTS)
    )
    questions = []
    for n in chance.sample(range(QUESTIONS), MAX_TALLIES):
        attempts = chance.randint(1, 3)
        correct = chance.randint(0, attempts)
        wrong = {f"The wrong option {chance.randint(1, 3)} of {n}": attempts - correct}
        text = (
            f"Question {n}: which of these follows from what the material says about concept {n % CONCEPTS}?"
        )
        questions.append(
            QuestionTally(f"{n:032x}", text, attempts, correct, wrong if correct < attempts else {})
        )
    days = tuple(
        DayActivity((today - timedelta(days=ago)).isoformat(), chance.randint(0, 9), chance.randint(0, 2))
        for ago in reversed(range(MAX_DAYS))
        if chance.random() < 0.4
    )
    return Standing(
        user_id=user_id,
        subject_id=SUBJECT,
        concepts=concepts,
        questions=tuple(questions),
        days=days,
        quizzes_taken=sum(day.quizzes for day in days),
        questions_answered=sum(one.attempts for one in questions),
        questions_correct=sum(one.correct for one in questions),
        last_active=now,
    )


def class_of(size: int) -> World:
    """A world whose physics class has ``size`` learners, each with a standing."""
    world = World()
    ids = [f"00000000-0000-4000-8000-{number:012}" for number in range(size)]
    people = [Person(user_id, user_id, None, f"Learner Number {user_id[-4:]}", "student") for user_id in ids]
    school = replace(
        DEMO_SCHOOL,
        people=(*DEMO_SCHOOL.people, *people),
        enrolments=tuple((user_id, SUBJECT) for user_id in ids),
    )
    world.adapters.directory = InMemoryDirectory(school)
    chance = random.Random(size)
    today = world.adapters.clock.now().date()
    ledger = world.services.ledger
    for user_id in ids:
        world.adapters.key_values.transact([ledger.standing_put(standing(user_id, today, chance))])
    return world


def pages(world: World) -> Iterator[tuple[int, float, int]]:
    """For each page of the view: the round trips, the seconds and the bytes."""
    grace = world.user("grace")
    cursor = ""
    while True:
        world.adapters.key_values.calls.clear()
        started = time.perf_counter()
        reply = grace.get(f"/api/teacher/subjects/{SUBJECT}/ai-analytics{cursor}")
        seconds = time.perf_counter() - started
        if reply.status != 200:
            raise RuntimeError(reply.text)
        yield len(world.adapters.key_values.calls), seconds, len(reply.text.encode())
        if reply.body["next_cursor"] is None:
            return
        cursor = f"?cursor={reply.body['next_cursor']}"


def main() -> None:
    print("learners  page  key-value calls     time       answer")
    for size in SIZES:
        world = class_of(size)
        runs = [list(pages(world)) for _ in range(REPEATS)]
        for number, same in enumerate(zip(*runs, strict=True), start=1):
            calls, _, size_in_bytes = same[0]
            best = min(seconds for _, seconds, _ in same)
            print(
                f"{size:>8}  {number:>4}  {calls:>15}  {best * 1000:>6.0f} ms  {size_in_bytes / 1024:>7.0f} KB"
            )


if __name__ == "__main__":
    main()
