"""Looking back at interviews through the API."""

from __future__ import annotations

from typing import Any

import pytest

from domain.repositories.tables import INTERVIEW_SESSIONS
from tests.world import User, World

ANALYSIS = {
    "content_accuracy": 80,
    "clarity": 70.5,
    "completeness": 60,
    "overall": 72,
    "strengths": ["names both forces"],
    "improvements": ["say that they act on different bodies"],
    "evidence": ["every action has a reaction"],
}


@pytest.fixture
def held(world: World) -> World:
    """Three interviews of ada's, as the store has them."""
    rows: list[dict[str, Any]] = [
        {
            "session_id": f"interview-{number}",
            "sort_key": "session",
            "user_id": "ada",
            "topic": "Newton's laws",
            "subject_id": "physics_101",
            "language": "en",
            "state": "ended" if number < 3 else "asked",
            "started_at": f"2026-09-0{number}T08:00:00.000Z",
            "questions_asked": 2,
            "overall_score": 72 if number < 3 else None,
            "strengths": ["clear"],
            "improvements": ["more detail"],
        }
        for number in (1, 2, 3)
    ]
    turn = {"session_id": "interview-1", "user_id": "ada", "question": "What is the third law?"}
    rows += [
        {
            **turn,
            "sort_key": "t#0001",
            "question_number": 1,
            "transcription": "Every action …",
            "analysis": ANALYSIS,
        },
        {**turn, "sort_key": "t#0002", "question_number": 2, "transcription": "…", "analysis": None},
    ]
    world.adapters.key_values.put_many(INTERVIEW_SESSIONS, rows)
    return world


def test_past_interviews_are_listed_newest_first_page_by_page(held: World, ada: User) -> None:
    first = ada.get("/api/interviews?limit=2").body
    second = ada.get(f"/api/interviews?limit=2&cursor={first['next_cursor']}").body
    ids = [one["session_id"] for page in (first, second) for one in page["items"]]
    assert ids == ["interview-3", "interview-2", "interview-1"]


def test_an_interview_shows_its_turns_and_no_score_where_there_was_no_analysis(
    held: World, ada: User
) -> None:
    found = ada.get("/api/interviews/interview-1").body
    assert [turn["question_number"] for turn in found["turns"]] == [1, 2]
    assert found["turns"][0]["analysis"] == ANALYSIS
    assert [turn["score"] for turn in found["turns"]] == [72, None]
    assert found["summary"] == {"overall_score": 72, "strengths": ["clear"], "improvements": ["more detail"]}
    assert ada.get("/api/interviews/interview-3").body["summary"] is None


def test_anothers_interview_looks_like_none(held: World, alan: User) -> None:
    assert alan.get("/api/interviews").body["items"] == []
    theirs, none = alan.get("/api/interviews/interview-1"), alan.get("/api/interviews/none")
    assert theirs.status == 404
    assert theirs.but_for_the_request_id() == none.but_for_the_request_id()


def test_they_are_exported_and_erased_with_the_rest(held: World, ada: User) -> None:
    (first, *_) = sorted(
        ada.get("/api/me/export").body["export"]["interviews"], key=lambda one: one["session_id"]
    )
    assert [turn["transcription"] for turn in first["turns"]] == ["Every action …", "…"]
    assert ada.delete("/api/me/data").body["erased"]["interviews"] == 3
    assert held.adapters.key_values.items(INTERVIEW_SESSIONS) == []
