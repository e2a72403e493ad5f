"""The class's share of right answers in the chance of success: taken once a day, named by the evidence, and replayable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.base.tables import CLASS_SHARES, LEARNING_EVIDENCE
from domain.progress.evidence import Evidence
from domain.progress.mastery import chance_of, fold, fold_overall
from ports.errors import Unavailable
from tests.support.classes import enrolled
from tests.support.world import PHYSICS, User, World

SUBJECT = "physics_101"
DAY = 24 * 3600


@pytest.fixture
def classmates(world: World) -> list[User]:
    return enrolled(world, 7)


def answer(user: User, *, is_right: bool) -> Any:
    user.upload("notes.txt", PHYSICS, subject_id=SUBJECT)
    quiz = user.make_quiz()
    answers = user.right_answers(quiz) if is_right else user.wrong_answers(quiz)
    return user.submit(quiz, answers).body


def snapshots(world: World) -> list[dict[str, Any]]:
    rows = world.adapters.key_values.items(CLASS_SHARES)
    return [row for row in rows if row["sort_key"].startswith("day#")]


def evidence_of(world: World, user_id: str) -> list[Evidence]:
    return world.services.ledger.evidence(user_id, SUBJECT)


def test_a_class_is_counted_once_a_day_and_the_evidence_says_by_which_snapshot(
    world: World, classmates: list[User]
) -> None:
    ada = classmates[5]
    for user in classmates[:5]:
        answer(user, is_right=False)
    assert all(one.in_class is None for one in evidence_of(world, classmates[0].name))
    world.sweep()
    (taken,) = snapshots(world)
    assert taken["shares"]
    assert all(0 < share < taken["usual"] + 0.06 for share in taken["shares"].values())

    answer(ada, is_right=True)
    world.sweep()
    assert snapshots(world) == [taken], "one a day, and it never changes"
    named = evidence_of(world, ada.name)
    assert {(one.in_class.subject_id, one.in_class.taken_on) for one in named if one.in_class} == {
        (SUBJECT, taken["taken_on"])
    }
    assert all(one.in_class and one.in_class.share == taken["shares"][one.concept] for one in named)

    profile = ada.get(f"/api/profile?subject_id={SUBJECT}").body
    folded, overall = fold(named), fold_overall(named)
    for shown in profile["concepts"]:
        replayed = chance_of(folded[shown["concept"]], overall)
        assert shown["chance_of_success"] == pytest.approx(replayed.value)
        (reason,) = [one for one in shown["chance_reasons"] if one["reason"] == "class_share"]
        assert reason["amount"] == taken["shares"][shown["concept"]]

    world.adapters.clock.advance(DAY)
    signed_in_again = enrolled(world, 7)
    answer(signed_in_again[6], is_right=True)
    world.sweep()
    first, second = sorted(snapshots(world), key=lambda row: str(row["sort_key"]))
    assert first == taken
    assert second["taken_on"] > taken["taken_on"]
    shown = signed_in_again[5].get(f"/api/profile?subject_id={SUBJECT}").body
    assert shown == profile, "a later snapshot changes no fold"


def test_a_correction_keeps_the_snapshot_and_an_erasure_leaves_later_ones_without_the_learner(
    world: World, classmates: list[User]
) -> None:
    for user in classmates[:5]:
        answer(user, is_right=False)
    world.sweep()
    mate = classmates[5]
    answer(mate, is_right=False)
    ledger = world.services.ledger
    latest = evidence_of(world, mate.name)[-1]
    assert latest.in_class is not None
    corrected = replace(latest, score=1.0, revision=1, in_class=None)
    world.adapters.key_values.transact(ledger.correction_puts([corrected]))
    assert evidence_of(world, mate.name)[-1] == replace(corrected, in_class=latest.in_class)

    kept = snapshots(world)
    assert all("learner" not in str(row) for row in kept)
    for erased in (mate, *classmates[:2]):
        assert erased.delete("/api/me/data").status == 200
    world.adapters.clock.advance(DAY)
    signed_in_again = enrolled(world, 7)
    answer(signed_in_again[6], is_right=False)
    world.sweep()
    first, second = sorted(snapshots(world), key=lambda row: str(row["sort_key"]))
    assert [first] == kept
    assert second["shares"] == {}, "four learners are too few"


def test_a_snapshot_that_fails_is_taken_later_and_delays_nothing_else(world: World, ada: User) -> None:
    result = answer(ada, is_right=True)
    assert result["mastery_changes"]

    world.adapters.directory.outage = Unavailable("directory")
    world.sweep()
    assert snapshots(world) == []
    world.adapters.directory.outage = None
    world.sweep()
    assert [row["shares"] for row in snapshots(world)] == [{}]
    rows = world.adapters.key_values.items(CLASS_SHARES)
    assert [row for row in rows if "pending" in row] == []


def test_evidence_without_a_subject_has_no_class(world: World, ada: User) -> None:
    ada.upload("notes.txt", PHYSICS)
    quiz = ada.make_quiz()
    ada.submit(quiz, ada.right_answers(quiz))
    assert world.adapters.key_values.items(CLASS_SHARES) == []
    assert any(row["sort_key"].startswith("e#") for row in world.adapters.key_values.items(LEARNING_EVIDENCE))
