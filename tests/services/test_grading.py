"""A submission under crashes: the quiz is scored once, and its evidence counts once."""

from __future__ import annotations

from typing import Any

import pytest

from ports.errors import TimedOut
from tests.support.faults import Crash, Faults, worker
from tests.support.world import PHYSICS, User, World


@pytest.fixture
def quiz(ada: User) -> Any:
    ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
    return ada.make_quiz()


@pytest.mark.parametrize("after_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", [Crash, lambda: TimedOut("key_value_store")], ids=["crash", "timeout"])
def test_a_submission_cut_short_at_any_call_counts_once(fault: Any, after_effect: bool) -> None:
    whole = Faults()
    tried = 1
    while tried == 1 or tried <= whole.calls:
        world = World()
        ada = world.user("ada")
        ada.upload("notes.txt", PHYSICS, subject_id="physics_101")
        quiz = ada.make_quiz()
        learner = world.services.admission.admit(ada.token or "").learner
        answers: dict[str, str | None] = {**ada.right_answers(quiz)}
        if tried == 1:
            worker(world, whole).grading.submit(learner, quiz["quiz_id"], answers)
            assert whole.calls > 5
        else:
            faults = Faults(at=tried - 1, fault=fault, after_effect=after_effect)
            try:
                worker(world, faults).grading.submit(learner, quiz["quiz_id"], answers)
            except (Crash, TimedOut):
                pass
        first = ada.submit(quiz, answers)
        assert first.status == 200, first.text
        assert first.body["score"] == 100
        assert ada.submit(quiz, answers).body == first.body
        world.adapters.clock.advance(3600)
        world.sweep()
        ada = world.user("ada")  # the token has expired
        assert len(ada.get("/api/quiz-results").body["items"]) == 1
        counts = [concept["evidence_count"] for concept in ada.get("/api/profile").body["concepts"]]
        assert counts == [1, 1, 1]
        standing = world.services.ledger.standing("ada", "physics_101")
        assert standing.quizzes_taken == 1
        assert [concept.evidence_count for concept in standing.concepts] == [1, 1, 1]
        tried += 1


def test_an_upstream_that_is_out_does_not_lose_a_score(world: World, ada: User, quiz: Any) -> None:
    """The score is stored at once. The projection waits for the sweeper."""
    world.adapters.embedder.fail_next(TimedOut("embedder"))
    result = ada.submit(quiz, ada.right_answers(quiz))
    assert result.status == 200
    assert len(ada.get("/api/profile").body["concepts"]) == 3
    world.adapters.clock.advance(3600)
    world.sweep()
    assert len(world.services.ledger.standing("ada", "physics_101").concepts) == 3
