"""Reading interviews through the API."""

from __future__ import annotations

import pytest

from tests.support.interviews import ANSWERS, begun, connected, prepared
from tests.support.world import User, World


@pytest.fixture
def held(world: World, ada: User) -> list[str]:
    """The ids of three interviews of ada. The first has two answers, one of them without a score. The last interview is
    open.
    """
    prepared(world, ada)
    ids = []
    for number in range(3):
        socket = connected(world, ada, f"Y29ubmVjdGlvbk{number}=")
        started = begun(socket, topic="Newton's laws" if number == 0 else None)
        ids.append(started["session_id"])
        if number == 0:
            socket.send({"type": "text_answer", "text": ANSWERS[started["question"]]})
            judge = world.adapters.agent.otherwise
            world.adapters.agent.otherwise = lambda task: "no judgement"
            socket.send({"type": "text_answer", "text": "The force is net."})
            world.adapters.agent.otherwise = judge
        if number < 2:
            socket.send({"type": "end_interview"})
        world.adapters.clock.advance(60)
    return ids


def test_interviews_are_listed_newest_first_page_by_page(held: list[str], ada: User) -> None:
    first = ada.get("/api/interviews?limit=2").body
    second = ada.get(f"/api/interviews?limit=2&cursor={first['next_cursor']}").body
    ids = [one["session_id"] for page in (first, second) for one in page["items"]]
    assert ids == held[::-1]


def test_an_interview_shows_its_turns_and_no_score_without_an_analysis(held: list[str], ada: User) -> None:
    found = ada.get(f"/api/interviews/{held[0]}").body
    assert [turn["question_number"] for turn in found["turns"]] == [1, 2]
    assert [turn["score"] for turn in found["turns"]] == [100, None]
    assert found["turns"][0]["analysis"]["evidence"] == ["The body stays at rest", "Or it moves uniformly"]
    assert found["turns"][1]["analysis"] is None
    assert found["turns"][1]["transcription"] == "The force is net."
    assert found["summary"] == {"overall_score": 100, "strengths": ["Clearly said."], "improvements": []}
    assert (found["topic"], found["language"], found["state"]) == ("Newton's laws", "en-US", "ended")
    assert ada.get(f"/api/interviews/{held[2]}").body["summary"] is None


def test_another_users_interview_looks_like_a_missing_one(held: list[str], world: World) -> None:
    alan = world.user("alan")
    assert alan.get("/api/interviews").body["items"] == []
    theirs, none = alan.get(f"/api/interviews/{held[0]}"), alan.get("/api/interviews/none")
    assert theirs.status == 404
    assert theirs.but_for_the_request_id() == none.but_for_the_request_id()


def test_interviews_are_exported_and_erased(held: list[str], ada: User) -> None:
    interviews = {one["session_id"]: one for one in ada.get("/api/me/export").body["export"]["interviews"]}
    first = interviews[held[0]]
    assert [turn["transcription"] for turn in first["turns"]][-1] == "The force is net."
    assert "resume_digest" not in first
    assert ada.delete("/api/me/data").body["erased"]["interviews"] == 3
    assert ada.get("/api/interviews").body["items"] == []
