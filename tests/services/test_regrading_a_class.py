"""What a regrade of 1,000 learners with 20 items each costs: calls of the key-value store, as DynamoDB counts them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.base.learner import Learner
from domain.progress.evidence import Evidence
from domain.progress.history import history_of
from domain.quizzes.answered import evidence_of
from domain.quizzes.quiz_words import LETTERS
from domain.quizzes.scoring import read_answers, score
from domain.teaching.regrading import AT_ONCE, RegradeOrder
from ports.key_value_store import MAX_TRANSACTION_WRITES
from tests.support.bank import quiz_of
from tests.support.marking import PHYSICS_101, items, letters
from tests.support.world import World

LEARNERS, ITEMS = 1000, 20
SOME = 200
ORDER = RegradeOrder("i2", "The key named the wrong option.", key="B")
GRACE = Learner("grace", "", None, "Grace", "teacher")
CALL_SECONDS = 0.01
"""The approximate number of seconds of one call to the store on AWS."""
TURN_SECONDS = 60.0
"""Seconds between two turns of the sweeper."""


def learner(number: int) -> str:
    return f"learner-{number:04}"


def chosen(number: int) -> list[int]:
    """Every third learner chose B, which was wrong."""
    return [1 if place == 1 and number % 3 == 0 else (place + number) % 4 for place in range(ITEMS)]


def trips(world: World) -> int:
    """The round trips since the calls were last cleared: the fake counts batches as DynamoDB does."""
    return len(world.adapters.key_values.calls)


@pytest.mark.slow
def test_a_dry_run_takes_at_most_sixty_round_trips() -> None:
    world = World()
    made = items(ITEMS)
    world.services.items.add(made)
    ledger, answers = world.services.ledger, world.services.item_answers
    template = quiz_of(made, "", "0" * 32)
    for number in range(LEARNERS):
        quiz = replace(template, user_id=learner(number), quiz_id=f"{number:032}")
        given = {
            question.question_id: LETTERS[question.item_order.index(place)]
            for question, place in zip(quiz.questions, chosen(number), strict=True)
        }
        scored = score(quiz, read_answers(quiz, given))
        evidence: list[Evidence] = [
            evidence_of(
                quiz, question, graded, question.concept, question.concept, "2026-09-14T08:00:00.000Z"
            )
            for question, graded in zip(quiz.questions, scored.results, strict=True)
        ]
        puts = answers.puts(quiz, scored, "2026-09-14T08:00:00.000Z")
        history = ledger.history_write(history_of(quiz.user_id, PHYSICS_101, evidence), None)
        assert len(puts) < MAX_TRANSACTION_WRITES
        world.adapters.key_values.transact([puts[1], history])
    world.adapters.key_values.calls.clear()

    preview = world.services.regrading.preview(GRACE, PHYSICS_101, ORDER).preview

    assert preview.total_learners == LEARNERS
    by_key = [number for number in range(LEARNERS) if chosen(number)[1] in (0, 1)]
    assert [one.user_id for one in preview.learners] == list(map(learner, by_key))
    assert all(len(one.mastery_changes) == 1 for one in preview.learners)
    assert trips(world) <= 60


@pytest.mark.slow
def test_a_class_is_regraded_within_one_turn_of_the_sweeper() -> None:
    world = World()
    made = items(ITEMS)
    world.services.items.add(made)
    for number in range(SOME):
        quiz_id = f"{number:032}"
        world.services.quizzes.add(replace(quiz_of(made, learner(number), quiz_id), attempt=0))
        who = Learner(learner(number), "", None, "", "student")
        answers = letters(world, learner(number), quiz_id, chosen(number))
        world.services.grading.submit(who, quiz_id, answers)
    world.adapters.key_values.calls.clear()

    done = world.services.regrading.begin(GRACE, PHYSICS_101, ORDER)

    assert done.progress is not None
    world.adapters.clock.advance(61)
    world.services.regrading.sweep()
    progress = world.services.regrading.progress(GRACE, PHYSICS_101, done.progress.regrade.regrade_id)
    assert (progress.learners, progress.learners_done) == (SOME, SOME)
    # The round trips for a learner do not depend on the number of learners.
    assert trips(world) / SOME * LEARNERS * CALL_SECONDS / AT_ONCE < TURN_SECONDS
